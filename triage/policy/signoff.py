# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule kinds `trailer`, `identity` and `order`: sign-offs and other trailers, who they name, and in which order."""

from collections.abc import Iterator
from dataclasses import replace

from triage.mail.identity import parse_person, same_email, same_name
from triage.mail.trailers import canonical_key
from triage.model import Finding, Kind, Message, Person, Region, Severity, Trailer
from triage.policy.case import SIGNOFF, Case, finding, same_person, signoffs
from triage.policy.evidence import AI_KEYS, declares_ai
from triage.policy.evidence.machines import is_ai, is_bot
from triage.policy.evidence.tools import name_tool
from triage.policy.pack import Rule, day_of
from triage.policy.strict import compile_value
from triage.series.followups import followups

MAX_PEOPLE = 50
"""Co-developers of one patch that are looked at: whoever names more is not read closer."""


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
            yield from _signed(case, rule)
        case _:
            yield from _require(case, rule)


def _keys(rule: Rule) -> list[str]:
    return [rule.parameters["key"]] if "key" in rule.parameters else list(rule.parameters["any_of"])


def _has_key(rule: Rule, item: Trailer) -> bool:
    keys = _keys(rule)
    if rule.parameters.get("case") == "exact":
        return str(item.raw).partition(":")[0].strip() in keys
    return item.key.lower() in {key.lower() for key in keys}


def _kept(message: Message) -> list[Trailer]:
    return [item for item in message.trailers if item.region is Region.MESSAGE]


# sign-offs -------------------------------------------------------------------------------------------------------------


def _signed(case: Case, rule: Rule) -> Iterator[Finding]:
    unsigned: list[Finding] = []
    signed = 0
    for message in case.patches(rule):
        for item in _signoff(case, rule, message):
            if item.code == "DCO001" and not item.cured:
                unsigned.append(item)
            else:
                yield item
        signed += bool(signoffs(message))
    if unsigned and signed and case.series.first.subject.rfc:
        first = unsigned[0]
        says = f"{len(unsigned)} of {len(case.series.patches)} patches of this RFC carry no sign-off, the others do."
        message = next(m for m in case.series.patches if m.message_id == first.message_id)
        yield finding(case, rule, "DCO011", message, says, line=first.line, quote=first.quote, severity=Severity.WARN)
        return
    yield from unsigned


def _signoff(case: Case, rule: Rule, message: Message) -> Iterator[Finding]:
    kept = signoffs(message)
    lost = [t for t in message.trailers if t.key == SIGNOFF and t.region is not Region.MESSAGE]
    broken = [t for t in message.trailers if t.key == "?"]
    broken += [t for t in kept if not t.raw.lower().startswith(f"{SIGNOFF.lower()}:")]
    for item in broken:
        says = f"The line is not written {SIGNOFF}: and git does not read it as one."
        yield finding(case, rule, "DCO010", message, says, line=item.line, quote=item.raw, severity=Severity.WARN)
    if kept:
        if not any(t.in_block for t in kept):
            says = f"{SIGNOFF} stands outside the last paragraph of the message, where git interpret-trailers does not look."
            yield finding(case, rule, "DCO003", message, says, line=kept[0].line, quote=kept[0].raw, severity=Severity.INFO)
        return
    if lost:
        where = f"line {message.cut.number}: {message.cut.text[:60]!r}" if message.cut else "its cut"
        says = f"git am stops reading the message at {where} and drops this sign-off."
        yield finding(case, rule, "DCO002", message, says, line=lost[0].line, quote=lost[0].raw, region=lost[0].region.value)
        return
    yield from _missing(case, rule, message)


def _missing(case: Case, rule: Rule, message: Message) -> Iterator[Finding]:
    last = message.last
    made = finding(
        case, rule, "DCO001", message, f"{message.author.name or message.author.email} gave no {SIGNOFF} on this patch.",
        line=last.number if last else None, quote=last.text.strip() if last else "", key="missing",
        severity=Severity.INFO if _is_draft(case, message) else rule.severity,
    )  # fmt: skip
    for reply in case.replies:
        for item in reply.trailers:
            signer = parse_person(item.value)
            if item.key == SIGNOFF and case.people.same(signer, message.author) and case.people.same(reply.sender, signer):
                yield replace(made, cured=reply.message_id)
                says = f"{signer.name or signer.email} signed off in a reply."
                cure = finding(case, rule, "DCO009", message, says, line=item.line, quote=item.raw, region="reply", severity=Severity.INFO)
                yield replace(cure, message_id=reply.message_id, n=None)
                return
    yield made


def _is_draft(case: Case, message: Message) -> bool:
    """Whether a patch may be unsigned on purpose: an RFC, or one shown in a reply."""
    return message.subject.rfc or case.series.first.subject.rfc or message.kind is Kind.REPLY_PATCH


# other trailers --------------------------------------------------------------------------------------------------------


def _require(case: Case, rule: Rule) -> Iterator[Finding]:
    """A trailer that patches must carry, each of them or (scope = series) at least one mail of the series.

    Given in a reply by the person it names, it cures the finding.
    """
    wanted = " or ".join(_keys(rule))
    code = "AI003" if all(key.lower() in AI_KEYS for key in _keys(rule)) else "FMT003"
    given = {
        item.patch: item.source
        for item in followups(case.series, case.replies)
        if item.matches and _has_key(rule, item.trailer) and not case.people.is_machine(parse_person(item.trailer.value))
    }
    patches = list(case.patches(rule))
    if rule.parameters.get("scope") in {"series", "cover"}:
        mails = [m for m in case.series.members if rule.parameters["scope"] == "series" or m is case.series.cover]
        if patches and not any(_has_key(rule, item) for message in mails for item in message.trailers):
            made = finding(case, rule, code, case.series.first, f"No mail of the series carries {wanted}.", key="missing")
            yield replace(made, cured=next(iter(given.values()), ""))
        return
    for message in patches:
        if not any(_has_key(rule, item) for item in _kept(message)):
            last = message.last
            made = finding(
                case, rule, code, message, f"The patch carries no {wanted}.", line=last.number if last else None,
                quote=last.text.strip() if last else "", key="missing",
            )  # fmt: skip
            yield replace(made, cured=given.get(message.message_id, ""))


def _grammar(case: Case, rule: Rule) -> Iterator[Finding]:
    pattern = compile_value(rule.parameters["value"])
    keys = {key.lower() for key in _keys(rule)}
    code = "FMT001" if keys == {"fixes"} else "AI006" if keys <= AI_KEYS else "FMT004"
    for message in case.series.members:
        if not case.speaks_of(rule, message):
            continue
        for item in _kept(message):
            if not _has_key(rule, item) or (code == "AI006" and not declares_ai(item)):
                continue
            if not pattern.fullmatch(item.value.strip()):
                says = f"{item.key} does not have the form in force on {day_of(message.posted)}: {rule.text}"
                yield finding(case, rule, code, message, says, line=item.line, quote=item.raw)


def _forbid(case: Case, rule: Rule) -> Iterator[Finding]:
    whom = rule.parameters.get("subject", "any")
    for message in case.patches(rule):
        for item in _kept(message):
            if _has_key(rule, item) and _speaks_of(whom, item):
                says = f"{item.key} {'of ' + whom.replace('ai-tool', 'an AI tool') + ' ' if whom != 'any' else ''}is not wanted here."
                yield finding(case, rule, "AI007", message, says, line=item.line, quote=item.raw)


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
        lines = _kept(message)
        last = max((number for number, item in enumerate(lines) if item.key.lower() == before.lower()), default=len(lines))
        for item in lines[last + 1 :]:
            if _has_key(rule, item):
                says = f"{item.key} stands after the last {before}."
                yield finding(case, rule, "DCO012", message, says, line=item.line, quote=item.raw)


# identity --------------------------------------------------------------------------------------------------------------


def identity(case: Case, rule: Rule) -> Iterator[Finding]:
    """Who must be among those who signed a patch."""
    for message in case.patches(rule):
        key = rule.parameters.get("in", SIGNOFF)
        signers = [(item, parse_person(item.value)) for item in _kept(message) if item.key.lower() == key.lower()]
        if not signers:
            continue
        match rule.parameters["who"]:
            case "author":
                yield from _author(case, rule, message, signers)
            case "codeveloper":
                yield from _codevelopers(case, rule, message, [person for _, person in signers])
            case _:  # who sends a pull request committed its patches
                yield from _sender(case, rule, message, signers)


def _author(case: Case, rule: Rule, message: Message, signers: list[tuple[Trailer, Person]]) -> Iterator[Finding]:
    author = message.author
    if any(case.people.same(author, signer) for _, signer in signers):
        return
    for item, signer in signers:
        if same_name(author.name, signer.name):
            wanted = rule.parameters.get("on_name_only", "ask")
            if wanted != "ok" and rule.parameters.get("match", "email") == "email":
                says = f"{author.name} writes as {author.email} and signs as {signer.email}."
                yield finding(case, rule, "DCO005", message, says, line=item.line, quote=item.raw, severity=Severity(wanted))
            return
    for item, signer in signers:
        if _one_local_part(author.email, signer.email):
            says = f"{author} wrote this and {signer} signed it: one local part at two hosts, so perhaps one person."
            yield finding(case, rule, "DCO005", message, says, line=item.line, quote=item.raw, severity=Severity.ASK)
            return
    item = signers[0][0]
    yield finding(case, rule, "DCO004", message, f"No sign-off is that of the author, {author}.", line=item.line, quote=item.raw)


def _one_local_part(one: str, other: str) -> bool:
    """Whether two addresses differ in the host alone; short and shared names, such as info, say nothing."""
    local = one.partition("@")[0].casefold()
    return len(local) > 4 and local == other.partition("@")[0].casefold() and local not in {"admin", "kernel", "patches", "linux"}


def _codevelopers(case: Case, rule: Rule, message: Message, signers: list[Person]) -> Iterator[Finding]:
    for item in _kept(message):
        person = parse_person(item.value)
        if item.key == "Co-developed-by" and not any(same_person(case.people, person, signer) for signer in signers):
            says = f"{person.name or person.email} is named {item.key} and gave no {rule.parameters.get('in', SIGNOFF)}."
            yield finding(case, rule, "DCO007", message, says, line=item.line, quote=item.raw)


def _sender(case: Case, rule: Rule, message: Message, signers: list[tuple[Trailer, Person]]) -> Iterator[Finding]:
    sender, author = message.sender, message.author
    by_address = rule.parameters.get("match", "alias") == "email"
    if any(case.people.same(sender, p) or (not by_address and same_name(sender.name, p.name)) for _, p in signers):
        return
    if rule.parameters["who"] == "sender" and same_email(sender.email, author.email):
        return  # the author's own sign-off is another rule's
    item = signers[-1][0]
    says = f"{sender} sent this patch of {author.name or author.email} and is not among those who signed it."
    yield finding(case, rule, "DCO006", message, says, line=item.line, quote=item.raw)


# order -----------------------------------------------------------------------------------------------------------------


def order(case: Case, rule: Rule) -> Iterator[Finding]:
    """A trailer that another must follow, and whose sign-off comes first and last."""
    for message in case.patches(rule):
        if "followed_by" in rule.parameters:
            yield from _followed(case, rule, message)
    if {"first", "last"} & set(rule.parameters):
        yield from _out_of_order(case, rule)


def _followed(case: Case, rule: Rule, message: Message) -> Iterator[Finding]:
    key, wanted = canonical_key(rule.parameters["key"]), canonical_key(rule.parameters["followed_by"])
    any_person, apart = not rule.parameters.get("same_person", True), not rule.parameters.get("immediate", True)
    lines = [t for t in _kept(message) if t.key != "?"]
    for index, item in enumerate(lines):
        if item.key != key:
            continue
        person = parse_person(item.value)
        after = [t for t in lines[index + 1 :] if t.key == wanted]
        own = [t for t in lines if t.key == wanted and (any_person or same_person(case.people, parse_person(t.value), person))]
        following = lines[index + 1 : index + 2]
        if any(t in own for t in (after if apart else following)):
            continue
        if own:
            says = f"The sign-off of {person.name or person.email} does not directly follow this line."
            yield finding(case, rule, "DCO008", message, says, line=item.line, quote=item.raw, severity=Severity.WARN)
        else:
            says = f"{person.name or person.email} is named {key} and gave no {wanted}."
            yield finding(case, rule, "DCO007", message, says, line=item.line, quote=item.raw)


def _out_of_order(case: Case, rule: Rule) -> Iterator[Finding]:
    """One finding a series for each thing that is out of order, on the first patch that has it: whole series are signed alike."""
    found: dict[str, list[tuple[Message, Trailer]]] = {}
    for message in case.patches(rule):
        for says, item in _ends(case, rule, message):
            found.setdefault(says, []).append((message, item))
    for says, places in found.items():
        message, item = places[0]
        more = f" So in {len(places)} patches of the series." if len(places) > 1 else ""
        yield finding(case, rule, "DCO012", message, says + more, line=item.line, quote=item.raw, key=says)


def _ends(case: Case, rule: Rule, message: Message) -> Iterator[tuple[str, Trailer]]:
    """Yield what is out of order in one patch; a co-developer's sign-off stands behind their own line, wherever that is."""
    lines = _kept(message)
    signed: list[tuple[Trailer, Person]] = []
    seen: set[Person] = set()
    developers = [parse_person(item.value) for item in lines if item.key == "Co-developed-by"][:MAX_PEOPLE]
    for item in signoffs(message):
        person = parse_person(item.value)
        if not item.raw.lower().startswith(f"{SIGNOFF.lower()}:") or is_ai(person):
            continue
        if person in seen:
            yield f"{person.name or person.email} signed off twice.", item
        seen.add(person)
        signed.append((item, person))
    own = [pair for pair in signed if not any(same_person(case.people, pair[1], other) for other in developers)]
    for end, whose, number, pairs in (("first", message.author, 0, own), ("last", message.sender, -1, signed)):
        if end not in rule.parameters or len(signed) < 2 or not pairs or same_person(case.people, pairs[number][1], whose):
            continue
        if any(same_person(case.people, person, whose) for _, person in pairs):
            yield f"The {end} sign-off is not that of the {rule.parameters[end]}, {whose.name or whose.email}.", pairs[number][0]
