# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose key is whose: read strictly, changed by trusted keys alone, started by a person's word, with SSH and OpenPGP keys."""

import subprocess
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import Run
from tests.reviewers import TARGET, Machine, bare, make_key, person
from triage.config import Config
from triage.model.errors import ConfigError, KeysError, UsageError
from triage.opinion.keychain import load_ring
from triage.opinion.keylog import change_keys
from triage.opinion.keys import Key, KeyRing, read_ring, read_stamp, ssh_key
from triage.opinion.offers import trust
from triage.opinion.ownkey import gpg_key, own_key
from triage.opinion.record import Draft, new_id, write_record
from triage.opinion.refs import KEYS, ref_of, slug
from triage.opinion.repository import Repository


def people(folder: Path, *names: str) -> list[Machine]:
    return [Machine(folder / name, person(name), make_key(folder / "keys", name)) for name in names]


def test_the_ring_comes_back_from_its_files_and_ssh_keygen_reads_them(tmp_path: Path) -> None:
    path = make_key(tmp_path, "k")
    key = ssh_key("Ada@Example.org", path.with_suffix(".pub").read_text(), after=1_700_000_000, before=1_900_000_000)
    ring = replace(KeyRing(bound=True).added(key), threshold=3, before=((ref_of("bo@example.org"), "1" * 40),))
    assert read_ring(ring.files()) == ring
    ended = ring.revoked("ada@example.org", 1_800_000_000, {ref_of("ada@example.org"): "2" * 40})
    assert read_ring(ended.files()) == ended
    (tmp_path / "allowed").write_bytes(ended.files()[f"people/{slug('ada@example.org')}"].replace(b"20270115080000Z", b"20300317174640Z"))
    (tmp_path / "text").write_text("text")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", path, tmp_path / "text"], check=True, capture_output=True)
    for moment, fine in (("20260101", True), ("20400101", False), ("20200101", False)):
        done = subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "ada@example.org", "-n", "git", "-s", tmp_path / "text.sig",
             f"-Overify-time={moment}"], input=b"text", capture_output=True,
        )  # fmt: skip
        assert (done.returncode == 0) is fine
    listed = subprocess.run(["ssh-keygen", "-lf", path], capture_output=True, text=True, check=True).stdout
    assert key.fingerprint in listed


@pytest.mark.parametrize("line", [
    "* ssh-ed25519 AAAA", "ada ssh-ed25519 AAAA", "ada@example.org", "ada@example.org cert-authority ssh-ed25519 AAAA",
    'ada@example.org cert-authority="x" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFkYQ==', "ada@example.org ssh-ed25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    'ada@example.org valid-after="soon" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFkYQ==', "a@example.org,b@example.org ssh-ed25519 AAAA", "\x00",
])  # fmt: skip
def test_a_line_that_is_no_key_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(ConfigError):
        read_ring({"allowed_signers": (line + "\n").encode()})


@pytest.mark.parametrize("text", ["2026-13-01", "never", "", "99999999"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_stamp(text)


def test_only_a_trusted_key_changes_the_keys(tmp_path: Path) -> None:
    ada, bo = people(tmp_path, "Ada", "Bo")
    ada.start_keys()
    other = Machine(ada.folder, bo.person, bo.key)  # Bo at Ada's repository
    with other.used(), pytest.raises(ConfigError, match="no key that is trusted signed this change"):
        change_keys(other.log, bo.person, "add", lambda ring: ring.added(*own_key(bo.person.email)))
    assert [key.email for key in load_ring(ada.log).keys] == ["ada@example.org"]


def test_no_key_is_taken_out_or_made_to_last_longer(tmp_path: Path) -> None:
    (ada,) = people(tmp_path, "Ada")
    ada.start_keys()
    with ada.used():
        with pytest.raises(ConfigError, match="was taken out"):
            change_keys(ada.log, ada.person, "x", lambda ring: KeyRing())
        now = int(time.time())
        change_keys(ada.log, ada.person, "revoke", lambda ring: ring.revoked("ada@example.org", now + 3600))
        with pytest.raises(ConfigError, match="made to last longer"):
            change_keys(ada.log, ada.person, "x", lambda ring: KeyRing(tuple(Key(k.email, k.kind, k.material) for k in ring.keys)))


def test_what_a_revoked_key_signed_before_stays_and_after_does_not_count(tmp_path: Path) -> None:
    ada, bo = people(tmp_path, "Ada", "Bo")
    ada.start_keys()
    ada.add_key(bo)
    remote = bare(tmp_path / "remote.git")
    ada.sync(remote)
    bo.sync(remote)
    with bo.used():
        trust(bo.log)
    bo.say("agree", "before")
    bo.sync()
    ada.sync()
    time.sleep(1.1)
    with ada.used():
        change_keys(ada.log, ada.person, "revoke", lambda ring: ring.revoked("bo@example.org", int(time.time())))
    ada.sync()
    bo.say("agree", "after")
    bo.sync()
    ada.sync()
    assert [(o.reason, o.signed) for o in bo.read()] == [("before", "good"), ("after", "bad")]
    assert [o.reason for o in ada.read() if o.signed == "good"] == ["before"]


def test_keys_of_a_remote_are_trusted_by_a_persons_word_alone(tmp_path: Path) -> None:
    ada, bo = people(tmp_path, "Ada", "Bo")
    ada.start_keys()
    ada.say()
    remote = bare(tmp_path / "remote.git")
    ada.sync(remote)
    result = bo.sync(remote)
    assert "nobody here has accepted" in result.refused[KEYS]
    with pytest.raises(KeysError, match="that nobody here has accepted"):
        bo.say()  # whose project it is cannot be told yet
    with bo.used():
        with pytest.raises(UsageError, match="no key there begins with"):
            trust(bo.log, ["SHA256:somethingelse"])
        trust(bo.log, [load_ring(ada.log).keys[0].fingerprint[:16]])
    bo.sync()
    assert [o.signed for o in bo.read()] == ["good"]


def test_keys_that_a_remote_forged_rewrote_or_took_back_are_refused(tmp_path: Path) -> None:
    ada, bo, mallory = people(tmp_path, "Ada", "Bo", "Mallory")
    ada.start_keys()
    ada.add_key(bo)
    remote = bare(tmp_path / "remote.git")
    ada.sync(remote)
    bo.sync(remote)
    with bo.used():
        trust(bo.log)
    bo.sync()
    kept = bo.log.repository.ref(KEYS)
    there = Repository(remote)
    with mallory.used():
        ring = load_ring(bo.log).added(own_key("mallory@example.org")[0])
        forged = there.commit(there.tree_of(ring.files()), kept, ada.person, "add", sign=True)
    there.run("update-ref", KEYS, forged)
    assert "no key that is trusted signed this change" in bo.sync().refused[KEYS]
    there.run("update-ref", KEYS, f"{kept}^")
    assert "took back" in bo.sync().refused[KEYS]
    there.run("update-ref", "-d", KEYS)
    assert "took back" in bo.sync().refused[KEYS]
    assert bo.log.repository.ref(KEYS) == kept
    there.run("update-ref", KEYS, kept)
    assert bo.sync().refused == {}


def test_a_record_that_nobody_would_believe_is_not_written(tmp_path: Path) -> None:
    ada, thief = people(tmp_path, "Ada", "Thief")
    ada.start_keys()
    ada.say()
    with pytest.raises(ConfigError, match="unsigned record of yours would not count"):
        ada.say(sign=False)
    (ada.folder / "gitconfig").write_text((ada.folder / "gitconfig").read_text().replace(str(ada.key), str(thief.key)))
    with pytest.raises(ConfigError, match="is not your trusted key"):
        ada.say()
    assert [o.signed for o in ada.read()] == ["good"]


def test_two_changes_of_the_keys_at_once_are_joined(tmp_path: Path) -> None:
    ada, bo, cy, dan = people(tmp_path, "Ada", "Bo", "Cy", "Dan")
    ada.start_keys()
    ada.add_key(bo)
    remote = bare(tmp_path / "remote.git")
    ada.sync(remote)
    bo.sync(remote)
    with bo.used():
        trust(bo.log)
    ada.add_key(cy)
    bo.add_key(dan)
    with bo.used():
        change_keys(bo.log, bo.person, "revoke", lambda ring: ring.revoked("ada@example.org", int(time.time()) + 3600))
    ada.sync()
    assert any("made again on theirs" in note for note in bo.sync().notes)
    ada.sync()
    assert load_ring(ada.log) == load_ring(bo.log)
    assert [key.email.partition("@")[0] for key in load_ring(ada.log).keys] == ["ada", "bo", "cy", "dan"]
    assert load_ring(ada.log).keys[0].before is not None


@pytest.fixture
def gpg_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A GnuPG home with a key of Gus."""
    import tempfile

    home = Path(tempfile.mkdtemp(prefix="gpg-", dir="/tmp"))  # an agent's socket wants a short path
    home.chmod(0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    subprocess.run(
        ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", "Gus <gus@example.org>", "ed25519", "sign"],
        check=True, capture_output=True,
    )  # fmt: skip
    yield home
    subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
    import shutil

    shutil.rmtree(home, ignore_errors=True)


def test_openpgp_keys_sign_and_are_verified(gpg_home: Path, tmp_path: Path) -> None:
    gus, ada = Machine(tmp_path / "gus", person("Gus")), people(tmp_path, "Ada")[0]
    with (gus.folder / "gitconfig").open("a") as file:
        file.write("\tsigningkey = gus@example.org\n")
    gus.start_keys()
    gus.say("agree", "by gpg")
    assert [(o.reason, o.signed) for o in gus.read()] == [("by gpg", "good")]
    gus.add_key(ada)
    remote = bare(tmp_path / "remote.git")
    gus.sync(remote)
    ada.sync(remote)
    with ada.used():
        trust(ada.log)
    ada.sync()
    assert [o.signed for o in ada.read()] == ["good"]
    with gus.used():
        change_keys(gus.log, gus.person, "end", lambda ring: ring.revoked("gus@example.org", int(time.time()) - 86400))
    assert [o.signed for o in gus.read()] == ["bad"]


def gus_signs(folder: Path, key: str = "gus@example.org", when: str = "") -> Machine:
    """Return Gus, whose gpg believes that it is another time."""
    gus = Machine(folder / "gus", person("Gus"))
    with (gus.folder / "gitconfig").open("a") as file:
        file.write(f"\tsigningkey = {key}\n")
        if when:
            script = folder / "old-gpg"
            script.write_text(f'#!/bin/sh\nexec gpg --faked-system-time {when}! "$@"\n')
            script.chmod(0o755)
            file.write(f"[gpg]\n\tprogram = {script}\n")
    return gus


@pytest.mark.parametrize(("until", "when", "counts"), [
    ("2027-01-01", "", True), ("2026-06-01", "20260301T000000", False),
])  # fmt: skip
def test_an_expired_openpgp_key_signs_nothing_by_a_faked_clock(gpg_home: Path, tmp_path: Path, until: str, when: str, counts: bool) -> None:
    ada = people(tmp_path, "Ada")[0]
    quick = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--faked-system-time", "20260101T000000!"]
    subprocess.run([*quick, "--quick-generate-key", "Old <old@example.org>", "ed25519", "sign", until], check=True, capture_output=True)
    finger = _fingerprint("old@example.org")
    gus = gus_signs(tmp_path, finger, when)
    exported = subprocess.run(["gpg", "--armor", "--export", finger], check=True, capture_output=True).stdout
    ada.start_keys()
    with ada.used():
        change_keys(ada.log, ada.person, "add", lambda ring: ring.added(Key("gus@example.org", "gpg", finger), exported))
    gus.log = ada.log
    with pytest.raises(ConfigError, match="is expired") if not counts else nullcontext(), gus.used():
        gpg_key("gus@example.org", exported)
    _write(gus, "by a clock of its own")
    assert [o.signed == "good" for o in ada.read()] == [counts]


def test_a_key_that_is_revoked_in_its_own_armor_is_refused_and_counts_for_nothing(gpg_home: Path, tmp_path: Path) -> None:
    ada, gus = people(tmp_path, "Ada")[0], gus_signs(tmp_path)
    finger = _fingerprint()
    gus.log = ada.log
    ada.start_keys()
    with ada.used():
        certificate = (gpg_home / "openpgp-revocs.d" / f"{finger}.rev").read_text().replace(":-----BEGIN", "-----BEGIN")
        before = subprocess.run(["gpg", "--armor", "--export", finger], check=True, capture_output=True).stdout
        _write(gus, "before")
        subprocess.run(["gpg", "--batch", "--quiet", "--import"], input=certificate.encode(), check=True, capture_output=True)
        revoked = subprocess.run(["gpg", "--armor", "--export", finger], check=True, capture_output=True).stdout
        assert revoked != before
        with pytest.raises(ConfigError, match="is revoked"):
            gpg_key("gus@example.org", revoked)
        change_keys(ada.log, ada.person, "add", lambda ring: ring.added(Key("gus@example.org", "gpg", finger), revoked))
    assert [o.signed for o in ada.read() if o.reviewer.email == "gus@example.org"] == ["bad"]


def _fingerprint(name: str = "gus@example.org") -> str:
    listed = subprocess.run(["gpg", "--list-keys", "--with-colons", name], check=True, capture_output=True, text=True).stdout
    return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))


def _write(machine: Machine, reason: str) -> None:
    """Put a signed record at the end of a machine's own log, whatever the keys say of it."""
    log, who = machine.log, machine.person
    with machine.used(), log.repository.held():
        ref = ref_of(who.email)
        tip = log.repository.ref(ref)
        draft = Draft(who, "agree", TARGET, reason, project=load_ring(log).project)
        record = write_record(draft, new_id(datetime.now(UTC), reason.encode()[:10]), tip)
        log.repository.move(ref, log.write(record, tip, who, "x", sign=True), tip)


def test_the_commands_add_list_revoke_and_refuse(config: Config, run: Run, isolated: Path) -> None:
    assert "needs" in run("opinion", "keys", "add").err or "no signing key" in run("opinion", "keys", "add").err
    key, other = make_key(isolated / "keys", "ada"), make_key(isolated / "keys", "bo")
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[user]\n\tsigningkey = {key}\n[gpg]\n\tformat = ssh\n")
    assert run("opinion", "keys", "add").code == 0
    assert "already" in run("opinion", "keys", "add").err
    assert run("opinion", "keys", "add", "bo@example.org", f"{other}.pub", "--valid-before", "2027-01-01").code == 0
    listed = run("opinion", "keys", "list").out
    assert "bo@example.org ssh SHA256:" in listed
    assert "until 2027-01-01T00:00:00Z" in listed
    assert run("opinion", "keys", "revoke", "bo@example.org", "--since", "2026-06-01").code == 0
    assert "until 2026-06-01T00:00:00Z" in run("opinion", "keys", "list").out
    assert run("opinion", "keys", "revoke", "eve@example.org").code == 2
    assert run("opinion", "keys", "trust", "--yes").code == 2
    (isolated / "nokey").write_text("hello")
    assert "not an SSH public key" in run("opinion", "keys", "add", "eve@example.org", str(isolated / "nokey")).err
