# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the logs can be believed: what of them is lost, and every record read from git and checked again."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from msgspec import Struct

from triage.config import Config
from triage.model.opinion import Record
from triage.opinion.damage import damaged, mend
from triage.opinion.index import open_log, read_log, refreshed
from triage.opinion.keychain import walk_keys
from triage.opinion.keyring import in_force
from triage.opinion.log import OpinionLog
from triage.opinion.refs import KEYS, LOGS, SEEN
from triage.opinion.remotes import remotes
from triage.opinion.witness import missing_marks, withheld
from triage.store import opinions as stored
from triage.store.schema import Index, open_index


class Loss(Struct, frozen=True):
    """What is lost or damaged in one log."""

    log: str
    tip: str
    says: str
    mend: str
    """What to do about it."""


def losses(config: Config, deep: bool = True) -> list[Loss]:
    """Return what is lost or damaged in the logs, and which of their records no remote has."""
    log = open_log(config.paths)
    found = damaged(log, deep)
    if not found:
        return []
    with closing(open_index(config.paths.index)) as connection:
        rows = []
        for one in found:
            missing = _not_pushed(connection, log, one.ref)
            more = f"; no remote has {', '.join(missing[:10])}{' and more' if len(missing) > 10 else ''}" if missing else ""
            rows.append(Loss(one.ref, one.tip, one.says + more, mend(log, one)))
    return rows


def _not_pushed(connection: Index, log: OpinionLog, ref: str) -> list[str]:
    """Return the ids of the records of a log that the index holds and no remote was seen with; none where what was seen is lost too."""
    if remotes(log) and not log.repository.refs(SEEN):
        return []
    seen = set(log.repository.refs(f"{SEEN}*/{ref.removeprefix(LOGS)}").values())
    records = [opinion for opinion in stored.load_records(connection) if opinion.log == ref]
    sent = max((number for number, opinion in enumerate(records, 1) if opinion.commit in seen), default=0)
    return [opinion.id for opinion in records[sent:]]


class Problem(Struct, frozen=True):
    """What is wrong with one record, one log (no `id`), or with what remotes show (no `log` either)."""

    log: str
    commit: str
    id: str
    says: str

    def to_dict(self) -> dict[str, str]:
        """Return it in the shape of `triage opinion verify --json`."""
        return {"log": self.log, "commit": self.commit, "id": self.id, "says": self.says}


class Audit(Struct, frozen=True):
    """What an audit of all logs found."""

    records: int
    logs: int
    signed: Mapping[str, int]
    """How many records are of which kind of trust: good, unverified, unsigned, bad."""
    newer: int
    """How many are of a schema that only a newer triage reads."""
    problems: tuple[Problem, ...]
    project: str
    """The project that the keys bind records to, "" where there are none."""
    barred: tuple[Problem, ...]
    """Sound records that the keys do not let count."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in the shape of `triage opinion verify --json`."""
        return {
            "schema": 1, "records": self.records, "logs": self.logs, "signed": dict(self.signed), "newer": self.newer,
            "problems": [one.to_dict() for one in self.problems], "project": self.project,
            "barred": [one.to_dict() for one in self.barred],
        }  # fmt: skip


def audit(config: Config, ask_remotes: bool = False) -> Audit:
    """Read every record of every log from git and check it, whatever the index says of it; compare what remotes show, if asked.

    Raises `KeysError` for keys that were here and cannot be read.
    """
    log = open_log(config.paths)
    ring, tips = in_force(log), log.tips()
    hurt = damaged(log)
    whole = sorted(set(tips) - {KEYS} - {found.ref for found in hurt if not found.lost or not log.repository.has(tips.get(found.ref, ""))})
    rows = [record for ref in whole for record in read_log(log, ref, tips[ref], "", ring, {})]
    problems = [Problem(one.log, one.commit, one.id, one.trouble) for one in rows if one.signed == "bad"]
    problems += [Problem(one.log, one.tip, "", f"{one.says}; {one.mend}") for one in (losses(config) if hurt else ())]
    if KEYS in tips and (trouble := walk_keys(log, "", tips[KEYS])[1]):
        problems.append(Problem(KEYS, tips[KEYS], "", f"the changes of the keys do not hold: {trouble}"))
    problems += [Problem("", "", "", says) for says in missing_marks(log, ring)]
    problems += [Problem("", "", "", says) for says in (withheld(log) if ask_remotes else ())]
    problems += _unlike_index(config, rows)
    counts = Counter(one.signed for one in rows)
    return Audit(
        records=len(rows), logs=len({one.log for one in rows}),
        signed={word: counts.get(word, 0) for word in ("good", "unverified", "unsigned", "bad")},
        newer=sum(one.kind == "newer" for one in rows), problems=tuple(problems), project=ring.project,
        barred=tuple(Problem(one.log, one.commit, one.id, one.barred) for one in rows if one.barred and one.signed != "bad"),
    )  # fmt: skip


def _unlike_index(config: Config, rows: list[Record]) -> list[Problem]:
    with closing(refreshed(config)) as connection:
        known = {(one.log, one.commit): one for one in stored.load_records(connection)}
    says = "the index says something else of it: run `triage db rebuild`"
    return [Problem(one.log, one.commit, one.id, says) for one in rows if known.get((one.log, one.commit)) != one]
