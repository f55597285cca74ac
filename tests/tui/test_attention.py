# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What needs me now comes first, and says why: a request with its question, what is overdue, then graver, then newer."""

import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import SOB, Run, mail, patch_body
from tests.driving import drive, screen_text, settle
from triage.config import Config, load_config
from tui.session import Session


def speak_as(who: str) -> None:
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text(f"[user]\n\tname = {who.title()} Example\n\temail = {who}@example.org\n")


@pytest.fixture
def asked(config: Config, run: Run, tmp_path: Path) -> Config:
    """An old error, a newer error, a newer warning and a series without findings, of which Bob asks Jane."""

    def one(key: str, message: str, day: str) -> bytes:
        return mail(patch_body(message).replace("widget.c", f"{key}.c").replace("return 1", f"return {ord(key[0])}"), key=key, subject=f"[PATCH] {key}: turn", date=f"{day} 09:00:00 +0000")  # fmt: skip

    mails = (
        one("ancient", "Text.\n\n", "Mon, 03 Mar 2025"), one("broken", "Text.\n\n", "Mon, 02 Mar 2026"), one("clean", f"Text.\n\n{SOB}", "Sun, 01 Mar 2026"),
        one("doubtful", f"Text.\n\nFixes: 12345\n{SOB}", "Tue, 03 Mar 2026"),
    )  # fmt: skip
    (tmp_path / "x.mbox").write_bytes(b"".join(b"From x@example.org Wed Mar  4 09:00:00 2026\n" + one + b"\n" for one in mails))
    run("add", "l", str(tmp_path / "x.mbox"), "--policy", "linux-kernel")
    run("ingest")
    speak_as("bob")
    assert run("opinion", "ask", "clean@example.org", "jane@example.org", "--due", "3d", "-m", "May this be taken as it is?").code == 0
    speak_as("jane")
    return load_config()


def test_what_is_asked_of_me_comes_first_and_what_is_old_last(asked: Config) -> None:
    session = Session(asked)
    assert [session.lines([key])[key].message_id.partition("@")[0] for key in session.series("is:attention", "attention")] == [
        "clean", "broken", "doubtful", "ancient",
    ]  # fmt: skip
    speak_as("bob")
    session = Session(asked)
    assert session.lines(session.series("", "attention")[:1]).popitem()[1].message_id == "broken@example.org"


def test_the_question_stands_in_the_preview_and_in_the_form(asked: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        text = screen_text(pilot.app)  # type: ignore[arg-type]
        assert "? Bob Example asks jane@example.org, by 20" in text, text
        assert "May this be taken as it is?" in " ".join(text.replace("|", " ").split()), text
        await pilot.press("o")
        await settle(pilot)
        text = screen_text(pilot.app)  # type: ignore[arg-type]
        assert "Opinion on" in text
        asked = str(pilot.app.screen.query_one(".form-asked").render())
        assert "asks jane@example.org" in asked
        assert "May this be taken as it is?" in asked

    drive(asked, steps, (100, 30))
