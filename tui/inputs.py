# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What forms return: what a person filled in."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OpinionInput:
    """A verdict on a series, a patch, a line or a finding."""

    name: str
    """The Message-ID of the mail."""
    finding: str
    line: int | None
    kind: str
    reason: str
    ai_assisted: str
    code: str = ""
    """The exception or reason of the policy that it rests on."""


@dataclass(frozen=True, slots=True)
class RequestInput:
    """A request for the opinion of others."""

    name: str
    finding: str
    line: int | None
    people: tuple[str, ...]
    question: str
    due: str


@dataclass(frozen=True, slots=True)
class ReportInput:
    """A report to be written: which series, how, and where to."""

    limit: str
    names: tuple[str, ...]
    """The series that it is about, in whose history it is noted; empty for those of a limit."""
    form: str
    path: Path
    period: str
    redact: bool


@dataclass(frozen=True, slots=True)
class ReplyInput:
    """A reply to a mail."""

    body: str
