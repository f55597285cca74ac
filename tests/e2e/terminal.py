# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real terminal: tmux runs the program, types into it and reads its screen."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

TRIAGE = f"{sys.executable} -m triage"


def children(process: int) -> set[int]:
    """Return the processes that a process started; none where it has ended."""
    try:
        return {int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()}
    except OSError:
        return set()


def runs(process: int) -> bool:
    """Say whether a process runs; one that nobody waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Terminal:
    """One tmux server with one window."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.socket = str(folder / "tmux")
        self.size = size
        self.started = False

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-f", os.devnull, "-S", self.socket, *words], capture_output=True, text=True, check=True, env=os.environ
        )
        return done.stdout

    def start(self, command: str) -> None:
        """Run *command* in the window, in place of what runs there: a server killed and started at once loses its socket."""
        command = f"{command}; echo ended with $?; sleep 60"
        if self.started:
            self.tmux("respawn-pane", "-k", command)
        else:
            self.tmux("new-session", "-d", "-x", str(self.size[0]), "-y", str(self.size[1]), command)
        self.started = True

    def kill_program(self) -> None:
        """SIGKILL what the window's shell runs."""
        for child in children(self._shell()):
            os.kill(child, signal.SIGKILL)

    def end(self) -> None:
        """End the server, and wait until all that ran in its window is gone: a run that was started from there writes to its end."""
        running = {self._shell()}
        while more := {child for one in running for child in children(one)} - running:
            running |= more
        self.tmux("kill-server")
        deadline = time.monotonic() + 60
        while left := {one for one in running if runs(one)}:
            assert time.monotonic() < deadline, f"still there a minute after the terminal went: {left}"
            time.sleep(0.05)

    def _shell(self) -> int:
        return int(self.tmux("display", "-p", "#{pane_pid}"))

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.tmux("send-keys", "--", key)

    def until(self, holds: Callable[[str], bool], what: str) -> str:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            shown = self.screen()
            if holds(shown):
                return shown
            time.sleep(0.05)
        pytest.fail(f"the terminal never showed {what}:\n{self.screen()}")

    def shows(self, text: str) -> str:
        return self.until(lambda shown: text in shown, text)

    def type(self, text: str) -> None:
        """Type text, letter by letter as it is."""
        self.tmux("send-keys", "-l", "--", text)

    def goes(self, *steps: str) -> str:
        """Press keys and wait for words in turn: a step that begins with = is waited for."""
        shown = ""
        for step in steps:
            if step.startswith("="):
                shown = self.shows(step[1:])
            elif step.startswith("+"):
                self.type(step[1:])
            else:
                self.keys(step)
        return shown
