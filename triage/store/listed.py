# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series with their patches, findings and opinions as everybody reads them, many at a time: a few queries for all of them."""

import json
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from triage.model import Link, MessageId, Person, Severity, Status
from triage.model.listed import ListedFinding, ListedPatch, ListedSeries, SecondOpinion
from triage.model.opinion import PAST, Stand
from triage.store.lines import Turns, list_names, series_lines
from triage.store.opinions import standings
from triage.store.schema import Index, Personal
from triage.store.statement import chunks, marks

_COUNTS = ("agree", "disagree", "unsure", "carried", "outdated", "untrusted", "excluded", "split", "asked")


def listed(connection: Index, notes: Personal, ids: Iterable[int], now: int, turns: Turns | None = None) -> dict[int, ListedSeries]:
    """Return series with their patches, what ties each to others, and how much was found and said, by id, in the order given."""
    wanted = list(ids)
    rows: dict[int, dict[str, Any]] = {}
    for part in chunks(wanted):
        cursor = connection.execute(f"select * from series where id in ({marks(part)})", part)
        names = [column[0] for column in cursor.description]
        rows |= {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    lists, patches, links = list_names(connection, wanted), _patches(connection, wanted), links_of(connection, wanted)
    answers, lines = answered(connection, wanted), series_lines(connection, notes, wanted, now, turns)
    return {
        one: ListedSeries(
            message_id=row["message_id"], lists=lists.get(one, ()), subject=row["subject"], version=row["version"],
            rfc=bool(row["rfc"]), resend=bool(row["resend"]), author=Person(row["author_name"], row["author_email"]),
            submitter=Person(row["sender_name"], row["sender_email"]), posted=row["posted"], activity=row["activity"], total=row["total"],
            received=row["received"], complete=bool(row["complete"]), has_cover=bool(row["cover"]), patches=patches.get(one, ()),
            topic=row["topic"] or row["message_id"], previous=row["previous"], answers=answers.get(one),
            notes=tuple(json.loads(row["notes"])), links=tuple(links.get(one, ())),
            findings={name: row[name] for name in ("error", "warn", "ask", "info")}, opinions={name: row[name] for name in _COUNTS},
            tools=tuple(row["tools"].split()), superseded=bool(row["superseded"]), state=lines[one].state,
            vouched={"acked": row["acked"], "reviewed": row["reviewed"], "tested": row["tested"], "some": row["given"],
                     "unreviewed": row["unreviewed"]},
        )
        for one in wanted if (row := rows.get(one))
    }  # fmt: skip


def listed_series(connection: Index, notes: Personal, series: int, now: int, turns: Turns | None = None) -> ListedSeries:
    """Return one series as `listed` does."""
    return listed(connection, notes, [series], now, turns)[series]


def _patches(connection: Index, ids: list[int]) -> dict[int, tuple[ListedPatch, ...]]:
    found: dict[int, list[ListedPatch]] = {}
    for part in chunks(ids):
        own = connection.execute(
            "select series, n, message_id, subject, patch_id from message where kind in ('patch', 'pull', 'reply-patch')"
            f" and series in ({marks(part)}) and gone = '' and not (kind = 'pull' and coalesce(n, 0) = 0)"
            " order by n, posted, message_id, blob", part,
        )  # fmt: skip
        for series, *row in own:
            found.setdefault(series, []).append(ListedPatch(*row))
        carried = connection.execute(
            "select c.series, m.n, m.message_id, m.subject, m.patch_id from carried c join message m on m.id = c.message"
            f" where c.series in ({marks(part)})", part,
        )  # fmt: skip
        for series, *row in carried:
            found.setdefault(series, []).append(replace(ListedPatch(*row), carried=True))
    return {one: tuple(sorted(patches, key=lambda patch: (patch.n is None, patch.n or 0))) for one, patches in found.items()}


def links_of(connection: Index, ids: Iterable[int]) -> dict[int, list[Link]]:
    """Return what ties some series to older versions, strongest first, and what is only suggested."""
    found: dict[int, list[Link]] = {}
    for part in chunks(ids):
        rows = connection.execute(f"select series, target, kind, evidence from link where series in ({marks(part)}) order by rowid", part)
        for series, to, kind, evidence in rows:
            found.setdefault(series, []).append(Link(MessageId(to), kind, evidence))
    return found


def answered(connection: Index, ids: Iterable[int]) -> dict[int, str]:
    """Return for those of some series that were sent as a reply to a mail of another one, which that is."""
    parents: dict[int, list[str]] = {}
    for part in chunks(ids):
        rows = connection.execute(
            "select s.id, m.parents from series s join message m on m.message_id = s.message_id and m.series = s.id"
            f" where s.id in ({marks(part)}) and m.parents != ''", part,
        )  # fmt: skip
        for series, text in rows:
            parents.setdefault(series, text.split(" "))
    owners: dict[str, list[tuple[int, str]]] = {}
    for part in chunks({name for names in parents.values() for name in names}):
        rows = connection.execute(
            "select m.message_id, s.id, s.message_id from message m join series s on s.id = m.series"
            f" where m.message_id in ({marks(part)})", part,
        )  # fmt: skip
        for name, owner, first in rows:
            owners.setdefault(name, []).append((owner, first))
    return {
        series: found
        for series, names in parents.items()
        if (found := next((first for name in names for owner, first in owners.get(name, ()) if owner != series), None))
    }


_FINDING = (
    "id", "code", "name", "severity", "rule", "pack", "message", "n", "region", "line", "quote", "says", "misses", "source", "status",
    "question", "target", "exception", "judged_by", "demand", "agree", "disagree",
)  # fmt: skip


def findings_of(connection: Index, ids: Iterable[int]) -> dict[int, list[ListedFinding]]:
    """Return the findings of some series, gravest first, by id; nothing for one that has none."""
    found: dict[int, list[ListedFinding]] = {}
    said = said_of(connection, wanted := list(ids))
    for part in chunks(wanted):
        rows = connection.execute(
            f"select s.id, s.message_id, s.superseded, {', '.join('f.' + name for name in _FINDING)} from finding f join series s"
            f" on s.id = f.series where f.series in ({marks(part)}) order by f.series, f.position", part,
        )  # fmt: skip
        for series, first, superseded, *row in rows:
            found.setdefault(series, []).append(_finding(first, superseded, row, said.get(series, ())))
    return found


def findings(connection: Index, series: int) -> list[ListedFinding]:
    """Return the findings of a series, gravest first."""
    return findings_of(connection, [series]).get(series, [])


def _finding(first: str, superseded: int, row: list[Any], stands: Iterable[Stand]) -> ListedFinding:
    item = dict(zip(_FINDING, row, strict=True))
    status = Status(item.pop("status"))
    demand, agree, disagree = item.pop("demand"), item.pop("agree"), item.pop("disagree")
    return ListedFinding(
        series=first, message_id=item.pop("message"), judged_by=tuple(item.pop("judged_by").split()),
        severity=Severity(item.pop("severity")), status=Status.SUPERSEDED if superseded and status is Status.OPEN else status,
        second_opinion=_second_opinion(demand, agree, disagree, status is Status.MET),
        opinions=tuple(stand for stand in stands if stand.finding == item["id"]), **item,
    )  # fmt: skip


def _second_opinion(demand: str, agree: int, disagree: int, met: bool) -> SecondOpinion | None:
    row = json.loads(demand) if demand else None
    return SecondOpinion(row["needs"], row["role"], agree, disagree, met) if row else None


def said_of(connection: Index, ids: Iterable[int]) -> dict[int, list[Stand]]:
    """Return what people said about some series, oldest first, without what was replaced or withdrawn; by id."""
    every = standings(connection, ids)
    return {
        series: [stand for stand in stands if stand.record.kind != "published" and stand.state not in PAST]
        for series, stands in every.items()
    }


def said(connection: Index, series: int) -> list[Stand]:
    """Return what people said about a series, oldest first, without what was replaced or withdrawn."""
    return said_of(connection, [series]).get(series, [])
