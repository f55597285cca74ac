# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as a value: series, findings, opinions, and what it rests on; sorted, without paths, ages as of the newest mail."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from triage import lookup
from triage.errors import UsageError
from triage.model import rfc3339
from triage.policy.codes import CODES
from triage.reviews import Vouchers, reviews_json, vouchers
from triage.store import places, provenance, queries
from triage.store.limit import parse_limit
from triage.version import VERSION

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says; every text in it is as the mail has it and is escaped only by the template."""

    title: str
    limit: str
    as_of: str
    lists: tuple[dict[str, Any], ...]
    totals: dict[str, Any]
    series: tuple[dict[str, Any], ...]
    codes: tuple[dict[str, str], ...]
    quarantined: tuple[dict[str, str], ...]
    provenance: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the report in the shape of `triage report --format json`."""
        return {
            "schema": SCHEMA, "title": self.title, "limit": self.limit, "as_of": self.as_of, "lists": list(self.lists),
            "totals": self.totals, "series": list(self.series), "codes": list(self.codes), "quarantined": list(self.quarantined),
            "provenance": self.provenance,
        }  # fmt: skip


def build(connection: sqlite3.Connection, notes: sqlite3.Connection, limit: str) -> Report:
    """Make the report of the series that `limit` lets through; "" for all that have a finding, an opinion or declared AI use.

    Raises `UsageError` for a limit that cannot be read.
    """
    as_of = queries.newest(connection)
    chosen = parse_limit(limit, as_of)
    if chosen.states:
        raise UsageError("state: is what you noted for yourself, and a report says the same to everybody", "leave it out")
    wanted = queries.series_ids(connection, notes, chosen, as_of)
    vouched = vouchers(connection, places.replies_with_trailers(connection, wanted))
    rows = [_series(connection, notes, series, as_of, vouched) for series in wanted]
    if not limit:
        rows = [row for row in rows if row["finding_list"] or sum(row["opinions"].values()) or row["tools"]]
    rows.sort(key=lambda row: (row["posted"] or "", row["series"]))
    used = sorted({finding["code"] for row in rows for finding in row["finding_list"]})
    return Report(
        title="Review report",
        limit=limit,
        as_of=rfc3339(as_of) or "",
        lists=tuple({"name": name, "policy": policy, "url": url} for name, policy, url in queries.list_names(connection)),
        totals=_totals(rows, len(wanted)),
        series=tuple(rows),
        codes=tuple({"code": code, "name": CODES[code].name, "misses": CODES[code].misses} for code in used if code in CODES),
        quarantined=tuple(
            {"list": name, "locator": where[:16], "reason": why or ""} for name, where, why in queries.quarantined(connection)
        ),
        provenance={"triage": VERSION, "limit": limit} | provenance.provenance(connection),
    )


def _series(connection: sqlite3.Connection, notes: sqlite3.Connection, series: int, now: int, vouched: Vouchers) -> dict[str, Any]:
    row = queries.series_json(connection, notes, series, now)
    del row["state"]  # personal: it never leaves the machine
    row["finding_list"] = queries.findings_json(connection, series)
    row["urls"] = [lookup.link_to(base, row["series"]) for base in provenance.series_urls(connection, series)]
    row["opinion_list"] = queries.said_json(connection, series)
    row["reviews"] = reviews_json(connection, series, vouched)
    return row


def _totals(rows: list[dict[str, Any]], seen: int) -> dict[str, Any]:
    by_code: dict[str, int] = {}
    by_status: dict[str, int] = {}
    for row in rows:
        for finding in row["finding_list"]:
            by_code[finding["code"]] = by_code.get(finding["code"], 0) + 1
            by_status[finding["status"]] = by_status.get(finding["status"], 0) + 1
    return {
        "series": seen, "reported": len(rows), "declaring_ai": sum(bool(row["tools"]) for row in rows),
        "incomplete": sum(not row["complete"] for row in rows), "opinions": sum(len(row["opinion_list"]) for row in rows),
        "by_code": dict(sorted(by_code.items())), "by_status": dict(sorted(by_status.items())),
    }  # fmt: skip
