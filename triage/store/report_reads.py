# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the mails of many series hold, read for a report in few queries: sign-offs, evidence of AI use, files, versions."""

import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from triage.model import Evidence, rfc3339
from triage.store.archives import totals
from triage.store.limit import Limit
from triage.store.rows import evidence_from
from triage.store.schema import Index
from triage.store.statement import chunks, marks

SIGNOFF = "Signed-off-by"
ABOUT = 25
"""Versions of a topic that are told before and after a series."""


class Holdings(Struct):
    """What the mails of one series hold."""

    patches: int = 0
    """Patch mails of this version; one that a partial reroll takes over is counted where it was sent."""
    signed: int = 0
    """Those with a sign-off that `git am` keeps, anybody's."""
    by_author: int = 0
    """Those with one of the author's own address."""
    paths: set[str] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)
    """In the shape of `triage show --json`, in the order of the mails."""


def holdings(connection: Index, series: Iterable[int]) -> dict[int, Holdings]:
    """Return what the mails of some series hold."""
    wanted = list(series)
    found = {number: Holdings() for number in wanted}
    for part in chunks(wanted):
        rows = connection.execute(
            "select series, kind, author_email, trailers, files, evidence from message"
            f" where series in ({marks(part)}) and gone = '' order by series, posted, message_id, blob", part,
        )  # fmt: skip
        for number, kind, author, trailers, files, evidence in rows:
            one = found[number]
            if kind in {"patch", "reply-patch"}:
                one.patches += 1
                signers = [item[1].casefold() for item in json.loads(trailers) if item[0] == SIGNOFF and item[3] == "message"]
                one.signed += bool(signers)
                one.by_author += any(f"<{author.casefold()}>" in signer for signer in signers)
            if kind in {"patch", "reply-patch", "pull"}:
                one.paths |= {item[0] for item in json.loads(files)}
            one.evidence += evidence_from(evidence)
    return found


def narrowed(limit: Limit, begin: int, end: int, lists: tuple[str, ...]) -> Limit:
    """Return a limit that also asks for series posted from `begin` until before `end`, and for those of some lists, if any are named."""
    sql, parameters = f"{limit.sql} and s.posted >= ? and s.posted < ?", (*limit.parameters, begin, end)
    if lists:
        sql += (
            " and s.id in (select series from series_list join list on list.id = series_list.list"
            f" where list.name in ({marks(list(lists))}))"
        )
    return Limit(sql, (*parameters, *lists), limit.tree)


def newest(connection: Index, lists: tuple[str, ...] = ()) -> int:
    """Return when the newest mail of some lists, of all where none is named, was posted: what ages in a report count to."""
    if not lists:
        return int(connection.execute("select coalesce(max(activity), 0) from series").fetchone()[0])
    query = (
        "select coalesce(max(s.activity), 0) from series s join series_list l on l.series = s.id join list on list.id = l.list"
        f" where list.name in ({marks(list(lists))})"
    )
    return int(connection.execute(query, lists).fetchone()[0])


class ListedVersion(Struct, frozen=True):
    """One version of a topic."""

    series: str
    number: int
    rfc: bool
    posted: int

    def to_dict(self) -> dict[str, Any]:
        """Return it in the shape of a report's `versions`."""
        return {"series": self.series, "version": self.number, "rfc": self.rfc, "posted": rfc3339(self.posted)}


def versions(connection: Index, series: Iterable[int]) -> dict[int, list[ListedVersion]]:
    """Return for some series the versions of their topics, oldest first; of a topic of very many those about their own."""
    found: dict[int, list[ListedVersion]] = {}
    for part in chunks(series):
        topics = dict(connection.execute(f"select id, topic from series where id in ({marks(part)})", part).fetchall())
        every: dict[str, list[tuple[int, ListedVersion]]] = {}
        for some in chunks(dict.fromkeys(topics.values())):
            rows = connection.execute(
                "select topic, id, message_id, version, rfc, posted from series"
                f" where topic in ({marks(some)}) order by posted, version, minor, message_id", some,
            )  # fmt: skip
            for topic, one, message_id, version, rfc, posted in rows:
                every.setdefault(topic, []).append((one, ListedVersion(message_id, version, bool(rfc), posted)))
        for topic, versions in every.items():
            for at, (one, _) in enumerate(versions):
                if topics.get(one) == topic:
                    begin = max(0, min(at - ABOUT, len(versions) - 2 * ABOUT))
                    found[one] = [version for _, version in versions[begin : begin + 2 * ABOUT]]
    return found


def entries_of(connection: Index, lists: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return by list how many entries its archives have, what became of them, and how many mails a rewrite took away."""
    found: dict[str, dict[str, int]] = {}
    for name in lists:
        sums: dict[str, int] = {}
        for (archive,) in connection.execute(
            "select a.id from archive a join list on list.id = a.list where list.name = ?", (name,)
        ).fetchall():
            counts = totals(connection, archive)
            # which of two lists a mail was new in is a matter of which was read first
            counts["read"] = counts.pop("parsed") + counts.pop("duplicate")
            for word, count in counts.items():
                sums[word] = max(sums.get(word, 0), count) if word == "withdrawn" else sums.get(word, 0) + count  # counted by list
        found[name] = {word: sums.get(word, 0) for word in ("entries", "read", "deleted", "quarantined", "unreadable", "withdrawn")}
    return found
