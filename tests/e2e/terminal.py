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
        shell = self.tmux("display", "-p", "#{pane_pid}").strip()
        for child in Path(f"/proc/{shell}/task/{shell}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

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
