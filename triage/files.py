# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files written whole or not at all, and locks that end with the process."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.model.errors import ArchiveError, BusyError


def typed_path(path: str) -> Path:
    """Return the path that somebody typed, `~` and `~somebody` at its begin replaced where there is such a home; never raises."""
    return Path(os.path.expanduser(path))


def short_path(path: Path) -> str:
    """Return a path as people write it, with `~` for their home."""
    home = Path(os.path.expanduser("~"))
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) and path != home else str(path)


def lasting_path(path: Path) -> Path:
    """Return a path from the root, without `..`: it must lead there when the folder is gone in which it was typed."""
    plain = Path(os.path.normpath(path.absolute()))
    try:
        return plain if plain.samefile(path) else path.resolve()  # a link may make `..` another folder
    except OSError:
        return plain


def check_writable(path: Path) -> None:
    """Raise `ArchiveError` where a file could not be written, before anything is done that rests on it."""
    if os.path.isdir(path) or not os.access(path.absolute().parent, os.W_OK):
        raise ArchiveError(f"cannot write {path}", "name a file in a folder of yours; nothing was done")
    try:
        os.lstat(path)
    except FileNotFoundError:
        return
    except OSError as error:  # a name that is longer than any file's, say
        raise ArchiveError("cannot write that file", f"{error.strerror}; nothing was done") from error


def _refuse_foreign_link(path: Path) -> None:
    """Raise `ArchiveError` for a link that somebody else put into a folder which all may write to, as the kernel does for plain writes."""
    if path.is_symlink():
        folder, link = path.absolute().parent.stat(), path.lstat()
        if folder.st_mode & 0o1002 == 0o1002 and link.st_uid not in {os.geteuid(), folder.st_uid}:
            raise ArchiveError(f"{path} is a link of somebody else's in a shared folder", "name a file in a folder of yours")


def write_file(path: Path, content: str, private: bool = False) -> None:
    """Write a file whole or not at all: a temporary one beside it, synced, then renamed. Raises `ArchiveError`.

    A link is followed; a device or a pipe is written through. The folder is made only for a `private` file.
    """
    import tempfile  # two milliseconds, which a run that writes nothing need not pay

    temporary = ""
    try:
        if path.exists() and not path.is_file():
            path.write_text(content, "utf-8", "replace", "\n")
            return
        _refuse_foreign_link(path)
        path = path.resolve()
        if private:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise ArchiveError(f"cannot write {path}", f"{error.strerror}; nothing was changed") from error


@contextmanager
def write_lock(data: Path, name: str = "lock", wait: float = 0) -> Iterator[int]:
    """Hold a lock of the data directory, waiting some seconds for it; raises `BusyError` where another process keeps it.

    The file stays in place: the lock is the kernel's and ends with the process, so there are no stale ones. Yields its descriptor, for
    a program that writes on when this process is killed: whoever inherits it holds the lock too.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data / name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ArchiveError(f"cannot write to {data}", f"{error.strerror}; check its permissions or set TRIAGE_HOME") from error
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise BusyError("another triage is writing", "try again when it has finished") from error
                time.sleep(0.05)
        yield descriptor
    finally:
        os.close(descriptor)
