# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""b4's protocols: what our findings look like to its check commands."""

from typing import Any

from triage.model import Finding, Severity

_STATUS = {Severity.ERROR: "fail", Severity.WARN: "warn", Severity.ASK: "warn", Severity.INFO: "pass"}


def b4_checks(findings: list[Finding]) -> list[dict[str, Any]]:
    """Return findings as the array that a `b4.review-perpatch-check-cmd` prints; one passing row where there are none."""
    if not findings:
        return [{"tool": "triage", "status": "pass", "summary": "no findings", "url": "", "details": ""}]
    return [
        {"tool": "triage", "status": _STATUS[f.severity], "summary": f"{f.code} {f.name}: {f.says}", "url": "",
         "details": "\n".join(line for line in (f.quote, f.source, f.misses) if line)}
        for f in findings
    ]  # fmt: skip
