# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cron run: mail is brought from its sources, what is new is taken in, how it went is kept, and flags go where they are wanted.

A second run that starts meanwhile is told at once. Sources are brought without the index's lock: a slow server keeps nobody from
giving an opinion.
"""

from concurrent.futures import Executor

from triage.archive import open_archive
from triage.config import Config, ListSpec, Place, load_lists
from triage.errors import OutdatedError, TriageError
from triage.health import note_health
from triage.news import nothing_new
from triage.pulling import pull_all, waiting
from triage.runs import ArchiveRun, Progress
from triage.store.lock import write_lock

WAIT = 2.0
"""Seconds that a run waits for an opinion that is just being written."""


def sweep(
    config: Config, lists: list[ListSpec], workers: int = 0, progress: Progress | None = None,
    since: int | None = None, executor: Executor | None = None,
) -> tuple[list[ArchiveRun], bool]:  # fmt: skip
    """Bring and take in what is new in `lists`; returns what happened, an entry an archive, and whether the index was made anew.

    Raises `BusyError` where another run is under way, and what `ingest` raises.
    """
    with write_lock(config.paths.data, "sweep.lock"):
        failed = pull_all(config, lists, since)
        anew = False
        runs = nothing_new(config, lists)
        if runs is None:
            from triage.ingest import ingest

            try:
                runs = ingest(config, lists, workers, progress, executor, WAIT)
            except OutdatedError:
                from triage.upkeep import rebuild

                runs, _ = rebuild(config, workers, progress)
                anew = True
        known = load_lists(config.paths)
        _tell(runs, known if anew else lists, failed)
        note_health(config, known if anew else lists, runs, known)
        if config.notmuch_tags:
            from triage.tagging import tag_notmuch

            tag_notmuch(config)
    return runs, anew


def _tell(runs: list[ArchiveRun], lists: list[ListSpec], failed: dict[Place, TriageError]) -> None:
    """Have each archive's run say why nothing came from its source."""
    for spec in lists:
        for place, run in zip(spec.places, (run for run in runs if run.name == spec.name), strict=False):
            run.error = run.error or failed.get(place)


def preview(config: Config, lists: list[ListSpec]) -> list[tuple[str, Place, int | None, str]]:
    """Return what a run would take in, writing nothing: list, archive, entries (None: only the run would tell), and what is wrong."""
    found: list[tuple[str, Place, int | None, str]] = []
    for spec in lists:
        for place in spec.places:
            number: int | None = None
            trouble = ""
            try:
                number = waiting(place) if place.source else _entries(config, spec, place)
            except TriageError as error:
                trouble = str(error)
            found.append((spec.name, place, number, trouble))
    return found


def _entries(config: Config, spec: ListSpec, place: Place) -> int:
    from triage.store.archives import cursors

    archive = open_archive(place.kind, place.path)
    known = cursors(config.paths.index, spec.name, place.path)
    number = 0
    for unit in archive.units():
        cursor, stamp = known.get(unit, ("", ""))
        if not stamp or archive.stamp(unit) != stamp:
            number += sum(1 for _ in archive.walk(unit, cursor).items)
    return number
