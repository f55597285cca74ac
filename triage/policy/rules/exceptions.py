# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exceptions that a policy lists: which one covers a declared use, which one a patch claims, and why a claim does not hold."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from posixpath import normpath

from msgspec import Struct
from msgspec.structs import replace

from triage.mail.identity import parse_person
from triage.model import Demand, Evidence, EvidenceClass, Finding, Message, Person, Region, Says, Severity
from triage.model.expression import expression
from triage.policy.pack import ExceptionRule, Rule, day_of, glob_matches
from triage.policy.rules.case import Case, finding, is_senders, on_series

BY_POLICY = "policy"
_GRANTED_BY = expression(r"(?:ai-)?exception-granted-by", re.IGNORECASE)


class Claim(Struct, frozen=True):
    """One place where a patch says that an exception covers it; `grantor` is who is said to have granted it."""

    message: Message
    line: int
    quote: str
    grantor: Person | None = None


class Weighed(Struct, frozen=True):
    """What exceptions do to a declared use: the one that covers it, if any, and what is wrong with those that do not."""

    covers: ExceptionRule | None
    findings: tuple[Finding, ...]


def weigh(case: Case, rule: Rule, item: Evidence) -> Weighed:
    """Say whether an exception frees a declared use from a rule.

    Exceptions that the document itself grants hold where scope and required trailers fit. One that a person grants must be claimed by
    naming who did, and asks for a second opinion; until somebody waives it with that, what the rule says stands.
    """
    listed = sorted((one for one in case.pack.exceptions if rule.id in one.grants), key=_breadth)
    patches = _patches_of(case, item)
    claims = list(islice((claim for message in (*patches, *_covers(case)) for claim in claims_of(message)), MAX_CLAIMS))
    found: list[Finding] = []
    for claim in claims:
        covers, more = _weigh_claim(case, rule, claim, listed, patches, item)
        found += more
        if covers:
            return Weighed(covers, tuple(found))
    if claims:
        return Weighed(None, tuple(found))
    own = [one for one in listed if one.granted_by == BY_POLICY and not _outside_time(one, patches)]
    for one in own:
        if not one.justified and not _missing(case, one, patches) and not _out_of_scope(one, patches, item):
            return Weighed(one, ())
    return Weighed(None, tuple(_nearly(case, rule, own, patches, item)))


def _breadth(one: ExceptionRule) -> int:
    """Return how much an exception leaves open: the most specific one that fits is the one to name."""
    return -sum(
        weight
        for name, weight in (("tool", 8), ("uses", 8), ("scenarios", 8), ("paths", 4), ("roles", 2), ("max_added", 1))
        if name in one.scope
    )


def _patches_of(case: Case, item: Evidence) -> Sequence[Message]:
    """A declaration in a patch speaks of that patch, any other of the whole series."""
    own = [message for message in case.series.patches if message.message_id == item.message_id]
    return own or case.series.patches or (case.series.first,)


def _covers(case: Case) -> tuple[Message, ...]:
    return (case.series.cover,) if case.series.cover else ()


MAX_CLAIMS = 20
MIN_WORDS = 8
"""How many words, beside its name, a claim has that also says why the exception fits."""


def claims_of(message: Message) -> Iterator[Claim]:
    """Yield the claims of one mail: `…exception-granted-by:` trailers, and lines that speak of an exception from an AI rule."""
    lines: set[int] = set()
    for trailer in message.trailers:
        if _GRANTED_BY.fullmatch(trailer.key) and trailer.region in {Region.MESSAGE, Region.TAIL}:
            lines.add(trailer.line)
            yield Claim(message, trailer.line, trailer.raw, parse_person(trailer.value))
    for line in message.claims:
        if line.number not in lines:
            yield Claim(message, line.number, line.text)


def _weigh_claim(
    case: Case, rule: Rule, claim: Claim, listed: list[ExceptionRule], patches: Sequence[Message], item: Evidence
) -> tuple[ExceptionRule | None, list[Finding]]:
    one = next((e for e in listed if (_named if claim.grantor else _claimed)(e.id, claim.quote)), None)
    if one is None and claim.grantor:
        one = next((e for e in listed if e.granted_by != BY_POLICY), None)
    if one is None:
        names = ", ".join(e.id for e in listed) or "none"
        return None, [_about(case, rule, "AI010", claim, f"An exception is claimed; the policy lists: {names}.", Severity.ASK)]
    found = [replace(item, exception=one.id) for item in _objections(case, rule, claim, one, patches, item)]
    if found:
        return None, found
    if one.granted_by == BY_POLICY:
        return one, []
    if claim.grantor is None:
        says = f"The exception {one.id} is granted by {one.granted_by}, and the claim names nobody who did."
        return None, [replace(_about(case, rule, "AI018", claim, says, Severity.ASK), exception=one.id)]
    says = f"The exception {one.id} is claimed, granted by {claim.grantor.name or claim.grantor.email}"
    says += f"; another {one.granted_by} confirms that it fits{' and was given before' if one.prior else ''}."
    demand = Demand(1, one.granted_by if case.people.areas else "", (), (claim.grantor.email,))
    held = replace(_about(case, rule, "AI012", claim, says, Severity.ASK), exception=one.id)
    return one, [on_series(case, held, demand)]


def _objections(
    case: Case, rule: Rule, claim: Claim, one: ExceptionRule, patches: Sequence[Message], item: Evidence | None
) -> Iterator[Finding]:
    grantor = claim.grantor
    if grantor and (one.no_self_grant or one.granted_by != BY_POLICY) and is_senders(case.people, claim.message, grantor):
        says = f"{grantor.name or grantor.email} granted the exception {one.id} to their own patch."
        yield _about(case, rule, "AI011", claim, says, Severity.ERROR)
    elif grantor and one.granted_by != BY_POLICY and case.people.areas and not _may_grant(case, one, grantor):
        says = f"{grantor.name or grantor.email} is not among those who may grant {one.id}: {one.granted_by}."
        yield _about(case, rule, "AI010", claim, says, Severity.ASK)
    if why := _outside_time(one, patches):
        yield _about(case, rule, "AI017", claim, f"The exception {one.id} {why}.", Severity.WARN)
    if missing := _missing(case, one, patches):
        yield _about(case, rule, "AI018", claim, f"The exception {one.id} asks for {missing}, which is not there.", Severity.ASK)
    if one.justified and len(re.sub(_pattern(one.id), " ", claim.quote, flags=re.IGNORECASE).split()) < MIN_WORDS:
        yield _about(case, rule, "AI018", claim, f"The exception {one.id} asks for a sentence on why it fits.", Severity.ASK)
    if why := _out_of_scope(one, patches, item):
        yield _about(case, rule, "AI014", claim, f"The exception {one.id} does not cover this: {why}.", Severity.WARN)


def _may_grant(case: Case, one: ExceptionRule, grantor: Person) -> bool:
    return any(role.startswith(f"{one.granted_by} of ") or role.endswith(f" of {one.granted_by}") for role in case.people.roles(grantor))


def _nearly(case: Case, rule: Rule, own: list[ExceptionRule], patches: Sequence[Message], item: Evidence) -> Iterator[Finding]:
    """Where a patch carries what an exception requires, or is in its scope, say what kept it from applying."""
    anchor = case.anchor(item)
    unsaid = [one for one in own if one.justified and not _missing(case, one, patches) and not _out_of_scope(one, patches, item)]
    if unsaid:
        says = f"The exception {unsaid[0].id} would cover this if the patch named it and said in a sentence why it fits."
        yield finding(case, rule, "AI018", anchor, says, line=item.line, quote=item.quote, severity=Severity.ASK)
        return
    relied = [one for one in own if one.requires and not _missing(case, one, patches)]
    if relied:
        why = "; ".join(f"{one.id}: {_out_of_scope(one, patches, item)}" for one in relied)
        says = f"No exception of the policy covers this ({why})."
        yield finding(case, rule, "AI014", anchor, says, line=item.line, quote=item.quote, severity=Severity.WARN)
        return
    fitting = [one for one in own if one.requires and one.scope and not _out_of_scope(one, patches, item)]
    if fitting:
        says = f"The exception {fitting[0].id} would cover this with {_missing(case, fitting[0], patches)}."
        yield finding(case, rule, "AI018", anchor, says, line=item.line, quote=item.quote, severity=Severity.ASK)


def _pattern(name: str) -> str:
    """Return an exception's name as people write it: with hyphens, spaces or underscores."""
    return rf"(?<![\w-]){'[- _]'.join(map(re.escape, re.split('[- _]', name)))}(?![\w-])"


def _named(name: str, text: str) -> bool:
    return bool(re.search(_pattern(name), text, re.IGNORECASE))


_DENIED = expression(
    r"\b(?:no|not|never|without|neither|nor|isn't|aren't|wasn't|doesn't|don't|cannot|can't|instead of|rather than|unlike|outside)\b",
    re.IGNORECASE,
)
_ELSEWHERE = expression(
    r"\b(?:later|follows?|following|separate(?:ly)?|another) (?:\w+ ){0,2}(?:patch|series|version|commit)|\bfollows?\b",
    re.IGNORECASE,
)


def _claimed(name: str, text: str) -> bool:
    """Say whether a text names something of itself: not where the words before deny it, or its sentence speaks of another patch."""
    for part in re.split(r"(?<=[.;!?])\s+|\n", text):
        found = re.search(_pattern(name), part, re.IGNORECASE)
        if found and not _DENIED.search(part[: found.start()]) and not _ELSEWHERE.search(part):
            return True
    return False


def _outside_time(one: ExceptionRule, patches: Sequence[Message]) -> str:
    days = [day_of(message.posted) for message in patches]
    if one.expires and max(days) > one.expires:
        return f"ended on {one.expires}"
    if one.decided and min(days) < one.decided:
        return f"was decided on {one.decided}, after this was sent"
    return ""


def _missing(case: Case, one: ExceptionRule, patches: Sequence[Message]) -> str:
    """Return the trailers that an exception requires and some patch lacks; the cover letter's count for all."""
    cover = {trailer.key.lower() for message in _covers(case) for trailer in message.trailers}
    lacking = [
        key for key in one.requires
        if key.lower() not in cover and any(all(t.key.lower() != key.lower() for t in message.trailers) for message in patches)
    ]  # fmt: skip
    return " and ".join(f"{key}:" for key in lacking)


def relax(case: Case, rule: Rule, item: Finding) -> Finding:
    """Return a finding of a rule about something else than AI use as an exception leaves it.

    One that the document itself grants makes it information; one that a person grants must be claimed and makes it a question.
    """
    listed = sorted((one for one in case.pack.exceptions if rule.id in one.grants), key=_breadth)
    patches = [message for message in case.series.patches if message.target == item.target] or list(case.series.patches)
    if not listed or not patches:
        return item
    claims = [claim for message in (*patches, *_covers(case)) for claim in claims_of(message)]
    for one in listed:
        if _outside_time(one, patches) or _missing(case, one, patches) or _out_of_scope(one, patches, None):
            continue
        if one.granted_by == BY_POLICY:
            return replace(item, severity=Severity.INFO, says=f"{item.says} The exception {one.id} covers this.")
        mine = [claim for claim in claims if claim.grantor]
        if any(not list(_objections(case, rule, claim, one, patches, None)) for claim in mine):
            says = f"{item.says} The exception {one.id} is claimed; another {one.granted_by} confirms that it fits."
            return replace(item, severity=Severity.ASK, says=says)
    return item


def _out_of_scope(one: ExceptionRule, patches: Sequence[Message], item: Evidence | None) -> str:
    """Return in words what an exception's scope leaves out, "" where all is inside; roles and tools are those of declared use."""
    scope = one.scope
    changes = [change for message in patches for change in message.files]
    if "paths" in scope:
        touched = [normpath(path) for change in changes for path in (change.path, change.old) if path]
        outside = [path for path in touched if not glob_matches(path, scope["paths"])]
        if outside:
            return f"{outside[0]} is not in {', '.join(scope['paths'])}"
    counted = [change for change in changes if not glob_matches(change.path, scope.get("exclude", []))]
    added = max((sum(c.added for c in message.files if c in counted) for message in patches), default=0)
    if "max_added" in scope and added > scope["max_added"]:
        return f"{added} lines are added, at most {scope['max_added']} are covered"
    if item is None:
        return ""
    if "roles" in scope and item.role.value not in scope["roles"]:
        return f"it covers {', '.join(scope['roles'])}, not {item.role.value}"
    if "uses" in scope and _use(item, patches) not in scope["uses"]:
        return f"it covers {', '.join(scope['uses'])} use"
    if "scenarios" in scope and not any(_claimed(name, text) for name in scope["scenarios"] for text in _told(item, patches)):
        return f"the patch names none of {', '.join(scope['scenarios'])}"
    if "tool" in scope and not all(scope["tool"].lower() in tool.lower().split("/") for tool in item.tools or ("",)):
        return f"it covers {scope['tool']}"
    return ""


def _told(item: Evidence, patches: Sequence[Message]) -> Iterator[str]:
    """Yield where a patch may name the scenario of its use: its declaration, its trailers that tell what for, its claims."""
    yield item.quote
    for message in patches:
        yield from (trailer.value for trailer in message.trailers if trailer.key.lower().endswith("used-for"))
        yield from (claim.quote for claim in claims_of(message))


def _use(item: Evidence, patches: Sequence[Message]) -> str:
    """Return what the tool was used for alone; a trailer that does not tell it means what the prose beside it tells."""
    beside = [one for message in patches if message.message_id == item.message_id for one in message.evidence]
    told = {one.use for one in beside if one.klass is EvidenceClass.MESSAGE and one.says is Says.DECLARES}
    return next(iter(told)) if not item.use and item.klass is EvidenceClass.TRAILER and len(told) == 1 else item.use


def _about(case: Case, rule: Rule, code: str, claim: Claim, says: str, severity: Severity) -> Finding:
    return finding(case, rule, code, claim.message, says, line=claim.line, quote=claim.quote, severity=severity)
