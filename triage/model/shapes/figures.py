# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of a report, as `report.statistics` counts them."""

from typing import TypedDict

from triage.model.shapes.opinion import SecondOpinionShape
from triage.model.shapes.series import PersonShape
from triage.model.shapes.words import Amount, Count, DayText, HoldsText, SeverityText, UnitText


class IntakeShape(TypedDict):
    """What came in."""

    series: Count
    topics: Count
    rerolls: Count
    resends: Count
    rfc: Count
    superseded: Count
    authors: Count
    incomplete: Count
    current_patches: Count
    unreviewed: Count
    patches: Count
    signed: Count
    signed_by_author: Count
    declaring_ai: Count
    flagged: Count


class IntervalShape(TypedDict):
    """What came in in a week, a month or a year."""

    start: DayText
    series: Count
    flagged: Count
    declaring_ai: Count


class IntervalsShape(TypedDict):
    """What came in over time."""

    unit: UnitText
    rows: list[IntervalShape]


class CodeFigureShape(TypedDict):
    """How often a code was found, and what became of it."""

    code: str
    name: str
    severity: SeverityText
    series: Count
    findings: Count
    open: Count
    decided: Count
    passed: Count


class TallyShape(TypedDict):
    """How many series have something."""

    name: str
    series: Count


class DeclarationsShape(TypedDict):
    """How many series declare AI use, and by what."""

    series: Count
    by_tool: list[TallyShape]
    by_vendor: list[TallyShape]
    by_role: list[TallyShape]
    by_class: list[TallyShape]
    by_statement: list[TallyShape]


class NamedShape(TypedDict):
    """The series that an entry is about."""

    series: str
    subject: str


class VoiceShape(TypedDict):
    """What somebody said, and when."""

    kind: str
    reviewer: PersonShape
    time: str
    signed: str


class ReasonedVoiceShape(VoiceShape):
    """What somebody said, and why."""

    reason: str


class ExceptionFigureShape(NamedShape):
    """An exception that a series claims, is granted, or was waived by."""

    exception: str
    pack: str
    finding: str
    code: str
    holds: HoldsText
    says: str
    status: str
    second_opinion: SecondOpinionShape | None
    opinions: list[VoiceShape]


class WaitShape(TypedDict):
    """How many series waited so long for their first opinion."""

    wait: str
    series: Count


class SecondOpinionsShape(TypedDict):
    """How many second opinions rules ask for, and how long the first took."""

    demanded: Count
    met: Count
    open: Count
    series_with_opinion: Count
    median_days: Amount | None
    waits: list[WaitShape]


class DisagreementShape(NamedShape):
    """What people who count see differently."""

    finding: str
    code: str
    opinions: list[ReasonedVoiceShape]


class DecisionShape(NamedShape, ReasonedVoiceShape):
    """Who confirmed, dismissed or waived what, and why."""

    finding: str
    code: str
    rests_on: str


class PendingShape(NamedShape):
    """What waits for somebody's word."""

    what: str
    why: str
    since: str
    due: str
    days: Count


class ShareShape(TypedDict):
    """A list's or a subsystem's part."""

    name: str
    series: Count
    patches: Count
    signed: Count
    declaring_ai: Count
    flagged: Count
    incomplete: Count


class IncompleteShape(NamedShape):
    """A series of which patches did not come."""

    received: Count
    total: Count


class OpenCodeShape(TypedDict):
    """How many findings of a code are open."""

    code: str
    findings: Count


class StillOpenShape(NamedShape):
    """A newest version with open errors, warnings or questions."""

    posted: str | None
    codes: list[OpenCodeShape]


class FiguresShape(TypedDict):
    """All numbers of a report."""

    intake: IntakeShape
    intervals: IntervalsShape
    codes: list[CodeFigureShape]
    declarations: DeclarationsShape
    exceptions: list[ExceptionFigureShape]
    second_opinions: SecondOpinionsShape
    disagreements: list[DisagreementShape]
    decisions: list[DecisionShape]
    open: list[StillOpenShape]
    pending: list[PendingShape]
    lists: list[ShareShape]
    areas: list[ShareShape]
    incomplete: list[IncompleteShape]
