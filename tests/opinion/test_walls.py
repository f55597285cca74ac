# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that cannot be read trust nobody, and logs that are lost or damaged are said: each state of them against each act."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Inbox, Run, mail, patch_body
from tests.reviewers import Machine, bare, make_key, person
from triage.config import Config
from triage.model.corrections import Named
from triage.opinion.memory import NAME
from triage.opinion.offers import trust
from triage.opinion.record import Draft, Target, new_id, write_record
from triage.opinion.refs import KEYS, ref_of, slug
from triage.opinion.repository import Repository
from triage.opinion.target import opinion_target
from triage.store.schema import open_index

BO = person("Bo")


@dataclass
class Stage:
    """Carol's home with two single patches, keys of Ada and Bo, and a remote where an attacker may push."""

    config: Config
    run: Run
    ada: Machine
    bo: Machine
    remote: Path
    targets: dict[str, Target]

    @property
    def git(self) -> Path:
        return self.config.paths.opinions

    def forge(self) -> None:
        """Put unsigned records of Bo behind his log at the remote: a decision, an opinion and a correction."""
        log = self.bo.log
        tip = log.repository.ref(ref_of(BO.email))
        a, b = self.targets["a"], self.targets["b"]
        for number, (kind, target, others) in enumerate((
            ("dismiss", self.targets["finding"], ()), ("agree", a, ()), ("link", b, (Named(a.message_id, a.content),)),
        )):  # fmt: skip
            draft = Draft(BO, kind, target, "forged", others=others, project=log.repository.ref(KEYS) and root(log.path))
            tip = log.write(write_record(draft, new_id(datetime.now(UTC), bytes([number]) * 10), tip), tip, BO, kind, False)
        subprocess.run(["git", "-C", str(log.path), "push", "-q", "--force", str(self.remote), f"{tip}:{ref_of(BO.email)}"], check=True)

    def forget(self) -> None:
        """Make Carol a newcomer, who has mail and nothing else."""
        shutil.rmtree(self.git)
        self.config.paths.index.unlink()
        (self.config.paths.data / NAME).unlink()
        self.run("ingest")

    def hide(self) -> None:
        """Have the remote show no keys."""
        subprocess.run(["git", "-C", str(self.remote), "update-ref", "-d", KEYS], check=True)

    def tips(self) -> str:
        return subprocess.run(["git", "-C", str(self.remote), "for-each-ref"], capture_output=True, text=True, check=True).stdout

    def counted(self) -> set[tuple[str, str]]:
        """Return what counts for Carol: kind and reason of each record that stands, and the links that somebody made."""
        with sqlite3.connect(self.config.paths.index) as connection:
            rows = connection.execute(
                "select o.kind, o.reason from standing s join opinion o using (log, commit_id) where s.state in ('counts', 'carried')"
            ).fetchall()
            rows += connection.execute("select kind, evidence from link where kind = 'human'").fetchall()
        connection.close()
        return set(rows)


def root(path: Path) -> str:
    done = subprocess.run(["git", "-C", str(path), "rev-list", "--max-parents=0", KEYS], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def stage(config: Config, inbox: Inbox, run: Run, tmp_path: Path) -> Stage:
    for name in "ab":
        inbox.add(mail(patch_body("Not signed.\n\n"), key=name, subject=f"[PATCH] {name}: widget"))
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    run("ingest")
    with closing(open_index(config.paths.index)) as connection:
        targets = {name: opinion_target(connection, f"{name}@example.org", "") for name in "ab"}
        targets["finding"] = opinion_target(connection, "a@example.org", "DCO001")
    ada, bo = (Machine(tmp_path / name, person(name), make_key(tmp_path / "keys", name)) for name in ("Ada", "Bo"))
    remote = bare(tmp_path / "remote.git")
    ada.start_keys()
    ada.add_key(bo)
    ada.sync(remote)
    bo.sync(remote)
    with bo.used():
        trust(bo.log)
    bo.say("agree", "good one", target=targets["b"])
    bo.sync(remote)
    carol = tmp_path / "home" / "gitconfig"
    key = make_key(tmp_path / "keys", "carol")
    carol.write_text(f"[user]\n\tname = Carol\n\temail = carol@example.org\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    assert run("opinion", "sync", str(remote)).code == 1
    assert run("opinion", "keys", "trust", "--yes").code == 0
    assert run("opinion", "sync").code == 0
    assert run("ingest").code == 0
    found = Stage(config, run, ada, bo, remote, targets)
    assert found.counted() == {("agree", "good one")}
    return found


def objects(path: Path, name: str) -> Path:
    """Return the file of an object, unpacked."""
    packs = list(path.glob("objects/pack/*.pack"))
    for pack in packs:
        content = pack.read_bytes()
        for part in path.glob("objects/pack/*"):
            part.unlink()
        subprocess.run(["git", "-C", str(path), "unpack-objects", "-q"], input=content, check=True)
    done = subprocess.run(["git", "-C", str(path), "rev-parse", name], capture_output=True, text=True, check=True).stdout.strip()
    file = path / "objects" / done[:2] / done[2:]
    file.chmod(0o600)
    return file


def first_file(path: Path) -> str:
    """Return the name of a file of the keys that holds one."""
    names = subprocess.run(["git", "-C", str(path), "ls-tree", "-r", "--name-only", KEYS], capture_output=True, text=True, check=True)
    return next(name for name in names.stdout.splitlines() if name.startswith("people/"))


def blob_missing(path: Path) -> None:
    objects(path, f"{KEYS}:{first_file(path)}").unlink()


def blob_empty(path: Path) -> None:
    objects(path, f"{KEYS}:{first_file(path)}").write_bytes(b"")


def tree_missing(path: Path) -> None:
    objects(path, f"{KEYS}^{{tree}}").unlink()


def commit_missing(path: Path) -> None:
    objects(path, KEYS).unlink()


def replaced(path: Path, files: dict[str, bytes]) -> None:
    there = Repository(path)
    old = there.ref(KEYS)
    commit = there.commit(there.tree_of(files), old, BO, "x", sign=False)
    (path / KEYS).write_text(f"{commit}\n")


def unparseable(path: Path) -> None:
    replaced(path, {"form": b"2\n", first_file(path): b"no key\n"})


def no_key(path: Path) -> None:
    replaced(path, {"allowed_signers": b""})


def oversized(path: Path) -> None:
    replaced(path, {"allowed_signers": b"ada@example.org ssh-ed25519 AAAA\n" * 200_000})


def ref_gone(path: Path) -> None:
    subprocess.run(["git", "-C", str(path), "pack-refs", "--all", "--prune"], check=True)
    packed = path / "packed-refs"
    packed.write_text("".join(line for line in packed.read_text().splitlines(keepends=True) if not line.endswith(f" {KEYS}\n")))


def ref_empty(path: Path) -> None:
    ref_gone(path)
    (path / KEYS).write_bytes(b"")


STATES: dict[str, Callable[[Path], None]] = {
    "sound": lambda path: None, "blob missing": blob_missing, "blob empty": blob_empty, "tree missing": tree_missing,
    "commit missing": commit_missing, "unparseable": unparseable, "no key in them": no_key, "oversized": oversized, "ref gone": ref_gone,
    "ref empty": ref_empty,
}  # fmt: skip
BROKEN = [name for name in STATES if name != "sound"]
ACTS = {
    "dismiss": ("opinion", "give", "a@example.org", "dismiss", "--finding", "DCO001", "-m", "x"),
    "agree": ("opinion", "give", "a@example.org", "agree"),
    "waive": ("opinion", "give", "a@example.org", "waive", "--finding", "DCO001", "-m", "x"),
    "link": ("series", "link", "b@example.org", "a@example.org"),
    "ask": ("opinion", "ask", "a@example.org", "bo@example.org", "-m", "x"),
    "keys add": ("opinion", "keys", "add"),
}  # fmt: skip


@pytest.mark.parametrize("state", BROKEN)
def test_nobody_speaks_while_keys_cannot_be_read(stage: Stage, state: str) -> None:
    STATES[state](stage.git)
    before = (stage.git / "packed-refs").read_bytes() if (stage.git / "packed-refs").exists() else b""
    for act, words in ACTS.items():
        done = stage.run(*words)
        assert done.code != 0, act
        assert "keys" in done.err
        assert "Traceback" not in done.err
    assert not Repository(stage.git).ref(ref_of("carol@example.org"))
    assert before == ((stage.git / "packed-refs").read_bytes() if (stage.git / "packed-refs").exists() else b"")
    assert stage.counted() == {("agree", "good one")}


@pytest.mark.parametrize("state", BROKEN)
def test_mail_is_taken_in_and_standing_stays_while_keys_cannot_be_read(stage: Stage, inbox: Inbox, state: str) -> None:
    STATES[state](stage.git)
    inbox.add(mail(patch_body("Not signed.\n\n"), key="c", subject="[PATCH] c: widget"))
    assert stage.run("ingest").code == 0
    assert "c@example.org" in stage.run("list", "--json").out
    assert stage.counted() == {("agree", "good one")}
    for words in (("opinion", "keys", "list"), ("opinion", "verify"), ("doctor",), ("opinion", "list")):
        done = stage.run(*words)
        assert done.code != 0, words
        assert "keys" in done.out + done.err, words


@pytest.mark.parametrize("state", BROKEN)
def test_a_rebuild_without_keys_has_all_mail_and_no_record_that_counts(stage: Stage, state: str) -> None:
    STATES[state](stage.git)
    done = stage.run("db", "rebuild")
    assert done.code == 78
    assert "no record counts" in done.err
    assert stage.counted() == set()
    rows = [json.loads(line) for line in stage.run("opinion", "list", "--json").out.splitlines()]
    assert [(row["state"], row["why"]) for row in rows] == [("untrusted", "keys cannot be read")]
    assert len(stage.run("list", "--json").out.splitlines()) == 2


@pytest.mark.parametrize("state", STATES)
def test_an_exchange_takes_nothing_forged_and_brings_sound_keys_back(stage: Stage, state: str) -> None:
    stage.forge()
    before = stage.tips()
    STATES[state](stage.git)
    done = stage.run("opinion", "sync")
    assert done.code != 0
    assert stage.tips() == before
    assert stage.counted() == {("agree", "good one")}
    assert stage.run("db", "rebuild").code == 0  # what the remote has equals what was seen here
    assert stage.counted() == {("agree", "good one")}
    assert stage.run("opinion", "keys", "list").code == 0


@pytest.mark.parametrize("state", BROKEN)
def test_a_remote_without_the_keys_gives_and_gets_nothing(stage: Stage, state: str) -> None:
    stage.forge()
    stage.hide()
    before = stage.tips()
    STATES[state](stage.git)
    done = stage.run("opinion", "sync")
    assert done.code != 0
    assert stage.tips().count("_keys") == (1 if KEYS in before else 0)
    assert stage.counted() == {("agree", "good one")}
    stage.run("db", "rebuild")
    assert stage.counted() <= {("agree", "good one")}


def test_a_remote_that_hides_keys_it_offered_is_told_and_gives_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.forget()
    stage.forge()
    assert stage.run("opinion", "sync", str(stage.remote)).code == 1
    stage.hide()
    done = stage.run("opinion", "sync")
    assert done.code == 78
    assert "hides keys that it offered before" in done.err
    assert stage.counted() == set()
    assert stage.run("opinion", "give", "a@example.org", "agree").code == 78


def test_keys_that_a_remote_shows_and_cannot_give_let_nothing_in(stage: Stage, tmp_path: Path) -> None:
    stage.forget()
    stage.forge()
    tree_missing(stage.remote)
    done = stage.run("opinion", "sync", str(stage.remote))
    assert done.code != 0
    assert "has keys that cannot be fetched" in done.err
    stage.run("ingest")
    assert stage.counted() == set()
    assert not Repository(stage.git).refs("refs/opinions")


def test_a_remote_that_hides_its_keys_from_a_newcomer_gives_nothing(stage: Stage) -> None:
    stage.forge()
    keys = stage.bo.log.repository.ref(KEYS)
    stage.forget()
    stage.hide()
    done = stage.run("opinion", "sync", str(stage.remote))
    assert done.code == 78
    assert "given under keys, and hides these keys" in done.err
    assert stage.run("ingest").code == 0
    assert stage.counted() == set()
    assert stage.run("opinion", "give", "a@example.org", "agree").code == 78
    subprocess.run(["git", "-C", str(stage.remote), "update-ref", KEYS, keys], check=True)
    assert stage.run("opinion", "sync", str(stage.remote)).code == 1
    assert stage.run("opinion", "keys", "trust", "--yes").code == 0
    assert stage.run("opinion", "sync").code == 1  # what is forged stays refused
    assert stage.counted() == {("agree", "good one")}


def test_forged_records_that_were_taken_while_keys_were_hidden_give_way_to_the_true_ones(stage: Stage, tmp_path: Path) -> None:
    true, keys = stage.bo.log.repository.ref(ref_of(BO.email)), stage.bo.log.repository.ref(KEYS)
    stage.forget()
    subprocess.run(["git", "-C", str(stage.remote), "update-ref", "-d", ref_of(BO.email)], check=True)
    stage.hide()
    forger = Machine(tmp_path / "forger", BO)
    forger.say("agree", "forged", target=stage.targets["a"])
    forger.sync(stage.remote)
    assert stage.run("opinion", "sync", str(stage.remote)).code == 0  # nothing in it says that there are keys
    subprocess.run(["git", "-C", str(stage.bo.log.path), "push", "-q", "--force", str(stage.remote),
                    f"{true}:{ref_of(BO.email)}", f"{keys}:{KEYS}"], check=True)  # fmt: skip
    assert stage.run("opinion", "sync").code == 1
    assert stage.run("opinion", "keys", "trust", "--yes").code == 0
    assert stage.counted() == set()
    done = stage.run("opinion", "sync")
    assert done.code == 0, done.err
    assert "held records that count nowhere" in done.err
    assert stage.counted() == {("agree", "good one")}
    assert stage.run("opinion", "sync").err == ""


def all_refs(path: Path) -> None:
    shutil.rmtree(path / "refs")
    (path / "refs").mkdir()
    (path / "packed-refs").unlink(missing_ok=True)


def without(*names: str) -> Callable[[Path], None]:
    def drop(path: Path) -> None:
        for name in names:
            subprocess.run(["git", "-C", str(path), "update-ref", "-d", name], check=True)

    return drop


BOS = slug(BO.email)
LOSSES: dict[str, Callable[[Path], None]] = {
    "repository": shutil.rmtree,
    "all refs": all_refs,
    "refs of keys": without(KEYS, "refs/last/_keys", "refs/seen/origin/_keys"),
    "a log": without(ref_of(BO.email), f"refs/last/{BOS}", f"refs/seen/origin/{BOS}/log"),
}


@pytest.mark.parametrize("how", ["db rebuild", "index deleted"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_is_remembered_when_the_index_is_made_anew(stage: Stage, loss: str, how: str) -> None:
    LOSSES[loss](stage.git)
    if how == "index deleted":
        stage.config.paths.index.unlink()
        assert stage.run("ingest").code == 0
    else:
        assert stage.run("db", "rebuild").code == (78 if loss != "a log" else 74)
    for words in (("doctor",), ("opinion", "verify"), ("opinion", "list")):
        assert stage.run(*words).code != 0, words
    assert stage.counted() == set()
    if loss != "a log":
        assert stage.run("opinion", "give", "a@example.org", "agree").code == 78
    assert stage.run("opinion", "sync", str(stage.remote)).code == 0
    assert stage.counted() == {("agree", "good one")}
    assert stage.run("db", "rebuild").code == 0
    assert stage.run("opinion", "verify").code == 0


@pytest.mark.parametrize("damage", ["HEAD empty", "HEAD gone", "no objects", "no refs", "packed-refs"])
def test_a_repository_that_git_cannot_open_stops_no_mail(stage: Stage, inbox: Inbox, damage: str) -> None:
    if damage == "packed-refs":
        (stage.git / "packed-refs").write_bytes(b"garbage\n")
    elif damage.startswith("HEAD"):
        (stage.git / "HEAD").write_bytes(b"")
        (stage.git / "HEAD").unlink() if damage == "HEAD gone" else None
    else:
        shutil.rmtree(stage.git / damage[3:])
    inbox.add(mail(patch_body("Not signed.\n\n"), key="c", subject="[PATCH] c: widget"))
    assert stage.run("ingest").code == 0
    assert stage.counted() == {("agree", "good one")}
    for words in (("doctor",), ("opinion", "verify"), ("opinion", "give", "a@example.org", "agree")):
        done = stage.run(*words)
        assert done.code != 0, words
        assert "Traceback" not in done.err
    done = stage.run("db", "rebuild")
    assert done.code in {74, 78}
    assert len(stage.run("list", "--json").out.splitlines()) == 3
    assert stage.counted() == set()
    if damage != "packed-refs":
        assert stage.run("opinion", "sync", str(stage.remote)).code == 0
        assert stage.counted() == {("agree", "good one")}
        assert "ok  opinions" in stage.run("doctor").out


@pytest.mark.parametrize("ref", [f"refs/last/{BOS}", f"refs/seen/origin/{BOS}/log", "refs/seen/origin/_keys", "refs/last/_keys"])
@pytest.mark.parametrize("content", ["", "1" * 40 + "\n"])
def test_a_note_of_what_was_seen_that_is_damaged_is_told_and_removed(stage: Stage, ref: str, content: str) -> None:
    (stage.git / ref).write_text(content)
    done = stage.run("doctor")
    assert done.code != 0
    assert f"{ref}, which notes what was seen, is damaged" in done.out + done.err
    assert stage.run("opinion", "sync").code == 0
    assert "ok  opinions" in stage.run("doctor").out
    assert stage.counted() == {("agree", "good one")}


def test_a_home_that_an_older_version_made_remembers_from_the_first_run_on(stage: Stage) -> None:
    (stage.config.paths.data / NAME).unlink()
    assert stage.run("ingest").code == 0
    shutil.rmtree(stage.git)
    stage.config.paths.index.unlink()
    assert stage.run("db", "rebuild").code == 78
    assert stage.run("opinion", "sync", str(stage.remote)).code == 0
    assert stage.counted() == {("agree", "good one")}


def test_a_rebuild_hands_on_what_the_index_alone_remembers(stage: Stage) -> None:
    (stage.config.paths.data / NAME).unlink()
    shutil.rmtree(stage.git)
    for _ in range(2):
        assert stage.run("db", "rebuild").code == 78
    assert stage.run("opinion", "give", "a@example.org", "agree").code == 78


@pytest.mark.parametrize("by", ["another history", "the keys"])
def test_a_log_that_was_replaced_is_told_and_put_back(stage: Stage, by: str) -> None:
    there = Repository(stage.git)
    log = ref_of(BO.email)
    true = there.ref(log)
    tree = there.run("rev-parse", f"{log}^{{tree}}").strip()
    other = {"another history": there.commit(tree, "", BO, "x", sign=False), "the keys": there.ref(KEYS)}[by]
    there.run("update-ref", log, other)
    for words in (("doctor",), ("opinion", "verify"), ("opinion", "list"), ("db", "rebuild")):
        done = stage.run(*words)
        assert done.code != 0, words
        assert "was replaced by another one" in done.out + done.err, words
    assert stage.run("ingest").code == 0
    assert stage.run("opinion", "sync").code == 0
    assert there.ref(log) == true
    assert stage.counted() == {("agree", "good one")}
    assert stage.run("opinion", "verify").code == 0


def test_a_newcomer_need_not_name_again_a_remote_that_hid_its_keys(stage: Stage) -> None:
    keys = stage.bo.log.repository.ref(KEYS)
    stage.forget()
    stage.hide()
    assert stage.run("opinion", "sync", str(stage.remote)).code == 78
    subprocess.run(["git", "-C", str(stage.remote), "update-ref", KEYS, keys], check=True)
    assert stage.run("opinion", "sync").code == 1
    assert stage.run("opinion", "keys", "trust", "--yes").code == 0


def test_a_folder_in_the_place_of_the_notes_is_told(stage: Stage) -> None:
    (stage.config.paths.data / NAME).unlink()
    (stage.config.paths.data / NAME).mkdir()
    done = stage.run("doctor")
    assert "is not a file" in done.out + done.err
