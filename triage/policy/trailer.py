# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule kind `trailer`: lines that must be there, must not be there, must have a form, or a place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain

from msgspec.structs import replace

from triage.mail.identity import parse_person
from triage.mail.trailers import canonical_key
from triage.model import EvidenceClass, Finding, Kind, Message, MessageId, Person, Trailer
from triage.model.expression import expression
from triage.policy.crowd import Crowd
from triage.policy.evidence import AI_KEYS, declares_ai
from triage.policy.evidence.machines import is_ai, is_bot
from triage.policy.evidence.tools import name_tool
from triage.policy.pack import Rule, day_of
from triage.policy.rules.case import SIGNOFF, Case, finding, is_senders
from triage.policy.rules.signoff import kept, signed
from triage.policy.validate import compile_value
from triage.series.followups import Said

_ADVERT = expression(r"^\W*(?:generated|made|created|written|built|powered) (?:with|by|using)\b", re.IGNORECASE)
"""How tools sign what they wrote: "Generated with …" on a line of its own."""


def trailer(case: Case, rule: Rule) -> Iterator[Finding]:
    """A trailer that must be there, must not be there, must have a form, or a place."""
    match rule.parameters["op"]:
        case "grammar":
            yield from _grammar(case, rule)
        case "forbid":
            yield from _forbid(case, rule)
        case "position":
            yield from _position(case, rule)
        case _ if [canonical_key(key) for key in _keys(rule)] == [SIGNOFF]:
            yield from signed(case, rule)
        case _:
            yield from _require(case, rule)


def _keys(rule: Rule) -> list[str]:
    return [rule.parameters["key"]] if "key" in rule.parameters else list(rule.parameters["any_of"])


def _has_key(rule: Rule, item: Trailer) -> bool:
    keys = _keys(rule)
    if rule.parameters.get("case") == "exact":
        return str(item.raw).partition(":")[0].strip() in keys
    return item.key.lower() in {key.lower() for key in keys}


def _require(case: Case, rule: Rule) -> Iterator[Finding]:
    """A trailer that patches must carry, each of them or (scope = series) at least one mail of the series.

    Given in a reply by the person it names, it cures the finding.
    """
    if {"people", "role", "needs"} & set(rule.parameters):
        yield from _require_of(case, rule)
        return
    wanted = " or ".join(_keys(rule))
    code = "AI003" if all(key.lower() in AI_KEYS for key in _keys(rule)) else "FMT003"
    given = {
        one.target.message_id: one.reply.message_id for one in case.said
        if _has_key(rule, one.trailer) and not case.people.is_machine(parse_person(one.trailer.value))
    }  # fmt: skip
    to_all = given.get(case.series.cover.message_id, "") if case.series.cover else ""
    patches = list(case.patches(rule))
    if rule.parameters.get("scope") in {"series", "cover"}:
        mails = [m for m in case.series.members if rule.parameters["scope"] == "series" or m is case.series.cover]
        if patches and not any(_has_key(rule, item) for message in mails for item in message.trailers):
            made = finding(case, rule, code, case.series.first, f"No mail of the series carries {wanted}.", key="missing")
            yield replace(made, cured=next(iter(given.values()), ""))
        return
    for message in patches:
        if not any(_has_key(rule, item) for item in kept(message)):
            last = message.last
            made = finding(
                case, rule, code, message, f"The patch carries no {wanted}.", line=last.number if last else None,
                quote=last.text.strip() if last else "", key="missing",
            )  # fmt: skip
            yield replace(made, cured=given.get(message.message_id, to_all))


def _require_of(case: Case, rule: Rule) -> Iterator[Finding]:
    """A trailer that some people must give, in the patch or in a reply of their own: so many of those named, or of a role."""
    scope, patches = rule.parameters.get("scope", "patch"), list(case.patches(rule))
    given = _Given(case, rule)
    if scope == "patch":
        for message in patches:
            yield from _lacking(case, rule, given, [message], [message])
    elif patches:
        yield from _lacking(case, rule, given, patches, [m for m in case.series.members if scope == "series" or m is case.series.cover])


class _Given:
    """What replies gave of the trailers that a rule asks for, found by whom without a look at all that a cover was given."""

    def __init__(self, case: Case, rule: Rule) -> None:
        self.rows = [one for one in case.said if _has_key(rule, one.trailer)]
        self.direct: dict[MessageId, list[int]] = {}
        to_all: list[tuple[int, Person]] = []
        for place, one in enumerate(self.rows):
            if one.target is case.series.cover:
                to_all.append((place, parse_person(one.trailer.value)))
            else:
                self.direct.setdefault(one.target.message_id, []).append(place)
        self.whole = [place for place, _ in to_all]
        self.by = Crowd(case.people, to_all, by_name=False)

    def to(self, about: Sequence[Message], able: list[Person] | None) -> Iterator[Said]:
        """Yield what was given to some patches or to the cover, there only by those who are able to, in the order of time."""
        whole = self.whole if able is None else sorted({place for person in able if (place := self.by.first(person)) is not None})
        own = sorted(place for message in about for place in self.direct.get(message.message_id, ()))
        return (self.rows[place] for place in merge(whole, own))

    def is_any(self, about: Sequence[Message]) -> bool:
        """Say whether anybody gave anything to some patches or to the cover."""
        return bool(self.whole) or any(message.message_id in self.direct for message in about)


def _lacking(case: Case, rule: Rule, given: _Given, about: Sequence[Message], mails: Sequence[Message]) -> Iterator[Finding]:
    """Yield what is lacking of some patches for which some mails may carry the trailer."""
    needs, able, sources = rule.parameters.get("needs", 1), _able(case, rule, about), dict[Person, MessageId]()
    here = [(item, MessageId("")) for message in mails for item in kept(message) if _has_key(rule, item)]
    for item, source in chain(here, ((one.trailer, one.reply.message_id) for one in given.to(about, able))):
        person = parse_person(item.value)
        if _counts(case, person, able, about[0], sources):
            sources[person] = source
        if len(sources) >= needs:
            break
    carried = list(sources.values()).count(MessageId(""))
    if carried >= needs:
        return
    first = about[0] if len(about) == 1 else case.series.first
    of = f" of the {needs} that are needed" if needs > 1 else ""
    theirs = " of theirs" if able and not carried and (here or given.is_any(about)) else ""
    says = f"{carried or 'No'} {' or '.join(_keys(rule))}{theirs}{of}; {_wanted_of(case, rule, able, about[0])}."
    last = first.last if len(about) == 1 else None
    made = finding(
        case, rule, "FMT003", first, says, line=last.number if last else None, quote=last.text.strip() if last else "", key="missing"
    )
    yield replace(made, cured=list(sources.values())[needs - 1] if len(sources) >= needs else "")


def _able(case: Case, rule: Rule, about: Sequence[Message]) -> list[Person] | None:
    """Return whose trailer counts, None where anybody's does."""
    found = [parse_person(text) for text in rule.parameters.get("people", [])]
    if "role" in rule.parameters:
        found += case.people.responsible((change.path for message in about for change in message.files), rule.parameters["role"])
    return found if {"people", "role"} & set(rule.parameters) else None


def _counts(case: Case, person: Person, able: list[Person] | None, about: Message, counted: Iterable[Person]) -> bool:
    """Say whether a trailer of a person counts: one of those asked for, no machine, not their own patch, not twice."""
    if not person.email or case.people.is_machine(person) or is_senders(case.people, about, person):
        return False
    return not any(case.people.same(person, one) for one in counted) and (
        able is None or any(case.people.same(person, one) for one in able)
    )


def _wanted_of(case: Case, rule: Rule, able: list[Person] | None, about: Message) -> str:
    if able is None:
        return "another person gives it"
    names = [person.name or person.email for person in able if not is_senders(case.people, about, person)]
    if not names:
        return (
            f"the roster names no other {rule.parameters['role']} for these files" if "role" in rule.parameters else "nobody else is named"
        )
    return f"{', '.join(names[:4])}{' and others' if len(names) > 4 else ''} may give it"


def _grammar(case: Case, rule: Rule) -> Iterator[Finding]:
    pattern = compile_value(rule.parameters["value"])
    keys = {key.lower() for key in _keys(rule)}
    code = "FMT001" if keys == {"fixes"} else "AI006" if keys <= AI_KEYS else "FMT004"
    for message in case.series.members:
        if not case.speaks_of(rule, message) or (code == "FMT001" and message.kind not in {Kind.PATCH, Kind.REPLY_PATCH}):
            continue
        for item in kept(message):
            if not _has_key(rule, item) or (code == "AI006" and not declares_ai(item)):
                continue
            listed = _basic(item.value) if rule.parameters["value"] in {"llm", "agent-model"} else ""
            if listed and pattern.fullmatch(item.value.strip()):
                says = f"{item.key} lists {listed}; basic development tools are left out."
                yield finding(case, rule, code, message, says, line=item.line, quote=item.raw)
            elif not pattern.fullmatch(item.value.strip()):
                says = f"{item.key} does not have the form in force on {day_of(message.posted)}: {rule.text}"
                yield finding(case, rule, code, message, says, line=item.line, quote=item.raw)


_BASIC = expression(
    r"(?<= )(?:git|gcc|g\+\+|clang|make|cmake|ninja|vim?|neovim|emacs|nano|vscode|ld|gdb|grep|sed|bash)(?= |$)", re.IGNORECASE
)


def _basic(value: str) -> str:
    """Return the basic tools that a trailer about AI lists behind the tool's name, which coding-assistants.rst asks to leave out."""
    return ", ".join(_BASIC.findall(value))


def _forbid(case: Case, rule: Rule) -> Iterator[Finding]:
    whom = rule.parameters.get("subject", "any")
    for message in case.patches(rule):
        for item in kept(message):
            if _has_key(rule, item) and _speaks_of(whom, item):
                says = f"{item.key} {'of ' + whom.replace('ai-tool', 'an AI tool') + ' ' if whom != 'any' else ''}is not wanted here."
                yield finding(case, rule, "AI007", message, says, line=item.line, quote=item.raw)
        for one in message.evidence if rule.parameters.get("prose") else ():
            if one.klass is EvidenceClass.MESSAGE and _ADVERT.search(one.quote):
                says = "A line that advertises a tool is not wanted here."
                yield finding(case, rule, "AI007", message, says, line=one.line, quote=one.quote)


def _speaks_of(whom: str, item: Trailer) -> bool:
    person = parse_person(item.value)
    of_tool = declares_ai(item) or is_ai(person) or (not person.email and bool(name_tool(item.value)))
    match whom:
        case "ai-tool":
            return of_tool
        case "bot":
            return is_bot(person)
        case "person":
            return bool(person.email) and not of_tool and not is_bot(person)
        case _:
            return True


def _position(case: Case, rule: Rule) -> Iterator[Finding]:
    """Trailers that must stand before the sender's own sign-off, as those do that were there before it."""
    before = rule.parameters["before"]
    for message in case.patches(rule):
        lines = kept(message)
        last = max((number for number, item in enumerate(lines) if item.key.lower() == before.lower()), default=len(lines))
        for item in lines[last + 1 :]:
            if _has_key(rule, item):
                says = f"{item.key} stands after the last {before}."
                yield finding(case, rule, "DCO012", message, says, line=item.line, quote=item.raw)
