# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where mail is kept: each kind of archive lists its entries in order, from a cursor, and reads them as bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from triage.model.archive import Item


class Walk(Struct, frozen=True):
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

    def ahead(self, unit: str, cursor: str) -> int | None:
        """Return how many entries are after `cursor`, for somebody who waits; None where only reading them tells."""
        ...

    def size(self, unit: str) -> int:
        """Return how many entries a unit holds in all, by counting; raises `ArchiveError`."""
        ...

    def newest(self, unit: str, since: int, most: int) -> tuple[str, int] | None:
        """Return the cursor before the newest entries of a unit, and how many these are: at most `most`, or none older than `since`.

        The cursor is "" where that is all of it, and None is returned where only reading all would tell. Raises `ArchiveError`.
        """
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
