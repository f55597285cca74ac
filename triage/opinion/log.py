# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of opinions: one append-only ref a reviewer, one commit a record, chained, and signed where a key is set."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from triage import git
from triage.model import Person
from triage.model.errors import ArchiveError
from triage.model.opinion import Record
from triage.opinion.objects import object_id
from triage.opinion.person import signing_key
from triage.opinion.record import MAX_RECORD, read_record
from triage.opinion.refs import KEYS, LOGS, ref_of
from triage.opinion.repository import Repository

JOINED = "it joins two histories"
DAMAGED = "`triage opinion sync` fetches what a remote has of it; run `git fsck` there for the rest"
DAY = 86400
MAX_LOG = 50_000
"""Records that one exchange takes from one log; no reviewer writes as many."""


class Entry(Struct, frozen=True):
    """One commit of a log as git gives it: nothing in it is believed yet."""

    commit: str
    parent: str
    """The commit before it, "" for the first."""
    raw: bytes
    """The commit object."""
    content: bytes
    """The record."""
    time: int
    """When the commit says it was made, in seconds since the epoch."""
    parent_time: int
    trouble: str = ""
    """What is wrong with its form, "" for nothing."""
    after: frozenset[str] = frozenset()
    """Of the tips that were written down for its log, those that it does not lie at or before."""


class OpinionLog:
    """The logs in the repository `opinions.git`; `remembered` is what else is known of their tips, from the index."""

    def __init__(self, path: Path, remembered: dict[str, str] | None = None) -> None:
        self.path = path
        self.repository = Repository(path)
        self.remembered = remembered or {}

    def write(self, record: bytes, previous: str, person: Person, subject: str, sign: bool) -> str:
        """Write the commit of a record behind `previous` and return its id; no ref moves."""
        tree = self.repository.tree_of({"m": record})
        return self.repository.commit(tree, previous, person, subject, sign and bool(signing_key()))

    def tips(self) -> dict[str, str]:
        """Return each reviewer's ref and the keys' with its newest commit; empty where there is no repository yet."""
        return {ref: tip for ref, tip in self.repository.refs(LOGS).items() if ref.endswith("/log") or ref == KEYS}

    def entries(self, tip: str, since: str = "", marks: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """Yield the commits of a log from the one after `since` to `tip`, oldest first; `marks` are tips that were written down for it.

        Raises `ArchiveError` where a commit is missing or damaged.
        """
        span = [tip] + ([f"^{since}"] if since else [])
        lines = git.read(self.path, "rev-list", "--reverse", "--parents", "--first-parent", *span).splitlines()
        rows = [line.split(" ") for line in lines]
        before = self.repository.time_of(since)
        ahead = marks & {row[0] for row in rows}
        with git.Batch(self.path, MAX_RECORD, missing_ok=True) as batch:
            objects = batch.read_all(name for row in rows for name in (row[0], f"{row[0]}^{{tree}}", f"{row[0]}:m"))
            for row in rows:
                raw, tree, content = (next(objects)[1] for _ in range(3))
                self._check_there(row[0], raw, tree, content)
                entry = _entry(row, raw or b"", tree or b"", content or b"", before, marks - ahead)
                before = entry.time
                ahead -= {entry.commit}
                yield entry

    def _check_there(self, commit: str, raw: bytes | None, tree: bytes | None, content: bytes | None) -> None:
        """Raise `ArchiveError` where a part of a record is missing or damaged; what is only too large for one, or odd, is read as such."""
        parts = ((raw, commit), (tree, f"{commit}^{{tree}}"), (content, f"{commit}:m"))
        named = ((raw, "commit", commit), (tree, "tree", _tree_of(raw or b"")), (content, "blob", (tree or b"")[-20:].hex()))
        whole = _is_record_tree(tree or b"")
        for (part, name), (_, kind, wanted) in zip(parts if whole else parts[:2], named, strict=False):
            if (part is None and not self.repository.is_readable(name)) or (part is not None and object_id(kind, part) != wanted):
                raise ArchiveError(f"record {commit[:12]} in {self.path} is missing or damaged", DAMAGED)

    def is_behind(self, since: str, tip: str) -> bool:
        """Say whether a log goes on from `since`; a commit that is gone counts as not."""
        return bool(since) and self.repository.has(since) and self.repository.is_ancestor(since, tip)


def _entry(row: list[str], raw: bytes, tree: bytes, content: bytes, before: int, after: frozenset[str]) -> Entry:
    commit, parents = row[0], row[1:]
    at = _time(raw)
    trouble = ""
    if len(parents) > 1:
        trouble = JOINED
    elif not _is_record_tree(tree):
        trouble = "its tree is not one file `m`"
    elif at < before:
        trouble = "its commit is older than the one before it"
    return Entry(commit, parents[0] if parents else "", raw, content, at, before, trouble, after)


def _tree_of(raw: bytes) -> str:
    return raw[5:45].decode("ascii", "replace") if raw.startswith(b"tree ") else ""


def _is_record_tree(tree: bytes) -> bool:
    return tree.startswith(b"100644 m\0") and len(tree) == 29


def _time(raw: bytes) -> int:
    match = re.search(rb"^committer [^\n]*> (\d{1,12}) [+-]\d{4}$", raw.partition(b"\n\n")[0], re.MULTILINE)
    return int(match[1]) if match else 0


def read_entry(ref: str, entry: Entry) -> Record:
    """Return the opinion of one commit with what its form says of it; whether its signature is good is told by `opinion.verify`."""
    signed = "unverified" if b"\ngpgsig " in entry.raw.partition(b"\n\n")[0] else "unsigned"
    opinion = replace(read_record(entry.content, entry.commit, signed), log=ref)
    trouble = opinion.trouble if opinion.signed == "bad" else entry.trouble
    if not trouble and ref != ref_of(opinion.reviewer.email):
        trouble = "it stands in the log of somebody else"
    if not trouble and opinion.fields.get("Previous", "") != (entry.parent or "0"):
        trouble = "it does not follow the record before it"
    if not trouble and abs(moment_of(opinion) - entry.time) > DAY:
        trouble = "its time is more than 24 hours from that of its commit"
    return replace(opinion, signed="bad", trouble=trouble) if trouble else opinion


def moment_of(opinion: Record) -> int:
    """Return when a record says it was written, in seconds since the epoch; 0 where it says no time."""
    try:
        return int(datetime.fromisoformat(opinion.time.replace("Z", "+00:00")).timestamp())
    except (ValueError, OverflowError):
        return 0
