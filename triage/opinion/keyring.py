# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys in force, read from git; whoever once had keys and cannot read them is told so, and trusts nobody meanwhile."""

import re
from dataclasses import dataclass, replace

from triage import git
from triage.model.errors import ArchiveError, KeysError
from triage.opinion.keys import MAX_PEOPLE, THRESHOLD, KeyRing, person, read_ring
from triage.opinion.log import OpinionLog
from triage.opinion.objects import read_files, read_proved, tree_entries
from triage.opinion.refs import HIDDEN, KEYS, LAST, OFFERED, SEEN

MAX_FILE = 4 * 1024 * 1024
"""Bytes of one file of the keys: the one file of the first form may hold some thousand keys."""
MAX_FILES = 2 * MAX_PEOPLE + 100
RESTORE = "`triage opinion sync` fetches them back from a remote that has them"

ASK = "ask who looks after it"


@dataclass(frozen=True, slots=True)
class Chain:
    """The changes of the keys up to one of them: what is in force there, and what waits for more people to sign it."""

    project: str = ""
    """The first change."""
    tip: str = ""
    force: str = ""
    """The last change with which the keys in force were signed by enough people."""
    threshold: int = 1
    pending: str = ""
    """The tree that waits for signatures, "" for none."""
    signers: tuple[str, ...] = ()
    """Who signed what is pending, by address."""
    force_tree: str = ""

    def grown(self, commit: str, tree: str, signer: str, threshold: int) -> "Chain":
        """Return the chain with one change more, a tree that asks for `threshold` signatures from then on."""
        if not self.project:
            return Chain(commit, commit, commit, threshold, force_tree=tree)
        if tree == self.force_tree:  # taken back
            return replace(self, tip=commit, force=commit, pending="", signers=())
        signers = self.signers if tree == self.pending else ()
        if person(signer) not in map(person, signers):
            signers = (*signers, signer.casefold())
        if len(signers) >= self.threshold:
            return replace(self, tip=commit, force=commit, threshold=threshold, pending="", signers=(), force_tree=tree)
        return replace(self, tip=commit, pending=tree, signers=signers)


def read_chain(log: OpinionLog, tip: str) -> Chain:
    """Return the chain of changes up to `tip`, whose signatures were checked when it was taken; raises `KeysError`."""
    try:
        rows = git.read(log.path, "rev-list", "--reverse", "--first-parent", "--no-commit-header", "--format=%H %T %ce", tip).splitlines()
        commits = [row.split(" ", 2) for row in rows]
        read_proved(log.path, "commit", [row[0] for row in commits], MAX_FILE)
        trees = [tree_entries(tree) for tree in read_proved(log.path, "tree", [row[1] for row in commits], MAX_FILE)]
        named = [tree[THRESHOLD][1] for tree in trees if THRESHOLD in tree]
        contents = iter(read_proved(log.path, "blob", named, MAX_FILE) if named else ())
        asked = [next(contents) if THRESHOLD in tree else b"" for tree in trees]
    except ArchiveError as error:
        raise _unreadable(log, error.hint or error.message) from error
    chain = Chain()
    for (commit, tree, signer), content in zip(commits, asked, strict=True):
        chain = chain.grown(commit, tree, signer, threshold_of(content))
    return chain


def threshold_of(content: bytes) -> int:
    """Return how many people must sign, by the file that says so; 1 where there is none, or no number in it."""
    match = re.fullmatch(rb"([1-9][0-9]{0,3})\n?", content)
    return int(match[1]) if match else 1


def load_ring(log: OpinionLog, commit: str = "") -> KeyRing:
    """Return the keys in force here, or at a commit of them; an empty ring where there are none. Raises `KeysError`."""
    at = commit or log.repository.ref(KEYS)
    if not at:
        return KeyRing()
    chain = read_chain(log, at)
    return replace(ring_of(log, chain.force_tree), project=chain.project)


def ring_of(log: OpinionLog, tree: str) -> KeyRing:
    """Return the keys that a tree of them holds; raises `KeysError` for what cannot be read, or holds none."""
    try:
        return read_ring(read_files(log.path, tree, MAX_FILE, MAX_FILES))
    except ArchiveError as error:
        raise _unreadable(log, error.hint or error.message) from error
    except KeysError as error:
        raise _unreadable(log, error.message) from error


def _unreadable(log: OpinionLog, why: str) -> KeysError:
    return KeysError(f"the keys in {log.path} cannot be read, so nobody's word counts: {why}", RESTORE)


def in_force(log: OpinionLog) -> KeyRing:
    """Return the keys by which records count here, an empty ring where there never were any: what all that acts on them asks.

    Raises `KeysError` where there once were keys, here, at a remote or in the index, that cannot be read now.
    """
    tip = log.repository.ref(KEYS)
    if not tip:
        if had := once_had(log):
            raise KeysError(*had)
        return KeyRing()
    ring = load_ring(log, tip)
    for name, known in log.repository.refs(SEEN, f"{LAST}_keys").items():
        if name.endswith("/_keys") and known != tip and not log.repository.is_ancestor(known, tip):
            raise KeysError(f"the keys in {log.path} are older than those that were here, or others", RESTORE)
    known = log.remembered.get(KEYS, "")
    if re.fullmatch("[0-9a-f]{40}", known) and known != tip and (not log.repository.has(known) or log.repository.is_ancestor(tip, known)):
        raise KeysError(f"the keys in {log.path} are older than those that were here", RESTORE)
    return ring


def known_keys(log: OpinionLog) -> list[str]:
    """Return what is known of the keys that were here, commits: the last ones here, else those in the index and those remotes showed."""
    refs = log.repository.refs(SEEN, f"{LAST}_keys")
    last = refs.get(f"{LAST}_keys", "")
    known = [last] if last else [log.remembered.get(KEYS, ""), *(tip for name, tip in refs.items() if name.endswith("/_keys"))]
    return [tip for tip in dict.fromkeys(known) if re.fullmatch("[0-9a-f]{40}", tip)]


def once_had(log: OpinionLog) -> tuple[str, str] | None:
    """Say what is known of keys where there are none now, and what to do about it; None where there never were any."""
    if log.repository.is_broken(KEYS):
        return f"the keys in {log.path} cannot be read, so nobody's word counts: the ref {KEYS} is damaged", RESTORE
    if log.remembered.get(KEYS) or known_keys(log):
        return f"the keys that were in {log.path} are gone, so nobody's word counts", RESTORE
    waiting = log.repository.refs(OFFERED, HIDDEN)
    if offers := [name.removeprefix(OFFERED) for name in waiting if name.startswith(OFFERED)]:
        return (
            f"{offers[0]} has keys that nobody here has accepted: nothing is given or taken until they are",
            "compare them with their owners, then `triage opinion keys trust`",
        )
    if hidden := [name.removeprefix(HIDDEN) for name in waiting if name.startswith(HIDDEN)]:
        return (
            f"{hidden[0]} has records that were given under keys, and hides these keys: nothing is given or taken until it shows them",
            ASK,
        )
    return None
