# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose key is whose, and when: allowed-signers files as ssh-keygen(1) has them, one a person, with the OpenPGP keys beside. Pure."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from triage.mail.characters import plain_letters
from triage.mail.identity import mailbox
from triage.model.errors import ConfigError, KeysError, UsageError
from triage.model.expression import expression
from triage.opinion.refs import LOGS, ref_of, slug

SIGNERS, GPG_SIGNERS = "allowed_signers", "gpg_signers"
"""The files of the first form, which held everybody's keys; it is read, and the next change writes the second."""
FORM, SECOND, THRESHOLD, PEOPLE, BEFORE, UNBOUND = "form", b"2\n", "threshold", "people/", "logs/before", "logs/unbound"
MAX_PERSON = 64 * 1024
MAX_PEOPLE = 10_000
NOTHING = "0" * 40
"""The tip of a log that had no record."""
_SSH = expression(
    r"((?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com))"
    r" ([A-Za-z0-9+/]{20,8000}={0,3})(?: ([^\n]{0,200}))?"
)
_LINE = expression(r"([^\s,\"*?!]+@[^\s,\"*?!]+)(?: ([a-z-]+=\"[^\"\n]*\"(?:,[a-z-]+=\"[^\"\n]*\")*))? (\S.*)")
_OPTION = expression(r"([a-z-]+)=\"([^\"\n]*)\"")
_STAMP = expression(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?")
_FINGERPRINT = expression(r"[0-9A-F]{40}")
_UNTIL = expression(r"# until (\S{20,80}) ([0-9a-f]{40})")
_TIP = expression(r"([a-z0-9-]{1,80}) ([0-9a-f]{40})")
_OPENPGP = "# openpgp "


class Key(Struct, frozen=True):
    """One key of one reviewer; `after` and `before` bound when it may sign, in seconds since the epoch."""

    email: str
    kind: str
    """`ssh` or `gpg`."""
    material: str
    """The SSH public key without its comment, or the OpenPGP fingerprint."""
    after: int | None = None
    before: int | None = None
    comment: str = ""
    until: str = ""
    """The last record of its owner that was believed when it was revoked, a commit: what comes after that one does not count."""

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


class KeyRing(Struct, frozen=True):
    """All keys that are trusted, with the OpenPGP keys themselves, and what a record must be to count by them."""

    keys: tuple[Key, ...] = ()
    armored: tuple[tuple[str, bytes], ...] = ()
    """OpenPGP fingerprint and the exported key."""
    threshold: int = 1
    """How many people must sign a change of the keys."""
    before: tuple[tuple[str, str], ...] = ()
    """The logs as they stood before there were keys, ref and tip: what is in them counts as it did."""
    unbound: tuple[tuple[str, str], ...] = ()
    """The logs as they stood when records began to name their project, ref and tip; empty with keys of the first form."""
    bound: bool = False
    """Whether records have to name the project: so with all keys but those of the first form."""
    project: str = ""
    """The id of the project: the first commit of its keys."""

    def of(self, email: str) -> tuple[Key, ...]:
        """Return the keys of one reviewer, in any state."""
        return tuple(key for key in self.keys if key.email == email.casefold())

    def owner(self, key: Key) -> str:
        """Return whose key it is, "" for nobody's; of several who share it, one alone."""
        return min((one.email for one in self.keys if (one.kind, one.material) == (key.kind, key.material)), default="")

    def people(self, moment: int) -> int:
        """Count who has a key that may sign at a moment; two spellings of one address are one person."""
        return len({person(key.email) for key in self.keys if key.valid(moment)})

    def digest(self, email: str) -> str:
        """Return what a verdict on a reviewer's record depends on besides the record: sha256 over their keys, "" for none."""
        own = self.of(email)
        shared = tuple(self.owner(key) for key in own)
        armored = tuple(content for name, content in self.armored if any(key.material == name for key in own))
        return sha256(repr((own, shared, armored)).encode()).hexdigest()[:16] if own else ""

    def files(self) -> dict[str, bytes]:
        """Return the files that hold the keys, in the second form."""
        found = {FORM: SECOND}
        if self.threshold > 1:
            found[THRESHOLD] = f"{self.threshold}\n".encode()
        people: dict[str, str] = {}
        for key in self.keys:
            people[key.email] = people.get(key.email, "") + _line(key)
        found |= {f"{PEOPLE}{slug(email)}": text.encode() for email, text in people.items()}
        for name, tips in ((BEFORE, self.before), (UNBOUND, self.unbound)):
            if tips:
                found[name] = "".join(f"{ref.removeprefix(LOGS).removesuffix('/log')} {tip}\n" for ref, tip in tips).encode()
        return found | {f"gpg/{fingerprint}.asc": content for fingerprint, content in self.armored}

    def check_room(self) -> None:
        """Raise `UsageError` where these keys are more than can be read again."""
        if len({key.email for key in self.keys}) > MAX_PEOPLE:
            raise UsageError(f"the keys hold {MAX_PEOPLE} people", "there is no room for more")
        for name, content in self.files().items():
            if name.startswith((PEOPLE, "gpg/")) and len(content) > MAX_PERSON:
                whose = content.split(b" ", 1)[0].decode("utf-8", "replace") if name.startswith(PEOPLE) else name[4:-4]
                raise UsageError(f"the keys of {whose} would take more than {MAX_PERSON >> 10} KiB", "give a smaller key")

    def added(self, key: Key, armored: bytes = b"") -> "KeyRing":
        """Return the ring with one key more; raises `UsageError` for one that is there, or is somebody else's."""
        owner = self.owner(key)
        if owner == key.email:
            end = "`keys list` shows them; one that was ended since is ended here by `triage opinion keys revoke FINGERPRINT`"
            raise UsageError(f"{key.fingerprint} is a key of {key.email} already", end)
        if owner:
            raise UsageError(f"{key.fingerprint} is the key of {owner}", f"one key serves one person: {key.email} needs one of their own")
        if spelling := next((one.email for one in self.keys if one.email != key.email and person(one.email) == person(key.email)), ""):
            raise UsageError(f"{key.email} is another spelling of {spelling}", f"add the key as one of {spelling}")
        kept = tuple(item for item in self.armored if item[0] != key.material)
        return replace(self, keys=(*self.keys, key), armored=(*kept, (key.material, armored)) if armored else self.armored)

    def revoked(self, name: str, moment: int, tips: dict[str, str] | None = None) -> "KeyRing":
        """Return the ring with the keys that an address or fingerprint names ended at `moment` and at the last record of their owner.

        `tips` are the logs as they are believed now; without them time alone ends a key. Raises `UsageError` where nothing is called so.
        """
        hit = [key for key in self.keys if name.casefold() == key.email or (len(name) >= 8 and key.fingerprint.startswith(name))]
        if not hit:
            raise UsageError(f"no key called {name!r}", "name an address or a fingerprint; `triage opinion keys list` shows them")
        ended = {key: _ended(key, moment) for key in hit}
        if tips is not None:
            ended = {key: replace(end, until=key.until or tips.get(ref_of(key.email), NOTHING)) for key, end in ended.items()}
        return replace(self, keys=tuple(ended.get(key, key) for key in self.keys))

    def joined(self, other: "KeyRing") -> "KeyRing":
        """Return the ring with the keys of another one too; of two ends of one key the earlier holds."""
        own = list(self.keys)
        for key in other.keys:
            at = next((number for number, one in enumerate(own) if one.same(key)), -1)
            if at < 0 and not self.owner(key):
                own.append(key)
            elif at >= 0 and key.before is not None:
                own[at] = replace(_ended(own[at], key.before), until=own[at].until or key.until)
        armored = dict(other.armored) | dict(self.armored)
        return replace(self, keys=tuple(own), armored=tuple(sorted(armored.items())))

    def follows(self, older: "KeyRing") -> str:
        """Say what is wrong with this ring as the next one after `older`, "" for nothing: keys are added or ended, never taken out."""
        now = {(key.email, key.kind, key.material): key for key in self.keys}
        for was in older.keys:
            key = now.get((was.email, was.kind, was.material))
            if key is None:
                return f"the key {was.fingerprint} of {was.email} was taken out"
            lasts = key.after != was.after or (was.before is not None and (key.before is None or key.before > was.before))
            if lasts or (was.until and key.until != was.until):
                return f"the key {was.fingerprint} of {was.email} was made to last longer"
        if shared := self._shared() - older._shared():
            return f"the key {min(shared)} is given to two people"
        if spellings := self._spellings() - older._spellings():
            return f"{' and '.join(min(spellings))} are spellings of one address"
        if not set(older.armored) <= set(self.armored):
            return "an OpenPGP key was taken out"
        if self.before != older.before or (older.bound and (self.unbound, self.bound) != (older.unbound, True)):
            return "what was said before is not what was written down"
        return ""

    def _shared(self) -> set[str]:
        who: dict[tuple[str, str], set[str]] = {}
        for key in self.keys:
            who.setdefault((key.kind, key.material), set()).add(key.email)
        return {key.fingerprint for key in self.keys if len(who[key.kind, key.material]) > 1}

    def _spellings(self) -> set[tuple[str, ...]]:
        who: dict[tuple[str, str], set[str]] = {}
        for key in self.keys:
            who.setdefault(person(key.email), set()).add(key.email)
        return {tuple(sorted(emails)) for emails in who.values() if len(emails) > 1}


def person(email: str) -> tuple[str, str]:
    """Return by what an address is one person's among the keys: the mailbox, in the letters that a reader takes it for."""
    return mailbox(plain_letters(email.casefold()))


def _ended(key: Key, moment: int) -> Key:
    return replace(key, before=moment if key.before is None else min(moment, key.before))


def _line(key: Key) -> str:
    bounds = [("valid-after", key.after), ("valid-before", key.before)]
    options = ['namespaces="git"'] if key.kind == "ssh" else []
    options += [f'{name}="{stamp(moment)}"' for name, moment in bounds if moment is not None]
    line = " ".join(part for part in (key.email, ",".join(options), key.material, key.comment) if part) + "\n"
    if key.kind == "gpg":
        line = _OPENPGP + line  # a comment to ssh-keygen
    return line + (f"# until {key.fingerprint} {key.until}\n" if key.until else "")


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
    raise ConfigError(f"{text!r} is not a time", "write 2026-09-01 or 20260901120000Z")


def ssh_key(email: str, text: str, after: int | None = None, before: int | None = None) -> Key:
    """Return the key of a public key line; raises `ConfigError` for what is none."""
    match = _SSH.fullmatch(" ".join(text.split()))
    try:
        if match and base64.b64decode(match[2], validate=True)[4:].startswith(match[1].encode()):
            return Key(email.casefold(), "ssh", f"{match[1]} {match[2]}", after, before, match[3] or "")
    except (binascii.Error, ValueError) as error:
        raise ConfigError("this is not an SSH public key", "give the .pub file") from error
    raise ConfigError("this is not an SSH public key", "give the .pub file, one line such as `ssh-ed25519 AAAA… name`")


def read_ring(files: dict[str, bytes]) -> KeyRing:
    """Return the ring that the files of a `_keys` commit hold, of either form; raises `KeysError` naming file and line."""
    armored = {name[4:-4]: content for name, content in files.items() if name.startswith("gpg/") and name.endswith(".asc")}
    try:
        if FORM in files:
            ring = _second(files)
        else:
            lines = [(name, kind, line) for name, kind in ((SIGNERS, "ssh"), (GPG_SIGNERS, "gpg")) for line in _numbered(files, name)]
            ring = KeyRing(tuple(_read_line(line, kind, f"{name}, line {number}") for name, kind, (number, line) in lines))
    except KeysError:
        raise
    except ConfigError as error:
        raise KeysError(error.message, error.hint) from error
    if not ring.keys:
        raise KeysError("there is no key in them", "ask somebody of the project for a whole copy")
    told = Counter((key.email, key.kind, key.material) for key in ring.keys)
    if twice := [email for (email, _, _), number in told.items() if number > 1]:
        raise KeysError(f"a key of {min(twice)} is in them twice", "ask somebody of the project for a whole copy")
    return replace(ring, armored=tuple(sorted(armored.items())))


def _numbered(files: dict[str, bytes], name: str) -> list[tuple[int, str]]:
    return list(enumerate(files.get(name, b"").decode("utf-8", "replace").splitlines(), 1))


def _second(files: dict[str, bytes]) -> KeyRing:
    if files[FORM] != SECOND:
        raise KeysError("the keys have a form that is not known here", "upgrade triage")
    keys: list[Key] = []
    for name in sorted(name for name in files if name.startswith(PEOPLE)):
        own = _person(name, _numbered(files, name))
        if not own or any(f"{PEOPLE}{slug(key.email)}" != name for key in own):
            raise KeysError(f"{name} does not hold the keys of one person", "ask somebody of the project for a whole copy")
        keys += own
    text = files.get(THRESHOLD, b"1\n").decode("utf-8", "replace").strip()
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise KeysError(f"{THRESHOLD} is not a number of people", "ask somebody of the project for a whole copy")
    return KeyRing(tuple(keys), (), int(text), _tips(files, BEFORE), _tips(files, UNBOUND), bound=True)


def _person(name: str, lines: list[tuple[int, str]]) -> list[Key]:
    marks = [match for _, line in lines if (match := _UNTIL.fullmatch(line))]
    ends = {match[1]: match[2] for match in marks}
    keys = []
    for number, line in lines:
        where = f"{name}, line {number}"
        if line.startswith(_OPENPGP):
            key = _read_line(line.removeprefix(_OPENPGP), "gpg", where)
        elif not line.startswith("#"):
            key = _read_line(line, "ssh", where)
        elif _UNTIL.fullmatch(line):
            continue
        else:
            raise KeysError(f"{where} is not a key", "upgrade triage, or ask somebody of the project for a whole copy")
        keys.append(replace(key, until=ends.get(key.fingerprint, "")))
    if len(marks) > len(ends) or set(ends) - {key.fingerprint for key in keys if key.before is not None}:
        raise KeysError(f"{name} names a last record of a key that was not ended", "ask somebody of the project for a whole copy")
    return keys


def _tips(files: dict[str, bytes], name: str) -> tuple[tuple[str, str], ...]:
    found = []
    for number, line in _numbered(files, name):
        match = _TIP.fullmatch(line)
        if not match:
            raise KeysError(f"{name}, line {number} is not a log with its tip", "ask somebody of the project for a whole copy")
        found.append((f"{LOGS}{match[1]}/log", match[2]))
    return tuple(found)


def _read_line(line: str, kind: str, where: str) -> Key:
    match = _LINE.fullmatch(line)
    if not match:
        raise ConfigError(f"{where} is not a key", 'a line is `reviewer@example.org namespaces="git" ssh-ed25519 AAAA…`')
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
