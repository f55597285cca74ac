# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of the list of series, a page at a time: a few queries a page, however long it is."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from triage.model import State
from triage.store import personal
from triage.store.schema import Index, Personal
from triage.store.statement import OPEN_ONES, chunks, marks

Turns = Mapping[int, personal.Turn]
"""By series, whose turn it is by open requests: `store.turns.turns`."""

_LIST_ROW = (
    "id", "message_id", "subject", "title", "version", "author_name", "author_email", "sender_name", "sender_email", "posted", "activity",
    "total", "received", "cover",
    "error", "warn", "ask", "info", "agree", "disagree", "unsure", "outdated", "split", "asked",
    "superseded", "fingerprint", "tools", "rfc", "kind", "notes", "replies", "acked", "reviewed", "tested", "given",
)  # fmt: skip


class SeriesLine(NamedTuple):
    """One line of the list of series."""

    id: int
    message_id: str
    subject: str
    title: str
    version: int
    author_name: str
    author_email: str
    sender_name: str
    sender_email: str
    posted: int
    activity: int
    total: int
    received: int
    cover: int
    error: int
    warn: int
    ask: int
    info: int
    agree: int
    disagree: int
    unsure: int
    outdated: int
    split: int
    asked: int
    superseded: int
    fingerprint: str
    tools: str
    rfc: int
    kind: str
    notes: str
    """The series' notes as a JSON list."""
    replies: int
    acked: int
    reviewed: int
    tested: int
    """How many people acked, reviewed and tested each patch, at least; machines do not count."""
    given: str
    """The first letters of what was given to any patch: of `art`."""
    state: State
    new_replies: int = 0
    """How many replies came since the user last looked."""
    top: str = ""
    """The code of the gravest open finding."""
    lists: tuple[str, ...] = ()
    turn: personal.Turn | None = None
    """Whose turn it is by open requests."""
    mine: bool = False
    """Whether the user said anything of it."""
    hidden: int = 0
    """How many opinions of others stay hidden until the user gives theirs."""

    @property
    def byline(self) -> str:
        """Whose name stands on the series: who sent its cover, else who wrote its first patch."""
        return (self.sender_name or self.sender_email) if self.cover else (self.author_name or self.author_email)


def series_lines(
    connection: Index, notes: Personal, ids: list[int], now: int, turns: Turns | None = None
) -> dict[int, SeriesLine]:  # fmt: skip
    """Return the list lines of some series by id, in one query."""
    rows: list[tuple[Any, ...]] = []
    for part in chunks(ids):
        rows += connection.execute(f"select {', '.join(_LIST_ROW)} from series where id in ({marks(part)})", part)
    noted = personal.marks_of(notes, [row[1] for row in rows])
    some = personal.has_marks(notes)
    found: dict[int, SeriesLine] = {}
    looked: dict[int, int] = {}
    for row in rows:
        mark = noted.get(row[1]) or (_mark_of_another(connection, notes, row[0]) if some else None)
        fields = dict(zip(_LIST_ROW, row, strict=True))
        turn = (turns or {}).get(row[0])
        found[row[0]] = SeriesLine(**fields, state=personal.state_of(mark, fields["activity"], fields["fingerprint"], now, turn), turn=turn)
        if mark is not None and fields["replies"] and fields["activity"] > mark.activity:
            looked[row[0]] = mark.activity
    for series, new in _replies_since(connection, looked).items():
        found[series] = found[series]._replace(new_replies=new)
    return found


def _mark_of_another(connection: Index, notes: Personal, series: int) -> personal.Mark | None:
    """Return what was noted on any mail of a series: a cover that came late has nothing noted yet."""
    return next(iter(personal.marks_of(notes, _member_ids(connection, series)).values()), None)


def series_looked_at(connection: Index, notes: Personal, series: int) -> int | None:
    """Return the activity of a series when the user last noted anything on it, None for never."""
    mark = _mark_of_another(connection, notes, series)
    return mark.activity if mark else None


def _replies_since(connection: Index, since: Mapping[int, int]) -> dict[int, int]:
    """Return how many replies to each of some series were posted after a moment."""
    counts: dict[int, int] = {}
    for part in chunks(since):
        rows = connection.execute(
            f"select series, posted from message where series in ({marks(part)}) and gone = ''"
            " and kind not in ('patch', 'cover', 'pull', 'reply-patch')", part,
        )  # fmt: skip
        for series, posted in rows:
            counts[series] = counts.get(series, 0) + (posted > since[series])
    return counts


def gravest_codes(connection: Index, ids: Iterable[int]) -> dict[int, str]:
    """Return the code of the gravest open finding of each of some series that has one."""
    found: dict[int, str] = {}
    for part in chunks(ids):
        rows = connection.execute(
            f"select series, code from finding where series in ({marks(part)}) and status in {OPEN_ONES} order by series, position", part
        )
        for series, code in rows:
            found.setdefault(series, code)
    return found


def list_names(connection: Index, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the lists that each of some series came to, by name."""
    found: dict[int, tuple[str, ...]] = {}
    for part in chunks(ids):
        rows = connection.execute(
            f"select series, name from series_list join list on list.id = list where series in ({marks(part)}) order by series, name", part
        )
        for series, name in rows:
            found[series] = (*found.get(series, ()), name)
    return found


def with_records(connection: Index, ids: Iterable[int]) -> list[int]:
    """Return those of some series about which anybody said anything."""
    return [
        row[0] for part in chunks(ids)
        for row in connection.execute(f"select distinct series from standing where series in ({marks(part)})", part)
    ]  # fmt: skip


def _member_ids(connection: Index, series: int) -> list[str]:
    rows = connection.execute(
        "select message_id from message where series = ? and kind in ('patch', 'cover', 'pull', 'reply-patch')", (series,)
    )
    return [row[0] for row in rows]
