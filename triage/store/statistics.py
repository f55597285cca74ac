# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers over many series: what came in, what was found and declared, what waits for an opinion."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median

from msgspec import Struct

from triage.store.limit import Limit, parse_limit
from triage.store.schema import Index
from triage.store.statement import OPEN_ONES

_MINE = "s.id in (select s.id from series s where {})"


class Week(Struct, frozen=True):
    """What came in one week, by its Monday."""

    monday: date
    series: int = 0
    flagged: int = 0
    """With an open error, warn or ask."""
    declared: int = 0
    """With declared AI use."""


class CodeCount(Struct, frozen=True):
    """How many series have an open finding of a code."""

    code: str
    name: str
    severity: str
    series: int


class Pending(Struct, frozen=True):
    """Something that waits for an opinion, and since when, in seconds since the epoch."""

    series: str
    title: str
    what: str
    since: int


class Figures(Struct, frozen=True):
    """The numbers of the series that a limit lets through."""

    series: int
    weeks: tuple[Week, ...]
    """Every week from the first series to the last, those without any too."""
    codes: tuple[CodeCount, ...]
    tools: tuple[tuple[str, int], ...]
    """Declared tools, `vendor/tool/model`, with how many series declare each."""
    pending: tuple[Pending, ...]
    """Oldest first."""


class Answered(Struct, frozen=True):
    """How soon the series of a list were answered: medians in seconds, None where nobody answered."""

    name: str
    series: int
    replied: int
    """By anybody but who posted them."""
    reply: int | None
    judged: int
    """With an opinion or a decision."""
    opinion: int | None


class Waits(Struct, frozen=True):
    """How long things wait."""

    ages: tuple[tuple[str, str, int], ...]
    """Series with an open finding by how old they are: in words, as a limit, and how many."""
    answered: tuple[Answered, ...]
    codes: tuple[tuple[str, int, int], ...]
    """By code: how many findings are open, and the median of their ages in seconds."""


def monday_of(seconds: int) -> date:
    """Return the Monday of the week, in UTC, that a second lies in."""
    day = datetime.fromtimestamp(seconds, UTC).date()
    return day - timedelta(days=day.weekday())


def figures(connection: Index, limit: Limit) -> Figures:
    """Count what a limit lets through; `state:` terms, which are one person's, are the caller's to answer."""
    weeks, tools = _weeks(connection, limit)
    total = sum(week.series for week in weeks)
    return Figures(total, weeks, _codes(connection, limit), tools, _pending(connection, limit))


_AGES = (("under a week", "<7d", None), ("1 to 4 weeks", "<28d", ">7d"), ("1 to 3 months", "<90d", ">28d"), ("over 3 months", None, ">90d"))


def waits(connection: Index, limit: Limit, now: int) -> Waits:
    """Return how long what a limit lets through waits, at `now` in seconds since the epoch."""
    ages = []
    for words, below, above in _AGES:
        text = " ".join(f"age:{part}" for part in (below, above) if part)
        span = parse_limit(f"is:flagged not is:superseded {text}", now)
        row = connection.execute(
            f"select count(*) from series s where {span.sql} and {limit.sql}", (*span.parameters, *limit.parameters)
        ).fetchone()
        ages.append((words, text, int(row[0])))
    by_code: dict[str, list[int]] = {}
    for code, posted in connection.execute(
        "select f.code, s.posted from finding f join series s on s.id = f.series"
        f" where f.status in {OPEN_ONES} and not s.superseded and {_MINE.format(limit.sql)}", limit.parameters,
    ):  # fmt: skip
        by_code.setdefault(code, []).append(max(0, now - posted))
    codes = tuple((code, len(times), round(median(times))) for code, times in sorted(by_code.items(), key=lambda one: -len(one[1])))
    return Waits(tuple(ages), _answered(connection, limit), codes)


def _answered(connection: Index, limit: Limit) -> tuple[Answered, ...]:
    """Return by list how soon somebody answered: by mail, and by an opinion."""
    posted = dict(connection.execute(f"select s.id, s.posted from series s where {limit.sql}", limit.parameters).fetchall())
    replies = dict(connection.execute(
        "select m.series, min(m.posted) from message m join series s on s.id = m.series where m.gone = ''"
        " and m.kind not in ('patch', 'cover', 'pull', 'reply-patch') and lower(m.sender_email) not in (lower(s.author_email),"
        " lower(s.sender_email)) group by m.series"
    ).fetchall())  # fmt: skip
    opinions = dict(connection.execute(
        "select t.series, min(cast(strftime('%s', o.time) as integer)) from standing t join opinion o using (log, commit_id)"
        " where o.kind in ('agree', 'disagree', 'unsure', 'confirm', 'dismiss', 'waive') and t.state != 'withdrawn' group by t.series"
    ).fetchall())  # fmt: skip
    lists: dict[str, list[int]] = {}
    for name, series in connection.execute("select l.name, x.series from series_list x join list l on l.id = x.list order by l.name"):
        if series in posted:
            lists.setdefault(name, []).append(series)
    found = []
    for name, members in lists.items():
        soon = [max(0, replies[one] - posted[one]) for one in members if one in replies]
        told = [max(0, opinions[one] - posted[one]) for one in members if opinions.get(one)]
        found.append(Answered(name, len(members), len(soon), _middle(soon), len(told), _middle(told)))
    return tuple(found)


def _middle(times: list[int]) -> int | None:
    return round(median(times)) if times else None


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
