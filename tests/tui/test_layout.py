# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How screens use the room and the colours there are."""

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.driving import drive, go_to, screen_text, settle
from triage.config import Config


def test_wide_screens_show_findings_opinions_and_versions_beside_the_mail(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("pair@example.org")(pilot)
        for size in ((125, 40), (180, 50), (220, 60)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            text = screen_text(pilot.app)  # type: ignore[arg-type]
            assert "- findings (1) -" in text
            assert "- versions -" in text
            assert pilot.app.screen.query_one("#text").region.x > 30

    drive(demo, steps)


def test_no_colour_is_needed_on_any_screen(demo: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every screen says the same without colours: what is chosen, flagged or focused is told by characters and attributes."""
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot: Pilot[Any]) -> None:
        for keys in ([], ["enter"], ["f"], ["q", "o"], ["escape", "O"], ["escape", "w"], ["escape", "H"], ["q", "q", "C"], ["q", "a"]):
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            strips = pilot.app.screen._compositor.render_strips()
            styles = [segment.style for strip in strips for segment in strip if segment.style]
            colours = {color.name for style in styles for color in (style.color, style.bgcolor) if color}
            assert colours <= {"default"}, keys
            assert any(style.reverse for style in styles), keys

    drive(demo, steps)
