# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From stored mail to series, findings and versions, for every thread that changed; cut off anywhere, the next run goes on."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from triage.config import Config
from triage.ingest.summary import ArchiveRun, Progress
from triage.model import Evidence, Finding, Message, Series
from triage.model.errors import ConfigError
from triage.opinion.index import settle_standing
from triage.opinion.matching import Voice
from triage.policy.judge import declared_tools
from triage.policy.people import NOBODY, People, together
from triage.project import Project, load_project
from triage.series.grouping import group
from triage.series.replies import replies_to
from triage.store import archives as stored
from triage.store import derive, links
from triage.store.corrections import load_corrections
from triage.store.pool import Pool, dirty_threads, load_pool
from triage.store.write import transaction

BATCH = 250


class Judges:
    """The projects that series are judged by, each read once; one that cannot be read judges nothing and stops no other."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loaded: dict[str, Project | ConfigError] = {}

    def of(self, policy: str) -> Project | ConfigError:
        """Return the project of a list's policy, or why it cannot be had."""
        if policy not in self._loaded:
            try:
                project = self._loaded[policy] = load_project(policy, self._config)
                if not project.pack.enabled:
                    self._loaded[policy] = ConfigError(f"{policy} is a proposal that is not in force", "`triage policy use` names another")
            except ConfigError as error:
                self._loaded[policy] = error
        return self._loaded[policy]

    def broken(self) -> list[str]:
        """Return the policies that were asked for and cannot be had."""
        return [policy for policy, loaded in self._loaded.items() if isinstance(loaded, ConfigError)]

    def voices(self, policy: str) -> Voice:
        """Return a project as far as opinions go; one that cannot be read takes nobody's word unsigned."""
        project = self.of(policy)
        if not isinstance(project, Project):
            return Voice(policy, NOBODY, True)
        return Voice(project.pack.id, project.people, project.pack.signed_opinions)

    def people(self, policies: Iterable[str]) -> People:
        """Return who is who by the files that config.toml names for some policies; one that cannot be read adds nobody."""
        if not self._config.projects:
            return NOBODY
        return together(project.people for project in map(self.of, policies) if isinstance(project, Project))

    def judge(self, policies: set[str], series: Series, replies: Sequence[Message], earlier: Sequence[Evidence]) -> tuple[Finding, ...]:
        """Return what the projects of all lists that a series came to say of it."""
        found: list[Finding] = []
        for policy in sorted(policies):
            project = self.of(policy)
            if isinstance(project, Project):
                found += project.judge(series, replies, earlier)
        return tuple(found)


def derive_changed(connection: sqlite3.Connection, index: Path, judges: Judges, run: ArchiveRun, progress: Progress) -> None:
    """Make series and findings of every thread that changed, join the versions, and judge again what inherits from older ones."""
    by_list = stored.pack_names(connection)
    done = 0
    while threads := dirty_threads(connection, BATCH):
        with transaction(connection, index):
            pool = load_pool(connection, threads)
            tally = derive.save_pool(connection, pool, _judged(connection, pool, by_list, judges))
        run.series_new += tally.series_new
        run.series_changed += tally.series_changed
        run.findings_new += tally.findings_new
        done += len(threads)
        progress(f"{run.name}: judging threads", done)
    while wanted := links.unlinked(connection, BATCH):
        with transaction(connection, index):
            links.link_series(connection, wanted)
    while heirs := derive.heirs(connection, BATCH):
        with transaction(connection, index):
            run.findings_new += sum(_judge_heir(connection, series, by_list, judges) for series in heirs)
    if judges.broken():
        with transaction(connection, index):
            stored.forget_packs(connection, judges.broken())
    settle_standing(connection, judges.voices)


def _judged(connection: sqlite3.Connection, pool: Pool, by_list: dict[int, str], judges: Judges) -> list[derive.Judged]:
    row_of = {id(message): row for row, message in pool.messages.items()}
    lists = derive.lists_of(connection, pool.messages)
    grouped = group((message for message in pool.messages.values() if message.is_member), load_corrections(connection))
    judged: list[derive.Judged] = []
    for series, answers in zip(grouped, replies_to(grouped, pool.messages.values()), strict=True):
        rows = [row_of[id(message)] for message in series.members]
        policies = {by_list[list_id] for row in rows for list_id in lists.get(row, ()) if list_id in by_list}
        kept = next((old for row in rows if (old := pool.series_of[row]) is not None), None)
        earlier = derive.earlier_evidence(connection, kept) if kept is not None else ()
        findings = judges.judge(policies, series, answers, earlier)
        judged.append(derive.Judged(series, answers, findings, tuple(declared_tools(series, answers)), bool(earlier)))
    return judged


def _judge_heir(connection: sqlite3.Connection, series_id: int, by_list: dict[int, str], judges: Judges) -> int:
    """Judge a series again if older versions declare something, or did; returns how many findings are new."""
    earlier = derive.earlier_evidence(connection, series_id)
    if not earlier and not derive.inherits(connection, series_id):
        return derive.save_heir(connection, series_id, None, False)
    series, replies = derive.stored_series(connection, series_id)
    policies = {by_list[list_id] for list_id in derive.lists_of_series(connection, series_id) if list_id in by_list}
    return derive.save_heir(connection, series_id, judges.judge(policies, series, replies, earlier), bool(earlier))
