# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys in git: a log of its own, which only keys that it trusts already may carry on. What starts it is a person's word."""

import time
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from triage.model import Person
from triage.model.errors import ConfigError, UsageError
from triage.opinion.keychain import Chain, check_step, load_ring, read_chain, ring_of
from triage.opinion.keyring import in_force
from triage.opinion.keys import KeyRing, read_ring
from triage.opinion.keys import person as whose
from triage.opinion.log import OpinionLog
from triage.opinion.person import signing_key
from triage.opinion.refs import KEYS

Change = Callable[[KeyRing], KeyRing]


class Changed(Struct, frozen=True):
    """What a change of the keys came to."""

    ring: KeyRing
    """The keys in force now."""
    missing: int = 0
    """How many more people must sign before it is in force."""


def change_keys(log: OpinionLog, person: Person, what: str, change: Change) -> KeyRing:
    """Do what `propose_change` does and return the keys in force."""
    return propose_change(log, person, what, change).ring


def propose_change(log: OpinionLog, person: Person, what: str, change: Change) -> Changed:
    """Write the keys as `change` makes them, signed with the user's key, which they must trust.

    They are in force once as many people as the keys before ask for have signed the same change. Where there are none yet, `change` must
    add the user's own key: the first one vouches for itself. Raises `ConfigError` without a signing key, or where the keys do not trust
    it, `KeysError` where keys that were here cannot be read, `UsageError` for keys that there is no room for.
    """
    if not signing_key():
        raise ConfigError("changing keys needs a signing key", "set user.signingkey, and gpg.format = ssh for an SSH key")
    with log.repository.held():
        in_force(log)
        return write_keys(log, person, what, change)


def approve(log: OpinionLog, person: Person) -> Changed:
    """Sign the change of the keys that waits for it; raises `UsageError` where none does, or the user signed it already."""
    chain = pending_change(log)
    if not chain.pending:
        raise UsageError("no change of the keys waits to be signed", "`triage opinion keys list` shows what does")
    if whose(person.email) in map(whose, chain.signers):
        raise UsageError("you have signed this change already", "somebody else must")
    return propose_change(log, person, "approve a change of the keys", lambda ring: ring_of(log, chain.pending))


def pending_change(log: OpinionLog) -> Chain:
    """Return where the keys stand: what is in force, and what waits to be signed."""
    tip = log.repository.ref(KEYS)
    return read_chain(log, tip) if tip else Chain()


def write_keys(log: OpinionLog, person: Person, what: str, change: Change, onto: str = "") -> Changed:
    """Do the work of `propose_change` in a repository that is held; `onto` is the change to go on from, by default the last one here."""
    old = log.repository.ref(KEYS)
    parent = onto or old
    chain = read_chain(log, parent) if parent else Chain()
    before = load_ring(log, parent) if parent else KeyRing()
    ring = _written_down(log, change(before), before, not parent)
    if parent and ring.files() == before.files() and not chain.pending:
        if parent != old:
            log.repository.move(KEYS, parent, old)
        return Changed(ring)
    if trouble := ring.follows(before if parent else KeyRing(before=ring.before)):
        raise ConfigError(f"the keys stay as they are: {trouble}", "keys are added or ended, never taken out")
    _check_whole(ring)
    tree = log.repository.tree_of(ring.files())
    commit = log.repository.commit(tree, parent, person, what, sign=True)
    if trouble := check_step(log, commit, parent, before if parent else ring, ring):
        raise ConfigError(f"the keys stay as they are: {trouble}", "ask somebody whose key is trusted to make this change")
    after = chain.grown(commit, tree, person.email, ring.threshold)
    log.repository.move(KEYS, commit, old)
    return Changed(load_ring(log, commit), chain.threshold - len(after.signers) if after.pending else 0)


def _written_down(log: OpinionLog, ring: KeyRing, before: KeyRing, first: bool) -> KeyRing:
    """Return keys of the second form: what was said before there were keys, or before records named their project, is written down."""
    if ring.bound:
        return ring
    tips = tuple(sorted((ref, tip) for ref, tip in log.tips().items() if ref != KEYS))
    return replace(ring, bound=True, before=tips if first else (), unbound=() if first else tips)


def _check_whole(ring: KeyRing) -> None:
    """Raise `UsageError` for keys that could not be read again, or that nobody could change any more."""
    ring.check_room()
    if ring.threshold > 1 and ring.people(int(time.time())) < ring.threshold:
        raise UsageError(
            f"fewer than {ring.threshold} people would have a key, and as many must sign each change",
            "add keys first, or lower `triage opinion keys threshold`",
        )
    again = read_ring(ring.files())
    if (set(again.keys), set(again.armored)) != (set(ring.keys), set(ring.armored)):
        raise ConfigError("these keys could not be read again", "use plain addresses: letters, digits and . _ + - before the @")
