# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The opinion form: what a letter picks, what goes to the reason, what a verdict lacks, and what is recorded."""

import asyncio
from contextlib import closing
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from tests.driving import drive, press_on, screen_text, settle
from triage.config import Config
from triage.opinion.index import refreshed
from triage.store.opinions import load_records
from tui.screens.opinion import OpinionForm
from tui.screens.prompt import Prompt
from tui.screens.series import SeriesScreen


def test_a_finding_is_waived_with_a_reason_that_is_asked_for_until_given(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org", "f", "W", "enter")(pilot)
        assert isinstance(pilot.app.screen, Prompt)
        assert "needs a reason" in str(pilot.app.screen.query_one("#prompt-problem", Static).render())
        await pilot.press(*"trivial", "enter")
        await settle(pilot)
        assert "waived" in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(demo, steps)
    with closing(refreshed(demo)) as connection:
        assert [(o.kind, o.reason) for o in load_records(connection)] == [("waive", "trivial")]


def test_an_opinion_may_be_on_the_line_at_the_cursor(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        text = screen.target()
        text.go(next(i for i, line in enumerate(text.lines) if line.text.startswith("+ ")))
        await pilot.press("o")
        await settle(pilot)
        form = pilot.app.screen
        assert isinstance(form, OpinionForm)
        at = next(i for i, about in enumerate(form.abouts) if about.line)
        form.query_one("#about").highlighted = at  # type: ignore[attr-defined]
        await settle(pilot)
        assert "--line" in form.command()
        await pilot.press(*"odd", "ctrl+y")
        await settle(pilot)
        at = next(i for i, line in enumerate(text.lines) if "agree by Ada Example" in line.text)
        assert text.lines[at - 1].text.startswith("+ ")

    drive(demo, steps)
    with closing(refreshed(demo)) as connection:
        (record,) = load_records(connection)
    assert record.line
    assert record.fields["Quote"].startswith("+")


def test_letters_typed_on_the_choices_go_to_the_reason_and_saving_waits_for_them(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org", "o")(pilot)
        assert isinstance(pilot.app.screen, OpinionForm)
        for key in (*"xyz" * 30, "ctrl+y"):
            pilot.app._driver.process_message(_key(key))  # type: ignore[union-attr]
        await settle(pilot)

    drive(demo, steps)
    with closing(refreshed(demo)) as connection:
        assert [o.reason for o in load_records(connection)] == ["xyz" * 30]


def test_a_verdicts_letter_picks_it_from_the_list_of_what_it_is_about(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org", "o")(pilot)
        form = pilot.app.screen
        assert isinstance(form, OpinionForm)
        form.query_one("#about").focus()
        await pilot.press("u")
        await asyncio.sleep(0.1)
        await settle(pilot)
        assert (form.values().kind, form.values().reason) == ("unsure", "")

    drive(demo, steps)


def test_what_a_verdict_lacks_is_said_however_fast_it_is_saved(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org", "o")(pilot)
        form = pilot.app.screen
        assert isinstance(form, OpinionForm)
        for key in ("d", "ctrl+y"):
            pilot.app._driver.process_message(_key(key))  # type: ignore[union-attr]
        await settle(pilot)
        assert "disagree needs a reason" in str(form.query_one("#problem", Static).render())
        form.query_one("#verdict").focus()
        await pilot.press("u")
        await asyncio.sleep(0.1)
        await settle(pilot)
        assert str(form.query_one("#problem", Static).render()) == ""

    drive(demo, steps)


def _key(name: str) -> Any:
    from textual.events import Key

    return Key(name, name if len(name) == 1 else None)
