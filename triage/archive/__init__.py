# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where mail is kept: each kind of archive lists its entries in order, from a cursor, and reads them as bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from triage.model.archive import Entry, Item
from triage.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Walk:
    """What is new in one unit (an epoch, a file) since a cursor."""

    items: Iterator[Item]
    stamp: str
    """What the unit looked like when the walk began; stored once all items have been taken in."""
    rewritten: bool
    """History before the cursor changed: the items are the whole unit, from its start."""


class Archive(Protocol):
    """What every kind of archive can do; `unit` is an epoch or a file, in the order to read them."""

    kind: str
    path: Path

    def units(self) -> list[str]:
        """Return the names of the units, oldest first; raises `ArchiveError`."""
        ...

    def stamp(self, unit: str) -> str:
        """Return, cheaply, what tells that nothing came since the last walk: a commit, a size and time."""
        ...

    def walk(self, unit: str, cursor: str) -> Walk:
        """Return the entries after `cursor` ("" for all); raises `ArchiveError`, also while iterating."""
        ...

    def cursor_after(self, unit: str, item: Item) -> str:
        """Return the cursor that stands right behind `item`."""
        ...

    def read(self, unit: str, items: list[Item]) -> Iterator[tuple[Item, bytes | None]]:
        """Yield each mail's bytes in order; None where it is larger than a mail may be, or its item comes back as `LOST`."""
        ...

    def has_any(self, unit: str, blobs: list[str]) -> bool:
        """Say whether any of some mails whose bytes were missing can be read now."""
        ...

    def fetch(self, unit: str, locator: str, blob: str) -> bytes:
        """Return one mail's bytes; raises `ArchiveError` where it is gone."""
        ...

    def fetch_all(self, unit: str, places: list[tuple[str, str]]) -> Iterator[bytes | None]:
        """Yield the bytes of mails by locator and blob, None for one that is gone."""
        ...


def open_archive(kind: str, path: Path) -> Archive:
    """Return the archive of a known kind at `path`; does not look at it yet."""
    if kind == "mbox":
        from triage.archive.mbox import Mbox

        return Mbox(path)
    from triage.archive.publicinbox import PublicInbox

    return PublicInbox(path, kind)


def probe(archive: Archive) -> None:
    """Raise `UsageError` where the first entries of an archive are no mail: a source repository, say; an empty one is fine."""
    from itertools import islice

    for unit in archive.units():
        archive.stamp(unit)
        first = list(islice(archive.walk(unit, "").items, 20))
        if first and all(item.entry in {Entry.ODD, Entry.SAME} for item in first):
            raise UsageError(f"{archive.path} holds no mail", "expected a public-inbox, whose commits add a file `m`, or an mbox")


def detect(location: str) -> Archive:
    """Return the archive that lies at `location`, told by its shape; raises `UsageError` with what was expected."""
    path = Path(location).expanduser().absolute()
    if not path.exists():
        raise UsageError(f"no such archive: {path}", "give the path of a public-inbox folder, a bare epoch or an mbox")
    if path.is_file():
        return open_archive("mbox", path)
    if any((path / "git").glob("*.git")):
        return open_archive("v2", path)
    for inner in (path, path / ".git"):
        if (inner / "objects").is_dir() and (inner / "HEAD").is_file():
            return open_archive("git", inner)
    raise UsageError(f"{path} is no archive", "expected a public-inbox (git/0.git or a bare repository), an mbox file or a Maildir")
