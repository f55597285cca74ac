# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People with machines and keys, for tests of logs that travel: every git, ssh-keygen and gpg here is real."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from triage.model import MessageId, Person
from triage.model.opinion import FindingRef, Record
from triage.opinion.index import read_log
from triage.opinion.keylog import change_keys
from triage.opinion.keyring import in_force
from triage.opinion.keys import KeyRing, ssh_key
from triage.opinion.log import OpinionLog
from triage.opinion.ownkey import own_key
from triage.opinion.record import Draft, Target
from triage.opinion.refs import KEYS
from triage.opinion.result import Result
from triage.opinion.sync import sync
from triage.opinion.writing import append

TARGET = Target(
    message_id=MessageId("a@example.org"), blob="b" * 40, content="c" * 64, patch_id="", carry="", series="v1 1/1", fingerprint="f" * 64,
    finding=FindingRef("0123456789abcdef DCO001 pack/rule"), title="A title",
)  # fmt: skip


def make_key(folder: Path, name: str) -> Path:
    """Make an SSH key and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name], check=True)
    return folder / name


@dataclass
class Machine:
    """One clone of one person: a folder, an identity, a key or none."""

    folder: Path
    person: Person
    key: Path | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = f"[user]\n\tname = {self.person.name}\n\temail = {self.person.email}\n"
        if self.key:
            text += f"\tsigningkey = {self.key}.pub\n[gpg]\n\tformat = ssh\n"
        (self.folder / "gitconfig").write_text(text)
        self.log = OpinionLog(self.folder / "opinions.git")

    @contextmanager
    def used(self) -> Iterator["Machine"]:
        """Be this person at this machine."""
        before = os.environ.get("GIT_CONFIG_GLOBAL")
        os.environ["GIT_CONFIG_GLOBAL"] = str(self.folder / "gitconfig")
        try:
            yield self
        finally:
            if before is None:
                del os.environ["GIT_CONFIG_GLOBAL"]
            else:
                os.environ["GIT_CONFIG_GLOBAL"] = before

    def say(self, kind: str = "agree", reason: str = "", sign: bool = True, target: Target = TARGET) -> MessageId:
        with self.used():
            return append(self.log, Draft(self.person, kind, target, reason), sign)

    def sync(self, remote: Path | str = "", restore: bool = False) -> Result:
        with self.used():
            return sync(self.log, self.person, str(remote), restore)

    def start_keys(self) -> KeyRing:
        with self.used():
            return change_keys(self.log, self.person, "start", lambda ring: ring.added(*own_key(self.person.email)))

    def add_key(self, other: "Machine", after: int | None = None, before: int | None = None) -> KeyRing:
        assert other.key
        key = ssh_key(other.person.email, other.key.with_suffix(".pub").read_text(), after, before)
        with self.used():
            return change_keys(self.log, self.person, "add", lambda ring: ring.added(key))

    def read(self, cache: dict[tuple[str, str], tuple[str, str]] | None = None) -> list[Record]:
        """Return all records of all logs, checked."""
        ring, known = in_force(self.log), {} if cache is None else cache
        tips = self.log.tips()
        return [o for ref in sorted(set(tips) - {KEYS}) for o in read_log(self.log, ref, tips[ref], "", ring, known)]


def bare(path: Path) -> Path:
    """Make an empty bare repository, as a host of projects does."""
    subprocess.run(["git", "init", "--quiet", "--bare", path], check=True)
    return path


def person(name: str) -> Person:
    return Person(f"{name} Example", f"{name.lower()}@example.org")
