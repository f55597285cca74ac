# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another policy would have said of stored series, for the commands that tell it before anything is changed."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.config import Config
    from triage.policy.compare import Difference


def compared(
    config: "Config", one: tuple[str, ...], other: tuple[str, ...], limit: str, codes: str, later: "Config | None" = None
) -> tuple[int, list["Difference"]]:
    """Return how many series a limit lets through, and which of them two policies, of one or more packs, judge otherwise.

    The packs of the other are looked up in `later`, where they are others than now.
    """
    from triage.commands import open_databases
    from triage.ingest.batches import earlier_evidence
    from triage.policy.compare import compare
    from triage.projects import load_projects
    from triage.store import selecting
    from triage.store.derive import stored_series
    from triage.store.limit import parse_limit

    first, second, now = load_projects(one, config), load_projects(other, later or config), int(time.time())
    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        ids = selecting.series_ids(connection, notes, parse_limit(limit, now), now)
        posted = ((*stored_series(connection, series), earlier_evidence(connection, series)) for series in ids)
        return len(ids), list(compare(posted, first, second, codes))


def difference_lines(found: "Difference") -> Iterator[str]:
    """Yield a series that two policies judge otherwise: both outcomes, then what makes the difference."""
    from triage.model import Severity, rfc3339
    from triage.model.text import safe

    outcomes = f"{found.one.outcome:5} → {found.other.outcome:5}"
    yield f"{rfc3339(found.posted) or '':.10}  {outcomes}  {safe(found.subject)}  {safe(found.series)}"
    for side in (found.one, found.other):
        for item in side.findings:
            if item.severity is not Severity.INFO:
                quote = f" | {safe(item.quote)}" if item.quote else ""
                where = f"{safe(side.pack)}, {safe(item.rule)}: {item.code} {item.severity}"
                yield f"    {where} ({safe(item.region)}) {safe(item.says)}{quote}"
