# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy packs: a project's rules as dated TOML data, read strictly so that a misspelt word is an error, not a hole."""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from triage.errors import ConfigError
from triage.model import EvidenceClass, Role, Severity
from triage.policy.codes import BY_KIND

STANCES = ("ban", "ban+exceptions", "ban+approval", "threshold", "disclose", "encourage", "allow-list", "accountable", "human-in-loop",
           "none")  # fmt: skip
PREDICATES = ("always", "series", "patch", "cover", "pull", "revert", "rfc", "reply-patch", "sender!=author")
_COMMON = {"id", "kind", "severity", "when", "valid_from", "valid_until", "text", "source"}
_PARAMETERS: dict[str, set[str]] = {
    "trailer": {"key", "op", "value", "scope"},
    "identity": {"who", "in", "match", "on_name_only"},
    "order": {"key", "followed_by", "same_person", "immediate"},
    "human-only": {"keys"},
    "ai-stance": {"stance", "evidence", "exempt_roles"},
    "disclosure": {"where", "key", "exempt"},
}
_PACK_KEYS = {"id", "extends", "stance", "status", "checked", "dco", "valid_from", "valid_until", "sources", "not_subject_prefix",
              "enabled", "title"}  # fmt: skip
_EXCEPTION_KEYS = {"id", "grants", "scope", "granted_by", "decided", "reference", "prior", "expires", "requires", "no_self_grant"}
_OPS = {"require", "grammar"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack: its kind, when it is in force, and its parameters."""

    id: str
    kind: str
    severity: Severity
    when: tuple[tuple[bool, str], ...]
    valid_from: date | None
    valid_until: date | None
    text: str
    source: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def in_force(self, day: date) -> bool:
        """Say whether the rule holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class ExceptionRule:
    """An exception that a project lists: what it frees from, for what, and who grants it."""

    id: str
    grants: tuple[str, ...]
    scope: dict[str, Any]
    granted_by: str
    decided: date | None
    reference: str
    expires: date | None
    requires: tuple[str, ...]
    no_self_grant: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """A project's policy as data; `digest` is sha256 over the pack's file and those it extends."""

    id: str
    title: str
    stance: str
    status: str
    dco: str
    sources: tuple[str, ...]
    not_subject_prefix: tuple[str, ...]
    rules: tuple[Rule, ...]
    exceptions: tuple[ExceptionRule, ...]
    digest: str


def day_of(seconds: int) -> date:
    """Return the day, in UTC, on which a mail is judged."""
    return datetime.fromtimestamp(max(0, min(seconds, 253402300799)), UTC).date()


def builtin_packs() -> list[str]:
    """Return the ids of the packs that come with the program."""
    return sorted(item.name.removesuffix(".toml") for item in files("triage.policy.packs").iterdir() if item.name.endswith(".toml"))


def load_pack(name: str, folder: Path | None = None) -> Pack:
    """Return the pack called `name`, the user's own folder first, or the one in the file `name`.

    Raises `ConfigError` naming file, rule and the nearest valid word.
    """
    content, where = _find(name, folder)
    return _read(content, where, folder, depth=0)


def _find(name: str, folder: Path | None) -> tuple[bytes, str]:
    own = [Path(name)] if name.endswith(".toml") else []
    own += [folder / f"{name}.toml"] if folder and re.fullmatch(r"[\w.-]+", name) else []
    for path in own:
        if path.is_file():
            return path.read_bytes(), str(path)
    if name in builtin_packs():
        return files("triage.policy.packs").joinpath(f"{name}.toml").read_bytes(), f"{name}.toml"
    near = get_close_matches(name, builtin_packs(), 1)
    hint = f"did you mean {near[0]}?" if near else f"known packs: {', '.join(builtin_packs())}"
    raise ConfigError(f"no policy pack called {name!r}", hint)


def _read(content: bytes, where: str, folder: Path | None, depth: int) -> Pack:
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where} is not valid TOML", str(error)) from error
    _check_keys(data, {"policy", "rule", "exception"}, where)
    head = data.get("policy", {})
    _check_keys(head, _PACK_KEYS, f"{where}, [policy]")
    _one_of(head.get("stance", "none"), STANCES, f"{where}, stance")
    _one_of(head.get("status", "draft"), ("verified", "draft"), f"{where}, status")
    _one_of(head.get("dco", "none"), ("1.1", "cla", "none"), f"{where}, dco")
    rules = tuple(_rule(row, where) for row in data.get("rule", []))
    exceptions = tuple(_exception(row, where) for row in data.get("exception", []))
    digest = sha256(content).hexdigest()
    parent = None
    if "extends" in head:
        if depth > 4:
            raise ConfigError(f"{where} extends itself", "break the circle")
        parent = _read(*_find(head["extends"], folder), folder, depth + 1)
        rules = tuple(rule for rule in parent.rules if rule.id not in {own.id for own in rules}) + rules
        exceptions = parent.exceptions + exceptions
        digest = sha256((digest + parent.digest).encode()).hexdigest()
    _no_twins(rules, where)
    return Pack(
        id=head.get("id", Path(where).stem),
        title=head.get("title", ""),
        stance=head.get("stance", parent.stance if parent else "none"),
        status=head.get("status", "draft"),
        dco=head.get("dco", parent.dco if parent else "none"),
        sources=tuple(head.get("sources", parent.sources if parent else ())),
        not_subject_prefix=tuple(head.get("not_subject_prefix", parent.not_subject_prefix if parent else ())),
        rules=rules,
        exceptions=exceptions,
        digest=digest,
    )


def _rule(row: dict[str, Any], where: str) -> Rule:
    spot = f"{where}, rule {row.get('id', '?')!r}"
    if "id" not in row or "kind" not in row:
        raise ConfigError(f"{spot} lacks id or kind", "each [[rule]] has both")
    _one_of(row["kind"], tuple(_PARAMETERS), f"{spot}, kind")
    _check_keys(row, _COMMON | _PARAMETERS[row["kind"]], spot)
    _one_of(row.get("severity", "warn"), tuple(Severity), f"{spot}, severity")
    parameters = {key: value for key, value in row.items() if key not in _COMMON}
    _check_parameters(parameters, spot)
    start, end = _day(row, "valid_from", spot), _day(row, "valid_until", spot)
    if start and end and end < start:
        raise ConfigError(f"{spot} ends before it starts", "exchange valid_from and valid_until")
    return Rule(
        row["id"], row["kind"], Severity(row.get("severity", "warn")), _predicate(row.get("when", "always"), spot), start, end,
        " ".join(row.get("text", "").split()), row.get("source", ""), parameters,
    )  # fmt: skip


def _check_parameters(parameters: dict[str, Any], spot: str) -> None:
    for classes in (parameters.get("evidence", []), parameters.get("where", [])):
        for word in classes:
            _one_of(word, tuple(EvidenceClass), f"{spot}, evidence")
    for word in parameters.get("exempt_roles", []):
        _one_of(word, tuple(Role), f"{spot}, exempt_roles")
    if "op" in parameters:
        _one_of(parameters["op"], tuple(sorted(_OPS)), f"{spot}, op")
    if "value" in parameters:
        try:
            re.compile(parameters["value"])
        except re.error as error:
            raise ConfigError(f"{spot}, value is no regular expression", str(error)) from error


def _exception(row: dict[str, Any], where: str) -> ExceptionRule:
    spot = f"{where}, exception {row.get('id', '?')!r}"
    _check_keys(row, _EXCEPTION_KEYS, spot)
    return ExceptionRule(
        row.get("id", ""), tuple(row.get("grants", ())), row.get("scope", {}), row.get("granted_by", ""), _day(row, "decided", spot),
        row.get("reference", ""), _day(row, "expires", spot), tuple(row.get("requires", ())), bool(row.get("no_self_grant", False)),
    )  # fmt: skip


def _predicate(text: str, spot: str) -> tuple[tuple[bool, str], ...]:
    """Read `patch and not rfc`: predicates of the closed set, joined by `and`, each maybe negated."""
    terms: list[tuple[bool, str]] = []
    for part in text.split(" and "):
        words = part.split()
        wanted = words[:1] != ["not"]
        name = " ".join(words if wanted else words[1:])
        _one_of(name, PREDICATES, f"{spot}, when")
        terms.append((wanted, name))
    return tuple(terms)


def _day(row: dict[str, Any], key: str, spot: str) -> date | None:
    value = row.get(key)
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise ConfigError(f"{spot}, {key} is no date", "write 2026-01-31, without quotes")
    return value


def _check_keys(row: dict[str, Any], known: set[str], spot: str) -> None:
    for key in row:
        _one_of(key, tuple(sorted(known)), f"{spot}: key")


def _one_of(word: object, known: tuple[str, ...], spot: str) -> None:
    if word in known:
        return
    near = get_close_matches(str(word), known, 1)
    raise ConfigError(f"{spot} {word!r} is unknown", f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}")


def _no_twins(rules: tuple[Rule, ...], where: str) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise ConfigError(f"{where} has two rules called {rule.id!r}", "rename one")
        seen.add(rule.id)


assert set(_PARAMETERS) == set(BY_KIND)
