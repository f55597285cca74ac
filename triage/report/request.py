# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report was asked for: which series, until when, in which form; as words that `triage report` takes and a report carries."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from msgspec import Struct

from triage.model import rfc3339
from triage.model.days import moment
from triage.model.errors import UsageError
from triage.model.expression import expression

FORMS = ("md", "html", "json", "csv", "mbox", "digest")
_PERIOD = expression(r"(\d{4})(?:-(?:Q([1-4])|H([12])|W(\d\d)|(\d\d)))?", re.IGNORECASE)
_DAY = expression(r"\d{4}-\d\d-\d\d")
_TIME = expression(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PLAIN = " !\"#$'()*+,-./:;=?@[]^_{}~"
"""What a printed command keeps as it is, beside letters and digits: nothing that Markdown, HTML or a table could take for its own."""
MAX_LINE = 10_000


class Request(Struct, frozen=True):
    """What to report. `since` and `until` are days, both included; `as_of` is in seconds since the epoch, None for the newest mail."""

    limit: str = ""
    since: str = ""
    until: str = ""
    lists: tuple[str, ...] = ()
    period: str = ""
    redact: bool = False
    as_of: int | None = None
    form: str = "md"

    def words(self) -> list[str]:
        """Return the command that asks for this, without where it is written to."""
        out = ["triage", "report"]
        for name in ("since", "until", "period"):
            if value := getattr(self, name):
                out += [f"--{name}", value]
        for item in self.lists:
            out += ["--list", item]
        out += ["--redact"] * self.redact
        if self.as_of is not None:
            out += ["--as-of", rfc3339(self.as_of) or ""]
        return [*out, "--format", self.form, *([self.limit] if self.limit else [])]

    def line(self) -> str:
        """Return the command as one line of plain characters; others, and `%`, are percent-encoded (`read_line` undoes it)."""
        return quote(shlex.join(self.words()), safe=_PLAIN, errors="replace")

    def span(self) -> tuple[int, int]:
        """Return the first second that is meant and the first one after; raises `UsageError` for what is no day or period."""
        begin, end = period_span(self.period) if self.period else (0, 253402300800)
        if self.since:
            begin = max(begin, _day(self.since, "--since"))
        if self.until:
            end = min(end, _day(self.until, "--until") + 86400)
        if begin >= end:
            raise UsageError("no day lies between the days that were given", "--since must not be after --until, nor outside --period")
        return begin, end


def read_line(line: str) -> Request:
    """Return the request that a report names as how it was made; raises `UsageError` for a line that no report has."""
    foreign = UsageError("this file names a command that `triage report` does not know", "it was changed, or made by a newer triage")
    if len(line) > MAX_LINE or not line.isascii():
        raise foreign
    try:
        words = shlex.split(unquote(line, errors="strict"))
    except ValueError as error:
        raise foreign from error
    if words[:2] != ["triage", "report"]:
        raise foreign
    values: dict[str, str] = {}
    lists: list[str] = []
    limit: list[str] = []
    redact = False
    rest = iter(words[2:])
    for word in rest:
        if word == "--redact":
            redact = True
        elif word == "--list":
            lists.append(next(rest, ""))
        elif word in {"--since", "--until", "--period", "--as-of", "--format"}:
            values[word[2:]] = next(rest, "")
        else:
            limit.append(word)
    if values.get("format") not in FORMS or len(limit) > 1:
        raise foreign
    return Request(
        "".join(limit), values.get("since", ""), values.get("until", ""), tuple(lists), values.get("period", ""), redact,
        parse_as_of(values["as-of"]) if "as-of" in values else None, values["format"],
    )  # fmt: skip


def period_span(text: str) -> tuple[int, int]:
    """Return the seconds in which `2026`, `2026-H1`, `2026-Q2`, `2026-05` or `2026-W20` (ISO 8601) begins and has ended, in UTC.

    Raises `UsageError` for another text.
    """
    unknown = UsageError(f"{text!r} is no period", "write 2026, 2026-H1, 2026-Q2, 2026-05 or 2026-W20")
    match = _PERIOD.fullmatch(text)
    if not match:
        raise unknown
    year, quarter, half, week, month = (int(item) if item else 0 for item in match.groups())
    try:
        if match[4]:
            monday = datetime.fromisocalendar(year, week, 1).replace(tzinfo=UTC)
            return int(monday.timestamp()), int((monday + timedelta(days=7)).timestamp())
        if half or quarter:
            length = 6 if half else 3
            last = (half or quarter) * length
            return moment(f"{year}-{last - length + 1}", after=False), moment(f"{year}-{last}", after=True)
        if match[5] and not month:
            raise unknown
        day = f"{year}-{month}" if month else str(year)
        return moment(day, after=False), moment(day, after=True)
    except (ValueError, OverflowError) as error:
        raise unknown from error


def parse_as_of(text: str) -> int:
    """Return the second that `2026-06-30` (its last) or `2026-06-30T12:00:00Z` names; raises `UsageError` for another text."""
    try:
        if _TIME.fullmatch(text):
            at = int(datetime.fromisoformat(text).timestamp())
        else:
            at = moment(text, after=True) - 1 if _DAY.fullmatch(text) else -1
        if at >= 0:
            return at
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{text!r} is no time that a report can be as of", "write 2026-06-30 or 2026-06-30T12:00:00Z")


def _day(text: str, option: str) -> int:
    try:
        if _DAY.fullmatch(text):
            return moment(text, after=False)
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{option} {text!r} is no day", "write it as 2026-03-31")
