# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kind of archive lies where; what reads a kind is imported only where it is met."""

from pathlib import Path

from triage.archive import Archive
from triage.files import lasting_path, typed_path
from triage.model.archive import Entry
from triage.model.errors import UsageError


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
    path = lasting_path(typed_path(location))
    if not path.exists():
        raise UsageError(f"no such archive: {path}", "give the path of a public-inbox folder, a bare epoch or an mbox")
    if path.is_file():
        return open_archive("mbox", path)
    if any((path / "git").glob("*.git")):
        return open_archive("v2", path)
    for inner in (path, path / ".git"):
        if (inner / "objects").is_dir() and (inner / "HEAD").is_file():
            return open_archive("git", inner)
    raise UsageError(f"{path} is not an archive", "expected a public-inbox (git/0.git or a bare repository), an mbox file or a Maildir")
