# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""notmuch as a source of mail and, by choice, as a place for flags: a real database, through the real bindings."""

import builtins
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.archive.test_sources import kept, maildir, source_path, subjects
from tests.conftest import DIFF, Run, mail, patch_body
from triage.config import Config

UNSIGNED = mail(f"Why.\n---\n widget.c | 2 +-\n\n{DIFF}", key="unsigned", subject="[PATCH] widget: unsigned")
SIGNED = mail(patch_body(), key="signed", subject="[PATCH] widget: signed")


@pytest.fixture
def notmuch(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A mail folder under notmuch; returns what runs notmuch, and the folder."""
    folder = maildir(isolated / "mail" / "lists", UNSIGNED, SIGNED)
    (isolated / ".notmuch-config").write_text(
        f"[database]\npath={isolated / 'mail'}\n[user]\nprimary_email=ada@example.org\n[new]\ntags=new\n", "utf-8"
    )
    monkeypatch.setenv("NOTMUCH_CONFIG", str(isolated / ".notmuch-config"))

    def call(*words: str) -> str:
        done = subprocess.run(["notmuch", *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    call("new", "--quiet")
    return call, folder


def test_what_a_query_finds_is_read_and_then_what_changed(notmuch: Any, run: Run, config: Config) -> None:
    call, folder = notmuch
    assert run("add", "w", "notmuch:subject:widget", "--policy", "linux-kernel").code == 0
    assert run("ingest").out.startswith("w: 2 mails, 2 series")
    call("tag", "+seen", "*")
    assert run("ingest").out == ""
    (folder / "cur" / "9.x:2,").write_bytes(mail(patch_body(), key="late", subject="[PATCH] widget: late"))
    (folder / "cur" / "8.x:2,").write_bytes(mail(key="other", subject="not ours"))
    (folder / "new" / "0.x").rename(folder / "cur" / "0.x:2,S")
    call("new", "--quiet")
    assert run("ingest").out.startswith("w: 1 mails, 1 series")
    assert subjects(run) == ["[PATCH] widget: late", "[PATCH] widget: signed", "[PATCH] widget: unsigned"]


def test_mail_that_is_not_where_notmuch_saw_it_is_asked_for_again(notmuch: Any, run: Run) -> None:
    _, folder = notmuch
    run("add", "w", "notmuch:subject:widget", "--policy", "linux-kernel")
    folder.rename(folder.with_name("away"))
    outcome = run("ingest")
    assert outcome.code == 74
    assert "2 mails are not where notmuch saw them" in outcome.err
    folder.with_name("away").rename(folder)
    assert run("ingest").out.startswith("w: 2 mails")


def test_several_files_of_one_id_are_told_apart(notmuch: Any, run: Run, config: Config) -> None:
    call, folder = notmuch
    (folder / "cur" / "7.x:2,").write_bytes(SIGNED.replace(b"widget: signed", b"widget: signed otherwise"))
    (folder / "cur" / "6.x:2,").write_bytes(SIGNED)
    call("new", "--quiet")
    run("add", "w", "notmuch:*", "--policy", "linux-kernel")
    run("ingest")
    assert len(kept(source_path(config))) == 3
    assert "[PATCH] widget: signed otherwise" in subjects(run)


def test_a_database_made_anew_is_read_whole_and_nothing_twice(notmuch: Any, run: Run, config: Config, isolated: Path) -> None:
    call, folder = notmuch
    run("add", "w", "notmuch:*", "--policy", "linux-kernel")
    run("ingest")
    subprocess.run(["rm", "-r", isolated / "mail" / ".notmuch"], check=True)
    (folder / "cur" / "5.x:2,").write_bytes(mail(patch_body(), key="late", subject="[PATCH] widget: late"))
    call("new", "--quiet")
    assert run("ingest").out.startswith("w: 1 mails, 1 series")
    assert len(kept(source_path(config))) == 3


def test_flags_become_tags_only_where_that_is_wanted(notmuch: Any, run: Run, config: Config) -> None:
    call, _ = notmuch
    run("add", "w", "notmuch:*", "--policy", "linux-kernel")
    run("ingest")
    assert "triage::" not in call("search", "--output=tags", "*")
    config.paths.config.mkdir(exist_ok=True)
    (config.paths.config / "config.toml").write_text("[notmuch]\ntags = true\n", "utf-8")
    call("tag", "+triage::stale", "+mine", "id:signed@example.org")
    assert run("ingest").code == 0
    assert call("search", "--output=messages", "tag:triage::DCO001 and tag:triage::error").split() == ["id:unsigned@example.org"]
    assert call("search", "--output=tags", "id:signed@example.org").split() == ["mine", "new", "unread"]
    assert run("ingest").out == ""
    (config.paths.data.parent / "gitconfig").write_text("[user]\n\tname = Cora\n\temail = cora@example.org\n")
    for words, tagged in ((("confirm",), True), (("dismiss", "-m", "no"), False)):
        assert run("opinion", "give", "unsigned@example.org", *words, "--finding", "DCO001").code == 0
        run("ingest")
        assert ("id:unsigned@example.org" in call("search", "--output=messages", "tag:triage::DCO001")) is tagged
    call("tag", "+mine", "*")
    (Path(os.environ["NOTMUCH_CONFIG"])).unlink()
    outcome = run("ingest")
    assert outcome.code == 78
    assert "w: notmuch has no database yet" in outcome.err


def test_without_a_database_or_the_bindings_one_sentence_says_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch, isolated: Path) -> None:
    monkeypatch.setenv("NOTMUCH_CONFIG", str(isolated / "nowhere"))
    outcome = run("add", "w", "notmuch:*", "--policy", "linux-kernel")
    assert outcome.code == 78
    assert "run `notmuch setup`" in outcome.err
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "notmuch2":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    outcome = run("add", "w", "notmuch:*", "--policy", "linux-kernel")
    assert outcome.code == 78
    assert "pip install 'patch-triage[notmuch]'" in outcome.err


def test_a_query_that_notmuch_cannot_read_is_one_sentence(notmuch: Any, run: Run) -> None:
    outcome = run("add", "w", "notmuch:date:neverever..", "--policy", "linux-kernel")
    assert outcome.code in {2, 74, 75}
    assert "Traceback" not in outcome.err
