# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of keys, and the user's changes to it."""

import re
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.driving import drive, screen_text, settle
from triage.config import Config, load_config
from triage.model.errors import ConfigError
from tui.app import TriageApp
from tui.keys import KEYS, check_remaps
from tui.screens.findings import FindingsScreen
from tui.screens.form import Form
from tui.screens.help import HelpScreen
from tui.screens.history import HistoryScreen
from tui.screens.inbox import InboxScreen
from tui.screens.menu import CommandMenu
from tui.screens.page import ChartsScreen, LogScreen, RawScreen
from tui.screens.policy import PolicyScreen
from tui.screens.series import SeriesScreen
from tui.screens.versions import VersionsScreen
from tui.widgets.keybar import KeyBar


@pytest.mark.parametrize(
    ("remaps", "says"),
    [({"inbox.limt": "x"}, "inbox.limit"), ({"inbox.limit": "hyperkey"}, "hyperkey"), ({"inbox.limit": "o"}, "inbox.opinion"), ({"inbox.limit": "g g"}, "g g")],
)  # fmt: skip
def test_keys_that_cannot_be_are_refused(remaps: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        check_remaps(remaps)


def test_a_remapped_key_works(demo: Config, isolated: Path) -> None:
    (isolated / "triage" / "config.toml").write_text('[keys]\n"inbox.help" = "f1,X"\n')

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, InboxScreen)
        await pilot.press("X")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, InboxScreen)

    drive(load_config(), steps)


def test_every_action_in_the_table_exists() -> None:
    classes = {
        "inbox": InboxScreen, "series": SeriesScreen, "findings": FindingsScreen, "history": HistoryScreen, "versions": VersionsScreen,
        "charts": ChartsScreen, "log": LogScreen, "raw": RawScreen, "policy": PolicyScreen, "form": Form, "menu": CommandMenu, "help": HelpScreen, "app": TriageApp,
    }  # fmt: skip
    for key in KEYS:
        if not key.action.startswith("app."):
            assert hasattr(classes[key.scope], f"action_{key.action.partition('(')[0]}"), key.id


@pytest.mark.parametrize("name", ["series.flags", "flags.open"])
def test_keys_that_were_changed_under_their_former_ids_stay_changed(name: str) -> None:
    assert check_remaps({name: "f9"}) == {name.replace("flags", "findings"): "f9"}


def test_a_key_at_the_foot_is_pressed_with_the_mouse_where_it_stands(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, TriageApp)
        foot = screen_text(pilot.app).splitlines()[-1]
        await pilot.click(KeyBar, offset=(len(foot), 0))
        await settle(pilot)
        assert isinstance(pilot.app.screen, InboxScreen)
        await pilot.click(KeyBar, offset=(foot.index("Help") + len("Help"), 0))  # the blank behind a key is none
        await settle(pilot)
        assert isinstance(pilot.app.screen, InboxScreen)
        await pilot.hover(KeyBar, offset=(foot.index("Help"), 0))
        await settle(pilot)
        bar = pilot.app.screen.query_one(KeyBar)
        assert "".join(part.text for part in bar.render_line(0) if part.style == bar.style_of("hover")) == "? Help"
        await pilot.hover("#list")
        assert bar.style_of("hover") not in [part.style for part in bar.render_line(0)]
        for says, screen in (("Help", HelpScreen), ("? Help", HelpScreen), ("Open", SeriesScreen)):
            await pilot.click(KeyBar, offset=(foot.index(says), 0))
            await settle(pilot)
            assert isinstance(pilot.app.screen, screen)
            await pilot.press("q")
            await settle(pilot)

    drive(demo, steps, (120, 40))
