# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions in the index: read again from git when a log moved, and laid over findings and series."""

import json
import sqlite3
from collections.abc import Iterable

from triage.model import MessageId, Opinion, Person
from triage.store.derive import chunks, marks

VALID = (
    "o.signed != 'bad' and o.kind != 'withdraw' and not exists (select 1 from opinion w where w.kind = 'withdraw' and w.replaces = o.id"
    " and w.signed != 'bad' and lower(w.reviewer_email) = lower(o.reviewer_email))"
    " and not exists (select 1 from opinion n where n.position > o.position and n.signed != 'bad' and n.target = o.target"
    " and n.finding = o.finding and lower(n.reviewer_email) = lower(o.reviewer_email)"
    " and n.slot = o.slot and n.kind != 'withdraw'"
    " and not exists (select 1 from opinion v where v.kind = 'withdraw' and v.replaces = n.id and v.signed != 'bad'"
    " and lower(v.reviewer_email) = lower(n.reviewer_email)))"
)
"""Which records `o` stand, as `opinion.standing` decides it: not bad, not withdrawn by their own reviewer, not replaced."""


def tips_stored(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the log tips that the index was last made from."""
    return dict(connection.execute("select ref, tip from log_tip").fetchall())


def store_opinions(connection: sqlite3.Connection, opinions: list[Opinion], tips: dict[str, str]) -> None:
    """Replace what the index knows of the logs; to be called inside a transaction."""
    connection.execute("delete from opinion")
    connection.executemany(
        f"insert into opinion values ({marks([None] * 16)})",
        [
            (o.id, o.commit, o.reviewer.name, o.reviewer.email, o.kind, o.target, o.target_message, o.series, o.finding, o.reason, o.time,
             o.signed, o.replaces, o.slot, json.dumps(o.fields), position)
            for position, o in enumerate(opinions)
        ],
    )  # fmt: skip
    connection.execute("delete from log_tip")
    connection.executemany("insert into log_tip values (?, ?)", tips.items())


_COLUMNS = (
    "id, commit_id, reviewer_name, reviewer_email, kind, target, target_message, finding, reason, time, signed, replaces, series,"
    " slot, fields"
)


def _opinion(row: tuple[str, ...]) -> Opinion:
    return Opinion(
        id=MessageId(row[0]), commit=row[1], reviewer=Person(row[2], row[3]), kind=row[4], target=row[5], target_message=MessageId(row[6]),
        finding=row[7], reason=row[8], time=row[9], signed=row[10], replaces=row[11], series=row[12], slot=row[13],
        fields=json.loads(row[14]),
    )  # fmt: skip


def load_opinions(connection: sqlite3.Connection, targets: Iterable[str] | None = None) -> list[Opinion]:
    """Return the records on the given targets (all of them for None), in the order of their logs.

    Withdrawals come with the records they name, whatever their own target says.
    """
    if targets is None:
        return [_opinion(row) for row in connection.execute(f"select {_COLUMNS} from opinion order by position")]
    found: list[tuple[str, ...]] = []
    for part in chunks(set(targets)):
        found += connection.execute(
            f"select {_COLUMNS}, position from opinion where target in ({marks(part)})"
            f" or (kind = 'withdraw' and replaces in (select id from opinion where target in ({marks(part)})))",
            part + part,
        ).fetchall()
    return [_opinion(row) for row in sorted(set(found), key=lambda row: row[-1])]


def touched_series(connection: sqlite3.Connection) -> list[int]:
    """Return the series that any record is, or was, about."""
    rows = connection.execute(
        "select series from message where series is not null and target in (select target from opinion)"
        " union select id from series where fingerprint in (select target from opinion) or agree + disagree + unsure > 0"
        " union select series from finding where status not in ('open', 'cured')"
    )
    return [row[0] for row in rows]


def findings_of(connection: sqlite3.Connection, series_id: int) -> list[tuple[int, str, str, str]]:
    """Return position, id, target and cure of each finding of a series."""
    return connection.execute("select position, id, target, cured from finding where series = ?", (series_id,)).fetchall()


def targets_of(connection: sqlite3.Connection, series_id: int) -> set[str]:
    """Return the content hashes that an opinion on a series may be bound to: its mails', and its fingerprint."""
    rows = connection.execute(
        "select target from message where series = ?1 union select fingerprint from series where id = ?1"
        " union select target from finding where series = ?1", (series_id,),
    )  # fmt: skip
    return {row[0] for row in rows}


def set_standing(connection: sqlite3.Connection, series_id: int, statuses: dict[int, str], counts: dict[str, int]) -> None:
    """Store where the findings of a series stand, by position, and how many opinions stand on it."""
    connection.executemany(
        "update finding set status = ? where series = ? and position = ?", [(word, series_id, at) for at, word in statuses.items()]
    )
    counted = dict.fromkeys(("error", "warn", "ask", "info"), 0)
    for severity, number in connection.execute(
        "select severity, count(*) from finding where series = ? and status in ('open', 'confirmed', 'disputed') group by severity",
        (series_id,),
    ):
        counted[severity] = number
    connection.execute(
        "update series set error = :error, warn = :warn, ask = :ask, info = :info, agree = :agree, disagree = :disagree,"
        " unsure = :unsure where id = :id", counted | counts | {"id": series_id},
    )  # fmt: skip
