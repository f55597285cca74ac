# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things that are read every day: tags far down, closed findings, reasons of several lines, words for time."""

from typing import Any

from textual.pilot import Pilot

from tests.conftest import Run
from tests.driving import drive, go_to, screen_text, settle
from triage.config import Config


def test_a_tag_on_the_last_row_of_a_long_list_shows(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("G", "t")
        await settle(pilot)
        rows = [line for line in screen_text(pilot.app).splitlines() if line.startswith(">")]  # type: ignore[arg-type]
        assert rows[0][2] == "*"

    drive(demo, steps)


def test_a_closed_finding_is_no_longer_shouted_and_its_reason_keeps_its_lines(demo: Config, run: Run) -> None:
    assert run("opinion", "give", "pair@example.org", "dismiss", "--finding", "DCO007", "-m", "First line.\nSecond line.").code == 0

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("pair@example.org")(pilot)
        lines = pilot.app.screen.query_one("#text").lines  # type: ignore[attr-defined]
        assert {line.look for line in lines if line.finding} == {"closed", "muted"}  # folded in parts
        text = [line.text for line in lines]
        assert any("First line." in line for line in text)
        assert any(line.strip(" |") == "Second line." for line in text)
        assert not any("␊" in line for line in text)

    drive(demo, steps)
