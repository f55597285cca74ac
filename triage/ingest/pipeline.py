# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline on one page: archives are walked, mails read, series grouped, findings judged, everything stored; cut off
anywhere, the next run goes on.

One process writes. Reading is handed to worker processes once there is enough of it; each reads blobs for itself.
"""

import gc
import os
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from triage import git
from triage.archive import Archive
from triage.archive.detect import open_archive
from triage.config import Config
from triage.files import write_lock
from triage.ingest.derive import derive_changed
from triage.ingest.summary import USUAL, ArchiveRun, RunOptions, Step, quiet
from triage.ingest.watch import TooCostlyError, watched
from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import Kind, Message, RawMail, Severity
from triage.model.archive import Entry, Item, ListSpec, PackUsed
from triage.model.errors import ArchiveError, ConfigError
from triage.opinion.index import open_log, refresh
from triage.policy.annotate import with_facts
from triage.policy.evidence.tools import extend, own_rows
from triage.projects import Judges, files_behind, packs_used
from triage.series.threads import join
from triage.store import archives as stored
from triage.store import derive
from triage.store.errors import DATABASE_ERRORS, database_error
from triage.store.rows import message_row
from triage.store.schema import Index, open_index
from triage.store.write import (
    REWRITING,
    ReadEntry,
    begin_rewritten,
    finish_unit,
    mark_derived,
    store_chunk,
    transaction,
    withdraw_missing,
)  # fmt: skip

CHUNK = 800
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOST = "its bytes are missing in the archive"
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
            derive_changed(connection, config.paths.index, judges, ArchiveRun("", ""), quiet)
        except DATABASE_ERRORS as error:
            raise database_error(error, config.paths.index) from error
        finally:
            connection.close()


def _fill(connection: Index, index: Path, config: Config, lists: list[ListSpec], options: RunOptions) -> list[ArchiveRun]:
    runs: list[ArchiveRun] = []
    judges = Judges(config)
    refresh(connection, open_log(config.paths), judges.voices)
    for spec in lists:
        broken = judges.why_not(spec.policies)
        used = [PackUsed(name, "", "") for name in spec.policies] if broken else packs_used(spec.policies, config)
        with transaction(connection, index):
            list_id, archive_ids = stored.sync_list(connection, spec)
            changed = stored.note_packs(connection, list_id, used)
        if broken:
            runs.append(ArchiveRun(spec.name, spec.places[0].shown_kind, error=broken))
            continue
        before = derive.open_findings(connection, list_id) if changed else None
        first = len(runs)
        for place, archive_id in zip(spec.places, archive_ids, strict=True):
            run = ArchiveRun(spec.name, place.shown_kind)
            runs.append(run)
            _take_in(_Job(connection, index, open_archive(place.kind, place.path), list_id, archive_id, run, options))
        started = time.monotonic()
        derive_changed(connection, index, judges, runs[first], options.progress)
        if before is not None:
            runs[first].policy_changes = _changes(before, derive.open_findings(connection, list_id))
            with transaction(connection, index):
                stored.note_policy_changes(connection, spec.name, runs[first].policy_changes)
        runs[first].seconds += time.monotonic() - started
        for run, archive_id in zip(runs[first:], archive_ids, strict=True):
            run.total = stored.totals(connection, archive_id)
    _note_files(connection, index, config)
    return runs


def _note_files(connection: Index, index: Path, config: Config) -> None:
    """Remember the files that all lists are judged by, so that the next run can see at a glance whether they changed."""
    with transaction(connection, index), suppress(ConfigError):  # a pack that cannot be read is looked for by every run
        stored.note_files(connection, files_behind(config, {name for names in stored.policies(connection).values() for name in names}))


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
    for reads, error in _read_all(job.archive, unit, walk.items, job.options):
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


Chunk = tuple[list[ReadEntry], ArchiveError | None]


def _read_all(archive: Archive, unit: str, items: Iterator[Item], options: RunOptions) -> Iterator[Chunk]:
    """Yield what the entries hold, in order, in chunks; by worker processes where there is much to read."""
    if options.executor is not None:
        yield from _pooled(options.executor, archive, unit, _chunks(items), ahead=16)
        return
    start = list(islice(items, PARALLEL_FROM))
    more = next(items, None) if len(start) == PARALLEL_FROM else None
    every = _chunks(chain(start, [more] if more else [], items))
    if more is None or options.workers == 1:
        for chunk in every:
            yield read_chunk(archive.kind, archive.path, unit, chunk, own_rows())
        return
    import multiprocessing

    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(options.workers or None, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),)) as pool:
        yield from _pooled(pool, archive, unit, every, ahead=2 * (options.workers or multiprocessing.cpu_count()))


def _start_worker(writer: int) -> None:
    """Let Ctrl-C, a service manager's stop and a closed terminal be the writer's to handle, and end with it."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "pidfd_open"):
        threading.Thread(target=_end_with, args=(writer,), daemon=True).start()


def _end_with(writer: int) -> None:
    # a worker holds both ends of the pipes it waits on: one whose writer was killed would wait for ever
    with suppress(ProcessLookupError):
        select.select([os.pidfd_open(writer)], [], [])  # a process that ended and was not waited for yet counts as ended
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off a stop for a moment: a pool that is interrupted while it starts its threads cannot be shut down any more."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pooled(pool: Executor, archive: Archive, unit: str, chunks: Iterable[list[Item]], ahead: int) -> Iterator[Chunk]:
    pending: deque[Future[Chunk]] = deque()
    try:
        for chunk in chunks:
            with _undisturbed():
                pending.append(pool.submit(read_chunk, archive.kind, archive.path, unit, chunk, own_rows()))
            if len(pending) > ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


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


def read_chunk(kind: str, path: Path, unit: str, items: list[Item], tools: Sequence[object] = ()) -> Chunk:
    """Read a chunk of entries; runs in a worker process. Returns the error too where an object cannot be read.

    `tools` are the user's own rows of the table of AI tools.
    """
    gc.disable()
    extend(tools)
    try:
        archive = open_archive(kind, path)
        mails = [item for item in items if item.entry is Entry.MAIL]
        read: dict[int, ReadEntry] = {}
        lost: set[int] = set()
        error: ArchiveError | None = None
        diffs: list[tuple[int, bytes]] = []
        found: list[tuple[Item, Message | str]] = []
        try:
            for item, (told, content) in zip(mails, archive.read(unit, mails), strict=False):
                if told.entry is Entry.LOST:
                    lost.add(id(item))
                    found.append((item, LOST))
                else:
                    found.append(_read_one(item, content, len(found), diffs))
        except ArchiveError as stopped:
            error = stopped
        ids = git.patch_ids(diffs)
        for number, (item, result) in enumerate(found):
            if isinstance(result, str):
                read[id(item)] = ReadEntry(replace(item, entry=Entry.LOST) if id(item) in lost else item, reason=result)
            else:
                read[id(item)] = ReadEntry(item, message_row(result, ids.get(number)))
        reads: list[ReadEntry] = []
        for item in items:
            if item.entry is Entry.MAIL and id(item) not in read:
                # the cursor is a commit: what else that commit holds is read again with what could not be
                reads = [done for done in reads if done.item.locator != item.locator]
                break
            reads.append(read.get(id(item)) or ReadEntry(item, reason=item.reason))
        return [_light(read) for read in reads], error
    finally:
        gc.enable()


def _light(read: ReadEntry) -> ReadEntry:
    """Leave the bytes behind: they have been read and would only be copied to the writer."""
    item = read.item
    if item.content is None:
        return read
    return ReadEntry(Item(item.entry, item.locator, item.blob, item.archived), read.row, read.reason)


def _read_one(item: Item, content: bytes | None, number: int, diffs: list[tuple[int, bytes]]) -> tuple[Item, Message | str]:
    if content is None:
        return item, "size: larger than 25 MiB"
    try:
        with watched(len(content)):
            read = read_mail(RawMail(content, item.locator, item.blob, item.archived))
            message = with_facts(read.message, read.body)
    except UnreadableError as reason:
        return item, reason.reason
    except TooCostlyError as stopped:
        return item, str(stopped)
    except Exception as bug:  # the worker's edge: one mail that meets a bug of ours must not hold up a list for ever
        return item, f"reader: {type(bug).__name__}, a bug of triage; please report it"
    if message.kind in {Kind.PATCH, Kind.REPLY_PATCH, Kind.PULL} and read.body.diff:
        diffs.append((number, read.body.patch))
    return item, message
