# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails of one posting while they are being put together, and those of it that were sent again."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.model import Kind, Message, MessageId, Placement
from triage.model.series import COPY_GAP, is_loose, title_key
from triage.series.likeness import sending_run

APART_GAP = 23 * 3600
"""The same for mails in no thread, and for patches that were changed: later they are another version, whose number was forgotten."""
MAX_FULLER = 64
"""Fuller postings that are looked at for each part: a flood of equal subjects must not cost its square."""


@dataclass(slots=True)
class Gathering:
    """Mails that belong together so far, by number, each with why."""

    by_number: dict[int, Message] = field(default_factory=dict)
    why: dict[int, Placement] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    again: list[tuple[Message, Placement]] = field(default_factory=list)
    """Mails that came again under a number of this posting, each with why."""
    _span: tuple[int, int] | None = None
    """When the first and the last of its mails were sent, None where that is to be looked up: asked for each mail that is placed."""

    def put(self, number: int, message: Message) -> None:
        """Give a mail its number here."""
        posted = message.posted
        if not self.by_number:
            self._span = posted, posted
        elif number in self.by_number:
            self._span = None
        elif self._span is not None:
            self._span = min(self._span[0], posted), max(self._span[1], posted)
        self.by_number[number] = message

    def span(self) -> tuple[int, int]:
        """When the first and the last of its mails were sent."""
        if self._span is None:
            every = [m.posted for m in self.by_number.values()]
            self._span = min(every), max(every)
        return self._span

    def add(self, number: int, message: Message, why: str, by: Message | None = None) -> None:
        """Give a mail its number here, and why."""
        self.put(number, message)
        apart = abs(message.posted - by.posted) if by else 0
        self.why[number] = Placement(message.message_id, why, by.message_id if by else "", apart)

    def take(self, other: "Gathering", why: str, near: Message) -> None:
        """Take in all of another posting; its mails that had no reason of their own get this one."""
        for number, message in other.by_number.items():
            self.put(number, message)
            self.why[number] = other.why[number]
            if other.why[number].why == "first":
                self.why[number] = Placement(message.message_id, why, near.message_id, abs(message.posted - near.posted))
        self.notes |= other.notes

    def last(self) -> int:
        """When the last of its mails was sent."""
        return self.span()[1]

    def first(self) -> int:
        """When the first of its mails was sent."""
        return self.span()[0]

    def threads(self, thread_of: Mapping[MessageId, int]) -> set[int]:
        """The threads its mails are in."""
        return {thread_of[m.message_id] for m in self.by_number.values()}

    def threaded(self) -> bool:
        """Whether any of its mails is a reply."""
        return any(m.parents for m in self.by_number.values())

    def loose(self) -> list[Message]:
        """Its mails that may belong elsewhere and reply to nothing."""
        return [m for m in self.by_number.values() if is_loose(m) and not m.parents]

    def apart(self, other: "Gathering") -> int:
        """Seconds between two postings' nearest ends, 0 where they overlap."""
        return max(self.first() - other.last(), other.first() - self.last(), 0)

    def nearest(self, message: Message) -> Message:
        """The mail of this posting that was sent nearest to another."""
        return min(self.by_number.values(), key=lambda m: (abs(m.posted - message.posted), m.message_id, m.blob))

    def total(self) -> int | None:
        """How many patches its mails say there are."""
        return next((m.subject.total for m in self.by_number.values() if m.subject.total), None)

    def lacks(self) -> set[int]:
        """The numbers from 1 to the total that have not come."""
        return set(range(1, (self.total() or 0) + 1)) - set(self.by_number)

    def runs(self) -> set[str]:
        """The runs of git send-email its mails came from."""
        return {run for m in self.by_number.values() if (run := sending_run(m.message_id))}

    def order(self) -> tuple[int, int, str]:
        """What postings are sorted by."""
        first = self.by_number[min(self.by_number)]
        return (self.first(), min(self.by_number), first.message_id + first.blob)


def join_copies(gatherings: list[Gathering], thread_of: Mapping[MessageId, int]) -> list[Gathering]:
    """Put what was sent again, a cover or some of the patches, to the fuller posting of the same sender, version and total.

    A number is sent again where its title or its patch is the fuller posting's; a complete posting is nobody's copy. Both stand in one
    thread, have covers of one title, or came less than a day apart.
    """
    by_key: dict[tuple[object, ...], list[Gathering]] = {}
    for one in gatherings:
        first = one.by_number[min(one.by_number)]
        subject = first.subject
        if subject.n is not None and (subject.total or 0) > 1 and first.kind is not Kind.REPLY_PATCH:
            key = (first.sender.email.casefold(), subject.version, subject.minor, subject.total, first.kind is Kind.PULL)
            by_key.setdefault(key, []).append(one)
    gone: set[int] = set()
    for bucket in by_key.values():
        if len(bucket) > 1:
            gone |= _joined(bucket, thread_of)
    return [one for one in gatherings if id(one) not in gone]


def _joined(bucket: list[Gathering], thread_of: Mapping[MessageId, int]) -> set[int]:
    """Join the parts in one bucket to the fullest nearest posting; returns which are gone. Looks at a few fuller ones for each part."""
    full = sorted((one for one in bucket if len(one.by_number) > 1), key=lambda one: (-len(one.by_number), one.order()))
    gone: set[int] = set()
    for part in sorted(bucket, key=lambda one: (len(one.by_number), one.order())):
        if not part.lacks():
            continue
        fuller = [
            one for one in full[:MAX_FULLER]
            if id(one) not in gone and len(one.by_number) > len(part.by_number) and _near(part, one, thread_of) and _again(part, one)
        ]  # fmt: skip
        if fuller:
            best = min(fuller, key=lambda one: (-len(one.by_number), one.apart(part), one.order()))
            for number, message in [*part.by_number.items(), *((m.subject.n or 0, m) for m, _ in part.again)]:
                near = best.by_number[number]
                best.again.append((message, Placement(message.message_id, "copy", near.message_id, abs(message.posted - near.posted))))
            best.notes |= part.notes | {"sent-again"}
            gone.add(id(part))
    return gone


def _near(part: Gathering, whole: Gathering, thread_of: Mapping[MessageId, int]) -> bool:
    """Whether a part may be another posting's by where and when it was sent; as far as any run of ingest sees both."""
    if part.threads(thread_of) & whole.threads(thread_of):
        return part.apart(whole) <= COPY_GAP
    cover, once_more = whole.by_number.get(0), part.by_number.get(0)
    if cover and once_more and title_key(cover.subject.title) == title_key(once_more.subject.title):
        return abs(cover.posted - once_more.posted) <= COPY_GAP
    return is_near(part, whole)


def is_near(one: Gathering, other: Gathering) -> bool:
    """Say whether two postings in different threads are seen together by every run of ingest: some mail of each, near in time."""
    theirs = sorted(m.posted for m in other.by_number.values() if is_loose(m))
    for message in one.by_number.values() if theirs else ():
        at = bisect_left(theirs, message.posted - APART_GAP)
        if at < len(theirs) and theirs[at] <= message.posted + APART_GAP:
            return True
    return False


def _again(part: Gathering, whole: Gathering) -> bool:
    """Whether each mail of a part has its like, by title or patch, under its number in another posting."""
    for number, message in part.by_number.items():
        like = whole.by_number.get(number)
        if like is None or (like.kind is Kind.COVER) != (message.kind is Kind.COVER):
            return False
        same_patch = bool(message.patch_id) and message.patch_id == like.patch_id
        if not same_patch and title_key(message.subject.title) != title_key(like.subject.title):
            return False
        if not same_patch and number and part.apart(whole) > APART_GAP:
            return False
    return True
