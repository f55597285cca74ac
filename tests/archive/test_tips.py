# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The newest commit read from files is the one that git names, or none."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Inbox, mail
from triage.archive.publicinbox import PublicInbox
from triage.archive.tips import quick_stamps


def git(path: Path, *words: str) -> str:
    return subprocess.run(["git", f"--git-dir={path}", *words], capture_output=True, text=True, check=True).stdout.strip()


def packed(inbox: Inbox) -> None:
    git(inbox.path, "pack-refs", "--all")


def packed_and_gone_on(inbox: Inbox) -> None:
    packed(inbox)
    inbox.add(mail(key="later"))


def on_main(inbox: Inbox) -> None:
    git(inbox.path, "branch", "-m", "master", "main")


def packed_on_main(inbox: Inbox) -> None:
    on_main(inbox)
    packed(inbox)


@pytest.mark.parametrize("change", [None, packed, packed_and_gone_on, on_main, packed_on_main])
def test_it_is_what_git_names(change: Callable[[Inbox], None] | None, inbox: Inbox) -> None:
    inbox.add(mail(key="a"), mail(key="b"))
    if change:
        change(inbox)
    (unit,) = PublicInbox(inbox.path, "git").units()
    assert quick_stamps("git", inbox.path) == {unit: PublicInbox(inbox.path, "git").stamp(unit)}


def test_every_epoch_has_its_own(tmp_path: Path) -> None:
    for number in range(3):
        Inbox(tmp_path / "git" / f"{number}.git").add(mail(key=f"m{number}"))
    archive = PublicInbox(tmp_path, "v2")
    assert quick_stamps("v2", tmp_path) == {unit: archive.stamp(unit) for unit in archive.units()}


def emptied(path: Path) -> None:
    (path / "refs" / "heads" / "master").write_text("")


def garbage(path: Path) -> None:
    (path / "refs" / "heads" / "master").write_bytes(b"\xff" * 40)


def symbolic(path: Path) -> None:
    (path / "refs" / "heads" / "master").write_text("ref: refs/heads/other\n")


def shallow(path: Path) -> None:
    (path / "shallow").write_text("0" * 40)


def headless(path: Path) -> None:
    (path / "HEAD").unlink()


@pytest.mark.parametrize("change", [emptied, garbage, symbolic, shallow, headless])
def test_what_is_not_plain_to_see_is_left_to_git(change: Callable[[Path], None], inbox: Inbox) -> None:
    inbox.add(mail(key="a"))
    change(inbox.path)
    assert quick_stamps("git", inbox.path) is None


def test_an_mbox_has_none(tmp_path: Path) -> None:
    assert quick_stamps("mbox", tmp_path / "x.mbox") is None
