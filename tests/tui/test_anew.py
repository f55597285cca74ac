# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal acts on what it shows: after a rebuild, without its index, under another name, with a locked key."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import DIFF, Inbox, Run, mail, patch_body
from tests.driving import drive, settle
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild
from triage.model import State
from triage.model.errors import ConfigError
from triage.store.schema import open_personal
from tui.screens.inbox import InboxScreen
from tui.screens.series import SeriesScreen
from tui.session import Session


@pytest.fixture
def many(config: Config, inbox: Inbox, run: Run, isolated: Path) -> Inbox:
    """Ten series of Zed, then ten of Abe that came to a list whose name sorts first: a rebuild numbers them otherwise."""
    other = Inbox(isolated / "abe" / "git" / "0.git")
    for number in range(10):
        for box, name in ((inbox, "zed"), (other, "abe")):
            diff = DIFF.replace("widget.c", f"{name}{number}.c").replace("return 1", f"return {number}{ord(name[0])}")
            box.add(mail(patch_body(f"{name} {number}.\n\n", diff=diff), key=f"{name}{number}", subject=f"[PATCH] {name} item {number}",
                         sender=f"{name.title()}{number} Example <{name}{number}@example.org>"))  # fmt: skip
    run("add", "zlist", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    run("add", "alist", str(other.path), "--policy", "linux-kernel")
    run("ingest")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    return inbox


def states(config: Config) -> dict[str, str]:
    with closing(open_personal(config.paths.personal)) as connection:
        return dict(connection.execute("select message_id, state from state where state in ('done', 'snoozed')").fetchall())


def ids(config: Config) -> dict[str, int]:
    with closing(sqlite3.connect(config.paths.index)) as connection:
        return dict(connection.execute("select message_id, id from series").fetchall())


def made_anew(config: Config, how: str) -> None:
    if how == "deleted and read again":
        config.paths.index.unlink()
        for end in ("-wal", "-shm"):
            Path(f"{config.paths.index}{end}").unlink(missing_ok=True)
        ingest(config, load_lists(config.paths))
    else:
        rebuild(config)


@pytest.mark.parametrize("how", ["rebuilt", "deleted and read again"])
def test_acts_go_to_the_series_that_is_shown_after_the_index_was_made_anew(many: Inbox, how: str) -> None:
    config = load_config()
    before = ids(config)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        screen.look_for_changes = lambda: None  # type: ignore[method-assign]
        await settle(pilot)
        listing = screen.target()
        names = [listing.line(row).message_id for row in range(6)]  # type: ignore[union-attr]
        listing.cursor = 1
        await pilot.press("t")
        made_anew(config, how)
        assert ids(config) != before
        await pilot.press("t", "d")
        await settle(pilot)
        assert set(states(config)) == {names[1], names[2]}
        await pilot.press("s", "s")

    drive(config, steps)


@pytest.mark.parametrize("key", ["d", "enter", "o"])
def test_the_row_under_the_cursor_is_what_a_key_acts_on(many: Inbox, key: str) -> None:
    config = load_config()

    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await settle(pilot)
        listing = screen.target()
        listing.cursor = next(row for row in range(20) if "zed9" in listing.line(row).message_id)  # type: ignore[union-attr]
        await settle(pilot)
        made_anew(config, "rebuilt")
        await pilot.press(key)
        await settle(pilot)
        if key == "d":
            assert set(states(config)) == {"zed9@example.org"}
        elif key == "enter":
            assert isinstance(pilot.app.screen, SeriesScreen)
            assert pilot.app.screen.view.line.message_id == "zed9@example.org"
        else:
            await pilot.press("ctrl+y")
            await settle(pilot)

    drive(config, steps)
    if key == "o":
        done = subprocess.run(["git", "-C", str(config.paths.opinions), "for-each-ref"], capture_output=True, text=True, check=True)
        content = subprocess.run(
            ["git", "-C", str(config.paths.opinions), "show", f"{done.stdout.split()[0]}:m"], capture_output=True, text=True, check=True
        )
        assert "Target-Message: zed9@example.org" in content.stdout


@pytest.mark.parametrize("key", ["j", "d", "t", "enter", "o", "S", "V", "H", "f", "R"])
def test_an_index_that_is_deleted_under_it_is_a_sentence(many: Inbox, key: str) -> None:
    config = load_config()

    async def steps(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        for end in ("", "-wal", "-shm"):
            Path(f"{config.paths.index}{end}").unlink(missing_ok=True)
        await pilot.press(key)
        await settle(pilot)
        await pilot.press("j", "escape")
        await settle(pilot)
        assert pilot.app.is_running

    drive(config, steps)
    assert states(config) == {}


@pytest.mark.parametrize("content", [b"", b"garbage" * 9000])
@pytest.mark.parametrize("keys", [("enter",), ("j", "d"), ("r",)])
def test_an_index_that_is_overwritten_under_it_is_a_sentence(many: Inbox, content: bytes, keys: tuple[str, ...]) -> None:
    config = load_config()

    async def walk(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        config.paths.index.write_bytes(content)
        session: Session = pilot.app.session  # type: ignore[attr-defined]
        assert session.changed()
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        assert pilot.app.return_code in {0, None}

    drive(config, walk)


def test_a_name_that_git_learns_meanwhile_is_the_one_that_speaks_and_sees_its_own(many: Inbox, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("")
    session = Session(load_config())
    assert session.me() == ""
    with pytest.raises(ConfigError):
        session.give("zed1@example.org", "agree", "", "")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    session.give("zed1@example.org", "agree", "", "fine")
    view = session.view("zed1@example.org")
    assert session.me() == "cora@example.org"
    shown = session.voices(view).shown(view.said)
    assert [(stand.record.kind, stand.record.reason) for stand in shown] == [("agree", "fine")]
    (isolated / "gitconfig").write_text("[user]\n\tname = Dan Example\n\temail = dan@example.org\n")
    session.give("zed2@example.org", "agree", "", "also")
    assert session.me() == "dan@example.org"


def test_a_locked_key_is_said_and_nobody_asks_on_the_screen(many: Inbox, isolated: Path) -> None:
    key = isolated / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "correct horse", "-f", key], check=True)
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[user]\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    session = Session(load_config())
    with pytest.raises(ConfigError, match="its key is locked: unlock it first with `ssh-add`"):
        session.give("zed1@example.org", "agree", "", "fine")
    kept = json.loads(next(iter(drafts(session).values())))
    assert kept["reason"] == "fine"


def drafts(session: Session) -> dict[str, str]:
    with closing(open_personal(session.config.paths.personal)) as connection:
        return dict(connection.execute("select key, body from draft").fetchall())


def test_marks_follow_a_series_whose_cover_comes_late(many: Inbox) -> None:
    config = load_config()
    session = Session(config)
    session.mark("zed3@example.org", State.DONE)
    rebuild(config)
    assert session.line("zed3@example.org").state is State.DONE
