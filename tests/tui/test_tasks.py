# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twelve things that maintainers do, with the keys that they take; words that are typed are not counted."""

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.driving import drive, screen_text, settle
from triage.config import Config
from triage.opinion.give import give_opinion
from tui.app import TriageApp
from tui.screens.inbox import InboxScreen

Keys = list[str]
TASKS: dict[str, tuple[str, Keys, str]] = {
    "AI use that one author declares": ("", ["l", "+tool:any from:eva", "enter"], "limit: tool:any from:eva"),
    "what changed since the version before": ("id:teapot-v2-0@example.org", ["V"], "its author did not answer"),
    "any two versions": ("id:teapot-v2-0@example.org", ["V", "p", "enter", "enter"], "v1 against v2"),
    "who disagreed": ("", ["l", "+op:disagree", "enter", "enter", "v"], "disagree by Gregor"),
    "what nobody looked at for two weeks": ("", ["l", "+replies:0 reviewed:none op:none age:>2w state:new", "enter"], "of 40 series"),
    "put away": ("id:pair@example.org", ["S", "enter"], "away until"),
    "answer a reviewer": ("id:teapot-v1-0@example.org", ["enter", "greater_than_sign", "r", "+Agreed.", "ctrl+y"], "drafted, not sent"),
    "the way to b4": ("id:pair@example.org", ["b", "down", "down", "down"], "b4 am -m"),
    "a report": ("id:pair@example.org", ["w", "ctrl+y"], "written:"),
    "what another policy would say": ("id:llm-0@example.org", ["K", "c", "+qemu", "enter"], "linux-kernel against qemu"),
    "the mail as it came": ("id:pair@example.org", ["enter", "R"], "Message-ID: <pair@example.org>"),
    "tag many, mark them done, and back": ("", ["T", "+is:flagged", "enter", "d", "z"], "undone: done"),
    "agree": ("id:unsigned@example.org", ["o", "ctrl+y"], "recorded: agree on DCO001"),
}
MOST = 15
"""Keys that none of them takes more of."""


@pytest.mark.parametrize("task", TASKS)
def test_no_task_takes_many_keys(task: str, demo: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from triage.model import Person

    monkeypatch.chdir(tmp_path)
    give_opinion(demo, "unsigned@example.org", "disagree", "DCO001", "no", sign=False, person=Person("Gregor Müller", "gregor@example.org"))
    limit, keys, shown = TASKS[task]
    assert len([key for key in keys if not key.startswith("+")]) <= MOST

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        if limit:
            screen.show_limit(0, limit)
            await settle(pilot)
        for key in keys:
            await pilot.press(*(["space" if char == " " else char for char in key[1:]] if key.startswith("+") else [key]))
            await settle(pilot)
        for _ in range(100):
            if shown in screen_text(app):
                break
            await pilot.pause(0.1)
        assert shown in screen_text(app)

    drive(demo, steps, (120, 40))
