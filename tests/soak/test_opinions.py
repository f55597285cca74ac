# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples of the long runs that kill whoever gives or exchanges opinions."""

from pathlib import Path

import pytest

from tests.soak.kills import kill_at, set_up
from tests.soak.kills_exchange import kill_many


def test_an_opinion_that_is_killed_while_it_is_given_is_whole_or_absent(tmp_path: Path) -> None:
    scene = set_up(tmp_path)
    moves = [n for n, what in enumerate(scene.steps) if "update-ref" in what or what == "rename"]
    assert moves
    for step in sorted({*range(0, len(scene.steps), 17), *moves, *(n + 1 for n in moves)}):
        kill_at(tmp_path, scene, step)


def test_records_that_were_acknowledged_outlive_kills_of_exchanges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kill_many(tmp_path, kills=6)
    assert "all in both logs" in capsys.readouterr().out
