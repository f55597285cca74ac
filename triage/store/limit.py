# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit language: `state:new severity:error (from:ada or age:<7d) word -list:x` → SQL over series."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from triage.model import Severity, State
from triage.store.limit_grammar import Group, Node, Term, read, write
from triage.store.limit_terms import MINE, STATE, VALUES, WORDS, StateTerm, condition, state_of_word

if TYPE_CHECKING:
    from triage.model.listed import ListedFinding

FINDING_WORDS = frozenset({"severity", "flag", "code", "rule", "status"})


class _Meant(Enum):
    NO = 0
    UNKNOWN = 1
    YES = 2


class Limit(Struct, frozen=True):
    """A condition over the table `series` (alias s), with its parameters; a `StateTerm` among them is answered from personal.db."""

    sql: str
    parameters: tuple[object, ...]
    tree: Group | None = None

    @property
    def has_states(self) -> bool:
        """Whether it asks for what a person noted for themselves."""
        return any(isinstance(one, StateTerm) for one in self.parameters)

    def lets(self, finding: ListedFinding) -> bool:
        """Say whether one finding of a series that was let through is meant too: no term that speaks of findings leaves it out."""
        return self.tree is None or _meant(self.tree, finding) is not _Meant.NO


def _meant(node: Node, finding: ListedFinding) -> _Meant:
    if isinstance(node, Term):
        word, value = _parts(node)
        if word not in FINDING_WORDS:
            return _Meant.UNKNOWN
        return _Meant.YES if _means(word, value.lower(), finding) else _Meant.NO
    inside = [_meant(one, finding) for one in node.nodes]
    if node.kind == "not":
        return _Meant(2 - inside[0].value)
    values = [one.value for one in inside] or [_Meant.YES.value]
    return _Meant(min(values) if node.kind == "and" else max(values))


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
    tree = read(text)
    sql, parameters = _compiled(tree, now, me)
    return Limit(sql, tuple(parameters), tree)


def _compiled(node: Node, now: int, me: str) -> tuple[str, list[object]]:
    if isinstance(node, Term):
        return _term(node, now, me)
    parts: list[str] = []
    parameters: list[object] = []
    for one in node.nodes:
        sql, more = _compiled(one, now, me)
        parts.append(sql)
        parameters += more
    if node.kind == "not":
        return f"(not {parts[0]})", parameters
    return f"({f' {node.kind} '.join(parts) or '1'})", parameters


def _parts(term: Term) -> tuple[str, str]:
    """Return a term's word and value; no word where all of it is searched for: without a colon, or with a quoted one in other text."""
    word, colon, value = term.text.partition(":")
    word = word.lower()
    if not colon or (term.quoted and (word not in WORDS or value[:1].isspace())) or not (value or word == "state"):
        return "", term.text
    return word, value


def terms(text: str) -> Iterator[tuple[str, str]]:
    """Yield word and value of each term of a limit, no word for what is searched for; raises `UsageError` for what cannot be read."""
    nodes: list[Node] = [read(text)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Term):
            yield _parts(node)
        else:
            nodes += node.nodes


def _term(term: Term, now: int, me: str) -> tuple[str, list[object]]:
    word, value = _parts(term)
    if word == "by" and value.lower() == "me":
        return f"({MINE})", [me or "nobody-known-to-git"]
    if word == "state":
        return f"({STATE})", [StateTerm(frozenset(state_of_word(item) for item in value.split(",")))]
    sql, parameters = condition(word, value, now)
    return f"({sql})", parameters


def bound(parameters: Iterable[object], states: dict[int, State]) -> list[object]:
    """Return parameters as SQLite takes them; `states` are those of all series on which anything was noted: the others are new."""
    found: list[object] = []
    for one in parameters:
        if isinstance(one, StateTerm):
            some = json.dumps([series for series, state in states.items() if state in one.wanted])
            found += [some, State.NEW in one.wanted, json.dumps(list(states))]
        else:
            found.append(one)
    return found


def for_everybody(text: str, me: str) -> str:
    """Return a limit that says the same to everybody: without `state:` terms, and with an address for `by:me`."""
    kept = _for_everybody(read(text), me)
    return write(kept) if kept else ""


def _for_everybody(node: Node, me: str, positive: bool = True) -> Node | None:
    """Return a node without what only one person can answer, None where nothing is left: it lets through no less than before."""
    if isinstance(node, Term):
        word, value = _parts(node)
        if word == "state":
            return None
        return Term(f"by:{me}") if me and word == "by" and value.lower() == "me" else node
    inside = [_for_everybody(one, me, positive is (node.kind != "not")) for one in node.nodes]
    kept = tuple(one for one in inside if one)
    if node.kind == ("or" if positive else "and") and len(kept) < len(inside):
        return None  # the other way through may let all through
    return Group(node.kind, kept) if len(kept) > 1 or (kept and node.kind == "not") else kept[0] if kept else None


def in_list(text: str, name: str) -> str:
    """Return a limit for one list in place of those that it names, "" for all."""
    kept = _without_lists(read(text))
    rest = write(kept) if kept else ""
    term = write(Term(f"list:{name}")) if name else ""
    return f"({rest}) {term}" if rest and term and " or " in rest else f"{rest} {term}".strip()


def _without_lists(node: Node) -> Node | None:
    if isinstance(node, Term):
        return None if _parts(node)[0] == "list" else node
    kept = tuple(one for one in map(_without_lists, node.nodes) if one)
    return Group(node.kind, kept) if len(kept) > 1 or (kept and node.kind == "not") else kept[0] if kept else None


def only(ids: Iterable[str]) -> str:
    """Return the limit that lets through the series of some mails."""
    return write(Term(f"id:{','.join(ids)}"))


def completions(text: str, lists: Iterable[str]) -> list[str]:
    """Return how the last term of a limit may go on: the whole term, with the word's `:` or one of its values."""
    begun = re.split(r"[\s()]", text)[-1].lstrip("-")
    word, colon, value = begun.partition(":")
    if not colon:
        return [f"{one}:" for one in WORDS if one.startswith(word.lower()) and one != "flag"] if word else []
    *before, last = value.split(",")
    values = list(lists) if word == "list" else VALUES.get(word, ())
    lead = ",".join([*before, ""]) if before else ""
    return [f"{word}:{lead}{one}" for one in values if one.startswith(last) and one != last]
