# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hand-over with the real b4, its archive being a real public-inbox on loopback: am, shazam, its check commands, and back to the mail."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import DIFF, ROOT, Run, mail, patch_body
from tests.servers import Server
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest

SOB = "Signed-off-by: Ada Example <ada@example.org>"
TO = "test@example.org"
MAILS = (
    mail(f"Pour.\n\n{SOB}\n\n--\n2.45.0\n", key="c", subject="[PATCH 0/2] widget: pour", To=TO),
    mail(patch_body(f"It was broken.\n\n{SOB}\n"), key="p1", subject="[PATCH 1/2] widget: spout", In_Reply_To="<c@example.org>", To=TO),
    mail(patch_body("No sign-off here.\n\n", diff=DIFF.replace("widget.c", "lid.c")), key="p2", subject="[PATCH 2/2] widget: lid", In_Reply_To="<c@example.org>", To=TO),
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("lore") / "server")
    one.deliver(*MAILS)
    one.index()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def tree(config: Config, server: Server, tmp_path: Path) -> Path:
    """A work tree to which the series applies; the list is in the index."""
    add_list(config, "widgets", (str(server.inbox),), "plain-dco", "")
    ingest(config, load_lists(config.paths))
    path = tmp_path / "tree"
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    for name in ("widget.c", "lid.c"):
        (path / name).write_text("int widget(void)\n\treturn 0;\n/* end */\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "start")
    return path


def git(path: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=path, capture_output=True, text=True, check=True).stdout.strip()


def b4(tree: Path, server: Server, *words: str, stdin: bytes = b"", **settings: str) -> str:
    """Run b4 as in a shell, with the archive on loopback; returns all that it says."""
    masks = {"midmask": f"{server.url}%s", "searchmask": f"{server.url}?x=m&t=1&q=%s", "check-annotate-bcc": "no"} | settings
    options = [word for name, value in masks.items() for word in ("-c", f"b4.{name.replace('_', '-')}={value}")]
    env = os.environ | {"XDG_CACHE_HOME": str(tree.parent / "cache"), "NO_COLOR": "1"}
    program = [str(Path(sys.executable).parent / "b4"), "-n", *options, *words]
    done = subprocess.run(program, cwd=tree, env=env, input=stdin, capture_output=True, timeout=120)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, said
    return said


def test_b4_am_takes_what_triage_hands_over(config: Config, tree: Path, server: Server, run: Run, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "triage", "show", "--series", "--mbox", "c@example.org"]
    mbox = subprocess.run(words, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=True).stdout
    (tmp_path / "handed.mbox").write_bytes(mbox)
    b4(tree, server, "am", "-m", str(tmp_path / "handed.mbox"), "-o", str(tmp_path / "out"), "c@example.org")
    (made,) = (tmp_path / "out").glob("*.mbx")
    git(tree, "am", "-q", str(made))
    assert git(tree, "log", "--format=%s", "-2").splitlines() == ["widget: lid", "widget: spout"]
    done = run("attest", "HEAD~2..HEAD", "--repo", str(tree), "--unsigned")
    assert done.code == 0, done.err
    assert "p1@example.org (patch-id)" in done.out
    assert "p2@example.org (patch-id)" in done.out
    assert "Findings: DCO001 error" in done.out


def test_b4_shazam_applies_from_the_archive_and_the_commits_lead_back(tree: Path, server: Server, run: Run) -> None:
    b4(tree, server, "shazam", "-l", "c@example.org")
    log = git(tree, "log", "--format=%B", "-2")
    assert "p1@example.org" in log
    git(tree, "commit", "-q", "--amend", "--no-edit", "--allow-empty", "--date=2026-03-02T00:00:00Z")
    done = run("attest", "HEAD~2..HEAD", "--repo", str(tree), "--unsigned")
    assert done.code == 0, done.err
    assert "p2@example.org" in done.out


def test_b4_prints_what_our_check_finds(tree: Path, server: Server, tmp_path: Path) -> None:
    program = tmp_path / "triage"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage "$@"\n')
    program.chmod(0o755)
    command = f"{program} check --policy plain-dco --format terse -"
    said = b4(tree, server, "am", "-k", "-o", str(tmp_path / "out"), "c@example.org", am_perpatch_check_cmd=command)
    assert "DCO001 missing-signoff" in said
    assert said.count("DCO001") == 1
