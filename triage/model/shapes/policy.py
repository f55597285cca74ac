# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs and what they say, as `triage policy` prints them."""

from typing import Any, Literal, NotRequired, TypedDict

from triage.model.shapes.words import Count, DcoText, OutcomeText, PackStatusText, SeverityText


class PackCheckShape(TypedDict):
    """One line of `triage policy check --json`: a pack and its test mails."""

    schema: Literal[1]
    pack: str
    ok: bool
    cases: Count
    wrong: list[str]
    untested: list[str]
    loosens: NotRequired[list[str]]


class OutcomeShape(TypedDict):
    """A finding under one of two packs."""

    code: str
    severity: SeverityText
    rule: str
    says: str
    quote: str
    region: str
    message_id: str
    line: int | None


class SideShape(TypedDict):
    """What one of two packs makes of a series."""

    pack: str
    outcome: OutcomeText
    findings: list[OutcomeShape]


class CompareShape(TypedDict):
    """One line of `triage policy compare --json`: a series whose outcome is not the same."""

    schema: Literal[1]
    series: str
    subject: str
    posted: str | None
    a: SideShape
    b: SideShape


class ExplainedRuleShape(TypedDict):
    """A rule that comes to a code."""

    pack: str
    rule: str
    severity: SeverityText
    text: str
    source: str


class ExplainedShape(TypedDict):
    """All that is known of a code but the reply that a draft would give."""

    schema: Literal[1]
    code: str
    name: str
    says: str
    misses: str
    question: str
    cure: str
    kinds: list[str]
    any_pack: bool
    rules: list[ExplainedRuleShape]


class ExplainShape(ExplainedShape):
    """`triage policy explain --json`: a finding code."""

    reply: str


class PackHeadShape(TypedDict):
    """A pack but its rules."""

    schema: Literal[1]
    id: str
    title: str
    stance: str
    status: PackStatusText
    enabled: bool
    checked: str | None
    dco: DcoText
    exception_authority: NotRequired[str]
    repository: NotRequired[dict[str, bool]]
    must_satisfy: NotRequired[list[str]]
    sources: list[str]
    digest: str


class PackShape(PackHeadShape):
    """One line of `triage policy list --json`: a pack."""

    rules: Count
    exceptions: Count


class RuleShape(TypedDict):
    """A rule of a pack."""

    id: str
    kind: str
    severity: SeverityText
    status: PackStatusText
    valid_from: str | None
    valid_until: str | None
    code: str
    name: str
    text: str
    source: str
    parameters: dict[str, Any]


class ExceptionShape(TypedDict):
    """An exception of a pack."""

    id: str
    grants: list[str]
    granted_by: str
    scope: dict[str, Any]
    requires: list[str]
    decided: str | None
    expires: str | None
    justified: bool
    agreed_by: str
    reference: str


class ShownPackShape(PackHeadShape):
    """`triage policy show --json`: a pack with its rules and exceptions."""

    rules: list[RuleShape]
    exceptions: list[ExceptionShape]
