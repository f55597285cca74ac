# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs that travel: nothing forced, nothing lost, a clear word for every refusal; and everything back from one clone or one backup."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.reviewers import Machine, bare, person
from triage.config import Config, load_config, load_lists
from triage.model import Person
from triage.model.errors import BusyError, UsageError
from triage.opinion.give import give_opinion
from triage.opinion.refs import ref_of
from triage.opinion.repository import Repository
from triage.opinion.sync import sync


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare(tmp_path / "remote.git")


def machines(folder: Path, name: str, count: int) -> list[Machine]:
    return [Machine(folder / f"{name}{number}", person(name)) for number in range(count)]


def test_two_machines_of_one_reviewer_put_their_records_behind_each_other(tmp_path: Path, remote: Path) -> None:
    one, two = machines(tmp_path, "Ada", 2)
    ids = [one.say("agree", "1"), two.say("unsure", "2"), two.say("disagree", "3")]
    one.sync(remote)
    result = two.sync(remote)
    assert any("another machine of yours" in note for note in result.notes)
    one.sync()
    assert [o.id for o in one.read()] == ids
    assert [o.id for o in two.read()] == ids
    assert {o.signed for o in one.read()} == {"unsigned"}
    assert one.log.tips() == two.log.tips() == Repository(remote).refs("refs/opinions")


def test_a_new_machine_gets_all_back_and_goes_on(tmp_path: Path, remote: Path) -> None:
    one, two = machines(tmp_path, "Ada", 2)
    one.say("agree", "1")
    one.sync(remote)
    shutil.rmtree(one.folder)
    two.sync(remote)
    two.say("unsure", "2")
    two.sync()
    assert [o.reason for o in two.read()] == ["1", "2"]


def test_a_remote_that_was_rewritten_changes_nothing_and_is_said(tmp_path: Path, remote: Path) -> None:
    one, two = machines(tmp_path, "Ada", 1)[0], machines(tmp_path, "Bo", 1)[0]
    for number in range(3):
        one.say("agree", str(number))
    one.sync(remote)
    two.sync(remote)
    ref, there = ref_of("ada@example.org"), Repository(remote)
    tip = there.ref(ref)
    there.run("update-ref", ref, f"{tip}~1")
    result = two.sync()
    assert "went back behind records that it had" in result.refused[ref]
    assert len(two.read()) == 3
    there.run("update-ref", "-d", ref)
    assert "lost this log" in two.sync().refused[ref]
    assert two.sync(restore=True).sent[ref] == 3
    assert there.ref(ref) == tip
    assert two.sync().refused == {}


def test_own_records_that_a_remote_has_seen_are_never_put_behind_others(tmp_path: Path, remote: Path) -> None:
    one, thief = machines(tmp_path, "Ada", 2)
    one.say("agree", "mine")
    one.sync(remote)
    thief.say("disagree", "not mine")
    thief.log.repository.run("push", "--quiet", "--force", str(remote), f"{ref_of('ada@example.org')}:{ref_of('ada@example.org')}")
    result = one.sync()
    assert "rewrote records that it had" in result.refused[ref_of("ada@example.org")]
    assert [o.reason for o in one.read()] == ["mine"]


def test_only_the_own_log_is_pushed(tmp_path: Path, remote: Path) -> None:
    one, two = machines(tmp_path, "Ada", 1)[0], machines(tmp_path, "Bo", 1)[0]
    other = bare(tmp_path / "other.git")
    one.say()
    one.sync(remote)
    two.say()
    two.sync(remote)
    result = two.sync(other)
    assert list(result.sent) == [ref_of("bo@example.org")]
    assert list(Repository(other).refs("refs")) == [ref_of("bo@example.org")]


def test_odd_refs_of_a_remote_are_kept_apart(tmp_path: Path, remote: Path) -> None:
    (one,) = machines(tmp_path, "Ada", 1)
    one.say()
    one.sync(remote)
    there = Repository(remote)
    there.run("update-ref", "refs/opinions/../../evil/log".replace("../../", "Evil/"), there.ref(ref_of("ada@example.org")))
    result = one.sync()
    assert list(result.refused.values()) == ["a ref that is no log"]
    assert list(one.log.tips()) == [ref_of("ada@example.org")]


@pytest.mark.parametrize("url", ["--upload-pack=touch /tmp/x", "ext::sh -c touch% /tmp/x", "nowhere", "fd::3"])
def test_what_is_no_url_is_refused(tmp_path: Path, url: str) -> None:
    (one,) = machines(tmp_path, "Ada", 1)
    with one.used(), pytest.raises(UsageError):
        sync(one.log, one.person, url)


def test_a_remote_that_cannot_be_reached_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    (one,) = machines(tmp_path, "Ada", 1)
    one.say()
    with one.used(), pytest.raises(BusyError, match="cannot fetch"):
        sync(one.log, one.person, str(tmp_path / "nothing" / "there.git"))
    assert len(one.read()) == 1
    assert one.log.repository.refs("refs/incoming") == {}


def test_a_remote_that_refuses_pushes_keeps_the_records_here(tmp_path: Path, remote: Path) -> None:
    (one,) = machines(tmp_path, "Ada", 1)
    one.say()
    (remote / "hooks").mkdir(exist_ok=True)
    (remote / "hooks" / "pre-receive").write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    (remote / "hooks" / "pre-receive").chmod(0o755)
    with one.used(), pytest.raises(BusyError, match="cannot push"):
        sync(one.log, one.person, str(remote))
    assert len(one.read()) == 1


def test_a_record_of_a_newer_schema_travels_and_is_shown_as_such(tmp_path: Path, remote: Path, config: Config, run: Run) -> None:
    (one,) = machines(tmp_path, "Ada", 1)
    one.say()
    (tip,) = one.log.tips().values()
    content = subprocess.run(["git", f"--git-dir={one.log.path}", "cat-file", "blob", f"{tip}:m"], capture_output=True, check=True).stdout
    newer = content.replace(b"Opinion: 1", b"Opinion: 2\nMood: bright").replace(b"Previous: 0", b"Previous: " + tip.encode())
    newer = newer.replace(b"Message-ID: <", b"Message-ID: <n")
    with one.used():
        commit = one.log.write(newer, tip, one.person, "agree", False)
        one.log.repository.move(ref_of("ada@example.org"), commit, tip)
    one.sync(remote)
    assert run("opinion", "sync", str(remote)).code == 0
    verified = json.loads(run("opinion", "verify", "--json").out)
    assert (verified["records"], verified["newer"], verified["problems"]) == (2, 1, [])
    assert "newer" in run("opinion", "log").out
    assert "schema 2" in run("opinion", "log").out


def test_what_was_said_comes_back_from_the_remote_alone(demo: Config, run: Run, isolated: Path, remote: Path, demo_home: Path) -> None:
    give_opinion(demo, "unsigned@example.org", "dismiss", "DCO001", "Seen.")
    assert run("opinion", "sync", str(remote)).code == 0
    shutil.rmtree(demo.paths.opinions)
    demo.paths.index.unlink()
    assert run("opinion", "sync", str(remote)).code == 0
    assert run("db", "rebuild", "-q").code == 65  # the sample has a mail that cannot be read
    item = json.loads(run("findings", "id:unsigned@example.org", "--json").out)
    assert (item["status"], item["opinions"][0]["reason"]) == ("dismissed", "Seen.")


def test_a_lost_remote_is_made_again_from_one_clone(tmp_path: Path, remote: Path) -> None:
    people = [machines(tmp_path, name, 1)[0] for name in ("Ada", "Bo", "Cy")]
    for one in people:
        one.say("agree", one.person.email)
        one.sync(remote)
    people[0].sync()
    for gone in (remote, people[1].folder, people[2].folder):
        shutil.rmtree(gone)
    again = bare(tmp_path / "again.git")
    assert sorted(people[0].sync(again, restore=True).sent.values()) == [1, 1, 1]
    fresh = Machine(tmp_path / "fresh", Person("Bo Example", "bo@example.org"))
    fresh.sync(again)
    assert sorted(o.reason for o in fresh.read()) == ["ada@example.org", "bo@example.org", "cy@example.org"]


def test_a_backup_is_one_file_and_brings_all_back(demo: Config, run: Run, isolated: Path, tmp_path: Path) -> None:
    give_opinion(demo, "unsigned@example.org", "dismiss", "DCO001", "Seen.")
    (demo.paths.config / "config.toml").write_text('[tui]\nglyphs = "unicode"\n')
    outcome = run("db", "backup", str(tmp_path / "triage.tar"))
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "triage.tar").stat().st_mode & 0o777 == 0o600
    other = tmp_path / "elsewhere"
    assert run("--home", str(other), "db", "restore", str(tmp_path / "triage.tar")).code == 0
    assert run("--home", str(other), "db", "rebuild", "-q").code == 65
    there = load_config(str(other))
    assert there.glyphs == "unicode"
    assert [spec.name for spec in load_lists(there.paths)] == [spec.name for spec in load_lists(demo.paths)]
    item = json.loads(run("--home", str(other), "findings", "id:unsigned@example.org", "--json").out)
    assert item["status"] == "dismissed"
    again = run("--home", str(other), "db", "restore", str(tmp_path / "triage.tar"))
    assert "there are logs already" in again.out


@pytest.mark.parametrize("content", [b"", b"no tar", b"\0" * 2000])
def test_what_is_no_backup_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    outcome = run("db", "restore", str(tmp_path / "x.tar"))
    assert outcome.code == 78
    assert "Traceback" not in outcome.err


def test_a_backup_with_other_names_writes_nothing_elsewhere(run: Run, tmp_path: Path, config: Config) -> None:
    import io
    import tarfile

    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        for name in ("archives.json", "../evil", "/tmp/evil-triage", "config/policies/../../evil.toml", "config/policies/.hidden.toml"):
            entry = tarfile.TarInfo(name)
            entry.size = 13
            tar.addfile(entry, io.BytesIO(b'{"lists": []}'))
    outcome = run("db", "restore", str(tmp_path / "x.tar"))
    assert outcome.out == "archives.json: restored\n"
    assert not Path("/tmp/evil-triage").exists()


def test_a_newer_personal_database_is_kept_and_an_older_one_gains_what_it_lacks(config: Config) -> None:
    import sqlite3
    from contextlib import closing

    from triage.store.migrations import PERSONAL_VERSION
    from triage.store.personal import load_draft, revealed
    from triage.store.schema import open_personal

    with closing(open_personal(config.paths.personal, write=True)):
        pass
    with closing(sqlite3.connect(config.paths.personal)) as connection:
        connection.execute("drop table revealed")
        connection.execute("insert into draft values ('opinion:x', 'kept', 1)")
        connection.execute("delete from _sqlite_migrations where name != 'm001_first'")
        connection.execute("pragma user_version = 1")
        connection.commit()
    with closing(open_personal(config.paths.personal)) as connection:
        assert revealed(connection) == set()
        assert load_draft(connection, "opinion:x") == "kept"
        assert connection.execute("pragma user_version").fetchone()[0] == PERSONAL_VERSION


def test_opinions_given_at_once_are_all_kept(demo: Config) -> None:
    import sys

    names = [
        "unsigned@example.org",
        "machine@example.org",
        "grammar@example.org",
        "tail@example.org",
        "llm-1@example.org",
        "order@example.org",
    ]
    config = "import os; from triage.config import load_config; from triage.opinion.give import give_opinion"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", f"{config}\ngive_opinion(load_config(), {name!r}, 'unsure', '', 'at once')"],
            stderr=subprocess.PIPE, env=dict(os.environ, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="user.email", GIT_CONFIG_VALUE_0="cora@example.org"),
        )
        for name in names
    ]  # fmt: skip
    assert [process.communicate()[1] for process in started] == [b""] * len(names)
    log = Machine(demo.paths.data.parent / "reader", person("Rea")).log
    log.path = log.repository.path = demo.paths.opinions
    from triage.opinion.index import read_log
    from triage.opinion.keyring import in_force

    (ref,) = log.tips()
    records = read_log(log, ref, log.tips()[ref], "", in_force(log), {})
    assert len(records) == len(names)
    assert {o.signed for o in records} == {"unsigned"}


def test_junk_refs_of_a_remote_are_looked_at_once(tmp_path: Path, remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dana = Machine(tmp_path / "dana", person("Dana"))
    dana.say()
    dana.sync(remote)
    tree = subprocess.run(["git", "-C", str(remote), "mktree"], input=b"", capture_output=True, check=True).stdout.decode().strip()
    who = {f"GIT_{role}_{part}": "x@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    made = subprocess.run(["git", "-C", str(remote), "commit-tree", tree, "-m", "x"], capture_output=True, check=True, env=os.environ | who)
    junk = "".join(f"create refs/opinions/junk-{number}/log {made.stdout.decode()}" for number in range(150))
    subprocess.run(["git", "-C", str(remote), "update-ref", "--stdin"], input=junk.encode(), check=True)
    first = dana.sync()
    assert len(first.refused) == 150
    started: list[object] = []
    real = subprocess.Popen.__init__
    monkeypatch.setattr(subprocess.Popen, "__init__", lambda self, *args, **words: (started.append(args), real(self, *args, **words))[1])
    assert dana.sync().refused == first.refused
    assert len(started) < 60
