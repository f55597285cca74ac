# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said, read: lists of opinions and requests, whole logs, one record, and whether all of it can be believed."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from triage import git
from triage.config import Config
from triage.model.errors import ConfigError, UsageError
from triage.model.opinion import Record
from triage.opinion.blind import question_key, reveal
from triage.opinion.damage import damaged, mend
from triage.opinion.give import SAID
from triage.opinion.index import open_log, read_log, refreshed
from triage.opinion.keychain import walk_keys
from triage.opinion.keyring import in_force
from triage.opinion.log import OpinionLog, reviewer
from triage.opinion.record import HOUSEKEEPING, MAX_RECORD, asked_of
from triage.opinion.refs import KEYS, LOGS, SEEN
from triage.opinion.remotes import remotes
from triage.opinion.witness import missing_marks, withheld
from triage.store import opinions as stored
from triage.store import personal, queries
from triage.store.personal import Turn
from triage.store.schema import open_index, open_personal

PAST = ("withdrawn", "replaced")


def opinion_json(opinion: Record, state: str = "", why: str = "", question: str = "") -> dict[str, Any]:
    """Return one record in the shape of `triage opinion list --json`; `question` is what it answers in a series, by default its own."""
    return {
        "schema": 1, "id": opinion.id, "commit": opinion.commit, "kind": opinion.kind,
        "reviewer": {"name": opinion.reviewer.name, "email": opinion.reviewer.email}, "target": opinion.target,
        "target_message": opinion.target_message, "finding": opinion.finding, "reason": opinion.reason, "time": opinion.time,
        "question": question or question_key(opinion.target, opinion.question), "signed": opinion.signed,
        "replaces": opinion.replaces, "state": state, "why": why or opinion.trouble,
        "series": opinion.fields.get("Series", ""), "code": opinion.fields.get("Reason-Code", ""),
        "ai_assisted": opinion.fields.get("AI-Assisted", ""), "role": opinion.fields.get("Role", ""),
        "revealed": opinion.fields.get("Revealed") == "yes", "to": list(asked_of(opinion)), "due": opinion.fields.get("Due", ""),
        "answers": opinion.fields.get("Answers", ""), "published": opinion.fields.get("Published", ""),
        "line": opinion.line, "quote": opinion.fields.get("Quote", ""),
    }  # fmt: skip


def opinions_json(connection: sqlite3.Connection, name: str | None) -> Iterator[dict[str, Any]]:
    """Yield opinions: all in the order of their logs, or those on the series that a mail belongs to by time, with where they stand."""
    if name is None:
        for opinion in stored.load_opinions(connection):
            places = stored.series_of(connection, opinion)
            yield opinion_json(opinion, *(places[0][1:] if places else _nowhere(connection, opinion)))
        return
    series = queries.find_series(connection, name)
    content = stored.content_of(connection, series)
    for opinion, finding, message, state, why in stored.standing_of(connection, series):
        yield opinion_json(opinion, state, why, question_key(content.get(message, opinion.target), finding))


def _nowhere(connection: sqlite3.Connection, opinion: Record) -> tuple[str, str]:
    """Return where a record stands that no series has: outdated where its mail is here, else nowhere; so is one about a record."""
    if opinion.kind in HOUSEKEEPING:
        return "", ""
    return ("outdated", stored.NO_SERIES) if stored.holds_mail(connection, opinion.target_message) else ("", "")


def requests_json(connection: sqlite3.Connection, me: str, mine: bool) -> Iterator[dict[str, Any]]:
    """Yield open requests, those that are due first: those that wait for `me` (`mine`), or those that `me` made."""
    today = str(datetime.now(UTC).date())
    found = []
    for opinion, series, state, _, waiting in stored.requests(connection):
        asked = me.casefold() in waiting.split() if mine else opinion.reviewer.email.casefold() == me.casefold()
        if asked and state == "asked":
            due = opinion.fields.get("Due", "")
            head = queries.series_head(connection, series)
            row = {"subject": head.title, "waiting": waiting.split(), "overdue": bool(due) and due < today, "in": head.first}
            found.append(opinion_json(opinion, state) | row)
    yield from sorted(found, key=lambda row: (row["due"] or "9999", row["time"], row["id"]))


def my_address() -> str:
    """Return the user's address, "" where git knows none."""
    try:
        return reviewer().email
    except ConfigError:
        return ""


def my_turns(connection: sqlite3.Connection, now: int) -> dict[int, Turn]:
    """Return for which series an open request concerns the user; git is asked who that is only where there are requests."""
    return stored.turns(connection, my_address(), now) if stored.any_requests(connection) else {}


def blind(config: Config, rows: Iterable[dict[str, Any]], me: str, show: bool) -> list[dict[str, Any]]:
    """Return opinions as somebody sees them who has not given theirs: what others said on the same question is hidden (`hidden`).

    With `show` nothing is, and that it was looked at is noted: the record that follows will say so.
    """
    kept = list(rows)
    mine = {row["question"] for row in kept if _is(row, me) and row["kind"] in SAID and row["state"] not in PAST}
    with closing(open_personal(config.paths.personal)) as notes:
        seen = personal.revealed(notes)
    closed = [row for row in kept if row["kind"] in SAID and not _is(row, me) and row["question"] not in mine | seen]
    if show and closed:
        reveal(config, sorted({row["question"] for row in closed}))
    if show:
        return kept
    return [row | {"hidden": row in closed} for row in kept]


def _is(row: dict[str, Any], me: str) -> bool:
    return bool(row["reviewer"]["email"].casefold() == me.casefold())


def one_record(connection: sqlite3.Connection, name: str) -> Record:
    """Return the record that an id, a commit or a unique beginning of either names; raises `UsageError` for none or several."""
    found = stored.find_opinion(connection, name)
    if not found:
        raise UsageError(f"no record called {name!r}", "`triage opinion log` prints their ids")
    if len({o.commit for o in found}) > 1:
        raise UsageError(f"{name!r} names {len(found)} records", "give its commit: `triage opinion log` prints it")
    return found[0]


def record_bytes(config: Config, opinion: Record) -> bytes:
    """Return a record as it is kept."""
    with git.Batch(config.paths.opinions, MAX_RECORD * 2) as batch:
        _, content = next(batch.read_all([f"{opinion.commit}:m"]))
    return content or b""


def losses(config: Config, deep: bool = True) -> list[dict[str, Any]]:
    """Return what is lost or damaged in the logs: `log`, `tip`, `says`, what to do (`mend`) and which of its records no remote has."""
    log = open_log(config.paths)
    found = damaged(log, deep)
    if not found:
        return []
    with closing(open_index(config.paths.index)) as connection:
        rows = []
        for one in found:
            missing = _not_pushed(connection, log, one.ref)
            more = f"; no remote has {', '.join(missing[:10])}{' and more' if len(missing) > 10 else ''}" if missing else ""
            rows.append({"log": one.ref, "tip": one.tip, "says": one.says + more, "mend": mend(log, one), "not_pushed": missing})
    return rows


def _not_pushed(connection: sqlite3.Connection, log: OpinionLog, ref: str) -> list[str]:
    """Return the ids of the records of a log that the index holds and no remote was seen with; none where what was seen is lost too."""
    if remotes(log) and not log.repository.refs(SEEN):
        return []
    seen = set(log.repository.refs(f"{SEEN}*/{ref.removeprefix(LOGS)}").values())
    records = [opinion for opinion in stored.load_opinions(connection) if opinion.log == ref]
    sent = max((number for number, opinion in enumerate(records, 1) if opinion.commit in seen), default=0)
    return [opinion.id for opinion in records[sent:]]


def verify(config: Config, ask_remotes: bool = False) -> dict[str, Any]:
    """Read every record of every log from git and check it anew, whatever the index says of it; compare what remotes show, if asked.

    Returns how many records are of which kind of trust, what is wrong with which, and whether records are bound to a project. Raises
    `KeysError` for keys that were here and cannot be read.
    """
    log = open_log(config.paths)
    ring, tips = in_force(log), log.tips()
    hurt = damaged(log)
    whole = sorted(set(tips) - {KEYS} - {found.ref for found in hurt if not found.lost or not log.repository.has(tips.get(found.ref, ""))})
    rows = [o for ref in whole for o in read_log(log, ref, tips[ref], "", ring, {})]
    problems = [{"log": o.log, "commit": o.commit, "id": o.id, "says": o.trouble} for o in rows if o.signed == "bad"]
    problems += [
        {"log": r["log"], "commit": r["tip"], "id": "", "says": f"{r['says']}; {r['mend']}"} for r in (losses(config) if hurt else ())
    ]
    if KEYS in tips and (trouble := walk_keys(log, "", tips[KEYS])[1]):
        problems.append({"log": KEYS, "commit": tips[KEYS], "id": "", "says": f"the changes of the keys do not hold: {trouble}"})
    problems += [{"log": "", "commit": "", "id": "", "says": says} for says in missing_marks(log, ring)]
    problems += [{"log": "", "commit": "", "id": "", "says": says} for says in (withheld(log) if ask_remotes else ())]
    with closing(refreshed(config)) as connection:
        known = {(o.log, o.commit): o for o in stored.load_opinions(connection)}
    for opinion in rows:
        if known.get((opinion.log, opinion.commit)) != opinion:
            says = "the index says something else of it: run `triage db rebuild`"
            problems.append({"log": opinion.log, "commit": opinion.commit, "id": opinion.id, "says": says})
    counts = Counter(o.signed for o in rows)
    return {
        "schema": 1, "records": len(rows), "logs": len({o.log for o in rows}),
        "signed": {word: counts.get(word, 0) for word in ("good", "unverified", "unsigned", "bad")},
        "newer": sum(o.kind == "newer" for o in rows), "problems": problems, "project": ring.project,
        "barred": [{"log": o.log, "commit": o.commit, "id": o.id, "says": o.barred} for o in rows if o.barred and o.signed != "bad"],
    }  # fmt: skip
