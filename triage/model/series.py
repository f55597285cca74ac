# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails of one posting as a series, and what ties it to others."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from triage.model.mail import Message
from triage.model.people import MessageId


@dataclass(frozen=True, slots=True)
class Link:
    """Why a series is taken for a version of an older one; several may say so."""

    to: MessageId
    kind: str
    """One of human, change-id, supersedes, reply, subject-author, patch-id, similar; the last only suggests."""
    evidence: str
    alike: bool = False
    """Whether nothing but likeness speaks for it: what older versions declared is not handed on then."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Why a mail is in its series: a word of `series.grouping.WHY`, the mail that decided it, and seconds between them."""

    message_id: MessageId
    why: str
    by: str = ""
    seconds: int = 0


BRANCH = "branch"
"""The note on a series whose number names a stable branch, as in `[PATCH v6.1 0/3]`."""


@dataclass(frozen=True, slots=True)
class Series:
    """The mails of one posting, in order; `first` (cover, else lowest patch) gives it its name."""

    cover: Message | None
    patches: tuple[Message, ...]
    total: int
    notes: tuple[str, ...] = ()
    placements: tuple[Placement, ...] = ()
    copies: tuple[Message, ...] = ()
    """Cover letters that were sent again under the same number."""

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
        return sha256("\n".join(m.target for m in without_repeats(self.patches) or self.members).encode()).hexdigest()


def version_label(version: int, rfc: bool) -> str:
    """Return how lists call a version: `v2`, `RFC v2`, and `RFC` for the first of those."""
    return f"v{version}" if not rfc else "RFC" if version == 1 else f"RFC v{version}"


def without_repeats(patches: Iterable[Message]) -> list[Message]:
    """Return patches, each content once under its number, those of one number in the order of their contents."""
    found: dict[tuple[int, str], Message] = {}
    for at, patch in enumerate(patches):
        number = -1 - at if patch.subject.n is None else patch.subject.n
        found.setdefault((number, patch.target), patch)
    return [found[key] for key in (sorted(found) if all(number >= 0 for number, _ in found) else found)]
