# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records that somebody with push access, and without the right key, could put into a reviewer's log; none may count."""

import random
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from tests.reviewers import TARGET, Machine, bare, make_key, person
from triage.opinion.index import read_log
from triage.opinion.keyring import in_force
from triage.opinion.offers import trust
from triage.opinion.record import Draft, new_id, write_record
from triage.opinion.refs import ref_of
from triage.opinion.repository import Repository
from triage.opinion.signatures import Cache
from triage.opinion.standing import standing


@dataclass
class Stage:
    """Ada's log, which all trust; Mallory, whom nobody trusts; Bo, whose key has run out."""

    ada: Machine
    bo: Machine
    mallory: Machine
    reader: Machine
    remote: Path
    chance: random.Random

    @property
    def log(self) -> Repository:
        return self.reader.log.repository

    @property
    def ref(self) -> str:
        return ref_of(self.ada.person.email)

    @property
    def tip(self) -> str:
        return self.log.ref(self.ref)

    def record(
        self, who: Machine | None = None, previous: str | None = None, number: int = 0, project: str | None = None, time: datetime | None = None
    ) -> bytes:  # fmt: skip
        who = who or self.ada
        project = in_force(self.reader.log).project if project is None else project
        draft = Draft(who.person, "agree", TARGETS[number % len(TARGETS)], f"forged {number}", project=project, time=time)
        return write_record(draft, new_id(datetime.now(UTC), self.chance.randbytes(10)), self.tip if previous is None else previous)

    def commit(self, content: bytes, signer: Machine | None, parent: str | None = None, name: str = "m") -> str:
        """Write a commit as git does, signed by somebody or by nobody."""
        who = signer or self.mallory
        with who.used():
            tree = self.log.tree_of({name: content})
            return self.log.commit(tree, self.tip if parent is None else parent, self.ada.person, "agree", sign=signer is not None)

    def with_signature_of(self, commit: str, content: bytes) -> str:
        """Write a commit of `content` that carries the signature of another one."""
        raw = subprocess.run(["git", f"--git-dir={self.log.path}", "cat-file", "commit", commit], capture_output=True, check=True).stdout
        tree = self.log.tree_of({"m": content}).encode()
        forged = re.sub(rb"^tree [0-9a-f]{40}\n(?:parent [0-9a-f]{40}\n)?", b"tree " + tree + b"\nparent " + self.tip.encode() + b"\n", raw)
        return self.log.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=forged).strip()

    def content_of(self, commit: str) -> bytes:
        return subprocess.run(
            ["git", f"--git-dir={self.log.path}", "cat-file", "blob", f"{commit}:m"], capture_output=True, check=True
        ).stdout


TARGETS = [replace(TARGET, content=f"{number:064x}", title=f"t{number}") for number in range(7)]
Forgery = Callable[[Stage, int], str]


def second_from(stage: Stage, n: int) -> str:
    return stage.commit(b"From: Mallory <mallory@example.org>\n" + stage.record(number=n), stage.mallory)


def truncated(stage: Stage, n: int) -> str:
    content = stage.content_of(stage.tip)
    return stage.with_signature_of(stage.tip, content[: stage.chance.randrange(0, len(content) - 1)])


def replayed(stage: Stage, n: int) -> str:
    return stage.with_signature_of(stage.tip, stage.content_of(stage.tip))


def on_other_content(stage: Stage, n: int) -> str:
    content = re.sub(rb"(?m)^Target-Content: .*$", b"Target-Content: sha256:" + b"%064x" % n, stage.content_of(stage.tip))
    content = re.sub(rb"(?m)^Previous: .*$", b"Previous: " + stage.tip.encode(), content)
    return stage.with_signature_of(stage.tip, content)


def bad_chain(stage: Stage, n: int) -> str:
    return stage.commit(stage.record(previous=f"{n:040x}", number=n), stage.ada)


def anothers_record(stage: Stage, n: int) -> str:
    return stage.commit(stage.record(stage.bo if n % 2 else stage.mallory, number=n), stage.bo if n % 2 else stage.mallory)


KINDS: dict[str, Forgery] = {
    "unsigned": lambda stage, n: stage.commit(stage.record(number=n), None),
    "wrong key": lambda stage, n: stage.commit(stage.record(number=n), stage.mallory if n % 2 else stage.bo),
    "another's record": anothers_record,
    "replayed": replayed,
    "on other content": on_other_content,
    "second From": second_from,
    "truncated": truncated,
    "bad chain": bad_chain,
    "another project": lambda stage, n: stage.commit(stage.record(number=n, project=f"{n:040x}"), stage.ada),
    "no project": lambda stage, n: stage.commit(stage.record(number=n, project=""), stage.ada),
    "another time": lambda stage, n: stage.commit(
        stage.record(number=n, time=datetime.now(UTC) + timedelta(days=(n % 900 + 2) * (1 if n % 2 else -1))), stage.ada
    ),
    "another file": lambda stage, n: stage.commit(stage.record(number=n), stage.mallory, name="x"),
}


def set_up(folder: Path, valid: int, seed: int) -> Stage:
    """Make the people, the keys and `valid` records of Ada's; Bo's key was good until a moment ago."""
    remote = bare(folder / "remote.git")
    people = {name: Machine(folder / name, person(name), make_key(folder / "keys", name)) for name in ("Ada", "Bo", "Mallory", "Rea")}
    ada, bo, reader = people["Ada"], people["Bo"], people["Rea"]
    ada.start_keys()
    ada.add_key(reader)
    ada.add_key(bo, before=int(time.time()) - 60)
    for number in range(valid):
        ada.say("agree", f"valid {number}", target=TARGETS[number % len(TARGETS)])
    ada.sync(remote)
    reader.sync(remote)
    with reader.used():
        trust(reader.log)
    reader.sync()
    return Stage(ada, bo, people["Mallory"], reader, remote, random.Random(seed))


def read_valid(stage: Stage) -> tuple[int, float, float]:
    """Return how many records of Ada's log are good, and how many a second were checked first and from the cache."""
    cache: Cache = {}
    started = time.monotonic()
    good = [o for o in read_log(stage.reader.log, stage.ref, stage.tip, "", in_force(stage.reader.log), cache) if o.signed == "good"]
    first = time.monotonic() - started
    started = time.monotonic()
    again = read_log(stage.reader.log, stage.ref, stage.tip, "", in_force(stage.reader.log), cache)
    assert [o.id for o in again] == [o.id for o in good]
    return len(good), len(good) / first, len(good) / (time.monotonic() - started)


def forge(stage: Stage, kind: str, count: int) -> int:
    """Forge `count` records of a kind and return how many of them would count: none may."""
    counted = 0
    for number in range(count):
        commit = KINDS[kind](stage, number)
        found = read_log(stage.reader.log, stage.ref, commit, stage.tip, in_force(stage.reader.log), {})
        assert [o.commit for o in found] == [commit], kind
        counted += len(standing(found))
    return counted


def expire(stage: Stage, count: int) -> int:
    """Have Bo, whose key ran out, write into his own log; returns how many of these would count."""
    ref = ref_of(stage.bo.person.email)
    for number in range(count):
        with stage.bo.used():
            parent = stage.log.ref(ref)
            content = stage.record(stage.bo, parent, number)
            commit = stage.log.commit(stage.log.tree_of({"m": content}), parent, stage.bo.person, "agree", sign=True)
        stage.log.run("update-ref", ref, commit)
    found = read_log(stage.reader.log, ref, stage.log.ref(ref), "", in_force(stage.reader.log), {})
    assert len(found) == count
    assert {o.trouble for o in found} == {"the key that signed it was not valid any more"}
    return len(standing(found))


def rewrite_remote(stage: Stage, count: int) -> int:
    """Roll the remote's log back, fork it, or delete it, and exchange; returns how often what is held here changed."""
    remote = Repository(stage.remote)
    kept, changed = stage.tip, 0
    line = subprocess.run(
        ["git", f"--git-dir={stage.log.path}", "rev-list", kept], capture_output=True, text=True, check=True
    ).stdout.split()
    for number in range(count):
        way = number % 3
        if way == 0:
            remote.run("update-ref", stage.ref, stage.chance.choice(line[1:]))
        elif way == 1:
            with stage.ada.used():  # signed by Ada's own key: two histories of one hand
                parent = line[1 + number % (len(line) - 1)]
                tree = remote.tree_of({"m": stage.record(previous=parent, number=number)})
                remote.run("update-ref", stage.ref, remote.commit(tree, parent, stage.ada.person, "agree", sign=True))
        else:
            remote.run("update-ref", "-d", stage.ref)
        result = stage.reader.sync()
        assert stage.ref in result.refused
        changed += stage.tip != kept
        remote.run("update-ref", stage.ref, kept)
        assert stage.ref not in stage.reader.sync().refused
    return changed
