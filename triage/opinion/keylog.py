# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys in git: a log of its own, which only a key that it trusts already may carry on. What starts it is a person's word."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from triage import git
from triage.errors import ConfigError, TriageError, UsageError
from triage.model import Person
from triage.opinion.keys import Key, KeyRing, read_ring, ssh_key
from triage.opinion.log import KEYS, OpinionLog, signing_key
from triage.opinion.repository import git_config, own_env
from triage.opinion.verify import Verifier

MAX_FILE = 256 * 1024
MAX_FILES = 2000
DAY = 86400
START_FIRST = "start with your own: `triage opinion keys add`, or take over those of a remote: `triage opinion keys trust`"


def load_ring(log: OpinionLog, commit: str = "") -> KeyRing:
    """Return the keys that are trusted here, or those of a commit; an empty ring where there are none. Raises `ConfigError`."""
    at = commit or log.repository.ref(KEYS)
    return read_ring(_files(log.path, at)) if at else KeyRing()


def _files(path: Path, commit: str) -> dict[str, bytes]:
    rows = [row for row in git.read(path, "ls-tree", "-r", "-z", commit).split("\0") if row][: MAX_FILES + 1]
    names = {row.partition("\t")[2]: row.split()[2] for row in rows}
    if len(rows) > MAX_FILES:
        raise ConfigError(f"the keys have more than {MAX_FILES} files", "they are not what triage writes")
    with git.Batch(path, MAX_FILE, missing_ok=True) as batch:
        contents = [content for _, content in batch.read_all(names.values())]
    return {name: content or b"" for name, content in zip(names, contents, strict=True)}


def change_keys(log: OpinionLog, person: Person, what: str, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Write the keys as `change` makes them and return them, signed with the user's key, which they must trust.

    Where there are none yet, `change` must add that very key: the first one vouches for itself. Raises `ConfigError` without a signing
    key, or where the keys do not trust it.
    """
    if not signing_key():
        raise ConfigError("changing keys needs a signing key", "set user.signingkey, and gpg.format = ssh for an SSH key")
    with log.repository.held():
        return write_keys(log, person, what, change)


def write_keys(log: OpinionLog, person: Person, what: str, change: Callable[[KeyRing], KeyRing], onto: str = "") -> KeyRing:
    """Do the work of `change_keys` in a repository that is held; `onto` is the change to go on from, by default the last one here."""
    old = log.repository.ref(KEYS)
    parent = onto or old
    before = load_ring(log, parent)
    ring = change(before)
    if parent and ring == before:
        if parent != old:
            log.repository.move(KEYS, parent, old)
        return ring
    commit = log.repository.commit(log.repository.tree_of(ring.files()), parent, person, what, sign=True)
    again = read_ring(ring.files())
    if (set(again.keys), set(again.armored)) != (set(ring.keys), set(ring.armored)):
        raise ConfigError("these keys could not be read again", "use plain addresses: letters, digits and . _ + - before the @")
    if trouble := check_step(log, commit, parent, before if parent else ring, ring):
        raise ConfigError(f"the keys stay as they are: {trouble}", "ask somebody whose key is trusted to make this change")
    log.repository.move(KEYS, commit, old)
    return ring


def check_step(log: OpinionLog, commit: str, parent: str, judge: KeyRing, ring: KeyRing) -> str:
    """Say what is wrong with one commit of keys, "" for nothing.

    It must be signed by a key of `judge`, the keys before it, valid at that time, and that time must not be before its parent's: else
    a key that was ended could go on by dating its change back.
    """
    with git.Batch(log.path, MAX_FILE) as batch:
        _, raw = next(batch.read_all([commit]))
    moment = log.repository.time_of(commit)
    if moment < log.repository.time_of(parent) or moment > time.time() + DAY:
        return "its time is before the change it follows, or to come"
    with Verifier(judge) as verifier:
        verifier.prepare_gpg()
        if not verifier.signed_by(raw or b"", judge.keys, moment):
            return "no key that is trusted signed this change"
    return "" if judge is ring else ring.follows(judge)


def walk_keys(log: OpinionLog, since: str, tip: str) -> tuple[str, str]:
    """Return how far the keys may be followed from `since` to `tip`, and what stopped them, "" for nothing."""
    lines = git.read(log.path, "rev-list", "--reverse", "--parents", tip, *([f"^{since}"] if since else [])).splitlines()
    at, ring = since, load_ring(log, since) if since else None
    for line in lines:
        commit, *parents = line.split(" ")
        if parents != ([at] if at else []):
            return at, f"{commit[:12]} does not follow the change before it"
        try:
            following = load_ring(log, commit)
        except TriageError as error:
            return at, f"{commit[:12]}: {error}"
        if trouble := check_step(log, commit, at, ring or following, following):
            return at, f"{commit[:12]}: {trouble}"
        at, ring = commit, following
    return at, ""


def own_key(email: str) -> tuple[Key, bytes]:
    """Return the user's signing key as a line of the keys, and for OpenPGP the exported key; raises `ConfigError`."""
    key = signing_key()
    if not key:
        raise ConfigError("git has no signing key", "set user.signingkey, and gpg.format = ssh for an SSH key; see docs/opinions.md")
    if git_config("gpg.format") != "ssh":
        return gpg_key(email, _run_gpg("--armor", "--export", key))
    if key.startswith(("ssh-", "ecdsa-", "sk-")):
        return ssh_key(email, key), b""
    if key.startswith("key::"):
        return ssh_key(email, key[5:]), b""
    path = Path(git_config("user.signingkey", "--type=path"))
    public = path if path.suffix == ".pub" else path.with_name(path.name + ".pub")
    try:
        return ssh_key(email, public.read_text("utf-8")), b""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the public key {public}", "user.signingkey names the key file; its .pub lies beside it") from error


def check_own_key(log: OpinionLog, person: Person, sign: bool) -> None:
    """Raise `ConfigError` where a record of the user's would not be believed: their keys are known, and theirs here is none of them."""
    known = load_ring(log).of(person.email)
    if not known:
        return
    if not (sign and signing_key()):
        raise ConfigError("an unsigned record of yours would not count: a key of yours is trusted", "set user.signingkey to it")
    own, _ = own_key(person.email)
    mine = next((key for key in known if key.same(own)), None)
    if mine is None:
        raise ConfigError(f"{own.fingerprint} is not your trusted key", "set user.signingkey to that one, or have this one added")
    if not mine.valid(int(time.time())):
        raise ConfigError(f"your key {own.fingerprint} is not valid any more", "make a new one and have it added")


def read_key(email: str, content: bytes) -> tuple[Key, bytes]:
    """Return the key in a .pub or .asc file; raises `ConfigError` for what is neither."""
    if len(content) > MAX_FILE:
        raise ConfigError("this is larger than any public key", "give a .pub or .asc file")
    if b"BEGIN PGP PUBLIC KEY" in content:
        return gpg_key(email, content)
    return ssh_key(email, content.decode("utf-8", "replace")), b""


def gpg_key(email: str, armored: bytes) -> tuple[Key, bytes]:
    """Return an exported OpenPGP key as a line of the keys; raises `ConfigError` for what holds none."""
    listed = _run_gpg("--with-colons", "--show-keys", stdin=armored).decode("utf-8", "replace")
    fingerprint = next((line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:")), "")
    if not fingerprint:
        raise ConfigError("this is no OpenPGP public key", "export it with `gpg --armor --export KEY`")
    return Key(email.casefold(), "gpg", fingerprint), armored


def _run_gpg(*args: str, stdin: bytes = b"") -> bytes:
    with tempfile.TemporaryDirectory(prefix="triage-gpg-") as folder:
        home = ("--homedir", folder) if stdin else ()
        try:
            done = subprocess.run(
                ["gpg", *home, "--batch", *args], input=stdin, capture_output=True, check=False, env=own_env(), cwd=os.sep
            )
        except FileNotFoundError as error:
            raise ConfigError("gpg is not there", "install gnupg, or sign with an SSH key: git config gpg.format ssh") from error
    return done.stdout


def name_of(email: str) -> str:
    """Return an address as keys have it; raises `UsageError` for what is none."""
    if "@" not in email or any(char in email for char in ' ,"*?!<>'):
        raise UsageError(f"{email!r} is no address", "write reviewer@example.org")
    return email.casefold()
