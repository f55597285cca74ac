# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who does what can be done side by side: processes of this machine, started when there is enough to do, or what the user names."""

import gc
import os
import select
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future, ProcessPoolExecutor

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PRELOADED = ["triage.ingest.reading", "triage.ingest.judging"]
"""What each process is started with."""
Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers:
    """The processes of one run. Use as a context manager: they end with it."""

    def __init__(self, number: int, executor: "Executor | None" = None) -> None:
        self._number = number or os.cpu_count() or 1
        self._given = executor
        self._pool: ProcessPoolExecutor | None = None

    @property
    def alone(self) -> bool:
        """Whether this process does everything itself."""
        return self._given is None and self._number == 1

    @property
    def ready(self) -> bool:
        """Whether others are there to work already."""
        return self._given is not None or self._pool is not None

    @property
    def local(self) -> bool:
        """Whether others are processes of this machine, which can read what this one writes."""
        return self._given is None

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *exc: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        """Yield each task with what came of it, in order; some are done ahead. A task that is interrupted is not waited for."""
        executor = self._given or self._started()
        ahead = 16 if self._given else 2 * self._number
        pending: deque[tuple[Task, Future[Result]]] = deque()
        try:
            for task in tasks:
                with _undisturbed():
                    pending.append((task, executor.submit(work, task)))
                if len(pending) > ahead:
                    first, future = pending.popleft()
                    yield first, future.result()
            while pending:
                first, future = pending.popleft()
                yield first, future.result()
        finally:
            for _, future in pending:
                future.cancel()

    def _started(self) -> "ProcessPoolExecutor":
        if self._pool is None:
            import multiprocessing  # what a run of a few mails never pays for
            from concurrent.futures import ProcessPoolExecutor

            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(PRELOADED)
            self._pool = ProcessPoolExecutor(self._number, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))
        return self._pool


def _start_worker(writer: int) -> None:
    """Let Ctrl-C, a service manager's stop and a closed terminal be the writer's to handle, and end with it."""
    gc.freeze()  # what a process begins with stays: whoever collects garbage need not look through it
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "pidfd_open"):
        threading.Thread(target=_end_with, args=(writer,), daemon=True).start()


def _end_with(writer: int) -> None:
    # a worker holds both ends of the pipes it waits on: one whose writer was killed would wait for ever
    with suppress(ProcessLookupError):
        select.select([os.pidfd_open(writer)], [], [])  # a process that ended and was not waited for yet counts as ended
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off a stop for a moment: a pool that is interrupted while it starts its threads cannot be shut down any more."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
