# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that a remote offers: looked at, and taken over by a person's word."""

from collections.abc import Iterable

from msgspec import Struct

from triage import git
from triage.model.errors import ConfigError, TriageError, UsageError
from triage.opinion.keychain import RESTORE, load_ring, walk_keys
from triage.opinion.keyring import known_keys
from triage.opinion.keys import KeyRing, by_owner
from triage.opinion.log import MAX_LOG, OpinionLog
from triage.opinion.record import MAX_RECORD, read_record
from triage.opinion.refs import HIDDEN, KEYS, OFFERED
from triage.opinion.remotes import LOG, Incoming


def offered(log: OpinionLog) -> dict[str, str]:
    """Return the keys that remotes offer and nobody here accepted yet, by remote."""
    return {ref.removeprefix(OFFERED): tip for ref, tip in log.repository.refs(OFFERED).items()}


def trust(log: OpinionLog, fingerprints: Iterable[str] = ()) -> KeyRing:
    """Take over the keys that a remote offers, as the start of what is trusted here; returns them.

    With `fingerprints`, one of them must begin with each: what somebody read out over the telephone. Raises `UsageError`.
    """
    found = offered(log)
    if log.repository.ref(KEYS):
        raise UsageError("keys are trusted here already", "they change by `triage opinion sync` alone")
    if not found:
        raise UsageError("no remote offers keys", "`triage opinion sync` first")
    with log.repository.held():
        tip = next(iter(found.values()))
        if len(set(found.values())) > 1:
            raise UsageError("remotes offer different keys", "sync with one of them alone")
        reached, trouble = walk_keys(log, "", tip)
        if trouble:
            raise ConfigError(f"these keys do not hold together: {trouble}", "ask who set them up")
        if any(not log.repository.is_ancestor(known, reached) for known in known_keys(log)):
            raise ConfigError("other keys than these were trusted here before", RESTORE)
        ring = load_ring(log, reached)
        for wanted in fingerprints:
            if not any(key.fingerprint.startswith(wanted) for key in ring.keys):
                raise UsageError(f"no key there begins with {wanted!r}", "do not trust them; ask who set them up")
        log.repository.move(KEYS, reached, "")
        for name in found:
            log.repository.run("update-ref", "-d", f"{OFFERED}{name}")
    return ring


class OfferedKey(Struct, frozen=True):
    """A key that a remote offers, for a person to look at."""

    remote: str
    email: str
    """"" for keys that cannot be read."""
    fingerprint: str
    """Or why it cannot be read."""

    def to_dict(self) -> dict[str, str]:
        """Return it in the shape of `triage opinion keys list --json`."""
        return {"remote": self.remote, "email": self.email, "fingerprint": self.fingerprint}


def offered_keys(log: OpinionLog) -> list[OfferedKey]:
    """Return the keys on offer."""
    rows: list[OfferedKey] = []
    for name, tip in offered(log).items():
        try:
            rows += [OfferedKey(name, key.email, key.fingerprint) for key in by_owner(load_ring(log, tip).keys)]
        except TriageError as error:
            rows.append(OfferedKey(name, "", str(error)))
    return rows


def hides_keys(log: OpinionLog, name: str, incoming: Incoming) -> bool:
    """Say whether a remote shows records that were given under keys but not the keys, where none are trusted here; noted until it does."""
    found = "" if log.repository.ref(KEYS) or KEYS in incoming else _bound_record(log, incoming)
    place = f"{HIDDEN}{name}"
    if found:
        log.repository.run("update-ref", place, found)
    elif log.repository.ref(place):
        log.repository.run("update-ref", "-d", place)
    return bool(found)


def _bound_record(log: OpinionLog, incoming: Incoming) -> str:
    """Return the commit of a record that names its project, "" where none of those that are new here does."""
    here = set(log.tips().values())
    held = [f"^{tip}" for tip in here]
    tips = [tip for ref, tip in incoming.items() if LOG.fullmatch(ref) and tip not in here]
    if not tips:
        return ""
    asked = "".join(f"{name}\n" for name in (*tips, *held)).encode()
    commits = log.repository.run("rev-list", f"--max-count={MAX_LOG}", "--ignore-missing", "--stdin", stdin=asked).split()
    with git.Batch(log.path, MAX_RECORD, missing_ok=True) as batch:
        records = batch.read_all(f"{commit}:m" for commit in commits)
        for commit, (_, content) in zip(commits, records, strict=True):
            if content and read_record(content, commit, "").fields.get("Project"):
                return commit
    return ""
