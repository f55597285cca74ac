# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copied mail removed on request: nothing of its text is left, it does not come back, and it is known that this was done."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Inbox, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config, load_lists

SECRET = mail(patch_body("A secret of mine.\n\n"), key="secret", subject="[PATCH] the secret spout")


@pytest.fixture
def copied(config: Config, run: Run, tmp_path: Path) -> Path:
    """A Maildir with three mails, copied and ingested."""
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "mail" / folder).mkdir(parents=True)
    for number, content in enumerate((mail(patch_body(), key="a"), SECRET, mail(patch_body(), key="b", subject="[PATCH] other"))):
        (tmp_path / "mail" / "cur" / f"{number}:2,S").write_bytes(content)
    assert run("add", "m", str(tmp_path / "mail"), "--policy", "plain-dco").code == 0
    assert run("ingest").code == 0
    return tmp_path / "mail"


def held(config: Config) -> bytes:
    """Return every byte that is kept under the data folder, git's objects unpacked."""
    found = b""
    for repository in config.paths.inboxes.glob("*/git/*.git"):
        words = ["git", f"--git-dir={repository}", "cat-file", "--batch-all-objects", "--batch"]
        found += subprocess.run(words, capture_output=True, check=True).stdout
    for path in config.paths.data.rglob("*"):
        found += path.read_bytes() if path.is_file() else b""
    return found


def test_nothing_of_it_is_left_and_it_does_not_come_back(copied: Path, config: Config, run: Run) -> None:
    assert run("opinion", "give", "secret@example.org", "dismiss", "--finding", "DCO001", "-m", "fine").code == 0
    assert b"A secret of mine" in held(config)
    done = run("expunge", "secret@example.org", "-m", "asked by mail")
    assert done.code == 0, done.err
    assert "removed for good from m" in done.err
    assert b"A secret of mine" not in held(config)
    assert "secret spout" not in run("list").out
    (row,) = [json.loads(line) for path in config.paths.inboxes.glob("*/expunged.jsonl") for line in path.read_text().splitlines()]
    assert row["reason"] == "asked by mail"
    assert run("ingest", "--since", "2020-01-01").code == 0  # the source has it still
    assert b"A secret of mine" not in held(config)
    assert run("db", "rebuild").code == 0
    assert len(run("list").out.splitlines()) == 2
    assert "dismiss" in run("opinion", "log").out
    assert run("db", "check").code == 0


def test_the_last_mail_of_an_inbox_goes_too(copied: Path, config: Config, run: Run) -> None:
    for name in ("a", "b", "secret"):
        assert run("expunge", f"{name}@example.org", "-m", "asked").code == 0
    assert run("list").out == ""
    (copied / "new" / "9").write_bytes(mail(patch_body(), key="later", subject="[PATCH] later"))
    assert run("ingest").code == 0
    assert "later" in run("list").out


def test_what_is_anothers_is_left_to_them(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(SECRET)
    add_list(config, "w", (str(inbox.path),), "plain-dco", "")
    assert load_lists(config.paths)
    run("ingest")
    done = run("expunge", "secret@example.org", "-m", "asked")
    assert done.code == 2
    assert str(inbox.path) in done.err
    assert run("expunge", "nobody@example.org", "-m", "asked").code == 2
