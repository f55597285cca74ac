# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program on a pseudo-terminal, walked over every place where a mail shows, and every byte that it writes looked at."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.conftest import Inbox
from tests.hostile import CONTROL, NEVER, fill, no_file_was_touched
from triage.admin.lists import add_list
from triage.config import load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.opinion.give import ask_opinion, give_opinion


class Pty:
    """The program on a pseudo-terminal of its own; all that it writes is kept."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-m", "triage"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.out = bytearray()

    def drain(self, quiet: float = 0.08) -> None:
        """Read until nothing came for a while."""
        until = time.monotonic() + 20
        while time.monotonic() < until and select.select([self.fd], [], [], quiet)[0]:
            try:
                self.out += os.read(self.fd, 65536)
            except OSError:
                return

    def press(self, keys: str, quiet: float = 0.08) -> None:
        """Type something and see what it comes to: a while for the first byte, since the machine may be busy, then till nothing more comes."""
        os.write(self.fd, keys.encode())
        select.select([self.fd], [], [], 4 if keys == ESC else 0.5)  # an escape read with the next key would be another key
        self.drain(quiet)

    def until(self, words: bytes) -> None:
        """Wait for some words that are drawn in one piece."""
        until = time.monotonic() + 30
        while words not in self.out:
            assert time.monotonic() < until, bytes(self.out[-2000:])
            self.drain(0.2)

    def click(self, column: int, row: int) -> None:
        """Press and let go the mouse."""
        for end in "Mm":
            os.write(self.fd, f"\x1b[<0;{column};{row}{end}".encode())
        self.drain(0.03)

    def end(self) -> int:
        """Leave by ctrl+q and return the exit code."""
        self.press("\x1b", 0.3)
        self.press("\x11", 0.5)
        until = time.monotonic() + 15
        while time.monotonic() < until:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            self.drain()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        pytest.fail("the program did not end")


ESC = "\x1b"
WALK = (
    "\r", "\x1b[6~", "\x1b[6~", "]", "g", "f", "\t", "G", "q", "H", "j", "j", "q", "V", "G", "q", "o", "\t\t", ESC, "O", ESC, "r", ESC, "w",
    "\x1b[B", ESC, "b", "\x1b[B", ESC, "B", ESC, "y", "a", ESC, "L", "q", "/P", "\r", "q",
)  # fmt: skip
PLACES = """22 places: the list's subject, author, preview title and evidence; a mail's title, row, head, message, path, diff, reply, review;
a flag's box, list and page; opinion and request, history, versions, the forms for opinion, request, reply and report, hand-over, toast."""


def walk(terminal: Pty, series: int, rows: int) -> None:
    """Go to every place where a mail shows, for each of some series, and click all over the screen now and then."""
    terminal.until(b"series by attention")
    for _ in range(20):
        terminal.press("j", 0.02)
    for keys in ("g", "C", "q", "\x10P0", ESC, "l", "-is:superseded\r"):
        terminal.press(keys, 0.4)
    for number in range(series):
        for keys in WALK:
            terminal.press(keys, 0.15 if keys == ESC else 0.05)
        if number % 5 == 0:
            for row in range(1, rows, 3):
                terminal.click(12, row)
            terminal.press(ESC, 0.15)
            terminal.press("g")
            terminal.press("j" * number)
        terminal.press("j")


def try_payloads(folder: Path, size: tuple[int, int], payloads: tuple[str, ...]) -> None:
    """Show mails that hold some payloads on every screen of the real program, and look at every byte that it wrote."""
    config = load_config()
    fill(Inbox(folder / "inbox" / "git" / "0.git"), payloads)
    add_list(config, "h", (str(folder / "inbox"),), "linux-kernel", "https://lists.example.org/h/")
    ingest(config, load_lists(config.paths))
    for number, payload in enumerate(payloads):
        give_opinion(config, f"h{number}v2@example.org", "agree", "", f"{payload} is fine")
        ask_opinion(config, f"h{number}v2@example.org", ("cora@example.org",), f"{payload}?")
    terminal = Pty(size)
    walk(terminal, len(payloads), size[1])
    assert terminal.end() == 0
    shown = terminal.out.decode("utf-8", "replace")
    assert "Traceback" not in shown
    assert {char for char in shown if char in NEVER} == set()
    counts = {mark[0]: shown.count(mark[0]) for payload in payloads if (mark := re.search(r"P\d\d", payload))}
    assert len(counts) > len(payloads) // 2
    assert min(counts.values()) > 5, f"the walk did not come by: {counts}"
    for payload in CONTROL:
        assert payload not in shown, ascii(payload)
    # Textual sets the pointer's shape; copying an id is ours: nothing else may speak to the terminal itself
    assert not [found for found in re.findall("\x1b[]P_^X][^\x1b\x07]*", shown) if not found.startswith(("\x1b]22;", "\x1b]52;c;"))]
    assert no_file_was_touched(folder)
