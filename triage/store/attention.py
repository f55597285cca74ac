# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order series need one person: what waits for their word first, then what is graver, then what is newer."""

import json
from collections.abc import Mapping, Sequence

from triage.store.personal import Turn
from triage.store.schema import Index

NEWEST_FIRST = "s.activity desc, s.posted desc, s.message_id"
"""Newest first, ties by name, so that the order of reading does not show."""
FRESH = 90 * 86400
"""Seconds without mail, before the newest mail here, after which a series goes behind the others; what is asked of somebody never does."""


def order_by(connection: Index, turns: Mapping[int, Turn], me: str) -> tuple[str, list[object]]:
    """Return the order of attention as SQL over `series s`, with its parameters.

    Asked of me, overdue, split or outdated where I said something, error, warning, question, any of these that is old, the rest; within
    each newest first.
    """
    tiers = _waiting(connection, turns, me)
    within = "s.id in (select value from json_each(?))"
    rank = (
        f"case when {within} then 0 when {within} then 1 when s.split and {within} then 2 when s.outdated > 0 and {within} then 3"
        " when s.error + s.warn + s.ask = 0 then 20 else case when s.error > 0 then 4 when s.warn > 0 then 5 else 6 end"
        " + case when s.activity < ? then 5 else 0 end end"
    )
    parameters: list[object] = [*(json.dumps(ids) for ids in tiers), _newest(connection) - FRESH]
    return f"s.superseded, {rank}, {NEWEST_FIRST}", parameters


def _waiting(connection: Index, turns: Mapping[int, Turn], me: str) -> tuple[list[int], list[int], list[int], list[int]]:
    """Return the series that are asked of me, that are overdue, and twice those of which I said something."""
    asked = [series for series, turn in turns.items() if turn.mine]
    overdue = [series for series, turn in turns.items() if not turn.mine and turn.overdue is not None]
    said = connection.execute(
        "select distinct t.series from standing t join opinion o using (log, commit_id) where o.reviewer_email = ?"
        " and t.state not in ('withdrawn', 'replaced')", (me.casefold(),),
    ) if me else ()  # fmt: skip
    mine = [row[0] for row in said]
    return asked, overdue, mine, mine


def _newest(connection: Index) -> int:
    return int(connection.execute("select coalesce(max(activity), 0) from series").fetchone()[0])


_FLAGGED = "s.error + s.warn + s.ask > 0"
_FLAGGED_INDEX = "indexed by series_flagged"
_GRAVE = ("s.error > 0", "s.error = 0 and s.warn > 0", "s.error = 0 and s.warn = 0")


def first_ones(
    connection: Index, turns: Mapping[int, Turn], me: str, where: str, given: Sequence[object], most: int
) -> list[int]:  # fmt: skip
    """Return how the order of attention begins, at most `most` series of those that a condition on `series s` lets through.

    Rank by rank, each read in the order of an index, so that of a million series no more are looked at than are returned, nearly.
    """
    newest = _newest(connection) - FRESH
    named = tuple(json.dumps(ids) for ids in _waiting(connection, turns, me))
    within = "s.id in (select value from json_each(?))"
    named_ranks = [(within, 0), (within, 1), (f"s.split and {within}", 2), (f"s.outdated > 0 and {within}", 3)]
    ranks: list[tuple[str, str, tuple[object, ...]]] = [
        *(("", f"{rank} order by +{NEWEST_FIRST}", (named[at],)) for rank, at in named_ranks if named[at] != "[]"),
        *((_FLAGGED_INDEX, f"{_FLAGGED} and {grave} and s.activity >= ? order by {NEWEST_FIRST}", (newest,)) for grave in _GRAVE),
        *((_FLAGGED_INDEX, f"{_FLAGGED} and {grave} and s.activity < ? order by {NEWEST_FIRST}", (newest,)) for grave in _GRAVE),
        ("indexed by series_activity", f"s.error + s.warn + s.ask = 0 order by {NEWEST_FIRST}", ()),
    ]  # fmt: skip
    found: dict[int, None] = {}
    for superseded in (0, 1):
        for index, rank, parameters in ranks:
            rows = connection.execute(
                f"select s.id from series s {index} where ({where}) and s.superseded = {superseded} and {rank} limit ?",
                (*given, *parameters, most),
            )
            found |= dict.fromkeys(row[0] for row in rows if row[0] not in found)
            if len(found) >= most:
                return list(found)[:most]
    return list(found)
