# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a record is bound to: one key and one person, its commit's time, its project, and the keys as several people signed them."""

import shutil
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import ROOT, Inbox, Run, mail, patch_body
from tests.reviewers import TARGET, Machine, bare, make_key, person
from triage.model.errors import ConfigError, KeysError, TriageError, UsageError
from triage.opinion.keychain import load_ring
from triage.opinion.keylog import approve, pending_change, propose_change
from triage.opinion.keys import KeyRing, ssh_key
from triage.opinion.log import OpinionLog
from triage.opinion.offers import trust
from triage.opinion.record import Draft, new_id, write_record
from triage.opinion.refs import KEYS, ref_of, slug
from triage.opinion.trust import why_not_counted
from triage.opinion.writing import append
from triage.store.schema import open_index


def people(folder: Path, *names: str) -> list[Machine]:
    return [Machine(folder / name, person(name), make_key(folder / "keys", name)) for name in names]


def joined(remote: Path, machine: Machine) -> None:
    machine.sync(remote)
    with machine.used():
        trust(machine.log)
    machine.sync()


def two(tmp_path: Path) -> tuple[Machine, Machine, Path]:
    """Return Ada and Bo, whose keys both trust, and their remote."""
    ada, bo = people(tmp_path, "Ada", "Bo")
    remote = bare(tmp_path / "remote.git")
    ada.start_keys()
    ada.add_key(bo)
    ada.sync(remote)
    joined(remote, bo)
    return ada, bo, remote


def counted(machine: Machine) -> list[str]:
    return [o.reason for o in machine.read() if not why_not_counted(o)]


def write_as(machine: Machine, reason: str, said: datetime, when: str = "", sign: bool = True) -> None:
    """Put a record at the end of a machine's own log whose time, and whose commit's, are as given."""
    log = machine.log
    with machine.used(), log.repository.held():
        ring = load_ring(log)
        ref = ref_of(machine.person.email)
        tip = log.repository.ref(ref)
        draft = Draft(machine.person, "agree", TARGET, reason, time=said, project=ring.project)
        tree = log.repository.tree_of({"m": write_record(draft, new_id(said, reason.encode()[:10].ljust(10)), tip)})
        stamp = when or f"{int(time.time())} +0000"
        who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
               for part, value in (("NAME", "x"), ("EMAIL", machine.person.email), ("DATE", stamp))}  # fmt: skip
        words = ["commit-tree", tree, *(["-p", tip] if tip else []), *(["-S"] if sign else []), "-m", "x"]
        log.repository.move(ref, log.repository.run(*words, env=who).strip(), tip)


# one key, one person ---------------------------------------------------------------------------------------------------------------------


def test_one_key_serves_one_person(tmp_path: Path) -> None:
    ada, bo = people(tmp_path, "Ada", "Bo")
    ada.start_keys()
    ada.add_key(bo)
    assert bo.key
    sock = ssh_key("sock@example.org", bo.key.with_suffix(".pub").read_text())
    with ada.used(), pytest.raises(UsageError, match=r"is the key of bo@example\.org"):
        propose_change(ada.log, ada.person, "x", lambda ring: ring.added(sock))
    with ada.used(), pytest.raises(ConfigError, match="given to two people"):
        propose_change(ada.log, ada.person, "x", lambda ring: replace(ring, keys=(*ring.keys, sock)))


def test_a_key_that_two_people_share_in_older_keys_counts_for_one_of_them(tmp_path: Path) -> None:
    ada, sock = (
        Machine(tmp_path / "ada", person("Ada"), make_key(tmp_path, "k")),
        Machine(tmp_path / "sock", person("Sock"), tmp_path / "k"),
    )
    assert ada.key
    text = ada.key.with_suffix(".pub").read_text()
    old_form(ada, [ssh_key(one.person.email, text) for one in (ada, sock)])
    ada.say("agree", "mine")
    sock.log = OpinionLog(ada.log.path)
    sock.say("agree", "mine again")
    assert counted(ada) == ["mine"]
    assert [o.trouble for o in ada.read() if o.signed == "bad"] == ["the key that signed it is somebody else's: one key serves one person"]


def old_form(machine: Machine, keys: list[object]) -> None:
    """Start the keys as the program of 2026-11 wrote them: one file that holds everybody's."""
    ring = KeyRing(tuple(keys))  # type: ignore[arg-type]
    lines = b"".join(content for name, content in ring.files().items() if name.startswith("people/"))
    with machine.used(), machine.log.repository.held():
        there = machine.log.repository
        commit = there.commit(there.tree_of({"allowed_signers": lines}), "", machine.person, "start", sign=True)
        there.move(KEYS, commit, "")


# time ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-3000, -2, 2, 350_000])
def test_a_time_far_from_its_commits_does_not_count(tmp_path: Path, days: int) -> None:
    (ada,) = people(tmp_path, "Ada")
    ada.start_keys()
    write_as(ada, "near", datetime.now(UTC) - timedelta(hours=23))
    write_as(ada, "far", datetime.now(UTC) + timedelta(days=days))
    assert counted(ada) == ["near"]
    assert [o.trouble for o in ada.read()][1] == "its time is more than 24 hours from that of its commit"


def test_a_record_of_days_ago_counts_behind_those_of_another_machine(tmp_path: Path) -> None:
    remote = bare(tmp_path / "remote.git")
    key = make_key(tmp_path / "keys", "ada")
    one, two = (Machine(tmp_path / name, person("Ada"), key) for name in ("one", "two"))
    one.start_keys()
    one.sync(remote)
    joined(remote, two)
    old = datetime.now(UTC) - timedelta(days=3)
    write_as(two, "offline", old, f"{int(time.time()) - 3 * 86400} +0000")
    one.say("agree", "meanwhile")
    one.sync()
    two.sync()
    assert counted(two) == ["meanwhile", "offline"]
    one.sync()
    assert counted(one) == ["meanwhile", "offline"]


# revoked ---------------------------------------------------------------------------------------------------------------------------------


def revoke(machine: Machine, name: str, moment: int) -> None:
    with machine.used():
        tips = machine.log.tips()
        propose_change(machine.log, machine.person, "revoke", lambda ring: ring.revoked(name, moment, tips))


def test_nothing_counts_that_comes_after_the_last_record_believed_when_a_key_was_revoked(tmp_path: Path) -> None:
    ada, bo, remote = two(tmp_path)
    bo.say("agree", "before")
    bo.sync()
    ada.sync()
    revoke(ada, "bo@example.org", int(time.time()) + 60)
    ada.sync()
    write_as(bo, "dated back", datetime.now(UTC))  # within the time that the key was good for
    bo.log.repository.run("push", "-q", str(remote), ref_of("bo@example.org"))
    ada.sync()
    assert counted(ada) == ["before"]
    reader = people(tmp_path, "Cy")[0]
    joined(remote, reader)
    assert counted(reader) == ["before"]


def test_a_log_of_a_revoked_key_that_never_held_the_believed_record_does_not_count(tmp_path: Path) -> None:
    ada, bo, remote = two(tmp_path)
    bo.say("agree", "before")
    bo.sync()
    ada.sync()
    revoke(ada, "bo@example.org", int(time.time()) + 60)
    ada.sync()
    thief = Machine(tmp_path / "thief", person("Bo"), bo.key)
    joined(remote, thief)
    thief.log.repository.run("update-ref", "-d", ref_of("bo@example.org"))
    write_as(thief, "another history", datetime.now(UTC))
    thief.log.repository.run("push", "-q", "--force", str(remote), ref_of("bo@example.org"))
    reader = people(tmp_path, "Cy")[0]
    joined(remote, reader)
    assert counted(reader) == []


# project ---------------------------------------------------------------------------------------------------------------------------------


def test_a_log_carried_from_another_project_does_not_count_there(tmp_path: Path) -> None:
    key = make_key(tmp_path / "keys", "ada")
    here, there = (Machine(tmp_path / name, person("Ada"), key) for name in ("here", "there"))
    here.start_keys()
    time.sleep(1.1)
    there.start_keys()
    here.say("agree", "for this one")
    assert counted(here) == ["for this one"]
    assert here.read()[0].fields["Project"] == load_ring(here.log).project
    remote = bare(tmp_path / "remote.git")
    there.sync(remote)
    here.log.repository.run("push", "-q", str(remote), ref_of("ada@example.org"))
    there.sync()
    assert counted(there) == []
    assert {o.barred for o in there.read()} <= {"it was given in another project"}


def test_a_record_under_keys_counts_nowhere_without_them(tmp_path: Path) -> None:
    ada, dana = people(tmp_path, "Ada")[0], Machine(tmp_path / "dana", person("Dana"))
    ada.start_keys()
    ada.say("agree", "under keys")
    remote = bare(tmp_path / "remote.git")
    ada.log.repository.run("push", "-q", str(remote), ref_of("ada@example.org"))
    with pytest.raises(KeysError, match="hides these keys"):
        dana.sync(remote)
    assert not dana.log.tips()
    with pytest.raises(KeysError, match="hides these keys"):
        dana.read()


def test_what_was_said_before_there_were_keys_goes_on_counting_and_nothing_unsigned_after(tmp_path: Path) -> None:
    ada, dana = people(tmp_path, "Ada")[0], Machine(tmp_path / "dana", person("Dana"))
    remote = bare(tmp_path / "remote.git")
    dana.say("agree", "before")
    dana.sync(remote)
    ada.sync(remote)
    ada.start_keys()
    ada.sync()
    append(dana.log, Draft(dana.person, "agree", TARGET, "after"), sign=False)
    dana.log.repository.run("push", "-q", str(remote), ref_of("dana@example.org"))
    ada.sync()
    assert counted(ada) == ["before"]


def test_keys_of_the_first_form_are_read_and_moved_on_by_the_next_change(tmp_path: Path) -> None:
    """`keys.bundle` is what the program of 2026-11 wrote: records that name no project, and keys in one file."""
    former = ROOT / "tests" / "former"
    shutil.copy(former / "ada.key", tmp_path / "ada.key")
    (tmp_path / "ada.key").chmod(0o600)
    shutil.copy(former / "ada.key.pub", tmp_path / "ada.key.pub")
    ada, bo = Machine(tmp_path / "ada", person("Ada"), tmp_path / "ada.key"), people(tmp_path, "Cy")[0]
    subprocess.run(["git", "clone", "-q", "--mirror", str(former / "keys.bundle"), str(ada.log.path)], check=True)
    before = sorted(counted(ada))
    assert [key.email for key in load_ring(ada.log).keys] == ["ada@example.org", "bo@example.org"]
    assert len(before) == 2
    ada.add_key(bo)
    ring = load_ring(ada.log)
    assert ring.bound
    assert sorted(counted(ada)) == before
    assert [tip for ref, tip in ring.unbound if ref == ref_of("ada@example.org")] == [ada.log.tips()[ref_of("ada@example.org")]]
    with ada.used():
        tip = ada.log.repository.ref(ref_of("ada@example.org"))
        record = write_record(Draft(ada.person, "agree", TARGET, "late"), new_id(datetime.now(UTC), b"late______"), tip)
        ada.log.repository.move(ref_of("ada@example.org"), ada.log.write(record, tip, ada.person, "x", True), tip)
    assert sorted(counted(ada)) == before
    assert "it names no project" in ada.read()[-3].barred + ada.read()[-2].barred + ada.read()[1].barred


# several must sign -----------------------------------------------------------------------------------------------------------------------


def test_a_change_is_in_force_once_as_many_people_signed_it_as_the_keys_ask_for(tmp_path: Path) -> None:
    ada, bo, cy = people(tmp_path, "Ada", "Bo", "Cy")
    remote = bare(tmp_path / "remote.git")
    ada.start_keys()
    with ada.used(), pytest.raises(UsageError, match="fewer than 2 people"):
        propose_change(ada.log, ada.person, "threshold", lambda ring: replace(ring, threshold=2))
    ada.add_key(bo)
    with ada.used():
        assert propose_change(ada.log, ada.person, "threshold", lambda ring: replace(ring, threshold=2)).missing == 0
    ada.sync(remote)
    joined(remote, bo)
    ring = ada.add_key(cy)
    assert [key.email for key in ring.keys] == ["ada@example.org", "bo@example.org"]
    with ada.used(), pytest.raises(UsageError, match="you have signed this change"):
        approve(ada.log, ada.person)
    ada.sync()
    cy.say("agree", "too early")
    bo.sync()
    assert pending_change(bo.log).signers == ("ada@example.org",)
    with bo.used():
        assert approve(bo.log, bo.person).missing == 0
    bo.sync()
    ada.sync()
    assert [key.email for key in load_ring(ada.log).keys] == ["ada@example.org", "bo@example.org", "cy@example.org"]
    with ada.used():
        assert propose_change(ada.log, ada.person, "threshold", lambda ring: replace(ring, threshold=1)).missing == 1
    assert load_ring(ada.log).threshold == 2
    joined(remote, cy)
    assert load_ring(cy.log).threshold == 2


def test_one_person_under_two_names_of_a_commit_signs_once(tmp_path: Path) -> None:
    ada, bo, cy = people(tmp_path, "Ada", "Bo", "Cy")
    remote = bare(tmp_path / "remote.git")
    ada.start_keys()
    ada.add_key(bo)
    with ada.used():
        propose_change(ada.log, ada.person, "threshold", lambda ring: replace(ring, threshold=2))
    ada.sync(remote)
    joined(remote, bo)
    ada.add_key(cy)
    with ada.used(), pytest.raises(ConfigError, match="no key that is trusted signed this change"):
        approve(ada.log, bo.person)  # Ada's key under Bo's name
    there = ada.log.repository
    with ada.used():
        tree = there.run("rev-parse", f"{KEYS}^{{tree}}").strip()
        commit = there.commit(tree, there.ref(KEYS), bo.person, "approve", sign=True)
    there.run("push", "-q", str(remote), f"{commit}:{KEYS}")
    assert "no key that is trusted" in bo.sync().refused[KEYS]


# corrections -----------------------------------------------------------------------------------------------------------------------------


def test_a_correction_is_taken_back_by_others_whatever_its_date(config: object, inbox: Inbox, run: Run, isolated: Path) -> None:
    for name in "ab":
        inbox.add(mail(patch_body("Signed-off-by: Ada Example <ada@example.org>\n"), key=name, subject=f"[PATCH] {name}: widget"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    identity = isolated / "gitconfig"
    ada = identity.read_text()
    identity.write_text("[user]\n\tname = Mal Example\n\temail = mal@example.org\n")
    with pytest.MonkeyPatch.context() as patched:
        tomorrow = datetime.now(UTC) + timedelta(hours=23)
        patched.setattr("triage.opinion.record.datetime", type("Clock", (datetime,), {"now": classmethod(lambda cls, zone=None: tomorrow)}))
        assert run("series", "link", "b@example.org", "a@example.org").code == 0
    identity.write_text(ada)

    def links() -> list[tuple[str, str]]:
        with closing(open_index(config.paths.index)) as connection:  # type: ignore[attr-defined]
            return connection.execute("select kind, target from link where kind = 'human'").fetchall()

    assert links() == [("human", "a@example.org")]
    assert run("series", "unlink", "b@example.org", "a@example.org").code == 0
    assert links() == []
    run("db", "rebuild")
    assert links() == []


# remotes compared ------------------------------------------------------------------------------------------------------------------------


def test_a_remote_that_withholds_what_another_shows_is_told(config: object, run: Run, tmp_path: Path) -> None:
    dana = Machine(tmp_path / "dana", person("Dana"))
    one, two = bare(tmp_path / "one.git"), bare(tmp_path / "two.git")
    dana.say("agree", "first")
    dana.sync(one)
    dana.sync(two)
    assert run("opinion", "sync", str(one)).code == 0
    assert run("opinion", "sync", str(two)).code == 0
    assert run("opinion", "verify", "--remotes").code == 0
    dana.say("agree", "second", target=replace(TARGET, content="d" * 64))
    dana.sync(str(one))
    assert run("opinion", "sync", str(one)).code == 0
    done = run("opinion", "verify", "--remotes")
    assert done.code == 1
    assert f"two withholds records of {slug('dana@example.org')} that origin shows" in done.err


def test_room_for_many_people_and_none_for_a_giant_key(tmp_path: Path) -> None:
    (ada,) = people(tmp_path, "Ada")
    ada.start_keys()
    blob = "AAAAC3NzaC1lZDI1NTE5AAAAI"
    keys = tuple(ssh_key(f"r{n}@example.org", f"ssh-ed25519 {blob}{n:043d}") for n in range(10_000 - 1))
    with ada.used():
        ring = propose_change(ada.log, ada.person, "all", lambda ring: replace(ring, keys=(*ring.keys, *keys[:300]))).ring
        assert len(ring.keys) == 301
        with pytest.raises(UsageError, match="would take more than 64 KiB"):
            propose_change(ada.log, ada.person, "x", lambda ring: replace(ring, keys=(*ring.keys, *(
                replace(keys[0], material=f"ssh-rsa {'A' * 7000}{n}") for n in range(10)))))  # fmt: skip
    KeyRing(keys=(*keys, ring.keys[0])).check_room()
    with pytest.raises(TriageError, match="hold 10000 people"):
        KeyRing(keys=(*keys, ring.keys[0], replace(keys[0], email="one@example.org"))).check_room()


def test_the_room_is_checked_before_a_key_is_added(tmp_path: Path) -> None:
    (ada,) = people(tmp_path, "Ada")
    ada.start_keys()
    added = 0
    for number in range(10, 50):
        big = ssh_key("big@example.org", f"ssh-rsa AAAAB3NzaC1yc2E{number}{'A' * 7903}")
        try:
            with ada.used():
                propose_change(ada.log, ada.person, "x", lambda ring, big=big: ring.added(big))  # type: ignore[misc]
        except UsageError as error:
            assert "would take more than 64 KiB" in error.message
            break
        added += 1
    assert added == 8
    assert len(load_ring(ada.log).keys) == 1 + added


def test_keys_that_are_offered_are_accepted_before_anything_is_said(tmp_path: Path) -> None:
    ada, bo = people(tmp_path, "Ada", "Bo")
    remote = bare(tmp_path / "remote.git")
    ada.start_keys()
    ada.sync(remote)
    bo.sync(remote)
    with pytest.raises(KeysError, match="keys trust"):
        bo.say()


def test_who_has_no_key_among_the_projects_is_told_that_their_word_does_not_count_yet(
    config: object, inbox: Inbox, run: Run, isolated: Path, tmp_path: Path
) -> None:
    inbox.add(mail(patch_body("No.\n\n"), key="a"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    remote = bare(tmp_path / "remote.git")
    (bo,) = people(tmp_path, "Bo")
    bo.start_keys()
    bo.sync(remote)
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    run("opinion", "sync", str(remote))
    run("opinion", "keys", "trust", "--yes")
    done = run("opinion", "give", "a@example.org", "agree")
    assert done.code == 0
    assert "does not count yet: it is not signed with a key that is trusted here" in done.err
