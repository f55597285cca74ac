# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails that are grouped together: those of a thread, and of the threads that may hold the rest of its postings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from triage.model import Message
from triage.model.series import COPY_GAP
from triage.store.corrections import threads_named_with
from triage.store.rows import COLUMNS, message_from
from triage.store.schema import Index
from triage.store.statement import chunks, marks

LOOSE_REACH = 24 * 3600
"""Seconds around a patch in which the rest of its posting is looked for in other threads."""
_SELECT = ", ".join(COLUMNS)


@dataclass(slots=True)
class Pool:
    """The mails of threads that are grouped together, by row id."""

    threads: set[int]
    rows: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    """The columns of `store.rows`."""
    thread_of: dict[int, int] = field(default_factory=dict)
    series_of: dict[int, int | None] = field(default_factory=dict)

    def messages(self) -> dict[int, Message]:
        """Return the mails."""
        return {number: message_from(row) for number, row in self.rows.items()}


def dirty_threads(connection: Index, limit: int, after: int = -1) -> list[int]:
    """Return threads that changed since their series were last made, in order, those after a given one."""
    return [row[0] for row in connection.execute("select thread from dirty where thread > ? order by thread limit ?", (after, limit))]


def count_dirty(connection: Index) -> int:
    """Return how many threads changed since their series were last made."""
    return int(connection.execute("select count(*) from dirty").fetchone()[0])


def threads_of(connection: Index, series: int) -> set[int]:
    """Return the threads that the mails of a series are in."""
    return {row[0] for row in connection.execute("select distinct thread from message where series = ?", (series,))}


def reach(connection: Index, threads: Iterable[int]) -> set[int]:
    """Return some threads, and those that may hold the rest of a posting of theirs."""
    found: set[int] = set()
    waiting = set(threads)
    while waiting:
        found |= waiting
        waiting = (_loose_threads(connection, waiting) | threads_named_with(connection, waiting)) - found
    return found


def load_pool(connection: Index, threads: set[int]) -> Pool:
    """Return all mails of some threads; `reach` tells which belong together."""
    pool = Pool(threads)
    for part in chunks(threads):
        rows = connection.execute(
            f"select {_SELECT}, id, thread, series from message where gone = '' and thread in ({marks(part)})",
            part,
        )
        for row in rows:
            number, thread, series = row[-3:]
            pool.rows[number] = row[:-3]
            pool.thread_of[number], pool.series_of[number] = thread, series
    return pool


def _loose_threads(connection: Index, threads: set[int]) -> set[int]:
    found: set[int] = set()
    seen: set[tuple[str, int | None, int, int]] = set()
    rows: list[tuple[str, int | None, int, int, int | None, str]] = []
    for part in chunks(threads):
        rows += connection.execute(
            "select sender_email, total, version, posted, n, title_key from message"
            f" where loose and gone = '' and thread in ({marks(part)})", part,
        )  # fmt: skip
    for sender, total, version, posted, n, title in rows:
        key = (sender, total, version, posted // 3600 if n else posted)
        if key in seen:
            continue
        seen.add(key)
        found |= {
            other[0]
            for other in connection.execute(
                "select distinct thread from message where loose and gone = '' and sender_email = ? and total = ? and version = ?"
                " and posted between ? and ?",
                (*key[:3], posted - LOOSE_REACH, posted + LOOSE_REACH),
            )
        }
        if n == 0:
            found |= _threads_of_cover(connection, title, key[:3], posted)
    return found


def _threads_of_cover(connection: Index, title: str, posting: tuple[str, int | None, int], posted: int) -> set[int]:
    """Return the threads in which a cover may have been sent again."""
    return {
        row[0]
        for row in connection.execute(
            "select distinct thread from message where title_key = ? and title_key != '' and n = 0 and gone = '' and sender_email = ?"
            " and total = ? and version = ? and posted between ? and ?",
            (title, *posting, posted - COPY_GAP, posted + COPY_GAP),
        )
    }  # fmt: skip
