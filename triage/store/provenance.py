# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report rests on, read from the index: archives, packs and opinion logs by their tips."""

from typing import Any

from triage.store.schema import Index


def series_urls(connection: Index, series: int) -> list[str]:
    """Return the base URLs of the lists that hold a series."""
    rows = connection.execute(
        "select url from list join series_list on list.id = series_list.list where series = ? and url != '' order by name",
        (series,),
    )
    return [row[0] for row in rows]


def provenance(connection: Index, lists: list[str]) -> dict[str, Any]:
    """Return the tips of the archives of some lists, the digests of their packs and the tips of opinion logs; no paths."""
    archives = connection.execute(
        "select list.name, a.kind, u.name, u.cursor, u.entries from unit u join archive a on a.id = u.archive join list on list.id = a.list"
        " order by list.name, a.id, u.name"
    ).fetchall()
    packs = connection.execute(
        "select list.name, list.policy, meta.value from list left join meta on meta.key = 'pack:' || list.id order by list.name"
    ).fetchall()
    return {
        "archives": [{"list": n, "kind": k, "unit": u, "tip": tip, "entries": e} for n, k, u, tip, e in archives if n in lists],
        "packs": [{"list": n, "pack": p, "digest": d or ""} for n, p, d in packs if n in lists],
        "opinions": [{"log": ref, "tip": tip} for ref, tip in connection.execute("select ref, tip from log_tip order by ref")],
    }
