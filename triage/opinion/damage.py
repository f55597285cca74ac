# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs that are not what they were: gone, cut back, damaged. Said wherever records are shown, and put back where it can be."""

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from triage import git
from triage.model.errors import ArchiveError
from triage.opinion.log import DAMAGED, OpinionLog
from triage.opinion.memory import NAME
from triage.opinion.refs import KEYS, LAST, LOGS, SEEN


class Damage(Struct, frozen=True):
    """One log that is not what it was."""

    ref: str
    says: str
    tip: str = ""
    """The record that it ended with, "" where that is not known."""
    lost: bool = True
    """Whether records are missing at its end, or all of it; else one in between."""


def check_log(log: OpinionLog, ref: str) -> None:
    """Raise `ArchiveError` where a log has lost records, so that nothing is written in their place."""
    for found in _losses(log, [ref]):
        raise ArchiveError(f"your {found.says}, and a record now would take the place of what is missing", mend(log, found))


def is_lost(log: OpinionLog, ref: str, tip: str) -> bool:
    """Say whether a log, which ends with `tip` now, has lost its end, or was replaced."""
    return not tip or bool(_replaced(log, ref, tip)) or any(tip != known and log.is_behind(tip, known) for known in _last(log, ref))


def damaged(log: OpinionLog, deep: bool = True) -> list[Damage]:
    """Return the logs that are not what they were; `deep` reads every record, not the refs alone."""
    found = [Damage(ref, f"{ref}, which notes what was seen, is damaged", lost=False) for ref in (_broken_notes(log) if deep else ())]
    beside = log.path.with_name(NAME)
    if beside.exists() and not beside.is_file():
        found.append(Damage(NAME, f"{beside}, which notes what was seen, is not a file", lost=False))
    refs = set(log.tips()) | {ref for ref in log.remembered if ref != KEYS}
    refs |= {LOGS + name.removeprefix(LAST) + "/log" for name in log.repository.refs(LAST) if name != f"{LAST}_keys"}
    refs |= {LOGS + name.split("/", 3)[3] for name in log.repository.refs(SEEN)}
    refs |= {ref for ref in _files(log) if log.repository.is_broken(ref)}
    found += _losses(log, sorted(ref for ref in refs if ref.endswith("/log")))
    lost = {one.ref for one in found}
    for ref, tip in sorted(log.tips().items()) if deep else ():
        if ref == KEYS or ref in lost:
            continue
        try:
            for _ in log.entries(tip):
                pass
        except ArchiveError as error:
            says = error.message if "is missing or damaged" in error.message else f"a record is missing or damaged ({error.hint})"
            found.append(Damage(ref, f"log {short(ref)}: {says}", tip, lost=False))
    return found


def mend(log: OpinionLog, found: Damage) -> str:
    """Say what to do about a damage."""
    if found.ref == NAME:
        return "remove it"
    if not found.ref.startswith(LOGS):
        return "`triage opinion sync` removes it"
    if found.lost and found.tip and log.repository.has(found.tip):
        return f"`triage opinion sync` puts it back; without a remote: git --git-dir={log.path} update-ref {found.ref} {found.tip}"
    return DAMAGED


def put_back(log: OpinionLog) -> tuple[list[str], list[str]]:
    """Put back the refs that were lost and whose records are all there still, the keys' among them; in a repository that is held.

    Returns what was put back, and what was lost all the same.
    """
    said, lost = [], []
    known = [Damage(KEYS, "", tip) for tip in _last(log, KEYS) if not log.repository.ref(KEYS)]
    for found in [*known, *(one for one in damaged(log, deep=False) if one.lost and one.tip)]:
        with suppress(ArchiveError):
            for _ in log.entries(found.tip):
                pass
            now = log.repository.ref(found.ref)
            if now and log.repository.has(now):
                log.repository.run("update-ref", f"refs/refused/here/{found.ref.removeprefix(LOGS)}/{now[:16]}", now)
            elif not now:
                (log.path / found.ref).unlink(missing_ok=True)
            log.repository.move(found.ref, found.tip, now)
            what = "the keys were" if found.ref == KEYS else f"log {short(found.ref)} was"
            last = log.remembered.get(found.ref, "")
            if len(last) == len(found.tip) and last != found.tip and not log.repository.has(last):
                lost.append(f"{what} lost here and put back as a remote last had it: record {last[:12]}, with which it ended, is gone")
            else:
                said.append(f"{what} lost here and put back as last seen")
    return said, lost


def drop_dangling(log: OpinionLog) -> None:
    """Remove the refs of logs and keys that point to what is not here, at which a fetch would stop; in a repository that is held."""
    for ref, tip in log.repository.refs(LOGS).items():
        if not log.repository.has(tip):
            log.repository.run("update-ref", "-d", ref)


def _broken_notes(log: OpinionLog) -> list[str]:
    """Return the refs beside the logs that say nothing, or name what is not here: a fetch stops at them."""
    there = {ref: tip for ref, tip in log.repository.refs().items() if not ref.startswith(LOGS)}
    files = [str(path.relative_to(log.path)) for path in log.path.glob("refs/**/*") if path.is_file() and path.suffix != ".lock"]
    kinds = log.repository.kinds(there.values()) if there else {}
    dangling = [ref for ref, tip in there.items() if kinds.get(tip) == "missing"]
    return sorted(dangling + [ref for ref in files if not ref.startswith(LOGS) and ref not in there])


def drop_broken_notes(log: OpinionLog) -> None:
    """Remove what `damaged` says of notes; in a repository that is held."""
    for ref in _broken_notes(log):
        (log.path / ref).unlink(missing_ok=True)
        if log.repository.ref(ref):
            log.repository.run("update-ref", "-d", ref)


def short(ref: str) -> str:
    """Return the name of a log as people are told it."""
    return ref.removeprefix(LOGS).removesuffix("/log")


def _files(log: OpinionLog) -> list[str]:
    return [str(path.relative_to(log.path)) for path in log.path.glob(f"{LOGS}*/log") if path.is_file()]


def _last(log: OpinionLog, ref: str) -> list[str]:
    name = LAST + short(ref)
    tips = [log.repository.ref(name), *log.repository.refs(f"{SEEN}*/{ref.removeprefix(LOGS)}").values(), log.remembered.get(ref, "")]
    return [tip for tip in dict.fromkeys(tips) if tip]


def _replaced(log: OpinionLog, ref: str, now: str) -> str:
    """Return the tip that a log had here last where it does not go on from it, and did not end there either; "" where it does."""
    last = log.repository.ref(LAST + short(ref)) or log.remembered.get(ref, "")
    if not last or last == now or log.is_behind(last, now) or log.is_behind(now, last):
        return ""
    return last


def _losses(log: OpinionLog, refs: list[str]) -> Iterator[Damage]:
    for ref in refs:
        now, known = log.repository.ref(ref), _last(log, ref)
        if not now and log.repository.is_broken(ref):
            yield Damage(ref, f"log {short(ref)} cannot be read: its ref is damaged", known[0] if known else "")
        elif not now and known:
            yield Damage(ref, f"log {short(ref)} is gone", next((tip for tip in known if log.repository.has(tip)), known[0]))
        elif now and not log.repository.has(now):
            yield Damage(ref, f"log {short(ref)} points to a record that is not here", next((tip for tip in known if tip != now), ""))
        elif replaced := _replaced(log, ref, now):
            number = git.read(log.path, "rev-list", "--count", replaced, f"^{now}").strip() if log.repository.has(replaced) else "all"
            yield Damage(ref, f"log {short(ref)} was replaced by another one: {number} of its records are missing", replaced)
        else:
            ahead = [tip for tip in known if tip != now and log.is_behind(now, tip)]
            if ahead:
                number = git.read(log.path, "rev-list", "--count", ahead[0], f"^{now}").strip()
                yield Damage(ref, f"log {short(ref)} was cut back: {number} of its records are missing", ahead[0])
