# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cron run: mail is brought from its sources, what is new is taken in, how it went is kept, and flags go where they are wanted.

A second run that starts meanwhile is told at once. Sources are brought without the index's lock: a slow server keeps nobody from
giving an opinion.
"""

from msgspec import Struct, field

from triage.config import Config, load_lists
from triage.files import write_lock
from triage.ingest.status import note_health
from triage.ingest.summary import USUAL, ArchiveRun, RunOptions
from triage.ingest.uptodate import counted_again, nothing_new
from triage.model.archive import ListSpec, Place
from triage.model.errors import OutdatedError, TriageError

WAIT = 2.0
"""Seconds that a run waits for an opinion that is just being written."""


class Swept(Struct):
    """What a cron run did: an entry an archive, and what else there is to say."""

    runs: list[ArchiveRun]
    anew: bool = False
    """The index was made by another version of the program, and was rebuilt."""
    moved: list[dict[str, str]] = field(default_factory=list)
    """Records that stand otherwise since then, as `store.former` tells them."""
    unheard: str = ""
    """Why the program that is told of new findings was not, "" where it was or there is none."""
    unchecked: str = ""
    """Why other tools could not be asked about a patch, "" where they were or there are none."""
    trouble: TriageError | None = None
    """Why flags did not go where they are wanted."""


def sweep(config: Config, lists: list[ListSpec], options: RunOptions = USUAL) -> Swept:
    """Bring and take in what is new in `lists`; those on this machine first, so that a slow server holds up itself alone.

    Raises `BusyError` where another run is under way, and what `ingest` raises.
    """
    done: dict[str, list[ArchiveRun]] = {}
    swept = Swept([])
    far = _far(lists)
    near = [spec for spec in lists if spec not in far]
    with write_lock(config.paths.data, "sweep.lock"):
        before = _open_findings(config) if config.notify else None
        for group in [*([near] if near else []), *([spec] for spec in far)]:
            failed = _pull(config, group, options.since)
            runs, moved = _take_in(config, {spec.name for spec in group}, options)
            if moved is not None:
                swept.anew, swept.moved = True, [*swept.moved, *moved]
            _tell(runs, group, failed)
            done |= {name: [run for run in runs if run.name == name] for name in {run.name for run in runs}}
        known = load_lists(config.paths)
        swept.runs = [run for spec in known for run in done.get(spec.name, [])]
        note_health(config, [spec for spec in known if spec.name in done], swept.runs, known)
        if before is not None:
            from triage.ingest.notify import tell_program

            swept.unheard = tell_program(config, before)
        if config.checks.command or config.checks.patchwork:
            from triage.ingest.checks import run_checks

            swept.unchecked = run_checks(config)
        if config.notmuch_tags:
            from triage.ingest.notmuch_tags import tag_notmuch

            try:
                tag_notmuch(config)
            except TriageError as error:
                swept.trouble = error
    return swept


def _open_findings(config: Config) -> set[str] | None:
    from triage.ingest.notify import open_findings  # what an idle run without [notify] never pays for

    return open_findings(config)


def _far(lists: list[ListSpec]) -> list[ListSpec]:
    """Return the lists whose mail comes over the network; nothing is loaded where no mail is copied from anywhere."""
    if not any(place.source for spec in lists for place in spec.places):
        return []
    from triage.archive.fetch import is_far

    return [spec for spec in lists if is_far(spec)]


def _pull(config: Config, lists: list[ListSpec], since: int | None) -> dict[Place, TriageError]:
    if not any(place.source for spec in lists for place in spec.places):
        return {}
    from triage.archive.fetch import pull_all

    return pull_all(config, lists, since)


def _take_in(config: Config, names: set[str], options: RunOptions) -> tuple[list[ArchiveRun], list[dict[str, str]] | None]:
    """Take in what is new in those lists that are still there, and say which records moved where the index had to be rebuilt."""
    with write_lock(config.paths.data, wait=WAIT):
        lists = [spec for spec in load_lists(config.paths) if spec.name in names]
        idle = {} if options.retry else nothing_new(config, lists)
        if len(idle) == len(lists):
            return [run for spec in lists for run in idle[spec.name]], None
        from triage.ingest.pipeline import fill

        try:
            runs = fill(config.paths.index, config, [spec for spec in lists if spec.name not in idle], options)
            return [*runs, *counted_again(config, lists, idle)], None
        except OutdatedError:
            from triage.ingest.rebuild import remake

            return (remade := remake(config, options, partial=True)).runs, remade.moved


def _tell(runs: list[ArchiveRun], lists: list[ListSpec], failed: dict[Place, TriageError]) -> None:
    """Have each archive's run say why nothing came from its source."""
    for spec in lists:
        for place, run in zip(spec.places, (run for run in runs if run.name == spec.name), strict=False):
            run.error = run.error or failed.get(place)


def preview(config: Config, lists: list[ListSpec]) -> list[tuple[str, Place, int | None, str]]:
    """Return what a run would take in, writing nothing: list, archive, entries (None: only the run would tell), and what is wrong."""
    from triage.archive.fetch import waiting

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
    from triage.archive.detect import open_archive
    from triage.store.archives import cursors

    archive = open_archive(place.kind, place.path)
    known = cursors(config.paths.index, spec.name, place.path)
    number = 0
    for unit in archive.units():
        cursor, stamp = known.get(unit, ("", ""))
        if not stamp or archive.stamp(unit) != stamp:
            number += sum(1 for _ in archive.walk(unit, cursor).items)
    return number
