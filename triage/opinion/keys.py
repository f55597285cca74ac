# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose key is whose, and when: an allowed-signers file as ssh-keygen(1) has it, with the OpenPGP keys beside it. Pure."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from triage.errors import ConfigError, UsageError

SIGNERS, GPG_SIGNERS = "allowed_signers", "gpg_signers"
_SSH = re.compile(
    r"((?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com))"
    r" ([A-Za-z0-9+/]{20,8000}={0,3})(?: ([^\n]{0,200}))?"
)
_LINE = re.compile(r"([^\s,\"*?!]+@[^\s,\"*?!]+)(?: ([a-z-]+=\"[^\"\n]*\"(?:,[a-z-]+=\"[^\"\n]*\")*))? (\S.*)")
_OPTION = re.compile(r"([a-z-]+)=\"([^\"\n]*)\"")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of one reviewer; `after` and `before` bound when it may sign, in seconds since the epoch."""

    email: str
    kind: str
    """`ssh` or `gpg`."""
    material: str
    """The SSH public key without its comment, or the OpenPGP fingerprint."""
    after: int | None = None
    before: int | None = None
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """How people tell it: `SHA256:…` as ssh-keygen prints it, or the OpenPGP fingerprint."""
        if self.kind == "gpg":
            return self.material
        blob = base64.b64decode(self.material.partition(" ")[2])
        return "SHA256:" + base64.b64encode(sha256(blob).digest()).decode().rstrip("=")

    def valid(self, moment: int) -> bool:
        """Say whether it may sign at a moment."""
        return (self.after is None or moment >= self.after) and (self.before is None or moment < self.before)

    def same(self, other: "Key") -> bool:
        """Say whether two lines are about one key of one person."""
        return (self.email, self.kind, self.material) == (other.email, other.kind, other.material)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys that are trusted, with the OpenPGP keys themselves."""

    keys: tuple[Key, ...] = ()
    armored: tuple[tuple[str, bytes], ...] = ()
    """OpenPGP fingerprint and the exported key."""

    def of(self, email: str) -> tuple[Key, ...]:
        """Return the keys of one reviewer, in any state."""
        return tuple(key for key in self.keys if key.email == email.casefold())

    def digest(self, email: str) -> str:
        """Return what a verdict on a reviewer's record depends on besides the record: sha256 over their keys, "" for none."""
        own = self.of(email)
        return sha256(repr(own).encode()).hexdigest()[:16] if own else ""

    def files(self) -> dict[str, bytes]:
        """Return the files that hold the keys."""
        lines = {SIGNERS: "".join(_line(key) for key in self.keys if key.kind == "ssh")}
        gpg = "".join(_line(key) for key in self.keys if key.kind == "gpg")
        found = {name: text.encode() for name, text in lines.items()} | ({GPG_SIGNERS: gpg.encode()} if gpg else {})
        return found | {f"gpg/{fingerprint}.asc": content for fingerprint, content in self.armored}

    def added(self, key: Key, armored: bytes = b"") -> "KeyRing":
        """Return the ring with one key more; raises `UsageError` for one that is there."""
        if any(key.same(one) for one in self.keys):
            raise UsageError(f"{key.fingerprint} is a key of {key.email} already", "`triage opinion keys list` shows them")
        kept = tuple(item for item in self.armored if item[0] != key.material)
        return KeyRing((*self.keys, key), (*kept, (key.material, armored)) if armored else self.armored)

    def revoked(self, name: str, moment: int) -> "KeyRing":
        """Return the ring with the keys that an address or fingerprint names ended at `moment`; raises `UsageError` for none."""
        hit = [key for key in self.keys if name.casefold() == key.email or (len(name) >= 8 and key.fingerprint.startswith(name))]
        if not hit:
            raise UsageError(f"no key called {name!r}", "name an address or a fingerprint; `triage opinion keys list` shows them")
        return replace(self, keys=tuple(_ended(key, moment) if key in hit else key for key in self.keys))

    def joined(self, other: "KeyRing") -> "KeyRing":
        """Return the ring with the keys of another one too; of two ends of one key the earlier holds."""
        own = list(self.keys)
        for key in other.keys:
            at = next((number for number, one in enumerate(own) if one.same(key)), -1)
            if at < 0:
                own.append(key)
            elif key.before is not None:
                own[at] = _ended(own[at], key.before)
        armored = dict(other.armored) | dict(self.armored)
        return KeyRing(tuple(own), tuple(sorted(armored.items())))

    def follows(self, older: "KeyRing") -> str:
        """Say what is wrong with this ring as the next one after `older`, "" for nothing: keys are added or ended, never taken out."""
        for key in older.keys:
            now = next((one for one in self.keys if one.same(key)), None)
            if now is None:
                return f"the key {key.fingerprint} of {key.email} was taken out"
            if now.after != key.after or (key.before is not None and (now.before is None or now.before > key.before)):
                return f"the key {key.fingerprint} of {key.email} was made to last longer"
        if not set(older.armored) <= set(self.armored):
            return "an OpenPGP key was taken out"
        return ""


def _ended(key: Key, moment: int) -> Key:
    return replace(key, before=moment if key.before is None else min(moment, key.before))


def _line(key: Key) -> str:
    bounds = [("valid-after", key.after), ("valid-before", key.before)]
    options = ['namespaces="git"'] if key.kind == "ssh" else []
    options += [f'{name}="{stamp(moment)}"' for name, moment in bounds if moment is not None]
    return " ".join(part for part in (key.email, ",".join(options), key.material, key.comment) if part) + "\n"


def stamp(moment: int) -> str:
    """Return a moment as allowed-signers files write it: `20260901120000Z`."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y%m%d%H%M%SZ}"


def read_stamp(text: str) -> int:
    """Return the moment that `2026-09-01`, `20260901` or `20260901120000Z` names, in UTC; raises `ConfigError`."""
    match = _STAMP.fullmatch(text.replace("-", "").replace(":", "").replace("T", ""))
    try:
        if match:
            return int(datetime(*(int(part or 0) for part in match.groups()), tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]
    except ValueError as error:
        raise ConfigError(f"{text!r} is not in the calendar", "write 2026-09-01 or 20260901120000Z") from error
    raise ConfigError(f"{text!r} is no time", "write 2026-09-01 or 20260901120000Z")


def ssh_key(email: str, text: str, after: int | None = None, before: int | None = None) -> Key:
    """Return the key of a public key line; raises `ConfigError` for what is none."""
    match = _SSH.fullmatch(" ".join(text.split()))
    try:
        if match and base64.b64decode(match[2], validate=True)[4:].startswith(match[1].encode()):
            return Key(email.casefold(), "ssh", f"{match[1]} {match[2]}", after, before, match[3] or "")
    except (binascii.Error, ValueError) as error:
        raise ConfigError("this is no SSH public key", "give the .pub file") from error
    raise ConfigError("this is no SSH public key", "give the .pub file, one line such as `ssh-ed25519 AAAA… name`")


def read_ring(files: dict[str, bytes]) -> KeyRing:
    """Return the ring that the files of a `_keys` commit hold; raises `ConfigError` naming file and line."""
    keys: list[Key] = []
    for name, kind in ((SIGNERS, "ssh"), (GPG_SIGNERS, "gpg")):
        for number, line in enumerate(files.get(name, b"").decode("utf-8", "replace").splitlines(), 1):
            keys.append(_read_line(line, kind, f"{name}, line {number}"))
    armored = {name[4:-4]: content for name, content in files.items() if name.startswith("gpg/") and name.endswith(".asc")}
    return KeyRing(tuple(keys), tuple(sorted(armored.items())))


def _read_line(line: str, kind: str, where: str) -> Key:
    match = _LINE.fullmatch(line)
    if not match:
        raise ConfigError(f"{where} is no key", 'a line is `reviewer@example.org namespaces="git" ssh-ed25519 AAAA…`')
    options = dict(_OPTION.findall(match[2] or ""))
    if set(options) - {"namespaces", "valid-after", "valid-before"}:
        raise ConfigError(f"{where} has an option that is not known here", "namespaces, valid-after and valid-before are")
    after, before = (read_stamp(options[name]) if name in options else None for name in ("valid-after", "valid-before"))
    if kind == "ssh":
        return ssh_key(match[1], match[3], after, before)
    fingerprint, _, comment = match[3].partition(" ")
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise ConfigError(f"{where} has no OpenPGP fingerprint", "forty hexadecimal digits in capitals")
    return Key(match[1].casefold(), "gpg", fingerprint, after, before, comment)


def by_owner(keys: Iterable[Key]) -> list[Key]:
    """Return keys by owner, then by fingerprint."""
    return sorted(keys, key=lambda key: (key.email, key.fingerprint))
