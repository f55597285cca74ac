# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index rebuilt from archives and opinions, beside the old one, which goes when the new one is whole."""

import os
from contextlib import closing
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from triage.archive.local import OwnInbox
from triage.config import Config, load_lists
from triage.files import write_lock
from triage.ingest.pipeline import fill
from triage.ingest.summary import USUAL, ArchiveRun, RunOptions
from triage.model.errors import ArchiveError, ConfigError
from triage.store.errors import DATABASE_ERRORS
from triage.store.former import moved_records, now_missing
from triage.store.schema import make_whole, open_personal
from triage.store.tombstones import carry_tombstones


class Remade(Struct, frozen=True):
    """What making the index again came to."""

    runs: list[ArchiveRun]
    carried: bool
    """Whether tombstones of withdrawn mail could be carried over from the old index."""
    moved: list[dict[str, str]]
    """Records that counted by the old index and stand otherwise now, as `store.former` tells them."""
    aside: str = ""
    """Where a damaged personal.db was put."""


def rebuild(config: Config, options: RunOptions = USUAL) -> Remade:
    """Make index.db again from archives and opinions; the old one is replaced only when the new one is whole.

    A damaged personal.db is put aside. Raises what `ingest` raises; the old index stays then.
    """
    with write_lock(config.paths.data):
        aside = _put_aside(config.paths.personal)
        return replace(remake(config, options), aside=aside)


def remake(config: Config, options: RunOptions, partial: bool = False) -> Remade:
    """Do the work of `rebuild`; the caller holds the lock. `partial` replaces the old index even where an archive cannot be read."""
    index = config.paths.index
    fresh = index.with_name("index.db.new")
    lists = load_lists(config.paths)
    for place in (place for spec in lists for place in spec.places if place.source):
        OwnInbox(place.path).make()  # a backup that was put back brings none
    _remove(fresh)
    try:
        runs = fill(fresh, config, lists, replace(options, whole=True))
        if not partial and (failed := [run for run in runs if run.error and not run.holes]):
            raise ArchiveError(f"the index is as it was: {failed[0].name}: {failed[0].error}", "fix that, or `triage remove` the list")
        if not partial and index.exists() and (gone := now_missing(index, fresh)):
            mails = "1 mail that it holds is" if gone == 1 else f"{gone} mails that it holds are"
            raise ArchiveError(
                f"the index is as it was: {mails} missing in the archives now",
                f"fetch from a full copy (`git fetch --refetch`), or remove {index} to go on without",
            )
        carried = carry_tombstones(index, fresh)
        moved = moved_records(index, fresh) if index.exists() else []
        make_whole(fresh)
        _remove(index)
        os.replace(fresh, index)
    finally:
        _remove(fresh)
    return Remade(runs, carried, moved)


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


def _put_aside(path: Path) -> str:
    """Move a database that cannot be read out of the way, with its side files; returns where it lies now, "" where it is sound."""
    if not path.exists():
        return ""
    try:
        with closing(open_personal(path)) as connection:
            if connection.is_sound():
                return ""
    except (ConfigError, *DATABASE_ERRORS) as error:
        if isinstance(error, ConfigError) and "damaged" not in error.message:
            raise
    for number in range(1, 1000):
        target = path.with_name(f"{path.name}.damaged-{number}")
        if not target.exists():
            break
    os.replace(path, target)
    for suffix in ("-wal", "-shm"):
        if (side := Path(f"{path}{suffix}")).exists():
            os.replace(side, f"{target}{suffix}")
    return str(target)
