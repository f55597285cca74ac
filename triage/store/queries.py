# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read from the index of one mail or series: mails by name, threads, versions."""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from msgspec import Struct

from triage.model import Message, Person
from triage.model.errors import UsageError
from triage.model.expression import expression
from triage.store.rows import COLUMNS, message_from
from triage.store.schema import Index
from triage.store.statement import chunks, marks

_SELECT = ", ".join(COLUMNS)
_URL_ID = expression(r"https?://[^/]+/(?:[^/]+/)*?([^/\s]+@[^/\s]+)/?(?:#.*|raw|t\.mbox\.gz|T/.*|t/.*)?$")
_SCHEME = expression(r"(?:mid|id):(?!//)")
"""RFC 2392's addresses, and notmuch's and lei's terms."""


class Stored(Struct, frozen=True):
    """A message of the index, with what the archive needs to give its bytes again."""

    row: int
    message: Message
    series: int | None
    gone: str


def pack_digest(connection: Index, pack: str) -> str:
    """Return `@` and the start of the digest of a pack as it judges here, "" where no list uses it."""
    row = connection.execute("select digest from list_pack where pack = ? and digest != '' order by list", (pack,)).fetchone()
    return f"@{row[0][:12]}" if row else ""


def pack_digest_of(connection: Index, name: str) -> str:
    """Return the digest of a pack, by the name that a list has it under; "" where it cannot be read."""
    row = connection.execute("select digest from list_pack where name = ? and digest != '' order by list", (name,)).fetchone()
    return str(row[0]) if row else ""


def by_patch_id(connection: Index, patch_id: str, title: str) -> tuple[str, int] | None:
    """Return Message-ID and series of the newest mail with a patch-id, one under the same title before others; None for none."""
    row = connection.execute(
        "select message_id, series from message where patch_id = ? and patch_id != '' and series is not null and gone = ''"
        " order by (json_extract(tags, '$[0]') = ?) desc, posted desc, message_id, blob", (patch_id, title),
    ).fetchone()  # fmt: skip
    return (row[0], row[1]) if row else None


def member_called(connection: Index, name: str, title: str) -> tuple[str, int] | None:
    """Return Message-ID and series of the patch that is called exactly so, under this title; None for none."""
    row = connection.execute(
        "select message_id, series from message where message_id = ? and series is not null and gone = ''"
        " and kind in ('patch', 'reply-patch') and json_extract(tags, '$[0]') = ? order by posted, blob", (name, title),
    ).fetchone()  # fmt: skip
    return (row[0], row[1]) if row else None


def find_message(connection: Index, name: str) -> Stored:
    """Return the mail that a Message-ID (also as `mid:` or `id:`), an archive URL, `blob:OID`, a change-id or a unique prefix names.

    Raises `UsageError` where there is none, or more than one.
    """
    wanted = name.strip().encode("utf-8", "replace").decode("utf-8")  # bytes that are none of a character name no mail
    if match := _URL_ID.match(wanted):
        wanted = unquote(match[1])
    elif match := _SCHEME.match(wanted):
        wanted = unquote(wanted[match.end() :]) if match[0].startswith("m") else wanted[match.end() :]
    wanted = wanted.strip("<>")
    conditions = (
        ("message_id = ?", wanted), ("blob = ?", wanted.removeprefix("blob:")), ("change_id = ? and kind in ('cover', 'patch')", wanted),
        ("message_id >= ?1 and message_id < ?1 || char(1114111)", wanted),
    )  # fmt: skip
    for condition, value in conditions:
        rows = connection.execute(
            f"select {_SELECT}, id, series, gone from message where {condition} order by (gone != ''), posted, blob limit 200",
            (value,),
        ).fetchall()
        if condition.startswith("change_id") and rows:
            rows = sorted(rows, key=lambda row: -json.loads(row[6])[2])[:1]
        different = {row[0] for row in rows}
        if len(different) > 1:
            raise UsageError(f"{name!r} begins more than one Message-ID", "give more of it")
        if rows:
            row = rows[0]
            return Stored(row[-3], message_from(row), row[-2], row[-1])
    commit = ", or for a commit --repo DIR" if re.fullmatch(r"[0-9a-f]{7,40}", name) else ""
    raise UsageError(
        f"no mail called {name!r}", f"give a Message-ID, an archive URL or a prefix that only one has{commit}; is it ingested?"
    )


def finding_owner(connection: Index, finding: str) -> str:
    """Return the Message-ID of the series that a finding's id belongs to, "" where there is none such."""
    query = "select s.message_id from finding f join series s on s.id = f.series where f.id = ? order by s.posted, s.message_id"
    row = connection.execute(query, (finding,)).fetchone()
    return str(row[0]) if row else ""


def earlier_by_author(connection: Index, series: int) -> int:
    """Return how many topics of a series' author are older here, versions of one counted once; 0 for somebody new."""
    sql = "select count(distinct e.topic) from series e, series s where s.id = ? and e.author_email = s.author_email and e.topic != s.topic"
    return int(connection.execute(f"{sql} and e.posted < s.posted", (series,)).fetchone()[0])


def find_series(connection: Index, name: str) -> int:
    """Return the series that any of its mails names; raises `UsageError` where the mail belongs to none."""
    stored = find_message(connection, name)
    if stored.series is None:
        raise UsageError(f"{name!r} belongs to no series", "it is a reply, a report or other mail; `triage show` prints it")
    return stored.series


def versions_of_topics(connection: Index, ids: list[int]) -> dict[int, list[tuple[int, str, int, int, int]]]:
    """Return for each of some series what `versions_of` does, for many at a time; nothing for one that is alone in its topic."""
    found: dict[int, list[tuple[int, str, int, int, int]]] = {}
    for part in chunks(ids):
        rows = connection.execute(
            "select o.id, s.id, s.message_id, s.version, s.rfc, s.posted from series o join series s on s.topic = o.topic"
            f" where o.id in ({marks(part)}) and o.topic != '' order by s.posted, s.version, s.minor, s.message_id", part,
        )  # fmt: skip
        for one, *version in rows:
            found.setdefault(one, []).append((version[0], version[1], version[2], version[3], version[4]))
    return {one: every for one, every in found.items() if len(every) > 1}


def mails_named(connection: Index, names: Iterable[str]) -> dict[str, Message]:
    """Return mails by their Message-IDs, those that are there."""
    found: dict[str, Message] = {}
    for part in chunks(dict.fromkeys(names)):
        for row in connection.execute(
            f"select {_SELECT} from message where gone = '' and message_id in ({marks(part)}) order by posted desc, blob desc", part
        ):
            found[row[0]] = message_from(row)
    return found


def recent_series(connection: Index, start: str, most: int) -> list[str]:
    """Return the first Message-IDs of the most recently active series, of those that begin so."""
    rows = connection.execute(
        "select message_id from series where substr(message_id, 1, ?) = ? order by activity desc, posted desc, message_id limit ?",
        (len(start), start, most),
    )
    return [row[0] for row in rows]


class Head(Struct, frozen=True):
    """What names a series, and what an opinion on the whole of it is bound to."""

    first: str
    fingerprint: str
    version: int
    title: str
    total: int


def series_head(connection: Index, series: int) -> Head:
    """Return what names a series."""
    row = connection.execute("select message_id, fingerprint, version, title, total from series where id = ?", (series,)).fetchone()
    return Head(*row)


def series_mails(connection: Index, series: int) -> list[Stored]:
    """Return the mails of a series: cover, patches by number, then replies by date."""
    rows = connection.execute(
        f"select {_SELECT}, id, series, gone from message where series = ? and gone = ''"
        " order by kind not in ('cover', 'patch', 'pull', 'reply-patch'), kind = 'patch', n, posted, message_id, blob", (series,),
    )  # fmt: skip
    return [Stored(row[-3], message_from(row), row[-2], row[-1]) for row in rows]


class Threaded(Struct, frozen=True):
    """A mail of a thread, with what it answers."""

    row: int
    message_id: str
    subject: str
    sender: Person
    sent: int
    parents: tuple[str, ...]


def thread_mails(connection: Index, message_row: int) -> list[Threaded]:
    """Return the mails of the thread of one, by date; none that its archive took back."""
    rows = connection.execute(
        "select id, message_id, subject, sender_name, sender_email, coalesce(date, posted) as sent, parents from message"
        " where thread = (select thread from message where id = ?) and gone = '' order by sent, message_id, blob", (message_row,),
    )  # fmt: skip
    return [
        Threaded(row, name, subject, Person(who, email), sent, tuple(parents.split()))
        for row, name, subject, who, email, sent, parents in rows
    ]


def has_replies(connection: Index, series: int) -> bool:
    """Say whether a series has any mail that is none of its own."""
    query = "select 1 from message where series = ? and gone = '' and kind not in ('cover', 'patch', 'pull', 'reply-patch') limit 1"
    return connection.execute(query, (series,)).fetchone() is not None


def stored_rows(connection: Index, rows: list[int]) -> Iterator[Stored]:
    """Yield the messages of some rows."""
    for part in chunks(rows):
        for row in connection.execute(f"select {_SELECT}, id, series, gone from message where id in ({marks(part)})", part):
            yield Stored(row[-3], message_from(row), row[-2], row[-1])


def is_whole_series(connection: Index, message_rows: list[int]) -> bool:
    """Say whether some mails are all patches and covers of the one series they are in."""
    marks = ", ".join("?" * len(message_rows))
    rows = connection.execute(f"select distinct series from message where id in ({marks})", message_rows).fetchall()
    left = connection.execute(
        "select 1 from message where series = ? and gone = '' and kind in ('patch', 'cover', 'pull', 'reply-patch')"
        f" and id not in ({marks})",
        (rows[0][0], *message_rows),
    ).fetchone()
    return len(rows) == 1 and left is None


def carried_mails(connection: Index, series: int) -> list[Stored]:
    """Return the patches that a partial reroll takes over from the version before, by number."""
    rows = connection.execute(
        f"select {', '.join('m.' + name for name in COLUMNS)}, m.id, m.series, m.gone from carried c join message m on m.id = c.message"
        " where c.series = ? order by c.n", (series,),
    )  # fmt: skip
    return [Stored(row[-3], message_from(row), row[-2], row[-1]) for row in rows]


def previous_of(connection: Index, series: int) -> int | None:
    """Return the version that a series follows, None for none."""
    row = connection.execute(
        "select p.id from series s join series p on p.message_id = s.previous where s.id = ? order by p.posted, p.fingerprint", (series,)
    ).fetchone()
    return int(row[0]) if row else None


def urls_of(connection: Index, message_row: int) -> list[str]:
    """Return the base URLs of the lists that hold a mail."""
    rows = connection.execute(
        "select url from list join message_list l on l.list = list.id where l.message = ? and url != '' order by name",
        (message_row,),
    )
    return [row[0] for row in rows]


def versions_of(connection: Index, series: int) -> list[tuple[int, str, int, int, int]]:
    """Return the versions of a series' topic: id, Message-ID, version, whether it is an RFC, time; oldest first."""
    return connection.execute(
        "select id, message_id, version, rfc, posted from series where topic = (select topic from series where id = ?)"
        " order by posted, version, minor, message_id", (series,),
    ).fetchall()  # fmt: skip
