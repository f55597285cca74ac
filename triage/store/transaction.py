# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transactions: one that writes, and one in which what is read is all of one moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.store.errors import database_error
from triage.store.schema import Index, Personal


@contextmanager
def transaction(connection: Index | Personal, path: Path | None = None) -> Iterator[None]:
    """Hold one write transaction from its start (BEGIN IMMEDIATE): all of it, or nothing on any error."""
    try:
        connection.execute("begin immediate")
        yield
        connection.execute("commit")
    except sqlite3.Error as error:
        raise database_error(error, path or Path("index.db")) from error
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


@contextmanager
def snapshot(connection: Index | Personal) -> Iterator[None]:
    """Read within as everything is at one moment, whatever another process writes meanwhile."""
    connection.execute("begin")
    try:
        yield
    finally:
        connection.execute("rollback")
