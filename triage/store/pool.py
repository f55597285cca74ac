# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails that are grouped together: those of a thread, and of the threads that may hold the rest of its postings."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from triage.model import Message
from triage.model.series import COPY_GAP, is_loose, title_key
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
    messages: dict[int, Message] = field(default_factory=dict)
    thread_of: dict[int, int] = field(default_factory=dict)
    series_of: dict[int, int | None] = field(default_factory=dict)


def dirty_threads(connection: Index, limit: int) -> list[int]:
    """Return threads that changed since their series were last made."""
    return [row[0] for row in connection.execute("select thread from dirty order by thread limit ?", (limit,))]


def count_dirty(connection: Index) -> int:
    """Return how many threads changed since their series were last made."""
    return int(connection.execute("select count(*) from dirty").fetchone()[0])


def threads_of(connection: Index, series: int) -> set[int]:
    """Return the threads that the mails of a series are in."""
    return {row[0] for row in connection.execute("select distinct thread from message where series = ?", (series,))}


def load_pool(connection: Index, threads: Iterable[int]) -> Pool:
    """Return all mails of `threads`, and of threads that may hold the rest of a posting."""
    pool = Pool(set())
    waiting = set(threads)
    while waiting:
        pool.threads |= waiting
        fresh = _load(connection, pool, waiting)
        loose = _loose_threads(connection, [pool.messages[row] for row in fresh])
        waiting = (loose | threads_named_with(connection, waiting)) - pool.threads
    return pool


def _load(connection: Index, pool: Pool, threads: set[int]) -> list[int]:
    fresh: list[int] = []
    for part in chunks(threads):
        rows = connection.execute(
            f"select {_SELECT}, id, thread, series from message where gone = '' and thread in ({marks(part)})",
            part,
        )
        for row in rows:
            message_id, thread, series = row[-3:]
            pool.messages[message_id] = message_from(row)
            pool.thread_of[message_id], pool.series_of[message_id] = thread, series
            fresh.append(message_id)
    return fresh


def _loose_threads(connection: Index, messages: list[Message]) -> set[int]:
    found: set[int] = set()
    seen: set[tuple[str, int | None, int, int]] = set()
    for message in messages:
        subject = message.subject
        if not is_loose(message):
            continue
        key = (message.sender.email, subject.total, subject.version, message.posted // 3600 if subject.n else message.posted)
        if key in seen:
            continue
        seen.add(key)
        found |= {
            row[0]
            for row in connection.execute(
                "select distinct thread from message where loose and gone = '' and sender_email = ? and total = ? and version = ?"
                " and posted between ? and ?",
                (*key[:3], message.posted - LOOSE_REACH, message.posted + LOOSE_REACH),
            )
        }
        if subject.n == 0:
            found |= _threads_of_cover(connection, message)
    return found


def _threads_of_cover(connection: Index, cover: Message) -> set[int]:
    """Return the threads in which a cover may have been sent again."""
    return {
        row[0]
        for row in connection.execute(
            "select distinct thread from message where title_key = ? and title_key != '' and n = 0 and gone = '' and sender_email = ?"
            " and total = ? and version = ? and posted between ? and ?",
            (title_key(cover.subject.title), cover.sender.email, cover.subject.total, cover.subject.version,
             cover.posted - COPY_GAP, cover.posted + COPY_GAP),
        )
    }  # fmt: skip
