# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A public-inbox of our own: mail that may be moved, expunged or forgotten where it came from is copied here, byte by byte, so
that whatever is read, shown or reported later has a lasting source.

Source: public-inbox-v2-format(5). Written by `git fast-import`: branches move only once all before them is on the disk, so a
run that is killed has added some mails whole and the rest not at all; what is added again is there already.
"""

import json
import time
from collections.abc import Iterable, Iterator
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path

from triage import git
from triage.files import write_file
from triage.model import blob_id
from triage.model.errors import ArchiveError
from triage.model.expression import expression

BATCH = 500
BATCH_BYTES = 32 * 1024 * 1024
CHECKPOINT = 20
"""Batches after which a long import is made lasting."""
MAX_COPIED = 256 * 1024 * 1024
"""Bytes of a mail that is still copied; one over 25 MiB is quarantined when it is read."""
_FOLDED = expression(rb"\r?\n[ \t]+")
_BRANCH, _KEPT = "refs/heads/master", "refs/triage/kept"
EXPUNGED = "expunged.jsonl"
"""Beside the mail: what was removed on request, a JSON line each."""


class OwnInbox:
    """A v2 inbox with one epoch under `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git_dir = path / "git" / "0.git"
        self.lock: int | None = None
        """The descriptor of its lock, held by whoever writes."""

    def make(self) -> None:
        """Make the inbox, empty, if it is not there; raises `ArchiveError` where the disk refuses."""
        try:
            if not (self.git_dir / "HEAD").is_file():
                git.make_bare(self.git_dir)
        except OSError as error:
            raise ArchiveError(f"cannot write {self.path}", error.strerror or "unknown reason") from error

    def add(self, mails: Iterable[bytes]) -> int:
        """Append the mails that are not there yet, byte for byte as they are; returns how many those were.

        The caller holds the inbox's lock. Raises `ArchiveError` where git or the disk refuses; what was added before stays.
        """
        self.make()
        return _Append(self.git_dir, self.expunged(), self.lock).add(mails)

    def expunged(self) -> set[str]:
        """Return the blobs of mails that were removed on request, and are not copied again; raises `ArchiveError`."""
        try:
            lines = (self.path / EXPUNGED).read_text("utf-8").splitlines()
            return {str(json.loads(line)["blob"]) for line in lines if line}
        except FileNotFoundError:
            return set()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"cannot read {self.path / EXPUNGED}", "restore it: it says which mail must not come back") from error

    def expunge(self, blobs: set[str], reason: str, now: int) -> int:
        """Remove mails for good, by blob, and remember that they must not come back; returns how many were there.

        The history is written anew without them and what held them is pruned: nothing of their text is left. What is remembered is each
        mail's hash, when, and why. The caller holds the inbox's lock. Raises `ArchiveError`.
        """
        known = self.expunged()
        path = self.path / EXPUNGED
        before = path.read_text("utf-8") if path.exists() else ""
        rows = [json.dumps({"blob": blob, "time": now, "reason": reason}) for blob in sorted(blobs - known)]
        write_file(path, before + "".join(f"{row}\n" for row in rows), private=True)
        listed = git.read(self.git_dir, "rev-list", "--reverse", "--timestamp", _BRANCH).split("\n")
        commits = [line.split(" ") for line in listed if line]
        held = git.resolve(self.git_dir, [f"{commit}:m" for _, commit in commits])
        kept = [(when, blob) for (when, _), blob in zip(commits, held, strict=True) if blob not in blobs]
        if len(kept) == len(commits):
            return 0
        git.read(self.git_dir, "update-ref", "-d", _KEPT)
        if kept:
            stream = git.FastImport(self.git_dir, self.lock)
            for when, blob in kept:
                head = f"commit {_KEPT}\ncommitter triage <triage@localhost> {when} +0000\ndata 5\nmail\n"
                stream.send(f"{head}M 100644 {blob} m\n".encode())
            stream.finish()
            git.read(self.git_dir, "update-ref", _BRANCH, _KEPT)
            git.read(self.git_dir, "update-ref", "-d", _KEPT)
        else:
            git.read(self.git_dir, "update-ref", "-d", _BRANCH)
        git.read(self.git_dir, "reflog", "expire", "--expire=now", "--all")
        git.read(self.git_dir, "repack", "-a", "-d", "-q")
        git.read(self.git_dir, "prune", "--expire=now")
        return len(commits) - len(kept)


class _Append:
    """One stream into git, started with the first mail that is new."""

    def __init__(self, git_dir: Path, unwanted: set[str], lock: int | None = None) -> None:
        self.git_dir = git_dir
        self.lock = lock
        self.unwanted = unwanted
        self.added: set[str] = set()
        self._reachable: set[str] | None = None
        self._stream: git.FastImport | None = None

    def add(self, mails: Iterable[bytes]) -> int:
        try:
            filled = (mail for mail in mails if mail)  # an empty file is what a purge leaves, and no mail
            for number, batch in enumerate(_batches(filled), 1):
                for blob in self._fresh(list(batch)):
                    self._write(batch[blob])
                    self.added.add(blob)
                if self._stream is not None and number % CHECKPOINT == 0:
                    self._stream.send(b"checkpoint\n\n")
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.finish()
                git.tidy(self.git_dir)
            return len(self.added)
        finally:
            if self._stream is not None:  # cut off before the end
                self._stream.abandon()

    def _fresh(self, blobs: list[str]) -> list[str]:
        """Return the mails that no commit holds; an object without a commit is what a killed run left."""
        there = git.present(self.git_dir, blobs)
        if there and self._reachable is None:
            named = git.read(self.git_dir, "rev-list", "--objects", "--no-object-names", "--all")
            self._reachable = set(named.splitlines())
        held = there & self._reachable if self._reachable else set()
        return [blob for blob in blobs if blob not in held and blob not in self.added and blob not in self.unwanted]

    def _write(self, mail: bytes) -> None:
        start = ""
        if self._stream is None:
            if git.succeeds(self.git_dir, "rev-parse", "--quiet", "--verify", _BRANCH):
                start = f"from {_BRANCH}^0\n"
            self._stream = git.FastImport(self.git_dir, self.lock)
        when = arrived(mail, int(time.time()))
        head = f"commit {_BRANCH}\ncommitter triage <triage@localhost> {when} +0000\ndata 5\nmail\n"
        self._stream.send(f"{head}{start}M 100644 inline m\ndata {len(mail)}\n".encode() + mail + b"\n")


def _batches(mails: Iterator[bytes]) -> Iterator[dict[str, bytes]]:
    """Yield mails by blob id, some hundred at a time, or as many as memory likes."""
    batch: dict[str, bytes] = {}
    size = 0
    for mail in mails:
        batch[str(blob_id(mail))] = mail
        size += len(mail)
        if len(batch) >= BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch


def arrived(mail: bytes, now: int) -> int:
    """Return when a mail came, seconds since 1970: what its first Received header says, else its Date; never later than `now`."""
    head = _FOLDED.sub(b" ", mail[: 64 * 1024].replace(b"\r\n", b"\n").partition(b"\n\n")[0])
    dates: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        name, _, value = line.partition(b":")
        dates.setdefault(name.lower(), value.rpartition(b";")[2])
    for name in (b"received", b"date"):
        fields = parsedate_tz(dates.get(name, b"")[:200].decode("ascii", "replace"))
        if fields:
            try:
                when = mktime_tz(fields)
            except (ValueError, OverflowError):
                continue
            if 0 < when <= now:
                return when
    return now
