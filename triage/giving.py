# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An opinion given or read: what the command line and the terminal UI share between log and index."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from triage.config import Config
from triage.errors import UsageError
from triage.lookup import opinion_target
from triage.model import MessageId, Opinion
from triage.opinion.apply import refresh
from triage.opinion.log import OpinionLog, reviewer
from triage.opinion.record import Draft
from triage.store import queries
from triage.store.opinions import load_opinions, targets_of
from triage.store.schema import open_index


def give_opinion(
    config: Config, name: str, kind: str, finding: str = "", reason: str = "", replaces: str = "", sign: bool = True
) -> MessageId:
    """Write an opinion on the series, patch or finding that `name` and `finding` say; returns the record's id.

    The record is in git before the index hears of it. Raises `UsageError` for an unknown mail, finding or verdict, `ConfigError` where
    git knows no identity or cannot sign.
    """
    log = OpinionLog(config.paths.opinions)
    with closing(open_index(config.paths.index)) as connection:
        target = opinion_target(connection, name, finding)
        person = reviewer()
        if kind == "withdraw":
            _check_own(log, replaces, person.email)
    record = log.append(Draft(person, kind, target, reason, replaces), sign)
    refreshed(config).close()
    return record


def _check_own(log: OpinionLog, replaces: str, email: str) -> None:
    if not replaces:
        raise UsageError("which record is to be withdrawn?", "name it with --replaces; `triage opinion list` prints the ids")
    own = [o.id for o in log.read_all() if o.reviewer.email.casefold() == email.casefold()]
    if replaces not in own:
        raise UsageError(f"{replaces!r} is no record of yours", "name it with --replaces; `triage opinion list` prints the ids")


def refreshed(config: Config) -> sqlite3.Connection:
    """Return the index with the logs as they are now laid over it."""
    connection = open_index(config.paths.index, write=config.paths.opinions.exists())
    refresh(connection, OpinionLog(config.paths.opinions))
    return connection


def opinions_json(connection: sqlite3.Connection, name: str | None) -> Iterator[dict[str, Any]]:
    """Yield opinions in the order of their logs: all, or those on the series that a mail belongs to."""
    targets = targets_of(connection, queries.find_series(connection, name)) if name else None
    for opinion in load_opinions(connection, targets):
        yield opinion_json(opinion)


def opinion_json(opinion: Opinion) -> dict[str, Any]:
    """Return one record in the shape of `triage opinion list --json`."""
    return {
        "schema": 1, "id": opinion.id, "commit": opinion.commit, "kind": opinion.kind,
        "reviewer": {"name": opinion.reviewer.name, "email": opinion.reviewer.email}, "target": opinion.target,
        "target_message": opinion.target_message, "finding": opinion.finding, "reason": opinion.reason, "time": opinion.time,
        "signed": opinion.signed, "replaces": opinion.replaces,
    }  # fmt: skip
