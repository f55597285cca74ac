# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From stored mail to series, findings and versions, for every thread that changed; cut off anywhere, the next run goes on."""

from pathlib import Path

from triage.ingest.linking import Linker
from triage.ingest.summary import ArchiveRun, Progress, Step, quiet
from triage.model import Evidence
from triage.opinion.index import settle_standing
from triage.policy.judge import declared_tools
from triage.policy.rules.case import Before, declared
from triage.projects import Judges
from triage.series.corrections import Corrections
from triage.series.followups import reviewed
from triage.series.grouping import group
from triage.series.replies import replies_to
from triage.series.versions import branch_of
from triage.store import archives as stored
from triage.store import derive, links
from triage.store.corrections import load_corrections
from triage.store.pool import Pool, count_dirty, dirty_threads, load_pool
from triage.store.schema import Index
from triage.store.write import transaction

BATCH = 250


def derive_changed(connection: Index, index: Path, judges: Judges, run: ArchiveRun, progress: Progress) -> None:
    """Make series and findings of every thread that changed, join the versions, and judge again what inherits from older ones."""
    by_list = stored.policies(connection)
    done, total = 0, None if progress is quiet else count_dirty(connection)
    while threads := dirty_threads(connection, BATCH):
        with transaction(connection, index):
            pool = load_pool(connection, threads)
            tally = derive.save_pool(connection, pool, _judged(connection, pool, by_list, judges))
        run.series_new += tally.series_new
        run.series_changed += tally.series_changed
        run.findings_new += tally.findings_new
        done += len(threads)
        progress(Step(run.name, "judging threads", done, total))
    linker: Linker | None = None
    while wanted := links.unlinked(connection, BATCH):
        linker = linker or Linker(connection)
        with transaction(connection, index):
            linker.link(wanted)
    while heirs := derive.heirs(connection, BATCH):
        with transaction(connection, index):
            run.findings_new += sum(_judge_heir(connection, series, by_list, judges) for series in heirs)
    if judges.broken():
        with transaction(connection, index):
            stored.forget_packs(connection, judges.broken())
    settle_standing(connection, judges.voices)


def _judged(connection: Index, pool: Pool, by_list: dict[int, tuple[str, ...]], judges: Judges) -> list[derive.Judged]:
    row_of = {id(message): row for row, message in pool.messages.items()}
    lists = derive.lists_of(connection, pool.messages)
    grouped = group((message for message in pool.messages.values() if message.is_member), Corrections(load_corrections(connection)))
    judged: list[derive.Judged] = []
    for series, answers in zip(grouped, replies_to(grouped, pool.messages.values()), strict=True):
        rows = [row_of[id(message)] for message in series.members]
        policies = {by_list[list_id] for row in rows for list_id in lists.get(row, ()) if list_id in by_list}
        kept = next((old for row in rows if (old := pool.series_of[row]) is not None), None)
        earlier = earlier_evidence(connection, kept) if kept is not None else ()
        before = version_before(connection, kept) if kept is not None else None
        findings = judges.judge(policies, series, answers, earlier, before)
        tools, people = tuple(declared_tools(series, answers)), judges.people(name for names in policies for name in names)
        given = reviewed(series, answers, people.is_machine)
        judged.append(derive.Judged(series, answers, findings, tools, branch_of(series), bool(earlier), given))
    return judged


def _judge_heir(connection: Index, series_id: int, by_list: dict[int, tuple[str, ...]], judges: Judges) -> int:
    """Judge a series again if older versions declare something, or did; returns how many findings are new."""
    earlier = earlier_evidence(connection, series_id)
    policies = {by_list[list_id] for list_id in derive.lists_of_series(connection, series_id) if list_id in by_list}
    minds = any(judges.all_of(names).minds_versions for names in policies)
    if not earlier and not minds and not derive.inherits(connection, series_id):
        return derive.save_heir(connection, series_id, None, False)
    series, replies = derive.stored_series(connection, series_id)
    before = version_before(connection, series_id) if minds else None
    return derive.save_heir(connection, series_id, judges.judge(policies, series, replies, earlier, before), bool(earlier))


def version_before(connection: Index, series_id: int) -> Before | None:
    """Return the version before a series, None where there is none or likeness alone ties them."""
    found = derive.version_before(connection, series_id)
    return Before(found[0], found[1]) if found else None


def earlier_evidence(connection: Index, series_id: int) -> tuple[Evidence, ...]:
    """Return what the nearest older version that declares anything declares; a link of likeness alone hands nothing on."""
    for older in derive.older_with_tools(connection, series_id):
        series, replies = derive.stored_series(connection, older)
        if series.members:  # one whose mails were withdrawn a moment ago is still to be rebuilt
            return tuple(declared(series, replies))
    return ()
