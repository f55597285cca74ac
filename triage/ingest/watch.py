# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last resort against a mail that no limit foresaw: its reading ends after so much CPU time and memory."""

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from triage.model.archive import COSTLY

SECONDS = 10.0
"""CPU time that reading one mail may take; what readers are made for takes milliseconds."""
ROOM = 1 << 30
"""Bytes of memory that reading one mail may take above what the process has."""
SMALL = 16 * 1024
"""Bytes below which a mail is not watched: the readers are linear, and a watch costs a system call."""


class TooCostlyError(Exception):
    """Reading one mail took more time or memory than one may; the message says which."""


def _ring(number: int, frame: FrameType | None) -> None:
    raise TooCostlyError(f"{COSTLY}: more than {SECONDS:.0f} s")


@contextmanager
def watched(size: int) -> Iterator[None]:
    """Watch what is done within for one mail of `size` bytes, in the first thread of a process; raises `TooCostlyError`."""
    if size < SMALL or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _ring)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    try:
        _bound(limits)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        yield
    except MemoryError as error:
        raise TooCostlyError(f"{COSTLY}: more than {ROOM >> 30} GiB of memory") from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.signal(signal.SIGPROF, before)


def _bound(limits: tuple[int, int]) -> None:
    try:
        taken = int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return  # no Linux: time is watched all the same
    soft, hard = limits
    room = taken + ROOM
    if (soft == resource.RLIM_INFINITY or room < soft) and (hard == resource.RLIM_INFINITY or room < hard):
        resource.setrlimit(resource.RLIMIT_AS, (room, hard))
