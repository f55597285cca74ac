# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers over many series: what came in, what was found and declared, what waits for an opinion."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from triage.store.limit import Limit
from triage.store.schema import Index
from triage.store.statement import OPEN_ONES

_MINE = "s.id in (select s.id from series s where {})"


@dataclass(frozen=True, slots=True)
class Week:
    """What came in one week, by its Monday."""

    monday: date
    series: int = 0
    flagged: int = 0
    """With an open error, warn or ask."""
    declared: int = 0
    """With declared AI use."""


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How many series have an open finding of a code."""

    code: str
    name: str
    severity: str
    series: int


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that waits for an opinion, and since when, in seconds since the epoch."""

    series: str
    title: str
    what: str
    since: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of the series that a limit lets through."""

    series: int
    weeks: tuple[Week, ...]
    """Every week from the first series to the last, those without any too."""
    codes: tuple[CodeCount, ...]
    tools: tuple[tuple[str, int], ...]
    """Declared tools, `vendor/tool/model`, with how many series declare each."""
    pending: tuple[Pending, ...]
    """Oldest first."""


def monday_of(seconds: int) -> date:
    """Return the Monday of the week, in UTC, that a second lies in."""
    day = datetime.fromtimestamp(seconds, UTC).date()
    return day - timedelta(days=day.weekday())


def figures(connection: Index, limit: Limit) -> Figures:
    """Count what a limit lets through; `state:` terms, which are one person's, are the caller's to answer."""
    weeks, tools = _weeks(connection, limit)
    total = sum(week.series for week in weeks)
    return Figures(total, weeks, _codes(connection, limit), tools, _pending(connection, limit))


def _weeks(connection: Index, limit: Limit) -> tuple[tuple[Week, ...], tuple[tuple[str, int], ...]]:
    rows = connection.execute(
        f"select s.posted / 86400, error + warn + ask > 0, tools, count(*) from series s where {limit.sql} group by 1, 2, 3",
        limit.parameters,
    )
    counts: dict[date, list[int]] = {}
    tools: Counter[str] = Counter()
    for day, flagged, declared, count in rows:
        row = counts.setdefault(monday_of(day * 86400), [0, 0, 0])
        row[0] += count
        row[1] += count * bool(flagged)
        row[2] += count * bool(declared)
        for tool in set(declared.split()):
            tools[tool] += count
    weeks: list[Week] = []
    if counts:
        at, last = min(counts), max(counts)
        while at <= last:
            weeks.append(Week(at, *counts.get(at, (0, 0, 0))))
            at += timedelta(days=7)
    return tuple(weeks), tuple(sorted(tools.items(), key=lambda item: (-item[1], item[0])))


def _codes(connection: Index, limit: Limit) -> tuple[CodeCount, ...]:
    rows = connection.execute(
        "select f.code, f.name, f.severity, count(distinct f.series) as many from finding f join series s on s.id = f.series"
        f" where f.status in {OPEN_ONES} and not s.superseded and {_MINE.format(limit.sql)}"
        " group by 1, 2, 3 order by many desc, f.code", limit.parameters,
    )  # fmt: skip
    return tuple(CodeCount(*row) for row in rows)


def _pending(connection: Index, limit: Limit) -> tuple[Pending, ...]:
    asked = connection.execute(
        "select s.message_id, s.title, o.reviewer_email, o.fields, cast(strftime('%s', o.time) as integer)"
        " from standing t join opinion o using (log, commit_id) join series s on s.id = t.series"
        f" where o.kind = 'ask' and t.state = 'asked' and not s.superseded and {_MINE.format(limit.sql)}", limit.parameters,
    )  # fmt: skip
    found = [Pending(series, title, f"asked by {who}", since or 0) for series, title, who, _, since in asked]
    demanded = connection.execute(
        "select s.message_id, s.title, f.code, f.name, s.posted from finding f join series s on s.id = f.series"
        f" where f.demand != '' and f.status in ('open', 'disputed') and not s.superseded and {_MINE.format(limit.sql)}", limit.parameters,
    )  # fmt: skip
    found += [Pending(series, title, f"{code} {name}", since) for series, title, code, name, since in demanded]
    return tuple(sorted(found, key=lambda one: (one.since, one.series, one.what)))


def open_flags(connection: Index) -> list[tuple[str, str, str]]:
    """Return Message-ID, severity and code of every open finding, of the newest versions' mails."""
    return connection.execute(
        "select m.message_id, f.severity, f.code from finding f join message m on m.series = f.series and m.message_id = f.message"
        f" join series s on s.id = f.series where f.status in {OPEN_ONES} and not s.superseded"
    ).fetchall()
