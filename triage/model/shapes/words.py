# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts and numbers of a certain form."""

from enum import StrEnum
from typing import Annotated

from triage.model.checks import STATUSES
from triage.model.evidence import EvidenceClass, Role, Says
from triage.model.finding import Severity, State, Status
from triage.model.mail import Kind, Region
from triage.model.opinion import Standing


def _asks(**words: object) -> tuple[tuple[str, object], ...]:
    return tuple(words.items())


def _one_of(words: type[StrEnum] | tuple[str, ...]) -> tuple[tuple[str, object], ...]:
    return _asks(enum=tuple(str(getattr(word, "value", word)) for word in words))


Count = Annotated[int, _asks(minimum=0)]
AtLeastOne = Annotated[int, _asks(minimum=1)]
"""A line, or how many people are needed."""
Amount = Annotated[float, _asks(minimum=0)]
MessageIdText = Annotated[str, _asks(minLength=1, pattern=r"^[^<>\s]+$")]
FindingIdText = Annotated[str, _asks(pattern="^[0-9a-f]{16}$")]
CodeText = Annotated[str, _asks(pattern=r"^[A-Z]{2,3}\d{3}$")]
DigestText = Annotated[str, _asks(pattern="^[0-9a-f]{64}$")]
PatchIdText = Annotated[str, _asks(pattern="^[0-9a-f]{40}$")]
ObjectText = Annotated[str, _asks(pattern="^[0-9a-f]{40,64}$")]
"""A git object's name."""
TimeText = Annotated[str, _asks(pattern=r"^\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
"""RFC 3339, UTC."""
DayText = Annotated[str, _asks(pattern=r"^\d{4}-\d\d-\d\d$")]
GivenText = Annotated[str, _asks(pattern="^a?r?t?$")]
QuoteText = Annotated[str, _asks(maxLength=200)]
WhyText = Annotated[str, _asks(maxLength=400)]

SeverityText = Annotated[str, _one_of(Severity)]
StatusText = Annotated[str, _one_of(Status)]
StateText = Annotated[str, _one_of(State)]
KindText = Annotated[str, _one_of(Kind)]
RegionText = Annotated[str, _one_of(Region)]
SaysText = Annotated[str, _one_of(Says)]
RoleText = Annotated[str, _one_of(Role)]
ClassText = Annotated[str, _one_of(EvidenceClass)]
CheckText = Annotated[str, _one_of(STATUSES)]
StandingText = Annotated[str, _one_of(tuple(one for one in Standing if one.value))]
SignedText = Annotated[str, _one_of(("good", "unverified", "bad", "unsigned"))]
ArchiveText = Annotated[str, _one_of(("v2", "git", "mbox", "maildir", "notmuch", "mirror", "search", "thread", "stdin"))]
LinkText = Annotated[str, _one_of(("change-id", "supersedes", "reply", "subject-author", "patch-id", "similar", "human"))]
NoteText = Annotated[str, _one_of(("ambiguous", "extra-patches", "human", "same-id", "several-senders"))]
OutcomeText = Annotated[str, _one_of(("error", "warn", "ask", "fine"))]
PackStatusText = Annotated[str, _one_of(("verified", "draft"))]
DcoText = Annotated[str, _one_of(("1.1", "cla", "none"))]
UnitText = Annotated[str, _one_of(("week", "month", "year"))]
HoldsText = Annotated[str, _one_of(("claimed", "granted by the policy", "does not hold", "waived"))]
FileText = Annotated[str, _one_of(("added", "modified", "deleted", "renamed"))]
GoneText = Annotated[str, _one_of(("", "deleted", "withdrawn"))]
ChangeText = Annotated[str, _one_of(("unchanged", "message", "changed", "new", "dropped"))]
