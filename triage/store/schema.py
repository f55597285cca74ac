# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Database files: opened, checked, and brought to the current schema by migrations."""

import fcntl
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from triage.model.errors import ArchiveError, BusyError, ConfigError, OutdatedError, TriageError
from triage.store.views import VIEWS

if TYPE_CHECKING:
    from sqlite_utils import Database

INDEX_ID = 0x74726961  # "tria"
PERSONAL_ID = 0x74726970  # "trip"
INDEX_VERSION = 8
PERSONAL_VERSION = 4
DERIVED = "6"
"""What parser and evidence make of a mail; raised when a re-read of the archives would give other rows."""
BUSY_MS = 10_000

_INDEX = (
    """create table list (id integer primary key, name text not null unique, policy text not null, url text not null default '')""",
    """create table archive (id integer primary key, list integer not null references list(id), kind text not null, path text not null,
       unique (list, path))""",
    """create table unit (archive integer not null references archive(id), name text not null, cursor text not null default '',
       stamp text not null default '', entries integer not null default 0, parsed integer not null default 0,
       duplicate integer not null default 0, deleted integer not null default 0, quarantined integer not null default 0,
       unreadable integer not null default 0, primary key (archive, name))""",
    """create table entry (id integer primary key, archive integer not null references archive(id), unit text not null,
       locator text not null, blob text not null, outcome text not null, message integer references message(id), reason text)""",
    "create index entry_message on entry(message)",
    "create index entry_unit on entry(archive, unit)",
    "create index entry_lost on entry(archive, unit) where outcome = 'unreadable'",
    "create index entry_odd on entry(outcome) where outcome in ('deleted', 'quarantined', 'unreadable')",
    """create table message (id integer primary key, message_id text not null, blob text not null unique, content text not null,
       target text not null, kind text not null, subject text not null, tags text not null, author_name text not null,
       author_email text not null, sender_name text not null, sender_email text not null, recipients text not null,
       date integer, archived integer not null, posted integer not null, parents text not null, trailers text not null,
       files text not null, evidence text not null, patch_id text, change_id text, supersedes text not null, cut text, last text,
       mailer text not null, notes text not null, version integer not null, n integer, total integer, loose integer not null,
       pull text not null, obsoleted_by text not null, title_key text not null, claims text not null, hidden text not null,
       carry text not null,
       thread integer not null, series integer references series(id), gone text not null default '')""",
    "create index message_message_id on message(message_id)",
    "create index message_thread on message(thread)",
    "create index message_series on message(series)",
    "create index message_patch_id on message(patch_id) where patch_id is not null",
    "create index message_title on message(title_key) where title_key != ''",
    "create index message_obsoleted on message(id) where obsoleted_by != ''",
    "create index message_target on message(target)",
    "create index message_loose on message(sender_email, total, version, posted) where loose",
    """create table message_list (message integer not null references message(id), list integer not null references list(id),
       primary key (message, list)) without rowid""",
    "create table thread (message_id text primary key, thread integer not null) without rowid",
    "create table dirty (thread integer primary key)",
    "create table heir (series integer primary key)",
    "create table unsettled (series integer primary key)",
    """create table series (id integer primary key, message_id text not null, subject text not null, title text not null,
       version integer not null, minor integer not null, rfc integer not null, resend integer not null, kind text not null,
       author_name text not null, author_email text not null, sender_name text not null, sender_email text not null,
       posted integer not null, activity integer not null, total integer not null, received integer not null,
       complete integer not null, cover integer not null, thread integer not null, topic text not null, previous text,
       change_id text, branch text not null, title_key text not null, fingerprint text not null, tools text not null, notes text not null,
       numbered integer not null, again text not null,
       takes_over integer not null default 0, superseded integer not null default 0, inherits integer not null default 0,
       error integer not null default 0, warn integer not null default 0,
       ask integer not null default 0, info integer not null default 0, agree integer not null default 0,
       disagree integer not null default 0, unsure integer not null default 0, carried integer not null default 0,
       outdated integer not null default 0, untrusted integer not null default 0, excluded integer not null default 0,
       split integer not null default 0, asked integer not null default 0)""",
    "create index series_message_id on series(message_id)",
    "create index series_activity on series(activity desc, id desc)",
    """create index series_attention on series(superseded, (error > 0) desc, (warn > 0) desc, (ask > 0) desc, (info > 0) desc,
       activity desc, id desc)""",
    "create index series_flagged on series(activity desc, id desc) where error + warn + ask > 0",
    "create index series_author on series(author_email, posted)",
    "create index series_sender on series(sender_email, posted)",
    "create index series_title on series(title_key)",
    "create index series_change_id on series(change_id) where change_id is not null",
    "create index series_topic on series(topic)",
    "create index series_previous on series(previous) where previous is not null",
    "create index series_thread on series(thread)",
    "create index series_fingerprint on series(fingerprint)",
    """create table series_list (list integer not null references list(id), series integer not null references series(id),
       primary key (list, series)) without rowid""",
    "create index series_list_series on series_list(series)",
    """create table link (series integer not null references series(id), target text not null, kind text not null, evidence text not null,
       alike integer not null default 0)""",
    "create index link_series on link(series)",
    "create index link_target on link(target)",
    """create table carried (series integer not null references series(id), n integer not null,
       message integer not null references message(id), primary key (series, n)) without rowid""",
    """create table finding (id text not null, series integer not null references series(id), message text not null, target text not null,
       code text not null, name text not null, severity text not null, rule text not null, pack text not null, n integer,
       region text not null, line integer, quote text not null, says text not null, misses text not null, source text not null,
       question text not null, cured text not null default '', basis text not null, exception text not null default '',
       demand text not null, status text not null,
       agree integer not null default 0, disagree integer not null default 0, unsure integer not null default 0,
       position integer not null, primary key (series, position))""",
    "create index finding_id on finding(id)",
    "create index finding_code on finding(code)",
    "create index finding_target on finding(target)",
    """create table opinion (id text not null, commit_id text not null, reviewer_name text not null, reviewer_email text not null,
       kind text not null, target text not null, target_message text not null, series text not null, finding text not null,
       reason text not null, time text not null, signed text not null, replaces text not null, slot text not null,
       fields text not null, patch_id text not null, trouble text not null, log text not null, seq integer not null,
       barred text not null default '', primary key (log, commit_id)) without rowid""",
    "create index opinion_id on opinion(id)",
    "create index opinion_log on opinion(log, seq)",
    "create index opinion_target on opinion(target)",
    "create index opinion_patch_id on opinion(patch_id) where patch_id != ''",
    "create index opinion_replaces on opinion(replaces) where replaces != ''",
    "create index opinion_message on opinion(target_message)",
    "create index opinion_kind on opinion(kind)",
    "create index opinion_commit on opinion(commit_id)",
    """create table standing (series integer not null references series(id), log text not null, commit_id text not null,
       finding text not null, message_id text not null, state text not null, why text not null, primary key (series, log, commit_id),
       foreign key (log, commit_id) references opinion(log, commit_id)) without rowid""",
    "create index standing_record on standing(log, commit_id)",
    """create table verified (commit_id text not null, keys text not null, signed text not null, trouble text not null,
       primary key (commit_id, keys)) without rowid""",
    "create table correction (position integer primary key, record text not null, kind text not null)",
    """create table correction_mail (correction integer not null references correction(position), position integer not null,
       message_id text not null, target text not null, primary key (correction, position)) without rowid""",
    "create index correction_mail_id on correction_mail(message_id)",
    "create table log_tip (ref text primary key, tip text not null) without rowid",
    "create table meta (key text primary key, value text not null) without rowid",
    *VIEWS,
)
_PERSONAL = (
    """create table state (message_id text primary key, state text not null, activity integer not null, fingerprint text not null,
       until integer, at integer not null) without rowid""",
    "create table draft (key text primary key, body text not null, at integer not null) without rowid",
    "create table revealed (question text primary key, at integer not null) without rowid",
    "create table journal (id integer primary key, at integer not null, what text not null, before text not null, after text not null,"
    " undone integer not null default 0)",
    "create table event (id integer primary key, at integer not null, message_id text not null, what text not null)",
    "create index event_message on event(message_id)",
    "create table place (key text primary key, value text not null) without rowid",
)
_SINCE = {PERSONAL_ID: {2: _PERSONAL[2:3], 3: _PERSONAL[3:4], 4: _PERSONAL[4:]}}
"""What each later version of a database that cannot be made anew adds to the first."""


def _migrate(db: "Database", name: str, application_id: int, statements: tuple[str, ...]) -> None:
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(name)
    later = _SINCE.get(application_id, {})
    added = {statement for step in later.values() for statement in step}

    def step(chosen: tuple[str, ...]) -> Callable[["Database"], None]:
        def apply(db: "Database") -> None:
            for statement in chosen:
                db.execute(statement)

        return apply

    migrations(name="m001_first")(step(tuple(item for item in statements if item not in added)))
    for version, chosen in later.items():
        migrations(name=f"m{version:03}_later")(
            step(tuple(re.sub("^create (table|index)", r"create \1 if not exists", item) for item in chosen))
        )
    migrations.apply(db)


def _create(path: Path, name: str, application_id: int, version: int, statements: tuple[str, ...]) -> None:
    """Make or migrate a database, one process at a time; imports sqlite-utils, which an idle run never pays for.

    A new one is made beside its place and moved there whole, so that a run that is cut off leaves none that is half made.
    """
    folder = os.open(path.parent, os.O_RDONLY)  # not the file itself: closing it would drop the locks that SQLite holds on it here
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.exists() and not _is_empty(path):
            _fill(path, name, application_id, version, statements)
            return
        fresh = path.with_name(f".{path.name}.new")
        _remove(fresh)
        for end in ("wal", "shm"):
            Path(f"{path}-{end}").unlink(missing_ok=True)
        try:
            os.close(os.open(fresh, os.O_CREAT | os.O_RDWR, 0o600))
            _fill(fresh, name, application_id, version, statements)
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


def _fill(path: Path, name: str, application_id: int, version: int, statements: tuple[str, ...]) -> None:
    from sqlite_utils import Database

    db = Database(path, execute_plugins=False)
    try:
        if db.conn.execute("pragma user_version").fetchone()[0] >= version:
            return  # another process was faster
        db.conn.execute("pragma journal_mode = wal")
        _migrate(db, name, application_id, statements)
        db.conn.execute(f"pragma application_id = {application_id}")
        db.conn.execute(f"pragma user_version = {version}")
    finally:
        db.close()


def open_index(path: Path, write: bool = False) -> sqlite3.Connection:
    """Open index.db, making it where there is none and `write`; raises `ConfigError` for a foreign or newer one.

    Reading where there is none gives an empty index in memory, so that asking never creates a file.
    """
    return _open(path, write, "index", INDEX_ID, INDEX_VERSION, _INDEX)


def open_personal(path: Path, write: bool = False) -> sqlite3.Connection:
    """Open personal.db as `open_index` opens the index."""
    return _open(path, write, "personal", PERSONAL_ID, PERSONAL_VERSION, _PERSONAL)


def is_personal(path: Path) -> bool:
    """Say whether a file is a sound personal.db that holds the tables it should and no view, trigger or table besides."""
    known = {re.match(r"create (?:unique )?(table|index) (\S+)", item).groups() for item in _PERSONAL}  # type: ignore[union-attr]
    known |= {("table", "_sqlite_migrations"), ("index", "idx__sqlite_migrations_migration_set_name")}
    try:
        connection = sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True)
        try:
            rows = connection.execute("select type, name, sql from sqlite_master where sql is not null").fetchall()
            sound = connection.execute("pragma quick_check").fetchone()[0] == "ok"
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError):
        return False
    return sound and all((kind, name) in known and not sql.lower().startswith("create virtual") for kind, name, sql in rows)


def open_former(path: Path) -> sqlite3.Connection:
    """Open an index to read, whichever version of the program made it; raises `sqlite3.Error` where it is none."""
    connection = _connect(path, write=False)
    if _identity(connection, path)[0] != INDEX_ID:
        connection.close()
        raise sqlite3.DatabaseError(f"{path} is no index")
    return connection


def _open(path: Path, write: bool, name: str, application_id: int, version: int, statements: tuple[str, ...]) -> sqlite3.Connection:
    try:
        if not path.exists():
            if not write:
                return _empty(statements)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path, name, application_id, version, statements)
        connection = _connect(path, write)
        found = _identity(connection, path)
        if found == (0, 0) and not connection.execute("select 1 from sqlite_master").fetchone():
            if not write:
                connection.close()
                return _empty(statements)
            connection.close()
            _create(path, name, application_id, version, statements)
            connection = _connect(path, write)
            found = _identity(connection, path)
        _check_identity(found, application_id, version, path)
        if found[1] < version:
            connection.close()
            if application_id == INDEX_ID:
                raise OutdatedError(f"{path} was made by an older triage", "run `triage ingest` or `triage db rebuild`")
            _create(path, name, application_id, version, statements)
            connection = _connect(path, write)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise database_error(error, path) from error
    except OSError as error:
        raise ArchiveError(f"cannot open {path}", f"{error.strerror}; check the folder or set TRIAGE_HOME") from error
    return connection


def _connect(path: Path, write: bool) -> sqlite3.Connection:
    mode = "rw" if write or os.access(path, os.W_OK) else "ro"
    if mode == "ro" and not os.access(path.parent, os.W_OK) and not _has_log(path):
        mode = "ro&immutable=1"  # nobody can write there, and SQLite cannot make the files by which writers are noticed
    connection = sqlite3.connect(f"file:{_quoted(path)}?mode={mode}", uri=True, timeout=BUSY_MS / 1000, isolation_level=None)
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


def _empty(statements: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in statements:
        connection.execute(statement)
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


def database_error(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> TriageError:
    """Return what an SQLite error means for the user; a damaged file may also give text that is no UTF-8."""
    text = str(error) if isinstance(error, sqlite3.Error) else "malformed text"
    if "locked" in text or "busy" in text:
        return BusyError(f"{path} is in use", "try again in a moment")
    if "full" in text:
        return ArchiveError(f"the disk is full, writing {path}", "free some space and run again; nothing that was stored is lost")
    if "not a database" in text or "malformed" in text or "corrupt" in text or "decode" in text:
        kept = "the damaged one is put aside" if path.name == "personal.db" else "opinions are kept in opinions.git"
        return ConfigError(f"{path} is damaged", f"run `triage db rebuild`; {kept}")
    if "readonly" in text:
        return ArchiveError(f"{path} cannot be written", "check its permissions or set TRIAGE_HOME")
    if "disk I/O" in text or "unable to open" in text:
        return ArchiveError(f"cannot read or write {path} ({text})", "check the disk, its space and permissions")
    return TriageError(f"{path}: {text}", "run `triage db check`; `triage db rebuild` makes it anew")
