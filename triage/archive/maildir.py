# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maildir folders as a source of mail, also while a mail program moves and flags what is in them.

Source: maildir(5) and https://cr.yp.to/proto/maildir.html: a mail is a file in `new` or `cur`; `tmp` is not looked at. Renaming
changes a file's ctime, so what is new since a reading is what has a later one: a mail that was only flagged is read again and found
to be there already (threat A8).
"""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from triage.archive.local import MAX_COPIED
from triage.model.errors import ArchiveError, BusyError

FOLDERS = ("new", "cur")
SLACK_NS = 2_000_000_000
TRIES = 50
NO_MAIL = {errno.ELOOP, errno.ENXIO, errno.EACCES, errno.EISDIR}
"""What a link, a socket, a file of somebody else and a folder say: whatever fixes that changes a ctime, as no passing trouble does."""


class Maildir:
    """One Maildir, without its subfolders; `cursor` is a time in ns, "" before the first reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left: list[str] = []
        """What is no mail that can be read; whatever fixes it changes its ctime, so that it is then read."""
        self._next = 0

    def mails(self, cursor: str) -> Iterator[bytes]:
        """Yield what may be new since `cursor`, oldest first; raises `ArchiveError`, `BusyError` for mail that never holds still."""
        for name in self._names(int(cursor or 0)):
            content = self._read(name)
            if isinstance(content, bytes):
                yield content
            elif content:
                self.left.append(f"{self.path}/{content}")

    def cursor(self) -> str:
        """Return where the next reading goes on, once all of `mails` was taken."""
        return str(self._next)

    def count(self, cursor: str) -> int:
        """Return how many files there are to read; raises `ArchiveError`."""
        return len(self._names(int(cursor or 0)))

    def _names(self, since: int) -> list[str]:
        started = time.time_ns()
        since = since if since <= started else 0  # kept while the clock was wrong
        found: dict[str, tuple[int, str]] = {}
        newest = 0
        for folder in FOLDERS:
            try:
                with os.scandir(self.path / folder) as entries:
                    for entry in entries:
                        with suppress(FileNotFoundError):
                            changed = entry.stat(follow_symlinks=False).st_ctime_ns
                            newest = max(newest, changed)
                            if not entry.name.startswith(".") and changed >= since - SLACK_NS:
                                found[_base(entry.name)] = (changed, entry.name)
            except OSError as error:
                hint = f"{error.strerror}; restore it, or `triage remove` the list"
                raise ArchiveError(f"cannot read {self.path / folder}", hint) from error
        # the clock of the file system may be another than ours: whichever is behind
        self._next = min(started, newest) if newest else 0
        return [name for _, name in sorted(found.values())]

    def _read(self, name: str) -> bytes | str | None:
        """Return a mail's bytes wherever it was moved to meanwhile, None where it is gone, and a sentence where it cannot be read."""
        for _ in range(TRIES):
            for folder in FOLDERS:
                with suppress(FileNotFoundError, NotADirectoryError):
                    return self._open(folder, name)
            now = self._find(_base(name))
            if now is None:
                return None
            name = now
        raise BusyError(f"{self.path}: {_base(name)!r} is moved about faster than it can be read", "the next run tries again")

    def _find(self, base: str) -> str | None:
        # a directory that changes while it is listed may leave a file out: one look more before it counts as gone
        for _ in range(3):
            for folder in FOLDERS:
                for name in os.listdir(self.path / folder):
                    if _base(name) == base:
                        return name
        return None

    def _open(self, folder: str, name: str) -> bytes | str:
        inside = os.open(self.path / folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            try:
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=inside)
            except FileNotFoundError:
                raise
            except OSError as error:
                if error.errno not in NO_MAIL:
                    raise ArchiveError(
                        f"cannot read {self.path / folder}/{name!r}", f"{error.strerror}; the next run tries again"
                    ) from error
                return f"{folder}/{name!r} is not a file that can be read ({error.strerror})"
        finally:
            os.close(inside)
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_COPIED:
            os.close(descriptor)
            what = f"larger than {MAX_COPIED >> 20} MiB" if stat.S_ISREG(about.st_mode) else "no regular file"
            return f"{folder}/{name!r} is {what}"
        with os.fdopen(descriptor, "rb") as file:
            return file.read()


def _base(name: str) -> str:
    """Return the part of a file's name that no flag changes."""
    return name.partition(":2,")[0]
