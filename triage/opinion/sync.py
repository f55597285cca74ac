# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs exchanged by git: fetched apart, checked, and only then followed; each reviewer pushes the own log alone.

Nothing here is forced. What a remote took back, split or forged is refused and kept apart under `refs/refused/`, so that it can be shown.
"""

import re
import time
from pathlib import Path

from triage import git
from triage.model import Person
from triage.model.errors import ArchiveError, BusyError, KeysError, TriageError
from triage.model.opinion import Record
from triage.opinion.damage import drop_broken_notes, drop_dangling, put_back, short
from triage.opinion.index import read_entries, read_log
from triage.opinion.keychain import DAY, load_ring, walk_keys
from triage.opinion.keylog import write_keys
from triage.opinion.keyring import ASK, in_force, known_keys
from triage.opinion.keys import KeyRing
from triage.opinion.log import JOINED, MAX_LOG, Entry, OpinionLog
from triage.opinion.memory import note_remote
from triage.opinion.offers import hides_keys
from triage.opinion.refs import KEYS, LOGS, OFFERED, ref_of
from triage.opinion.refusals import Refusals
from triage.opinion.remotes import LOG, Incoming, fetched, named, sweep_incoming
from triage.opinion.repair import is_whole, made_whole, rechain
from triage.opinion.result import Result
from triage.opinion.trust import why_not_counted

TRIES = 8


def sync(log: OpinionLog, me: Person, remote: str = "", restore: bool = False) -> Result:
    """Fetch, check and follow what a remote has, and push the own log; `restore` also pushes others' logs that the remote lacks.

    `remote` is a git URL, a path, or the name of one used before; without it, the only one. Raises `UsageError` for a remote that is not
    known, `BusyError` where it cannot be reached or others push without end, `KeysError` where keys that were here cannot be read and the
    remote does not have them: nothing is taken or given then.
    """
    with log.repository.held():
        drop_broken_notes(log)
        sweep_incoming(log)
        name, url = named(log, remote)
        result = Result(name)
        result.notes, result.lost = put_back(log)
        whole = is_whole(log)
        if not whole:
            log.repository.drop_damaged()
            drop_dangling(log)
    for _ in range(TRIES):
        failed: dict[str, str] = {}
        with fetched(log, name, url, failed, anew=not whole) as incoming:
            result.refused |= {ref: f"it cannot be fetched: {why}" for ref, why in failed.items()}
            with log.repository.held():  # never while the network is waited for: somebody may be giving an opinion
                shown = set(incoming)
                _sort_out(log, incoming, result)
                if not whole:
                    whole = made_whole(log, name, incoming, me, result)
                log.repository.run("config", "--local", f"remote.{name}.url", url)
                note_remote(log.path, name, url)
                _check_keys(log, name, incoming)
                if not _follow_keys(log, name, incoming, me, result):
                    return result
                _follow_logs(log, name, incoming, me, result, in_force(log))
            hidden = KEYS in result.refused and KEYS not in shown and not restore
            pushed = hidden or _push(log, name, url, me, incoming, restore, result)
            with log.repository.held():
                _note_seen(log, name, incoming)
            if pushed:
                return result
    raise BusyError(f"others kept pushing to {name}", "try again in a moment")


def _check_keys(log: OpinionLog, name: str, incoming: Incoming) -> None:
    """Raise `KeysError` where records cannot be judged: keys that cannot be read, or that the remote had on offer and hides now."""
    if log.repository.ref(f"{OFFERED}{name}") and not log.repository.ref(KEYS) and KEYS not in incoming:
        raise KeysError(f"{name} hides keys that it offered before, so nothing was taken from it", ASK)
    if hides_keys(log, name, incoming):
        raise KeysError(f"{name} has records that were given under keys, and hides these keys, so nothing was taken from it", ASK)
    try:
        in_force(log)
    except KeysError:
        if log.repository.ref(KEYS) or known_keys(log):
            raise


def _sort_out(log: OpinionLog, incoming: Incoming, result: Result) -> None:
    """Refuse what is no commit; each such ref alone."""
    kinds = log.repository.kinds(incoming.values())
    for ref, tip in list(incoming.items()):
        if kinds.get(tip) != "commit":
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


def _follow_keys(log: OpinionLog, name: str, incoming: Incoming, me: Person, result: Result) -> bool:
    """Follow the keys of a remote as far as they can be believed; returns False where keys are on offer and nobody accepted them."""
    theirs, ours = incoming.get(KEYS, ""), log.repository.ref(KEYS)
    gone_back = _seen(log, name).get(KEYS, "")
    if gone_back and not (theirs and log.repository.is_ancestor(gone_back, theirs)):
        result.refused[KEYS] = "the remote took back keys that it had, so nothing was sent; `--restore` pushes them back"
        return True
    if not ours and theirs:  # whose records they are can be told only once keys are trusted
        log.repository.run("update-ref", f"{OFFERED}{name}", theirs)
        result.refused[KEYS] = "nobody here has accepted these keys, so nothing was exchanged; `triage opinion keys trust` shows them"
        return False
    if not theirs or theirs == ours or (ours and log.repository.is_ancestor(theirs, ours)):
        return True
    base = git.read(log.path, "merge-base", ours, theirs, ok=(0, 1)).strip()
    if not base or (base != ours and _published(log, KEYS, ours, base)):
        _refuse(log, name, KEYS, theirs, "the keys there have another history than those trusted here", result)
        return True
    reached, trouble = walk_keys(log, base, theirs)
    if trouble:
        _refuse(log, name, KEYS, theirs, trouble, result)
    if reached != base:
        result.received[KEYS] = 1
        if base == ours:
            log.repository.move(KEYS, reached, ours)
        else:
            _join_keys(log, name, ours, reached, theirs, me, result)
    return True


def _join_keys(log: OpinionLog, name: str, ours: str, reached: str, theirs: str, me: Person, result: Result) -> None:
    """Make the change of this machine again on those that others made meanwhile; where several must sign, what they have comes first."""
    mine = load_ring(log, ours)
    if mine.threshold > 1:
        log.repository.run("update-ref", f"refs/refused/here/_keys/{ours[:16]}", ours)
        log.repository.move(KEYS, reached, ours)
        result.notes.append(
            "others changed the keys at the same time: your change, which nobody else had signed, is dropped; make it again"
        )
        return
    try:
        write_keys(log, me, "keys changed on two machines at once", lambda ring: ring.joined(mine), reached)
    except TriageError as error:
        why = f"changed there and here at once, and your change cannot be made again ({error})"
        _refuse(log, name, KEYS, theirs, why, result)
        return
    result.notes.append("others changed the keys at the same time: your change was made again on theirs")


def _follow_logs(log: OpinionLog, name: str, incoming: Incoming, me: Person, result: Result, ring: KeyRing) -> None:
    seen, own, held = _seen(log, name), ref_of(me.email), log.repository.refs(LOGS)
    refusals = Refusals(log, name)
    for ref, tip in sorted(incoming.items()):
        ours = held.get(ref, "")
        if ref == KEYS or ref in result.refused:
            continue
        if why := refusals.why(ref, tip, ours):
            result.refused[ref] = why
        elif not LOG.fullmatch(ref):
            _refuse(log, name, f"{LOGS}odd", tip, "a ref that is no log", result)
            refusals.note(ref, tip, ours, "a ref that is no log")
        else:
            try:
                lasting = _follow(log, name, ref, tip, seen.get(ref, ""), ring, me if ref == own else None, result, ours)
            except ArchiveError as error:
                result.refused[ref], lasting = f"it cannot be read: {error.hint}", False
            if ref in result.refused and lasting:
                refusals.note(ref, tip, log.repository.ref(ref) if ref in result.received else ours, result.refused[ref])
    refusals.save()
    for ref in set(seen) - set(incoming) - {KEYS} - set(result.refused):
        result.refused[ref] = "the remote lost this log; it is kept here (`--restore` pushes it back)"


def _follow(
    log: OpinionLog, name: str, ref: str, tip: str, seen: str, ring: KeyRing, me: Person | None, result: Result, ours: str
) -> bool:  # fmt: skip
    """Bring one log up to what a remote has of it, as far as it can be believed; returns whether what was refused stays refused."""
    repository, held = log.repository, ours
    if me is None:
        seen, ours = (past if _counts_past(log, ref, past, tip, ring) else "" for past in (seen, ours))
    if seen and not repository.is_ancestor(seen, tip):
        word = "went back behind" if repository.is_ancestor(tip, seen) else "rewrote"
        _refuse(log, name, ref, tip, f"the remote {word} records that it had; what was seen is kept here", result)
        return False
    if tip == ours or (ours and repository.is_ancestor(tip, ours)):
        return False
    base = ours if not ours or repository.is_ancestor(ours, tip) else git.read(log.path, "merge-base", ours, tip, ok=(0, 1)).strip()
    if ours and base != ours and (me is None or _published(log, ref, ours, base)):
        _refuse(log, name, ref, tip, "this log has two histories: somebody rewrote it, or signed two of them; what is here is kept", result)
        return False
    if _count(log, base, tip) > MAX_LOG:
        _refuse(log, name, ref, tip, f"it has more than {MAX_LOG} new records, which no reviewer writes", result)
        return True
    fresh = read_entries(log, ref, tip, base, ring, {})
    good = _believed(fresh, ref, ring)
    lasting = True
    if len(good) < len(fresh):
        why, lasting = _disbelieved(*fresh[len(good)])
        mend = f"; to fix it there: git push --force REMOTE {ours[:12]}:{ref}" if me and ours else ""
        _refuse(log, name, ref, tip, f"{why}{mend}", result)
    if not good:
        return lasting
    reached = good[-1].commit
    if ours and base != ours and me is not None:
        reached = rechain(log, ref, ours, base, reached, me)
        result.notes.append("records of another machine of yours came first: yours were put behind them")
    if held and not ours:
        repository.run("update-ref", f"refs/refused/here/{ref.removeprefix(LOGS)}/{held[:16]}", held)
        result.notes.append(f"log {short(ref)} held records that count nowhere: those of {name} are in their place")
    repository.move(ref, reached, held)
    result.received[ref] = len(good)
    return lasting


def _disbelieved(entry: Entry, record: Record) -> tuple[str, bool]:
    """Return why a record is not believed, and whether that lasts: a time that is to come does not."""
    early = _is_to_come(entry)
    why = "its time is to come" if early else record.trouble or record.barred or "its reviewer has a key, and it is not signed"
    return f"record {entry.commit[:12]}: {why}", not early


def _counts_past(log: OpinionLog, ref: str, past: str, tip: str, ring: KeyRing) -> bool:
    """Say whether something of a log that another history lacks counts, or may: with no keys nothing can be told to be worthless."""
    if not past or not ring.keys or log.repository.is_ancestor(past, tip):
        return True
    base = git.read(log.path, "merge-base", past, tip, ok=(0, 1)).strip()
    return base == tip or any(not why_not_counted(opinion) for opinion in read_log(log, ref, past, base, ring, {}))


def _is_to_come(entry: Entry) -> bool:
    return entry.time > time.time() + DAY


def _believed(fresh: list[tuple[Entry, Record]], ref: str, ring: KeyRing) -> list[Entry]:
    """Return the records to take: up to the last good one, whatever lies before it; without any key known, up to the first bad one.

    What is bad below a record of the reviewer's own never counts, and is kept as what it is: a slip of theirs, or of a thief's, must not
    cut off all they say after it. Two histories joined in one, or a time to come, are never taken.
    """
    entries = [entry for entry, _ in fresh]
    stop = next((at for at, (entry, o) in enumerate(fresh) if o.trouble == JOINED or _is_to_come(entry)), len(fresh))
    last = max((at for at, (_, opinion) in enumerate(fresh[:stop]) if opinion.signed == "good"), default=-1)
    if any(ref == ref_of(key.email) for key in ring.keys):
        return entries[: last + 1]
    first_bad = next((at for at, (_, opinion) in enumerate(fresh[:stop]) if opinion.signed == "bad"), stop)
    return entries[:first_bad]


def _published(log: OpinionLog, ref: str, ours: str, base: str) -> bool:
    """Say whether any remote was seen with records that only we have: then it is the other side that was rewritten."""
    short = ref.removeprefix(LOGS)
    seen = log.repository.refs("refs/seen")
    tips = [tip for name, tip in seen.items() if name.split("/", 3)[3] == short]
    lines = git.read(log.path, "rev-list", "--reverse", ours, *([f"^{base}"] if base else [])).splitlines()
    return bool(lines) and any(log.repository.is_ancestor(lines[0], tip) for tip in tips)


def _push(log: OpinionLog, name: str, url: str, me: Person, incoming: Incoming, restore: bool, result: Result) -> bool:
    """Push what the remote lacks of our own; returns False where somebody was faster."""
    refs = [ref_of(me.email), KEYS]
    if restore:
        refs += [ref for ref in log.tips() if ref not in refs]
    wanted = [ref for ref in refs if ref not in result.refused or (restore and ref not in incoming)]
    held = {ref: log.repository.ref(ref) for ref in wanted}
    ahead = {ref: tip for ref, tip in held.items() if tip and incoming.get(ref) != tip}
    ahead = {ref: tip for ref, tip in ahead.items() if ref not in incoming or log.repository.is_ancestor(incoming[ref], tip)}
    if KEYS in ahead and (trouble := walk_keys(log, incoming.get(KEYS, ""), ahead[KEYS])[1]):
        del ahead[KEYS]
        result.refused[KEYS] = f"the keys here were not sent: {trouble}"
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


def take(log: OpinionLog, me: Person, name: str, bundle: Path) -> Result:
    """Take logs from a bundle as from a remote, without giving anything; its keys are on offer, as a remote's are."""
    result = Result(name)
    with fetched(log, name, str(bundle), result.refused) as incoming, log.repository.held():
        _sort_out(log, incoming, result)
        _follow_keys(log, name, incoming, me, result)
        _follow_logs(log, name, incoming, me, result, KeyRing())  # what it is worth is told once keys are trusted
    return result
