# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of a report, counted from the very series that it is about: pure, so that whoever has the JSON can count again."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from triage.model import OPEN, EvidenceClass, Role, Says, Severity
from triage.model.verdicts import DECISIONS, OPINIONS

Row = dict[str, Any]
DECIDED = {"dismissed", "waived", "met"}
"""The others that are not open have passed: a later mail fixed it, or a later version replaced it."""
COUNTS = {"counts", "carried"}

BINS = 60
"""Up to so many weeks are shown as weeks, up to so many months as months, more as years."""
WAITS = ((1, "within a day"), (4, "1 to 3 days"), (8, "4 to 7 days"), (15, "8 to 14 days"), (31, "15 to 30 days"), (10**9, "longer"))
_CLAIMS = {"AI010", "AI011", "AI017"}
"""Codes that say that an exception is claimed, which one or not."""
_HOLDS = {"AI012": "claimed", "AI015": "granted by the policy"}


def seconds(time: str | None) -> int:
    """Return an RFC 3339 time as seconds since the epoch, 0 for none."""
    return int(datetime.fromisoformat(time).timestamp()) if time else 0


def figures(rows: Sequence[Row], lists: Sequence[tuple[str, str]], as_of: int) -> dict[str, Any]:
    """Return all numbers of a report on some series, each in the shape of the report's JSON.

    `lists` are names with the packs that they are judged by; `as_of` is what ages count to, in seconds since the epoch.
    """
    areas = sorted({name for row in rows for name in row["areas"]})
    return {
        "intake": _intake(rows), "intervals": _intervals(rows), "codes": _codes(rows), "declarations": _declarations(rows),
        "exceptions": sorted(_exceptions(rows), key=_by_series), "second_opinions": _second_opinions(rows),
        "disagreements": sorted(_disagreements(rows), key=_by_series),
        "decisions": sorted(_decisions(rows), key=lambda item: (item["time"], item["series"], item["finding"])),
        "open": [item for row in rows if (item := _still_open(row))],
        "pending": sorted(_pending(rows, as_of), key=lambda item: (item["since"], item["series"], item["what"])),
        "lists": [{"name": name} | _short((row for row in rows if name in row["lists"]), pack) for name, pack in lists],
        "areas": [{"name": name} | _short(row for row in rows if name in row["areas"]) for name in areas],
        "incomplete": [_named(row) | {"received": row["received"], "total": row["total"]} for row in rows if not row["complete"]],
    }  # fmt: skip


def _named(row: Row) -> dict[str, Any]:
    return {"series": row["series"], "subject": row["subject"]}


def _by_series(item: dict[str, Any]) -> tuple[str, str, str]:
    return item["series"], item.get("finding", ""), item.get("exception", "")


def _intake(rows: Sequence[Row]) -> dict[str, int]:
    current = [row for row in rows if not row["superseded"]]
    return {
        "series": len(rows), "topics": len({row["topic"] for row in rows}), "rerolls": sum(row["version"] > 1 for row in rows),
        "resends": sum(row["resend"] for row in rows), "rfc": sum(row["rfc"] for row in rows),
        "superseded": sum(row["superseded"] for row in rows),
        "authors": len({row["author"]["email"].casefold() for row in rows}), "incomplete": sum(not row["complete"] for row in rows),
        "current_patches": _signoffs(current, "patches"), "unreviewed": sum(row["vouched"]["unreviewed"] for row in current),
        "patches": _signoffs(rows, "patches"), "signed": _signoffs(rows, "signed"), "signed_by_author": _signoffs(rows, "by_author"),
        "declaring_ai": sum(bool(row["tools"]) for row in rows), "flagged": sum(map(_is_flagged, rows)),
    }  # fmt: skip


def _signoffs(rows: Iterable[Row], word: str) -> int:
    return sum(row["signoffs"][word] for row in rows)


def _is_flagged(row: Row, pack: str = "") -> bool:
    """Say whether a series has an open error, warning or question; with `pack` by that one: a cross-post is judged by several."""
    return any(
        item["status"] in OPEN and item["severity"] != Severity.INFO and (not pack or pack in {item["pack"], *item.get("judged_by", ())})
        for item in row["finding_list"]
    )  # fmt: skip


def _short(chosen: Iterable[Row], pack: str = "") -> dict[str, int]:
    rows = list(chosen)
    return {
        "series": len(rows), "patches": _signoffs(rows, "patches"), "signed": _signoffs(rows, "signed"),
        "declaring_ai": sum(bool(row["tools"]) for row in rows), "flagged": sum(_is_flagged(row, pack) for row in rows),
        "incomplete": sum(not row["complete"] for row in rows),
    }  # fmt: skip


def _intervals(rows: Sequence[Row]) -> dict[str, Any]:
    """Count by the week's Monday, the month's or the year's first day, as the span needs; those without any series are there too."""
    days = [datetime.fromtimestamp(seconds(row["posted"]), UTC).date() for row in rows]
    if not days:
        return {"unit": "week", "rows": []}
    length = (max(days) - min(days)).days
    unit = "week" if length <= BINS * 7 else "month" if length <= BINS * 31 else "year"
    counts: dict[date, list[int]] = {start: [0, 0, 0] for start in _starts(min(days), max(days), unit)}
    for row, day in zip(rows, days, strict=True):
        for at, holds in enumerate((True, _is_flagged(row), bool(row["tools"]))):
            counts[_start(day, unit)][at] += holds
    found = [{"start": day.isoformat(), "series": n, "flagged": f, "declaring_ai": d} for day, (n, f, d) in sorted(counts.items())]
    return {"unit": unit, "rows": found}


def _start(day: date, unit: str) -> date:
    return day - timedelta(days=day.weekday()) if unit == "week" else day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _starts(first: date, last: date, unit: str) -> Iterator[date]:
    at = _start(first, unit)
    while at <= last:
        yield at
        at = _start(at + timedelta(days={"week": 7, "month": 31, "year": 366}[unit]), unit)


def _codes(rows: Sequence[Row]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    order = [severity.value for severity in Severity]
    for row in rows:
        here: set[str] = set()
        for item in row["finding_list"]:
            about = {word: item[word] for word in ("code", "name", "severity")}
            one = found.setdefault(item["code"], about | dict.fromkeys(("series", "findings", "open", "decided", "passed"), 0))
            one["severity"] = min(one["severity"], item["severity"], key=order.index)
            one["findings"] += 1
            one["open" if item["status"] in OPEN else "decided" if item["status"] in DECIDED else "passed"] += 1
            one["series"] += item["code"] not in here
            here.add(item["code"])
    return sorted(found.values(), key=lambda one: (-one["series"], one["code"]))


def _declarations(rows: Sequence[Row]) -> dict[str, Any]:
    """Count series: by what their own people declare, and by where and by whom a machine's part was told at all."""
    return {
        "series": sum(bool(row["tools"]) for row in rows),
        "by_tool": _tally(rows, lambda row: row["tools"]),
        "by_vendor": _tally(rows, lambda row: [tool.partition("/")[0] or "unnamed" for tool in row["tools"]]),
        "by_role": _tally(
            rows, lambda row: [item["role"] for item in row["evidence"] if item["says"] == "declares"], [role.value for role in Role]
        ),
        "by_class": _tally(
            rows,
            lambda row: [item["class"] for item in row["evidence"] if item["says"] in {"declares", "alleges"}],
            [klass.value for klass in EvidenceClass],
        ),
        "by_statement": _tally(rows, lambda row: [item["says"] for item in row["evidence"]], [says.value for says in Says]),
    }


def _tally(rows: Sequence[Row], words: Callable[[Row], Iterable[str]], order: Sequence[str] = ()) -> list[dict[str, Any]]:
    counts = Counter(word for row in rows for word in set(words(row)))
    names = [word for word in order if word in counts] or sorted(counts, key=lambda word: (-counts[word], word))
    return [{"name": name, "series": counts[name]} for name in names]


def _exceptions(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Exceptions that a series relies on or claims: by findings, which know whether the claim holds, and by waivers that name one."""
    seen: set[str] = set()
    for row in rows:
        for item in row["finding_list"]:
            if item["exception"] or item["code"] in _CLAIMS:
                said = [o for o in row["opinion_list"] if o["finding"] == item["id"] and o["state"] in COUNTS]
                holds = _HOLDS.get(item["code"], "does not hold")
                yield _named(row) | {
                    "exception": item["exception"] or "one that the policy does not list", "pack": item["pack"], "finding": item["id"],
                    "code": item["code"], "holds": holds, "says": item["says"], "status": item["status"],
                    "second_opinion": item["second_opinion"], "opinions": [_who(o) for o in said if o["kind"] in OPINIONS],
                }  # fmt: skip
        for o in row["opinion_list"]:
            if o["kind"] == "waive" and o["code"] and o["state"] in COUNTS and o["id"] not in seen:
                seen.add(o["id"])
                about = next((item for item in row["finding_list"] if item["id"] == o["finding"]), None)
                yield _named(row) | {
                    "exception": o["code"], "pack": about["pack"] if about else "", "finding": o["finding"],
                    "code": about["code"] if about else "", "holds": "waived", "says": o["reason"],
                    "status": about["status"] if about else "", "second_opinion": None, "opinions": [_who(o)],
                }  # fmt: skip


def _who(o: Row) -> dict[str, Any]:
    return {"kind": o["kind"], "reviewer": o["reviewer"], "time": o["time"], "signed": o["signed"]}


def _second_opinions(rows: Sequence[Row]) -> dict[str, Any]:
    """What rules ask for of newest versions, and how long the first opinion that counts took, from the series' first mail on."""
    demands = [
        item for row in rows if not row["superseded"]
        for item in row["finding_list"] if item["second_opinion"] and item["status"] != "cured"
    ]  # fmt: skip
    waits: list[float] = []
    for row in rows:
        given = [seconds(o["time"]) for o in row["opinion_list"] if o["kind"] in OPINIONS and o["state"] == "counts" and not o["line"]]
        if given:
            waits.append(max(0, min(given) - seconds(row["posted"])) / 86400)
    buckets = dict.fromkeys((label for _, label in WAITS), 0)
    for wait in waits:
        buckets[next(label for days, label in WAITS if wait < days)] += 1
    return {
        "demanded": len(demands), "met": sum(item["status"] == "met" for item in demands),
        "open": sum(item["status"] in OPEN for item in demands),
        "series_with_opinion": len(waits), "median_days": round(median(waits), 1) if waits else None,
        "waits": [{"wait": label, "series": count} for label, count in buckets.items()],
    }  # fmt: skip


def _disagreements(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield what people who count see differently: agree beside disagree, or decisions of several kinds."""
    seen: set[frozenset[str]] = set()
    for row in rows:
        said: dict[tuple[str, str], list[Row]] = {}
        for o in row["opinion_list"]:
            if o["state"] in COUNTS and not o["line"]:
                said.setdefault((o["finding"], o["message_id"]), []).append(o)
        for (finding, _), records in said.items():
            kinds = {o["kind"] for o in records}
            ids = frozenset(o["id"] for o in records)
            if ids not in seen and ({"agree", "disagree"} <= kinds or len(kinds & set(DECISIONS)) > 1):
                seen.add(ids)
                code = next((item["code"] for item in row["finding_list"] if item["id"] == finding), "")
                yield _named(row) | {"finding": finding, "code": code, "opinions": [_who(o) | {"reason": o["reason"]} for o in records]}


def _still_open(row: Row) -> dict[str, Any] | None:
    """Return how many errors, warnings and questions of each code are open on a newest version, None for none."""
    codes = Counter(item["code"] for item in row["finding_list"] if item["status"] in OPEN and item["severity"] != Severity.INFO)
    if row["superseded"] or not codes:
        return None
    return _named(row) | {"posted": row["posted"], "codes": [{"code": code, "findings": count} for code, count in sorted(codes.items())]}


def _decisions(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield who confirmed, dismissed or waived what, and why; a record that was carried to a newer version once."""
    seen: set[str] = set()
    for row in rows:
        codes = {item["id"]: item["code"] for item in row["finding_list"]}
        for o in row["opinion_list"]:
            if o["kind"] in DECISIONS and o["state"] in COUNTS and o["id"] not in seen:
                seen.add(o["id"])
                about = {"finding": o["finding"], "code": codes.get(o["finding"], "")}
                yield _named(row) | _who(o) | about | {"rests_on": o["code"], "reason": o["reason"]}


def _pending(rows: Sequence[Row], as_of: int) -> Iterator[dict[str, Any]]:
    """Yield what waits for somebody: second opinions that a rule asks for, and requests nobody answered."""
    for row in rows:
        if row["superseded"]:
            continue
        for item in row["finding_list"]:
            if item["second_opinion"] and item["status"] in OPEN:
                yield _waits(row, f"{item['code']} {item['name']}", item["says"], row["posted"], "", as_of)
        for o in row["opinion_list"]:
            if o["kind"] == "ask" and o["state"] == "asked":
                asked = f"asked by {o['reviewer']['name'] or o['reviewer']['email']} of {', '.join(o['to']) or 'anybody'}"
                yield _waits(row, asked, o["reason"], o["time"], o["due"], as_of)


def _waits(row: Row, what: str, why: str, since: str, due: str, as_of: int) -> dict[str, Any]:
    return _named(row) | {"what": what, "why": why, "since": since, "due": due, "days": max(0, as_of - seconds(since)) // 86400}
