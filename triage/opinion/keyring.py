# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys in force, read from git; whoever once had keys and cannot read them is told so, and trusts nobody meanwhile."""

import re
from collections.abc import Mapping

from triage.model.errors import KeysError
from triage.opinion.keychain import RESTORE, load_ring, walk_keys
from triage.opinion.keys import KeyRing
from triage.opinion.log import OpinionLog
from triage.opinion.refs import HIDDEN, KEYS, LAST, OFFERED, SEEN

ASK = "ask who looks after it"


def in_force(log: OpinionLog) -> KeyRing:
    """Return the keys by which records count here, an empty ring where there never were any: what all that acts on them asks.

    Raises `KeysError` where there once were keys, here, at a remote or in the index, that cannot be read now.
    """
    refs = log.repository.refs(KEYS, SEEN, f"{LAST}_keys", OFFERED, HIDDEN)
    tip = refs.get(KEYS, "")
    if not tip:
        if had := _once_had(log, refs):
            raise KeysError(*had)
        return KeyRing()
    ring = load_ring(log, tip)
    noted = {name: known for name, known in refs.items() if name.startswith((SEEN, LAST))}
    for name, known in noted.items():
        if name.endswith("/_keys") and known != tip and not log.repository.is_ancestor(known, tip):
            raise KeysError(f"the keys in {log.path} are older than those that were here, or others", RESTORE)
    known = log.remembered.get(KEYS, "")
    if re.fullmatch("[0-9a-f]{40}", known) and known != tip and (not log.repository.has(known) or log.repository.is_ancestor(tip, known)):
        raise KeysError(f"the keys in {log.path} are older than those that were here", RESTORE)
    last = noted.get(f"{LAST}_keys", "")
    if last != tip and (trouble := walk_keys(log, last, tip)[1]):  # git moved them, not this program
        raise KeysError(f"the keys in {log.path} were changed by hand, and nobody's word counts: {trouble}", RESTORE)
    return ring


def known_keys(log: OpinionLog) -> list[str]:
    """Return what is known of the keys that were here, commits: the last ones here, else those in the index and those remotes showed."""
    return _known(log, log.repository.refs(SEEN, f"{LAST}_keys"))


def _known(log: OpinionLog, refs: Mapping[str, str]) -> list[str]:
    last = refs.get(f"{LAST}_keys", "")
    shown = [tip for name, tip in refs.items() if name.startswith(SEEN) and name.endswith("/_keys")]
    known = [last] if last else [log.remembered.get(KEYS, ""), *shown]
    return [tip for tip in dict.fromkeys(known) if re.fullmatch("[0-9a-f]{40}", tip)]


def _once_had(log: OpinionLog, refs: Mapping[str, str]) -> tuple[str, str] | None:
    """Say what is known of keys where there are none now, and what to do about it; None where there never were any."""
    if (log.path / KEYS).is_file():  # and git reads no ref in it
        return f"the keys in {log.path} cannot be read, so nobody's word counts: the ref {KEYS} is damaged", RESTORE
    if log.remembered.get(KEYS) or _known(log, refs):
        return f"the keys that were in {log.path} are gone, so nobody's word counts", RESTORE
    if offers := [name.removeprefix(OFFERED) for name in refs if name.startswith(OFFERED)]:
        return (
            f"{offers[0]} has keys that nobody here has accepted: nothing is given or taken until they are",
            "compare them with their owners, then `triage opinion keys trust`",
        )
    if hidden := [name.removeprefix(HIDDEN) for name in refs if name.startswith(HIDDEN)]:
        return (
            f"{hidden[0]} has records that were given under keys, and hides these keys: nothing is given or taken until it shows them",
            ASK,
        )
    return None
