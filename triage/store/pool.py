# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails that are grouped together: those of a thread, and of the threads that may hold the rest of its postings."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from triage.model import Message
from triage.model.series import COPY_GAP
from triage.store.corrections import threads_named_with
from triage.store.rows import COLUMNS, INDEX, message_from
from triage.store.schema import Index
from triage.store.statement import chunks, marks

LOOSE_REACH = 24 * 3600
"""Seconds around a patch in which the rest of its posting is looked for in other threads."""
_SELECT = ", ".join(COLUMNS)


class Pool(Struct):
    """The mails of threads that are grouped together, by row id."""

    threads: set[int]
    rows: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    """The columns of `store.rows`."""
    thread_of: dict[int, int] = field(default_factory=dict)
    series_of: dict[int, int | None] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Return the Message-IDs of the mails."""
        return [row[INDEX["message_id"]] for row in self.rows.values()]

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
    """Return the threads in which the rest of a posting of some threads may be, or its cover once more; an hour's mails share a query."""
    patches: dict[tuple[object, ...], list[int]] = {}
    covers: dict[tuple[object, ...], list[int]] = {}
    for part in chunks(threads):
        for sender, total, version, posted, n, title in connection.execute(
            "select sender_email, total, version, posted, n, title_key from message"
            f" where loose and gone = '' and thread in ({marks(part)})", part,
        ):  # fmt: skip
            patches.setdefault((sender, total, version, posted // 3600), []).append(posted)
            if n == 0 and title:
                covers.setdefault((title, sender, total, version, posted // 3600), []).append(posted)
    query = "select distinct thread from message where {} and gone = '' and sender_email = ? and total = ? and version = ?"
    found: set[int] = set()
    for which, hours, most in (("loose", patches, LOOSE_REACH), ("n = 0 and title_key != '' and title_key = ?", covers, COPY_GAP)):
        for (*key, _), times in hours.items():
            rows = connection.execute(f"{query.format(which)} and posted between ? and ?", (*key, min(times) - most, max(times) + most))
            found |= {row[0] for row in rows}
    return found
