# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one person saw and did on one machine; it hangs on Message-IDs, so it outlives the index."""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from triage.model import State
from triage.store.schema import Personal
from triage.store.statement import chunks, marks


class Mark(NamedTuple):
    """What was noted on a mail: its state, and the content and activity it was noted for."""

    state: State
    activity: int
    fingerprint: str
    until: int | None
    at: int = 0
    """When it was noted."""


def marks_of(connection: Personal, message_ids: Iterable[str]) -> dict[str, Mark]:
    """Return what is noted on each of some mails."""
    found: dict[str, Mark] = {}
    for part in chunks(message_ids):
        rows = connection.execute(
            f"select message_id, state, activity, fingerprint, until, at from state where message_id in ({marks(part)})",
            part,
        )
        found.update({row[0]: Mark(State(row[1]), *row[2:]) for row in rows})
    return found


def has_marks(connection: Personal) -> bool:
    """Say whether anything is noted at all."""
    return connection.execute("select 1 from state limit 1").fetchone() is not None


def all_marks(connection: Personal) -> dict[str, Mark]:
    """Return everything that is noted."""
    return {
        row[0]: Mark(State(row[1]), *row[2:])
        for row in connection.execute("select message_id, state, activity, fingerprint, until, at from state")
    }


def set_mark(connection: Personal, message_ids: Iterable[str], mark: Mark, at: int) -> None:
    """Note a state on every mail of a series, so that a cover that comes late changes nothing."""
    connection.executemany(
        "insert or replace into state values (?, ?, ?, ?, ?, ?)",
        [(item, mark.state.value, mark.activity, mark.fingerprint, mark.until, at) for item in message_ids],
    )


class Turn(NamedTuple):
    """Whose turn it is by the open requests about a series: mine, or another's whose answer is overdue since a moment."""

    mine: bool
    overdue: int | None = None
    due: str = ""
    """The day by which an answer is wanted, "" for none."""


def act(connection: Personal, what: str, marks: dict[str, Mark], at: int) -> None:
    """Note states as one act that can be undone; what was undone before it cannot be done again after it."""
    before = marks_of(connection, marks)
    connection.execute("delete from journal where undone")
    connection.execute(
        "insert into journal (at, what, before, after) values (?, ?, ?, ?)",
        (at, what, _as_json({name: before.get(name) for name in marks}), _as_json(dict(marks))),
    )
    for name, mark in marks.items():
        set_mark(connection, [name], mark, at)


def undo(connection: Personal, again: bool = False) -> tuple[str, list[str]]:
    """Take the last act back, or with `again` do the last one taken back again; returns what it was and the mails, "" for nothing."""
    order = "undone order by id" if again else "not undone order by id desc"
    row = connection.execute(f"select id, what, before, after from journal where {order} limit 1").fetchone()
    if row is None:
        return "", []
    marks = json.loads(row[3] if again else row[2])
    for name, fields in marks.items():
        connection.execute("delete from state where message_id = ?", (name,))
        if fields:
            state, activity, fingerprint, until, at = fields
            set_mark(connection, [name], Mark(State(state), activity, fingerprint, until), at)
    connection.execute("update journal set undone = ? where id = ?", (not again, row[0]))
    return str(row[1]), list(marks)


def _as_json(marks: Mapping[str, Mark | None]) -> str:
    rows = {name: [m.state.value, m.activity, m.fingerprint, m.until, m.at] if m else None for name, m in marks.items()}
    return json.dumps(rows)


def state_of(mark: Mark | None, activity: int, fingerprint: str, now: int, turn: Turn | None = None) -> State:
    """Return where a series stands: what was noted, unless it changed since, which brings it back as updated.

    One whose opinion is asked for stands as asked until it is given; one whose answer is overdue comes back once.
    """
    state = _noted_state(mark, activity, fingerprint, now)
    if turn and turn.mine and state is not State.SNOOZED:
        return State.ASKED
    if turn and turn.overdue is not None and mark and mark.at < turn.overdue and state in {State.SEEN, State.DONE}:
        return State.UPDATED
    return state


def _noted_state(mark: Mark | None, activity: int, fingerprint: str, now: int) -> State:
    if mark is None:
        return State.NEW
    if mark.state is State.SNOOZED and mark.until is not None and mark.until <= now:
        return State.UPDATED
    if activity > mark.activity or fingerprint != mark.fingerprint:
        return State.UPDATED
    return mark.state


def reveal(connection: Personal, question: str, at: int) -> None:
    """Note that earlier opinions on a question were looked at before giving one's own."""
    connection.execute("insert or ignore into revealed values (?, ?)", (question, at))


def revealed(connection: Personal) -> set[str]:
    """Return the questions whose earlier opinions were looked at."""
    return {row[0] for row in connection.execute("select question from revealed")}


def drafts(connection: Personal, prefix: str) -> dict[str, str]:
    """Return what was typed into forms of a kind and not saved, by the form."""
    rows = connection.execute("select key, body from draft where substr(key, 1, ?) = ? order by at desc, key desc", (len(prefix), prefix))
    return dict(rows.fetchall())


def save_draft(connection: Personal, key: str, body: str, at: int) -> None:
    """Keep what was typed into a form; an empty body forgets it."""
    if body:
        connection.execute("insert or replace into draft values (?, ?, ?)", (key, body, at))
    else:
        connection.execute("delete from draft where key = ?", (key,))


def load_draft(connection: Personal, key: str) -> str:
    """Return what was typed into a form and not saved."""
    row = connection.execute("select body from draft where key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def note_event(connection: Personal, message_id: str, what: str, at: int) -> None:
    """Note what was done with a series beside its state: exported, a reply drafted."""
    connection.execute("insert into event (at, message_id, what) values (?, ?, ?)", (at, message_id, what))


def events(connection: Personal, message_ids: Iterable[str]) -> list[tuple[int, str]]:
    """Return what this person did with some mails, time and words: acts of the journal that were not taken back, and events."""
    found: set[tuple[int, str]] = set()
    for part in chunks(message_ids):
        found |= set(connection.execute(f"select at, what from event where message_id in ({marks(part)})", part).fetchall())
        query = f"select j.at, j.what from journal j, json_each(j.after) a where not j.undone and a.key in ({marks(part)})"
        found |= set(connection.execute(query, part).fetchall())
    return sorted(found)


def save_place(connection: Personal, key: str, value: str) -> None:
    """Keep where this person is on this machine: the view, the series under the cursor, the theme."""
    connection.execute("insert or replace into place values (?, ?)", (key, value))


def places(connection: Personal) -> dict[str, str]:
    """Return where this person was."""
    return dict(connection.execute("select key, value from place").fetchall())
