# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series: which patches and covers were posted together. One algorithm, the same answer for any order of arrival.

Mails of one sender, version and total form a bucket. Inside it, replies hold together what was threaded, a number that
comes twice starts another posting, and what is left over joins by time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from triage.model import Kind, Message, MessageId, Series
from triage.series.threads import join

UNTHREADED_GAP = 2 * 3600
"""Seconds from mail to mail within one unthreaded posting; a slow sender may take 15 minutes a patch."""
THREAD_GAP = 24 * 3600
"""The same inside one thread, where the thread itself is evidence."""

_Key = tuple[str, int, int, int | None, bool]


@dataclass(slots=True)
class _Posting:
    """Mails that belong together so far, by number."""

    by_number: dict[int, Message] = field(default_factory=dict)

    def last(self) -> int:
        return max(m.posted for m in self.by_number.values())

    def first(self) -> int:
        return min(m.posted for m in self.by_number.values())

    def threads(self, thread_of: Mapping[MessageId, int]) -> set[int]:
        return {thread_of[m.message_id] for m in self.by_number.values()}

    def threaded(self) -> bool:
        return any(m.parents for m in self.by_number.values())

    def loose(self) -> list[int]:
        return [m.posted for m in self.by_number.values() if is_loose(m)]


def is_loose(message: Message) -> bool:
    """Say whether a patch may belong to a posting that its own headers do not name: numbered, and a reply to nothing."""
    return message.is_member and not message.parents and bool(message.subject.total and message.subject.total > 1)


def group(members: Iterable[Message]) -> list[Series]:
    """Return the series that patches, covers and pull requests form, oldest first; every mail ends in exactly one.

    A patch without a counter is a series of its own. More patches than the total are kept and noted.
    """
    ordered = sorted(members, key=lambda m: (m.posted, m.subject.n or 0, m.message_id, m.blob))
    buckets: dict[_Key, list[Message]] = {}
    found: list[Series] = []
    covers = _bare_covers(ordered)
    for message in ordered:
        if message.subject.n is None or message.kind is Kind.REPLY_PATCH:
            found.append(_single(message))
        else:
            buckets.setdefault(_key(message, covers), []).append(message)
    thread_of = join(((m.message_id, m.parents) for m in ordered), {}, 0).thread_of
    for bucket in buckets.values():
        found += [_series(posting) for posting in _postings(bucket, thread_of)]
    return sorted(found, key=lambda s: (s.first.posted, s.first.message_id, s.first.blob))


def _bare_covers(members: list[Message]) -> dict[MessageId, Message]:
    """Return the covers of vN to which no patch of vN replies: their patches may have left the version out."""
    covers = {m.message_id: m for m in members if m.kind is Kind.COVER and m.subject.versioned}
    for message in members:
        if message.kind is not Kind.COVER and message.subject.versioned:
            for parent in message.parents[:1]:
                covers.pop(parent, None)
    return covers


def _key(message: Message, covers: dict[MessageId, Message]) -> _Key:
    subject = message.subject
    sender = message.sender.email.casefold()
    version = subject.version
    cover = covers.get(message.parents[0]) if message.parents and not subject.versioned else None
    if cover and cover.subject.total == subject.total and cover.sender.email.casefold() == sender:
        version = cover.subject.version
    return (sender, version, subject.minor, subject.total, message.kind is Kind.PULL)


def _single(message: Message) -> Series:
    if message.kind in {Kind.COVER, Kind.PULL}:
        return Series(message, (), 0)
    return Series(None, (message,), 1)


def _postings(bucket: list[Message], thread_of: Mapping[MessageId, int]) -> list[_Posting]:
    """Split one bucket into postings: first by who replies to whom, then joining pieces that fit."""
    home: dict[MessageId, _Posting] = {}
    by_parent: dict[MessageId, list[_Posting]] = {}
    pieces: list[_Posting] = []
    waiting = sorted(bucket, key=lambda m: (len(m.parents), m.posted, m.subject.n or 0, m.message_id, m.blob))
    for message in waiting:
        number = message.subject.n or 0
        near = [home[parent] for parent in message.parents if parent in home]
        beside = by_parent.get(message.parents[0], []) if message.parents else []
        posting = next((p for p in [*near, *beside] if number not in p.by_number), None)
        if posting is None or not _near(posting, message):
            posting = _Posting()
            pieces.append(posting)
        posting.by_number[number] = message
        home.setdefault(message.message_id, posting)
        if message.parents:
            by_parent.setdefault(message.parents[0], []).append(posting)
    return _join(sorted(pieces, key=lambda p: (p.first(), min(p.by_number))), thread_of)


def _near(posting: _Posting, message: Message) -> bool:
    return posting.first() - 30 * 86400 <= message.posted <= posting.last() + 30 * 86400


def _join(pieces: list[_Posting], thread_of: Mapping[MessageId, int]) -> list[_Posting]:
    """Join pieces with different numbers: of one thread within a day, of none within two hours from mail to mail."""
    done: list[_Posting] = []
    for piece in pieces:
        for other in reversed(done):
            if not set(other.by_number) & set(piece.by_number) and _fit(piece, other, thread_of):
                other.by_number.update(piece.by_number)
                break
        else:
            done.append(piece)
    return done


def _fit(one: _Posting, other: _Posting, thread_of: Mapping[MessageId, int]) -> bool:
    if one.threads(thread_of) & other.threads(thread_of):
        return max(one.first() - other.last(), other.first() - one.last()) <= THREAD_GAP
    if one.threaded() and other.threaded():
        return False
    return min((abs(a - b) for a in one.loose() for b in other.loose()), default=UNTHREADED_GAP + 1) <= UNTHREADED_GAP


def _series(posting: _Posting) -> Series:
    cover = posting.by_number.get(0)
    patches = tuple(posting.by_number[n] for n in sorted(posting.by_number) if n)
    total = next(iter(posting.by_number.values())).subject.total or max(posting.by_number)
    notes = ("extra-patches",) if any((p.subject.n or 0) > total for p in patches) else ()
    return Series(cover, patches, total, notes=notes)


def nearest_member(message: Message, owners: Mapping[MessageId, int]) -> int | None:
    """Return which series a reply belongs to: that of the nearest mail above it that is a member of one."""
    return next((owners[parent] for parent in message.parents if parent in owners), None)
