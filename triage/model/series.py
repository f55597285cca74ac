# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails of one posting as a series, and what ties it to others."""

from collections.abc import Iterable

from msgspec import Struct

from triage.model.expression import expression
from triage.model.mail import Kind, Message
from triage.model.people import MessageId, Person


class Placement(Struct, frozen=True):
    """Why a mail is in its series: a word of `series.grouping.WHY`, the mail that decided it, and seconds between them."""

    message_id: MessageId
    why: str
    by: str = ""
    seconds: int = 0


BRANCH = "branch"
"""The note on a series whose number names a stable branch, as in `[PATCH v6.1 0/3]`."""


class Series(Struct, frozen=True):
    """The mails of one posting, in order; `first` (cover, else lowest patch) gives it its name."""

    cover: Message | None
    patches: tuple[Message, ...]
    total: int
    notes: tuple[str, ...] = ()
    placements: tuple[Placement, ...] = ()
    copies: tuple[Message, ...] = ()
    """Cover letters that were sent again under the same number."""

    @property
    def author(self) -> Person:
        """Who wrote its first patch, or its cover where there is none."""
        return self.patches[0].author if self.patches else self.first.author

    @property
    def first(self) -> Message:
        """The mail whose Message-ID names the series."""
        return self.cover or self.patches[0]

    @property
    def members(self) -> tuple[Message, ...]:
        """Cover and patches, and what was sent again of them."""
        return ((self.cover,) if self.cover else ()) + self.patches + self.copies

    @property
    def version(self) -> int:
        """N of vN; 1 where the number is that of a stable branch."""
        return 1 if BRANCH in self.notes else self.first.subject.version

    @property
    def minor(self) -> int:
        """M of vN.M, a replacement of single patches; 0 where the number is that of a stable branch."""
        return 0 if BRANCH in self.notes else self.first.subject.minor

    @property
    def received(self) -> int:
        """How many different patch numbers have come."""
        return len({patch.subject.n for patch in self.patches})

    @property
    def complete(self) -> bool:
        """Whether every patch from 1 to the total has come."""
        if self.cover is None and self.total == 1 and len(self.patches) == 1:
            return True
        return {patch.subject.n for patch in self.patches} >= set(range(1, self.total + 1))

    @property
    def fingerprint(self) -> str:
        """sha256 over the patches' targets: what an opinion on the whole series is bound to.

        A cover that comes late and the same patch that comes again under its number change nothing; another one under it does.
        """
        from hashlib import sha256  # not before it is needed: a list starts without

        return sha256("\n".join(m.target for m in without_repeats(self.patches) or self.members).encode()).hexdigest()


def without_repeats(patches: Iterable[Message]) -> list[Message]:
    """Return patches, each content once under its number, those of one number in the order of their contents."""
    found: dict[tuple[int, str], Message] = {}
    for at, patch in enumerate(patches):
        number = -1 - at if patch.subject.n is None else patch.subject.n
        found.setdefault((number, patch.target), patch)
    return [found[key] for key in (sorted(found) if all(number >= 0 for number, _ in found) else found)]


_WORDS = expression(r"[^a-z0-9]+")


def title_key(title: str) -> str:
    """Return a title without case and punctuation, for comparing."""
    return _WORDS.sub(" ", title.lower()).strip()


COPY_GAP = 30 * 86400
"""Seconds within which a cover, or equal patches in a thread, that come under the same numbers are the same posting's once more."""


def is_loose(message: Message) -> bool:
    """Say whether a mail may belong to a posting that its own headers do not name: one of several, by its numbers."""
    return message.is_member and bool(message.subject.total and message.subject.total > 1)


NEAREST = 40
"""Neighbours of one kind that are looked at, each way in time: a flood of equal titles must not cost its square."""
CLOCKS_APART = 86400
"""Seconds by which a higher number may be dated before a lower one that was written out: clocks are wrong, numbers seldom."""


class Posting(Struct):
    """What linking needs to know of a series."""

    first: MessageId
    members: frozenset[MessageId]
    parents: frozenset[MessageId]
    """The ids that its mails reply to, other than each other."""
    supersedes: frozenset[MessageId]
    obsoleted_by: frozenset[MessageId]
    """Named in mails of the author in this posting or in reply to it."""
    author: Person
    sender: Person
    version: int
    minor: int
    rfc: bool
    resend: bool
    kind: Kind
    branch: str
    """The stable branches in its tags: the same patch for another branch is not a new version."""
    title: str
    titles: frozenset[str]
    """Of its patches."""
    change_ids: frozenset[str]
    patch_ids: frozenset[str]
    posted: int
    total: int = 0
    numbered: bool = True
    """Whether its version was written out; an unnumbered posting may be a v1, or a later one whose number was forgotten."""
    files: frozenset[str] = frozenset()
    """What it touches; only loaded where nothing else tells."""

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Versions in order; a resend follows by its date."""
        return (self.version, self.minor, self.posted, self.first)

    def may_follow(self, other: "Posting") -> bool:
        """Whether `other` may be an older version: posted before, and by its number no later one, or an RFC, or the same sent before.

        A number that was written out says more than a date, but not more than a day's worth of it.
        """
        if other.first == self.first or ((self.branch or other.branch) and self.branch != other.branch):
            return False
        if other.rfc and not self.rfc and other.posted < self.posted:
            return True
        if not (self.numbered and other.numbered):
            earlier = (other.posted, other.version, other.minor, other.first) < (self.posted, self.version, self.minor, self.first)
            return earlier and not (self.numbered and other.version > self.version)
        return other.order < self.order and other.posted <= self.posted + CLOCKS_APART

    def is_fuller(self, other: "Posting") -> bool:
        """Whether `other` is a part of this posting that was sent again: under the same number, with fewer of the same patches."""
        same = (self.version, self.minor, self.total, self.branch) == (other.version, other.minor, other.total, other.branch)
        if not same or self.total < 2 or len(other.titles) >= min(len(self.titles), self.total):
            return False
        return other.titles <= self.titles if other.titles else self.title == other.title


class Joined(Struct, frozen=True):
    """What new mails did to the threads: the thread of every id they name, and old threads that became one."""

    thread_of: dict[MessageId, int]
    merged: dict[int, int]
    """Old thread to the one that took it over."""


class Given(Struct, frozen=True):
    """How many people acked, reviewed and tested a series."""

    each: tuple[int, int, int] = (0, 0, 0)
    """Each patch of it, at least."""
    some: str = ""
    """The first letters of what was given to any patch of it, of `art`."""
    unreviewed: int = 0
    """Patches that got none of the three."""
