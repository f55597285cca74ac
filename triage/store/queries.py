# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read from the index: series, findings, messages and opinions."""

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from triage.model import Link, Message, MessageId, Person, Severity, State, Status
from triage.model.errors import UsageError
from triage.model.listed import ListedFinding, ListedPatch, ListedSeries, SecondOpinion
from triage.model.opinion import PAST, Stand
from triage.store import personal
from triage.store.attention import order_by
from triage.store.limit import Limit, bound
from triage.store.lines import Turns, series_lines
from triage.store.opinions import standing_of
from triage.store.rows import COLUMNS, message_from
from triage.store.schema import Index, Personal
from triage.store.statement import chunks, marks

_SELECT = ", ".join(COLUMNS)
_URL_ID = re.compile(r"https?://[^/]+/(?:[^/]+/)*?([^/\s]+@[^/\s]+)/?(?:#.*|raw|t\.mbox\.gz|T/.*|t/.*)?$")


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of the index, with what the archive needs to give its bytes again."""

    row: int
    message: Message
    series: int | None
    gone: str


def series_ids(
    connection: Index, notes: Personal, limit: Limit, now: int, order: str = "activity", turns: Turns | None = None, me: str = ""
) -> list[int]:  # fmt: skip
    """Return the series that a limit lets through, newest activity first (`order="attention"`: what needs `me` most first)."""
    attention, more = order_by(connection, turns or {}, me) if order == "attention" else ("", [])
    orders = {
        "activity": "s.activity desc, s.id desc",
        "attention": attention,
        "author": "coalesce(nullif(s.author_name, ''), s.author_email) collate nocase, s.activity desc, s.id desc",
        "subject": "s.title collate nocase, s.version, s.id",
    }
    sql = f"select s.id from series s where {limit.sql} order by {orders[order]}"
    given = _bound(connection, notes, limit, now, turns or {})
    return [row[0] for row in connection.execute(sql, (*given, *more))]


def _bound(connection: Index, notes: Personal, limit: Limit, now: int, turns: Turns) -> list[object]:
    """Return the parameters of a limit; where it asks for states, with those of all series on which anything was noted."""
    states: dict[int, State] = {}
    if limit.has_states:
        noted = _marks_by_series(connection, personal.all_marks(notes))
        for part in chunks(noted.keys() | turns.keys()):
            rows = connection.execute(f"select id, activity, fingerprint from series where id in ({marks(part)})", part)
            for series, activity, fingerprint in rows:
                states[series] = personal.state_of(noted.get(series), activity, fingerprint, now, turns.get(series))
    return bound(limit.parameters, states)


def _marks_by_series(connection: Index, noted: dict[str, personal.Mark]) -> dict[int, personal.Mark]:
    """Return what was noted by series: on its first mail, else on any other, since a cover that came late has nothing noted yet."""
    found: dict[int, tuple[bool, personal.Mark]] = {}
    for part in chunks(noted):
        rows = connection.execute(
            "select m.series, m.message_id, s.message_id = m.message_id from message m join series s on s.id = m.series"
            f" where m.message_id in ({marks(part)})", part,
        )  # fmt: skip
        for series, message_id, first in rows:
            if series not in found or first > found[series][0]:
                found[series] = (bool(first), noted[message_id])
    return {series: mark for series, (_, mark) in found.items()}


def count_series(connection: Index, notes: Personal, limit: Limit, now: int, turns: Turns | None = None) -> int:
    """Return how many series a limit lets through."""
    given = _bound(connection, notes, limit, now, turns or {})
    return int(connection.execute(f"select count(*) from series s where {limit.sql}", given).fetchone()[0])


_COUNTS = ("agree", "disagree", "unsure", "carried", "outdated", "untrusted", "excluded", "split", "asked")


def listed_series(
    connection: Index, notes: Personal, series: int, now: int, turns: Turns | None = None
) -> ListedSeries:  # fmt: skip
    """Return a series with its patches, what ties it to others, and how much was found and said."""
    cursor = connection.execute("select * from series where id = ?", (series,))
    row = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
    lists = connection.execute(
        "select name from list join series_list on list.id = series_list.list where series = ? order by name", (series,)
    )
    return ListedSeries(
        message_id=row["message_id"], lists=tuple(item[0] for item in lists), subject=row["subject"], version=row["version"],
        rfc=bool(row["rfc"]), resend=bool(row["resend"]), author=Person(row["author_name"], row["author_email"]),
        submitter=Person(row["sender_name"], row["sender_email"]), posted=row["posted"], activity=row["activity"], total=row["total"],
        received=row["received"], complete=bool(row["complete"]), has_cover=bool(row["cover"]), patches=_patches(connection, series),
        topic=row["topic"] or row["message_id"], previous=row["previous"], answers=answered_series(connection, series),
        notes=tuple(json.loads(row["notes"])), links=tuple(links_of(connection, series)),
        findings={name: row[name] for name in ("error", "warn", "ask", "info")}, opinions={name: row[name] for name in _COUNTS},
        tools=tuple(row["tools"].split()), superseded=bool(row["superseded"]),
        state=series_lines(connection, notes, [series], now, turns)[series].state,
    )  # fmt: skip


def _patches(connection: Index, series: int) -> tuple[ListedPatch, ...]:
    own = connection.execute(
        "select n, message_id, subject, patch_id from message where series = ? and kind in ('patch', 'pull', 'reply-patch')"
        " and gone = '' and not (kind = 'pull' and coalesce(n, 0) = 0) order by n, posted, id", (series,),
    )  # fmt: skip
    carried = connection.execute(
        "select m.n, m.message_id, m.subject, m.patch_id from carried c join message m on m.id = c.message where c.series = ?", (series,)
    )
    patches = [ListedPatch(*row) for row in own] + [replace(ListedPatch(*row), carried=True) for row in carried]
    return tuple(sorted(patches, key=lambda patch: (patch.n is None, patch.n or 0)))


_FINDING = (
    "id", "code", "name", "severity", "rule", "pack", "message", "n", "region", "line", "quote", "says", "misses", "source", "status",
    "question", "target", "exception", "judged_by", "demand", "agree", "disagree",
)  # fmt: skip


def series_names(connection: Index, ids: list[int]) -> list[str]:
    """Return the first Message-ID of each of some series that are there, in their order."""
    found: dict[int, str] = {}
    for part in chunks(ids):
        found |= dict(connection.execute(f"select id, message_id from series where id in ({marks(part)})", part).fetchall())
    return [found[one] for one in ids if one in found]


def findings(connection: Index, series: int) -> list[ListedFinding]:
    """Return the findings of a series, gravest first."""
    first, superseded = connection.execute("select message_id, superseded from series where id = ?", (series,)).fetchone()
    stands = said(connection, series)
    found = []
    for row in connection.execute(f"select {', '.join(_FINDING)} from finding where series = ? order by position", (series,)):
        item = dict(zip(_FINDING, row, strict=True))
        status = Status(item.pop("status"))
        demand, agree, disagree = item.pop("demand"), item.pop("agree"), item.pop("disagree")
        found.append(
            ListedFinding(
                series=first, message_id=item.pop("message"), judged_by=tuple(item.pop("judged_by").split()),
                severity=Severity(item.pop("severity")),
                status=Status.SUPERSEDED if superseded and status is Status.OPEN else status,
                second_opinion=_second_opinion(demand, agree, disagree, status is Status.MET),
                opinions=tuple(stand for stand in stands if stand.finding == item["id"]), **item,
            )
        )  # fmt: skip
    return found


def _second_opinion(demand: str, agree: int, disagree: int, met: bool) -> SecondOpinion | None:
    row = json.loads(demand) if demand else None
    return SecondOpinion(row["needs"], row["role"], agree, disagree, met) if row else None


def said(connection: Index, series: int) -> list[Stand]:
    """Return what people said about a series, oldest first, without what was replaced or withdrawn."""
    return [stand for stand in standing_of(connection, series) if stand.record.kind != "published" and stand.state not in PAST]


def pack_digest(connection: Index, pack: str) -> str:
    """Return `@` and the start of the digest of a pack as it judges here, "" where no list uses it."""
    row = connection.execute("select digest from list_pack where pack = ? and digest != '' order by list", (pack,)).fetchone()
    return f"@{row[0][:12]}" if row else ""


def find_message(connection: Index, name: str) -> Stored:
    """Return the mail that a Message-ID, an archive URL, `blob:OID`, a change-id or a unique prefix names.

    Raises `UsageError` where there is none, or more than one.
    """
    wanted = name.strip()
    if match := _URL_ID.match(wanted):
        wanted = unquote(match[1])
    wanted = wanted.strip("<>")
    conditions = (
        ("message_id = ?", wanted), ("blob = ?", wanted.removeprefix("blob:")), ("change_id = ? and kind in ('cover', 'patch')", wanted),
        ("message_id >= ?1 and message_id < ?1 || char(1114111)", wanted),
    )  # fmt: skip
    for condition, value in conditions:
        rows = connection.execute(
            f"select {_SELECT}, id, series, gone from message where {condition} order by (gone != ''), id limit 200",
            (value,),
        ).fetchall()
        if condition.startswith("change_id") and rows:
            rows = sorted(rows, key=lambda row: (-json.loads(row[6])[2], row[-3]))[:1]
        different = {row[0] for row in rows}
        if len(different) > 1:
            raise UsageError(f"{name!r} begins more than one Message-ID", "give more of it")
        if rows:
            row = rows[0]
            return Stored(row[-3], message_from(row), row[-2], row[-1])
    raise UsageError(f"no mail called {name!r}", "give a Message-ID, an archive URL or a prefix that only one has; is it ingested?")


def finding_owner(connection: Index, finding: str) -> str:
    """Return the Message-ID of the series that a finding's id belongs to, "" where there is none such."""
    row = connection.execute("select s.message_id from finding f join series s on s.id = f.series where f.id = ?", (finding,)).fetchone()
    return str(row[0]) if row else ""


def series_called(connection: Index, first: str) -> int:
    """Return the series that begins with exactly this Message-ID; one that the index names is there."""
    return int(connection.execute("select id from series where message_id = ? order by id", (first,)).fetchone()[0])


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


@dataclass(frozen=True, slots=True)
class Head:
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
        " order by kind not in ('cover', 'patch', 'pull', 'reply-patch'), kind = 'patch', n, posted, id", (series,),
    )  # fmt: skip
    return [Stored(row[-3], message_from(row), row[-2], row[-1]) for row in rows]


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


def links_of(connection: Index, series: int) -> list[Link]:
    """Return what ties a series to an older version, strongest first, and what is only suggested."""
    rows = connection.execute("select target, kind, evidence from link where series = ? order by rowid", (series,))
    return [Link(MessageId(to), kind, evidence) for to, kind, evidence in rows]


def answered_series(connection: Index, series: int) -> str | None:
    """Return the series to one of whose mails this one was sent as a reply, None for none."""
    (parents,) = connection.execute(
        "select m.parents from series s join message m on m.message_id = s.message_id and m.series = s.id where s.id = ?", (series,)
    ).fetchone() or ("",)
    for parent in parents.split(" "):
        row = connection.execute(
            "select s.message_id from message m join series s on s.id = m.series where m.message_id = ? and s.id != ?", (parent, series)
        ).fetchone()
        if row:
            return str(row[0])
    return None


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
        "select p.id from series s join series p on p.message_id = s.previous where s.id = ? order by p.id", (series,)
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
        " order by posted, version, minor, id", (series,),
    ).fetchall()  # fmt: skip
