# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive judged again under two policies: which series would have ended otherwise, and why."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from triage.model import Evidence, Finding, Message, Series, Severity, rfc3339
from triage.policy.project import Project

OUTCOMES = {Severity.ERROR: "error", Severity.WARN: "warn", Severity.ASK: "ask", Severity.INFO: "fine"}


Posted = tuple[Series, Sequence[Message], Sequence[Evidence]]
"""A series, the replies to it, and what its older versions declared."""


def compare(posted: Iterable[Posted], one: Project, other: Project, codes: str = "") -> Iterator[dict[str, Any]]:
    """Yield the series whose outcome is not the same under two projects, with the findings that make the difference.

    The outcome is the gravest finding that nothing in the thread cures, and which codes there are; information leaves a series fine.
    `codes` narrows what counts to codes that start so, `AI` for instance. Both judge each mail by the rules in force on its date.
    """
    for series, replies, earlier in posted:
        sides = [_counting(project.judge(series, replies, earlier), codes) for project in (one, other)]
        outcomes = [outcome(found) for found in sides]
        if outcomes[0] == outcomes[1] and _grave(sides[0]) == _grave(sides[1]):
            continue
        kept = [[f for f in found if (f.code, f.message_id, f.line, f.severity) not in _places(rest)]
                for found, rest in (sides, reversed(sides))]  # fmt: skip
        yield {
            "schema": 1, "series": series.first.message_id, "subject": series.first.raw_subject, "posted": rfc3339(series.first.posted),
            "a": {"pack": one.pack.id, "outcome": outcomes[0], "findings": [_row(f) for f in kept[0]]},
            "b": {"pack": other.pack.id, "outcome": outcomes[1], "findings": [_row(f) for f in kept[1]]},
        }  # fmt: skip


def outcome(found: list[Finding]) -> str:
    """Return the gravest severity in one word: error, warn, ask or fine."""
    return OUTCOMES[min((finding.severity for finding in found), key=lambda severity: severity.rank, default=Severity.INFO)]


def _counting(found: list[Finding], codes: str) -> list[Finding]:
    return [finding for finding in found if finding.code.startswith(codes.upper()) and not finding.cured]


def _grave(found: list[Finding]) -> set[str]:
    return {finding.code for finding in found if finding.severity is not Severity.INFO}


def _places(found: list[Finding]) -> set[tuple[object, ...]]:
    return {(f.code, f.message_id, f.line, f.severity) for f in found}


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code, "severity": finding.severity.value, "rule": finding.rule, "says": finding.says, "quote": finding.quote,
        "region": finding.region, "message_id": finding.message_id, "line": finding.line,
    }  # fmt: skip
