# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things that are read every day: tags far down, closed findings, reasons of several lines, words for time."""

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Inbox, Run, mail, patch_body
from tests.driving import drive, go_to, screen_text, settle
from triage.config import Config
from tui.widgets.text_view import TextView


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


def test_a_very_long_mail_is_shown_whole_with_the_cursor_on_its_finding(config: Config, inbox: Inbox, run: Run) -> None:
    """Its beginning is there first; a finding far below it is gone to once its line is."""
    words = "".join(f"Word {number}.\n" for number in range(2600))
    body = patch_body(f"{words}\nCo-developed-by: Eve Sample <eve@example.net>\nSigned-off-by: Ada Example <ada@example.org>\n")
    inbox.add(mail(body, key="long", subject="[PATCH] widget: at length"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")

    async def steps(pilot: Pilot[Any]) -> None:
        shown: list[int] = []
        with pytest.MonkeyPatch.context() as patched:
            real = TextView.show
            patched.setattr(
                TextView, "show", lambda self, lines, *rest, **more: (shown.append(len(lines)), real(self, lines, *rest, **more))
            )
            await go_to("long@example.org")(pilot)
        text = pilot.app.screen.query_one("#text", TextView)
        start, whole = [count for count in shown if count > 400]
        assert start < 700
        assert whole == len(text.lines)
        assert len(text.lines) > 2600
        current = text.current
        assert current is not None
        assert "DCO007" in current.text
        assert "Word 2599." in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(config, steps)
