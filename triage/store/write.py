# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ingest writes: entries, messages and threads of one chunk, and the cursor behind them, in one transaction."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from triage.model import MessageId
from triage.model.archive import OUTCOMES, Counts, Entry, Item
from triage.store.rows import COLUMNS, INDEX
from triage.store.schema import Index
from triage.store.statement import chunks, marks
from triage.store.tables import DERIVED, REWRITING

if TYPE_CHECKING:
    from triage.model.series import Joined

_MESSAGE_ID, _BLOB, _CONTENT, _PARENTS, _ARCHIVED, _POSTED = (
    INDEX[name] for name in ("message_id", "blob", "content", "parents", "archived", "posted")
)
_INSERT = f"insert into message (id, {', '.join(COLUMNS)}, thread) values ({', '.join('?' * (len(COLUMNS) + 2))})"
_UPDATE = f"update message set {', '.join(f'{name} = ?' for name in COLUMNS)}, gone = '' where id = ?"


class ReadEntry(Struct, frozen=True):
    """What reading one entry gave: a message row, or why there is none."""

    item: Item
    row: tuple[Any, ...] | None = None
    reason: str = ""


Join = Callable[[Iterable[tuple[MessageId, tuple[MessageId, ...]]], Mapping[MessageId, int], int], "Joined"]
"""How threads are told: `series.threads.join`."""


class _Chunk(Struct):
    """Rows being collected for one transaction."""

    list_id: int
    archive: int
    unit: str
    counts: Counts = field(default_factory=Counts)
    new: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    by_blob: dict[str, int] = field(default_factory=dict)
    by_content: dict[tuple[str, str], int] = field(default_factory=dict)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    lists: list[tuple[int, int]] = field(default_factory=list)
    stored: frozenset[str] | None = None
    """What is stored of the blobs and Message-IDs to come; None where each has to be asked for."""

    def forget(self, message: int | None) -> None:
        """Have a message that was taken back looked up again, should it come once more."""
        self.by_blob = {key: value for key, value in self.by_blob.items() if value != message}
        self.by_content = {key: value for key, value in self.by_content.items() if value != message}


def store_chunk(connection: Index, list_id: int, archive: int, unit: str, reads: list[ReadEntry], cursor: str, join: Join) -> Counts:
    """Write one chunk and the cursor behind it; to be called inside `transaction`. Returns how its entries ended."""
    chunk = _Chunk(list_id, archive, unit, stored=_stored(connection, reads))
    next_id = connection.execute("select coalesce(max(id), 0) + 1 from message").fetchone()[0]
    for read in reads:
        message, outcome = None, "duplicate"
        if read.item.entry is Entry.DELETE:
            _flush_new(connection, chunk, join)
            _flush_lists(connection, chunk)
            message, outcome = _delete(connection, read.item, list_id), "deleted"
            chunk.forget(message)
        elif read.row is not None:
            message, outcome = _place(connection, chunk, read.row, next_id)
            next_id += message == next_id
        elif read.item.entry is not Entry.SAME:
            outcome = "unreadable" if read.item.entry is Entry.LOST else "quarantined"
        chunk.counts.count(outcome)
        chunk.entries.append((archive, unit, read.item.locator, read.item.blob, outcome, message, read.reason or None))
        if message is not None and outcome != "deleted":
            chunk.lists.append((message, list_id))
    _flush_new(connection, chunk, join)
    connection.executemany(
        "insert into entry (archive, unit, locator, blob, outcome, message, reason) values (?, ?, ?, ?, ?, ?, ?)", chunk.entries
    )
    _flush_lists(connection, chunk)
    done = chunk.counts
    connection.execute(
        "update unit set cursor = ?, entries = entries + ?, parsed = parsed + ?, duplicate = duplicate + ?, deleted = deleted + ?,"
        " quarantined = quarantined + ?, unreadable = unreadable + ?, pending = max(0, pending - ?) where archive = ? and name = ?",
        (cursor, done.entries, *(getattr(done, name) for name in OUTCOMES), done.entries, archive, unit),
    )
    return done


def _stored(connection: Index, reads: list[ReadEntry]) -> frozenset[str] | None:
    """Return which blobs and Message-IDs of a chunk are stored, in a few queries; None for one that takes mail back on the way."""
    if any(read.item.entry is Entry.DELETE for read in reads):
        return None
    rows = [read.row for read in reads if read.row is not None]
    found: set[str] = set()
    for name, at in (("blob", _BLOB), ("message_id", _MESSAGE_ID)):
        for part in chunks(row[at] for row in rows):
            found.update(row[0] for row in connection.execute(f"select {name} from message where {name} in ({marks(part)})", part))
    return frozenset(found)


def _flush_lists(connection: Index, chunk: _Chunk) -> None:
    """Note which list holds which message; a list that is new to one has its series judged again."""
    connection.executemany(
        "insert or ignore into dirty select thread from message m where id = ?1"
        " and not exists (select 1 from message_list l where l.message = m.id and l.list = ?2)", chunk.lists,
    )  # fmt: skip
    connection.executemany("insert or ignore into message_list values (?, ?)", chunk.lists)
    chunk.lists.clear()


SAME = "select id, gone from message where message_id = ? and substr(content, 1, 8) = ? and +content = ?"
"""By the index, which holds the beginning of the content: thousands of mails may carry one Message-ID. SQLite would put the value
of `content` into `substr` without the `+`."""


def _place(connection: Index, chunk: _Chunk, row: tuple[Any, ...], next_id: int) -> tuple[int, str]:
    """Find the message a row is, or make it one: known bytes or known content are a duplicate (threat M7)."""
    identity = (row[_MESSAGE_ID], row[_CONTENT])
    known = chunk.by_blob.get(row[_BLOB]) or chunk.by_content.get(identity)
    if known:
        return known, "duplicate"
    new = chunk.stored is not None and row[_BLOB] not in chunk.stored and row[_MESSAGE_ID] not in chunk.stored
    stored = (
        None
        if new
        else (
            connection.execute("select id, gone from message where blob = ?", (row[_BLOB],)).fetchone()
            or connection.execute(SAME, (row[_MESSAGE_ID], row[_CONTENT][:8], row[_CONTENT])).fetchone()
        )
    )
    if stored:
        return _again(connection, chunk, row, *stored)
    chunk.new[next_id] = row
    chunk.by_blob[row[_BLOB]] = chunk.by_content[identity] = next_id
    return next_id, "parsed"


def _again(connection: Index, chunk: _Chunk, row: tuple[Any, ...], message: int, gone: str) -> tuple[int, str]:
    """A stored message met again: a duplicate, unless its own entry is gone (a rewritten unit read again) or it was deleted."""
    chunk.by_blob[row[_BLOB]] = chunk.by_content[(row[_MESSAGE_ID], row[_CONTENT])] = message
    held = (
        any(entry[4] == "parsed" and entry[5] == message for entry in chunk.entries)
        or connection.execute("select 1 from entry where message = ? and outcome = 'parsed' and not former", (message,)).fetchone()
    )
    if held and not gone:
        _date_earlier(connection, message, row)
        return message, "duplicate"
    if gone:
        connection.execute("delete from message_list where message = ?", (message,))
    connection.execute(_UPDATE, (*row, message))
    connection.execute("insert or ignore into dirty select thread from message where id = ?", (message,))
    return message, "duplicate" if held else "parsed"


def _date_earlier(connection: Index, message: int, row: tuple[Any, ...]) -> None:
    """Of several copies the one that was taken in first dates a mail, whichever is read first."""
    changed = connection.execute(
        "update message set archived = ?2, posted = min(posted, ?3) where id = ?1 and ?2 > 0 and (archived = 0 or archived > ?2)",
        (message, row[_ARCHIVED], row[_POSTED]),
    ).rowcount
    if changed:
        connection.execute("insert or ignore into dirty select thread from message where id = ?", (message,))


def _flush_new(connection: Index, chunk: _Chunk, join: Join) -> None:
    """Give the new messages their threads and write them."""
    if not chunk.new:
        return
    mails = [
        (MessageId(row[_MESSAGE_ID]), tuple(MessageId(item) for item in row[_PARENTS].split(" ") if item)) for row in chunk.new.values()
    ]
    known = _known_threads(connection, {item for message_id, parents in mails for item in (message_id, *parents)})
    following = connection.execute("select coalesce(max(thread), 0) + 1 from thread").fetchone()[0]
    joined = join(mails, known, following)
    for old, new in joined.merged.items():
        connection.execute("update message set thread = ? where thread = ?", (new, old))
        connection.execute("update thread set thread = ? where thread = ?", (new, old))
        connection.execute("update series set thread = ? where thread = ?", (new, old))
        connection.execute("delete from dirty where thread = ?", (old,))
    rows = [(message, *row, joined.thread_of[MessageId(row[_MESSAGE_ID])]) for message, row in chunk.new.items()]
    changed = [(item, thread) for item, thread in joined.thread_of.items() if known.get(item) != thread]
    connection.executemany("insert or replace into thread values (?, ?)", changed)
    connection.executemany(_INSERT, rows)
    connection.executemany("insert or ignore into dirty values (?)", {(row[-1],) for row in rows})
    chunk.new.clear()


def _known_threads(connection: Index, ids: set[MessageId]) -> dict[MessageId, int]:
    known: dict[MessageId, int] = {}
    for part in chunks(ids):
        known.update(connection.execute(f"select message_id, thread from thread where message_id in ({marks(part)})", part).fetchall())
    return known


def _delete(connection: Index, item: Item, list_id: int) -> int | None:
    """Take a mail back from a list, as a `d` entry says; where no other list holds it, it is kept as deleted."""
    row = connection.execute("select id from message where blob = ?", (item.blob,)).fetchone()
    if row is None:
        return None
    message = int(row[0])
    _disturb(connection, message)
    elsewhere = connection.execute("select 1 from message_list where message = ? and list != ?", (message, list_id)).fetchone()
    if elsewhere:
        connection.execute("delete from message_list where message = ? and list = ?", (message, list_id))
    else:
        connection.execute("update message set gone = 'deleted', series = null where id = ?", (message,))
    return message


def _disturb(connection: Index, message: int) -> None:
    """Have everything judged again that a message is part of: its thread, and those of the other mails of its series."""
    connection.execute(
        "insert or ignore into dirty select thread from message where id = ?1 or (series is not null and series ="
        " (select series from message where id = ?1))", (message,),
    )  # fmt: skip


def begin_rewritten(connection: Index, archive: int, unit: str) -> None:
    """Forget what a unit held, before it is read again; its messages stay and are met again."""
    connection.execute("delete from entry where archive = ? and unit = ?", (archive, unit))
    _begin(connection, archive, unit, REWRITING)


def begin_again(connection: Index, archive: int, unit: str, stamp: str) -> None:
    """Have a unit read anew; what it was seen to hold is called former and can still be read, until that is done."""
    connection.execute("update entry set former = 1 where archive = ? and unit = ?", (archive, unit))
    _begin(connection, archive, unit, stamp)


def _begin(connection: Index, archive: int, unit: str, stamp: str) -> None:
    connection.execute(
        "update unit set cursor = '', stamp = ?, entries = 0, parsed = 0, duplicate = 0, deleted = 0, quarantined = 0,"
        " unreadable = 0, pending = 0 where archive = ? and name = ?", (stamp, archive, unit),
    )  # fmt: skip


def forget_former(connection: Index, archive: int, unit: str) -> None:
    """Drop what a unit held formerly, once it was read anew."""
    connection.execute("delete from entry where archive = ? and unit = ? and former", (archive, unit))


def note_pending(connection: Index, archive: int, unit: str, size: int) -> None:
    """Remember how many of the `size` entries of a unit are still to be read."""
    connection.execute("update unit set pending = max(0, ? - entries) where archive = ? and name = ?", (size, archive, unit))


def withdraw_missing(connection: Index) -> int:
    """Make tombstones of messages that no archive holds any more: their text is wiped, their ids stay. Returns how many."""
    rows = connection.execute(
        "select id from message m where gone != 'withdrawn' and not exists (select 1 from entry e where e.message = m.id)"
    ).fetchall()
    for (message,) in rows:
        _disturb(connection, message)
        connection.execute(
            "update message set gone = 'withdrawn', series = null,"
            " subject = '', tags = '[\"\",[],1,0,null,null,0,0,0,0,0,0]', author_name = '',"
            " author_email = '', sender_name = '', sender_email = '', recipients = '', trailers = '[]', files = '[]', evidence = '[]',"
            " claims = '[]', hidden = '[]', cut = null, last = null, mailer = '', pull = '', obsoleted_by = '', title_key = ''"
            " where id = ?", (message,),
        )  # fmt: skip
    return len(rows)


def finish_unit(connection: Index, archive: int, unit: str, stamp: str) -> None:
    """Remember what the unit looked like, so that the next run can pass it by."""
    connection.execute("update unit set stamp = ?, pending = 0 where archive = ? and name = ?", (stamp, archive, unit))


def set_meta(connection: Index, key: str, value: str) -> None:
    """Store one value under a key."""
    connection.execute("insert or replace into meta values (?, ?)", (key, value))


def mark_derived(connection: Index) -> None:
    """Remember which reader made the rows."""
    set_meta(connection, "derived", DERIVED)
