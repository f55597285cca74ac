# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tellings of one report, the one in a file and the one made anew: what differs, apart from what they rest on."""

import csv
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triage.errors import UsageError
from triage.report.request import Request, read_line
from triage.report.table import COLUMNS

_MADE = {
    "md": re.compile(r"^- made by (`+) (triage report [^\n]*) \1; ", re.MULTILINE),
    "html": re.compile(r"^<li>made by <code>()(triage report [^\n<]*)</code>; ", re.MULTILINE),
    "digest": re.compile(r"^()?made by: (triage report [^\n]*)$", re.MULTILINE),
}
_RESTS = {"md": "## What this rests on", "html": '<h2 id="rests">What this rests on</h2>', "digest": "-- "}
_HEADING = {"md": re.compile(r"#{1,3} (.*)"), "html": re.compile(r"<h[123][^>]*>(.*)</h[123]>"), "digest": re.compile(r"(\d+\. .*)")}
_TAGS = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: where, what the file says and what is so now; "" where it says nothing."""

    where: str
    was: str
    now: str


def made_by(text: str) -> Request:
    """Return the request that a report says it was made by.

    Raises `UsageError` for a text that is no report of this program, or one that cannot be made anew.
    """
    line = _command(text)
    if line is None:
        raise UsageError(
            "this is no report that says how it was made", "give a file that `triage report -o FILE` wrote; drafts are no reports"
        )
    return read_line(line)


def _command(text: str) -> str | None:
    start = text.lstrip("\ufeff")[:200]
    if start.startswith("{"):
        try:
            command = json.loads(text)["provenance"]["command"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return command if isinstance(command, str) else None
    if start.startswith(f'"{COLUMNS[0]}","{COLUMNS[1]}",'):
        try:
            return next((row[COLUMNS.index("made_by")] for row in list(csv.reader(text.splitlines(keepends=True)))[1:2]), None)
        except (csv.Error, IndexError):
            return None
    for form, pattern in _MADE.items():
        if found := pattern.findall(text):
            return html.unescape(found[-1][1]) if form == "html" else str(found[-1][1])
    return None


def changes(old: str, new: str, form: str) -> tuple[list[Change], list[Change]]:
    """Return what differs in what a report says, and in what it rests on; in time linear in its length."""
    if form == "json":
        return _in_json(json.loads(old), json.loads(new))
    if form == "csv":
        return _in_csv(old, new)
    (said, rests), (says, rests_now) = _parted(old, form), _parted(new, form)
    return _in_lines(said, says, form), _in_lines(rests, rests_now, form)


def _parted(text: str, form: str) -> tuple[list[str], list[str]]:
    lines = text.splitlines()
    at = max((number for number, line in enumerate(lines) if line == _RESTS[form]), default=len(lines))
    return lines[:at], lines[at:]


def _in_lines(old: list[str], new: list[str], form: str) -> list[Change]:
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    was, now = list(_only(old, gone, form)), list(_only(new, come, form))
    if form == "html":  # a picture says what the table below it says
        kept = [
            [(place, line) for place, line in lines if not line.startswith(("<rect", "<text", "<svg", "<path"))] for lines in (was, now)
        ]
        if (was or now) and not any(kept):
            return [Change("a chart", "differs", "")]
        was, now = kept
    return [
        *(Change(where, _readable(line, form), "") for where, line in was),
        *(Change(where, "", _readable(line, form)) for where, line in now),
    ]


def _only(lines: list[str], wanted: Counter[str], form: str) -> Iterator[tuple[str, str]]:
    where = "the head"
    left = Counter(wanted)
    for line in lines:
        if heading := _HEADING[form].match(line):
            where = _readable(heading[1], form)
        if left[line] > 0 and line.strip():
            left[line] -= 1
            yield where, line


def _readable(line: str, form: str) -> str:
    return html.unescape(_TAGS.sub(" ", line)).strip() if form == "html" else line.strip()


def _in_csv(old: str, new: str) -> tuple[list[Change], list[Change]]:
    rests = [COLUMNS.index("made_by"), COLUMNS.index("rests_on")]
    tables = [[row for row in csv.reader(text.splitlines(keepends=True)) if row] for text in (old, new)]
    said = [[" | ".join(item for at, item in enumerate(row) if at not in rests and item) for row in rows] for rows in tables]
    rest = [[item for row in rows[1:2] for at in rests for item in (row[at] if at < len(row) else "").split("; ")] for rows in tables]
    differs = _in_lines(said[0], said[1], "digest")
    return [Change("a row", item.was, item.now) for item in differs], _in_lines(rest[0], rest[1], "digest")


def _in_json(old: Any, new: Any) -> tuple[list[Change], list[Change]]:
    rests = [value.pop("provenance", {}) if isinstance(value, dict) else {} for value in (old, new)]
    return list(_walk(old, new, "")), list(_walk(rests[0], rests[1], ""))


_KEYS = ("series", "id", "list", "log", "name", "code", "start")


def _walk(old: Any, new: Any, where: str) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _walk(old.get(key), new.get(key), f"{where}.{key}" if where else key)
    elif isinstance(old, list) and isinstance(new, list):
        was, now = _keyed(old), _keyed(new)
        for name in [*was, *(name for name in now if name not in was)]:
            yield from _walk(was.get(name), now.get(name), f"{where}[{name}]")
    else:
        yield Change(where, "" if old is None else _short(old), "" if new is None else _short(new))


def _keyed(items: list[Any]) -> dict[str, Any]:
    """Return the items of a list by what names them, so that one that came or went does not make all others differ."""
    seen: Counter[str] = Counter()
    found: dict[str, Any] = {}
    for item in items:
        name = next((str(item[key]) for key in _KEYS if key in item), "") if isinstance(item, dict) else _short(item)
        seen[name] += 1
        found[f"{name} {seen[name]}" if seen[name] > 1 or not name else name] = item
    return found


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, sort_keys=True)
