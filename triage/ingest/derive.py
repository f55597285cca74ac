# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From stored mail to series, findings and versions, for every thread that changed; cut off anywhere, the next run goes on."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from triage.ingest.batches import earlier_evidence, load_batch, version_before
from triage.ingest.judging import Setting, judge_apart, judge_batch, judge_stored
from triage.ingest.linking import Linker
from triage.ingest.opinions import settle_opinions
from triage.ingest.summary import ArchiveRun, Progress, Step
from triage.ingest.workers import Workers
from triage.policy.evidence.tools import own_rows
from triage.projects import Judges
from triage.store import archives as stored
from triage.store import derive, links
from triage.store.pool import count_dirty, dirty_threads, reach
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
    setting = Setting(judges.config, own_rows(), by_list, broken, os.urandom(8).hex())
    while count_dirty(connection):  # what a pool takes in beside its threads may come twice, and is stored as it came last
        for threads, drafts in _judged(connection, index, judges, setting, workers, total):
            with transaction(connection, index):
                tally = derive.save_drafts(connection, threads, drafts)
            run.series_new += tally.series_new
            run.series_changed += tally.series_changed
            run.findings_new += tally.findings_new
            done += len(threads)
            progress(Step(run.name, "judging threads", min(done, total), total))


def _judged(
    connection: Index, index: Path, judges: Judges, setting: Setting, workers: Workers, total: int
) -> Iterator[tuple[set[int], list[derive.Drafted]]]:  # fmt: skip
    """Yield threads that changed with the series that their mails form, judged by whoever is there: read ahead of what is stored."""
    reached = _reached(connection)
    if workers.alone or total < (MANY if workers.ready else 2 * MANY):
        return ((threads, judge_batch(setting, judges, load_batch(connection, threads))) for threads in reached)
    if workers.local:
        return workers.each(partial(judge_stored, setting, index), reached)
    batches = (load_batch(connection, threads) for threads in reached)
    return ((batch.pool.threads, drafts) for batch, drafts in workers.each(partial(judge_apart, setting), batches))


def _reached(connection: Index) -> Iterator[set[int]]:
    """Yield the threads that changed, some hundred at a time, with those that hold the rest of their postings; each of them once."""
    after, taken = -1, set[int]()
    while threads := dirty_threads(connection, BATCH, after):
        after = threads[-1]
        if fresh := [thread for thread in threads if thread not in taken]:
            together = reach(connection, fresh)
            taken |= together
            yield together


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
