# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was damaged or lost here, brought back in an exchange: from the remote where it has it, else as far as it can be kept."""

import time
from datetime import UTC, datetime

from triage import git
from triage.model import Person
from triage.model.errors import ArchiveError, KeysError
from triage.opinion.damage import damaged
from triage.opinion.keychain import DAY, load_ring
from triage.opinion.keyring import in_force, known_keys
from triage.opinion.log import MAX_LOG, OpinionLog
from triage.opinion.person import signing_key
from triage.opinion.record import rechained
from triage.opinion.refs import KEYS, SEEN, ref_of
from triage.opinion.remotes import Incoming
from triage.opinion.result import Result


def is_whole(log: OpinionLog) -> bool:
    """Say whether keys and logs can all be read here; keys that are only on offer are another matter."""
    try:
        in_force(log)
    except KeysError:
        if log.repository.ref(KEYS) or known_keys(log) or log.repository.is_broken(KEYS):
            return False
    return not damaged(log)


def made_whole(log: OpinionLog, name: str, incoming: Incoming, me: Person, result: Result) -> bool:
    """Take back what a remote has of keys and records that were damaged here; returns whether all is whole now."""
    try:
        in_force(log)
    except KeysError:
        theirs = incoming.get(KEYS, "")
        known = known_keys(log)
        if not theirs or not known or any(not log.repository.is_ancestor(tip, theirs) for tip in known):
            raise
        back = known[0]
        load_ring(log, back)
        (log.path / KEYS).unlink(missing_ok=True) if log.repository.is_broken(KEYS) else None
        log.repository.run("update-ref", KEYS, back)
        result.notes.append(f"the keys were damaged here and were fetched back from {name}")
    hurt = damaged(log)
    for one in hurt:
        if one.lost and not log.repository.ref(one.ref) and one.ref in incoming:  # it is followed as one that is new here
            if not log.is_behind(one.tip, incoming[one.ref]):
                result.lost.append(f"{one.says}, and {name} does not have record {one.tip[:12]}, with which it ended")
        elif one.ref == ref_of(me.email) and not one.lost and (lost := _gone_on(log, one.ref, incoming, me)):
            result.lost += lost
        else:
            result.refused[one.ref] = one.says
    return not hurt


def _gone_on(log: OpinionLog, ref: str, incoming: Incoming, me: Person) -> list[str]:
    """Put own records behind the ones before a record that is damaged and that no remote has; returns what is lost, if anything."""
    lost: list[str] = []
    old = tip = log.repository.ref(ref)
    shown = [*log.repository.refs(SEEN).values(), *incoming.values()]
    while broken := _first_broken(log, tip):
        before = git.read(log.path, "rev-list", "--max-count=1", "--skip=1", broken).strip()
        if not before or len(lost) > MAX_LOG or any(log.is_behind(broken, one) for one in shown):
            return []
        tip = rechain(log, ref, tip, broken, before, me)
        lost.append(f"record {broken[:12]} of yours was damaged before any remote had it; what you said after it was kept")
    if lost:
        log.repository.move(ref, tip, old)
    return lost


def _first_broken(log: OpinionLog, tip: str) -> str:
    """Return the first commit of a log whose record cannot be read, "" for none."""
    commits = git.read(log.path, "rev-list", "--reverse", "--first-parent", tip).split()
    at = 0
    try:
        for _ in log.entries(tip):
            at += 1
    except ArchiveError:
        return commits[at]
    return ""


def rechain(log: OpinionLog, ref: str, ours: str, base: str, onto: str, me: Person) -> str:
    """Put own records that nobody has yet behind those of another machine; their ids and words stay. Returns the new tip."""
    there = {entry.content.partition(b"\n\n")[0] for entry in log.entries(onto, base)}
    tip = onto
    for entry in log.entries(ours, base):
        if entry.content.partition(b"\n\n")[0] in there:
            continue
        signed = b"\ngpgsig " in entry.raw.partition(b"\n\n")[0]
        subject = entry.raw.partition(b"\n\n")[2].decode("utf-8", "replace").strip() or "record"
        late = datetime.now(UTC) if time.time() - entry.time > DAY / 2 else None  # its time must be near its commit's
        tip = log.write(rechained(entry.content, tip, late), tip, me, subject, signed and bool(signing_key()))
    return tip
