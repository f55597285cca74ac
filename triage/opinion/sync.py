# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs exchanged by git: fetched apart, checked, and only then followed; each reviewer pushes the own log alone.

Nothing here is forced. What a remote took back, split or forged is refused and kept apart under `refs/refused/`, so that it can be shown.
"""

import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from triage import git
from triage.errors import BusyError, ConfigError, TriageError, UsageError
from triage.model import Person
from triage.opinion.apply import read_log, trusted_ring
from triage.opinion.keylog import DAY, load_ring, walk_keys, write_keys
from triage.opinion.keys import KeyRing, by_owner
from triage.opinion.log import JOINED, KEYS, LOGS, MAX_LOG, OpinionLog, ref_of, signing_key
from triage.opinion.record import rechained
from triage.testimony import Opinion

TRIES = 8
_REMOTE = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")
_LOG = re.compile(re.escape(LOGS) + r"[a-z0-9-]{1,80}/log")
MAX_REFS = 5000


@dataclass(slots=True)
class Result:
    """What an exchange did: per log what came, what went, and what was refused and why."""

    remote: str
    received: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return it in the shape of `triage opinion sync --json`."""
        return {
            "schema": 1, "remote": self.remote, "received": dict(sorted(self.received.items())), "sent": dict(sorted(self.sent.items())),
            "refused": [{"log": ref, "says": why} for ref, why in sorted(self.refused.items())], "notes": self.notes,
        }  # fmt: skip


def sync(log: OpinionLog, me: Person, remote: str = "", restore: bool = False) -> Result:
    """Fetch, check and follow what a remote has, and push the own log; `restore` also pushes others' logs that the remote lacks.

    `remote` is a git URL, a path, or the name of one used before; without it, the only one. Raises `UsageError` for a remote that is not
    known, `BusyError` where it cannot be reached or others push without end.
    """
    with log.repository.held():
        name, url = _named(log, remote)
    result = Result(name)
    for _ in range(TRIES):
        with _fetched(log, name, url) as incoming:
            with log.repository.held():  # never while the network is waited for: somebody may be giving an opinion
                log.repository.run("config", "--local", f"remote.{name}.url", url)
                _sort_out(log, name, incoming, result)
                _follow_keys(log, name, incoming, me, result)
                if log.repository.ref(KEYS) or KEYS not in incoming:
                    _follow_logs(log, name, incoming, me, result)
                else:  # whose records they are can be told only once keys are trusted
                    return result
            pushed = _push(log, name, url, me, incoming, restore, result)
            with log.repository.held():
                _note_seen(log, name, incoming)
            if pushed:
                return result
    raise BusyError(f"others kept pushing to {name}", "try again in a moment")


def remotes(log: OpinionLog) -> dict[str, str]:
    """Return the remotes that were used, by name."""
    if not log.repository.exists:
        return {}
    lines = git.read(log.path, "config", "--local", "--get-regexp", r"^remote\..*\.url$", ok=(0, 1)).splitlines()
    pairs = [line.partition(" ") for line in lines]
    return {key.removeprefix("remote.").removesuffix(".url"): url for key, _, url in pairs}


def without_password(url: str) -> str:
    """Return a URL as it may be shown."""
    return re.sub(r"(?<=//)[^/@]*@", "", url)


def _named(log: OpinionLog, remote: str) -> tuple[str, str]:
    known = remotes(log)
    if remote and remote not in known and Path(remote).expanduser().exists():
        remote = str(Path(remote).expanduser().absolute())  # cron runs elsewhere
    if not remote:
        if len(known) == 1:
            return next(iter(known.items()))
        hint = f"name one of {', '.join(known)}" if known else "give its URL once: triage opinion sync git@example.org:opinions.git"
        raise UsageError("which remote?", hint)
    if remote in known:
        return remote, known[remote]
    if by_url := [name for name, url in known.items() if url == remote]:
        return by_url[0], remote
    if remote.startswith("-") or not re.search(r"[/:.]", remote) or "\n" in remote or re.match(r"[a-z+]+::", remote):
        raise UsageError(f"{remote!r} is no remote that is known here", "give the URL or the path of a git repository")
    stem = re.sub(r"[^A-Za-z0-9]+", "-", remote.removesuffix(".git").rpartition("/")[2]).strip("-")[:40] or "remote"
    name = next(n for n in ("origin" if not known else stem, *(f"{stem}-{i}" for i in range(2, 99))) if n not in known)
    assert _REMOTE.fullmatch(name)
    return name, remote


Incoming = dict[str, str]
"""What the remote has: the ref as it is there, and the commit."""


_FETCH = (
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--",
)  # fmt: skip


@contextmanager
def _fetched(log: OpinionLog, name: str, url: str) -> Iterator[Incoming]:
    """Fetch a remote's logs into refs of this run alone, which go when it ends."""
    apart = f"refs/incoming/{name}-{secrets.token_hex(6)}/"
    try:
        done = log.repository.reach(*_FETCH, url, f"{LOGS}*:{apart}*")
        if done.returncode:
            _fetch_one_by_one(log, name, url, apart, git.first_line(done.stderr))
        refs = log.repository.refs(apart)
        if len(refs) > MAX_REFS:
            raise ConfigError(f"{name} has more than {MAX_REFS} logs", "it is not what triage writes")
        yield {LOGS + ref.removeprefix(apart): tip for ref, tip in refs.items()}
    finally:
        gone = "".join(f"delete {ref}\n" for ref in log.repository.refs(apart))
        if gone:
            log.repository.run("update-ref", "--stdin", stdin=gone.encode())


def _fetch_one_by_one(log: OpinionLog, name: str, url: str, apart: str, why: str) -> None:
    """Fetch what can be had where one damaged object spoils the whole; raises `BusyError` where it is the remote that fails."""
    listed = log.repository.reach("ls-remote", "--quiet", "--", url, f"{LOGS}*")
    refs = [line.partition("\t")[2] for line in listed.stdout.decode("utf-8", "replace").splitlines()][:MAX_REFS]
    wanted = [ref for ref in refs if ref == KEYS or _LOG.fullmatch(ref)]
    done = [log.repository.reach(*_FETCH, url, f"{ref}:{apart}{ref.removeprefix(LOGS)}").returncode for ref in wanted]
    if listed.returncode or not wanted or all(done):
        raise BusyError(f"cannot fetch from {name}", f"{why}; check the remote and your access to it")


def _sort_out(log: OpinionLog, name: str, incoming: Incoming, result: Result) -> None:
    """Refuse what is no commit; each such ref alone."""
    for ref, tip in list(incoming.items()):
        if not log.repository.is_commit(tip):
            del incoming[ref]
            result.refused[ref] = "it points to something that is no record"


def _seen(log: OpinionLog, name: str) -> Incoming:
    prefix = f"refs/seen/{name}/"
    return {LOGS + ref.removeprefix(prefix): tip for ref, tip in log.repository.refs(prefix).items()}


def _note_seen(log: OpinionLog, name: str, incoming: Incoming) -> None:
    """Remember what the remote had, so that it cannot go back unnoticed; what was refused is not believed."""
    steps = []
    held = log.repository.refs(LOGS)
    for ref, tip in incoming.items():
        if ref in held and log.repository.is_ancestor(tip, held[ref]):
            steps.append(f"update refs/seen/{name}/{ref.removeprefix(LOGS)} {tip}\n")
    if steps:
        log.repository.run("update-ref", "--stdin", stdin="".join(steps).encode())


def _refuse(log: OpinionLog, name: str, ref: str, tip: str, why: str, result: Result) -> None:
    """Keep what is not believed, and say why; the log here stays as it was."""
    log.repository.run("update-ref", f"refs/refused/{name}/{ref.removeprefix(LOGS)}/{tip[:16]}", tip)
    result.refused[ref] = why


def _follow_keys(log: OpinionLog, name: str, incoming: Incoming, me: Person, result: Result) -> None:
    theirs, ours = incoming.get(KEYS, ""), log.repository.ref(KEYS)
    gone_back = _seen(log, name).get(KEYS, "")
    if gone_back and not (theirs and log.repository.is_ancestor(gone_back, theirs)):
        result.refused[KEYS] = "the remote took back keys that it had"
        return
    if not theirs or theirs == ours or (ours and log.repository.is_ancestor(theirs, ours)):
        return
    if not ours:
        log.repository.run("update-ref", f"refs/offered/{name}", theirs)
        result.notes.append(f"{name} has keys that nobody here has accepted: `triage opinion keys trust` shows them")
        return
    base = git.read(log.path, "merge-base", ours, theirs, ok=(0, 1)).strip()
    if not base or (base != ours and _published(log, KEYS, ours, base)):
        _refuse(log, name, KEYS, theirs, "the keys there have another history than those trusted here", result)
        return
    reached, trouble = walk_keys(log, base, theirs)
    if trouble:
        _refuse(log, name, KEYS, theirs, trouble, result)
    if reached == base:
        return
    result.received[KEYS] = 1
    if base == ours:
        log.repository.move(KEYS, reached, ours)
        return
    mine = load_ring(log, ours)
    try:
        write_keys(log, me, "keys changed on two machines at once", lambda ring: ring.joined(mine), reached)
    except ConfigError as error:
        _refuse(
            log,
            name,
            KEYS,
            theirs,
            f"changed there and here at once, and your change cannot be made again ({error})",
            result,
        )
        return
    result.notes.append("others changed the keys at the same time: your change was made again on theirs")


def _follow_logs(log: OpinionLog, name: str, incoming: Incoming, me: Person, result: Result) -> None:
    ring, seen, own = trusted_ring(log), _seen(log, name), ref_of(me.email)
    for ref, tip in sorted(incoming.items()):
        if ref == KEYS:
            continue
        if not _LOG.fullmatch(ref):
            _refuse(log, name, f"{LOGS}odd", tip, "a ref that is no log", result)
            continue
        _follow(log, name, ref, tip, seen.get(ref, ""), ring, me if ref == own else None, result)
    for ref in set(seen) - set(incoming) - {KEYS}:
        result.refused[ref] = "the remote lost this log; it is kept here (`--restore` pushes it back)"


def _follow(log: OpinionLog, name: str, ref: str, tip: str, seen: str, ring: KeyRing, me: Person | None, result: Result) -> None:
    """Bring one log up to what a remote has of it, as far as it can be believed."""
    repository = log.repository
    ours = repository.ref(ref)
    if seen and not repository.is_ancestor(seen, tip):
        word = "went back behind" if repository.is_ancestor(tip, seen) else "rewrote"
        _refuse(log, name, ref, tip, f"the remote {word} records that it had; what was seen is kept here", result)
        return
    if tip == ours or (ours and repository.is_ancestor(tip, ours)):
        return
    base = ours if not ours or repository.is_ancestor(ours, tip) else git.read(log.path, "merge-base", ours, tip, ok=(0, 1)).strip()
    if ours and base != ours and (me is None or _published(log, ref, ours, base)):
        _refuse(log, name, ref, tip, "this log has two histories: somebody rewrote it, or signed two of them; what is here is kept", result)
        return
    if _count(log, base, tip) > MAX_LOG:
        _refuse(log, name, ref, tip, f"it has more than {MAX_LOG} new records, which no reviewer writes", result)
        return
    fresh = read_log(log, ref, tip, base, ring, {})
    good = _believed(log, fresh, ref, ring)
    if len(good) < len(fresh):
        bad = fresh[len(good)]
        why = bad.trouble or "its reviewer has a key, and it is not signed"
        mend = f"; to mend it there: git push --force REMOTE {ours[:12]}:{ref}" if me and ours else ""
        _refuse(log, name, ref, tip, f"record {bad.commit[:12]}: {why}{mend}", result)
    if not good:
        return
    reached = good[-1].commit
    if ours and base != ours and me is not None:
        reached = _rechain(log, ref, ours, base, reached, me)
        result.notes.append("records of another machine of yours came first: yours were put behind them")
    repository.move(ref, reached, ours)
    result.received[ref] = len(good)


def _believed(log: OpinionLog, fresh: list[Opinion], ref: str, ring: KeyRing) -> list[Opinion]:
    """Return the records to take: up to the last good one, whatever lies before it; without any key known, up to the first bad one.

    What is bad below a record of the reviewer's own never counts, and is kept as what it is: a slip of theirs, or of a thief's, must not
    cut off all they say after it. Two histories joined in one, or a time to come, are never taken.
    """
    for number, opinion in enumerate(fresh):
        if opinion.trouble == JOINED or log.repository.time_of(opinion.commit) > time.time() + DAY:
            fresh = fresh[:number]
            break
    last = max((number for number, opinion in enumerate(fresh) if opinion.signed == "good"), default=-1)
    if any(ref == ref_of(key.email) for key in ring.keys):
        return fresh[: last + 1]
    first_bad = next((number for number, opinion in enumerate(fresh) if opinion.signed == "bad"), len(fresh))
    return fresh[:first_bad]


def _published(log: OpinionLog, ref: str, ours: str, base: str) -> bool:
    """Say whether any remote was seen with records that only we have: then it is the other side that was rewritten."""
    short = ref.removeprefix(LOGS)
    seen = log.repository.refs("refs/seen")
    tips = [tip for name, tip in seen.items() if name.split("/", 3)[3] == short]
    lines = git.read(log.path, "rev-list", "--reverse", ours, *([f"^{base}"] if base else [])).splitlines()
    return bool(lines) and any(log.repository.is_ancestor(lines[0], tip) for tip in tips)


def _rechain(log: OpinionLog, ref: str, ours: str, base: str, onto: str, me: Person) -> str:
    """Put own records that nobody has yet behind those of another machine; their ids and words stay. Returns the new tip."""
    there = {entry.content.partition(b"\n\n")[0] for entry in log.entries(onto, base)}
    tip = onto
    for entry in log.entries(ours, base):
        if entry.content.partition(b"\n\n")[0] in there:
            continue
        signed = b"\ngpgsig " in entry.raw.partition(b"\n\n")[0]
        subject = entry.raw.partition(b"\n\n")[2].decode("utf-8", "replace").strip() or "record"
        tip = log.write(rechained(entry.content, tip), tip, me, subject, signed and bool(signing_key()))
    return tip


def _push(log: OpinionLog, name: str, url: str, me: Person, incoming: Incoming, restore: bool, result: Result) -> bool:
    """Push what the remote lacks of our own; returns False where somebody was faster."""
    refs = [ref_of(me.email), KEYS]
    if restore:
        refs += [ref for ref in log.tips() if ref not in refs]
    wanted = [ref for ref in refs if ref not in result.refused or (restore and ref not in incoming)]
    held = {ref: log.repository.ref(ref) for ref in wanted}
    ahead = {ref: tip for ref, tip in held.items() if tip and incoming.get(ref) != tip}
    ahead = {ref: tip for ref, tip in ahead.items() if ref not in incoming or log.repository.is_ancestor(incoming[ref], tip)}
    if not ahead:
        return True
    counts = {ref: _count(log, incoming.get(ref, ""), tip) for ref, tip in ahead.items()}
    specs = [f"{tip}:{ref}" for ref, tip in sorted(ahead.items())]
    done = log.repository.reach("push", "--quiet", "--no-verify", "--", url, *specs)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        if re.search(r"non-fast-forward|fetch first|stale info|cannot lock ref|failed to update ref|reference already exists", said):
            return False
        raise BusyError(f"cannot push to {name}", f"{_why(said)}; what was received is kept, your records go with the next sync")
    for ref in ahead:
        result.refused.pop(ref, None)  # what a remote lost is there again
    result.sent |= {ref: result.sent.get(ref, 0) + number for ref, number in counts.items()}
    incoming |= ahead
    return True


def _why(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if re.search(r"rejected|denied|fatal|error", line)]
    return lines[0] if lines else git.first_line(said.encode())


def _count(log: OpinionLog, since: str, tip: str) -> int:
    return int(git.read(log.path, "rev-list", "--count", tip, *([f"^{since}"] if since else [])).strip())


def offered(log: OpinionLog) -> dict[str, str]:
    """Return the keys that remotes offer and nobody here accepted yet, by remote."""
    return {ref.removeprefix("refs/offered/"): tip for ref, tip in log.repository.refs("refs/offered").items()}


def take(log: OpinionLog, me: Person, name: str, bundle: Path) -> Result:
    """Take logs from a bundle as from a remote, without giving anything; its keys are on offer, as a remote's are."""
    result = Result(name)
    with _fetched(log, name, str(bundle)) as incoming, log.repository.held():
        _sort_out(log, name, incoming, result)
        _follow_keys(log, name, incoming, me, result)
        _follow_logs(log, name, incoming, me, result)
    return result


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
        ring = load_ring(log, reached)
        for wanted in fingerprints:
            if not any(key.fingerprint.startswith(wanted) for key in ring.keys):
                raise UsageError(f"no key there begins with {wanted!r}", "do not trust them; ask who set them up")
        log.repository.move(KEYS, reached, "")
        for name in found:
            log.repository.run("update-ref", "-d", f"refs/offered/{name}")
    return ring


def offered_keys(log: OpinionLog) -> list[dict[str, object]]:
    """Return the keys on offer, for a person to look at."""
    rows: list[dict[str, object]] = []
    for name, tip in offered(log).items():
        try:
            rows += [{"remote": name, "email": k.email, "fingerprint": k.fingerprint} for k in by_owner(load_ring(log, tip).keys)]
        except TriageError as error:
            rows.append({"remote": name, "email": "", "fingerprint": str(error)})
    return rows
