# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline on one page: archives are walked, mails read, series grouped, findings judged, everything stored; cut off
anywhere, the next run goes on.

One process writes. Reading is handed to worker processes once there is enough of it; each reads blobs for itself.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

from triage.archive import Archive
from triage.archive.detect import open_archive
from triage.config import Config
from triage.files import write_lock
from triage.ingest.derive import derive_changed
from triage.ingest.reading import Chunk, read_chunk
from triage.ingest.summary import USUAL, ArchiveRun, RunOptions, Step, quiet
from triage.ingest.workers import Workers
from triage.model import Severity
from triage.model.archive import Item, ListSpec, PackUsed
from triage.model.errors import ArchiveError, ConfigError
from triage.opinion.index import open_log, refresh
from triage.policy.evidence.tools import own_rows
from triage.projects import Judges, files_behind, packs_used
from triage.series.threads import join
from triage.store import archives as stored
from triage.store import derive
from triage.store.errors import DATABASE_ERRORS, database_error
from triage.store.schema import Index, open_index
from triage.store.write import (
    REWRITING,
    begin_rewritten,
    finish_unit,
    mark_derived,
    store_chunk,
    transaction,
    withdraw_missing,
)  # fmt: skip

CHUNK = 800
PARALLEL_FROM = 2400
"""New mails from which worker processes pay: below, one process already overlaps git and Python."""


def ingest(config: Config, lists: list[ListSpec], options: RunOptions = USUAL, wait: float = 0) -> list[ArchiveRun]:
    """Take in what is new in `lists` and return what happened, an entry an archive.


    One archive's failure is kept in its entry and stops no other. Raises `BusyError` where another run holds the lock,
    `ConfigError` for an unknown pack or a foreign database, `ArchiveError` for a full disk.
    """
    with write_lock(config.paths.data, wait=wait):
        return fill(config.paths.index, config, lists, options)


def fill(index: Path, config: Config, lists: list[ListSpec], options: RunOptions) -> list[ArchiveRun]:
    """Do the work of `ingest` on the database `index`; the caller holds the lock."""
    connection = open_index(index, write=True)
    try:
        stored.check_derived(connection)
        return _fill(connection, index, config, lists, options)
    except DATABASE_ERRORS as error:
        raise database_error(error, index) from error
    finally:
        connection.close()


def settle(config: Config) -> None:
    """Judge and link again what an opinion or a correction changed; raises what `ingest` raises."""
    with write_lock(config.paths.data):
        connection = open_index(config.paths.index, write=True)
        try:
            stored.check_derived(connection)
            judges = Judges(config)
            refresh(connection, open_log(config.paths), judges.voices)
            with Workers(1) as workers:
                derive_changed(connection, config.paths.index, judges, ArchiveRun("", ""), quiet, workers)
        except DATABASE_ERRORS as error:
            raise database_error(error, config.paths.index) from error
        finally:
            connection.close()


def _fill(connection: Index, index: Path, config: Config, lists: list[ListSpec], options: RunOptions) -> list[ArchiveRun]:
    refresh(connection, open_log(config.paths), Judges(config).voices)
    runs: list[ArchiveRun] = []
    with Workers(options.workers, options.executor) as workers:
        for spec in lists:  # each by packs that are read now: a run may take hours, and a pack be changed meanwhile
            runs += _fill_list(connection, index, Judges(config), spec, options, workers)
    return runs


def _fill_list(
    connection: Index, index: Path, judges: Judges, spec: ListSpec, options: RunOptions, workers: Workers
) -> list[ArchiveRun]:  # fmt: skip
    """Take in what is new in one list, and work out what follows."""
    state = _state_of(judges.config, spec)
    broken = judges.why_not(spec.policies)
    used = [PackUsed(name, "", "") for name in spec.policies] if broken else packs_used(spec.policies, judges.config)
    with transaction(connection, index):
        list_id, archive_ids = stored.sync_list(connection, spec)
        changed = stored.note_packs(connection, list_id, used)
        stored.note_files(connection, list_id, state)
    if broken:
        return [ArchiveRun(spec.name, spec.places[0].shown_kind, error=broken)]
    before = derive.open_findings(connection, list_id) if changed else None
    runs: list[ArchiveRun] = []
    for place, archive_id in zip(spec.places, archive_ids, strict=True):
        runs.append(run := ArchiveRun(spec.name, place.shown_kind))
        _take_in(_Job(connection, index, open_archive(place.kind, place.path), list_id, archive_id, run, options, workers))
    started = time.monotonic()
    derive_changed(connection, index, judges, runs[0], options.progress, workers)
    if before is not None:
        runs[0].policy_changes = _changes(before, derive.open_findings(connection, list_id))
        with transaction(connection, index):
            stored.note_policy_changes(connection, spec.name, runs[0].policy_changes)
    runs[0].seconds += time.monotonic() - started
    for run, archive_id in zip(runs, archive_ids, strict=True):
        run.total = stored.totals(connection, archive_id)
    return runs


def _state_of(config: Config, spec: ListSpec) -> list[stored.FileState]:
    """Return the state of the files that a list is judged by, taken before they are read; nothing where they cannot be named."""
    with suppress(ConfigError):
        return stored.states_of(files_behind(config, spec.policies))
    return []


def _changes(before: dict[tuple[str, str], dict[str, str]], after: dict[tuple[str, str], dict[str, str]]) -> list[dict[str, str]]:
    """Return which open findings went and came with a changed policy, by series and finding."""
    gone = [item | {"change": "gone"} for key, item in before.items() if key not in after]
    come = [item | {"change": "new"} for key, item in after.items() if key not in before]
    other = [item | {"change": f"was {before[key]['severity']}"} for key, item in after.items()
             if key in before and before[key]["severity"] != item["severity"]]  # fmt: skip
    order = {severity.value: severity.rank for severity in Severity}
    return sorted([*gone, *come, *other], key=lambda item: (order[item["severity"]], item["change"], item["code"], item["series"]))


# reading ---------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Job:
    """One archive being taken in: where from, where to, and who watches."""

    connection: Index
    index: Path
    archive: Archive
    list_id: int
    archive_id: int
    run: ArchiveRun
    options: RunOptions
    workers: Workers


def _take_in(job: _Job) -> None:
    """Read what is new in every unit of an archive; its failure is kept in its run."""
    started = time.monotonic()
    try:
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


def _tell_holes(job: _Job) -> None:
    """Have a run say which mails of an archive that was read to its end are missing."""
    lost = [blob for unit in job.archive.units() for blob in stored.lost_mails(job.connection, job.archive_id, unit)]
    if lost:
        what = f"mail {lost[0]} is missing" if len(lost) == 1 else f"{len(lost)} mails are missing, first {lost[0]}"
        job.run.error = ArchiveError(
            f"{what} in {job.archive.path}; all else was read",
            "fetch it from a full copy (`git fetch --refetch`); every run tries it again",
        )
        job.run.holes = True


def _take_in_unit(job: _Job, unit: str, cursor: str, stamp: str) -> None:
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
        if rewritten:
            run.withdrawn += withdraw_missing(connection)
        finish_unit(connection, job.archive_id, unit, walk.stamp)
        mark_derived(connection)


def _read_all(job: "_Job", unit: str, items: Iterator[Item]) -> Iterator[Chunk]:
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
