# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`z` takes back the last act of any kind; replies keep the code that they quote."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Run, mail, patch_body
from tests.driving import drive, go_to, screen_text, settle
from triage.config import Config
from triage.report.reply import reply_start
from triage.store.opinions import load_records
from triage.store.schema import open_index


@pytest.fixture
def cora(demo: Config, isolated: Path) -> Config:
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    return demo


def kinds(config: Config) -> list[str]:
    with closing(open_index(config.paths.index)) as index:
        return [record.kind for record in load_records(index)]


def test_an_opinion_is_withdrawn_after_it_was_asked_about(cora: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("pair@example.org")(pilot)
        await pilot.press("o")
        await settle(pilot)
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert "recorded: agree on DCO007, unsigned, in opinions.git; z withdraws it" in pilot.app.session.said[-1][0]  # type: ignore[attr-defined]
        await pilot.press("z")
        await settle(pilot)
        assert "withdraw your agree on DCO007?" in screen_text(pilot.app)  # type: ignore[arg-type]
        await pilot.press("escape")
        await settle(pilot)
        assert kinds(cora) == ["agree"]
        await pilot.press("z", "enter")
        await settle(pilot)
        assert kinds(cora) == ["agree", "withdraw"]
        assert "withdrawn: your agree on DCO007" in pilot.app.session.said[-1][0]  # type: ignore[attr-defined]
        await pilot.press("z")
        await settle(pilot)
        assert "nothing to undo" in pilot.app.session.said[-1][0]  # type: ignore[attr-defined]

    drive(cora, steps)


def test_acts_are_taken_back_in_turn_whatever_they_are(cora: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("d")
        await settle(pilot)
        await go_to("pair@example.org")(pilot)
        await pilot.press("x", *"No.", "enter")
        await settle(pilot)
        await pilot.press("z", "enter")
        await settle(pilot)
        assert kinds(cora) == ["dismiss", "withdraw"]
        await pilot.press("q", "z")
        await settle(pilot)
        assert pilot.app.session.said[-1][0].startswith("undone: done")  # type: ignore[attr-defined]

    drive(cora, steps)


def test_quoted_code_keeps_its_tabs_and_a_reply_from_the_top_quotes_all(config: Config, run: Run, tmp_path: Path) -> None:
    text = patch_body("It  was\tbroken.\n").replace("+\treturn 1;", "+\tif (a)\t\treturn 1;")
    (tmp_path / "x.mbox").write_bytes(b"From x\n" + mail(text))
    run("add", "l", str(tmp_path / "x.mbox"), "--policy", "none")
    run("ingest")
    for line in (None, 1):
        start = reply_start(config, "a@example.org", "", line)
        assert start.startswith("On 2026-03-02, Ada Example wrote:\n> It  was\tbroken.\n> ---\n")
        assert "\n> +\tif (a)\t\treturn 1;\n" in start
        assert "2.45.0" not in start
    assert "> [...]" in reply_start(config, "a@example.org", "", 14)


def test_the_cursor_goes_back_to_what_is_taken_back(cora: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        from tui.screens.inbox import InboxScreen

        inbox = pilot.app.screen
        assert isinstance(inbox, InboxScreen)
        first = inbox.target().current
        await pilot.press("d")
        await settle(pilot)
        assert inbox.target().current != first
        await pilot.press("z")
        await settle(pilot)
        assert inbox.target().current == first

    drive(cora, steps)


def test_who_moves_on_while_the_list_is_read_again_stays_there(cora: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        from tui.screens.inbox import InboxScreen

        inbox = pilot.app.screen
        assert isinstance(inbox, InboxScreen)
        await pilot.press("d")
        await settle(pilot)
        inbox.action_undo()
        inbox.action_list_end(1)
        await settle(pilot)
        assert inbox.target().cursor == inbox.target().count() - 1 > 0

    drive(cora, steps)


def test_a_time_that_is_typed_takes_the_place_of_the_one_that_is_offered(cora: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("S")
        await settle(pilot)
        await pilot.press(*"2w", "enter")
        await settle(pilot)
        assert "away until " in pilot.app.session.said[-1][0]  # type: ignore[attr-defined]

    drive(cora, steps)
