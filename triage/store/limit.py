# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit language: `state:new flag:error from:ada age:<7d word -list:x` → SQL over series. Terms are joined by AND."""

import re
import shlex
from dataclasses import dataclass
from difflib import get_close_matches

from triage.errors import UsageError
from triage.model import Severity, State, Status
from triage.policy.codes import CODES

WORDS = ("state", "flag", "rule", "from", "to", "list", "age", "path", "op", "tool", "status", "topic", "id", "is")
_AGE = re.compile(r"(<|>)?([0-9]{1,6})(m|h|d|w|y)")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_OPEN = "('open', 'confirmed', 'disputed')"


@dataclass(frozen=True, slots=True)
class Limit:
    """A condition over the table `series` (alias s), with its parameters; `state` terms are answered from personal.db."""

    sql: str
    parameters: tuple[object, ...]
    states: tuple[tuple[bool, frozenset[State]], ...] = ()
    findings: tuple[tuple[bool, str, str], ...] = ()
    """The terms that speak of findings: positive, word, value."""

    def lets(self, code: str, name: str, severity: str, status: str) -> bool:
        """Say whether one finding of a series that was let through is meant too."""
        for positive, word, value in self.findings:
            if word == "rule":
                holds = code.lower().startswith(value) or name.startswith(value)
            elif word == "status":
                holds = status == value
            else:
                holds = value not in set(Severity) or severity == value
            if holds is not positive:
                return False
        return True


def parse_limit(text: str, now: int) -> Limit:
    """Compile a limit; `now` is what ages count from, in seconds since the epoch.

    Raises `UsageError` for an unknown word, naming the nearest one. A leading `-` or `not` negates a term.
    """
    try:
        terms = shlex.split(text, posix=True)
    except ValueError as error:
        raise UsageError(f"cannot read the limit {text!r}", "close the quotation mark") from error
    parts: list[str] = []
    parameters: list[object] = []
    states: list[tuple[bool, frozenset[State]]] = []
    findings: list[tuple[bool, str, str]] = []
    negate = False
    for term in terms:
        if term.lower() == "not":
            negate = not negate
            continue
        if term.startswith("-") and len(term) > 1:
            term, negate = term[1:], not negate  # noqa: PLW2901
        word, separator, value = term.partition(":")
        if word.lower() in {"rule", "flag", "status"}:
            findings.append((not negate, word.lower(), value.lower()))
        if separator and word.lower() == "state":
            states.append((not negate, frozenset(_state(item) for item in value.split(","))))
        else:
            sql, more = _term(word.lower(), value, now) if separator and value else _free(term)
            parts.append(f"not ({sql})" if negate else f"({sql})")
            parameters += more
        negate = False
    return Limit(" and ".join(parts) or "1", tuple(parameters), tuple(states), tuple(findings))


def _like(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return f"%{escaped}%"


def _free(term: str) -> tuple[str, list[object]]:
    pattern = _like(term)
    return (
        "s.subject like ? escape '\\' or s.author_name like ? escape '\\' or s.author_email like ? escape '\\'",
        [pattern, pattern, pattern],
    )


def _term(word: str, value: str, now: int) -> tuple[str, list[object]]:
    match word:
        case "flag":
            return _flag(value)
        case "rule":
            code = value.upper().replace("%", "") + "%"
            if not any(known.startswith(value.upper()) for known in CODES) and not any(
                c.name.startswith(value.lower()) for c in CODES.values()
            ):
                _one(value, [*CODES, *(c.name for c in CODES.values())], "rule")
            return f"s.id in (select series from finding where (code like ? or name like ?) and status in {_OPEN})", [
                code,
                value.lower() + "%",
            ]
        case "status":
            wanted = _one(value.lower(), [item.value for item in Status], "status")
            return "s.id in (select series from finding where status = ?)", [wanted]
        case "from":
            return "s.author_name like ?1x or s.author_email like ?1x".replace("?1x", "? escape '\\'"), [_like(value)] * 2
        case "to":
            return "s.id in (select series from message where recipients like ? escape '\\')", [_like(value.lower())]
        case "list":
            return "s.id in (select series from series_list join list on list.id = series_list.list where list.name = ?)", [value]
        case "age":
            return _age(value, now)
        case "path":
            return "s.id in (select series from message where files like ? escape '\\')", [_like(value)]
        case "op":
            return _opinion(value)
        case "tool":
            return ("s.tools != ''", []) if value == "any" else ("s.tools like ? escape '\\'", [_like(value.lower())])
        case "topic":
            return "s.topic = ?", [value]
        case "id":
            return "s.id in (select series from message where message_id = ?)", [value.strip("<>")]
        case "is":
            columns = {
                "rfc": "s.rfc",
                "resend": "s.resend",
                "complete": "s.complete",
                "superseded": "s.superseded",
                "pull": "s.kind = 'pull'",
                "ambiguous": "s.notes like '%\"ambiguous\"%'",
            }
            return columns[_one(value.lower(), list(columns), "is")], []
        case _:
            if word in {"http", "https"}:
                return _free(f"{word}:{value}")
            _one(word, list(WORDS), "limit word")
            raise AssertionError(word)


def _flag(value: str) -> tuple[str, list[object]]:
    lower = value.lower()
    if lower == "any":
        return "s.error + s.warn + s.ask + s.info > 0", []
    if lower == "none":
        return "s.error + s.warn + s.ask + s.info = 0", []
    if lower == "ai":
        return f"s.tools != '' or s.id in (select series from finding where code like 'AI%' and status in {_OPEN})", []
    return f"s.{_one(lower, [item.value for item in Severity], 'flag')} > 0", []


def _age(value: str, now: int) -> tuple[str, list[object]]:
    match = _AGE.fullmatch(value)
    if not match:
        raise UsageError(f"age {value!r} is unknown", "write age:<7d or age:>2w (m, h, d, w, y)")
    moment = now - int(match[2]) * _SECONDS[match[3]]
    return f"s.activity {'<' if match[1] == '>' else '>='} ?", [moment]


def _opinion(value: str) -> tuple[str, list[object]]:
    columns = {
        "agree": "s.agree > 0", "disagree": "s.disagree > 0", "unsure": "s.unsure > 0", "none": "s.agree + s.disagree + s.unsure = 0",
        "any": "s.agree + s.disagree + s.unsure > 0", "split": "s.agree > 0 and s.disagree > 0",
    }  # fmt: skip
    return columns[_one(value.lower(), list(columns), "op")], []


def _state(value: str) -> State:
    word = value.strip().lower()
    short = {"n": "new", "u": "updated", "d": "done", "z": "snoozed", "?": "asked", "r": "drafted"}
    return State(_one(short.get(word, word), [item.value for item in State], "state"))


def _one(word: str, known: list[str], what: str) -> str:
    if word in known:
        return word
    near = get_close_matches(word, known, 1)
    raise UsageError(f"{what} {word!r} is unknown", f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}")
