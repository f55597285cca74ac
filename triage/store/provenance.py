# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report rests on, read from the index: archives, packs and opinion logs by their tips."""

import sqlite3
from typing import Any


def series_urls(connection: sqlite3.Connection, series: int) -> list[str]:
    """Return the base URLs of the lists that hold a series."""
    rows = connection.execute(
        "select url from list join series_list on list.id = series_list.list where series = ? and url != '' order by name",
        (series,),
    )
    return [row[0] for row in rows]


def provenance(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the tips of archives, the digests of packs and the tips of opinion logs; no paths."""
    archives = connection.execute(
        "select list.name, a.kind, u.name, u.cursor, u.entries from unit u join archive a on a.id = u.archive join list on list.id = a.list"
        " order by list.name, a.id, u.name"
    )
    packs = connection.execute(
        "select list.name, list.policy, meta.value from list left join meta on meta.key = 'pack:' || list.id order by list.name"
    )
    return {
        "archives": [{"list": n, "kind": k, "unit": u, "tip": tip, "entries": e} for n, k, u, tip, e in archives],
        "packs": [{"list": n, "pack": p, "digest": d or ""} for n, p, d in packs],
        "opinions": [{"log": ref, "tip": tip} for ref, tip in connection.execute("select ref, tip from log_tip order by ref")],
    }
