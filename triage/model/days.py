# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as people write them, `2026-03` and `3d`, and as JSON does."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from triage.model.errors import UsageError
from triage.model.expression import expression

SPAN = expression(r"(<|>)?([0-9]{1,6})(m|h|d|w|y)")
DAY = expression(r"[0-9]{4}(?:-[0-9]{1,2}){0,2}")
LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
"""The last day that a calendar holds: what is put away for longer comes back then."""
UNTIL = "12h, 3d, 2w, or a day as YYYY-MM-DD"
"""How a time in the future is written."""
SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}


def moment(day: str, after: bool) -> int:
    """Return the second in which a year, month or day begins, or the one after it has ended."""
    year, month, date_ = (*(int(part) for part in day.split("-")), 0, 0)[:3]
    start = datetime(year, month or 1, date_ or 1, tzinfo=UTC)
    if not after:
        return int(start.timestamp())
    if date_:
        return int((start + timedelta(days=1)).timestamp())
    return int(datetime(year + (not month or month == 12), 1 if not month or month == 12 else month + 1, 1, tzinfo=UTC).timestamp())


def parse_until(text: str, now: int) -> int:
    """Return the second that `3d`, `12h` or a day names, counted from `now`; raises `UsageError` for none, and for one that is past."""
    match = SPAN.fullmatch(text.strip())
    at = None
    if match and not match[1]:
        at = min(now + int(match[2]) * SECONDS[match[3]], LAST)
    elif DAY.fullmatch(text.strip()) and text.count("-") == 2:
        with suppress(ValueError, OverflowError):
            at = moment(text.strip(), after=False)
    if at is None:
        raise UsageError(f"{text!r} is no time", f"write {UNTIL}")
    if at <= now:
        raise UsageError(f"{text!r} is not in the future", f"write {UNTIL}")
    return at


def rfc3339(seconds: int | None) -> str | None:
    """Return seconds since the epoch as an RFC 3339 time in UTC, None for None or a year no calendar holds."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None
