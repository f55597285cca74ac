# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tombstones of withdrawn mail, carried from an old index to a new one: archives do not know them any more."""

import sqlite3
from pathlib import Path

from triage.model.errors import TriageError
from triage.store.rows import COLUMNS
from triage.store.schema import open_former, open_index
from triage.store.statement import marks
from triage.store.transaction import transaction


def carry_tombstones(old: Path, new: Path) -> bool:
    """Copy the tombstones of `old` that `new` lacks; returns whether the old index could be read."""
    if not old.exists():
        return False
    try:
        source = open_former(old)
        try:
            rows = source.execute(f"select {', '.join(COLUMNS)}, id from message where gone = 'withdrawn'").fetchall()
            lists = {row[-1]: _lists_of(source, row[-1]) for row in rows}
        finally:
            source.close()
    except (TriageError, sqlite3.Error):
        return False
    target = open_index(new, write=True)
    try:
        with transaction(target, new):
            for row in rows:
                _bury(target, row, lists[row[-1]])
    finally:
        target.close()
    return True


def _lists_of(source: sqlite3.Connection, message: int) -> list[str]:
    rows = source.execute("select name from list join message_list l on l.list = list.id where l.message = ?", (message,))
    return [row[0] for row in rows]


def _bury(target: sqlite3.Connection, row: tuple[object, ...], names: list[str]) -> None:
    if target.execute("select 1 from message where blob = ?", (row[COLUMNS.index("blob")],)).fetchone():
        return
    thread = target.execute("select coalesce(max(thread), 0) + 1 from thread").fetchone()[0]
    target.execute("insert or ignore into thread values (?, ?)", (row[0], thread))
    cursor = target.execute(
        f"insert into message ({', '.join(COLUMNS)}, thread, gone) values ({marks(list(COLUMNS))}, ?, 'withdrawn')",
        (*row[:-1], thread),
    )
    for name in names:
        target.execute("insert or ignore into message_list select ?, id from list where name = ?", (cursor.lastrowid, name))
