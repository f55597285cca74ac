# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report rests on, read from the index: archives, packs and opinion logs by their tips."""

from collections.abc import Sequence

from msgspec import Struct

from triage.store.schema import Index


class UnitTip(Struct, frozen=True):
    """Up to where one unit of an archive was read."""

    list: str
    kind: str
    unit: str
    tip: str
    entries: int


class ListedPack(Struct, frozen=True):
    """A pack that a list is judged by: as it was named, its id, and the digest of all that it judges with; "" where it cannot be read."""

    list: str
    name: str
    pack: str
    digest: str
    tag: str


class Provenance(Struct, frozen=True):
    """What is said rests on: archives, packs and opinion logs by their tips; no paths."""

    archives: tuple[UnitTip, ...]
    packs: tuple[ListedPack, ...]
    opinions: tuple[tuple[str, str], ...]
    """Each log, a ref, with its tip."""


def provenance(connection: Index, lists: Sequence[str]) -> Provenance:
    """Return what the series of some lists rest on."""
    archives = connection.execute(
        "select list.name, a.kind, u.name, u.cursor, u.entries from unit u join archive a on a.id = u.archive join list on list.id = a.list"
        " order by list.name, a.id, u.name"
    ).fetchall()
    packs = connection.execute(
        "select list.name, p.name, p.pack, p.digest, p.tag from list join list_pack p on p.list = list.id order by list.name, p.position"
    ).fetchall()
    return Provenance(
        archives=tuple(UnitTip(*row) for row in archives if row[0] in lists),
        packs=tuple(ListedPack(*row) for row in packs if row[0] in lists),
        opinions=tuple(connection.execute("select ref, tip from log_tip order by ref").fetchall()),
    )
