# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of git read and proved: `git cat-file` does not look whether bytes are those of the id, and a signature vouches for ids alone."""

import re
from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path

from triage import git
from triage.model.errors import ArchiveError
from triage.model.expression import expression

_ENTRY = expression(rb"([0-7]{5,6}) ([^\0]+)\0(.{20})", re.DOTALL)
FOLDER = "40000"


def object_id(kind: str, content: bytes) -> str:
    """Return the id that git gives an object of a kind (`blob`, `tree`, `commit`)."""
    return sha1(f"{kind} {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


def tree_entries(content: bytes) -> dict[str, tuple[str, str]]:
    """Return the entries of a tree object: mode and id by name (gitformat: `mode SP name NUL id`)."""
    found: dict[str, tuple[str, str]] = {}
    at = 0
    while match := _ENTRY.match(content, at):
        found[match[2].decode("utf-8", "replace")] = (match[1].decode(), match[3].hex())
        at = match.end()
    return found


def read_proved(path: Path, kind: str, names: Sequence[str], limit: int) -> list[bytes]:
    """Return objects by id; raises `ArchiveError` for one that is missing, larger than `limit` bytes or not what it is called."""
    if not names:
        return []
    with git.Batch(path, limit, missing_ok=True) as batch:
        found = [content for _, content in batch.read_all(names)]
    for name, content in zip(names, found, strict=True):
        if content is None:
            raise ArchiveError(f"object {name} in {path} is missing, damaged or too large")
        if object_id(kind, content) != name:
            raise ArchiveError(f"object {name} in {path} is not what it is called")
    return [content for content in found if content is not None]


def read_files(path: Path, tree: str, limit: int, most: int) -> dict[str, bytes]:
    """Return the files of a tree and of the folders in it by name, at most `most` of them; raises `ArchiveError` as `read_proved` does."""
    (root,) = read_proved(path, "tree", [tree], 64 * most + limit)
    entries = tree_entries(root)
    folders = {name: entry[1] for name, entry in entries.items() if entry[0] == FOLDER}
    ids = {name: entry[1] for name, entry in entries.items() if entry[0] != FOLDER}
    for (name, _), content in zip(folders.items(), read_proved(path, "tree", list(folders.values()), 64 * most + limit), strict=True):
        ids |= {f"{name}/{leaf}": entry[1] for leaf, entry in tree_entries(content).items() if entry[0] != FOLDER}
    if len(ids) > most:
        raise ArchiveError(f"they have more than {most} files", "they are not what triage writes")
    return dict(zip(ids, read_proved(path, "blob", list(ids.values()), limit), strict=True))
