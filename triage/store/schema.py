# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Database files: opened, checked, and brought to the schema of today."""

import fcntl
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from triage.model.errors import ArchiveError, ConfigError, OutdatedError
from triage.store.errors import DATABASE_ERRORS, database_error
from triage.store.migrations import PERSONAL_ID, PERSONAL_VERSION, STEPS, Database
from triage.store.tables import INDEX_ID, INDEX_VERSION, TABLES

BUSY_MS = 10_000


class _Open(sqlite3.Connection):
    """A database file of triage, open."""

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with the whole file, nothing where it is sound."""
        return [row[0] for row in self.execute("pragma integrity_check") if row[0] != "ok"]

    def is_sound(self) -> bool:
        """Say whether a quick look at the file finds nothing wrong."""
        return bool(self.execute("pragma quick_check").fetchone()[0] == "ok")

    def is_read_only(self) -> bool:
        """Say whether nothing can be written through it."""
        return bool(self.execute("pragma query_only").fetchone()[0])

    def data_version(self) -> int:
        """Return SQLite's count of what others wrote; cheap enough for a timer."""
        return int(self.execute("pragma data_version").fetchone()[0])


class Index(_Open):
    """The index, open: everything derived, rebuilt from archives and logs at any time."""


class Personal(_Open):
    """A person's own state, open: what they saw, marked and typed on this machine."""


Handle = TypeVar("Handle", Index, Personal)


class _Schema(Struct, Generic[Handle], frozen=True):
    """What a database file must be."""

    handle: type[Handle]
    name: str
    application_id: int
    version: int
    steps: tuple[Callable[[Database], None], ...]


def m001_first(db: Database) -> None:
    """All tables of the index, and its views."""
    from triage.store.views import VIEWS

    for statement in (*TABLES, *VIEWS):
        db.execute(statement)


_INDEX = _Schema(Index, "index", INDEX_ID, INDEX_VERSION, (m001_first,))
_PERSONAL = _Schema(Personal, "personal", PERSONAL_ID, PERSONAL_VERSION, STEPS)


def _create(path: Path, schema: _Schema[Handle]) -> None:
    """Make or migrate a database, one process at a time; imports sqlite-utils, which an idle run never pays for.

    A new one is made beside its place and moved there whole, so that a run that is cut off leaves none that is half made.
    """
    folder = os.open(path.parent, os.O_RDONLY)  # not the file itself: closing it would drop the locks that SQLite holds on it here
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.exists() and not _is_empty(path):
            _fill(path, schema)
            return
        fresh = path.with_name(f".{path.name}.new")
        _remove(fresh)
        for end in ("wal", "shm"):
            Path(f"{path}-{end}").unlink(missing_ok=True)
        try:
            os.close(os.open(fresh, os.O_CREAT | os.O_RDWR, 0o600))
            _fill(fresh, schema)
            make_whole(fresh)
            os.replace(fresh, path)
        finally:
            _remove(fresh)
    finally:
        os.close(folder)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def make_whole(path: Path) -> None:
    """Bring all that was written to a database into its one file, before it takes the place of another; raises `ArchiveError` for no room.

    SQLite says nothing of it where the disk is too full for that when a database is closed.
    """
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        busy = connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    except sqlite3.Error as error:
        raise database_error(error, path) from error
    finally:
        connection.close()
    log = Path(f"{path}-wal")
    if busy or (log.exists() and log.stat().st_size):
        raise ArchiveError(f"the disk is full, writing {path}", "free some space and run again; nothing that was stored is lost")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _is_empty(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return not connection.execute("select 1 from sqlite_master").fetchone()
    finally:
        connection.close()


def _fill(path: Path, schema: _Schema[Handle]) -> None:
    from sqlite_utils import Database as Tables
    from sqlite_utils.migrations import Migrations

    db = Tables(path, execute_plugins=False)
    try:
        if db.conn.execute("pragma user_version").fetchone()[0] >= schema.version:
            return  # another process was faster
        db.conn.execute("pragma journal_mode = wal")
        migrations = Migrations(schema.name)
        for step in schema.steps:
            migrations(name=step.__name__)(step)
        migrations.apply(db)
        db.conn.execute(f"pragma application_id = {schema.application_id}")
        db.conn.execute(f"pragma user_version = {schema.version}")
    finally:
        db.close()


def open_index(path: Path, write: bool = False) -> Index:
    """Open index.db, making it where there is none and `write`; raises `ConfigError` for a foreign or newer one.

    Reading where there is none gives an empty index in memory, so that asking never creates a file.
    """
    return _open(_INDEX, path, write)


def open_personal(path: Path, write: bool = False) -> Personal:
    """Open personal.db as `open_index` opens the index."""
    return _open(_PERSONAL, path, write)


def is_personal(path: Path) -> bool:
    """Say whether a file is a sound personal.db that holds the tables it should and no view, trigger or table besides."""
    with closing(_empty(_PERSONAL)) as fresh:
        known = set(fresh.execute("select type, name from sqlite_master where sql is not null").fetchall())
    known |= {("table", "_sqlite_migrations"), ("index", "idx__sqlite_migrations_migration_set_name")}
    try:
        connection = sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True)
        try:
            rows = connection.execute("select type, name, sql from sqlite_master where sql is not null").fetchall()
            sound = connection.execute("pragma quick_check").fetchone()[0] == "ok"
        finally:
            connection.close()
    except DATABASE_ERRORS:
        return False
    return sound and all((kind, name) in known and not sql.lower().startswith("create virtual") for kind, name, sql in rows)


def copy_whole(connection: Index | Personal, target: Path) -> None:
    """Copy a database as it is at one moment into a file of its own; raises one of `DATABASE_ERRORS`."""
    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)


def open_former(path: Path) -> Index:
    """Open an index to read, whichever version of the program made it; raises `sqlite3.Error` where it is none."""
    connection = _connect(Index, path, write=False)
    if _identity(connection, path)[0] != INDEX_ID:
        connection.close()
        raise sqlite3.DatabaseError(f"{path} is not an index")
    return connection


def _open(schema: _Schema[Handle], path: Path, write: bool) -> Handle:
    try:
        if not path.exists():
            if not write:
                return _empty(schema)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path, schema)
        connection = _connect(schema.handle, path, write)
        found = _identity(connection, path)
        if found == (0, 0) and not connection.execute("select 1 from sqlite_master").fetchone():
            if not write:
                connection.close()
                return _empty(schema)
            connection.close()
            _create(path, schema)
            connection = _connect(schema.handle, path, write)
            found = _identity(connection, path)
        _check_identity(found, schema.application_id, schema.version, path)
        if found[1] < schema.version:
            connection.close()
            if schema.application_id == INDEX_ID:
                raise OutdatedError(f"{path} was made by an older triage", "run `triage ingest` or `triage db rebuild`")
            _create(path, schema)
            connection = _connect(schema.handle, path, write)
    except DATABASE_ERRORS as error:
        raise database_error(error, path) from error
    except OSError as error:
        raise ArchiveError(f"cannot open {path}", f"{error.strerror}; check the folder or set TRIAGE_HOME") from error
    return connection


def _connect(handle: type[Handle], path: Path, write: bool) -> Handle:
    mode = "rw" if write or os.access(path, os.W_OK) else "ro"
    if mode == "ro" and not os.access(path.parent, os.W_OK) and not _has_log(path):
        mode = "ro&immutable=1"  # nobody can write there, and SQLite cannot make the files by which writers are noticed
    uri = f"file:{_quoted(path)}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000, isolation_level=None, factory=handle)
    connection.execute(f"pragma busy_timeout = {BUSY_MS}")
    connection.execute("pragma synchronous = normal")
    if not write:
        connection.execute("pragma query_only = on")
    return connection


def _has_log(path: Path) -> bool:
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path))


def _empty(schema: _Schema[Handle]) -> Handle:
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=schema.handle)
    for step in schema.steps:
        step(connection)
    return connection


def _identity(connection: sqlite3.Connection, path: Path) -> tuple[int, int]:
    application_id = connection.execute("pragma application_id").fetchone()[0]
    version = connection.execute("pragma user_version").fetchone()[0]
    return application_id, version


def _check_identity(found: tuple[int, int], application_id: int, version: int, path: Path) -> None:
    if found[0] != application_id:
        raise ConfigError(f"{path} is not a database of triage", "move it away")
    if found[1] > version:
        raise ConfigError(
            f"{path} has schema {found[1]}, this triage knows {version}",
            "upgrade triage; index.db may also be moved away and rebuilt",
        )
