# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether there is anything to do: asked first by a cron run, which nearly always may go home at once.

Imports nothing that reads mail, so that an idle run costs little more than starting Python and asking git for a tip.
"""

import time
from contextlib import closing

from triage.archive.tips import quick_stamps
from triage.config import Config
from triage.ingest.summary import ArchiveRun
from triage.model.archive import ListSpec, Place
from triage.model.errors import TriageError
from triage.store import archives as stored
from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import Index, open_index


def nothing_new(config: Config, lists: list[ListSpec]) -> dict[str, list[ArchiveRun]]:
    """Return empty runs, with totals, of the lists whose archives and packs are as the last run left them, by name.

    There are none where that run was cut off, or opinions changed: what they are about may be in any list. What goes wrong here is left to
    the run that follows, which says so.
    """
    if not config.paths.index.exists():
        return {}
    try:
        connection = open_index(config.paths.index)
        try:
            stored.check_derived(connection)
            if not stored.is_settled(connection) or not _same_opinions(connection, config):
                return {}
            found = {spec.name: _idle_or_failing(connection, config, spec) for spec in lists}
            idle = {name: runs for name, runs in found.items() if runs}
            if len(idle) == len(lists):
                return idle
            return {name: runs for name, runs in idle.items() if stored.files_as_seen(connection, name)}  # a run notes those that changed
        finally:
            connection.close()
    except (TriageError, *DATABASE_ERRORS):
        return {}


def counted_again(config: Config, lists: list[ListSpec], idle: dict[str, list[ArchiveRun]]) -> list[ArchiveRun]:
    """Return the runs of idle lists with the totals as they are now: mail of another list may have been withdrawn from theirs, too."""
    with closing(open_index(config.paths.index)) as connection:
        for spec in lists:
            ids = stored.list_as_added(connection, spec, None)
            for run, archive_id in zip(idle.get(spec.name, []), ids, strict=False):
                run.total = stored.totals(connection, archive_id)
    return [run for runs in idle.values() for run in runs]


def _idle_or_failing(connection: Index, config: Config, spec: ListSpec) -> list[ArchiveRun]:
    """Return what `_idle` does, and none where an archive or a pack cannot be read."""
    try:
        return _idle(connection, config, spec)
    except TriageError:
        return []


def _same_opinions(connection: Index, config: Config) -> bool:
    if not config.paths.opinions.exists():
        return True
    from triage.opinion.log import OpinionLog
    from triage.opinion.memory import seen_tips
    from triage.store.opinions import tips_stored

    tips = OpinionLog(config.paths.opinions).tips()
    return tips == tips_stored(connection) and not set(tips) - set(seen_tips(config.paths.opinions))


def _idle(connection: Index, config: Config, spec: ListSpec) -> list[ArchiveRun]:
    """Return the runs of a list where nothing changed, none where something did."""
    ids = stored.list_as_added(connection, spec, None if stored.files_as_seen(connection, spec.name) else _digest(config, spec))
    runs: list[ArchiveRun] = []
    for place, archive_id in zip(spec.places, ids, strict=False):
        started = time.monotonic()
        for unit, newest in (quick_stamps(place.kind, place.path) or _stamps(place)).items():
            stamp = stored.unit_state(connection, archive_id, unit)[1]
            if not stamp or newest != stamp or stored.lost_mails(connection, archive_id, unit):
                return []
        run = ArchiveRun(spec.name, place.shown_kind, seconds=time.monotonic() - started)
        run.total = stored.totals(connection, archive_id)
        runs.append(run)
    return runs if len(ids) == len(spec.places) else []


def _stamps(place: Place) -> dict[str, str]:
    from triage.archive.detect import open_archive

    archive = open_archive(place.kind, place.path)
    return {unit: archive.stamp(unit) for unit in archive.units()}


def _digest(config: Config, spec: ListSpec) -> str:
    from triage.projects import packs_used

    return stored.digest_of(packs_used(spec.policies, config))
