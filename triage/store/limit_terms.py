# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terms of limits: what `from:ada` or `age:<7d` is as SQL over the table `series`."""

import re
from collections.abc import Callable
from difflib import get_close_matches

from msgspec import Struct

from triage.model import Severity, State, Status
from triage.model.codes import CODES, is_own
from triage.model.days import DAY, SECONDS, SPAN, moment
from triage.model.errors import UsageError
from triage.model.expression import expression
from triage.store.statement import OPEN_ONES

_IS = {
    "rfc": "s.rfc", "resend": "s.resend", "complete": "s.complete", "superseded": "s.superseded", "pull": "s.kind = 'pull'",
    "first": "not exists (select 1 from series e where e.author_email = s.author_email and e.topic != s.topic and e.posted < s.posted)",
    "attention": "(s.error + s.warn + s.ask > 0 or s.asked > 0) and not s.superseded",
    "ai": "s.tools != ''",
    "flagged": "s.error + s.warn + s.ask > 0", "ambiguous": "s.notes like '%\"ambiguous\"%'",
}  # fmt: skip
_PEOPLE = ("s.author_name", "s.author_email", "s.sender_name", "s.sender_email")
_OF_MAIL = "s.id in (select series from message where series is not null and"
_OPINIONS = {
    "agree": "s.agree > 0", "disagree": "s.disagree > 0", "unsure": "s.unsure > 0", "none": "s.agree + s.disagree + s.unsure = 0",
    "any": "s.agree + s.disagree + s.unsure > 0", "split": "s.split > 0", "outdated": "s.outdated > 0",
    "asked": "s.asked > 0 and not s.superseded",
    "carried": "s.carried > 0", "untrusted": "s.untrusted > 0", "excluded": "s.excluded > 0",
}  # fmt: skip
_REVIEWED = {
    "none": "s.given = ''", "any": "s.given != ''", "acked": "s.acked > 0",
    "reviewed": "s.reviewed > 0", "tested": "s.tested > 0",
}  # fmt: skip
_BY = (
    "s.id in (select t.series from standing t join opinion o using (log, commit_id) where o.reviewer_email like ? escape '\\'"
    " and t.state not in ('withdrawn', 'replaced'))"
)


MINE = _BY.replace("like ? escape '\\'", "= ? collate nocase")
"""What `by:me` is, with the user's address."""


Condition = tuple[str, list[object]]
"""SQL over the table `series` (alias s), and its parameters."""


MAX_WORD = 4096
"""Characters of a word that is searched for: SQLite refuses longer patterns."""


def _like(value: str) -> str:
    if len(value) > MAX_WORD:
        raise UsageError("a word of this limit is too long", f"it is at most {MAX_WORD} characters")
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return f"%{escaped}%"


def _free(term: str) -> Condition:
    pattern, start = _like(term), _like(term.strip("<>"))[1:]
    columns = ("s.subject", *_PEOPLE, "s.message_id")
    texts = " or ".join(f"{column} like ? escape '\\'" for column in columns)
    flags = "s.id in (select series from finding where code like ? escape '\\' or name like ? escape '\\')"
    return f"{texts} or {flags}", [*[pattern] * (1 + len(_PEOPLE)), start, start, pattern]


class StateTerm(Struct, frozen=True):
    """A parameter that stands for the series in some states; three of SQLite's take its place in `STATE`."""

    wanted: frozenset[State]


STATE = "s.id in (select value from json_each(?)) or ? and s.id not in (select value from json_each(?))"


def condition(word: str, value: str, now: int) -> Condition:
    """Return one term as SQL; without a word it is searched for. Raises `UsageError` for a word or value that is unknown."""
    if not word:
        return _free(value)
    if word in {"age", "stale"}:
        return _age(value, now) if word == "age" else _stale(value, now)
    if word in {"http", "https"}:
        return _free(f"{word}:{value}")
    if word not in WORDS:
        near = _OTHERWISE.get(word) or next(iter(get_close_matches(word, WORDS, 1)), "")
        mean = f"did you mean {near}?" if near else f"there are {', '.join(WORDS)}."
        raise UsageError(f"limit word {word!r} is unknown", f"{mean} Quote text with a colon to search for it")
    return _TERMS[word](value)


def _severity(value: str) -> Condition:
    lower = value.lower()
    if lower == "any":
        return "s.error + s.warn + s.ask + s.info > 0", []
    if lower == "none":
        return "s.error + s.warn + s.ask + s.info = 0", []
    if lower == "ai":
        return f"s.tools != '' or s.id in (select series from finding where code like 'AI%' and status in {OPEN_ONES})", []
    if re.fullmatch(r"[A-Za-z]{2,}[0-9]+", value):
        raise UsageError(f"{value!r} is no severity", f"write code:{value.upper()}")
    return f"s.{_one(lower, [item.value for item in Severity], 'severity')} > 0", []


def _code(value: str) -> Condition:
    if not any(known.startswith(value.upper()) for known in CODES) and not is_own(value.upper()):
        _one(value, list(CODES), "code")
    return f"s.id in (select series from finding where code like ? and status in {OPEN_ONES})", [f"{value.upper().replace('%', '')}%"]


def _rule(value: str) -> Condition:
    """Take `PACK/RULE`, a rule's id, or, as before there was `code:`, the beginning of a code or of a finding's name."""
    pack, slash, rule = value.partition("/")
    if slash:
        sql = f"s.id in (select series from finding where pack = ? collate nocase and rule = ? collate nocase and status in {OPEN_ONES})"
        return sql, [pack, rule]
    if re.fullmatch(r"[A-Z]{2,}[0-9]*", value) and not any(known.startswith(value) for known in CODES) and not is_own(value):
        _one(value, list(CODES), "code")
    sql = f"s.id in (select series from finding where (code like ? or name like ? or rule = ? collate nocase) and status in {OPEN_ONES})"
    return sql, [value.upper().replace("%", "") + "%", value.lower().replace("%", "") + "%", value]


def _status(value: str) -> Condition:
    wanted = _one(value.lower(), [item.value for item in Status], "status")
    if wanted == Status.SUPERSEDED.value:
        return f"s.superseded and s.id in (select series from finding where status in {OPEN_ONES})", []
    newest = " and not s.superseded" if wanted == Status.OPEN.value else ""
    return f"s.id in (select series from finding where status = ?){newest}", [wanted]


def _from(value: str) -> Condition:
    """Take who wrote the first patch and who sent the series: a name or an address of either."""
    return " or ".join(f"{column} like ? escape '\\'" for column in _PEOPLE), [_like(value)] * len(_PEOPLE)


def _tool(value: str) -> Condition:
    return ("s.tools != ''", []) if value == "any" else ("s.tools like ? escape '\\'", [_like(value.lower())])


def _ids(value: str) -> Condition:
    names = [name.strip("<>") for name in value.split(",") if name]
    return f"{_OF_MAIL} message_id in ({', '.join('?' * len(names))}))", [*names]


def _age(value: str, now: int) -> Condition:
    match = SPAN.fullmatch(value)
    if not match:
        raise UsageError(f"age {value!r} is unknown", "write age:<7d or age:>2w (m, h, d, w, y)")
    return f"s.activity {'<' if match[1] == '>' else '>='} ?", [now - int(match[2]) * SECONDS[match[3]]]


def _stale(value: str, now: int) -> Condition:
    """Take what had no mail and no record for so long before the newest mail; what somebody is asked for never is."""
    match = SPAN.fullmatch(f"<{value.lstrip('<>')}")
    if not match:
        raise UsageError(f"stale {value!r} is unknown", "write stale:90d (m, h, d, w, y)")
    seconds = int(match[2]) * SECONDS[match[3]]
    newest = "(select min(coalesce(max(activity), 0), ?) - ? from series)"
    when = "strftime('%Y-%m-%dT%H:%M:%SZ', ?, 'unixepoch')"
    record = f"select t.series from standing t join opinion o using (log, commit_id) where o.time >= {when}"
    sql = f"s.activity < {newest} and s.asked = 0 and s.id not in ({record.replace('?', newest)})"
    return sql, [now, seconds, now, seconds]


_AMOUNT = expression(r"([<>]?)(\d{1,9})")


def _replies(value: str) -> Condition:
    match = _AMOUNT.fullmatch(value)
    if not match:
        raise UsageError(f"replies {value!r} is unknown", "write replies:0, replies:>5 or replies:<3")
    return f"s.replies {match[1] or '='} ?", [int(match[2])]


def _reviewed(value: str) -> Condition:
    return _REVIEWED[_one(value.lower(), list(_REVIEWED), "reviewed")], []


def _date(value: str) -> Condition:
    """Read `2026`, `2026-03`, `2026-03-31`, or two of them with `..` between, either left out: when a series was posted, in UTC."""
    begin, dots, end = value.partition("..")
    days = [DAY.fullmatch(part) for part in ((begin, end) if dots else (begin, begin)) if part]
    if not days or not all(days):
        raise UsageError(f"date {value!r} is unknown", "write date:2026, date:2026-03, date:2026-03-01..2026-03-31 or date:2026..")
    try:
        first = moment(begin, after=False) if begin else 0
        last = moment(end if dots else begin, after=True) if (end or not dots) else 253402300800
    except (ValueError, OverflowError) as error:
        raise UsageError(f"date {value!r} is not in the calendar", "write year, month and day as 2026-03-31") from error
    return "s.posted >= ? and s.posted < ?", [first, last]


def _opinion(value: str) -> Condition:
    return _OPINIONS[_one(value.lower(), list(_OPINIONS), "op")], []


_TERMS: dict[str, Callable[[str], Condition]] = {
    "severity": _severity, "flag": _severity, "code": _code, "rule": _rule, "status": _status, "from": _from, "tool": _tool, "id": _ids,
    "date": _date, "op": _opinion, "replies": _replies, "reviewed": _reviewed,
    "to": lambda value: (f"{_OF_MAIL} recipients like ? escape '\\')", [_like(value.lower())]),
    "list": lambda value: ("s.id in (select series from series_list join list on list.id = series_list.list where list.name = ?)", [value]),
    "path": lambda value: (f"{_OF_MAIL} files like ? escape '\\')", [_like(value)]),
    "topic": lambda value: ("s.topic = ?", [value]),
    "by": lambda value: (_BY, [_like(value)]),
    "is": lambda value: (_IS[_one(value.lower(), list(_IS), "is")], []),
}  # fmt: skip
_OTHERWISE = {"author": "from", "sender": "from", "submitter": "from", "cc": "to", "file": "path", "tag": "state", "opinion": "op"}
"""Words that others have for ours."""
WORDS = ("state", "age", "stale", *_TERMS)
"""`flag:` is what `severity:` was called; old limits go on."""


VALUES: dict[str, tuple[str, ...]] = {
    "state": tuple(State), "severity": (*Severity, "any", "none", "ai"), "status": tuple(Status), "code": tuple(CODES),
    "op": tuple(_OPINIONS), "reviewed": tuple(_REVIEWED), "is": tuple(_IS), "by": ("me",), "tool": ("any",),
    "age": ("<7d", ">2w"), "stale": ("90d",), "replies": ("0", ">0"),
}  # fmt: skip
"""What the words of limits take, as far as it can be listed."""


def state_of_word(value: str) -> State:
    """Return the state that a word, or its letter in the list, names; raises `UsageError` for another."""
    word = value.strip().lower()
    short = {"n": "new", "u": "updated", "d": "done", "z": "snoozed", "?": "asked", "r": "drafted"}
    return State(_one(short.get(word, word), [item.value for item in State], "state"))


def _one(word: str, known: list[str], what: str) -> str:
    if word in known:
        return word
    near = get_close_matches(word, known, 1)
    some = ", ".join(known if len(known) <= 30 else known[:8])
    hint = f"one of {some}" if len(known) <= 30 else f"there are {len(known)}: {some}, …"
    raise UsageError(f"{what} {word!r} is unknown", f"did you mean {near[0]}?" if near else hint)
