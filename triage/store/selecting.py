# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which series a limit lets through, and in what order."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING

from triage.store import personal
from triage.store.attention import NEWEST_FIRST, first_ones, order_by
from triage.store.limit import Limit, bound
from triage.store.statement import chunks, marks

if TYPE_CHECKING:
    from triage.model import State
    from triage.store.lines import Turns
    from triage.store.schema import Index, Personal

_BYLINE = """case when s.cover then coalesce(nullif(s.sender_name, ''), s.sender_email)
 else coalesce(nullif(s.author_name, ''), s.author_email) end"""
OFTEN = 20_000
"""Steps of SQLite between two looks at the clock: some tenths of a millisecond."""


def series_ids(
    connection: Index, notes: Personal, limit: Limit, now: int, order: str = "activity", turns: Turns | None = None, me: str = ""
) -> list[int]:  # fmt: skip
    """Return the series that a limit lets through, newest activity first (`order="attention"`: what needs `me` most first)."""
    return list(each_series(connection, notes, limit, now, order, turns, me))


def each_series(
    connection: Index, notes: Personal, limit: Limit, now: int, order: str = "activity", turns: Turns | None = None, me: str = ""
) -> Iterator[int]:  # fmt: skip
    """Yield what `series_ids` returns, for whoever wants no more than the first."""
    attention, more = order_by(connection, turns or {}, me) if order == "attention" else ("", [])
    orders = {
        "activity": NEWEST_FIRST,
        "attention": attention,
        "author": f"{_BYLINE} collate nocase, {NEWEST_FIRST}",
        "subject": "s.title collate nocase, s.version, s.posted, s.message_id",
    }
    sql = f"select s.id from series s where {limit.sql} order by {orders[order]}"
    given = _bound(connection, notes, limit, now, turns or {})
    return (row[0] for row in connection.execute(sql, (*given, *more)))


def first_series(
    connection: Index, notes: Personal, limit: Limit, now: int, most: int, turns: Turns | None = None, me: str = "", seconds: float = inf
) -> list[int]:  # fmt: skip
    """Return how `series_ids` begins in the order of attention, without looking at all of them.

    Nothing where that takes longer than some seconds, as it does for a limit that hardly a series of very many meets.
    """
    late = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > late, OFTEN)
    try:
        return first_ones(connection, turns or {}, me, limit.sql, _bound(connection, notes, limit, now, turns or {}), most)
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return []
    finally:
        connection.set_progress_handler(None, 0)


def _bound(connection: Index, notes: Personal, limit: Limit, now: int, turns: Turns) -> list[object]:
    """Return the parameters of a limit; where it asks for states, with those of all series on which anything was noted."""
    states: dict[int, State] = {}
    if limit.has_states:
        noted = _marks_by_series(connection, personal.all_marks(notes))
        for part in chunks(noted.keys() | turns.keys()):
            rows = connection.execute(f"select id, activity, fingerprint from series where id in ({marks(part)})", part)
            for series, activity, fingerprint in rows:
                states[series] = personal.state_of(noted.get(series), activity, fingerprint, now, turns.get(series))
    return bound(limit.parameters, states)


def _marks_by_series(connection: Index, noted: dict[str, personal.Mark]) -> dict[int, personal.Mark]:
    """Return what was noted by series: on its first mail, else on any other, since a cover that came late has nothing noted yet."""
    found: dict[int, tuple[bool, personal.Mark]] = {}
    for part in chunks(noted):
        rows = connection.execute(
            "select m.series, m.message_id, s.message_id = m.message_id from message m join series s on s.id = m.series"
            f" where m.message_id in ({marks(part)})", part,
        )  # fmt: skip
        for series, message_id, first in rows:
            if series not in found or first > found[series][0]:
                found[series] = (bool(first), noted[message_id])
    return {series: mark for series, (_, mark) in found.items()}


def count_series(connection: Index, notes: Personal, limit: Limit, now: int, turns: Turns | None = None) -> int:
    """Return how many series a limit lets through."""
    given = _bound(connection, notes, limit, now, turns or {})
    return int(connection.execute(f"select count(*) from series s where {limit.sql}", given).fetchone()[0])


def series_names(connection: Index, ids: list[int]) -> list[str]:
    """Return the first Message-ID of each of some series that are there, in their order."""
    found: dict[int, str] = {}
    for part in chunks(ids):
        found |= dict(connection.execute(f"select id, message_id from series where id in ({marks(part)})", part).fetchall())
    return [found[one] for one in ids if one in found]


def known_lists(connection: Index) -> list[str]:
    """Return the lists that the index holds, by name."""
    return [row[0] for row in connection.execute("select name from list order by name")]


def series_called(connection: Index, first: str) -> int | None:
    """Return the series that begins with exactly this Message-ID, None for none."""
    row = connection.execute("select id from series where message_id = ? order by posted, fingerprint", (first,)).fetchone()
    return int(row[0]) if row else None
