# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's key: the user's own as git has it, and those in files that people hand over."""

import os
import tempfile
import time
from pathlib import Path

from triage import git
from triage.model.errors import ConfigError, UsageError
from triage.opinion.keys import MAX_PERSON, Key, KeyRing, ssh_key
from triage.opinion.openpgp import read_listing
from triage.opinion.person import git_config, own_env, signing_key


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


def check_own_key(ring: KeyRing, email: str, sign: bool) -> None:
    """Raise `ConfigError` where a record of the user's would not be believed: their keys are known, and theirs here is none of them."""
    known = ring.of(email)
    if not known:
        return
    if not (sign and signing_key()):
        raise ConfigError("an unsigned record of yours would not count: a key of yours is trusted", "set user.signingkey to it")
    own, _ = own_key(email)
    mine = next((key for key in known if key.same(own)), None)
    if mine is None:
        raise ConfigError(f"{own.fingerprint} is not your trusted key", "set user.signingkey to that one, or have this one added")
    if mine.until or not mine.valid(int(time.time())):
        raise ConfigError(f"your key {own.fingerprint} is not valid any more", "make a new one and have it added")


def read_key(email: str, content: bytes) -> tuple[Key, bytes]:
    """Return the key in a .pub or .asc file; raises `ConfigError` for what is neither."""
    if len(content) > MAX_PERSON:
        raise ConfigError("this is larger than any public key", "give a .pub or .asc file")
    if b"BEGIN PGP PUBLIC KEY" in content:
        return gpg_key(email, content)
    return ssh_key(email, content.decode("utf-8", "replace")), b""


def gpg_key(email: str, armored: bytes) -> tuple[Key, bytes]:
    """Return an exported OpenPGP key as a line of the keys; raises `ConfigError` for what holds none."""
    listed = _run_gpg("--with-colons", "--show-keys", stdin=armored).decode("utf-8", "replace")
    key = next(iter(read_listing(listed).values()), None)
    if key is None:
        raise ConfigError("this is not an OpenPGP public key", "export it with `gpg --armor --export KEY`")
    if not key.fit(int(time.time())):
        end = "give a key that still signs; where this one is trusted: `triage opinion keys revoke FINGERPRINT`"
        raise ConfigError(f"{key.fingerprint} is {'revoked' if key.revoked else 'expired'}", end)
    return Key(email.casefold(), "gpg", key.fingerprint), armored


def _run_gpg(*args: str, stdin: bytes = b"") -> bytes:
    with tempfile.TemporaryDirectory(prefix="triage-gpg-") as folder:
        home = ("--homedir", folder) if stdin else ()
        try:
            done = git.run(["gpg", *home, "--batch", *args], own_env(), stdin, os.sep)
        except FileNotFoundError as error:
            raise ConfigError("gpg is not there", "install gnupg, or sign with an SSH key: git config gpg.format ssh") from error
    return done.stdout


def name_of(email: str) -> str:
    """Return an address as keys have it; raises `UsageError` for what is none."""
    if "@" not in email or any(char in email for char in ' ,"*?!<>'):
        raise UsageError(f"{email!r} is not an address", "write reviewer@example.org")
    return email.casefold()
