# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails of one posting while they are being put together."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from triage.model import Message, MessageId, Placement
from triage.model.series import is_loose
from triage.series.likeness import sending_run

APART_GAP = 23 * 3600
"""Seconds between mails in no thread, or patches that were changed, from which on they are another version, whose number was forgotten."""


class Gathering(Struct):
    """Mails that belong together so far, by number, each with why; it answers for each mail that is placed without asking all of them."""

    by_number: dict[int, Message] = field(default_factory=dict)
    why: dict[int, Placement] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    again: list[tuple[Message, Placement]] = field(default_factory=list)
    """Mails that came again under a number of this posting, each with why."""
    runs: set[str] = field(default_factory=set)
    """The runs of git send-email that its mails came from, "" for none."""
    _sent: list[tuple[int, MessageId, str, int]] = field(default_factory=list)
    """When each mail was sent, its id, blob and number, in order."""
    _lowest: int = 0
    _highest: int = 0
    _begun: int = 0
    """The number of the mail that it began with."""

    def put(self, number: int, message: Message) -> None:
        """Give a mail its number here, which no other has."""
        self._lowest = min(self._lowest, number) if self.by_number else number
        self._highest = max(self._highest, number)
        self._begun = self._begun if self.by_number else number
        self.by_number[number] = message
        self.runs.add(sending_run(message.message_id))
        insort(self._sent, (message.posted, message.message_id, message.blob, number))

    def add(self, number: int, message: Message, why: str, by: Message | None = None) -> None:
        """Give a mail its number here, and why."""
        self.put(number, message)
        apart = abs(message.posted - by.posted) if by else 0
        self.why[number] = Placement(message.message_id, why, by.message_id if by else "", apart)

    def take(self, other: "Gathering", why: str, near: Message) -> None:
        """Take in all of another posting, whose numbers it has not; the mail that one began with gets this reason."""
        self._lowest, self._highest = min(self._lowest, other._lowest), max(self._highest, other._highest)
        if len(other.by_number) > len(self.by_number):  # the smaller is put to the larger: a chain of takings costs no square
            self.by_number, other.by_number = other.by_number, self.by_number
            self.why, other.why = other.why, self.why
            self.runs, other.runs = other.runs, self.runs
            self._sent, other._sent = other._sent, self._sent
        self.by_number |= other.by_number
        self.why |= other.why
        self.runs |= other.runs
        self.notes |= other.notes
        for item in other._sent:
            insort(self._sent, item)
        if self.why[other._begun].why == "first":
            message = self.by_number[other._begun]
            self.why[other._begun] = Placement(message.message_id, why, near.message_id, abs(message.posted - near.posted))

    def head(self) -> Message:
        """The mail of its lowest number."""
        return self.by_number[self._lowest]

    def last(self) -> int:
        """When the last of its mails was sent."""
        return self._sent[-1][0]

    def first(self) -> int:
        """When the first of its mails was sent."""
        return self._sent[0][0]

    def apart(self, other: "Gathering") -> int:
        """Seconds between two postings' nearest ends, 0 where they overlap."""
        return max(self.first() - other.last(), other.first() - self.last(), 0)

    def nearest(self, message: Message) -> Message:
        """The mail of this posting that was sent nearest to another."""
        posted = message.posted
        at = bisect_left(self._sent, (posted,))
        around = self._sent[at : at + 1]
        if at:
            around.append(self._sent[bisect_left(self._sent, (self._sent[at - 1][0],))])
        return self.by_number[min(around, key=lambda one: (abs(one[0] - posted), one[1], one[2]))[3]]

    def total(self) -> int | None:
        """How many patches its mails say there are."""
        return next((m.subject.total for m in self.by_number.values() if m.subject.total), None)

    def lacks(self, other: "Gathering") -> bool:
        """Whether the numbers of another posting are among those that it says there are, and none of them has come."""
        within = other._lowest >= 1 and other._highest <= (self.total() or 0)
        return within and self.by_number.keys().isdisjoint(other.by_number.keys())  # Python asks for each of the fewer

    def is_short(self) -> bool:
        """Whether some of the patches that it says there are have not come."""
        total = self.total() or 0
        return sum(1 <= number <= total for number in self.by_number) < total

    def order(self) -> tuple[int, int, str]:
        """What postings are sorted by."""
        head = self.head()
        return (self.first(), self._lowest, head.message_id + head.blob)


class Outline:
    """What is asked of a posting for each other that it may be part of: found once, while neither changes."""

    __slots__ = ("loose", "numbers", "runs", "sent", "threaded", "threads", "total", "unanswered", "within")

    def __init__(self, posting: Gathering, thread_of: Mapping[MessageId, int]) -> None:
        mails = posting.by_number.values()
        self.numbers = posting.by_number.keys()
        self.total = posting.total() or 0
        self.within = sum(1 <= number <= self.total for number in self.numbers)
        """How many of the patches that it says there are have come."""
        self.threads = {thread_of[m.message_id] for m in mails}
        self.runs = posting.runs - {""}
        self.threaded = any(m.parents for m in mails)
        """Whether any of its mails is a reply."""
        self.sent = sorted(m.posted for m in mails)
        self.loose = sorted(m.posted for m in mails if is_loose(m))
        """When those were sent that may belong elsewhere."""
        self.unanswered = sorted(m.posted for m in mails if is_loose(m) and not m.parents)
        """The same of those that reply to nothing."""

    def is_near(self, other: "Outline") -> bool:
        """Say whether two postings in different threads are seen together by every run of ingest: some mail of each, near in time."""
        return least_apart(self.sent, other.loose) <= APART_GAP

    def is_rest_of(self, other: "Outline") -> bool:
        """Say whether its patches, of which the other has none, are all that the other lacks."""
        patches = [number for number in self.numbers if number]
        return 0 < other.total - other.within == len(patches) and min(patches) >= 1 and max(patches) <= other.total


def least_apart(some: Iterable[int], others: list[int]) -> float:
    """Return the least number of seconds between one of some times and one of others, which are in order; infinite where there is none."""
    least = float("inf")
    for time in some if others else ():
        at = bisect_left(others, time)
        least = min(least, *(abs(time - other) for other in others[max(0, at - 1) : at + 1]))
    return least
