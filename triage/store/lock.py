# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lock for all who write the index: a second writer is told at once and leaves."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.model.errors import ArchiveError, BusyError


@contextmanager
def write_lock(data: Path, name: str = "lock", wait: float = 0) -> Iterator[None]:
    """Hold a lock of the data directory, waiting some seconds for it; raises `BusyError` where another process keeps it.

    The file stays in place: the lock is the kernel's and ends with the process, so there are no stale ones.
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
        yield
    finally:
        os.close(descriptor)
