# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of a pack checked one by one against the vocabulary: whatever is misspelt, of a wrong type or without effect is an error."""

import re
import tomllib
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from triage.model.errors import ConfigError
from triage.model.expression import expression
from triage.policy.vocabulary import GRAMMARS, KINDS, PREDICATES, VALUED, Parameter

MAX_TOML = 1 << 20


def check_sense(kind: str, parameters: dict[str, Any], spot: str) -> None:
    """Refuse what single words cannot tell: parameters that need each other, and expressions that no linear engine reads."""
    keyed = "key" in parameters or "any_of" in parameters
    if kind == "trailer" and not keyed:
        raise ConfigError(f"{spot} names no trailer", "give key or any_of")
    if kind == "trailer" and parameters["op"] == "grammar" and "value" not in parameters:
        raise ConfigError(f"{spot} has no grammar", "give value")
    if kind == "trailer" and parameters["op"] == "position" and "before" not in parameters:
        raise ConfigError(f"{spot} has no place", "give before")
    _no_effect(kind, parameters, spot)
    for person in parameters.get("people", []):
        if not re.search(r"<[^<>@\s]+@[^<>@\s]+>", person):
            raise ConfigError(f"{spot}, people: {person!r} has no address", "write Name <name@example.org>")
    if "people" in parameters and "role" not in parameters and parameters.get("needs", 1) > len(parameters["people"]):
        raise ConfigError(f"{spot} needs {parameters['needs']} of {len(parameters['people'])} people", "name more, or lower needs")
    pair = {"key", "followed_by"} & set(parameters)
    if kind == "order" and (len(pair) == 1 or not (pair or {"first", "last"} & set(parameters))):
        raise ConfigError(f"{spot} orders nothing", "give key and followed_by, or first, or last")
    if kind == "versions" and not parameters:
        raise ConfigError(f"{spot} asks nothing", "give hours or thread")
    if kind == "tools" and not {"allow", "deny"} & set(parameters):
        raise ConfigError(f"{spot} lists no tool", "give allow or deny")
    if "value" in parameters and parameters["value"] not in GRAMMARS:
        compile_value(parameters["value"], spot)


def _no_effect(kind: str, parameters: dict[str, Any], spot: str) -> None:
    """Refuse what would be read and do nothing."""
    keyed = "key" in parameters or "any_of" in parameters
    signs = [str(key).lower() for key in parameters.get("any_of", [parameters.get("key", "")])] == ["signed-off-by"]
    op = parameters.get("op")
    idle = {
        "trailer": {
            "value": op != "grammar", "before": op != "position", "subject": op != "forbid",
            "case": op not in {"require", "forbid"} or signs,
            "scope": (op != "require" or signs) and parameters.get("scope") != "patch",
            **dict.fromkeys(("people", "role", "needs"), op != "require" or signs), "needs": parameters.get("needs") == 0,
        },
        "identity": {"on_name_only": parameters.get("who") != "author" or parameters.get("match", "email") != "email"},
        "disclosure": {"fields": keyed, "where": keyed and parameters.get("where") != ["trailer"], "any_of": "key" in parameters},
        "size": {"exclude": parameters.get("count") == "patches"},
        "second-opinion": {"trailer": parameters.get("record") != "trailer", "needs": parameters.get("needs") == 0},
    }.get(kind, {})  # fmt: skip
    for name, holds in idle.items():
        if holds and name in parameters:
            raise ConfigError(f"{spot}: {name} has no effect here", "leave it out; docs/policy.md says what goes with what")


_MANY = frozenset(["identity", "order", "human-only", "ai-stance", "disclosure"])
"""Kinds whose rules give several findings that say unlike things."""


def check_code(row: dict[str, Any], spot: str) -> None:
    """Refuse a code of a pack's own that the program has, or that would stand for findings that say unlike things."""
    from triage.model.codes import CODES, PREFIXES, is_own

    if "name" in row and "code" not in row:
        raise ConfigError(f"{spot}: name has no effect without code", "give both")
    if "code" not in row:
        return
    signs = [str(key).lower() for key in row.get("any_of", [row.get("key", "")])] == ["signed-off-by"]
    if row["kind"] in _MANY or (row["kind"] == "trailer" and signs):
        raise ConfigError(f"{spot}: code has no effect here", "the findings of this kind keep the codes they have")
    if not is_own(row["code"]):
        taken = f"none that begins with {', '.join(PREFIXES)}"
        raise ConfigError(f"{spot}: {row['code']!r} will not do as a code", f"capitals and a number, such as ACK001; {taken}")
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", row.get("name", "")) or row["name"] in {code.name for code in CODES.values()}:
        raise ConfigError(f"{spot}: {row.get('name', '')!r} will not do as a name", "small letters and dashes, such as ack-missing")


def compile_value(value: str, spot: str = "") -> Any:
    """Return a regular expression of a pack, or a named grammar, compiled by RE2: matching takes time linear in the text.

    Raises `ConfigError` for what RE2 does not read, back-references and look-around among it.
    """
    import re2

    try:
        return re2.compile(GRAMMARS.get(value, value), _re2_options())
    except re2.error as error:
        hint = f"{_words_of(error)}; back-references and look-around are not read (the syntax is RE2's)"
        raise ConfigError(f"{spot}, value {value!r} is no regular expression", hint) from error


def _words_of(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _re2_options() -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    return options


def read_predicate(text: str, spot: str) -> tuple[tuple[bool, str], ...]:
    """Read `patch and not rfc`: predicates of the closed set, joined by `and`, each maybe negated."""
    terms: list[tuple[bool, str]] = []
    for part in text.split(" and "):
        words = part.split()
        wanted = words[:1] != ["not"]
        name = " ".join(words if wanted else words[1:])
        prefix = next((item for item in VALUED if name.startswith(item) and len(name) > len(item)), "")
        if prefix and any(char.isspace() for char in name):
            raise ConfigError(f"{spot}, when: {name!r} is more than one predicate", "only `and` joins them; for `or` write two rules")
        if prefix.endswith(">") and not (name[len(prefix) :].isdecimal() and len(name) < 20):
            raise ConfigError(f"{spot}, when: {name!r} compares with no number", f"write {prefix}20")
        if prefix == "ai.role:":
            check_word(name[8:], tuple(KINDS["ai-stance"]["exempt_roles"].choices), f"{spot}, when: role")
        if not prefix:
            head = re.match(r"[^:>]*[:>]", name)
            check_word(head[0] if head and name not in PREDICATES else name, tuple(PREDICATES), f"{spot}, when:")
            if name in VALUED:
                raise ConfigError(f"{spot}, when: {name!r} needs a value", "e.g. path:tests/, lines>20, patches>10, ai.role:find")
        terms.append((wanted, name))
    return tuple(terms)


_EXPECTED = {
    "word": "a text", "text": "a text", "regex": "a text", "yes-no": "true or false", "number": "a number from 0",
    "date": "a date without quotes, e.g. 2026-01-31", "table": "a table, e.g. { paths = [...] }", "words": "a list of texts",
    "texts": "a list of texts", "tables": "a list of tables",
}  # fmt: skip


def check_table(row: dict[str, Any], known: dict[str, Parameter], spot: str) -> None:
    """Check keys, types and closed words of a table against the vocabulary."""
    check_keys(row, tuple(known), spot)
    for key, value in row.items():
        parameter = known[key]
        if not _has_type(value, parameter.kind):
            raise ConfigError(f"{spot}, {key} has the wrong type", f"expected {_EXPECTED[parameter.kind]}")
        for word in value if parameter.kind == "words" else [value] if parameter.kind == "word" else []:
            if parameter.choices:
                check_word(word, parameter.choices, f"{spot}, {key}")
    for key, parameter in known.items():
        if parameter.needed and key not in row:
            raise ConfigError(f"{spot} lacks {key}", parameter.says)


def _has_type(value: object, kind: str) -> bool:
    match kind:
        case "yes-no":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "date":
            return isinstance(value, date) and not isinstance(value, datetime)
        case "table":
            return isinstance(value, dict)
        case "words" | "texts":
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case "tables":
            return isinstance(value, list)
        case _:
            return isinstance(value, str)


_MANY_PARTS = expression(rb"^[^\n=\"']{0,20}(?:[\w-]{0,40}\.){20}", re.MULTILINE)


def parse_toml(content: bytes, where: str) -> dict[str, Any]:
    """Return TOML as data; raises `ConfigError` for what is none, and for what is made to exhaust its reader."""
    if len(content) > MAX_TOML:
        raise ConfigError(f"{where} is larger than a megabyte", "it is to be a few pages of text")
    if _MANY_PARTS.search(content):
        raise ConfigError(f"{where} has a key of more than 20 parts", "a key has one or two")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise ConfigError(f"{where} is nested too deeply", "it is to be a few tables and lists") from error
    except ValueError as error:
        raise ConfigError(f"{where} is not valid TOML", f"{error}; a date must be in the calendar, a text in quotes") from error


def check_keys(row: dict[str, Any], known: tuple[str, ...], spot: str) -> None:
    """Raise `ConfigError` for a key that is none of `known`."""
    for key in row:
        check_word(key, tuple(sorted(known)), f"{spot}: key")


def check_word(word: object, known: tuple[str, ...], spot: str) -> None:
    """Raise `ConfigError` for a word that is none of `known`, naming the nearest."""
    if word in known:
        return
    near = get_close_matches(str(word), known, 1)
    raise ConfigError(f"{spot} {word!r} is unknown", f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}")
