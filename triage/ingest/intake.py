# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is new in an archive taken in, unit by unit and chunk by chunk; on wish the newest mail of a new archive first.

A first look at the newest mail is no beginning of a reading: what it took in is shown, and read again in its turn by the run that
reads the archive from its start, so that the rows are those of a reading in order.
"""

import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path

from msgspec import Struct

from triage.archive import Archive
from triage.ingest.reading import Chunk, read_chunk
from triage.ingest.summary import ArchiveRun, RunOptions, Step, quiet
from triage.ingest.workers import Workers
from triage.model.archive import Counts, Item
from triage.model.errors import ArchiveError
from triage.policy.evidence.tools import own_rows
from triage.series.threads import join
from triage.store import archives as stored
from triage.store.schema import Index
from triage.store.tables import LOOKED, LOOKING, REWRITING
from triage.store.transaction import transaction
from triage.store.write import (
    begin_again,
    begin_rewritten,
    finish_unit,
    forget_former,
    mark_derived,
    note_pending,
    store_chunk,
    withdraw_missing,
)  # fmt: skip

CHUNK = 800
PARALLEL_FROM = 2400
"""New mails from which worker processes pay: below, one process already overlaps git and Python."""
EVER = 1 << 60
AT_ONCE = 1500
"""The newest mails of a new archive that are shown before any other is read."""


class Job(Struct):
    """One archive being taken in: where from, where to, and who watches."""

    connection: Index
    index: Path
    archive: Archive
    list_id: int
    archive_id: int
    run: ArchiveRun
    options: RunOptions
    workers: Workers


def take_in(job: Job) -> None:
    """Read what is new in every unit of an archive, from its start where only its newest was looked at; a failure is kept in its run."""
    started = time.monotonic()
    try:
        for unit in stored.looked_at(job.connection, job.archive_id):
            job.run.counts = Counts()  # a look of this very run saw a part of it already
            with transaction(job.connection, job.index):
                begin_again(job.connection, job.archive_id, unit, REWRITING)
                note_pending(job.connection, job.archive_id, unit, job.archive.size(unit))
        for unit in job.archive.units():
            cursor, stamp = stored.unit_state(job.connection, job.archive_id, unit)
            lost = stored.lost_mails(job.connection, job.archive_id, unit)
            again = job.options.retry and stored.has_costly(job.connection, job.archive_id, unit)
            if again or (lost and job.archive.has_any(unit, lost)):
                cursor, stamp = "", REWRITING  # read again from the start: what came after may speak of what is there now
                with transaction(job.connection, job.index):
                    begin_rewritten(job.connection, job.archive_id, unit)
            if not stamp or job.archive.stamp(unit) != stamp:
                _take_in_unit(job, unit, cursor, stamp)
        _tell_holes(job)
    except ArchiveError as error:
        job.run.error = error
    finally:
        job.run.seconds += time.monotonic() - started


def _tell_holes(job: Job) -> None:
    """Have a run say which mails of an archive that was read to its end are missing."""
    lost = [blob for unit in job.archive.units() for blob in stored.lost_mails(job.connection, job.archive_id, unit)]
    if lost:
        what = f"mail {lost[0]} is missing" if len(lost) == 1 else f"{len(lost)} mails are missing, first {lost[0]}"
        job.run.error = ArchiveError(
            f"{what} in {job.archive.path}; all else was read",
            "fetch it from a full copy (`git fetch --refetch`); every run tries it again",
        )
        job.run.holes = True


def look(job: Job, since: int, most: int) -> bool:
    """Take in the newest mail of an archive that was never read, `most` mails or what came `since`; its failure is kept in its run.

    Returns whether there was older mail, or one that failed; else nothing is done: the archive may as well be read in order.
    """
    started = time.monotonic()
    try:
        if not (newest := _newest(job.archive, since, most)):
            return False
        if sum(number for _, _, number in newest) <= job.run.counts.entries:
            return True  # a look before this one saw as much
        job.run.counts = Counts()  # a wider look sees again what one before it saw
        for unit, behind, _ in newest:
            with transaction(job.connection, job.index):
                stored.ensure_unit(job.connection, job.archive_id, unit)
                begin_again(job.connection, job.archive_id, unit, LOOKING)
            _take_in_unit(job, unit, behind, LOOKING)
    except ArchiveError as error:
        job.run.error = error
    finally:
        job.run.seconds += time.monotonic() - started
    return True


def count_pending(job: Job) -> None:
    """Note how much of each unit is left to the next run, after a look at the newest; a failure is kept in the archive's run."""
    try:
        for unit in job.archive.units():
            size = job.archive.size(unit)
            with transaction(job.connection, job.index):
                stored.ensure_unit(job.connection, job.archive_id, unit)
                note_pending(job.connection, job.archive_id, unit, size)
    except ArchiveError as error:
        job.run.error = job.run.error or error


def _newest(archive: Archive, since: int, most: int) -> list[tuple[str, str, int]]:
    """Return unit, cursor and number of the newest entries, oldest unit first; nothing where that is all there is, or cannot be told."""
    found: list[tuple[str, str, int]] = []
    for unit in reversed(archive.units()):
        told = archive.newest(unit, since, most)
        if told is None:
            return []
        found.insert(0, (unit, *told))
        most -= told[1]
        if told[0] or most <= 0:
            return [one for one in found if one[2]]
    return []


def _take_in_unit(job: Job, unit: str, cursor: str, stamp: str) -> None:
    connection, run = job.connection, job.run
    walk = job.archive.walk(unit, cursor)
    rewritten = walk.rewritten or stamp == REWRITING  # an earlier run may have been cut off while it read a rewritten unit
    with transaction(connection, job.index):
        stored.ensure_unit(connection, job.archive_id, unit)
        if walk.rewritten:
            begin_rewritten(connection, job.archive_id, unit)
    watched = job.options.progress is not quiet  # counting is for somebody who waits
    ahead = job.archive.ahead(unit, "" if walk.rewritten else cursor) if watched else None
    total = None if ahead is None else run.counts.entries + ahead
    for reads, error in _read_all(job, unit, walk.items):
        if reads:
            cursor = job.archive.cursor_after(unit, reads[-1].item)
            with transaction(connection, job.index):
                run.counts.add(store_chunk(connection, job.list_id, job.archive_id, unit, reads, cursor, join))
            job.options.progress(Step(run.name, "reading", run.counts.entries, total))
        if error:
            raise error
    with transaction(connection, job.index):
        finish_unit(connection, job.archive_id, unit, LOOKED if stamp == LOOKING else walk.stamp)
        if rewritten or stamp == LOOKING:
            forget_former(connection, job.archive_id, unit)
        if rewritten and stamp != LOOKING:
            run.withdrawn += withdraw_missing(connection)
        mark_derived(connection)


def _read_all(job: Job, unit: str, items: Iterator[Item]) -> Iterator[Chunk]:
    """Yield what the entries hold, in order, in chunks; by worker processes where there is much to read."""
    archive, workers = job.archive, job.workers
    read = partial(read_chunk, archive.kind, archive.path, unit, tools=own_rows())
    start = list(islice(items, PARALLEL_FROM))
    more = next(items, None) if len(start) == PARALLEL_FROM else None
    every = _chunks(chain(start, [more] if more else [], items))
    if workers.alone or (more is None and job.options.executor is None):
        yield from map(read, every)
    else:
        yield from (result for _, result in workers.each(read, every))


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield entries in lists of some hundred; one commit's entries stay together, since the cursor is a commit."""
    chunk: list[Item] = []
    for item in items:
        if len(chunk) >= CHUNK and item.locator != chunk[-1].locator:
            yield chunk
            chunk = []
        chunk.append(item)
    if chunk:
        yield chunk
