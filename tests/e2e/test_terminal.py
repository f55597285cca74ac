# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program in a real terminal: tmux runs it, types into it and reads its screen."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Run
from tests.e2e.terminal import TRIAGE, Terminal
from triage.config import Config


def test_an_opinion_given_in_a_terminal_outlives_the_index(terminal: Terminal, demo: Config) -> None:
    assert shutil.which("tmux"), "tests/run installs it"
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    terminal.start(TRIAGE)
    terminal.shows("40 of 40 series")
    terminal.keys("j", "k", "l")
    terminal.shows("limit:")
    for char in "rule:DCO007":
        terminal.keys(char)
    terminal.keys("Enter")
    terminal.shows("1 of 40 series")
    terminal.keys("Enter")
    terminal.shows("DCO007 codeveloper-without-signoff")
    terminal.keys("o")
    terminal.shows("As cora@example.org")
    terminal.keys("Tab")
    for char in "Looks-right":
        terminal.keys(char)
    terminal.shows("Looks-right")
    terminal.keys("C-y")
    terminal.shows("agree by Cora Example")
    terminal.keys("q")
    terminal.shows("1 of 40 series")
    terminal.keys("Q")
    terminal.shows("ended with 0")
    demo.paths.index.unlink()
    terminal.start(f"{TRIAGE} db rebuild -q; {TRIAGE}")
    terminal.shows("40 of 40 series")
    terminal.keys("l")
    terminal.shows("limit:")
    for char in "op:agree":
        terminal.keys(char)
    terminal.keys("Enter")
    terminal.shows("1 of 40 series")
    terminal.keys("Enter")
    terminal.shows("agree by Cora Example")
    terminal.keys("Q")
    terminal.shows("ended with 0")


def test_resizing_keeps_the_cursor_and_the_hardware_cursor_follows_it(terminal: Terminal, demo: Config) -> None:
    terminal.start(TRIAGE)
    terminal.shows("40 of 40 series")
    terminal.keys("j", "j", "j")
    row = terminal.until(lambda shown: "4/40" in shown, "4/40").splitlines()
    (at,) = [number for number, line in enumerate(row) if line.startswith("▸")]
    assert terminal.tmux("display", "-p", "#{cursor_y}").strip() == str(at)
    terminal.tmux("resize-window", "-x", "70", "-y", "18")
    shown = terminal.until(lambda text: any(line.startswith("▸") for line in text.splitlines()) and "4/40" in text, "4/40 again")
    assert len(shown.splitlines()) <= 18


def test_nothing_hostile_reaches_the_terminal(terminal: Terminal, demo: Config) -> None:
    terminal.start(TRIAGE)
    terminal.shows("40 of 40 series")
    title = terminal.tmux("display", "-p", "#{pane_title}")
    terminal.keys("l")
    terminal.shows("limit:")
    for char in "mallory":
        terminal.keys(char)
    terminal.keys("Enter")
    terminal.shows("1 of 40")
    terminal.keys("Enter")
    terminal.shows("[@click=app.quit]x[/]")
    assert terminal.tmux("display", "-p", "#{pane_title}") == title
    assert "owned" not in terminal.tmux("display", "-p", "#{pane_title}")


def test_a_killed_terminal_loses_no_typed_word(terminal: Terminal, demo: Config) -> None:
    terminal.start(TRIAGE)
    terminal.shows("40 of 40 series")
    terminal.keys("o")
    terminal.shows("As ada@example.org")
    terminal.keys("Tab")
    for char in "half-a-thought":
        terminal.keys(char)
    terminal.shows("half-a-thought")
    time.sleep(0.5)
    terminal.kill_program()
    terminal.shows("ended with 137")
    terminal.start(TRIAGE)
    terminal.shows("40 of 40 series")
    terminal.keys("o")
    terminal.shows("half-a-thought")


def test_the_demo_opens_and_ends(terminal: Terminal) -> None:
    terminal.start(f"{TRIAGE} demo")
    terminal.shows("of 40 series by attention")
    terminal.keys("Q")
    terminal.shows("ended with 0")


def test_interrupting_an_ingest_is_quiet(demo: Config, run: Run, tmp_path: Path) -> None:
    many = "".join(
        f"From x\nFrom: a@example.org\nSubject: [PATCH] x\nMessage-ID: <{n}@example.org>\n\n{'x' * 500}\n\n" for n in range(5000)
    )
    (tmp_path / "many.mbox").write_text(many)  # more than is read before the signal comes
    run("add", "many", str(tmp_path / "many.mbox"), "--policy", "plain-dco")
    demo.paths.index.unlink()
    child = subprocess.Popen(
        [sys.executable, "-m", "triage", "ingest"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    deadline = time.monotonic() + 20
    while not (demo.paths.data / "index.db").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Traceback" not in err
