# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's program is told once a run what is new, and its failure is a warning."""

import json
from pathlib import Path

import pytest

from tests.conftest import DIFF, Inbox, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config

NEW = mail(patch_body("Other text.\n\n", diff=DIFF.replace("widget.c", "kettle.c")), key="new", subject="[PATCH] kettle: whistle")


@pytest.fixture
def told(config: Config, inbox: Inbox, tmp_path: Path) -> Path:
    """The file that the program writes what it is told to; the list has a mail."""
    (tmp_path / "program").write_text(f"#!/bin/sh\necho run >> {tmp_path / 'runs'}\ncat >> {tmp_path / 'told'}\n")
    (tmp_path / "program").chmod(0o755)
    config.paths.config.mkdir(parents=True, exist_ok=True)
    (config.paths.config / "config.toml").write_text(f'[notify]\ncommand = ["{tmp_path / "program"}"]\n')
    inbox.add(mail(patch_body("Text.\n\n"), key="old"))
    add_list(config, "widgets", (str(inbox.path),), "plain-dco", "")
    return tmp_path / "told"


def test_new_findings_are_told_once(told: Path, inbox: Inbox, run: Run) -> None:
    assert run("ingest").code == 0
    assert not told.exists()  # a new home has no news
    inbox.add(NEW, mail(patch_body(), key="fine", subject="[PATCH] fine"))
    assert run("ingest").code == 0
    rows = [json.loads(line) for line in told.read_text().splitlines()]
    assert [(row["code"], row["message_id"]) for row in rows] == [("DCO001", "new@example.org")]
    assert run("ingest").code == 0
    assert (told.parent / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    ("command", "says"),
    [('["/nowhere/program"]', "No such file"), ('["sh", "-c", "cat >/dev/null; echo no net >&2; exit 3"]', "it ended with 3: no net")],
)
def test_its_failure_is_a_warning(command: str, says: str, told: Path, config: Config, inbox: Inbox, run: Run) -> None:
    run("ingest")
    (config.paths.config / "config.toml").write_text(f"[notify]\ncommand = {command}\n")
    inbox.add(NEW)
    done = run("ingest")
    assert done.code == 0
    assert says in done.err
    assert "mail and findings are kept" in done.err
