# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as a value: series, findings, opinions, numbers, and what it rests on; sorted, without paths, ages as of a fixed time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from triage.model import OPEN, Says, rfc3339
from triage.model.errors import UsageError
from triage.model.listed import ListedFinding, ListedSeries, said_dict
from triage.model.opinion import Stand
from triage.model.verdicts import DECISIONS, OPINIONS
from triage.model.version import VERSION
from triage.policy.areas import Areas
from triage.policy.people import People, together
from triage.policy.rules.case import evidence_of
from triage.query import message
from triage.query.review_trailers import reviews, vouchers
from triage.report.request import Request
from triage.report.statistics import COUNTS, figures
from triage.store import archives, listed, locations, provenance, report_reads, selecting
from triage.store.derive import stored_series
from triage.store.limit import parse_limit
from triage.store.schema import Index, Personal
from triage.store.statement import chunks

SCHEMA = 1


class Report(Struct, frozen=True):
    """What a report says; every text in it is as the mail has it and is escaped only by its form."""

    title: str
    limit: str
    as_of: str
    span: dict[str, str | None]
    """`period` as it was asked for, and the `since` and `until` days that it comes to, None for no bound."""
    redacted: bool
    lists: tuple[dict[str, Any], ...]
    totals: dict[str, Any]
    figures: dict[str, Any]
    series: tuple[dict[str, Any], ...]
    codes: tuple[dict[str, str], ...]
    quarantined: tuple[dict[str, str], ...]
    provenance: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the report in the shape of `triage report --format json`."""
        return {"schema": SCHEMA} | {name: _plain(getattr(self, name)) for name in self.__struct_fields__}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


class Applied(Struct, frozen=True):
    """What a report tells of a policy: its id, whether its text was compared with its source and when, the subsystems of its roster."""

    id: str
    status: str
    checked: str
    areas: Areas
    people: People
    """Who is who by the project's own files."""


class _Source(Struct, frozen=True):
    """Where series are read from, and what was read for all of them at once."""

    connection: Index
    urls: Mapping[str, str]
    """By list, where its mails can be linked to."""
    held: Mapping[int, report_reads.Holdings]
    versions: Mapping[int, list[report_reads.ListedVersion]]
    areas: Callable[[Iterable[str], Iterable[str]], set[str]]
    packs: set[str]
    """Those whose findings are told, all where it is empty."""
    people: People
    """Who is who by the files of all projects that the report is about."""


def build(connection: Index, notes: Personal, request: Request, policies: Mapping[str, Applied]) -> Report:
    """Make the report of the series that a request chooses; it tells of those that have something to report, or that a limit chose.

    Series posted after `as_of` are left out; what is known of the others is told as it is known now. `policies` are those that could be
    read, by name. Raises `UsageError` for a request that cannot be read or names an unknown list.
    """
    known = archives.list_names(connection)
    if unknown := sorted(set(request.lists) - {name for name, _, _ in known}):
        raise UsageError(f"no list is called {unknown[0]!r}", f"known lists: {', '.join(name for name, _, _ in known) or 'none yet'}")
    now = report_reads.newest(connection, request.lists) if request.as_of is None else request.as_of
    request = replace(request, as_of=now)
    chosen = parse_limit(request.limit, now)
    if chosen.has_states:
        raise UsageError("state: is what you noted for yourself, and a report says the same to everybody", "leave it out")
    begin, end = request.span()
    wanted = selecting.series_ids(connection, notes, report_reads.narrowed(chosen, begin, min(end, now + 1), request.lists), now)
    judged_by = {name: names for name, names, _ in known}
    # a policy may be a file, and a report holds no paths
    packs = {name: [policies[one].id if one in policies else Path(one).name for one in names] for name, names in judged_by.items()}
    source = _Source(
        connection, {name: url for name, _, url in known},
        report_reads.holdings(connection, wanted), report_reads.versions(connection, wanted),
        lambda lists, paths: {
            name for item in lists for pack in judged_by[item] if (one := policies.get(pack)) for name in one.areas.of(paths)
        },
        {pack for name in request.lists for pack in packs[name]}, together(one.people for one in policies.values()),
    )  # fmt: skip
    found = dict(_read(source, notes, wanted, now))
    told = [series for series, row in found.items() if request.limit or row["finding_list"] or row["opinion_list"] or row["tools"]]
    vouched = vouchers(connection, locations.replies_with_trailers(connection, told))
    reviewed = locations.with_reviews(connection, told)
    for series in told:
        given = reviews(connection, series, vouched, people=source.people) if series in reviewed else []
        found[series]["reviews"] = [one.to_dict() for one in given]
    rows = sorted(found.values(), key=lambda row: (row["posted"] or "", row["series"]))
    here = set(request.lists) or ({name for row in rows for name in row["lists"]} if request.limit else set(judged_by))
    lists = [(name, " ".join(packs[name]), url) for name, _, url in known if name in here]
    return _report(connection, request, rows, lists, policies)


def _read(source: _Source, notes: Personal, wanted: list[int], now: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield series as a report tells them, some hundred a query."""
    for part in chunks(wanted):
        found = listed.listed(source.connection, notes, part, now)
        findings, said = listed.findings_of(source.connection, part), listed.said_of(source.connection, part)
        for one in part:
            yield one, _series(source, one, found[one], findings.get(one, []), said.get(one, []))


def _report(
    connection: Index, request: Request, rows: list[dict[str, Any]], lists: list[tuple[str, str, str]],
    policies: Mapping[str, Applied],
) -> Report:  # fmt: skip
    told = [row for row in rows if "reviews" in row]
    names = [name for name, _, _ in lists]
    entries = report_reads.entries_of(connection, names)
    used = {finding["code"]: finding for row in told for finding in row["finding_list"]}
    begin, end = request.span()
    rests = provenance.provenance(connection, names)
    days = {"since": rfc3339(begin) if begin else None, "until": rfc3339(end - 1) if end < 253402300800 else None}
    return Report(
        title=f"Review report{f' {request.period.upper()}' if request.period else ''}",
        limit=request.limit,
        as_of=rfc3339(request.as_of) or "",
        span={"period": request.period.upper() or None} | {name: day[:10] if day else None for name, day in days.items()},
        redacted=False,
        lists=tuple({"name": name, "policy": policy, "url": url} for name, policy, url in lists),
        totals=_totals(rows, told),
        figures=figures(rows, [(name, pack) for name, pack, _ in lists], request.as_of or 0),
        series=tuple(told),
        codes=tuple({"code": code, "name": used[code]["name"], "misses": used[code]["misses"]} for code in sorted(used)),
        quarantined=tuple(
            {"list": name, "locator": where[:16], "reason": why or ""}
            for name, where, why in archives.quarantined(connection)
            if name in names
        ),
        provenance={"triage": VERSION, "command": request.line(), "lists": [{"list": name} | entries[name] for name in names]}
        | _rests_on(rests, policies),
    )


def _rests_on(rests: provenance.Provenance, policies: Mapping[str, Applied]) -> dict[str, Any]:
    """Return what a report rests on in the shape of its JSON."""
    used = [(one, one.pack or Path(one.name).name, policies.get(one.name)) for one in rests.packs]
    return {
        "archives": [asdict(one) for one in rests.archives],
        "packs": [
            {"list": one.list, "pack": pack, "digest": one.digest, "tag": one.tag, "status": known.status if known else "",
             "checked": known.checked if known else ""} for one, pack, known in used
        ],
        "opinions": [{"log": ref, "tip": tip} for ref, tip in rests.opinions],
    }  # fmt: skip


def _series(source: _Source, series: int, one: ListedSeries, findings: list[ListedFinding], said: list[Stand]) -> dict[str, Any]:
    row: dict[str, Any] = dict(one.to_dict())
    del row["state"]  # personal: it never leaves the machine
    bases = [base for name in one.lists if (base := source.urls[name])]

    def link(message_id: str) -> str:
        return message.link_to(bases[0], message_id) if bases and not message_id.startswith("blob:") else ""

    held = source.held[series]
    found = [one.to_dict() for one in findings if not source.packs or source.packs & {one.pack, *one.judged_by}]
    row["finding_list"] = [item | {"url": link(item["message_id"])} for item in found]
    row["findings"] = {word: sum(item["severity"] == word and item["status"] in OPEN for item in found) for word in row["findings"]}
    row["urls"] = [message.link_to(base, row["series"]) for base in bases]
    row["evidence"] = [item | {"url": link(item["message_id"])} for item in _evidence(source, series)]
    row["versions"] = [one.to_dict() | {"url": link(one.series)} for one in source.versions.get(series, [])]
    row["signoffs"] = {"patches": held.patches, "signed": held.signed, "by_author": held.by_author}
    row["areas"] = sorted(source.areas(row["lists"], held.paths))
    row["opinion_list"] = [said_dict(stand) for stand in said]
    return row


_TOLD = frozenset([Says.DECLARES, Says.DENIES, Says.ATTESTS, Says.ALLEGES, Says.UNCLEAR])
"""What a report tells of machines: what was said of the contribution, not what was said of them in general."""


def _evidence(source: _Source, series: int) -> list[dict[str, Any]]:
    """Return what was said of machines about a series; what its own people say in a reply is theirs, and no third party's."""
    if not source.held[series].evidence:
        return []
    told = evidence_of(*stored_series(source.connection, series), source.people)
    return [dict(item.to_dict()) for item in told if item.says in _TOLD]


def _totals(rows: list[dict[str, Any]], told: list[dict[str, Any]]) -> dict[str, Any]:
    by_code: dict[str, int] = {}
    by_status: dict[str, int] = {}
    for row in told:
        for finding in row["finding_list"]:
            by_code[finding["code"]] = by_code.get(finding["code"], 0) + 1
            by_status[finding["status"]] = by_status.get(finding["status"], 0) + 1
    said = {o["id"]: o["kind"] for row in told for o in row["opinion_list"] if o["state"] in COUNTS | {"asked", "answered"}}.values()
    return {
        "series": len(rows), "reported": len(told), "declaring_ai": sum(bool(row["tools"]) for row in rows),
        "incomplete": sum(not row["complete"] for row in rows),
        "opinions": sum(kind in OPINIONS for kind in said), "decisions": sum(kind in DECISIONS for kind in said),
        "requests": sum(kind == "ask" for kind in said),
        "by_code": dict(sorted(by_code.items())), "by_status": dict(sorted(by_status.items())),
    }  # fmt: skip
