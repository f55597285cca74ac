# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy says of a mail, how much it asks of a person, and where that stands."""

from enum import StrEnum

from msgspec import Struct

from triage.model.people import MessageId


class Severity(StrEnum):
    """How much a finding asks of a person; `ask` is a question and never becomes an error by itself."""

    ERROR = "error"
    WARN = "warn"
    ASK = "ask"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class Status(StrEnum):
    """Where a finding stands, from the decisions that count and from later mail."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    WAIVED = "waived"
    DISPUTED = "disputed"
    MET = "met"
    """The second opinion that it asks for is there."""
    CURED = "cured"
    SUPERSEDED = "superseded"


OPEN = frozenset((Status.OPEN, Status.CONFIRMED, Status.DISPUTED))
"""A finding is open while nothing that counts closed it: the one place that says so, for counts, limits, reports, drafts and tags."""


class State(StrEnum):
    """Where a series stands for one person on one machine."""

    NEW = "new"
    UPDATED = "updated"
    SEEN = "seen"
    ASKED = "asked"
    DRAFTED = "drafted"
    DONE = "done"
    SNOOZED = "snoozed"


class Demand(Struct, frozen=True):
    """A second opinion that a policy asks for: how many people of which role ("" for any), and who besides author and sender not."""

    needs: int
    role: str = ""
    distinct_from: tuple[str, ...] = ()
    """`requester`, or words for those who never count."""
    not_by: tuple[str, ...] = ()
    """Addresses: who granted the exception."""


class Finding(Struct, frozen=True):
    """One thing a policy says about one mail, with the line it rests on and what the rule cannot see."""

    id: str
    code: str
    name: str
    severity: Severity
    rule: str
    pack: str
    message_id: MessageId
    target: str
    n: int | None
    region: str
    line: int | None
    quote: str
    says: str
    misses: str
    source: str
    question: str
    """What a second opinion answers: `agree` says yes."""
    cured: str = ""
    """The Message-ID of the mail that fixes it, if any."""
    basis: str = ""
    """What makes its id together with the target: the same on a patch that was only moved."""
    demand: Demand | None = None
    """Who must agree, where it asks for a second opinion."""
    exception: str = ""
    """The exception of the pack that it speaks of, if any."""
    judged_by: tuple[str, ...] = ()
    """The packs of its lists that hold the rule, each by its own or one that it extends."""
    also: tuple[str, ...] = ()
    """Other bases under which it was or is known: by a pack that inherits the rule, or for the same finding of another pack."""
