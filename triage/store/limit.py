# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit language: `state:new severity:error from:ada age:<7d word -list:x` → SQL over series. Terms are joined by AND."""

import json
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from triage.model import Severity, State, Status
from triage.model.codes import CODES, is_own
from triage.model.days import DAY, SECONDS, SPAN, moment
from triage.model.errors import UsageError
from triage.model.listed import ListedFinding
from triage.store.statement import OPEN_ONES

MAX_LIMIT = 4096
MAX_TERMS = 200
_IS = {
    "rfc": "s.rfc", "resend": "s.resend", "complete": "s.complete", "superseded": "s.superseded", "pull": "s.kind = 'pull'",
    "first": "not exists (select 1 from series e where e.author_email = s.author_email and e.topic != s.topic and e.posted < s.posted)",
    "attention": "(s.error + s.warn + s.ask > 0 or s.asked > 0 or s.split or s.outdated > 0) and not s.superseded",
    "flagged": "s.error + s.warn + s.ask > 0", "ambiguous": "s.notes like '%\"ambiguous\"%'",
}  # fmt: skip
_BY = (
    "s.id in (select t.series from standing t join opinion o using (log, commit_id) where o.reviewer_email like ? escape '\\'"
    " and t.state not in ('withdrawn', 'replaced'))"
)


Condition = tuple[str, list[object]]
"""SQL over the table `series` (alias s), and its parameters."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A condition over the table `series` (alias s), with its parameters; `state` terms are answered from personal.db."""

    sql: str
    parameters: tuple[object, ...]
    states: tuple[tuple[bool, frozenset[State]], ...] = ()
    findings: tuple[tuple[bool, str, str], ...] = ()
    """The terms that speak of findings: positive, word, value."""

    def lets(self, finding: ListedFinding) -> bool:
        """Say whether one finding of a series that was let through is meant too."""
        return all(_means(word, value, finding) is positive for positive, word, value in self.findings)


def _means(word: str, value: str, finding: ListedFinding) -> bool:
    match word:
        case "code":
            return finding.code.lower().startswith(value)
        case "rule" if "/" in value:
            return f"{finding.pack}/{finding.rule}".lower() == value
        case "rule":
            return finding.code.lower().startswith(value) or finding.name.startswith(value) or finding.rule.lower() == value
        case "status":
            return finding.status == value
        case _:
            return value not in set(Severity) or finding.severity == value


def only_series(ids: Iterable[int]) -> Limit:
    """Return the limit that lets through just these series."""
    return Limit("s.id in (select value from json_each(?))", (json.dumps(list(ids)),))


def parse_limit(text: str, now: int, me: str = "") -> Limit:
    """Compile a limit; `now` is what ages count from, in seconds since the epoch, `me` the address that `by:me` stands for.

    Raises `UsageError` for an unknown word, naming the nearest one. A leading `-` or `not` negates a term.
    """
    if len(text) > MAX_LIMIT or any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError("this limit cannot be read", f"it is at most {MAX_LIMIT} characters of valid UTF-8")
    try:
        terms = shlex.split(text, posix=True)
    except ValueError as error:
        raise UsageError(f"cannot read the limit {text!r}", "close the quotation mark") from error
    if len(terms) > MAX_TERMS:
        raise UsageError(f"this limit has {len(terms)} terms", f"it takes at most {MAX_TERMS}")
    parts: list[str] = []
    parameters: list[object] = []
    states: list[tuple[bool, frozenset[State]]] = []
    findings: list[tuple[bool, str, str]] = []
    negate = False
    for term in terms:
        if term.lower() == "not":
            negate = not negate
            continue
        if term.lower() == "or":
            raise UsageError("limits know no `or`: every term must hold", "search for each by itself, or keep each as a view")
        if term.startswith("-") and len(term) > 1:
            term, negate = term[1:], not negate  # noqa: PLW2901
        word, separator, value = term.partition(":")
        if word.lower() == "by" and value == "me":
            value = me or "nobody-known-to-git"
        if word.lower() in {"severity", "flag", "code", "rule", "status"}:
            findings.append((not negate, word.lower(), value.lower()))
        if separator and word.lower() == "state":
            states.append((not negate, frozenset(_state(item) for item in value.split(","))))
        else:
            sql, more = _term(word.lower(), value, now) if separator and value else _free(term)
            parts.append(f"not ({sql})" if negate else f"({sql})")
            parameters += more
        negate = False
    return Limit(" and ".join(parts) or "1", tuple(parameters), tuple(states), tuple(findings))


def for_everybody(text: str, me: str) -> str:
    """Return a limit that says the same to everybody: without `state:` terms, and with an address for `by:me`."""
    kept: list[str] = []
    for term in shlex.split(text):
        if term.lower().lstrip("-").startswith("state:"):
            while kept and kept[-1] == "not":
                kept.pop()
        else:
            kept.append(f"{term[:-2]}{me}" if me and term.lower().lstrip("-") == "by:me" else term)
    return shlex.join(kept)


def _like(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return f"%{escaped}%"


def _free(term: str) -> Condition:
    pattern, start = _like(term), _like(term.strip("<>"))[1:]
    columns = ("s.subject", "s.author_name", "s.author_email", "s.message_id")
    texts = " or ".join(f"{column} like ? escape '\\'" for column in columns)
    flags = "s.id in (select series from finding where code like ? escape '\\' or name like ? escape '\\')"
    return f"{texts} or {flags}", [pattern, pattern, pattern, start, start, pattern]


def _term(word: str, value: str, now: int) -> Condition:
    if word == "age":
        return _age(value, now)
    if word in {"http", "https"}:
        return _free(f"{word}:{value}")
    return _TERMS[_one(word, list(WORDS), "limit word")](value)


def _severity(value: str) -> Condition:
    lower = value.lower()
    if lower == "any":
        return "s.error + s.warn + s.ask + s.info > 0", []
    if lower == "none":
        return "s.error + s.warn + s.ask + s.info = 0", []
    if lower == "ai":
        return f"s.tools != '' or s.id in (select series from finding where code like 'AI%' and status in {OPEN_ONES})", []
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
    return "s.author_name like ?1x or s.author_email like ?1x".replace("?1x", "? escape '\\'"), [_like(value)] * 2


def _tool(value: str) -> Condition:
    return ("s.tools != ''", []) if value == "any" else ("s.tools like ? escape '\\'", [_like(value.lower())])


def _ids(value: str) -> Condition:
    names = [name.strip("<>") for name in value.split(",") if name]
    return f"s.id in (select series from message where message_id in ({', '.join('?' * len(names))}))", [*names]


def _age(value: str, now: int) -> Condition:
    match = SPAN.fullmatch(value)
    if not match:
        raise UsageError(f"age {value!r} is unknown", "write age:<7d or age:>2w (m, h, d, w, y)")
    return f"s.activity {'<' if match[1] == '>' else '>='} ?", [now - int(match[2]) * SECONDS[match[3]]]


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
    columns = {
        "agree": "s.agree > 0", "disagree": "s.disagree > 0", "unsure": "s.unsure > 0", "none": "s.agree + s.disagree + s.unsure = 0",
        "any": "s.agree + s.disagree + s.unsure > 0", "split": "s.split > 0", "outdated": "s.outdated > 0",
        "asked": "s.asked > 0 and not s.superseded",
        "carried": "s.carried > 0", "untrusted": "s.untrusted > 0", "excluded": "s.excluded > 0",
    }  # fmt: skip
    return columns[_one(value.lower(), list(columns), "op")], []


_TERMS: dict[str, Callable[[str], Condition]] = {
    "severity": _severity, "flag": _severity, "code": _code, "rule": _rule, "status": _status, "from": _from, "tool": _tool, "id": _ids,
    "date": _date, "op": _opinion,
    "to": lambda value: ("s.id in (select series from message where recipients like ? escape '\\')", [_like(value.lower())]),
    "list": lambda value: ("s.id in (select series from series_list join list on list.id = series_list.list where list.name = ?)", [value]),
    "path": lambda value: ("s.id in (select series from message where files like ? escape '\\')", [_like(value)]),
    "topic": lambda value: ("s.topic = ?", [value]),
    "by": lambda value: (_BY, [_like(value)]),
    "is": lambda value: (_IS[_one(value.lower(), list(_IS), "is")], []),
}  # fmt: skip
WORDS = ("state", "age", *_TERMS)
"""`flag:` is what `severity:` was called; old limits go on."""


def _state(value: str) -> State:
    word = value.strip().lower()
    short = {"n": "new", "u": "updated", "d": "done", "z": "snoozed", "?": "asked", "r": "drafted"}
    return State(_one(short.get(word, word), [item.value for item in State], "state"))


def _one(word: str, known: list[str], what: str) -> str:
    if word in known:
        return word
    near = get_close_matches(word, known, 1)
    some = ", ".join(known if len(known) <= 16 else known[:8])
    hint = f"one of {some}" if len(known) <= 16 else f"there are {len(known)}: {some}, …"
    raise UsageError(f"{what} {word!r} is unknown", f"did you mean {near[0]}?" if near else hint)
