# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from messages: series and findings, saved thread by thread; a run that is cut off goes on where it stopped."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from triage.model import BRANCH, Demand, Finding, Kind, Message, Series
from triage.model.series import Given, title_key
from triage.store.rows import COLUMNS, message_from
from triage.store.schema import Index
from triage.store.statement import MAX_OLDER, OPEN_ONES, chunks, marks

_SELECT = ", ".join(COLUMNS)


class Drafted(Struct, frozen=True):
    """A series with what was found in it, as it is to be stored."""

    row: tuple[Any, ...]
    members: tuple[int, ...]
    """The rows of its mails, and those that reply to it."""
    replies: tuple[int, ...]
    lists: tuple[int, ...]
    findings: tuple[tuple[Any, ...], ...]
    inherits: bool
    """Whether older versions of it declare something that was taken into account."""


class Tally(Struct):
    """How much a batch changed."""

    series_new: int = 0
    series_changed: int = 0
    findings_new: int = 0


def lists_of(connection: Index, message_rows: Iterable[int]) -> dict[int, set[int]]:
    """Return which lists hold each message."""
    found: dict[int, set[int]] = {}
    for part in chunks(message_rows):
        for message, list_id in connection.execute(f"select message, list from message_list where message in ({marks(part)})", part):
            found.setdefault(message, set()).add(list_id)
    return found


def drafted(
    series: Series, places: Mapping[int, int], thread: int, lists: Iterable[int], replies: Sequence[Message], findings: Iterable[Finding],
    *, tools: Sequence[str] = (), branch: str = "", inherits: bool = False, given: Given | None = None,
) -> Drafted:  # fmt: skip
    """Return a series as it is to be stored; `places` are the rows of mails by `id()`, `branch` is what its tags say it is for. Pure."""
    row = _series_row(series, thread, replies, tools, branch, given or Given())
    members = tuple(places[id(message)] for message in series.members)
    answers = tuple(places[id(message)] for message in replies)
    return Drafted(row, members, answers, tuple(sorted(lists)), tuple(_finding_rows(findings)), inherits)


def save_drafts(connection: Index, threads: set[int], drafts: Sequence[Drafted]) -> Tally:
    """Replace the series of some threads by `drafts`; returns how much is new.

    A series keeps its row as long as any of its members stays with it. To be called inside a transaction.
    """
    series_of = _series_of(connection, [row for item in drafts for row in item.members])
    old = _old_series(connection, threads, {one for one in series_of.values() if one is not None})
    taken: set[int] = set()
    tally = Tally()
    known = _finding_ids(connection, list(old))
    next_id = connection.execute("select coalesce(max(id), 0) + 1 from series").fetchone()[0]
    numbers: list[int] = []
    for item in drafts:
        kept = next((s for row in item.members if (s := series_of.get(row)) is not None and s not in taken), None)
        series_id = next_id if kept is None else kept
        next_id += kept is None
        taken.add(series_id)
        numbers.append(series_id)
        before = old.pop(series_id, None)
        tally.series_new += before is None
        tally.series_changed += before is not None and before != (item.row[0], series_fingerprint(item.row), len(item.members))
        tally.findings_new += len({finding[0] for finding in item.findings} - known)
        _write_series(connection, series_id, item, before is None)
    for stale in old:
        _forget(connection, stale)
    for part in chunks(threads):
        connection.execute(
            f"update message set series = null where thread in ({marks(part)}) and series is not null and gone = ''"
            " and kind not in ('patch', 'cover', 'pull', 'reply-patch')", part,
        )  # fmt: skip
    connection.executemany(
        "update message set series = ? where id = ?",
        [(series_id, row) for series_id, item in zip(numbers, drafts, strict=True) for row in item.replies],
    )
    connection.executemany("delete from dirty where thread = ?", [(thread,) for thread in threads])
    return tally


def _series_of(connection: Index, rows: list[int]) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for part in chunks(rows):
        found |= dict(connection.execute(f"select id, series from message where id in ({marks(part)})", part).fetchall())
    return found


def _old_series(connection: Index, threads: set[int], wanted: set[int]) -> dict[int, tuple[str, str, int]]:
    found: dict[int, tuple[str, str, int]] = {}
    for part in chunks(threads):
        wanted |= {row[0] for row in connection.execute(f"select distinct series from message where thread in ({marks(part)})", part)}
        wanted |= {row[0] for row in connection.execute(f"select id from series where thread in ({marks(part)})", part)}
    for part in chunks(wanted - {None}):
        rows = connection.execute(
            f"select id, message_id, fingerprint, received + cover from series where id in ({marks(part)})",
            part,
        )
        found.update({row[0]: row[1:] for row in rows})
    return found


_SERIES = (
    "message_id", "subject", "title", "version", "minor", "rfc", "resend", "kind", "author_name", "author_email", "sender_name",
    "sender_email", "posted", "activity", "total", "received", "complete", "cover", "thread", "change_id", "title_key", "tools", "notes",
    "fingerprint", "topic", "branch", "numbered", "again", "replies", "acked", "reviewed", "tested", "given", "unreviewed",
)  # fmt: skip


def _series_row(
    series: Series, thread: int, replies: Sequence[Message], tools: Sequence[str], branch: str, given: Given
) -> tuple[Any, ...]:  # fmt: skip
    first = series.first
    author = series.author
    return (
        first.message_id, _sound(first.raw_subject), _sound(first.subject.title), series.version, series.minor,
        any(m.subject.rfc for m in series.members), first.subject.resend, first.kind.value, _sound(author.name), _sound(author.email),
        _sound(first.sender.name), _sound(first.sender.email), first.posted, max(m.posted for m in (*series.members, *replies)),
        series.total, series.received, series.complete, series.cover is not None, thread, first.change_id, title_key(first.subject.title),
        " ".join(tools), json.dumps([*series.notes]), series.fingerprint, "",
        branch, first.subject.versioned and BRANCH not in series.notes,
        " ".join(m.blob for m in _sent_again(series)), len(replies), *given.each, given.some, given.unreviewed,
    )  # fmt: skip


def _sent_again(series: Series) -> list[Message]:
    """Return what came again of a series under numbers that were there."""
    numbers = [m.subject.n for m in series.patches]
    return [*(m for at, m in enumerate(series.patches) if m.subject.n is not None and m.subject.n in numbers[:at]), *series.copies]


def series_fingerprint(row: tuple[Any, ...]) -> str:
    """Return the fingerprint in a row of `_SERIES`."""
    return str(row[_SERIES.index("fingerprint")])


def _finding_ids(connection: Index, series: list[int]) -> set[str]:
    found: set[str] = set()
    for part in chunks(series):
        found |= {row[0] for row in connection.execute(f"select id from finding where series in ({marks(part)})", part)}
    return found


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _write_series(connection: Index, series_id: int, item: Drafted, is_new: bool) -> None:
    if is_new:
        connection.execute(f"insert into series (id, {', '.join(_SERIES)}) values (?, {marks(list(_SERIES))})", (series_id, *item.row))
    else:
        _unlink_topic(connection, series_id)
        connection.execute(f"update series set {', '.join(f'{c} = ?' for c in _SERIES)} where id = ?", (*item.row, series_id))
        connection.execute("delete from series_list where series = ?", (series_id,))
    connection.executemany("update message set series = ? where id = ?", [(series_id, member) for member in item.members])
    connection.executemany("insert into series_list (list, series) values (?, ?)", [(list_id, series_id) for list_id in item.lists])
    connection.execute("update series set inherits = ? where id = ?", (item.inherits, series_id))
    _write_findings(connection, series_id, item.findings, is_new)


def _unlink_topic(connection: Index, series_id: int) -> None:
    """Have all versions of a series linked again, and what replaces what decided again."""
    connection.execute(
        "update series set topic = '', superseded = 0 where topic != '' and topic = (select topic from series where id = ?)", (series_id,)
    )


_FINDING = (
    "id", "message_id", "target", "code", "name", "severity", "rule", "pack", "n", "region", "line", "quote", "says", "misses", "source",
    "question", "cured", "basis", "exception", "judged_by", "also", "demand",
)  # fmt: skip


def _finding_rows(findings: Iterable[Finding]) -> Iterator[tuple[Any, ...]]:
    for f in findings:
        yield (*(_value(getattr(f, name)) for name in _FINDING[:-1]), _value(f.demand or ""))


_SEVERITY, _CURED = _FINDING.index("severity"), _FINDING.index("cured")
_INSERT_FINDING = (
    f"insert into finding (series, position, status, {', '.join(_FINDING).replace('message_id', 'message')})"
    f" values (?, ?, ?, {marks(list(_FINDING))})"
)


def save_findings(connection: Index, series_id: int, findings: Iterable[Finding]) -> None:
    """Replace the findings of a series; their status is refreshed later, from opinions and newer versions."""
    _write_findings(connection, series_id, tuple(_finding_rows(findings)), is_new=False)


def _write_findings(connection: Index, series_id: int, rows: tuple[tuple[Any, ...], ...], is_new: bool) -> None:
    if not is_new:
        connection.execute("delete from finding where series = ?", (series_id,))
    connection.execute("insert or ignore into unsettled values (?)", (series_id,))
    if rows:
        connection.executemany(
            _INSERT_FINDING, [(series_id, position, "cured" if row[_CURED] else "open", *row) for position, row in enumerate(rows)]
        )
    if rows or not is_new:
        counts = dict.fromkeys(("error", "warn", "ask", "info"), 0)
        for row in rows:
            counts[row[_SEVERITY]] += not row[_CURED]
        connection.execute("update series set error = ?, warn = ?, ask = ?, info = ? where id = ?", (*counts.values(), series_id))


def _value(value: object) -> object:
    if isinstance(value, Demand):
        return json.dumps(asdict(value))
    if isinstance(value, tuple):
        return " ".join(value)
    return _sound(str(value)) if isinstance(value, str) else value


def _forget(connection: Index, series_id: int) -> None:
    connection.execute("update message set series = null where series = ?", (series_id,))
    for table in ("finding", "link", "carried", "series_list", "standing", "unsettled"):
        connection.execute(f"delete from {table} where series = ?", (series_id,))
    _unlink_topic(connection, series_id)
    connection.execute("delete from heir where series = ?", (series_id,))
    connection.execute("delete from series where id = ?", (series_id,))


def stored_series(connection: Index, series_id: int) -> tuple[Series, list[Message]]:
    """Return a series as the index keeps it, and the replies to it, oldest first."""
    rows = connection.execute(
        f"select {_SELECT} from message where series = ? and gone = '' order by posted, message_id, blob", (series_id,)
    )
    mails = [message_from(row) for row in rows]
    members = [message for message in mails if message.is_member]
    total, notes, again, first = connection.execute(
        "select total, notes, again, message_id from series where id = ?", (series_id,)
    ).fetchone()
    copies = set(again.split())
    covers = [m for m in members if m.kind in {Kind.COVER, Kind.PULL} and not m.subject.n]
    cover = next((m for m in covers if m.message_id == first and m.blob not in copies), covers[0] if covers else None)
    patches = [m for m in members if m not in covers]
    patches.sort(key=lambda m: (m.subject.n is None, m.subject.n or 0, m.blob in copies, m.posted, m.message_id, m.blob))
    others = tuple(m for m in covers if m is not cover)
    return Series(cover, tuple(patches), total, tuple(json.loads(notes)), copies=others), [m for m in mails if not m.is_member]


def followers(connection: Index, ids: Iterable[int]) -> list[int]:
    """Return those of some series that follow an older version."""
    return [
        row[0] for part in chunks(ids)
        for row in connection.execute(f"select id from series where id in ({marks(part)}) and previous is not null", part)
    ]  # fmt: skip


def sent_again(connection: Index, series_id: int) -> set[str]:
    """Return the blobs of what came again of a series under numbers that were there."""
    return set(connection.execute("select again from series where id = ?", (series_id,)).fetchone()[0].split())


def heirs(connection: Index, limit: int) -> list[int]:
    """Return series whose older versions changed since they were judged."""
    return [row[0] for row in connection.execute("select series from heir order by series limit ?", (limit,))]


BEFORE = "select id from series where message_id = s.previous order by posted, fingerprint limit 1"
"""The version before a series `s`, as SQL: of several under one Message-ID the same one, whichever was read first."""


def older_with_tools(connection: Index, series_id: int) -> Iterator[int]:
    """Yield the older versions of a series that declare tools, nearest first; a link of likeness alone leads nowhere.

    No more than `MAX_OLDER` versions are gone back.
    """
    rows = connection.execute(
        "with recursive up(id, tools, depth) as (select id, '', 0 from series where id = ?1"
        " union all select o.id, o.tools, depth + 1 from up join series s on s.id = up.id join series o on o.id ="
        f" ({BEFORE}) where depth < ?2 and o.id != ?1 and not exists"
        " (select 1 from link l where l.series = s.id and l.target = s.previous and l.alike))"
        " select id, depth from up where tools != '' order by depth", (series_id, MAX_OLDER),
    ).fetchall()  # fmt: skip
    yield from dict.fromkeys(row[0] for row in rows)


def series_with_open_findings(connection: Index) -> dict[int, set[str]]:
    """Return the ids of the findings that nobody closed, by series, of newest versions."""
    found: dict[int, set[str]] = {}
    query = f"select f.series, f.id from finding f join series s on s.id = f.series where not s.superseded and f.status in {OPEN_ONES}"
    for series, name in connection.execute(query):
        found.setdefault(series, set()).add(name)
    return found


def open_findings(connection: Index, list_id: int) -> dict[tuple[str, str], dict[str, str]]:
    """Return the findings of a list's series that nobody closed, by series and finding id."""
    rows = connection.execute(
        "select s.message_id, f.id, f.code, f.severity, f.rule, s.subject from finding f join series s on s.id = f.series"
        f" join series_list l on l.series = s.id where l.list = ? and f.status in {OPEN_ONES}", (list_id,),
    )  # fmt: skip
    return {
        (series, name): {"series": series, "subject": subject, "code": code, "severity": severity, "rule": rule}
        for series, name, code, severity, rule, subject in rows
    }


def version_before(connection: Index, series_id: int) -> tuple[int, frozenset[str]] | None:
    """Return when the version before a series was posted, and its mails' Message-IDs; None where none is linked."""
    rows = connection.execute(
        f"select p.posted, m.message_id from series s join series p on p.id = ({BEFORE}) join message m on m.series = p.id"
        " where s.id = ?", (series_id,),
    ).fetchall()  # fmt: skip
    return (rows[0][0], frozenset(row[1] for row in rows)) if rows else None


def inherits(connection: Index, series_id: int) -> bool:
    """Say whether a series was last judged with what older versions declared."""
    return bool(connection.execute("select inherits from series where id = ?", (series_id,)).fetchone()[0])


def lists_of_series(connection: Index, series_id: int) -> list[int]:
    """Return the lists that a series came to."""
    return [row[0] for row in connection.execute("select list from series_list where series = ?", (series_id,))]


def save_heir(connection: Index, series_id: int, findings: Iterable[Finding] | None, inherits: bool) -> int:
    """Store a series judged again, None where nothing was to be judged; returns how many findings are new. Within a transaction."""
    new = 0
    if findings is not None:
        kept = list(findings)
        new = len({finding.id for finding in kept} - _finding_ids(connection, [series_id]))
        save_findings(connection, series_id, kept)
        connection.execute("update series set inherits = ? where id = ?", (inherits, series_id))
    connection.execute("delete from heir where series = ?", (series_id,))
    return new
