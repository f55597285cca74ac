# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists, their archives, and the entries of an archive with how they ended."""

import shlex
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from triage.model import BlobId


class Place(Struct, frozen=True):
    """One archive of a list: what it is and where it lies."""

    kind: str
    path: Path
    source: str = ""
    """Where mail is copied from to `path` before each reading, as `scheme:address`; "" for an archive read where it lies."""

    @property
    def shown_kind(self) -> str:
        """What the user added: the scheme of the source, else the archive's kind."""
        return self.source.partition(":")[0] or self.kind

    @property
    def shown(self) -> str:
        """What the user added it as."""
        return self.source or str(self.path)


class ListSpec(Struct, frozen=True):
    """A mailing list as the user added it."""

    name: str
    policies: tuple[str, ...]
    """The packs it is judged by, its own first."""
    url: str
    places: tuple[Place, ...]
    newest: str = ""
    """How far back mail is read first when the list is new, as `90d`; "" for all of it in order."""

    @property
    def policy(self) -> str:
        """Its packs in one line, as `triage policy use` takes them."""
        return shlex.join(self.policies)


class PackUsed(Struct, frozen=True):
    """A pack that a list is judged by: as it was named, its id, and the digest of all that it judges with; "" where it cannot be read."""

    name: str
    pack: str
    digest: str
    tag: str = ""
    """The signed tag that it came with, and its commit; "" for a pack that nobody subscribed to."""


class Entry(StrEnum):
    """What an archive says of one of its entries before anybody has read it."""

    MAIL = "mail"
    DELETE = "delete"
    SAME = "same"
    """Nothing changed: a commit whose tree is its parent's."""
    ODD = "odd"
    """Not a mail: a symbolic link, another file."""
    LOST = "lost"
    """A mail whose bytes are missing: a partial clone, a damaged pack."""


class Item(Struct, frozen=True):
    """One entry of an archive: a commit, a message of an mbox."""

    entry: Entry
    locator: str
    """Where it lies in its unit: a commit id, or a byte range."""
    blob: BlobId
    archived: int
    content: bytes | None = None
    reason: str = ""


OUTCOMES = ("parsed", "duplicate", "deleted", "quarantined", "unreadable")


class Counts(Struct):
    """How the entries of a chunk, a run or an archive ended; their sum is `entries`."""

    parsed: int = 0
    duplicate: int = 0
    deleted: int = 0
    quarantined: int = 0
    unreadable: int = 0
    """Their bytes are missing in the archive; every run tries them again."""

    @property
    def entries(self) -> int:
        """All of them."""
        return sum(getattr(self, name) for name in OUTCOMES)

    def add(self, other: "Counts") -> None:
        """Add another's numbers to these."""
        for name in OUTCOMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def count(self, outcome: str) -> None:
        """Count one entry."""
        setattr(self, outcome, getattr(self, outcome) + 1)


COSTLY = "too costly here"
