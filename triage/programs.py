# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that the user chose: the editor that git would open, and triage itself in a process of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from msgspec import Struct

NO_PROGRAM = 127
"""What a shell ends with where there is no such program."""
NOT_RUN = 126
"""What a shell ends with where a program cannot be run."""
MOST_PRINTED = 1 << 20
"""Bytes that a program may print before it is ended."""
Running = subprocess.Popen[str]


def editor() -> str:
    """Return GIT_EDITOR, core.editor, VISUAL, EDITOR or vi, as git finds it."""
    done = subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "vi"


def start_triage(home: Path | None, *words: str) -> Running:
    """Start triage itself as its own process, with `home` as TRIAGE_HOME: one that is stuck never holds the screen, and it asks nothing."""
    env = os.environ | ({"TRIAGE_HOME": str(home)} if home else {}) | {"GIT_TERMINAL_PROMPT": "0"}
    env.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
    command = [sys.executable, "-m", "triage", *words]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=env, start_new_session=True
    )


class Answer(Struct, frozen=True):
    """What a program made of what it was given."""

    out: bytes = b""
    err: bytes = b""
    code: int = 0
    why: str = ""
    """Why it was not run to its end, "" where it was."""
    started: bool = True

    @property
    def complaint(self) -> str:
        """The first line that it wrote to standard error."""
        return self.err.decode("utf-8", "replace").strip().partition("\n")[0]


def ask_program(words: Sequence[str], content: bytes, seconds: float, listens: bool = True) -> Answer:
    """Run a program on bytes, no shell reading its words; it is ended, with all that it started, where it takes or prints too much.

    Where nobody `listens`, what it prints goes nowhere, and what it leaves behind may run on.
    """
    try:
        out = subprocess.PIPE if listens else subprocess.DEVNULL
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, start_new_session=True)
    except (OSError, ValueError) as error:
        return Answer(code=NOT_RUN, why=str(error), started=False)
    try:
        return _answer(process, content, seconds)
    finally:
        if process.returncode is None:  # Ctrl-C reaches no other session
            _end(process)
            process.wait()


def _answer(process: "subprocess.Popen[bytes]", content: bytes, seconds: float) -> Answer:
    end = time.monotonic() + seconds
    assert process.stdin is not None
    out, err = _Drain(process, process.stdout), _Drain(process, process.stderr)
    threading.Thread(target=_feed, args=(process.stdin, content), daemon=True).start()
    for drain in (out, err):
        drain.join(max(end - time.monotonic(), 0))
    late = out.is_alive() or err.is_alive()
    try:
        process.wait(0 if late else max(end - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        late = True
    if late:
        _end(process)
        process.wait()
    if len(out.printed) > MOST_PRINTED or len(err.printed) > MOST_PRINTED:
        return Answer(code=NOT_RUN, why=f"it printed more than {MOST_PRINTED >> 20} MiB")
    if late:
        return Answer(code=NOT_RUN, why=f"it took more than {seconds:.0f} seconds")
    return Answer(out.printed, err.printed, process.returncode)


class _Drain(threading.Thread):
    """Reads what a program prints, and ends it where that is too much."""

    def __init__(self, process: "subprocess.Popen[bytes]", pipe: "IO[bytes] | None") -> None:
        super().__init__(daemon=True)
        self.printed = b""
        self._process, self._pipe = process, pipe
        self.start()

    def run(self) -> None:
        if self._pipe is None:
            return
        with self._pipe:
            self.printed = self._pipe.read(MOST_PRINTED + 1)
            if len(self.printed) > MOST_PRINTED:
                _end(self._process)


def _feed(pipe: IO[bytes], content: bytes) -> None:
    with suppress(OSError):  # it may not want to read all
        pipe.write(content)
    with suppress(OSError):
        pipe.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a program and what it started, which is the rest of its session."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def feed_program(words: Sequence[str], text: str, seconds: float) -> str:
    """Run a program with a text on standard input; returns why it failed, "" where it did not."""
    answer = ask_program(words, text.encode("utf-8", "replace"), seconds, listens=False)
    return answer.why or (f"it ended with {answer.code}{f': {answer.complaint}' if answer.complaint else ''}" if answer.code else "")


def execute(words: Sequence[str]) -> int:
    """Run a command on this terminal and return its exit code; `NO_PROGRAM` where there is none such. No shell reads the words."""
    try:
        return subprocess.run(words, check=False).returncode
    except FileNotFoundError:
        return NO_PROGRAM
    except (OSError, ValueError):
        return NOT_RUN
