# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening a series of a real list shows why it is there: the whole box of its gravest finding, or its first lines where it is longer."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.terminal import TRIAGE, Terminal
from triage.config import Config
from triage.store.schema import open_index

pytestmark = pytest.mark.corpus
SERIES = 40


def shows_a_box(screen: str) -> bool:
    """Say whether a finding's box is on the screen from its title on, to its foot or to the foot of the screen."""
    lines = [line.rstrip() for line in screen.splitlines()]
    at = next((row for row, line in enumerate(lines) if "╭── " in line), None)
    if at is None:
        return False
    return any("╰──" in line for line in lines[at:]) or at <= len(lines) // 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_opening_shows_the_finding_at_once(size: tuple[int, int], three: Config, isolated: Path, tmp_path: Path) -> None:
    shutil.copytree(three.paths.data, isolated / "triage")
    with closing(open_index(three.paths.index)) as connection:
        flagged = connection.execute("select count(*) from series where error + warn + ask > 0 and not superseded").fetchone()[0]
    assert flagged >= SERIES
    terminal = Terminal(tmp_path, size)
    try:
        terminal.start(TRIAGE)
        terminal.shows("series by")
        terminal.goes("l", "=limit:", "C-u", "+not is:superseded (severity:error or severity:warn or severity:ask)", "Enter")
        terminal.shows(f" {flagged} of ")
        for number in range(SERIES):
            terminal.keys("Enter")
            terminal.until(shows_a_box, f"the finding of series {number + 1}")
            terminal.keys("q")
            terminal.shows(f" {number + 1}/{flagged}")
            terminal.keys("j")
            terminal.shows(f" {number + 2}/{flagged}")
    finally:
        terminal.tmux("kill-server")
