# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of the keys as somebody whose key is trusted may make them by hand: what they could not say by the program is not followed."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Inbox, Run, mail, patch_body
from tests.opinion.test_bound import counted, joined, old_form, people, two
from tests.reviewers import TARGET, Machine, bare, make_key
from tests.reviewers import person as example
from triage.config import Config
from triage.model import Person
from triage.model.errors import ConfigError, KeysError, UsageError
from triage.opinion.keychain import load_ring
from triage.opinion.keylog import approve, pending_change, propose_change
from triage.opinion.keys import BEFORE, NOTHING, PEOPLE, THRESHOLD, KeyRing, read_ring, ssh_key
from triage.opinion.openpgp import Part, signer
from triage.opinion.refs import KEYS, ref_of, slug
from triage.opinion.repository import Repository

Files = dict[str, bytes]


def by_hand(machine: Machine, change: Callable[[Files], Files]) -> str:
    """Write a change of the keys that git alone could write, signed, and return its commit."""
    with machine.used(), machine.log.repository.held():
        there = machine.log.repository
        old = there.ref(KEYS)
        commit = there.commit(there.tree_of(change(load_ring(machine.log).files())), old, machine.person, "x", sign=True)
        there.run("update-ref", KEYS, commit)
    return commit


def pushed(machine: Machine, remote: Path, ref: str = KEYS) -> None:
    machine.log.repository.run("push", "-q", "--force", str(remote), ref)


def person_file(files: Files, email: str, change: Callable[[bytes], bytes]) -> Files:
    name = PEOPLE + slug(email)
    return files | {name: change(files[name])}


# what was said before there were keys ----------------------------------------------------------------------------------------------------


def test_only_the_first_keys_say_what_was_there_before_them(tmp_path: Path) -> None:
    ada, bo = people(tmp_path, "Ada", "Bo")
    remote = bare(tmp_path / "remote.git")
    assert ada.key
    assert bo.key
    old_form(ada, [ssh_key(one.person.email, one.key.with_suffix(".pub").read_text()) for one in (ada, bo) if one.key])
    ada.sync(remote)
    joined(remote, bo)
    cy = Machine(tmp_path / "cy", example("Cy"))
    cy.say("agree", "forged")
    forged = cy.log.tips()[ref_of("cy@example.org")]
    pushed(cy, remote, ref_of("cy@example.org"))
    by_hand(bo, lambda files: files | {BEFORE: f"{slug('cy@example.org')} {forged}\n".encode()})
    pushed(bo, remote)
    assert "what was said before is not what was written down" in ada.sync().refused[KEYS]
    assert counted(ada) == []


def test_records_that_a_change_of_the_keys_makes_worthless_are_told(run: Run, tmp_path: Path) -> None:
    ada, bo, remote = two(tmp_path)
    bo.say("agree", "one")
    bo.sync()
    ada.sync()
    run("opinion", "sync", str(remote))
    run("opinion", "keys", "trust", "--yes")
    assert run("opinion", "sync").code == 0
    fingerprint = load_ring(ada.log).of("bo@example.org")[0].fingerprint
    with ada.used():
        propose_change(ada.log, ada.person, "end", lambda ring: ring.revoked("bo@example.org", int(time.time())))
    by_hand(ada, lambda files: person_file(files, "bo@example.org", lambda text: text + f"# until {fingerprint} {NOTHING}\n".encode()))
    pushed(ada, remote)
    done = run("opinion", "sync")
    assert "1 record of bo@example.org that counted does so no more" in done.err


# lines -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False])
def test_a_key_that_is_ended_is_not_revived_by_a_second_line_of_it(tmp_path: Path, first: bool) -> None:
    ada, bo, remote = two(tmp_path)
    with ada.used():
        propose_change(ada.log, ada.person, "end", lambda ring: ring.revoked("bo@example.org", int(time.time()) - 60))
    ada.sync()
    assert bo.key
    live = KeyRing((ssh_key("bo@example.org", bo.key.with_suffix(".pub").read_text()),)).files()[PEOPLE + slug("bo@example.org")]
    by_hand(ada, lambda files: person_file(files, "bo@example.org", lambda text: live + text if first else text + live))
    pushed(ada, remote)
    assert "a key of bo@example.org is in them twice" in bo.sync().refused[KEYS]


@pytest.mark.parametrize(
    "mark", [NOTHING, "1" * 40, f"{NOTHING}\n# until SHA256:unknownunknownunknown {NOTHING}"]
)  # fmt: skip
def test_a_last_record_belongs_to_a_key_that_was_ended(tmp_path: Path, mark: str) -> None:
    ada, bo, remote = two(tmp_path)
    fingerprint = load_ring(bo.log).of("bo@example.org")[0].fingerprint
    by_hand(ada, lambda files: person_file(files, "bo@example.org", lambda text: text + f"# until {fingerprint} {mark}\n".encode()))
    pushed(ada, remote)
    assert "a last record of a key that was not ended" in bo.sync().refused[KEYS]


def test_a_key_twice_in_keys_of_the_first_form_cannot_be_read() -> None:
    blob = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
    line = f'bo@example.org namespaces="git" {blob}\n'
    ended = line.replace('"git"', '"git",valid-before="20260101"')
    with pytest.raises(KeysError, match=r"a key of bo@example\.org is in them twice"):
        read_ring({"allowed_signers": (ended + line).encode()})


# one person ------------------------------------------------------------------------------------------------------------------------------

SPELLINGS = ["bo+two@example.org", "bo@example.org.", "bo.@example.org", "b\u043e@example.org", "BO@EXAMPLE.ORG."]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_an_address_gets_no_key_of_its_own(tmp_path: Path, spelling: str) -> None:
    ada, bo, remote = two(tmp_path)
    other = ssh_key(spelling, make_key(tmp_path / "keys", "other").with_suffix(".pub").read_text())
    with ada.used(), pytest.raises(UsageError, match=r"is another spelling of bo@example\.org"):
        propose_change(ada.log, ada.person, "x", lambda ring: ring.added(other))
    line = KeyRing((other,)).files()[PEOPLE + slug(spelling)]
    by_hand(ada, lambda files: files | {PEOPLE + slug(spelling): line})
    pushed(ada, remote)
    assert "are spellings of one address" in bo.sync().refused[KEYS]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_two_spellings_of_one_address_are_one_person_for_a_threshold(spelling: str) -> None:
    pub = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
    keys = (ssh_key("bo@example.org", pub + "A" * 43), ssh_key(spelling, pub + "B" * 43))
    assert KeyRing(keys).people(0) == 1


# several must sign -----------------------------------------------------------------------------------------------------------------------


def test_a_change_in_force_elsewhere_arrives_though_a_change_of_ones_own_waits(tmp_path: Path) -> None:
    ada, bo, cy, dan = people(tmp_path, "Ada", "Bo", "Cy", "Dan")
    remote = bare(tmp_path / "remote.git")
    ada.start_keys()
    for one in (bo, cy):
        ada.add_key(one)
    with ada.used():
        propose_change(ada.log, ada.person, "threshold", lambda ring: replace(ring, threshold=2))
    ada.sync(remote)
    for one in (bo, cy):
        joined(remote, one)
    with bo.used():
        propose_change(bo.log, bo.person, "end", lambda ring: ring.revoked("cy@example.org", int(time.time()) - 1))
    bo.sync()
    ada.sync()
    with ada.used():
        approve(ada.log, ada.person)
    ada.sync()
    cy.add_key(dan)  # waits, and was sent to nobody
    dropped = cy.log.repository.ref(KEYS)
    result = cy.sync()
    assert not result.refused
    assert [key.before is not None for key in load_ring(cy.log).of("cy@example.org")] == [True]
    assert not pending_change(cy.log).pending
    assert any("is dropped" in line for line in result.notes)
    assert dropped in cy.log.repository.refs("refs/refused/here").values()
    assert cy.sync().refused == {}


def test_a_threshold_is_not_met_by_one_person_who_commits_under_two_spellings(tmp_path: Path) -> None:
    ada, bo, remote = two(tmp_path)
    two_of_bo = Person("Bo Example", "bo+two@example.org")
    by_hand(ada, lambda files: files | {THRESHOLD: b"2\n"})
    pushed(ada, remote)
    bo.sync()
    key = ssh_key("cy@example.org", make_key(tmp_path / "keys", "cy").with_suffix(".pub").read_text())
    with bo.used():
        assert propose_change(bo.log, bo.person, "add", lambda ring: ring.added(key)).missing == 1
        with pytest.raises((UsageError, ConfigError)):
            approve(bo.log, two_of_bo)
    assert [key.email for key in load_ring(bo.log).keys] == ["ada@example.org", "bo@example.org"]


# what is shown ---------------------------------------------------------------------------------------------------------------------------


def test_the_last_record_that_counts_is_shown_with_a_key_that_was_ended(config: object, run: Run, isolated: Path, tmp_path: Path) -> None:
    key = make_key(tmp_path / "keys", "ada")
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[user]\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    assert run("opinion", "keys", "add").code == 0
    other = make_key(tmp_path / "keys", "bo").with_suffix(".pub")
    assert run("opinion", "keys", "add", "bo@example.org", str(other)).code == 0
    assert run("opinion", "keys", "revoke", "bo@example.org").code == 0
    assert "and no record of it counts" in run("opinion", "keys", "list").out
    assert f'"last_record": "{NOTHING}"' in run("opinion", "keys", "list", "--json").out


def test_a_key_that_ends_on_a_day_to_come_signs_until_then(config: object, run: Run, isolated: Path, tmp_path: Path) -> None:
    key = make_key(tmp_path / "keys", "ada")
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[user]\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    assert run("opinion", "keys", "add").code == 0
    assert run("opinion", "keys", "revoke", "ada@example.org", "--since", "2031-01-01").code == 0
    assert "and no record" not in run("opinion", "keys", "list").out
    assert '"last_record": ""' in run("opinion", "keys", "list", "--json").out
    assert "yours is among" in run("doctor").out


def test_a_clone_without_the_last_record_of_somebody_whose_key_was_ended_is_told(run: Run, tmp_path: Path) -> None:
    ada, bo, remote = two(tmp_path)
    bo.say("agree", "one")
    bo.say("agree", "two", target=replace(TARGET, content="d" * 64))
    bo.sync()
    ada.sync()
    with ada.used():
        tips = ada.log.tips()
        propose_change(ada.log, ada.person, "end", lambda ring: ring.revoked("bo@example.org", int(time.time()) + 60, tips))
    ada.sync()
    log = ref_of("bo@example.org")
    bo.log.repository.run("push", "-q", "--force", str(remote), f"{tips[log]}~1:{log}")
    run("opinion", "sync", str(remote))
    run("opinion", "keys", "trust", "--yes")
    run("opinion", "sync")
    done = run("opinion", "verify")
    assert done.code == 1
    assert f"lacks record {tips[log][:12]}, which the keys say was in it" in done.err
    pushed(bo, remote, f"{tips[log]}:{log}")
    assert run("opinion", "sync").code == 0
    assert run("opinion", "verify").code == 0


def test_a_link_by_somebody_whose_word_does_not_count_is_not_said_to_hold(run: Run, inbox: Inbox, isolated: Path, tmp_path: Path) -> None:
    for name in "ab":
        inbox.add(mail(patch_body("Signed-off-by: Ada Example <ada@example.org>\n"), key=name, subject=f"[PATCH] {name}: widget"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    _, _, remote = two(tmp_path)
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    run("opinion", "sync", str(remote))
    run("opinion", "keys", "trust", "--yes")
    done = run("series", "link", "b@example.org", "a@example.org")
    assert done.code == 0
    assert "does not count yet" in done.err
    assert "now follows" not in done.err


def test_a_series_is_said_to_follow_none(run: Run, inbox: Inbox) -> None:
    for name in "ab":
        inbox.add(mail(patch_body("Signed-off-by: Ada Example <ada@example.org>\n"), key=name, subject=f"[PATCH] {name}: widget"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    assert run("series", "link", "b@example.org", "a@example.org").code == 0
    assert '"previous": "a@example.org"' in run("list", "--json").out
    done = run("series", "unlink", "b@example.org")
    assert done.code == 0, done.err
    assert '"previous": "a@example.org"' not in run("list", "--json").out
    record = done.out.strip()
    assert run("opinion", "give", record, "withdraw").code == 0
    rows = [json.loads(line) for line in run("opinion", "list", "--json").out.splitlines()]
    assert [(row["kind"], row["why"]) for row in rows if row["kind"] == "withdraw"] == [("withdraw", "")]


@pytest.mark.parametrize("tree", ["with another key", "from before an end"])
def test_keys_that_git_alone_moved_here_are_believed_only_if_they_are_signed(run: Run, config: Config, tmp_path: Path, tree: str) -> None:
    ada, _, remote = two(tmp_path)
    run("opinion", "sync", str(remote))
    run("opinion", "keys", "trust", "--yes")
    mal = Machine(tmp_path / "mal", example("Mal"), make_key(tmp_path / "keys", "mal"))
    there = Repository(config.paths.opinions)
    before = there.ref(KEYS)
    if tree == "with another key":
        assert mal.key
        key = ssh_key("mal@example.org", mal.key.with_suffix(".pub").read_text())
        made = there.tree_of(load_ring(ada.log).added(key).files())
    else:
        with ada.used():
            propose_change(ada.log, ada.person, "end", lambda ring: ring.revoked("bo@example.org", int(time.time())))
        ada.sync()
        run("opinion", "sync")
        made, before = there.run("rev-parse", f"{before}^{{tree}}").strip(), there.ref(KEYS)
    there.run("update-ref", KEYS, there.commit(made, before, mal.person, "x", sign=False))
    for words in (("opinion", "list"), ("opinion", "verify"), ("opinion", "keys", "list")):
        done = run(*words)
        assert done.code == 78, words
        assert "were changed by hand" in done.err
    assert run("opinion", "sync").code == 0
    assert there.ref(KEYS) == before
    assert Repository(remote).ref(KEYS) == before
    assert run("opinion", "verify").code == 0


def test_an_openpgp_signature_made_after_its_key_expired_is_none_whatever_its_commit_says() -> None:
    name = "A" * 40
    parts = {name: Part(name, name, False, 1000)}

    def status(made: int) -> str:
        return f"[GNUPG:] VALIDSIG {name} 2026-01-01 {made} 0 4 0 1 10 00 {name}"

    assert signer(status(900), parts, 950) == name
    assert signer(status(1001), parts, 950) == ""
    assert signer(status(950), parts, 1001) == ""
