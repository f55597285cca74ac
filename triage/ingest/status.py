# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the last runs went with each archive: since when its mail is stale, and how often in a row it failed.

Kept beside the index, not in it: an index that is rebuilt has no bearing on whether a server answers.
"""

import json
import time
from collections.abc import Iterable
from contextlib import closing

from msgspec import Struct
from msgspec.structs import asdict

from triage.config import Config, load_lists
from triage.files import write_file
from triage.ingest.summary import ArchiveRun
from triage.model.archive import ListSpec
from triage.model.errors import TriageError
from triage.store.archives import pending_by_path
from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import open_index

REPEATED = 3
"""Failures in a row from which the terminal UI speaks of them."""


class Health(Struct, frozen=True):
    """How it stands with one archive."""

    name: str
    archive: str
    fine: int
    """When a run last read it to its end, seconds since 1970; 0 for never."""
    failed: int
    """Runs that failed since then."""
    says: str
    """Why they failed; of an archive that was read to its end, what is missing in it."""


def read_health(config: Config) -> list[Health]:
    """Return how it stands with every archive that was read or failed; empty where nothing was kept or it cannot be read."""
    try:
        rows = json.loads(config.paths.runs.read_text("utf-8"))["archives"]
        return [Health(str(r["name"]), str(r["archive"]), int(r["fine"]), int(r["failed"]), str(r["says"])) for r in rows]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def note_health(config: Config, lists: Iterable[ListSpec], runs: list[ArchiveRun], known: Iterable[ListSpec]) -> None:
    """Keep how a run went; archives of lists that are gone are forgotten, those that were not asked for stay. Raises `ArchiveError`."""
    now = int(time.time())
    there = {(spec.name, place.shown) for spec in known for place in spec.places}
    before = {(one.name, one.archive): one for one in read_health(config)}
    kept = {key: one for key, one in before.items() if key in there}
    by_list = {spec.name: [run for run in runs if run.name == spec.name] for spec in lists}
    for spec in lists:
        group = by_list[spec.name]
        for place, run in zip(spec.places, group if len(group) == len(spec.places) else group[:1] * len(spec.places), strict=False):
            old = kept.get((spec.name, place.shown))
            if run.holes:
                new = Health(spec.name, place.shown, now, 0, str(run.error))
            elif run.error:
                new = Health(spec.name, place.shown, old.fine if old else 0, (old.failed if old else 0) + 1, str(run.error))
            else:
                new = Health(spec.name, place.shown, now, 0, "")
            kept[spec.name, place.shown] = new
    if kept != before:
        rows = [asdict(one) for _, one in sorted(kept.items())]
        write_file(config.paths.runs, json.dumps({"schema": 1, "archives": rows}, indent=1) + "\n", private=True)


def pending_of(config: Config) -> dict[tuple[str, str], int]:
    """Return by list and archive how many entries wait for a later run, the newest having been read first; nothing without an index."""
    if not config.paths.index.exists():
        return {}
    try:
        with closing(open_index(config.paths.index)) as connection:
            left = pending_by_path(connection)
    except (TriageError, *DATABASE_ERRORS):
        return {}
    return {
        (spec.name, place.shown): left[spec.name, str(place.path)]
        for spec in load_lists(config.paths) for place in spec.places if (spec.name, str(place.path)) in left
    }  # fmt: skip


def failing(config: Config) -> list[Health]:
    """Return the archives that failed several times in a row."""
    return [one for one in read_health(config) if one.failed >= REPEATED]
