# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions in the index: which series may be versions of each other, and the links, topics and carried patches that follow."""

import json
from collections.abc import Iterable, Mapping, Set

from msgspec import Struct

from triage.model import Kind, Link, MessageId, Person
from triage.model.series import NEAREST, Posting
from triage.store.schema import Index
from triage.store.statement import chunks, marks

SIMILAR_WITHIN = 400 * 86400
_MEMBER = ("patch", "cover", "pull", "reply-patch")
_MEMBERS = f"({', '.join(map(repr, _MEMBER))})"


def unlinked(connection: Index, limit: int) -> list[int]:
    """Return series that have no topic yet, oldest first: what a series follows is mostly linked before it."""
    query = "select id from series indexed by series_unlinked where topic = '' order by posted, message_id limit ?"
    return [row[0] for row in connection.execute(query, (limit,))]


_EARLIER = (
    "select id, posted, message_id, topic, version from series where {} = ? and posted between ? and ? and id != ?"
    " order by posted desc, message_id desc limit ?"
)


def elsewhere(connection: Index, series_id: int, series: Posting) -> set[int]:
    """Return the last older postings of the same people, the last one of each topic that has no such version yet."""
    found: dict[int, tuple[int, str, str, int]] = {}
    for column, email in (("author_email", series.author.email), ("sender_email", series.sender.email)):
        rows = connection.execute(
            _EARLIER.format(column), (email, series.posted - SIMILAR_WITHIN, series.posted, series_id, NEAREST)
        ).fetchall()
        found |= {row[0]: row[1:] for row in rows}
    nearest = sorted(found.items(), key=lambda item: item[1][:2], reverse=True)[:NEAREST]
    last: dict[str, tuple[int, int]] = {}
    for other, (_, _, topic, version) in nearest:
        last.setdefault(topic or str(other), (other, version))
    return {other for other, version in last.values() if version <= series.version}


_LATER = (
    "select id from (select id, topic, previous from series where {} = ? and posted between ? and ? and id != ?"
    " order by posted, message_id limit ?) s where topic != ''"
    " and (previous is null or exists (select 1 from link l where l.series = s.id and l.alike))"
)


def later(connection: Index, series_id: int, series: Posting) -> set[int]:
    """Return the next postings of the same people that have a topic and follow none, or by likeness: `elsewhere` gives them this one."""
    people = (("author_email", series.author.email), ("sender_email", series.sender.email))
    span = (series.posted, series.posted + SIMILAR_WITHIN, series_id, NEAREST)
    return {row[0] for column, email in people for row in connection.execute(_LATER.format(column), (email, *span))}


def files_of(connection: Index, series_id: int) -> frozenset[str]:
    """Return the files that a series touches."""
    query = f"select files from message where series = ? and gone = '' and kind in {_MEMBERS} and files != '[]'"
    rows = connection.execute(query, (series_id,))
    return frozenset(change[0] for row in rows for change in json.loads(row[0]))


_WAYS = ("posted <= ?2 order by posted desc, message_id desc", "posted > ?2 order by posted, message_id")
"""Each way in time as the indexes have it, so that no more than the nearest are read, though thousands are of one second."""


def neighbours(connection: Index, series_id: int, posting: Posting, naming: Mapping[str, Iterable[int]]) -> set[int]:
    """Return the series that share a thread, a title, a change-id or a patch with one, or that it names or is named by.

    `naming` are the series whose mails say `Obsoleted-by:`, by the id they name.
    """
    found: set[int] = set()
    thread = connection.execute("select thread from series where id = ?", (series_id,)).fetchone()[0]
    keys = [
        ("thread", thread),
        *([("title_key", posting.title)] if posting.title else []),
        *(("change_id", one) for one in posting.change_ids),
    ]
    for column, value in keys:
        for way in _WAYS:
            rows = connection.execute(f"select id from series where {column} = ?1 and {way} limit {NEAREST}", (value, posting.posted))
            found |= {row[0] for row in rows}
    found |= _with_equal_patches(connection, posting)
    found |= holding(connection, posting.supersedes)
    for name in posting.members:
        found |= set(naming.get(name, ()))
    return found - {series_id}


_EQUAL = (
    "with wanted(value) as (values {values})"
    " select distinct (select iif(count(*) > {most}, 'many', coalesce(group_concat(series, ' '), '')) from (select series from message"
    " where {column} = value and {column} != '' and posted {side} ? limit {most} + 1)) from wanted"
)
"""Which series have equal patches, read from the index alone: without an order, which up to `most` of each do not need."""


def _with_equal_patches(connection: Index, posting: Posting) -> set[int]:
    """Return the nearest series of which a mail has the title or the diff of one of a posting's patches."""
    patches = (("patch_id", posting.patch_ids), ("title_key", posting.titles - {""}))
    found: set[int] = set()
    for side in ("<=", ">"):
        told: set[str] = set()
        for column, values in patches:
            for part in chunks(values):
                query = _EQUAL.format(values=", ".join(["(?)"] * len(part)), column=column, side=side, most=NEAREST)
                told |= {row[0] for row in connection.execute(query, [*part, posting.posted])}
        equal = {int(series) for text in told - {"many"} for series in text.split()}
        found |= _nearest_equal(connection, posting, patches, side) if "many" in told or len(equal) > NEAREST else equal
    return found


def _nearest_equal(connection: Index, posting: Posting, patches: Iterable[tuple[str, Iterable[str]]], side: str) -> set[int]:
    """Return the nearest series on one side in time, among those nearest to each patch."""
    way, first = (_WAYS[0], max) if side == "<=" else (_WAYS[1], min)
    near: dict[int, tuple[int, str]] = {}
    for column, values in patches:
        query = f"select series, posted, message_id from message where {column} = ?1 and {column} != '' and {way} limit {NEAREST}"
        for value in values:
            for series, posted, name in connection.execute(query, (value, posting.posted)):
                if series is not None:
                    near[series] = first(near.get(series, (posted, name)), (posted, name))
    return set(sorted(near, key=lambda one: near[one], reverse=first is max)[:NEAREST])


def holding(connection: Index, mails: Iterable[MessageId]) -> set[int]:
    """Return the series that some mails are in."""
    return {
        row[0] for part in chunks(mails) for row in connection.execute(
            f"select series from message where message_id in ({marks(part)}) and series is not null", part
        )
    }  # fmt: skip


def naming(connection: Index) -> dict[str, list[int]]:
    """Return the series whose mails say `Obsoleted-by:`, by the id they name."""
    found: dict[str, list[int]] = {}
    for series, ids in connection.execute("select series, obsoleted_by from message where obsoleted_by != '' and +series is not null"):
        for name in ids.split(" "):
            found.setdefault(name, []).append(series)
    return found


def linked(connection: Index, ids: Iterable[int]) -> set[int]:
    """Return those of some series that have a topic."""
    return {
        row[0] for part in chunks(ids)
        for row in connection.execute(f"select id from series where id in ({marks(part)}) and topic != ''", part)
    }  # fmt: skip


class _Mails(Struct):
    """What the mails of one series say together."""

    members: set[str]
    named: set[str]
    supersedes: set[str]
    obsoleted_by: set[str]
    patch_ids: set[str]
    titles: set[str]


def postings(connection: Index, ids: set[int]) -> dict[int, Posting]:
    """Return what linking needs to know of some series, without the files they touch."""
    found: dict[int, Posting] = {}
    for part in chunks(ids):
        mails = {series: _Mails(set(), set(), set(), set(), set(), set()) for series in part}
        authors = dict(connection.execute(f"select id, author_email from series where id in ({marks(part)})", part).fetchall())
        for series, message_id, kind, n, supersedes, obsoleted_by, patch_id, parents, title, sender in connection.execute(
            "select series, message_id, kind, n, supersedes, obsoleted_by, patch_id, parents, title_key, sender_email from message"
            f" where series in ({marks(part)}) and gone = '' and (kind in {_MEMBERS} or obsoleted_by != '')",
            part,
        ):
            one = mails[series]
            if kind in _MEMBER or sender == authors.get(series):
                one.obsoleted_by |= set(obsoleted_by.split())
            if kind not in _MEMBER:
                continue
            one.members.add(message_id)
            one.named |= set(parents.split())
            one.supersedes |= set(supersedes.split())
            if n != 0 and kind != "cover":
                one.titles.add(title)
                one.patch_ids |= {patch_id} - {None}
        for row in connection.execute(
            "select id, message_id, author_name, author_email, sender_name, sender_email, version, minor, rfc, resend, kind, branch,"
            f" title_key, change_id, posted, total, numbered from series where id in ({marks(part)})", part,
        ):  # fmt: skip
            found[row[0]] = _posting(row, mails[row[0]])
    return found


def _posting(
    row: tuple[int, str, str, str, str, str, int, int, int, int, str, str, str, str | None, int, int, int], mails: _Mails
) -> Posting:
    (
        _,
        first,
        name,
        email,
        sender_name,
        sender_email,
        version,
        minor,
        rfc,
        resend,
        kind,
        branch,
        title,
        change_id,
        posted,
        total,
        numbered,
    ) = row
    return Posting(
        first=MessageId(first), members=_ids(mails.members), parents=_ids(mails.named - mails.members), supersedes=_ids(mails.supersedes),
        obsoleted_by=_ids(mails.obsoleted_by), author=Person(name, email), sender=Person(sender_name, sender_email), version=version,
        minor=minor, rfc=bool(rfc), resend=bool(resend), kind=Kind(kind), branch=branch, title=title, titles=frozenset(mails.titles),
        change_ids=frozenset([change_id] if change_id else []), patch_ids=frozenset(mails.patch_ids), posted=posted,
        total=total, numbered=bool(numbered),
    )  # fmt: skip


def _ids(names: set[str]) -> frozenset[MessageId]:
    return frozenset(MessageId(name) for name in names)


class Saved(Struct, frozen=True):
    """What came of storing a series' links."""

    moved: bool
    """Whether it follows another than before."""
    named: frozenset[str]
    """The first mails of the series that it touches: to be given to `mark_superseded`."""
    topic: str
    regrouped: Mapping[int, str]
    """What went over to its topic with it, and the topic that each was in before."""


def save_links(connection: Index, series_id: int, posting: Posting, links: tuple[Link, ...], takes_over: bool) -> Saved:
    """Store a series' links, the topic that follows, and what it takes over from the version before.

    `takes_over` says that the version before is other people's. To be called inside a transaction.
    """
    before, old = connection.execute("select topic, previous from series where id = ?", (series_id,)).fetchone()
    to = next((link.to for link in links if link.kind != "similar"), None)
    topic = posting.first
    if to is not None:
        row = connection.execute("select id, topic from series where message_id = ?", (to,)).fetchone()
        topic = MessageId(row[1]) if row and row[1] else to
    connection.execute("delete from link where series = ?", (series_id,))
    connection.executemany(
        "insert into link (series, target, kind, evidence, alike) values (?, ?, ?, ?, ?)",
        [(series_id, link.to, link.kind, link.evidence, link.alike) for link in links],
    )
    connection.execute("update series set topic = ?, previous = ?, takes_over = ? where id = ?", (topic, to, takes_over, series_id))
    regrouped: dict[int, str] = {}
    if before != topic:
        regrouped = ({series_id: before} if before else {}) | _carry_topic(connection, posting.first, topic)
    _take_over(connection, series_id, to)
    return Saved(bool(before != topic or old != to), frozenset(name for name in (old, to, posting.first) if name), topic, regrouped)


def keeps_other_company(connection: Index, saved: Saved, fresh: Set[int]) -> bool:
    """Say whether series left others of their topic behind, or came to some that are not among `fresh`, which are new there themselves."""
    if not saved.regrouped:
        return False
    left = connection.execute(
        f"select 1 from series where topic in ({marks(names := sorted(set(saved.regrouped.values())))}) limit 1", names
    )
    there = {row[0] for row in connection.execute("select id from series where topic = ?", (saved.topic,))}
    return left.fetchone() is not None or not there <= saved.regrouped.keys() | fresh


def note_heirs(connection: Index, moved: Iterable[int]) -> None:
    """Have series and all versions that follow judged again: what older versions declared may be others' words now.

    To be called inside a transaction.
    """
    for part in chunks(moved):
        rows = connection.execute(
            f"with recursive after(id, message_id) as (select id, message_id from series where id in ({marks(part)})"
            " union select s.id, s.message_id from series s join after a on s.previous = a.message_id) select id from after", part,
        ).fetchall()  # fmt: skip
        connection.executemany("insert or ignore into heir values (?)", rows)
        connection.executemany("insert or ignore into unsettled values (?)", rows)


def _carry_topic(connection: Index, first: str, topic: str) -> dict[int, str]:
    """Give a changed topic to all versions that follow; returns those that had another one, with it."""
    regrouped = dict(connection.execute(
        "with recursive after(id, message_id) as (select id, message_id from series where previous = ?1"
        " union select s.id, s.message_id from series s join after a on s.previous = a.message_id)"
        " select id, topic from series where topic not in ('', ?2) and id in (select id from after)", (first, topic),
    ).fetchall())  # fmt: skip
    connection.executemany("update series set topic = ? where id = ?", [(topic, one) for one in regrouped])
    return regrouped


def mark_superseded(connection: Index, names: Iterable[str]) -> None:
    """Mark series as replaced where a newer version follows them that is their own author's, or that a person linked.

    To be called inside a transaction.
    """
    connection.executemany(
        "update series set superseded = exists (select 1 from series n where n.previous = ?1 and not n.takes_over)"
        " where message_id = ?1 and superseded != exists (select 1 from series n where n.previous = ?1 and not n.takes_over)",
        [(name,) for name in names],
    )


def _take_over(connection: Index, series_id: int, to: str | None) -> None:
    """Store which patches of the version before a partial reroll takes over: those it did not send again, where it answers its peers.

    Only where every patch replies to the patch of its own number and total, or for a vN.M to a mail of vN; nothing is borrowed
    across a gap.
    """
    connection.execute("delete from carried where series = ?", (series_id,))
    version, minor, total, cover = connection.execute(
        "select version, minor, total, cover from series where id = ?", (series_id,)
    ).fetchone()
    own = connection.execute(
        "select n, parents from message where series = ? and gone = '' and kind = 'patch' and n is not null", (series_id,)
    ).fetchall()
    row = to and connection.execute("select id, total from series where message_id = ?", (to,)).fetchone()
    if row and row[1] == total and own and not cover and len(own) < total and (version > 1 or minor):
        before = dict(connection.execute(
            "select n, id from message m where series = ?1 and gone = '' and kind = 'patch' and n between 1 and ?2 and not exists"
            " (select 1 from series s where s.id = ?1 and instr(s.again, m.blob))"
            " union select n, message from carried where series = ?1", (row[0], total),
        ).fetchall())  # fmt: skip
        names = dict(connection.execute(
            "select message_id, n from message where series = ?1 union select m.message_id, m.n from message m join carried c"
            " on c.message = m.id where c.series = ?1", (row[0],),
        ))  # fmt: skip
        direct = [(n, parents.split(" ")[0]) for n, parents in own]
        if all(parent in names and (names[parent] == n or minor) for n, parent in direct) and all(n in before for n, _ in own):
            rows = [(series_id, n, message) for n, message in before.items() if n not in {number for number, _ in own}]
            connection.executemany("insert into carried (series, n, message) values (?, ?, ?)", rows)
    connection.execute(
        "update series set complete = complete or (total > 0 and total = (select count(distinct n) from (select n from message"
        " where series = ?1 and gone = '' and kind = 'patch' and n between 1 and total union select n from carried where series = ?1)))"
        " where id = ?1", (series_id,),
    )  # fmt: skip
