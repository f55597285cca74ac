# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of `triage ingest` did."""

from typing import Annotated, Literal, NotRequired, TypedDict

from triage.model.shapes.words import Amount, ArchiveText, Count


class TotalShape(TypedDict):
    """What became of all entries of an archive, over all runs: the rest is the sum's parts."""

    entries: Count
    parsed: Count
    duplicate: Count
    deleted: Count
    quarantined: Count
    unreadable: Count
    withdrawn: Count


class PolicyChangeShape(TypedDict):
    """An open finding that came or went with a policy."""

    series: str
    subject: str
    code: str
    severity: str
    rule: str
    change: str


class ArchiveRunShape(TotalShape):
    """What was new in one archive, and in `total` all that there is."""

    name: str
    kind: ArchiveText
    pending: Annotated[Count, "Entries that the next run reads, since the newest were asked for first; not among `entries`."]
    series_new: Count
    series_changed: Count
    findings_new: Count
    seconds: Amount
    total: TotalShape
    error: str | None
    policy_changes: list[PolicyChangeShape]


class MovedShape(TypedDict):
    """A record that stands otherwise since the index was made anew."""

    record: str
    reviewer: str
    kind: str
    finding: str
    message_id: str
    state: str
    why: str


class IngestShape(TypedDict):
    """One run of `triage ingest --json`: what was new, and in `total` all that there is."""

    schema: Literal[1]
    archives: list[ArchiveRunShape]
    moved: NotRequired[Annotated[list[MovedShape], "Records that counted by the index of another version of the program."]]
