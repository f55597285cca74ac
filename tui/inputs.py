# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What forms return: what a person filled in."""

from pathlib import Path

from msgspec import Struct


class OpinionInput(Struct, frozen=True):
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


class RequestInput(Struct, frozen=True):
    """A request for the opinion of others."""

    name: str
    finding: str
    line: int | None
    people: tuple[str, ...]
    question: str
    due: str


class ReportInput(Struct, frozen=True):
    """A report to be written: which series, how, and where to."""

    limit: str
    names: tuple[str, ...]
    """The series that it is about, in whose history it is noted; empty for those of a limit."""
    form: str
    path: Path
    period: str
    redact: bool


class ReplyInput(Struct, frozen=True):
    """A reply to a mail."""

    body: str
