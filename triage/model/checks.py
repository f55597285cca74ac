# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other tools said of a patch, as b4's check protocol has it."""

from typing import TYPE_CHECKING

from msgspec import Struct

from triage.model.days import rfc3339

if TYPE_CHECKING:
    from triage.model.shapes.series import CheckShape

STATUSES = ("pass", "pending", "warn", "fail")
"""What a check comes to, the worst last; `pending` is patchwork's alone."""


class CheckResult(Struct, frozen=True):
    """What one tool said of one mail, and when it was asked."""

    tool: str
    status: str
    """`pass`, `pending`, `warn` or `fail`."""
    summary: str
    details: str
    url: str
    at: int = 0
    """When the tool was asked, seconds since 1970."""

    def to_dict(self) -> "CheckShape":
        """Return it in the shape of `triage show --json`."""
        return {
            "tool": self.tool, "status": self.status, "summary": self.summary, "details": self.details, "url": self.url,
            "at": rfc3339(self.at) or "",
        }  # fmt: skip

    def words(self, now: int) -> str:
        """Return it as a line, with how long ago that was."""
        summary = f", {self.summary}" if self.summary else ""
        return f"{self.tool}: {self.status}{summary} ({age(now - self.at)})"


def age(seconds: int) -> str:
    """Return how long ago something was, in its largest unit."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "just now"
