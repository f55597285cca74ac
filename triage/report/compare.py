# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tellings of one report, the one in a file and the one rebuilt: what differs, apart from what they rest on."""

import csv
import html
import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from triage.model.errors import UsageError
from triage.model.expression import expression
from triage.report.csv_table import COLUMNS
from triage.report.json_text import former_json_text, json_text
from triage.report.request import Request, read_line

_MADE = {
    "md": expression(r"^- made by (`+) (triage report [^\n]*) \1[;,] ", re.MULTILINE),
    "html": expression(r"^<li>made by <code>()(triage report [^\n<]*)</code>[;,] ", re.MULTILINE),
    "digest": expression(r"^()?made by: (triage report [^\n]*)$", re.MULTILINE),
}
_RESTS = {"md": "## What this rests on", "html": '<h2 id="rests">What this rests on</h2>', "digest": "-- "}
_HEADING = {
    "md": expression(r"#{1,3} (.*)"),
    "html": expression(r"<h[123][^>]*>(.*)</h[123]>"),
    "digest": expression(r"(\d+\. .*)"),
    "csv": expression("(?!)"),
}
_TAGS = expression(r"<[^<>]*>")


class Change(Struct, frozen=True):
    """One thing that differs: where, what the file says and what is so now; "" where it says nothing."""

    where: str
    was: str
    now: str


def made_by(text: str) -> Request:
    """Return the request that a report says it was made by.

    Raises `UsageError` for a text that is no report of this program, or one that cannot be rebuilt.
    """
    form, line = _command(text)
    if line is None:
        raise UsageError(
            "this is no report that says how it was made", "give a file that `triage report -o FILE` wrote; drafts are no reports"
        )
    request = read_line(line)
    if request.form != form:
        raise UsageError("this file says that it was made in another format than it is in", "it was changed")
    return request


def _command(text: str) -> tuple[str, str | None]:
    """Return the format of a report and the command that it names, None for none."""
    if text[:200].startswith("{"):
        try:
            command = json.loads(text)["provenance"]["command"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return "json", None
        return "json", command if isinstance(command, str) else None
    if text[:200].startswith(f'"{COLUMNS[0]}","{COLUMNS[1]}",'):
        try:
            return "csv", next((row[COLUMNS.index("made_by")] for row in _table(text)[1:2]), None)
        except (csv.Error, IndexError):
            return "csv", None
    for form, pattern in _MADE.items():
        if found := pattern.findall(text):
            return form, html.unescape(found[-1][1]) if form == "html" else str(found[-1][1])
    return "", None


def plain(text: str) -> str:
    """Return a report as it was written, where mail or git gave its lines other ends, or an editor a mark before them."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def changes(old: str, new: str, form: str) -> tuple[list[Change], list[Change]]:
    """Return what differs in what a report says, and in what it rests on, of two texts as `plain` gives them; in linear time.

    What it rests on may differ in tips, hashes and counts that grew, and by archives and logs that are there now; anything else is a
    difference in what it says.
    """
    if form == "json":
        return _in_json(old, new)
    parted = _parted_table if form == "csv" else _parted
    (said, rests, tail), (says, rests_now, tail_now) = parted(old, form), parted(new, form)
    differs = _in_lines(said, says, form) + _in_lines(tail, tail_now, form)
    broken, moved = _in_rests(rests, rests_now, form)
    return differs + broken, moved


_NUMBERS = expression(r"[0-9a-f]{7,}|[0-9]+(?:\.[0-9]+)*")
_GROWS = expression(r"(?:- |<li>)?(?:archive|opinions) ")


def _in_rests(old: list[str], new: list[str], form: str) -> tuple[list[Change], list[Change]]:
    """Compare line by line what a report rests on; returns what is not as an honest report has it, and what has moved on since."""
    waiting: dict[str, deque[str]] = {}
    for line in new:
        waiting.setdefault(_without_numbers(line), deque()).append(line)
    broken: list[Change] = []
    moved: list[Change] = []
    for line in old:
        now = waiting.get(_without_numbers(line))
        found = now.popleft() if now else None
        if found is None or _shrank(line, found):
            broken.append(Change("what it rests on", _readable(line, form), _readable(found or "", form)))
        elif found != line:
            moved.append(Change("what it rests on", _readable(line, form), _readable(found, form)))
    for line in (line for left in waiting.values() for line in left):
        (moved if _GROWS.match(line) else broken).append(Change("what it rests on", "", _readable(line, form)))
    return broken, moved


def _without_numbers(line: str) -> str:
    return line if "triage report " in line else _NUMBERS.sub("#", line)


def _shrank(was: str, now: str) -> bool:
    """Say whether a count is smaller than it was: archives only grow."""
    pairs = zip(_NUMBERS.findall(was), _NUMBERS.findall(now), strict=False)
    return "entries" in was and any(a.isdigit() and b.isdigit() and max(len(a), len(b)) < 12 and int(a) > int(b) for a, b in pairs)


def _parted(text: str, form: str) -> tuple[list[str], list[str], list[str]]:
    """Part a report into what it says, what it rests on, and what ends the page."""
    lines = text.split("\n")
    at = max((number for number, line in enumerate(lines) if line == _RESTS[form]), default=len(lines))
    end = next((number for number in range(at, len(lines)) if lines[number] == "</ul>"), len(lines)) if form == "html" else len(lines)
    return lines[:at], lines[at:end], lines[end:]


def _table(text: str) -> list[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # what people said of one series may be long
    return list(csv.reader(text.splitlines(keepends=True)))


def _parted_table(text: str, form: str) -> tuple[list[str], list[str], list[str]]:
    rests = [COLUMNS.index("made_by"), COLUMNS.index("rests_on")]
    rows = _table(text)
    said = [" | ".join("" if at in rests and number == 1 else item for at, item in enumerate(row)) for number, row in enumerate(rows)]
    return said, [item for row in rows[1:2] for at in rests for item in (row[at] if at < len(row) else "").split("; ")], []


def _in_lines(old: list[str], new: list[str], form: str) -> list[Change]:
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    was, now = list(_only(old, gone, form)), list(_only(new, come, form))
    if form == "html":  # a picture says what the table below it says
        kept = [[(place, line) for place, line in lines if not line.startswith(_PICTURE)] for lines in (was, now)]
        if (was or now) and not any(kept):
            return [Change("a chart", "differs", "")]
        was, now = kept
    found = [
        *(Change(where, _readable(line, form), "") for where, line in was),
        *(Change(where, "", _readable(line, form)) for where, line in now),
    ]
    if old != new and not found:
        return [Change("the file", "its lines stand in another order, or blank ones were put in", "")]
    return found


_PICTURE = ("<rect", "<text", "<svg", "<path", '<div class="wide"><svg')


def _only(lines: list[str], wanted: Counter[str], form: str) -> Iterator[tuple[str, str]]:
    where = "a row" if form == "csv" else "the head"
    left = Counter(wanted)
    for line in lines:
        if heading := _HEADING[form].match(line):
            where = _readable(heading[1], form)
        if left[line] > 0 and set(_readable(line, form)) - set("|-: "):
            left[line] -= 1
            yield where, line


def _readable(line: str, form: str) -> str:
    return html.unescape(_TAGS.sub(" ", line)).strip() if form == "html" else line.strip()


def _in_json(old: str, new: str) -> tuple[list[Change], list[Change]]:
    was, now = json.loads(old), json.loads(new)
    rests, rests_now = was.pop("provenance"), now.pop("provenance")
    differs = list(_walk(was, now, ""))
    moved = list(_walk(rests, rests_now, ""))
    grows = ("archives[", "opinions[")
    broken = [
        one for one in moved
        if not (_NUMBERS.fullmatch(one.was) if one.was else one.where.startswith(grows)) or (one.where.startswith("lists[") and _shrank(
            f"entries {one.was}", f"entries {one.now}"))
    ]  # fmt: skip
    differs += [Change(f"provenance.{one.where}", one.was, one.now) for one in broken]
    whole = was | {"provenance": rests}
    if not differs and old != json_text(whole) and old != former_json_text(whole):
        differs = [Change("the file", "it is not as it was written", "")]
    kept = set(map(id, broken))
    return differs, [one for one in moved if id(one) not in kept]


_LATER = frozenset(["judged_by"])
"""Keys that reports of before have not: that one lacks them changes nothing that it says."""
_KEYS = ("id", "finding", "name", "code", "start", "wait", "list", "log", "series")
"""What names the items of a list, the most telling first; a number names nothing."""


def _walk(old: Any, new: Any, where: str) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted((old.keys() | new.keys()) - (_LATER - old.keys())):
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
        name = next((item[key] for key in _KEYS if isinstance(item.get(key), str)), "") if isinstance(item, dict) else _short(item)
        seen[name] += 1
        found[f"{name} {seen[name]}" if seen[name] > 1 or not name else name] = item
    return found


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, sort_keys=True)
