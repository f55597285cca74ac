# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From stored mail to series, findings and versions, for every thread that changed; cut off anywhere, the next run goes on."""

import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from triage.ingest.judging import Batch, Setting, freeze, judge_apart, judge_batch
from triage.ingest.linking import Linker
from triage.ingest.opinions import settle_opinions
from triage.ingest.summary import ArchiveRun, Progress, Step
from triage.ingest.workers import Workers
from triage.model import Evidence
from triage.policy.evidence.tools import own_rows
from triage.policy.rules.case import Before, declared
from triage.projects import Judges
from triage.store import archives as stored
from triage.store import derive, links
from triage.store.corrections import load_corrections
from triage.store.pool import count_dirty, dirty_threads, load_pool
from triage.store.schema import Index
from triage.store.transaction import transaction

BATCH = 100
MANY = 1000
"""Threads from which others judge them, where others are there to work; else from twice as many, since they are to be started."""


def derive_changed(connection: Index, index: Path, judges: Judges, run: ArchiveRun, progress: Progress, workers: Workers) -> None:
    """Make series and findings of every thread that changed, join the versions, and judge again what inherits from older ones."""
    by_list = stored.policies(connection)
    _judge_threads(connection, index, judges, run, progress, workers)
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
    settle_opinions(connection, judges.voices)


def _judge_threads(connection: Index, index: Path, judges: Judges, run: ArchiveRun, progress: Progress, workers: Workers) -> None:
    """Make series and findings of every thread that changed; others judge where there are many, this process stores."""
    done, total = 0, count_dirty(connection)
    if not total:
        return
    by_list = stored.policies(connection)
    judges.why_not(name for names in by_list.values() for name in names)  # so that this process knows which cannot be had
    broken = frozenset(judges.broken())
    setting = Setting(judges.config, own_rows(), by_list, load_corrections(connection), broken, secrets.token_hex(8))
    while count_dirty(connection):  # what a pool takes in beside its threads may come twice, and is stored as it came last
        batches = _batches(connection)
        if workers.alone or total < (MANY if workers.ready else 2 * MANY):
            judged: Iterator[tuple[Batch, list[derive.Drafted]]] = ((one, judge_batch(setting, judges, one)) for one in batches)
        else:
            judged = workers.each(partial(judge_apart, setting), batches)
        for batch, drafts in judged:
            with transaction(connection, index):
                tally = derive.save_drafts(connection, batch.pool.threads, drafts)
            run.series_new += tally.series_new
            run.series_changed += tally.series_changed
            run.findings_new += tally.findings_new
            done += len(batch.pool.threads)
            progress(Step(run.name, "judging threads", min(done, total), total))


def _batches(connection: Index) -> Iterator[Batch]:
    """Yield the threads that changed, some hundred at a time, with all that judging them takes; read ahead of what is stored."""
    after, taken = -1, set[int]()
    while threads := dirty_threads(connection, BATCH, after):
        after = threads[-1]
        if fresh := [thread for thread in threads if thread not in taken]:
            pool = load_pool(connection, fresh)
            taken |= pool.threads
            old = {series for series in pool.series_of.values() if series is not None}
            older = {one: (earlier_evidence(connection, one), version_before(connection, one)) for one in derive.followers(connection, old)}
            yield Batch(pool, freeze(derive.lists_of(connection, pool.rows)), older)


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
