# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How personal.db came to be, one function a step. It is one person's own: no step may lose anything.

A new step is a new function at the end of `STEPS`, and raises `PERSONAL_VERSION`. Names are kept in the files themselves: never rename one.
"""

from collections.abc import Callable
from typing import Protocol

PERSONAL_ID = 0x74726970  # "trip"


class Database(Protocol):
    """What a step needs: SQLite's own connection, and that of sqlite-utils."""

    def execute(self, sql: str, /) -> object:
        """Run one statement."""


def m001_first(db: Database) -> None:
    """What was marked and typed."""
    db.execute(
        "create table state (message_id text primary key, state text not null, activity integer not null, fingerprint text not null,"
        " until integer, at integer not null) without rowid"
    )
    db.execute("create table draft (key text primary key, body text not null, at integer not null) without rowid")


def m002_later(db: Database) -> None:
    """Questions whose earlier opinions were looked at."""
    db.execute("create table if not exists revealed (question text primary key, at integer not null) without rowid")


def m003_later(db: Database) -> None:
    """Acts that can be undone."""
    db.execute(
        "create table if not exists journal (id integer primary key, at integer not null, what text not null, before text not null,"
        " after text not null, undone integer not null default 0)"
    )


def m004_later(db: Database) -> None:
    """What was exported and drafted, and where the user was."""
    db.execute(
        "create table if not exists event (id integer primary key, at integer not null, message_id text not null, what text not null)"
    )
    db.execute("create index if not exists event_message on event(message_id)")
    db.execute("create table if not exists place (key text primary key, value text not null) without rowid")


def m005_later(db: Database) -> None:
    """What other tools were asked about patches, and what they said."""
    db.execute(
        "create table if not exists check_asked (message_id text not null, source text not null, words text not null, at integer not null,"
        " primary key (message_id, source)) without rowid"
    )
    db.execute(
        "create table if not exists check_result (message_id text not null, source text not null, tool text not null, status text not null,"
        " summary text not null, details text not null, url text not null, primary key (message_id, source, tool)) without rowid"
    )


STEPS: tuple[Callable[[Database], None], ...] = (m001_first, m002_later, m003_later, m004_later, m005_later)
PERSONAL_VERSION = len(STEPS)
