# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics in the index: series whose neighbours changed are linked again, and what they replace is marked."""

import sqlite3

from triage.model import Link, MessageId, Person
from triage.series.versions import Posting, previous
from triage.store.derive import chunks, marks


def unlinked(connection: sqlite3.Connection, limit: int) -> list[int]:
    """Return series that have no topic yet, oldest versions first."""
    return [row[0] for row in connection.execute("select id from series where topic = '' order by id limit ?", (limit,))]


def link_series(connection: sqlite3.Connection, wanted: list[int]) -> None:
    """Give each of `wanted` its topic, and newer neighbours theirs again; to be called inside a transaction."""
    near = {series_id: _neighbours(connection, series_id) for series_id in wanted}
    postings = _postings(connection, {item for ids in near.values() for item in ids} | set(wanted))
    again = set(wanted)
    for series_id, ids in near.items():
        again |= {other for other in ids if other in postings and postings[other].order > postings[series_id].order}
    for other in again - set(near):
        near[other] = _neighbours(connection, other)
        postings |= _postings(connection, near[other] - set(postings))
    touched: set[str] = set()
    for series_id in sorted(again, key=lambda item: postings[item].order):
        link = previous(postings[series_id], (postings[other] for other in near[series_id] if other in postings))
        touched |= _save(connection, series_id, postings[series_id], link)
    for topic in touched:
        _mark_superseded(connection, topic)


def _neighbours(connection: sqlite3.Connection, series_id: int) -> set[int]:
    """Return the series that share a thread, a title, a change-id, a patch or a Supersedes line with one."""
    queries = (
        "select b.id from series a join series b on b.thread = a.thread where a.id = ?",
        "select b.id from series a join series b on b.title_key = a.title_key where a.id = ? and a.title_key != ''",
        "select b.id from series a join series b on b.change_id = a.change_id where a.id = ?",
        "select distinct y.series from message x join message y on y.patch_id = x.patch_id where x.series = ?"
        " and y.series is not null and x.n is not 0",
    )
    found = {row[0] for query in queries for row in connection.execute(query, (series_id,)) if row[0] != series_id}
    for (names,) in connection.execute("select supersedes from message where series = ? and supersedes != ''", (series_id,)).fetchall():
        for name in names.split(" "):
            found |= {
                row[0] for row in connection.execute("select series from message where message_id = ? and series is not null", (name,))
            }
    return found - {series_id}


def _postings(connection: sqlite3.Connection, ids: set[int]) -> dict[int, Posting]:
    members: dict[int, list[tuple[str, str, str | None, str]]] = {}
    found: dict[int, Posting] = {}
    for part in chunks(ids):
        for series, *rest in connection.execute(
            "select series, message_id, supersedes, patch_id, parents from message"
            f" where series in ({marks(part)}) and gone = '' and kind in ('patch', 'cover', 'pull', 'reply-patch')", part,
        ):  # fmt: skip
            members.setdefault(series, []).append(tuple(rest))
        for row in connection.execute(
            "select id, message_id, author_name, author_email, version, minor, title_key, change_id, posted"
            f" from series where id in ({marks(part)})", part,
        ):  # fmt: skip
            found[row[0]] = _posting(row, members.get(row[0], []))
    return found


def _posting(row: tuple[int, str, str, str, int, int, str, str | None, int], mails: list[tuple[str, str, str | None, str]]) -> Posting:
    _, first, name, email, version, minor, title, change_id, posted = row
    return Posting(
        first=MessageId(first),
        members=frozenset(MessageId(mail[0]) for mail in mails),
        parents=frozenset(MessageId(item) for mail in mails if mail[0] == first for item in mail[3].split(" ") if item),
        supersedes=frozenset(MessageId(item) for mail in mails for item in mail[1].split(" ") if item),
        author=Person(name, email),
        version=version, minor=minor, title=title, change_ids=frozenset([change_id] if change_id else []),
        patch_ids=frozenset(mail[2] for mail in mails if mail[2]), posted=posted,
    )  # fmt: skip


def _save(connection: sqlite3.Connection, series_id: int, posting: Posting, link: Link | None) -> set[str]:
    """Store one link and the topic that follows; returns the topics that changed."""
    before = connection.execute("select topic from series where id = ?", (series_id,)).fetchone()[0]
    topic = posting.first
    if link:
        row = connection.execute("select topic from series where message_id = ? and topic != ''", (link.to,)).fetchone()
        topic = MessageId(row[0]) if row else link.to
    connection.execute("delete from link where series = ? and kind != 'human'", (series_id,))
    if link:
        connection.execute("insert into link values (?, ?, ?, ?)", (series_id, link.to, link.kind, link.evidence))
    connection.execute("update series set topic = ?, previous = ? where id = ?", (topic, link.to if link else None, series_id))
    if before != topic:
        _carry_topic(connection, posting.first, topic)
    return {topic} | ({before} if before else set())


def _carry_topic(connection: sqlite3.Connection, first: str, topic: str) -> None:
    """Give a changed topic to all versions that follow."""
    connection.execute(
        "with recursive after(id, message_id) as (select id, message_id from series where previous = ?1"
        " union select s.id, s.message_id from series s join after a on s.previous = a.message_id)"
        " update series set topic = ?2 where topic != '' and id in (select id from after)", (first, topic),
    )  # fmt: skip


def _mark_superseded(connection: sqlite3.Connection, topic: str) -> None:
    """Mark the series of a topic that a higher version, or a resend of the same, has replaced."""
    rows = connection.execute("select id, version, minor, posted, superseded from series where topic = ?", (topic,)).fetchall()
    if not rows:
        return
    newest = max(rows, key=lambda row: (row[1], row[3]))
    for series_id, version, _, posted, superseded in rows:
        replaced = int((version, posted) < (newest[1], newest[3]))
        if replaced != superseded:
            connection.execute("update series set superseded = ? where id = ?", (replaced, series_id))
