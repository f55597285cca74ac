# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline on one page: archives are walked, mails read, series grouped, findings judged, everything stored; cut off
anywhere, the next run goes on.

One process writes. Reading is handed to worker processes once there is enough of it; each reads blobs for itself.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from triage.archive.detect import open_archive
from triage.archive.sources import day_start, since_day
from triage.config import Config
from triage.files import write_lock
from triage.ingest.derive import derive_changed
from triage.ingest.intake import AT_ONCE, EVER, Job, count_pending, look, take_in
from triage.ingest.opinions import take_in_opinions
from triage.ingest.summary import USUAL, ArchiveRun, RunOptions, quiet
from triage.ingest.workers import Workers
from triage.model import Severity
from triage.model.archive import ListSpec, PackUsed
from triage.model.errors import ConfigError
from triage.projects import Judges, files_behind, packs_used
from triage.store import archives as stored
from triage.store import derive
from triage.store.errors import DATABASE_ERRORS, database_error
from triage.store.schema import Index, open_index
from triage.store.transaction import transaction


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
        runs = _fill(connection, index, config, lists, options)
        if any(run.withdrawn for run in runs):
            from triage.ingest.checks import forget_withdrawn  # what a run without one never pays for

            forget_withdrawn(config, connection)
        return runs
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
            take_in_opinions(connection, config, judges.voices)
            with Workers(1) as workers:
                derive_changed(connection, config.paths.index, judges, ArchiveRun("", ""), quiet, workers)
        except DATABASE_ERRORS as error:
            raise database_error(error, config.paths.index) from error
        finally:
            connection.close()


def _fill(connection: Index, index: Path, config: Config, lists: list[ListSpec], options: RunOptions) -> list[ArchiveRun]:
    take_in_opinions(connection, config, Judges(config).voices)
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
    runs = [ArchiveRun(spec.name, place.shown_kind) for place in spec.places]
    jobs = [
        Job(connection, index, open_archive(place.kind, place.path), list_id, archive_id, run, options, workers)
        for place, archive_id, run in zip(spec.places, archive_ids, runs, strict=True)
    ]

    def judge() -> None:
        started = time.monotonic()
        derive_changed(connection, index, judges, runs[0], options.progress, workers)
        runs[0].seconds += time.monotonic() - started

    looked = _look(jobs, _newest_of(spec, options), judge)
    for job in jobs:
        if job not in looked:
            take_in(job)
    judge()
    if before is not None:
        runs[0].policy_changes = _changes(before, derive.open_findings(connection, list_id))
        with transaction(connection, index):
            stored.note_policy_changes(connection, spec.name, runs[0].policy_changes)
    for job in looked:
        count_pending(job)
    for run, archive_id in zip(runs, archive_ids, strict=True):
        run.total, run.pending = stored.totals(connection, archive_id), stored.pending(connection, archive_id)
    return runs


def _newest_of(spec: ListSpec, options: RunOptions) -> int:
    """Return from when on mail of a new archive is read first, 0 where it is read in order."""
    if options.whole:
        return 0
    return options.newest or (day_start(since_day(spec.newest, time.time())) if spec.newest else 0)


def _look(jobs: list[Job], since: int, judge: Callable[[], None]) -> list[Job]:
    """Take in the newest mail of the archives that were never read: the very newest, judged at once, then what came `since`.

    Returns those of which there is more than that; the others are left to be read in order.
    """
    looked = [job for job in jobs if since and stored.is_new(job.connection, job.archive_id) and look(job, 0, AT_ONCE)]
    if looked:
        judge()
    return [job for job in looked if job.run.error or look(job, since, EVER)]


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
