# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that is slow: what is typed before a form is there is kept, and a page that still reads can be left."""

import asyncio
import threading
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.driving import drive, screen_text, settle
from triage.config import Config
from triage.store.schema import open_personal
from tui.app import TriageApp
from tui.screens.help import HelpScreen
from tui.screens.inbox import InboxScreen
from tui.screens.page import RawScreen
from tui.screens.prompt import Prompt
from tui.screens.series import SeriesScreen
from tui.session import Session
from tui.widgets.series_list import SeriesList

LIMIT = ("l", *"code", "colon", *"DCO007", "enter")


def post(pilot: Pilot[Any], *keys: str) -> None:
    """Type keys as a terminal hands them over in one read."""
    for key in keys:
        pilot.app.post_message(events.Key(key, ":" if key == "colon" else key if len(key) == 1 else None))


def slow(monkeypatch: pytest.MonkeyPatch, reader: str) -> threading.Event:
    """Have one of the session's readers wait until the event that is returned is set."""
    go_on, read = threading.Event(), getattr(Session, reader)

    def read_slowly(*args: Any) -> Any:
        go_on.wait(10)
        return read(*args)

    monkeypatch.setattr(Session, reader, read_slowly)
    return go_on


async def is_limited(pilot: Pilot[Any]) -> None:
    async with asyncio.timeout(30):
        while not (isinstance(pilot.app.screen, InboxScreen) and pilot.app.screen.limit == "code:DCO007"):
            await pilot.pause(0.02)
    await settle(pilot)


def test_what_is_typed_before_a_prompt_is_laid_out_is_what_it_is_sent_off_with(monkeypatch: pytest.MonkeyPatch, demo: Config) -> None:
    async def laid_out_late(self: Prompt, event: events.Compose) -> None:
        await asyncio.sleep(0.1)
        await self.app._release()  # as its timer does, where the machine is slow enough
        await asyncio.sleep(0.1)

    monkeypatch.setattr(Prompt, "on_compose", laid_out_late, raising=False)

    async def steps(pilot: Pilot[Any]) -> None:
        post(pilot, *LIMIT)
        await is_limited(pilot)

    drive(demo, steps)


def test_no_key_overtakes_another_on_its_way_to_a_prompt(demo: Config) -> None:
    """The key that opens it goes through the widgets before it is acted upon; what a second read brings meanwhile comes after it."""

    async def steps(pilot: Pilot[Any]) -> None:
        for turns in range(8):
            await pilot.press("0")
            await settle(pilot)
            post(pilot, *LIMIT[:3])
            for _ in range(turns):
                await asyncio.sleep(0)
            post(pilot, *LIMIT[3:])
            await is_limited(pilot)

    drive(demo, steps)


def test_a_prompt_is_opened_on_the_screen_that_is_there_when_its_key_comes(demo: Config) -> None:
    """The key before it, of the same read, goes back to the list; what follows is for the prompt, whole and in order."""

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("0")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        post(pilot, "q", *LIMIT)
        await is_limited(pilot)

    drive(demo, steps)


def test_a_key_that_opens_nothing_on_the_screen_that_comes_holds_nothing_back(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("0")
        await settle(pilot)
        post(pilot, "enter", "l")
        async with asyncio.timeout(30):
            while not isinstance(pilot.app.screen, SeriesScreen):
                await pilot.pause(0.02)
        await settle(pilot)
        post(pilot, "q")
        async with asyncio.timeout(4.5):
            while not isinstance(pilot.app.screen, InboxScreen):
                await pilot.pause(0.02)

    drive(demo, steps)


def test_keys_after_one_that_opens_a_form_on_the_next_screen_are_for_the_form(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("0")
        await settle(pilot)
        before = len(pilot.app.session.said)  # type: ignore[attr-defined]
        post(pilot, "enter", "x", "d")
        await asyncio.sleep(1)
        await settle(pilot)
        assert not any("done" in text for text, _ in list(pilot.app.session.said)[before:])  # type: ignore[attr-defined]

    drive(demo, steps)


def test_a_page_that_still_reads_is_left_at_once(monkeypatch: pytest.MonkeyPatch, demo: Config) -> None:
    go_on = slow(monkeypatch, "raw")

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("R")
        assert isinstance(pilot.app.screen, RawScreen)
        async with asyncio.timeout(30):
            while not pilot.app.screen.working:
                await pilot.pause(0.02)
        await pilot.press("q")
        assert isinstance(pilot.app.screen, SeriesScreen)
        go_on.set()
        await settle(pilot)

    drive(demo, steps)


def test_a_series_is_left_while_its_mail_is_still_read(monkeypatch: pytest.MonkeyPatch, demo: Config) -> None:
    go_on = slow(monkeypatch, "text_or_why")

    async def steps(pilot: Pilot[Any]) -> None:
        for key in ("q", "d"):
            go_on.clear()
            await pilot.press("enter")
            assert isinstance(pilot.app.screen, SeriesScreen)
            await pilot.press(key)
            async with asyncio.timeout(30):
                while not isinstance(pilot.app.screen, InboxScreen):
                    await pilot.pause(0.02)
            go_on.set()
            await settle(pilot)

    drive(demo, steps)


def test_the_cursor_stays_where_it_was_moved_to_while_the_rest_of_the_list_is_read(monkeypatch: pytest.MonkeyPatch, demo: Config) -> None:
    open_personal(demo.paths.personal, write=True).close()
    Session(demo).keep_places({"view": "", "series": "unsigned@example.org"})
    go_on = slow(monkeypatch, "listing")

    async def main() -> None:
        app = TriageApp(demo)
        async with asyncio.timeout(60), app.run_test() as pilot:
            listing = app.screen.query_one("#list", SeriesList)
            while listing.current != "unsigned@example.org":
                await asyncio.sleep(0.01)
            await pilot.press("j", "j")
            moved = listing.current
            assert moved != "unsigned@example.org"
            go_on.set()
            await settle(pilot)
            assert listing.current == moved

    asyncio.run(main())


def test_a_damaged_index_is_said_in_place_of_the_list(demo: Config) -> None:
    with demo.paths.index.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(bytes(range(1, 256)) * 16 * 20)

    async def steps(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, TriageApp)
        text = screen_text(pilot.app)
        assert "index.db is damaged" in text
        assert "triage db rebuild" in text
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)

    drive(demo, steps, (120, 40))
