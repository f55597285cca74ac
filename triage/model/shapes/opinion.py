# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings and what people said of them, as `triage findings`, `triage check` and `triage opinion list` print them."""

from typing import Annotated, Literal, NotRequired, TypedDict

from triage.model.shapes.series import PersonShape
from triage.model.shapes.words import (
    AtLeastOne,
    CodeText,
    Count,
    DigestText,
    FindingIdText,
    MessageIdText,
    ObjectText,
    SeverityText,
    SignedText,
    StandingText,
    StatusText,
)  # fmt: skip

_DueIn = TypedDict("_DueIn", {"in": NotRequired[str]})


class SecondOpinionShape(TypedDict):
    """What a rule asks for, and how far that is met."""

    needs: AtLeastOne
    role: str
    agree: Count
    disagree: Count
    met: bool


class SaidShape(TypedDict):
    """What somebody said of a series or a finding."""

    id: MessageIdText
    reviewer: PersonShape
    kind: str
    reason: str
    time: str
    signed: SignedText
    finding: str
    message_id: str
    state: StandingText
    why: str
    code: str
    ai_assisted: str
    revealed: bool
    line: AtLeastOne | None
    quote: str
    to: list[str]
    due: str
    given_on: str
    about: str


class FindingShape(TypedDict):
    """One line of `triage findings --json` and `triage check --format json`: a finding with its evidence."""

    schema: Literal[1]
    series: MessageIdText
    id: FindingIdText
    code: CodeText
    name: str
    severity: SeverityText
    rule: str
    pack: str
    n: Count | None
    region: str
    line: AtLeastOne | None
    quote: str
    says: str
    misses: str
    source: str
    status: StatusText
    question: str
    target: DigestText
    exception: Annotated[str, "The exception of the pack that the finding speaks of, if any."]
    message_id: MessageIdText
    judged_by: Annotated[list[str], "The packs of its lists that hold the rule; `pack` is the one that defines it."]
    second_opinion: SecondOpinionShape | None
    opinions: list[SaidShape]


class OpinionShape(_DueIn):
    """One line of `triage opinion list --json`: a record of a reviewer's log and where it stands.

    Open requests (`--mine`, `--asked`) have `subject`, `waiting`, `overdue` and `in` besides. A record that cannot be read has an empty
    target.
    """

    schema: Literal[1]
    id: MessageIdText
    commit: ObjectText
    kind: str
    reviewer: PersonShape
    target: str
    target_message: str
    finding: str
    reason: str
    time: str
    question: str
    signed: SignedText
    replaces: str
    state: str
    why: str
    series: str
    code: str
    ai_assisted: str
    role: str
    revealed: bool
    to: list[str]
    due: str
    answers: str
    published: str
    line: AtLeastOne | None
    quote: str
    subject: NotRequired[str]
    waiting: NotRequired[list[str]]
    overdue: NotRequired[bool]
