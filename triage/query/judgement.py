# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a series is judged: each rule of its packs, whether it is in force on the mail's day, and what it came to."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from triage.model.listed import ListedFinding
from triage.policy.judge import applying
from triage.policy.pack import Rule, day_of
from triage.projects import Judges
from triage.store import derive, listed, opinions, queries
from triage.store.schema import Index


class Judged(Struct, frozen=True):
    """One rule of a pack, as it holds for a series."""

    pack: str
    rule: Rule
    day: date
    """When the series was posted."""
    findings: tuple[ListedFinding, ...]
    """What it found there."""
    applies: bool
    """Whether it is in force and its `when` holds for a mail of the series."""

    @property
    def in_force(self) -> bool:
        """Whether it holds on that day."""
        return self.rule.in_force(self.day)


def judged(connection: Index, judges: Judges, series: int) -> Iterator[Judged]:
    """Yield the rules of all packs that a series is judged by, those that found something first."""
    posted = next(posted for one, _, _, _, posted in queries.versions_of(connection, series) if one == series)
    found = listed.findings(connection, series)
    rows: list[Judged] = []
    whole, replies = derive.stored_series(connection, series)
    for project in judges.all_of(opinions.policies_of(connection, series)).each:
        speaks = applying(whole, replies, project.pack, project.people, project.pack.repository)
        for rule in project.pack.rules:
            mine = tuple(item for item in found if item.rule == rule.id and project.pack.id in {item.pack, *item.judged_by})
            rows.append(Judged(project.pack.id, rule, day_of(posted), mine, rule.id in speaks))
    yield from sorted(rows, key=lambda row: (not row.findings, not row.applies, not row.in_force))
