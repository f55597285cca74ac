# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chain of changes of the keys: read, and each step checked against the keys in force before it."""

import re
import time

from msgspec import Struct
from msgspec.structs import replace

from triage import git
from triage.model.errors import ArchiveError, KeysError, TriageError
from triage.opinion.keys import MAX_PEOPLE, THRESHOLD, KeyRing, person, read_ring
from triage.opinion.log import OpinionLog
from triage.opinion.objects import read_files, read_proved, tree_entries
from triage.opinion.refs import KEYS
from triage.opinion.signatures import Verifier

MAX_FILE = 4 * 1024 * 1024
"""Bytes of one file of the keys: the one file of the first form may hold some thousand keys."""
MAX_FILES = 2 * MAX_PEOPLE + 100
RESTORE = "`triage opinion sync` fetches them back from a remote that has them"


class Chain(Struct, frozen=True):
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


DAY = 86400


def check_step(log: OpinionLog, commit: str, parent: str, judge: KeyRing, ring: KeyRing) -> str:
    """Say what is wrong with one commit of keys, "" for nothing.

    It must be signed with a key of `judge`, the keys in force before it, valid at that time (its committer's where several must sign),
    and that time must not be before its parent's: else a key that was ended could go on by dating its change back.
    """
    with git.Batch(log.path, MAX_FILE) as batch:
        _, raw = next(batch.read_all([commit]))
    moment = log.repository.time_of(commit)
    if moment < log.repository.time_of(parent) or moment > time.time() + DAY:
        return "its time is before the change it follows, or to come"
    own = judge.of(log.repository.committer_of(commit)) if judge.threshold > 1 else judge.keys  # who signed is counted by committer
    with Verifier(judge) as verifier:
        verifier.prepare_gpg()
        if not verifier.signed_by(raw or b"", own, moment):
            return "no key that is trusted signed this change"
    if judge is not ring and (trouble := ring.follows(judge)):
        return trouble
    return "it asks for more people than have keys" if ring.threshold > max(1, ring.people(moment)) else ""


def walk_keys(log: OpinionLog, since: str, tip: str) -> tuple[str, str]:
    """Return how far the keys may be followed from `since` to `tip`, and what stopped them, "" for nothing."""
    lines = git.read(log.path, "rev-list", "--reverse", "--parents", tip, *([f"^{since}"] if since else [])).splitlines()
    chain = read_chain(log, since) if since else Chain()
    force = load_ring(log, since) if since else None
    for line in lines:
        commit, *parents = line.split(" ")
        if parents != ([chain.tip] if chain.tip else []):
            return chain.tip, f"{commit[:12]} does not follow the change before it"
        try:
            tree = git.read(log.path, "rev-parse", f"{commit}^{{tree}}").strip()
            following = ring_of(log, tree)
        except TriageError as error:
            return chain.tip, f"{commit[:12]}: {error}"
        if trouble := check_step(log, commit, chain.tip, force or following, following):
            return chain.tip, f"{commit[:12]}: {trouble}"
        chain = chain.grown(commit, tree, log.repository.committer_of(commit), following.threshold)
        if chain.force == commit:
            force = following
    return chain.tip, ""
