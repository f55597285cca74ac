# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each thing that a maintainer does in a day, by keys alone, in a real terminal at two sizes."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.terminal import TRIAGE, Terminal
from triage.config import Config
from triage.opinion.index import refreshed
from triage.store.opinions import load_records
from triage.store.schema import open_index, open_personal

LIST = "series by attention"


def open_series(terminal: Terminal, words: str = "arr[i]") -> None:
    """Find a series by its words and open it."""
    terminal.start(TRIAGE)
    terminal.goes(f"={LIST}", "l", "=limit:", f"+{words}", "Enter", "=1 of 40 series", "Enter", "=mail 1/")


def test_a_finding_is_explained_and_confirmed_where_it_is_explained(terminal: Terminal, demo: Config) -> None:
    open_series(terminal)
    shown = terminal.goes("f", "=Cannot see", "=Sign your work")
    assert "DCO001 missing-signoff" in shown
    assert "linux-kernel, verified; rule sob" in shown
    terminal.goes("c", "=confirm DCO001, why", "Enter", "=confirmed", "Enter", "=mail 1/", "=error, confirmed")
    with closing(refreshed(demo)) as connection:
        assert [o.kind for o in load_records(connection)] == ["confirm"]


def test_others_are_asked_and_the_request_stands_in_its_view(terminal: Terminal, demo: Config) -> None:
    open_series(terminal)
    terminal.goes(
        "O", "=Ask for a second opinion", "+cora@example.org", "Tab", "Tab", "+Is it right?", "=Is it right?", "C-y", "=recorded: request"
    )
    terminal.goes("q", "= 1 of 40", "Escape", "=40 of 40", "4", "= 0 of 40 series")
    terminal.keys("l")
    terminal.until(lambda shown: shown.rstrip().splitlines()[-1].startswith("limit: words, from:"), "the prompt")
    terminal.keys("C-u")
    terminal.shows("limit: words, from:")
    terminal.goes("+op:asked", "Enter", "= 1 of 40 series")


def test_a_report_is_written_and_says_where(terminal: Terminal, demo: Config, tmp_path: Path) -> None:
    open_series(terminal)
    terminal.goes("w", "=Export a report", "=# Review report", "C-y", "=written:")
    (path,) = tmp_path.glob("review-*.md")
    assert "DCO001" in path.read_text("utf-8")
    terminal.goes("w", "=take the next free name", "C-y", "=written:")
    terminal.until(lambda _: len(list(tmp_path.glob("review-*.md"))) == 2, "a second file")


def test_a_reply_is_drafted_with_the_editor_and_never_sent(terminal: Terminal, demo: Config, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nprintf 'One more thing.\\n' >> \"$1\"\n")
    editor.chmod(0o700)
    os.environ["VISUAL"] = str(editor)
    try:
        open_series(terminal)
        terminal.goes("r", "=Reply to:", "C-e", "=One more thing.", "C-y", "=drafted, not sent")
    finally:
        del os.environ["VISUAL"]
    (path,) = (demo.paths.data / "drafts").glob("*.eml")
    mail = path.read_text("utf-8")
    assert "In-Reply-To: <unsigned@example.org>" in mail
    assert "One more thing." in mail
    assert path.stat().st_mode & 0o077 == 0
    terminal.goes("q", "=1 of 40 series")
    terminal.until(lambda shown: re.search(r"(?m)^▸✎", shown) is not None, "a series that is drafted")
    terminal.goes("z", "=undone")
    terminal.until(lambda shown: re.search(r"(?m)^▸ ", shown) is not None, "a series that is not drafted any more")


def test_done_tags_and_undo(terminal: Terminal, demo: Config) -> None:
    terminal.start(TRIAGE)
    terminal.goes(
        f"={LIST}",
        "t",
        "=1 tagged",
        "t",
        "=2 tagged",
        "d",
        "=done, 2 series",
        "7",
        "=2 of 40 series",
        "z",
        "=undone",
        "= 0 of 40 series",
    )
    terminal.goes("Z", "=2 of 40 series")


def test_versions_history_charts_and_log(terminal: Terminal, demo: Config) -> None:
    open_series(terminal, "'teach it to pour' -is:superseded")
    terminal.goes("V", "=people and titles", "=changed", "q", "H", "=v1 posted", "q", "q", "=1 of 40 series")
    terminal.goes(
        "Escape",
        "=40 of 40 series",
        "C",
        "=Open findings, by",
        "G",
        "=Waiting for an opinion",
        "q",
        f"={LIST}",
        "q",
        "=Q quits",
        "L",
        "=Q quits",
    )


def test_the_palette_goes_anywhere(terminal: Terminal, demo: Config) -> None:
    terminal.start(TRIAGE)
    terminal.goes(
        f"={LIST}", "C-p", "=Search for commands", "+unsigned@example.org", "=arr[i] bound check", "Enter", "=DCO001 missing-signoff"
    )
    terminal.goes("q", f"={LIST}", "C-p", "=Search for commands", "+charts")
    terminal.until(lambda shown: "charts of the list" in shown and "needs a look" not in shown and "what changed" not in shown, "charts")
    terminal.goes("Enter", "=Open findings, by")


def test_resizing_in_the_middle_of_a_form_keeps_it(terminal: Terminal, demo: Config) -> None:
    open_series(terminal)
    terminal.goes("o", "=Opinion on", "Tab", "+half a thought", "=half a thought")
    terminal.tmux("resize-window", "-x", "60", "-y", "20")
    terminal.goes("=half a thought", "+ more", "=half a thought more")
    terminal.tmux("resize-window", "-x", "132", "-y", "43")
    terminal.goes("=half a thought more", "C-y", "=recorded: agree")


@pytest.mark.parametrize("form", ["O", "r"])
def test_what_is_typed_into_any_form_outlives_kill_9(terminal: Terminal, demo: Config, form: str) -> None:
    open_series(terminal)
    fields = ["Tab", "Tab"] if form == "O" else []
    terminal.goes(form, "=Nothing is sent" if form == "O" else "=nothing is sent", *fields, "+dear-thought", "=dear-thought")
    time.sleep(0.5)
    terminal.kill_program()
    terminal.shows("ended with 137")
    open_series(terminal)
    terminal.goes(form, "=dear-thought")


def test_ctrl_z_goes_to_the_shell_and_fg_comes_back(terminal: Terminal, demo: Config) -> None:
    terminal.start("bash --norc -i")
    terminal.goes(f"+{TRIAGE}", "Enter", f"={LIST}", "j", "=2/40", "C-z", "=Stopped", "+fg", "Enter", "=2/40", "j", "=3/40", "Q")
    terminal.until(lambda shown: shown.rstrip().endswith(("#", "$")), "the shell")


@pytest.mark.parametrize("term", ["xterm", "linux", "screen-256color"])
def test_terminals_of_old(terminal: Terminal, demo: Config, term: str) -> None:
    terminal.start(f"TERM={term} {TRIAGE}")
    terminal.goes(f"={LIST}", "j", "=2/40", "Enter", "=mail 1/", "q", f"={LIST}", "Q", "=ended with 0")


def test_a_dumb_terminal_is_told_what_to_do(terminal: Terminal, demo: Config) -> None:
    terminal.start(f"TERM=dumb {TRIAGE}")
    terminal.goes("=TERM is dumb", "=ended with 78")


def test_an_index_of_an_older_triage_is_told_what_to_do(terminal: Terminal, demo: Config) -> None:
    with closing(sqlite3.connect(demo.paths.index)) as connection:
        connection.execute("pragma user_version = 1")
    terminal.start(TRIAGE)
    assert "Traceback" not in terminal.goes("=ended with")
    assert "made by an older triage" in terminal.tmux("capture-pane", "-pJ").replace("\n", "")  # its path may fold the line


def test_no_color_sends_no_colour_and_the_cursor_is_seen(terminal: Terminal, demo: Config) -> None:
    terminal.start(f"NO_COLOR=1 {TRIAGE}")
    terminal.goes(f"={LIST}", "j", "=2/40")
    shown = terminal.tmux("capture-pane", "-pe")
    attributes = {int(number) for found in re.findall(r"\x1b\[([0-9;]*)m", shown) for number in found.split(";") if number}
    assert attributes <= {0, 1, 2, 4, 7, 22, 24, 27, 39, 49}
    assert 7 in attributes


def test_two_terminals_and_cron_at_once(terminal: Terminal, demo: Config) -> None:
    terminal.start(TRIAGE)
    terminal.shows(LIST)
    other = Terminal(Path(terminal.socket).parent / "two", terminal.size)
    Path(other.socket).parent.mkdir()
    try:
        other.start(TRIAGE)
        other.shows(LIST)
        cron = [subprocess.Popen([sys.executable, "-m", "triage", "ingest", "-q"], env=os.environ) for _ in range(3)]
        for _ in range(3):
            terminal.goes("d", "=- z takes it back")
            other.goes("G", "=40/40", "g", "=1/40", "z", "=undone")
        assert {process.wait(60) for process in cron} <= {0, 75}
        for window in (terminal, other):
            window.goes("Q", "=ended with 0")
    finally:
        other.tmux("kill-server")
    for connection in (open_index(demo.paths.index), open_personal(demo.paths.personal)):
        with closing(connection):
            assert connection.execute("pragma quick_check").fetchone() == ("ok",)
