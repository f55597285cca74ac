# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was tried against the logs of opinions and the rules of second opinions, each attack as it was run."""

import io
import json
import re
import subprocess
import tarfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import DIFF, SOB, Inbox, Run, mail, patch_body
from tests.opinion.test_standing import AI, CORA, DAN, SCENE, demand, said
from tests.reviewers import TARGET, Machine, bare, make_key, person
from triage.admin.lists import remove_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.model import Person, Status
from triage.model.errors import ConfigError
from triage.opinion.drafts import kept_draft
from triage.opinion.give import Said, give_opinion
from triage.opinion.index import refreshed
from triage.opinion.keychain import load_ring
from triage.opinion.keylog import change_keys
from triage.opinion.keys import ssh_key
from triage.opinion.log import OpinionLog
from triage.opinion.offers import trust
from triage.opinion.ownkey import own_key
from triage.opinion.refs import KEYS, ref_of
from triage.opinion.repository import Repository
from triage.opinion.standing import weigh
from triage.opinion.writing import append
from triage.policy.context import ProjectContext
from triage.policy.people import Area, People


@pytest.fixture
def trio(tmp_path: Path) -> tuple[Machine, Machine, Machine, Path]:
    """Ada, whose keys start; Bo, whom they trust and who trusts them; Mallory; and the remote between them."""
    ada, bo, mallory = (Machine(tmp_path / n, person(n), make_key(tmp_path / "keys", n)) for n in ("Ada", "Bo", "Mallory"))
    ada.start_keys()
    ada.add_key(bo)
    ada.say("agree", "first")
    remote = bare(tmp_path / "remote.git")
    ada.sync(remote)
    bo.sync(remote)
    with bo.used():
        trust(bo.log)
    bo.sync()
    return ada, bo, mallory, remote


ADAS = ref_of("ada@example.org")


def push(machine: Machine, remote: Path, content: bytes, parents: tuple[str, ...], when: str = "", files: str = "m") -> str:
    """Put a commit at the tip of Ada's log on the remote, by somebody without a key."""
    log = machine.log.repository
    with log.held():
        pass
    log.run("fetch", "--quiet", str(remote), "+refs/opinions/*:refs/copy/*")
    tree = log.tree_of({files: content})
    at = when or f"{int(time.time())} +0000"
    head = "".join([f"tree {tree}\n", *(f"parent {parent}\n" for parent in parents)])
    raw = f"{head}author x <x@example.com> {at}\ncommitter x <x@example.com> {at}\n\nx\n"
    commit = log.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode()).strip()
    log.run("push", "--quiet", "--force", str(remote), f"{commit}:{ADAS}")
    return commit


NEWER = "From: {who}\nMessage-ID: <1@example.com>\n\nOpinion: 2\nVerdict: agree\nReviewer: {who}\nPrevious: {previous}\n\nx\n"


@pytest.mark.parametrize("who", ["x@example.com", "ada@example.org"])
@pytest.mark.parametrize("shape", ["plain", "merge", "root"])
def test_a_record_of_a_newer_schema_escapes_no_check(trio: tuple[Machine, Machine, Machine, Path], who: str, shape: str) -> None:
    ada, bo, mallory, remote = trio
    tip = ada.log.repository.ref(ADAS)
    second = ada.say("disagree", "second")
    ada.sync()
    bo.sync()
    last = ada.log.repository.ref(ADAS)
    parents = {"plain": (last,), "merge": (tip, last), "root": ()}[shape]
    push(mallory, remote, NEWER.format(who=who, previous=parents[0] if parents else "0").encode(), parents)
    assert ADAS in bo.sync().refused
    assert [o.id for o in bo.read()][-1] == second
    assert bo.log.repository.ref(ADAS) == last


def test_a_record_from_the_far_future_does_not_stop_its_reviewer(tmp_path: Path) -> None:
    ada, mallory = Machine(tmp_path / "a", person("Ada")), Machine(tmp_path / "m", person("Mallory"))
    remote = bare(tmp_path / "remote.git")
    ada.say("agree", "first")
    ada.sync(remote)
    tip = ada.log.repository.ref(ADAS)
    content = NEWER.format(who="ada@example.org", previous=tip).encode()
    push(mallory, remote, content, (tip,), "253402300799 +0000")
    assert ADAS in ada.sync().refused
    ada.say("agree", "second")
    assert [o.reason for o in ada.read()] == ["first", "second"]


def test_a_key_that_was_ended_cannot_change_the_keys_by_dating_back(trio: tuple[Machine, Machine, Machine, Path]) -> None:
    ada, bo, mallory, remote = trio
    with ada.used():
        change_keys(ada.log, ada.person, "revoke", lambda ring: ring.revoked("bo@example.org", int(time.time()) - 10))
    ada.sync()
    bo.sync()
    there, parent = Repository(remote), Repository(remote).ref(KEYS)
    assert mallory.key
    stolen = ssh_key("ada@example.org", mallory.key.with_suffix(".pub").read_text())
    with bo.used():
        tree = there.tree_of(load_ring(bo.log).added(stolen).files())
        back = {f"GIT_{who}_DATE": f"{int(time.time()) - 3600} +0000" for who in ("AUTHOR", "COMMITTER")}
        forged = there.run("commit-tree", tree, "-p", parent, "-S", "-m", "x", env=back).strip()
    there.run("update-ref", KEYS, forged)
    assert "before the change it follows" in ada.sync().refused[KEYS]
    assert ada.log.repository.ref(KEYS) == parent


def test_keys_beside_the_one_that_was_named_are_asked_about(tmp_path: Path, config: Config, run: Run) -> None:
    ada, mallory = (Machine(tmp_path / n, person(n), make_key(tmp_path / "keys", n)) for n in ("Ada", "Mallory"))
    assert ada.key
    with ada.used():
        named, _ = own_key("ada@example.org")
    with mallory.used():
        mine = replace(own_key("mallory@example.org")[0], email="ada@example.org")
        change_keys(mallory.log, mallory.person, "start", lambda ring: ring.added(mine).added(named))
    remote = bare(tmp_path / "remote.git")
    mallory.sync(remote)
    assert run("opinion", "sync", str(remote)).code == 1
    outcome = run("opinion", "keys", "trust", named.fingerprint)
    assert outcome.code == 2
    assert mine.fingerprint in outcome.err
    assert load_ring(OpinionLog(config.paths.opinions)).keys == ()


def test_a_revocation_is_not_lost_where_the_revoked_was_faster(trio: tuple[Machine, Machine, Machine, Path]) -> None:
    ada, bo, _, _ = trio
    with ada.used():
        change_keys(ada.log, ada.person, "revoke", lambda ring: ring.revoked("bo@example.org", int(time.time())))
    ours = ada.log.repository.ref(KEYS)
    with bo.used():
        change_keys(bo.log, bo.person, "revoke", lambda ring: ring.revoked("ada@example.org", int(time.time()) - 100))
    bo.sync()
    assert "cannot be made again" in ada.sync().refused[KEYS]
    assert ada.log.repository.ref(KEYS) == ours
    assert ada.sync().refused[KEYS]


def test_a_slip_in_a_log_does_not_cut_off_what_its_reviewer_says_after(trio: tuple[Machine, Machine, Machine, Path]) -> None:
    ada, bo, _, _ = trio
    with ada.used():  # as a machine does that does not know the keys
        from datetime import UTC, datetime

        from triage.opinion.record import Draft, new_id, write_record

        tip = ada.log.repository.ref(ADAS)
        record = write_record(Draft(ada.person, "agree", TARGET, "slip"), new_id(datetime.now(UTC), b"0" * 10), tip)
        ada.log.repository.move(ADAS, ada.log.write(record, tip, ada.person, "agree", False), tip)
    ada.sync()
    assert ADAS in bo.sync().refused
    ada.say("disagree", "after")
    ada.sync()
    assert bo.sync().refused == {}
    assert [(o.reason, o.signed) for o in bo.read()] == [("first", "good"), ("slip", "bad"), ("after", "good")]


def test_one_odd_ref_stops_nobody_else(trio: tuple[Machine, Machine, Machine, Path]) -> None:
    ada, bo, _, remote = trio
    there = Repository(remote)
    blob = there.run("hash-object", "-w", "--stdin", stdin=b"x").strip()
    for ref in (ref_of("eve@example.com"), ref_of("bo@example.org"), KEYS):
        there.run("update-ref", ref, blob)
    ada.say("agree", "second")
    ada.sync()
    result = bo.sync()
    assert result.refused[ref_of("eve@example.com")] == "it points to something that is no record"
    assert [o.reason for o in bo.read()] == ["first", "second"]


def test_one_damaged_object_stops_nobody_else(trio: tuple[Machine, Machine, Machine, Path]) -> None:
    ada, bo, _, remote = trio
    there = Repository(remote)
    tree = there.tree_of({"m": b"x"})
    broken = f"tree {tree}\nauthor x <x@example.com> 1 +0000\n\nno committer\n".encode()
    commit = there.run("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=broken).strip()
    there.run("update-ref", ref_of("eve@example.com"), commit)
    ada.say("agree", "second")
    ada.sync()
    bo.sync()
    assert [o.reason for o in bo.read()] == ["first", "second"]


def test_a_backup_brings_no_trust_and_no_foreign_ref(tmp_path: Path, config: Config, run: Run) -> None:
    ada, mallory = (Machine(tmp_path / n, person(n), make_key(tmp_path / "keys", n)) for n in ("Ada", "Mallory"))
    ada.say("agree", "mine", sign=False)
    with mallory.used():
        key = replace(own_key("mallory@example.org")[0], email="ada@example.org")
        change_keys(ada.log, mallory.person, "start", lambda ring: ring.added(key))
    ada.log.repository.run("update-ref", "refs/opinions/zz/log", ADAS)
    ada.log.repository.run("bundle", "create", "--quiet", str(tmp_path / "b"), KEYS, ADAS, "refs/opinions/zz/log")
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        tar.add(tmp_path / "b", "opinions.bundle")
    outcome = run("db", "restore", str(tmp_path / "x.tar"))
    assert outcome.code == 0
    log = OpinionLog(config.paths.opinions)
    assert list(log.tips()) == [ADAS]
    assert "nobody here has accepted" in outcome.out
    assert "refs/opinions/zz/log: refused" in outcome.out


@pytest.mark.parametrize(("name", "content"), [("config.toml", b"x = ["), ("personal.db", b"garbage"), ("archives.json", b"{")])
def test_a_damaged_part_of_a_backup_is_left_out(tmp_path: Path, config: Config, run: Run, name: str, content: bytes) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        parts = {"archives.json": b'{"schema": 1, "lists": []}', f"config/{name}" if name == "config.toml" else name: content}
        for part, data in parts.items():
            entry = tarfile.TarInfo(part)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    assert "damaged and was left out" in run("db", "restore", str(tmp_path / "x.tar")).out
    assert run("doctor").code == 0


@pytest.mark.parametrize("name", ["x.tar.xz", "x.tar.gz"])
def test_a_packed_backup_is_none(tmp_path: Path, run: Run, name: str) -> None:
    with tarfile.open(tmp_path / name, f"w:{name[-2:]}") as tar:
        entry = tarfile.TarInfo("archives.json")
        entry.size = 10_000_000
        tar.addfile(entry, io.BytesIO(b" " * 10_000_000))
    assert run("db", "restore", str(tmp_path / name)).code == 78


# records that others read ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def one_patch(config: Config, inbox: Inbox, run: Run) -> Config:
    inbox.add(
        mail(patch_body("Not signed.\n\n"), key="a"),
        mail(patch_body("Not signed.\n\n", diff=DIFF.replace("widget.c", "b.c")), key="b", subject="[PATCH] b: x"),
    )
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    ingest(config, load_lists(config.paths))
    return config


def forge(config: Config, who: Person, change: dict[str, str], kind: str = "agree") -> None:
    """Write a record whose fields are as given, unsigned, at the end of somebody's log."""
    from datetime import UTC, datetime

    from triage.opinion.record import Draft, new_id, write_record

    log = OpinionLog(config.paths.opinions)
    with log.repository.held():
        tip = log.repository.ref(ref_of(who.email))
        content = write_record(Draft(who, "agree", TARGET, "x"), new_id(datetime.now(UTC), who.email.encode()[:10].ljust(10)), tip)
        for name, value in {"Verdict": kind, **change}.items():
            line = f"{name}: {value}".encode()
            content = re.sub(rb"(?m)^%s: .*$" % name.encode(), line, content) if f"\n{name}:".encode() in content else content.replace(
                b"Previous:", line + b"\nPrevious:", 1)  # fmt: skip
        log.repository.run("update-ref", ref_of(who.email), log.write(content, tip, who, "x", False))


def test_a_line_of_many_digits_stops_no_command(one_patch: Config, run: Run) -> None:
    forge(one_patch, CORA, {"Line": "9" * 5000, "Target-Message": "a@example.org"})
    for words in (("opinion", "list"), ("opinion", "log", "--json"), ("findings",), ("report",), ("opinion", "list", "a@example.org")):
        assert run(*words).code == 0, words


def test_a_merge_that_names_a_mail_of_nowhere_stops_no_ingest(one_patch: Config, run: Run) -> None:
    zeros = "0" * 64
    forge(one_patch, CORA, {"Target-Message": "nowhere@example.org",
                            "With": f"a@example.org sha256:{zeros} b@example.org sha256:{zeros}"}, "merge")  # fmt: skip
    assert run("ingest").code == 0
    assert run("db", "rebuild").code == 0


def test_corrections_without_a_good_signature_have_no_effect_once_there_are_keys(one_patch: Config, run: Run, isolated: Path) -> None:
    rows = [json.loads(line) for line in run("list", "--json").out.splitlines()]
    with closing(refreshed(one_patch)) as connection:
        targets = dict(connection.execute("select message_id, target from message").fetchall())
    key = make_key(isolated / "keys", "ada")
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[user]\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    assert run("opinion", "keys", "add").code == 0
    forge(one_patch, CORA, {"Target-Message": "a@example.org", "Target-Content": f"sha256:{targets['a@example.org']}",
                            "With": f"b@example.org sha256:{targets['b@example.org']}"}, "merge")  # fmt: skip
    assert run("ingest").code == 0
    assert len(run("list", "--json").out.splitlines()) == len(rows) == 2


def test_text_that_is_no_utf8_is_written_as_well_as_can_be(one_patch: Config, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    give_opinion(one_patch, "a@example.org", "agree", "DCO001", said=Said("bytes \udcff", ai_assisted="x\udcff"))
    with closing(refreshed(one_patch)) as connection:
        assert connection.execute("select count(*) from opinion where signed != 'bad'").fetchone() == (1,)


def test_what_was_typed_about_one_thing_does_not_replace_what_was_typed_about_another(one_patch: Config, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    from triage.model.errors import UsageError
    from tui.session import Session

    session = Session(one_patch)
    session.keep_draft("opinion:a@example.org", json.dumps({"kind": "agree", "reason": "in the form"}))
    give_opinion(one_patch, "a@example.org", "agree", "DCO001", "something else")
    assert kept_draft(one_patch, "a@example.org")["reason"] == "in the form"
    with pytest.raises(UsageError):
        give_opinion(one_patch, "a@example.org", "agree", "AI001", "not lost")
    assert kept_draft(one_patch, "a@example.org")["reason"] == "not lost"


# the rule of second opinions ---------------------------------------------------------------------------------------------------------------


def test_deciding_again_makes_nobody_else_the_first_decider() -> None:
    records = [said(CORA, "waive", "1", about=AI), said(DAN, "confirm", "2", about=AI, time="2026-01-02T00:00:00Z"),
               said(CORA, "waive", "3", about=AI, time="2026-01-03T00:00:00Z"), said(CORA, "agree", "4", about=AI)]  # fmt: skip
    assert weigh(records, demand()).statuses["f1"] is not Status.MET


def test_a_false_time_frees_nobody_from_having_decided() -> None:
    records = [said(CORA, "waive", "1", about=AI, time="2030-01-01T00:00:00Z"), said(DAN, "dismiss", "2", about=AI, time="1999-01-01T00:00:00Z"),
               said(CORA, "agree", "3", about=AI)]  # fmt: skip
    assert weigh(records, demand()).statuses["f1"] is not Status.MET


def test_aliases_of_the_decider_are_the_decider() -> None:
    people = People(by_email={"cora@home.example": CORA})
    records = [said(CORA, "waive", "1", about=AI), said(Person("C", "cora@home.example"), "agree", "2", about=AI)]
    assert weigh(records, replace(demand(), voices=(ProjectContext("pack", people),))).statuses == {"f1": Status.OPEN}


def test_tagged_addresses_are_one_person() -> None:
    records = [said(CORA, "agree", "1", about=AI), said(Person("Cora", "cora+2@example.org"), "agree", "2", about=AI)]
    assert weigh(records, demand(needs=2)).statuses == {"f1": Status.OPEN}


def test_a_name_or_a_like_host_gives_no_role() -> None:
    people = People(areas=(Area("w", "maintainer", (Person("Cora Example", ""), Person("D", "dan@example.org")), (), ()),))
    scene = replace(demand(role="maintainer"), voices=(ProjectContext("pack", people),))
    for who in (Person("Cora Example", "mallory@example.com"), Person("D", "dan@evil.example.org")):
        assert weigh([said(who, "agree", "1", about=AI)], scene).statuses == {"f1": Status.OPEN}


def test_a_finding_is_weighed_by_the_project_that_raised_it() -> None:
    mine = People(areas=(Area("w", "maintainer", (CORA,), (), ()),))
    voices = (ProjectContext("another"), ProjectContext("pack", mine))
    scene = replace(demand(role="maintainer"), voices=voices)
    assert weigh([said(DAN, "agree", "1", about=AI)], scene).statuses == {"f1": Status.OPEN}
    assert weigh([said(CORA, "agree", "1", about=AI)], scene).statuses == {"f1": Status.MET}


def test_a_withdrawn_request_bars_nobody_and_an_untrusted_answer_closes_none() -> None:
    request = said(CORA, "ask", "1", about=AI, To="dan@example.org")
    withdrawn = [request, said(CORA, "withdraw", "2", replaces="1"), said(CORA, "agree", "3", about=AI)]
    assert weigh(withdrawn, demand(distinct_from=("requester",))).statuses == {"f1": Status.MET}
    answered = [request, said(DAN, "agree", "2", about=AI, signed="bad", Answers="1")]
    assert weigh(answered, demand()).totals["asked"] == 1


def test_remarks_on_lines_stand_beside_a_verdict() -> None:
    records = [said(CORA, "agree", "1"), replace(said(CORA, "unsure", "2", Line="3"), slot="remark 3"),
               replace(said(CORA, "unsure", "3", Line="4"), slot="remark 4")]  # fmt: skip
    outcome = weigh(records, SCENE)
    assert {stand.state.value for stand in outcome.stands} == {"counts"}
    assert (outcome.totals["agree"], outcome.totals["unsure"]) == (1, 0)


# through the whole product -----------------------------------------------------------------------------------------------------------------

DEMANDING = """
[policy]
id = "demanding"

[[rule]]
id = "two"
kind = "second-opinion"
needs = 1
severity = "ask"
"""


def version(v: int, n: int, diff: str, total: int = 2) -> bytes:
    tag = f"v{v} " if v > 1 else ""
    thread = {"In_Reply_To": f"<v{v}-1@example.org>"} if n > 1 else {}
    return mail(patch_body(f"Step {n}.\n\n{SOB}", diff=diff), key=f"v{v}-{n}", subject=f"[PATCH {tag}{n}/{total}] widget: step {n}",
                date=f"Mon, 02 Mar 2026 09:{10 * v + n}:00 +0000", **thread)  # fmt: skip


@pytest.fixture
def demanding(config: Config, inbox: Inbox, run: Run, isolated: Path) -> Inbox:
    config.paths.policies.mkdir(parents=True)
    (config.paths.policies / "demanding.toml").write_text(DEMANDING)
    inbox.add(version(1, 1, DIFF), version(1, 2, DIFF.replace("widget.c", "b.c")))
    assert run("add", "widgets", str(inbox.path), "--policy", "demanding").code == 0
    ingest(config, load_lists(config.paths))
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    give_opinion(config, "v1-1@example.org", "agree", "AI012", "Looked.")
    assert status(run, "v1-1") == "met"
    return inbox


def status(run: Run, key: str) -> str:
    rows = [json.loads(line) for line in run("findings", f"id:{key}@example.org", "--json").out.splitlines()]
    return str(next(row["status"] for row in rows if row["code"] == "AI012"))


MOVED = "@@ -41,3 +41,3 @@"


@pytest.mark.parametrize(("first", "second", "stands"), [
    (DIFF.replace("@@ -1,3 +1,3 @@", MOVED), DIFF.replace("widget.c", "b.c"), "met"),
    (DIFF, DIFF.replace("widget.c", "b.c").replace("return 1", "backdoor()"), "open"),
    (DIFF.replace("\treturn 1", "\t return 1"), DIFF.replace("widget.c", "b.c"), "open"),
])  # fmt: skip
def test_agreement_to_a_series_carries_only_where_all_of_it_is_the_same(
    demanding: Inbox, config: Config, run: Run, first: str, second: str, stands: str
) -> None:
    demanding.add(version(2, 1, first), version(2, 2, second))
    ingest(config, load_lists(config.paths))
    assert status(run, "v2-1") == stands


def test_a_cover_that_comes_late_changes_nothing_and_a_patch_makes_it_outdated(demanding: Inbox, config: Config, run: Run) -> None:
    give_opinion(config, "v1-1@example.org", "agree", "", "All of it.")
    demanding.add(mail("About.\n", key="v1-0", subject="[PATCH 0/2] widget: steps", date="Mon, 02 Mar 2026 09:10:00 +0000"))
    ingest(config, load_lists(config.paths))
    rows = [json.loads(line) for line in run("list", "--json").out.splitlines()]
    counts = {row["series"]: row["opinions"]["agree"] for row in rows}
    assert max(counts.values()) == 2
    assert status(run, "v1-1") == "met"


def test_a_patch_that_comes_late_makes_an_opinion_on_the_whole_outdated_not_gone(
    config: Config, inbox: Inbox, run: Run, isolated: Path
) -> None:
    inbox.add(version(1, 1, DIFF, 3), version(1, 2, DIFF.replace("widget.c", "b.c"), 3))
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    ingest(config, load_lists(config.paths))
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    give_opinion(config, "v1-1@example.org", "agree", "", "All of it.")
    inbox.add(version(1, 3, DIFF.replace("widget.c", "c.c"), 3))
    ingest(config, load_lists(config.paths))
    (row,) = [json.loads(line) for line in run("opinion", "list", "v1-1@example.org", "--json").out.splitlines()]
    assert (row["state"], row["why"]) == ("outdated", "given when the series had other mails")


def test_removing_a_list_leaves_nothing_of_what_was_said_about_it(demanding: Inbox, config: Config, run: Run) -> None:
    remove_list(config, "widgets")
    with closing(refreshed(config)) as connection:
        assert connection.execute("select count(*) from standing").fetchone() == (0,)
        assert connection.execute("select count(*) from opinion").fetchone() == (1,)


def test_verify_reads_git_and_not_the_index(demanding: Inbox, config: Config, run: Run) -> None:
    import sqlite3

    with closing(sqlite3.connect(config.paths.index)) as connection:
        connection.execute("update opinion set reason = 'forged words'")
        connection.commit()
    outcome = run("opinion", "verify")
    assert outcome.code == 1
    assert "the index says something else of it" in outcome.err


def test_what_another_process_queued_is_not_forgotten(demanding: Inbox, config: Config) -> None:
    from triage.opinion.index import settle_standing
    from triage.store.opinions import forget_unsettled, unsettled

    with closing(refreshed(config)) as connection:
        connection.execute("insert into unsettled select id from series")
        forget_unsettled(connection)
        assert len(unsettled(connection, 10)) == 1
        settle_standing(connection, ProjectContext)
        assert unsettled(connection, 10) == []


def test_revealing_a_carried_opinion_is_recorded(demanding: Inbox, config: Config, run: Run, isolated: Path) -> None:
    demanding.add(version(2, 1, DIFF.replace("@@ -1,3 +1,3 @@", MOVED)), version(2, 2, DIFF.replace("widget.c", "b.c")))
    ingest(config, load_lists(config.paths))
    (isolated / "gitconfig").write_text("[user]\n\tname = Dan Example\n\temail = dan@example.org\n")
    assert "Looked." not in run("opinion", "list", "v2-1@example.org").out
    assert "Looked." in run("opinion", "list", "v2-1@example.org", "--reveal").out
    assert run("opinion", "give", "v2-1@example.org", "agree", "--finding", "AI012").code == 0
    rows = [json.loads(line) for line in run("opinion", "list", "v2-1@example.org", "--json").out.splitlines()]
    assert [row["revealed"] for row in rows if row["reviewer"]["email"] == "dan@example.org"] == [True]


def test_asking_does_not_show_what_others_said(demanding: Inbox, config: Config, run: Run, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("[user]\n\tname = Dan Example\n\temail = dan@example.org\n")
    assert run("opinion", "ask", "v1-1@example.org", "eva@example.org", "--finding", "AI012", "-m", "And you?").code == 0
    assert "Looked." not in run("opinion", "list", "v1-1@example.org").out


def test_an_address_that_keys_cannot_hold_is_refused_before_it_is_one(config: Config, run: Run, isolated: Path) -> None:
    key = make_key(isolated / "keys", "odd")
    (isolated / "gitconfig").write_text(
        f"[user]\n\tname = X\n\temail = what?ever@example.org\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n"
    )
    assert run("opinion", "keys", "add").code == 2
    assert run("opinion", "keys", "list").code == 0
    (isolated / "gitconfig").write_text('[user]\n\tname = X\n\temail = "o,c@example.org"\n')
    with pytest.raises(ConfigError):
        append(OpinionLog(config.paths.opinions), replace_reviewer())


def replace_reviewer() -> object:  # type: ignore[type-arg]
    from triage.opinion.record import Draft

    return Draft(Person("X", "o,c@example.org"), "agree", TARGET, "x")


def test_a_mistyped_remote_is_not_remembered(config: Config, run: Run, tmp_path: Path) -> None:
    assert run("opinion", "sync", str(tmp_path / "wrong.git")).code == 75
    remote = bare(tmp_path / "right.git")
    assert run("opinion", "sync", "right.git").code == 0
    assert run("opinion", "sync").code == 0
    urls = subprocess.run(
        ["git", f"--git-dir={config.paths.opinions}", "config", "--get-regexp", "url"], capture_output=True, text=True, check=True
    )
    assert urls.stdout.split() == ["remote.origin.url", str(remote)]
