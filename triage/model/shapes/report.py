# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report, and what `triage report-verify` says of one."""

from typing import Annotated, Literal, NotRequired, TypedDict

from triage.model.shapes.figures import FiguresShape
from triage.model.shapes.mail import SaidOfMachineShape
from triage.model.shapes.opinion import FindingShape, SaidShape
from triage.model.shapes.series import ListedShape
from triage.model.shapes.words import Count, DayText


class ReportedFindingShape(FindingShape):
    """A finding, and where its mail can be read."""

    url: str


class GivenPatchShape(TypedDict):
    """A patch that a trailer was given to."""

    message_id: str
    n: int | None


class VoucherShape(TypedDict):
    """What vouches for a reply's sender."""

    kind: str
    result: str
    identity: str
    by: str
    checked: str


class ReviewShape(TypedDict):
    """A trailer that somebody sent as a reply."""

    key: str
    name: str
    email: str
    message_id: str
    on_cover: bool
    matches: bool
    machine: bool
    patches: list[GivenPatchShape]
    vouched: list[VoucherShape]
    opinion: str


class ReportedEvidenceShape(SaidOfMachineShape):
    """What was said of a machine, and where that can be read."""

    url: str


class ReportedVersionShape(TypedDict):
    """A version of a topic."""

    series: str
    version: Count
    rfc: bool
    posted: str | None
    url: str


class SignoffsShape(TypedDict):
    """How many patches are signed off, by anybody and by their author's address."""

    patches: Count
    signed: Count
    by_author: Count


class ReportedSeriesShape(ListedShape):
    """A series as a report tells it."""

    finding_list: list[ReportedFindingShape]
    urls: list[str]
    evidence: list[ReportedEvidenceShape]
    versions: list[ReportedVersionShape]
    signoffs: SignoffsShape
    areas: list[str]
    opinion_list: list[SaidShape]
    reviews: list[ReviewShape]


class SpanShape(TypedDict):
    """The period as it was asked for, and the days that it comes to, both included; null for no bound."""

    period: str | None
    since: DayText | None
    until: DayText | None


class ListShape(TypedDict):
    """A list that a report is about."""

    name: str
    policy: str
    url: str


class TotalsShape(TypedDict):
    """How much a report is about, and how much of it it tells."""

    series: Count
    reported: Count
    declaring_ai: Count
    incomplete: Count
    opinions: Count
    decisions: Count
    requests: Count
    by_code: dict[str, Count]
    by_status: dict[str, Count]


class CodeShape(TypedDict):
    """A code that a report tells of, and what it cannot see."""

    code: str
    name: str
    misses: str


class QuarantinedShape(TypedDict):
    """An entry that could not be read as mail."""

    list: str
    locator: str
    reason: str


class ArchiveTipShape(TypedDict):
    """How far an archive was read."""

    list: str
    kind: str
    unit: str
    tip: str
    entries: Count


class PackDigestShape(TypedDict):
    """A pack that was judged by."""

    list: str
    pack: str
    digest: str
    tag: str
    status: str
    checked: str


class LogTipShape(TypedDict):
    """How far a reviewer's log was read."""

    log: str
    tip: str


class ListTotalShape(TypedDict):
    """What became of a list's entries."""

    list: str
    entries: Count
    read: Count
    deleted: Count
    quarantined: Count
    unreadable: Count
    withdrawn: Count


class ProvenanceShape(TypedDict):
    """What a report rests on."""

    triage: str
    command: Annotated[str, "The command that makes this report, as `triage report-verify` reads it."]
    lists: "list[ListTotalShape]"
    archives: list[ArchiveTipShape]
    packs: list[PackDigestShape]
    opinions: list[LogTipShape]
    pseudonyms: NotRequired[Annotated[str, "The key that pseudonyms were made with, in a redacted report."]]


class ReportShape(TypedDict):
    """`triage report --format json`."""

    schema: Literal[1]
    title: str
    limit: str
    as_of: str
    span: SpanShape
    redacted: Annotated[bool, "Whether names, addresses and Message-IDs are replaced by pseudonyms."]
    lists: list[ListShape]
    totals: TotalsShape
    figures: FiguresShape
    series: list[ReportedSeriesShape]
    codes: list[CodeShape]
    quarantined: list[QuarantinedShape]
    provenance: ProvenanceShape


class ChangeShape(TypedDict):
    """What differs."""

    where: str
    was: str
    now: str


class VerifyShape(TypedDict):
    """`triage report-verify --json`: whether a report still holds, and what differs."""

    schema: Literal[1]
    holds: bool
    same_bytes: bool
    changes: list[ChangeShape]
    rests: list[ChangeShape]
