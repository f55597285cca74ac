# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs that lost records or hold damaged ones: said wherever records are shown, in nobody's way, and put back where they can be."""

import json
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import DIFF, Inbox, Run, mail, patch_body
from tests.opinion.test_walls import first_file, objects
from tests.reviewers import bare, make_key
from triage.config import Config
from triage.opinion.refs import KEYS, ref_of
from triage.opinion.repository import Repository

TITLES = {"a": "net: count dropped frames", "b": "docs: name the maintainer", "c": "spi: wait for the bus", "d": "mm: free the page once"}
ADAS = ref_of("ada@example.org")


def patch(name: str) -> bytes:
    """Return a patch of Dana's that is like no other."""
    diff = DIFF.replace("widget.c", f"{name}.c").replace("return 1", f"return {ord(name)}").replace("int widget", f"int {name}_widget")
    body = patch_body(f"{TITLES[name].capitalize()}, since it was not.\n\n", diff=diff).replace("widget.c |", f"{name}.c |")
    return mail(
        body,
        key=name,
        subject=f"[PATCH] {TITLES[name]}",
        sender="Dana Example <dana@example.org>",
        date=f"Mon, {ord(name) - 95:02} Mar 2026 09:00:00 +0000",
    )


@pytest.fixture
def logs(config: Config, inbox: Inbox, run: Run, tmp_path: Path) -> Path:
    """The path of `opinions.git` with three records of Ada, of which the remote `origin` has two."""
    for name in "abc":
        inbox.add(patch(name))
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    run("ingest")
    for name in "ab":
        assert run("opinion", "give", f"{name}@example.org", "agree").code == 0
    assert run("opinion", "sync", str(bare(tmp_path / "remote.git"))).code == 0
    assert run("opinion", "give", "c@example.org", "agree").code == 0
    return config.paths.opinions


def git(path: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(path), *words], capture_output=True, text=True, check=True).stdout


def gone(path: Path) -> None:
    git(path, "update-ref", "-d", ADAS)


def emptied(path: Path) -> None:
    (path / ADAS).write_bytes(b"")


def garbage(path: Path) -> None:
    (path / ADAS).write_bytes(b"\0" * 41)


def cut(path: Path) -> None:
    git(path, "update-ref", ADAS, f"{ADAS}~2")


def dangling(path: Path) -> None:
    (path / ADAS).write_text("1" * 40 + "\n")


def middle_commit(path: Path) -> None:
    objects(path, f"{ADAS}~1").write_bytes(b"")


def record_missing(path: Path) -> None:
    objects(path, f"{ADAS}~1:m").unlink()


HURTS: dict[str, Callable[[Path], None]] = {
    "gone": gone, "emptied": emptied, "garbage": garbage, "cut back": cut, "dangling": dangling, "commit damaged": middle_commit,
    "record missing": record_missing,
}  # fmt: skip


@pytest.mark.parametrize("hurt", HURTS)
def test_a_log_that_is_not_what_it_was_is_said_and_stops_no_mail(logs: Path, run: Run, inbox: Inbox, hurt: str) -> None:
    HURTS[hurt](logs)
    for words in (("opinion", "list"), ("opinion", "verify"), ("doctor",)):
        done = run(*words)
        assert done.code not in {0, 2}, words
        assert "ada-example-org" in done.out + done.err, words
        assert "Traceback" not in done.err
    inbox.add(patch("d"))
    assert run("ingest").code == 0
    assert len(run("list", "--json").out.splitlines()) == 4
    rows = [json.loads(line) for line in run("opinion", "list", "--json").out.splitlines()]
    assert [row["state"] for row in rows] == ["counts"] * 3
    assert run("db", "check").code == 0


@pytest.mark.parametrize("hurt", [name for name in HURTS if name != "record missing"])
def test_nothing_is_written_in_the_place_of_what_is_lost(logs: Path, run: Run, hurt: str) -> None:
    HURTS[hurt](logs)
    before = (logs / ADAS).read_bytes() if (logs / ADAS).exists() else b""
    done = run("opinion", "give", "c@example.org", "disagree", "-m", "x")
    if hurt == "commit damaged":  # its own end is whole: what is said now follows it
        return
    assert done.code == 74
    assert "would take the place of what is missing" in done.err
    assert before == ((logs / ADAS).read_bytes() if (logs / ADAS).exists() else b"")


@pytest.mark.parametrize("hurt", HURTS)
def test_an_exchange_puts_back_what_it_can(logs: Path, run: Run, hurt: str) -> None:
    before = git(logs, "rev-parse", ADAS)
    HURTS[hurt](logs)
    done = run("opinion", "sync")
    assert done.code == 0, done.err
    assert git(logs, "rev-parse", ADAS) == before
    assert run("opinion", "verify").code == 0
    assert run("opinion", "list").code == 0
    assert run("opinion", "sync").err == ""


def test_what_was_not_pushed_is_named(logs: Path, run: Run) -> None:
    rows = [json.loads(line) for line in run("opinion", "list", "--json").out.splitlines()]
    (last,) = [row["id"] for row in rows if row["target_message"] == "c@example.org"]
    gone(logs)
    for words in (("opinion", "list"), ("opinion", "verify"), ("doctor",)):
        done = run(*words)
        assert f"no remote has {last}" in done.out + done.err


def test_a_damaged_log_of_one_hides_no_records_of_others(logs: Path, run: Run, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("[user]\n\tname = Bo Example\n\temail = bo@example.org\n")
    assert run("opinion", "give", "a@example.org", "disagree", "-m", "no").code == 0
    middle_commit(logs)
    assert run("db", "rebuild").code == 0
    rows = [json.loads(line) for line in run("opinion", "list", "--json").out.splitlines()]
    assert [row["reviewer"]["email"] for row in rows] == ["bo@example.org"]
    assert run("opinion", "give", "b@example.org", "agree").code == 0


def test_a_record_that_is_written_is_never_told_as_failed(logs: Path, run: Run, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    from triage.model.errors import ArchiveError
    from triage.store.schema import open_index

    def full(*args: object) -> None:
        raise ArchiveError("the disk is full", "free some space")

    before = int(git(logs, "rev-list", "--count", ADAS))
    monkeypatch.setattr("triage.opinion.index.refresh", full)
    with monkeypatch.context() as patched:
        patched.setattr("triage.opinion.give.refreshed", lambda *given: open_index(config.paths.index, write=True))
        patched.setattr("triage.opinion.give.refresh", full)
        done = run("opinion", "give", "a@example.org", "disagree", "-m", "x")
    assert done.code == 0
    assert "the record is kept in git" in done.err
    assert int(git(logs, "rev-list", "--count", ADAS)) == before + 1
    assert Repository(logs).ref(ADAS)


def swapped(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Put other bytes in the place of an object: git reads them and does not look whether they are those of the id."""
    file = objects(path, name)
    kind, _, content = zlib.decompress(file.read_bytes()).partition(b"\0")
    content = change(content)
    file.write_bytes(zlib.compress(kind.split(b" ")[0] + b" %d\0" % len(content) + content))


def test_bytes_that_are_not_those_of_their_id_are_damage(logs: Path, run: Run) -> None:
    swapped(logs, f"{ADAS}~1:m", lambda content: content.replace(b"Verdict: agree", b"Verdict: unsure"))
    for words in (("doctor",), ("opinion", "verify"), ("opinion", "list")):
        assert run(*words).code != 0, words
    run("db", "rebuild")
    assert "unsure" not in run("opinion", "list", "--json").out
    assert run("opinion", "sync").code == 0
    assert run("opinion", "verify").code == 0
    assert run("opinion", "list").code == 0


def test_keys_whose_bytes_are_not_those_of_their_id_cannot_be_read(logs: Path, run: Run, tmp_path: Path, isolated: Path) -> None:
    key, other = make_key(tmp_path / "keys", "ada"), make_key(tmp_path / "keys", "mal")
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[user]\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    assert run("opinion", "keys", "add").code == 0
    mals = other.with_suffix(".pub").read_text().split()[1].encode()
    swapped(
        logs, f"{KEYS}:{first_file(logs)}", lambda content: content.replace(key.with_suffix(".pub").read_text().split()[1].encode(), mals)
    )
    assert run("opinion", "keys", "list").code == 78
    assert run("opinion", "give", "a@example.org", "agree").code == 78


@pytest.mark.parametrize("part", [f"{ADAS}~1:m", ADAS, f"{ADAS}:m"])
def test_an_own_record_that_no_remote_has_is_lost_alone(logs: Path, run: Run, inbox: Inbox, part: str) -> None:
    """The third of Ada's four records was sent to nobody, nor was the fourth."""
    inbox.add(patch("d"))
    run("ingest")
    assert run("opinion", "give", "d@example.org", "agree").code == 0
    objects(logs, part).unlink()
    assert run("opinion", "verify").code == 1
    done = run("opinion", "sync")
    assert done.code == 1
    assert "record" in done.err
    assert "before any remote had it" in done.err or "is gone" in done.err
    rows = [json.loads(line) for line in run("opinion", "list", "--json").out.splitlines()]
    left = {row["target_message"] for row in rows}
    assert {"a@example.org", "b@example.org"} <= left
    assert ("d@example.org" in left) == (part == f"{ADAS}~1:m")
    assert run("opinion", "give", "c@example.org", "disagree", "-m", "anew").code == 0
    assert run("opinion", "sync").code == 0
    assert run("opinion", "verify").code == 0


def test_all_objects_lost_are_fetched_again(logs: Path, run: Run) -> None:
    assert run("opinion", "sync").code == 0
    shutil.rmtree(logs / "objects")
    (logs / "objects").mkdir()
    assert run("opinion", "verify").code != 0
    assert run("opinion", "sync").code == 0
    assert run("opinion", "verify").code == 0
    assert len(run("opinion", "list", "--json").out.splitlines()) == 3


def test_a_lost_repository_takes_what_the_remote_has_and_says_what_it_lacks(logs: Path, run: Run, tmp_path: Path) -> None:
    shutil.rmtree(logs)
    done = run("opinion", "sync")
    assert done.code == 1
    assert "does not have record" in done.err
    assert len(run("opinion", "list", "--json").out.splitlines()) == 2
    assert run("opinion", "sync").code == 0


def test_a_link_in_the_place_of_a_log_is_none(logs: Path, run: Run) -> None:
    assert run("opinion", "sync").code == 0
    before = git(logs, "rev-parse", ADAS)
    git(logs, "update-ref", "refs/heads/other", f"{ADAS}~1")
    git(logs, "symbolic-ref", ADAS, "refs/heads/other")
    assert run("opinion", "verify").code == 1
    assert run("opinion", "sync").code == 0
    assert git(logs, "rev-parse", ADAS) == before
    assert git(logs, "for-each-ref", "--format=%(symref)", ADAS).strip() == ""
    assert git(logs, "rev-parse", "refs/heads/other") != before


def test_cut_history_is_said_before_anything_is_written(logs: Path, run: Run) -> None:
    (logs / "shallow").write_text(git(logs, "rev-parse", ADAS))
    before = git(logs, "for-each-ref")
    for words in (("opinion", "give", "a@example.org", "agree"), ("opinion", "sync"), ("doctor",), ("opinion", "verify")):
        done = run(*words)
        assert done.code != 0, words
        assert "is cut" in done.out + done.err, words
    assert run("ingest").code == 0
    (logs / "shallow").unlink()
    assert git(logs, "for-each-ref") == before
    assert run("opinion", "verify").code == 0
