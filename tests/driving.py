# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal UI driven without a terminal: keys in, the screen's text out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec.structs import replace
from textual.pilot import Pilot

from triage.config import Config
from triage.model.text import width
from tui.app import TriageApp
from tui.widgets.series_list import SeriesList

Steps = Callable[[Pilot[Any]], Awaitable[None]]


def screen_text(app: TriageApp) -> str:
    """Return what the screen shows; the compositor is private to Textual, and this is the one place that reaches for it."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines) + "\n"


def screen_marks(app: TriageApp) -> str:
    """Return the screen with what a terminal without colours shows of it: below each line that has any, its attributes.

    `^` is reversed, `*` bold, `_` underlined, `.` dim.
    """
    lines: list[str] = []
    for strip in app.screen._compositor.render_strips():
        marks = ""
        for text, style, _ in strip:
            mark = " "
            if style:
                mark = "^" if style.reverse else "*" if style.bold else "_" if style.underline else "." if style.dim else " "
            marks += mark * width(text)
        lines += [strip.text.rstrip(), *([marks.rstrip()] if marks.strip() else [])]
    return "\n".join(lines) + "\n"


def drive(config: Config, steps: Steps, size: tuple[int, int] = (80, 24)) -> TriageApp:
    """Run the app headless and take some steps in it."""
    app = TriageApp(replace(config, glyphs="ascii") if config.glyphs == "auto" else config)

    async def main() -> None:
        async with asyncio.timeout(180), app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await settle(pilot)
            await steps(pilot)

    asyncio.run(main())
    return app


QUICK = {
    "mail text",
    "words",
    "first words",
    "finding",
    "look",
    "load",
    "mail",
    "read",
    "counts",
    "flag",
    "history",
    "write",
    "search",
    "sample",
}
"""Groups of workers that end by themselves; those that wait for a form do not."""


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read, written or drawn."""
    quiet = 0
    async with asyncio.timeout(20):
        while quiet < 3:
            await pilot.pause(0.01)
            busy = any(worker.group in QUICK and not worker.is_finished for worker in pilot.app.workers)
            quiet = 0 if busy else quiet + 1
    await pilot.pause()


def go_to(name: str) -> Steps:
    """Return steps that open the series of a mail."""

    async def steps(pilot: Pilot[Any]) -> None:
        listing = pilot.app.screen.query_one(SeriesList)
        app = pilot.app
        assert isinstance(app, TriageApp)
        for row, key in enumerate(listing.keys):
            if app.session.lines([key])[key].message_id == name:
                listing.cursor = row
        await pilot.press("enter")
        await settle(pilot)

    return steps


def press_on(name: str, *keys: str) -> Steps:
    """Return steps that open the series of a mail and press some keys there."""

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to(name)(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return steps


def press(*keys: str) -> Steps:
    async def steps(pilot: Pilot[Any]) -> None:
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return steps
