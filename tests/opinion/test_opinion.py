# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Second opinions: records in git that outlive the index, chained, signed where there is a key, bound to content."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Run
from tests.reviewers import TARGET
from triage.admin.lists import add_list, remove_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild
from triage.model import MessageId, Person
from triage.model.errors import ConfigError, UsageError
from triage.model.opinion import FindingRef, Record
from triage.opinion.give import give_opinion, withdraw
from triage.opinion.index import read_log, refreshed
from triage.opinion.keyring import in_force
from triage.opinion.log import OpinionLog
from triage.opinion.person import ask_ahead, reviewer
from triage.opinion.record import _ALWAYS, _LAST, Draft, read_record, write_record
from triage.opinion.refs import KEYS, slug
from triage.opinion.standing import standing
from triage.opinion.target import opinion_target
from triage.query.opinions import stands
from triage.store.listed import findings
from triage.store.queries import find_series
from triage.store.schema import open_index

ADA, BO = Person("Ada Example", "ada@example.org"), Person("Bo Sample", "bo@example.org")


def as_bo(home: Path) -> None:
    (home / "gitconfig").write_text("[user]\n\tname = Bo Sample\n\temail = bo@example.org\n")


def read_all(log: OpinionLog) -> list[Record]:
    return [o for ref, tip in log.tips().items() if ref != KEYS for o in read_log(log, ref, tip, "", in_force(log), {})]


def statuses(config: Config, name: str) -> dict[str, str]:
    with closing(open_index(config.paths.index)) as connection:
        return {item.code: item.status for item in findings(connection, find_series(connection, name))}


def test_an_opinion_is_kept_in_git_and_survives_the_index(demo: Config) -> None:
    record = give_opinion(demo, "unsigned@example.org", "agree", "DCO001", "Asked for it.")
    demo.paths.index.unlink()
    rebuild(demo)
    with closing(refreshed(demo)) as connection:
        (kept,) = stands(connection, "unsigned@example.org")
        assert connection.execute("select agree from series where message_id = 'unsigned@example.org'").fetchone()[0] == 1
    assert (kept.record.id, kept.record.kind, kept.record.reason, kept.record.signed) == (record, "agree", "Asked for it.", "unsigned")


def test_who_gives_opinions_is_the_last_that_git_was_told_and_nobody_without_git(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (isolated / "gitconfig").write_text(
        "[user]\n\tname = Ada Example\n\temail = ada@example.org\n[user]\n\temail = ada@example.com\n\tname\n"
    )
    assert reviewer() == ask_ahead()() == Person("", "ada@example.com")
    monkeypatch.setenv("PATH", str(isolated))
    with pytest.raises(ConfigError, match="git cannot be run"):
        ask_ahead()()


def test_a_record_is_a_mail_with_all_that_matters_in_its_body(demo: Config) -> None:
    give_opinion(demo, "unsigned@example.org", "agree", "DCO001", "Why: because.\nNot: a field")
    (ref,) = OpinionLog(demo.paths.opinions).tips()
    text = subprocess.run(
        ["git", f"--git-dir={demo.paths.opinions}", "cat-file", "-p", f"{ref}:m"], capture_output=True, text=True, check=True
    ).stdout
    head, _, body = text.partition("\n\n")
    assert "From: Ada Example <ada@example.org>" in head.replace('"', "")
    fields = [line.partition(":")[0] for line in body.partition("\n\n")[0].splitlines()]
    assert fields == [
        "Opinion", "Verdict", "Target-Message", "Target-Blob", "Target-Content", "Target-Patch-Id", "Target-Carry", "Series",
        "Series-Fingerprint", "Finding", "Previous", "Time", "Reviewer",
    ]  # fmt: skip
    import socket

    assert socket.gethostname() not in text
    assert str(demo.paths.data) not in text


def test_records_of_one_reviewer_are_chained_in_one_ref(demo: Config) -> None:
    for verdict in ("agree", "unsure", "agree"):
        give_opinion(demo, "unsigned@example.org", verdict, "DCO001")
    log = OpinionLog(demo.paths.opinions)
    assert list(log.tips()) == [f"refs/opinions/{slug('ada@example.org')}/log"]
    records = read_all(log)
    assert [r.fields["Previous"] for r in records] == ["0", records[0].commit, records[1].commit]
    with closing(open_index(demo.paths.index)) as connection:
        assert connection.execute("select agree, unsure from series where message_id = 'unsigned@example.org'").fetchone() == (1, 0)


def test_decisions_of_people_give_a_finding_its_status(demo: Config, isolated: Path) -> None:
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "open"}
    give_opinion(demo, "unsigned@example.org", "agree", "DCO001")
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "open"}
    mine = give_opinion(demo, "unsigned@example.org", "dismiss", "DCO001", "It was in the attachment.")
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "dismissed"}
    as_bo(isolated)
    give_opinion(demo, "unsigned@example.org", "confirm", "DCO001")
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "disputed"}
    with pytest.raises(UsageError, match="not a record of yours"):
        withdraw(demo, mine)
    (isolated / "gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n")
    withdraw(demo, mine)
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "confirmed"}


def test_a_dismissed_finding_is_no_flag_any_more(demo: Config) -> None:
    give_opinion(demo, "unsigned@example.org", "dismiss", "DCO001", "Seen.")
    with closing(open_index(demo.paths.index)) as connection:
        assert connection.execute("select error from series where message_id = 'unsigned@example.org'").fetchone()[0] == 0
    ingest(demo, load_lists(demo.paths))
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "dismissed"}


def test_opinions_come_back_with_their_list(demo: Config) -> None:
    give_opinion(demo, "unsigned@example.org", "dismiss", "DCO001", "Seen.")
    spec = next(spec for spec in load_lists(demo.paths) if spec.name == "widgets")
    remove_list(demo, "widgets")
    add_list(demo, "widgets", tuple(str(place.path) for place in spec.places), spec.policy, spec.url)
    ingest(demo, load_lists(demo.paths))
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "dismissed"}


def test_an_opinion_may_be_given_by_the_findings_id_alone(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        (item,) = findings(connection, find_series(connection, "unsigned@example.org"))
    give_opinion(demo, item.id, "confirm")
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "confirmed"}


def test_opinions_are_bound_to_content_not_to_ids(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        series = opinion_target(connection, "teapot-v1-0@example.org")
        patch = opinion_target(connection, "teapot-v1-2@example.org")
        newer = opinion_target(connection, "teapot-v2-2@example.org")
    assert series.content == series.fingerprint
    assert patch.content not in {series.content, newer.content}
    assert patch.patch_id == newer.patch_id != ""


@pytest.mark.parametrize(
    ("verdict", "finding", "reason", "words"),
    [("disagree", "DCO001", "", "needs a reason"), ("yes", "DCO001", "", "not a verdict"), ("confirm", "", "", "decides a finding"),
     ("agree", "AI001", "", "names no finding")],
)  # fmt: skip
def test_an_opinion_that_says_too_little_is_not_written(demo: Config, verdict: str, finding: str, reason: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        give_opinion(demo, "unsigned@example.org", verdict, finding, reason)
    assert OpinionLog(demo.paths.opinions).tips() == {}


def test_without_an_identity_nothing_is_written(demo: Config, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("")
    with pytest.raises(ConfigError, match=r"user\.email"):
        give_opinion(demo, "unsigned@example.org", "agree")


def test_with_a_signing_key_records_are_signed_and_git_verifies_them(demo: Config, isolated: Path) -> None:
    key = isolated / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    allowed = isolated / "allowed"
    allowed.write_text(f"ada@example.org {key.with_suffix('.pub').read_text()}")
    with (isolated / "gitconfig").open("a") as file:
        file.write(f'[user]\n\tsigningkey = {key}\n[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tallowedSignersFile = {allowed}\n')
    give_opinion(demo, "unsigned@example.org", "agree", "DCO001")
    (tip,) = OpinionLog(demo.paths.opinions).tips().values()
    done = subprocess.run(["git", f"--git-dir={demo.paths.opinions}", "verify-commit", tip], capture_output=True, text=True, check=True)
    assert 'Good "git" signature for ada@example.org' in done.stderr
    (record,) = read_all(OpinionLog(demo.paths.opinions))
    assert record.signed == "unverified"
    give_opinion(demo, "unsigned@example.org", "unsure", "DCO001", sign=False)
    assert [r.signed for r in read_all(OpinionLog(demo.paths.opinions))] == ["unverified", "unsigned"]


def test_a_key_that_cannot_sign_writes_nothing_and_says_so(demo: Config, isolated: Path) -> None:
    with (isolated / "gitconfig").open("a") as file:
        file.write("[user]\n\tsigningkey = /nowhere/key\n[gpg]\n\tformat = ssh\n")
    with pytest.raises(ConfigError, match="--unsigned"):
        give_opinion(demo, "unsigned@example.org", "agree", "DCO001")
    assert OpinionLog(demo.paths.opinions).tips() == {}


def put(log: OpinionLog, ref_of: str, content: bytes, parent: str = "") -> None:
    """Write a record as somebody with push access could."""
    with log.repository.held():
        commit = log.write(content, parent, Person("", "mallory@example.com"), "x", sign=False)
        log.repository.run("update-ref", f"refs/opinions/{slug(ref_of)}/log", commit)


@pytest.mark.parametrize("forgery", ["other ref", "wrong previous", "from differs", "two froms", "no mail", "unknown schema", "huge"])
def test_a_forged_record_never_counts(forgery: str, demo: Config) -> None:
    log = OpinionLog(demo.paths.opinions)
    with closing(open_index(demo.paths.index)) as connection:
        target = opinion_target(connection, "unsigned@example.org", "DCO001")
    good = write_record(Draft(ADA, "dismiss", target, "x"), MessageId("r@opinion.invalid"), "")
    content = {
        "other ref": good, "wrong previous": good.replace(b"Previous: 0", b"Previous: " + b"1" * 40),
        "from differs": good.replace(b"Reviewer: ada@", b"Reviewer: bo@"), "two froms": b"From: bo@example.org\n" + good, "no mail": b"\x00\xff",
        "unknown schema": good.replace(b"Opinion: 1", b"Opinion: 9"), "huge": good + b"x" * 70_000,
    }[forgery]  # fmt: skip
    put(log, "bo@example.org" if forgery in {"other ref", "from differs"} else "ada@example.org", content)
    with closing(refreshed(demo)):
        pass
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "open"}


def test_the_same_record_unforged_does_count(demo: Config) -> None:
    log = OpinionLog(demo.paths.opinions)
    with closing(open_index(demo.paths.index)) as connection:
        target = opinion_target(connection, "unsigned@example.org", "DCO001")
    put(log, "ada@example.org", write_record(Draft(ADA, "dismiss", target, "x"), MessageId("r@opinion.invalid"), ""))
    with closing(refreshed(demo)):
        pass
    assert statuses(demo, "unsigned@example.org") == {"DCO001": "dismissed"}


@pytest.mark.parametrize(
    "head",
    [
        "Message-ID: <",
        "Message-ID: <a@[>",
        "From: a@[",
        "From: " + "(" * 3000,
        "From: =?utf-8?q?=0d=0a?= <a@b>",
        "Content-Type: multipart/mixed; boundary=x",
    ],
)
def test_hostile_headers_never_stop_the_reading_of_a_log(head: str) -> None:
    good = write_record(Draft(ADA, "agree", TARGET, "x"), MessageId("r@opinion.invalid"), "")
    name = head.partition(":")[0]
    content = b"\n".join(line for line in good.split(b"\n") if not line.startswith(name.encode()))
    found = read_record(head.encode() + b"\n" + content, "c", "unsigned")
    assert found.signed in {"bad", "unsigned"}


@pytest.mark.parametrize(
    "change",
    [(b"Message-ID: <", b"Message-ID: <\xff\xfe"), (b"From: ", b"From: \xff"), (b"Verdict: dismiss", b"Verdict: \x1b[2J"),
     (b"Time: ", b"Time: \x9b31m"), (b"Reviewer: ", b"Reviewer: \xed\xb2\x80"), (b"Series: v1", b"Series: \xe2\x80\xae")],
)  # fmt: skip
def test_a_hostile_record_is_kept_and_shown_without_steering_a_terminal(demo: Config, run: Run, change: tuple[bytes, bytes]) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        target = opinion_target(connection, "unsigned@example.org", "DCO001")
    good = write_record(Draft(ADA, "dismiss", target, "x\x1b]0;owned\x07"), MessageId("r@opinion.invalid"), "")
    put(OpinionLog(demo.paths.opinions), "ada@example.org", good.replace(*change))
    for words in (("opinion", "log"), ("opinion", "list"), ("opinion", "list", "unsigned@example.org"), ("opinion", "verify"),
                  ("report", "--format", "md"), ("opinion", "list", "--json")):  # fmt: skip
        outcome = run(*words)
        assert outcome.code in {0, 1}, outcome.err
        assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(outcome.out + outcome.err)


def test_nobody_can_erase_or_hide_anothers_opinion(demo: Config) -> None:
    mine = give_opinion(demo, "unsigned@example.org", "dismiss", "DCO001", "Mine.")
    log = OpinionLog(demo.paths.opinions)
    with closing(open_index(demo.paths.index)) as connection:
        target = opinion_target(connection, "unsigned@example.org", "DCO001")
    other = Person("Aaa", "aaa@example.org")
    put(log, "aaa@example.org", write_record(Draft(other, "agree", target, "same id"), mine, ""))
    mallory = Person("Mallory", "mallory@example.com")
    put(log, "mallory@example.com", write_record(Draft(mallory, "withdraw", target, replaces=mine), MessageId("w@opinion.invalid"), ""))
    with closing(refreshed(demo)) as connection:
        (item,) = findings(connection, find_series(connection, "unsigned@example.org"))
    assert item.status == "dismissed"
    assert {(one.record.kind, one.record.reviewer.email) for one in item.opinions} == {
        ("dismiss", "ada@example.org"),
        ("agree", "aaa@example.org"),
    }


@pytest.mark.parametrize("text", ["x\nReviewer: bo@example.org", "Ünï côde 日本", "\x1b[2J", "From here\n.\n", "-- \nsig", "a" * 5000])
def test_any_reason_comes_back_as_it_was(text: str) -> None:
    record = read_record(write_record(Draft(ADA, "agree", TARGET, text), MessageId("r@opinion.invalid"), ""), "c", "unsigned")
    assert record.reason == text.strip()
    assert record.reviewer == ADA
    assert record.signed == "unsigned"


@pytest.mark.parametrize("evil", ["x\nBcc: eve@example.org", "x\r\n\r\nbody", "x\0y", 'a" <eve@example.org>, "b'])
def test_no_field_can_add_a_header(evil: str) -> None:
    person = Person(evil, "ada@example.org")
    target = replace(TARGET, title=evil, message_id=MessageId(evil), series=evil, finding=FindingRef(evil))
    content = write_record(Draft(person, "agree", target, "x", replaces=evil), MessageId("r@opinion.invalid"), "")
    head = content.partition(b"\n\n")[0].decode()
    names = [line.partition(":")[0] for line in head.splitlines() if not line.startswith((" ", "\t"))]
    assert set(names) <= {
        "From",
        "Date",
        "Message-ID",
        "Subject",
        "In-Reply-To",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }
    record = read_record(content, "c", "unsigned")
    assert record.reviewer.email == "ada@example.org"
    assert list(record.fields) == list(reversed([*_ALWAYS, "Replaces", *_LAST]))


def opinion(who: Person, kind: str, key: str, target: str = "t", finding: str = "f x", replaces: str = "") -> Record:
    return Record(
        id=MessageId(key), commit="c", reviewer=who, kind=kind, target=target, target_message=MessageId("m"), finding=FindingRef(finding),
        reason="", time="", signed="unsigned", replaces=replaces, slot="decision" if kind == "confirm" else "opinion",
    )  # fmt: skip


def test_the_last_record_of_each_reviewer_stands_and_nobody_overrules_another() -> None:
    records = [opinion(ADA, "agree", "1"), opinion(BO, "disagree", "2"), opinion(ADA, "unsure", "3"), opinion(ADA, "confirm", "4")]
    assert sorted(o.id for o in standing(records)) == ["2", "3", "4"]


def test_only_ones_own_record_can_be_withdrawn() -> None:
    records = [opinion(ADA, "agree", "1"), opinion(BO, "withdraw", "2", replaces="1")]
    assert [o.id for o in standing(records)] == ["1"]
    assert standing([*records, opinion(ADA, "withdraw", "3", replaces="1")]) == []


def test_slugs_differ_for_addresses_that_read_alike() -> None:
    assert slug("a+b@example.org") != slug("a-b@example.org")
    assert slug("Ada@Example.org") == slug("ada@example.org")
    assert not {"/", ".."} & set(slug("../../x@y"))


def test_the_notice_of_a_first_record_comes_with_the_record(demo: Config, run: Run) -> None:
    assert "first record" not in run("opinion", "give", "unsigned@example.org", "disagree").err  # which needs a reason
    assert "This is your first record: you speak as" in run("opinion", "give", "unsigned@example.org", "agree", "-m", "Fine.").err
    assert "first record" not in run("opinion", "give", "wide@example.org", "agree", "-m", "Fine.").err


def test_what_was_refused_and_then_said_is_no_longer_kept(demo: Config, run: Run) -> None:
    assert run("opinion", "give", "unsigned@example.org", "waive", "--finding", "AI009", "-m", "They met.").code == 2
    assert "was kept; --edit takes it up" in run("opinion", "give", "unsigned@example.org", "aggree").err
    assert run("opinion", "give", "unsigned@example.org", "agree", "-m", "They met.").code == 0
    assert "was kept" not in run("opinion", "give", "unsigned@example.org", "aggree").err
