# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive judged again under two policies: which series would have ended otherwise, and why."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from triage.model import Evidence, Finding, Message, Series, Severity, rfc3339
from triage.policy.project import Projects

if TYPE_CHECKING:
    from triage.model.shapes.policy import CompareShape, OutcomeShape, SideShape

OUTCOMES = {Severity.ERROR: "error", Severity.WARN: "warn", Severity.ASK: "ask", Severity.INFO: "fine"}


Posted = tuple[Series, Sequence[Message], Sequence[Evidence]]
"""A series, the replies to it, and what its older versions declared."""


class Side(Struct, frozen=True):
    """What a series comes to under one policy, with the findings that the other does not give."""

    pack: str
    outcome: str
    """error, warn, ask or fine."""
    findings: tuple[Finding, ...]

    def to_dict(self) -> "SideShape":
        """Return it in the shape of `triage policy compare --json`."""
        return {"pack": self.pack, "outcome": self.outcome, "findings": [_row(finding) for finding in self.findings]}


class Difference(Struct, frozen=True):
    """A series that two policies judge otherwise."""

    series: str
    subject: str
    posted: int
    one: Side
    other: Side

    def to_dict(self) -> "CompareShape":
        """Return it in the shape of `triage policy compare --json`."""
        return {
            "schema": 1, "series": self.series, "subject": self.subject, "posted": rfc3339(self.posted),
            "a": self.one.to_dict(), "b": self.other.to_dict(),
        }  # fmt: skip


def compare(posted: Iterable[Posted], one: Projects, other: Projects, codes: str = "") -> Iterator[Difference]:
    """Yield the series whose outcome is not the same under two policies, with the findings that make the difference.

    The outcome is the gravest finding that nothing in the thread cures, and which codes there are; information leaves a series fine.
    `codes` narrows what counts to codes that start so, `AI` for instance. Both judge each mail by the rules in force on its date.
    """
    for series, replies, earlier in posted:
        sides = [_counting(project.judge(series, replies, earlier), codes) for project in (one, other)]
        outcomes = [outcome(found) for found in sides]
        if outcomes[0] == outcomes[1] and _grave(sides[0]) == _grave(sides[1]):
            continue
        kept = [tuple(f for f in found if (f.code, f.message_id, f.line, f.severity) not in _places(rest))
                for found, rest in (sides, reversed(sides))]  # fmt: skip
        first = series.first
        left, right = Side(one.name, outcomes[0], kept[0]), Side(other.name, outcomes[1], kept[1])
        yield Difference(first.message_id, first.raw_subject, first.posted, left, right)


def outcome(found: list[Finding]) -> str:
    """Return the gravest severity in one word: error, warn, ask or fine."""
    return OUTCOMES[min((finding.severity for finding in found), key=lambda severity: severity.rank, default=Severity.INFO)]


def _counting(found: list[Finding], codes: str) -> list[Finding]:
    return [finding for finding in found if finding.code.startswith(codes.upper()) and not finding.cured]


def _grave(found: list[Finding]) -> set[str]:
    return {finding.code for finding in found if finding.severity is not Severity.INFO}


def _places(found: list[Finding]) -> set[tuple[object, ...]]:
    return {(f.code, f.message_id, f.line, f.severity) for f in found}


def _row(finding: Finding) -> "OutcomeShape":
    return {
        "code": finding.code, "severity": finding.severity.value, "rule": finding.rule, "says": finding.says, "quote": finding.quote,
        "region": finding.region, "message_id": finding.message_id, "line": finding.line,
    }  # fmt: skip
