# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The screens as text at three sizes, in colours and without, as they are kept in tests/screens."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.driving import Steps, drive, go_to, press, press_on, screen_marks, screen_text, settle
from triage.config import Config
from tui import glyphs, inbox_lines, thread
from tui.app import TriageApp
from tui.screens.inbox import InboxScreen

SCREENS = Path(__file__).parents[1] / "screens"


SIZES = [(80, 24), (120, 40), (60, 20)]


def _stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have charts count ages to one day, whenever the tests run."""
    monkeypatch.setattr("tui.chart_lines.days_since", lambda then: 9)
    monkeypatch.setattr("tui.reading.time", SimpleNamespace(time=lambda: 1_796_000_000))


async def _nothing(pilot: Pilot[Any]) -> None:
    await settle(pilot)


async def _help(pilot: Pilot[Any]) -> None:
    await pilot.press("question_mark")
    await settle(pilot)


async def _opinion(pilot: Pilot[Any]) -> None:
    await go_to("pair@example.org")(pilot)
    await pilot.press("o")
    await settle(pilot)


async def _empty(pilot: Pilot[Any]) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, InboxScreen)
    screen.limit = "nothing-has-this"
    screen.load()
    await settle(pilot)


VIEWS: dict[str, Steps] = {
    "inbox": _nothing, "series": go_to("pair@example.org"), "cover": go_to("llm-0@example.org"), "hostile": go_to("hostile@example.org"),
    "help": _help, "opinion": _opinion, "empty": _empty, "findings": press_on("pair@example.org", "f"), "charts": press("C"),
    "history": press_on("teapot-v2-0@example.org", "H"), "versions": press_on("teapot-v2-0@example.org", "V"), "menu": press("a"),
    "ask": press_on("pair@example.org", "O"), "export": press_on("pair@example.org", "w"), "reply": press_on("pair@example.org", "r"),
    "handover": press_on("pair@example.org", "b"), "log": press("q", "L"), "prompt": press("l"),
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
def test_screens(view: str, size: tuple[int, int], demo: Config, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (inbox_lines, thread):
        monkeypatch.setattr(module, "age", lambda then, now: "9d")
    _stop_the_clock(monkeypatch)
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.chdir("/tmp")
    seen: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await VIEWS[view](pilot)
        app = pilot.app
        assert isinstance(app, TriageApp)
        await settle(pilot)
        seen.append(screen_text(app))
        for field in app.screen.query("Input, TextArea").results(Input | TextArea):
            field.cursor_blink = False  # a cursor that blinks is there or not
        app.theme = "triage-mono"
        await settle(pilot)
        assert screen_text(app) == seen[0]
        seen.append(screen_marks(app))

    drive(demo, steps, size)
    for path, text in zip(
        (SCREENS / f"{view}-{size[0]}x{size[1]}.txt", SCREENS / "mono" / f"{view}-{size[0]}x{size[1]}.txt"), seen, strict=True
    ):
        if request.config.getoption("--update-screens"):
            path.write_text(text, "utf-8")
        assert text == path.read_text("utf-8")


def test_the_readme_shows_a_real_screen() -> None:
    """What README shows of the terminal is what `test_screens` saw."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert (SCREENS / "inbox-80x24.txt").read_text("utf-8") in readme


PICTURES = SCREENS / "pictures"
SHOWN: dict[str, Steps] = {
    "inbox": _nothing, "series": go_to("pair@example.org"), "findings": press_on("pair@example.org", "f"), "opinion": _opinion,
    "versions": press_on("teapot-v2-0@example.org", "V", "F"), "policy": press_on("llm-0@example.org", "K"), "charts": press("C"),
    "thread": go_to("teapot-v1-0@example.org"),
}  # fmt: skip


@pytest.mark.parametrize("size", [(100, 30), (160, 44)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", ["dark", "light", "mono"])
@pytest.mark.parametrize("name", SHOWN)
def test_pictures(
    name: str, theme: str, size: tuple[int, int], demo: Config, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight screens as README and docs/terminal.md show them, with box-drawing; the same ones in ASCII are `test_screens`."""
    for module in (inbox_lines, thread):
        monkeypatch.setattr(module, "age", lambda then, now: "9d")
    _stop_the_clock(monkeypatch)
    seen = []

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.theme = f"triage-{theme}"
        await SHOWN[name](pilot)
        for field in pilot.app.screen.query("Input, TextArea").results(Input | TextArea):
            field.cursor_blink = False
        await settle(pilot)
        seen.append(pilot.app.export_screenshot(title="triage"))

    try:
        drive(replace(demo, glyphs="unicode"), steps, size)
    finally:
        glyphs.choose("ascii")
    path = PICTURES / f"{name}-{theme}-{size[0]}x{size[1]}.svg"
    if request.config.getoption("--update-screens"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(seen[0], "utf-8")
    assert seen[0] == path.read_text("utf-8")
