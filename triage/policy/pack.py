# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy packs: a project's rules as dated TOML data, read strictly so that a misspelt word is an error, not a hole."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fnmatch import translate
from functools import cache
from hashlib import sha256
from pathlib import PurePath
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from triage.model import Severity
from triage.model.errors import ConfigError, FaultsError
from triage.policy.looser import looser
from triage.policy.validate import check_code, check_keys, check_sense, check_table, check_word, parse_toml, read_predicate
from triage.policy.vocabulary import COMMON, EXCEPTION, KINDS, PACK, REPOSITORY, SCOPE

MAX_EXTENDS = 4
STALE = timedelta(days=180)
"""How long after it was compared with its source a pack is called stale, unless it says so itself."""


class Rule(Struct, frozen=True):
    """One rule of a pack: its kind, when it is in force, and its parameters."""

    id: str
    kind: str
    severity: Severity
    when: tuple[tuple[bool, str], ...]
    valid_from: date | None
    valid_until: date | None
    text: str
    source: str
    draft: bool = False
    """Its text was not read at the source, though that of the rest of its pack was."""
    parameters: dict[str, Any] = field(default_factory=dict)
    own: bool = True
    """Whether it stands in the pack's own file, not in one that it extends."""
    code: str = ""
    """The code that its findings have in place of the program's, "" for none."""
    name: str = ""
    """The name that goes with the code."""
    pack: str = ""
    """The pack that defines it, "" for a rule of the program: a pack that extends it changes no finding's id."""

    def in_force(self, day: date) -> bool:
        """Say whether the rule holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


class ExceptionRule(Struct, frozen=True):
    """An exception that a project lists: what it frees from, for what, and who grants it."""

    id: str
    grants: tuple[str, ...]
    scope: dict[str, Any]
    granted_by: str
    decided: date | None
    reference: str
    expires: date | None
    requires: tuple[str, ...]
    prior: bool
    no_self_grant: bool
    justified: bool = False
    """Whether the patch must name it and say in a sentence why it fits."""
    agreed_by: str = ""
    """The role of which somebody must agree that it fits; "" where nobody need."""


class Pack(Struct, frozen=True):
    """A project's policy as data; `digest` is sha256 over the pack's file and those it extends."""

    id: str
    title: str
    called: str
    """What a sentence calls the project: its title, with an article where it needs one."""
    stance: str
    status: str
    checked: date | None
    stale_after: date | None
    """The day after which its source must be read again."""
    enabled: bool
    dco: str
    sources: tuple[str, ...]
    not_subject_prefix: tuple[str, ...]
    not_paths: tuple[str, ...]
    exception_authority: str
    signed_opinions: bool
    """Whether opinions count only with a signature that is verified."""
    review_disclosure: bool
    """Whether reviewers must say which tool helped them to review."""
    rules: tuple[Rule, ...]
    exceptions: tuple[ExceptionRule, ...]
    replies: dict[str, str]
    """The project's own words for replies, by finding code."""
    digest: str
    where: str
    """The file it was read from, as messages name it."""
    above: tuple[str, ...] = ()
    """Those that it extends, the nearest first."""
    root: str = ""
    """The pack that it extends in the end, itself where it extends none."""
    loosens: tuple[str, ...] = ()
    """Where it asks for less than the pack that it extends, a sentence each."""
    repository: dict[str, bool] = field(default_factory=dict)
    """What it says of the repository: whether it is `private`, whether it holds `secrets`; what it does not say is not known."""
    welcome: str = ""
    """How the reply to somebody's first series begins."""
    must_satisfy: tuple[str, ...] = ()
    """Other packs by which its lists are judged, too: work for upstream must satisfy upstream."""


def day_of(seconds: int) -> date:
    """Return the day, in UTC, on which a mail is judged."""
    return datetime.fromtimestamp(max(0, min(seconds, 253402300799)), UTC).date()


def glob_matches(path: str, globs: tuple[str, ...] | list[str]) -> bool:
    """Say whether a path matches one of the globs of a pack: a leading `**/` also matches at the top, `dir/` all that is below it."""
    return _globs(tuple(globs))(path) is not None


@cache
def _globs(globs: tuple[str, ...]) -> Callable[[str], re.Match[str] | None]:
    every = [f"{glob}*" if glob.endswith("/") else glob for glob in (*globs, *(glob[3:] for glob in globs if glob.startswith("**/")))]
    every += [f"{glob}/*" for glob in every if not re.search(r"[*?\[]", glob)]  # a folder named without its slash
    return re.compile("|".join(map(translate, every)) or "(?!)").match


Find = Callable[[str, str], tuple[bytes, str]]
"""Gives the bytes of the pack called so, and where they are, to one that is at another place and extends it; raises `ConfigError`."""


def parse_pack(content: bytes, where: str, find: Find, below: tuple[str, ...] = ()) -> Pack:
    """Read a pack and those that it extends; `where` names its place in errors, `below` those that extend it.

    Raises `ConfigError` naming file, line, rule and the nearest valid word; `FaultsError` for the tables of one file.
    """
    data = parse_toml(content, where)
    head, repository, rules, exceptions = _read(data, content.decode(), where)
    parent = _parent(head, where, find, below)
    _no_overlap(rules, where)
    digest = sha256(content).hexdigest()
    loosens: tuple[str, ...] = ()
    if parent:
        loosens = tuple(looser(rules, exceptions, parent.rules))
        own = {rule.id for rule in rules}
        rules = tuple(replace(rule, own=False) for rule in parent.rules if rule.id not in own) + rules
        exceptions = tuple(item for item in parent.exceptions if item.id not in {e.id for e in exceptions}) + exceptions
        digest = sha256((digest + parent.digest).encode()).hexdigest()
    _known_grants(exceptions, rules, where)
    return replace(
        _pack(head, data.get("replies", {}), parent, rules, exceptions, digest, where),
        loosens=loosens, repository=(parent.repository if parent else {}) | repository,
    )  # fmt: skip


_Made = TypeVar("_Made")


def _read(
    data: dict[str, Any], text: str, where: str
) -> tuple[dict[str, Any], dict[str, Any], tuple[Rule, ...], tuple[ExceptionRule, ...]]:
    """Return the tables of a file, read; raises `FaultsError` with a fault of each table that has one, and its line."""
    faults: list[ConfigError] = []

    def tried(read: Callable[..., _Made], *given: Any) -> _Made | None:
        try:
            return read(*given)
        except ConfigError as error:
            faults.append(error)
            return None

    tried(check_keys, data, ("policy", "repository", "rule", "exception", "replies"), where)
    if not isinstance(data.get("policy"), dict):
        raise FaultsError([ConfigError(f"{where} has no [policy]", "begin it with [policy] and id = ..."), *faults])
    head: dict[str, Any] = data["policy"]
    tried(_check_head, head, where)
    repository = data.get("repository", {})
    tried(check_table, repository, REPOSITORY, f"{where}, [repository]")
    name = head.get("id", PurePath(where).stem)
    rules = [tried(_rule, row, place, head) for row, place in tried(_rows, data, head, "rule", text, where) or ()]
    exceptions = [tried(_exception, row, place) for row, place in tried(_rows, data, head, "exception", text, where) or ()]
    if faults:
        raise FaultsError(faults)
    return head, repository, tuple(replace(rule, pack=name) for rule in rules if rule), tuple(item for item in exceptions if item)


def _check_head(head: dict[str, Any], where: str) -> None:
    check_table(head, PACK, f"{where}, [policy]")
    if head.get("id", PurePath(where).stem) != PurePath(where).stem:
        raise ConfigError(
            f"{where}, [policy], id {head['id']!r} is not the file's name", f"call the file {head['id']}.toml, or the pack so"
        )


def _pack(
    head: dict[str, Any], replies: object, parent: Pack | None, rules: tuple[Rule, ...], exceptions: tuple[ExceptionRule, ...], digest: str,
    where: str,
) -> Pack:  # fmt: skip
    from triage.model.codes import CASED, CASES, CODES

    if not isinstance(replies, dict) or not all(isinstance(text, str) for text in replies.values()):
        raise ConfigError(f"{where}, [replies] holds something else than texts", 'write DCO001 = """..."""')
    known = (*CODES, *(rule.code for rule in rules if rule.code), *(f"{code}.{case}" for code in CASED for case in CASES))
    check_keys(replies, known, f"{where}, [replies]")
    return Pack(
        id=head.get("id", PurePath(where).stem),
        title=head.get("title", ""),
        called=head.get("called") or head.get("title") or (parent.called if parent else "") or head.get("id", PurePath(where).stem),
        stance=head.get("stance", parent.stance if parent else "none"),
        status=head.get("status", parent.status if parent else "draft" if "sources" in head else "verified"),
        checked=head.get("checked"),
        stale_after=head.get("stale_after", _later(head["checked"]) if "checked" in head else None),
        enabled=head.get("enabled", True),
        dco=head.get("dco", parent.dco if parent else "none"),
        sources=tuple(head.get("sources", parent.sources if parent else ())),
        not_subject_prefix=tuple(word.lower() for word in head.get("not_subject_prefix", parent.not_subject_prefix if parent else ())),
        not_paths=tuple(head.get("not_paths", parent.not_paths if parent else ())),
        exception_authority=head.get("exception_authority", parent.exception_authority if parent else ""),
        signed_opinions=head.get("signed_opinions", parent.signed_opinions if parent else False),
        review_disclosure=head.get("review_disclosure", parent.review_disclosure if parent else False),
        rules=rules,
        exceptions=exceptions,
        replies=(parent.replies if parent else {}) | replies,
        digest=digest,
        where=where,
        above=(parent.id, *parent.above) if parent else (),
        root=parent.root if parent else head.get("id", PurePath(where).stem),
        welcome=head.get("welcome", parent.welcome if parent else ""),
        must_satisfy=tuple(dict.fromkeys((*head.get("must_satisfy", ()), *(parent.must_satisfy if parent else ())))),
    )


def _later(checked: date) -> date:
    return checked + STALE if checked < date.max - STALE else date.max


def _parent(head: dict[str, Any], where: str, find: Find, below: tuple[str, ...]) -> Pack | None:
    if "extends" not in head:
        return None
    content, above = find(head["extends"], where)
    chain = (*below, where)
    if above in chain or len(chain) > MAX_EXTENDS:
        raise ConfigError(f"{where} extends itself by way of {' → '.join((*chain[1:], above))}", "break the circle")
    return parse_pack(content, above, find, chain)


def _rows(data: dict[str, Any], head: dict[str, Any], name: str, text: str, where: str) -> list[tuple[dict[str, Any], str]]:
    """Return the tables called so, each with its place: `FILE:LINE`, the file alone where the line cannot be told."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if re.match(rf"[ \t]*\[\[[ \t]*{name}[ \t]*\]\]", line)]
    rows: list[tuple[dict[str, Any], str]] = []
    for found, begins in ((data.get(name, []), lines), (head.get(f"{name}s", []), [])):
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise ConfigError(f"{where}: {name} is no list of tables", f"write [[{name}]] before each")
        places = [f"{where}:{line}" for line in begins] if len(begins) == len(found) else [where] * len(found)
        rows += zip(found, places, strict=True)
    return rows


def _rule(row: dict[str, Any], where: str, head: dict[str, Any]) -> Rule:
    spot = f"{where}, rule {row.get('id', '?')!r}"
    if "id" not in row or "kind" not in row:
        raise ConfigError(f"{spot} lacks id or kind", "each [[rule]] has both")
    check_word(row["kind"], tuple(KINDS), f"{spot}, kind")
    check_table(row, COMMON | KINDS[row["kind"]], spot)
    parameters = {key: value for key, value in row.items() if key not in COMMON}
    check_sense(row["kind"], parameters, spot)
    check_code(row, spot)
    start, end = row.get("valid_from", head.get("valid_from")), row.get("valid_until", head.get("valid_until"))
    if start and end and end < start:
        raise ConfigError(f"{spot} ends before it starts", "exchange valid_from and valid_until")
    return Rule(
        row["id"], row["kind"], Severity(row.get("severity", "warn")), read_predicate(row.get("when", "always"), spot), start, end,
        " ".join(row.get("text", "").split()), row.get("source", ""), row.get("status") == "draft", parameters,
        code=row.get("code", ""), name=row.get("name", ""),
    )  # fmt: skip


def _exception(row: dict[str, Any], where: str) -> ExceptionRule:
    spot = f"{where}, exception {row.get('id', '?')!r}"
    check_table(row, EXCEPTION, spot)
    check_table(row.get("scope", {}), SCOPE, f"{spot}, scope")
    if row.get("decided") and row.get("expires") and row["expires"] < row["decided"]:
        raise ConfigError(f"{spot} expires before it was decided", "exchange decided and expires")
    return ExceptionRule(
        row["id"], tuple(row["grants"]), row.get("scope", {}), row["granted_by"], row.get("decided"), row.get("reference", ""),
        row.get("expires"), tuple(row.get("requires", ())), bool(row.get("prior", False)), bool(row.get("no_self_grant", False)),
        bool(row.get("justified", False)), row.get("agreed_by", ""),
    )  # fmt: skip


def _no_overlap(rules: tuple[Rule, ...], where: str) -> None:
    """Rules may share an id where one takes over from the other; two in force on one day are refused."""
    by_id: dict[str, list[Rule]] = {}
    for rule in rules:
        for other in by_id.setdefault(rule.id, []):
            if _start(rule) <= _end(other) and _start(other) <= _end(rule):
                raise ConfigError(
                    f"{where} has two rules called {rule.id!r} in force on {max(_start(rule), _start(other))}",
                    "rename one, or end the older with valid_until",
                )
        by_id[rule.id].append(rule)


def _start(rule: Rule) -> date:
    return rule.valid_from or date.min


def _end(rule: Rule) -> date:
    return rule.valid_until or date.max


def _known_grants(exceptions: tuple[ExceptionRule, ...], rules: tuple[Rule, ...], where: str) -> None:
    ids = tuple(sorted({rule.id for rule in rules}))
    seen: set[str] = set()
    for item in exceptions:
        for granted in item.grants:
            check_word(granted, ids, f"{where}, exception {item.id!r} frees from rule")
        if item.id in seen:
            raise ConfigError(f"{where} has two exceptions called {item.id!r}", "rename one")
        seen.add(item.id)
