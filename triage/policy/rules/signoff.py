# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-offs: whether they are there, who they name, and in which order; the rule kinds `identity` and `order`."""

import re
from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from triage.mail.identity import is_named_after, parse_people, parse_person, same_email, same_name
from triage.mail.trailers import canonical_key
from triage.model import Finding, Kind, Message, MessageId, Person, Region, Severity, Trailer
from triage.model.expression import expression
from triage.policy.crowd import Crowd
from triage.policy.evidence.machines import is_ai
from triage.policy.pack import Rule
from triage.policy.rules.case import SIGNOFF, Case, finding, is_senders, same_person, signoffs

_EACH = expression(r"[^<>]{1,200}<[^<>]{1,320}>")
_BRACKETED = expression(r"<[^<>\s@]+@[^<>\s]+>")
_AROUND = expression(r"[(\[][^()\[\]\s]+@[^()\[\]\s]+[)\]]")
_WHOLE_NAME = expression(r"[a-z]{2,}[._-][a-z._-]*[a-z]{2,}@", re.IGNORECASE)
"""An address such as `ann.author@example.org`, which is one person's."""
_TIMES = {2: "twice", 3: "three times"}
MAX_PEOPLE = 50
"""People that one line is read to name."""


def kept(message: Message) -> list[Trailer]:
    """Return the trailers of a message that `git am` would keep."""
    return [item for item in message.trailers if item.region is Region.MESSAGE]


def signed(case: Case, rule: Rule) -> Iterator[Finding]:
    """A sign-off that every patch must carry, where and as git reads it."""
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
    given = signoffs(message)
    lost = [t for t in message.trailers if t.key == SIGNOFF and t.region is not Region.MESSAGE]
    for item, says in _broken(case, message, given):
        yield finding(case, rule, "DCO010", message, says, line=item.line, quote=item.raw, severity=Severity.WARN)
    if given:
        if not any(t.in_block for t in given):
            says = f"{SIGNOFF} stands outside the last paragraph of the message, where git interpret-trailers does not look."
            yield finding(case, rule, "DCO003", message, says, line=given[0].line, quote=given[0].raw, severity=Severity.INFO)
        return
    if lost:
        where = f"line {message.cut.number}: {message.cut.text[:60]!r}" if message.cut else "its cut"
        says = f"git am stops reading the message at {where} and drops this sign-off."
        yield finding(case, rule, "DCO002", message, says, line=lost[0].line, quote=lost[0].raw, region=lost[0].region.value)
        return
    yield from _missing(case, rule, message)


def _broken(case: Case, message: Message, given: list[Trailer]) -> Iterator[tuple[Trailer, str]]:
    """Yield lines that are sign-offs in all but their form, and what is wrong with each.

    An indented one is another commit's, quoted, unless it is all that the author or the sender gave.
    """
    keyed = f"{SIGNOFF.lower()}:"
    for item in (t for t in message.trailers if t.key == "?"):
        if item.raw[:1].isspace() and (given or not is_senders(case.people, message, parse_person(item.raw.partition(":")[2]))):
            continue
        if item.raw.lower().startswith(keyed):
            yield item, "The address of this sign-off stands on the next line, where git does not read it."
        else:
            yield item, f"The line is not written {SIGNOFF}: and git does not read it as one."
    for item in given:
        if not item.raw.lower().startswith(keyed):
            yield item, "There is a blank before the colon: git reads this line, other tools may not."
        if len(signers_of(item)) > 1:
            yield item, "The line names several people; each signs off on a line of their own."
        elif "@" in item.raw and not _BRACKETED.search(item.value) and not _AROUND.search(item.value):
            yield item, "The address of this sign-off does not stand in <>, where tools look for it."


def signers_of(item: Trailer) -> list[Person]:
    """Return whom a line names: one person, or several where it lists them, with commas or without."""
    if item.value.count("@") < 2:
        return [parse_person(item.value)]
    several = parse_people(item.value) if item.value.count("<") < 2 else []
    if not several:
        several = [parse_person(part) for part in _EACH.findall(item.value)[:MAX_PEOPLE]]
    return several if len(several) > 1 else [parse_person(item.value)]


def _missing(case: Case, rule: Rule, message: Message) -> Iterator[Finding]:
    last = message.last
    made = finding(
        case, rule, "DCO001", message, f"{message.author.name or message.author.email} gave no {SIGNOFF} on this patch.",
        line=last.number if last else None, quote=last.text.strip() if last else "", key="missing",
        severity=Severity.INFO if _is_draft(case, message) else rule.severity,
    )  # fmt: skip
    reply, item = _given_in_reply(case, message, message.author)
    if reply is None or item is None:
        yield made
        return
    yield replace(made, cured=reply.message_id)
    signer = parse_person(item.value)
    says = f"{signer.name or signer.email} signed off in a reply."
    cure = finding(case, rule, "DCO009", message, says, line=item.line, quote=item.raw, region="reply", severity=Severity.INFO)
    yield replace(cure, message_id=reply.message_id, n=None)


def _given_in_reply(case: Case, message: Message, who: Person) -> tuple[Message | None, Trailer | None]:
    """Return the first reply to a patch, or to the cover, in which somebody gave a sign-off of their own, and the line."""
    rows, people = case.signed_in_replies
    places = [people[to].first(who) for to in (message.message_id, MessageId("")) if to in people]
    at = min((place for place in places if place is not None), default=None)
    return (None, None) if at is None else rows[at]


def _is_draft(case: Case, message: Message) -> bool:
    """Whether a patch may be unsigned on purpose: an RFC, or one shown in a reply."""
    return message.subject.rfc or case.series.first.subject.rfc or message.kind is Kind.REPLY_PATCH


# identity --------------------------------------------------------------------------------------------------------------


def identity(case: Case, rule: Rule) -> Iterator[Finding]:
    """Who must be among those who signed a patch."""
    for message in case.patches(rule):
        key = rule.parameters.get("in", SIGNOFF)
        signers = [(item, who) for item in kept(message) if item.key.lower() == key.lower() for who in signers_of(item)]
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
            if wanted != "ok" and rule.parameters.get("match", "email") == "email" and author.email:
                signs = f"as {signer.email}" if signer.email else "without an address"
                says = f"{author.name} writes as {author.email} and signs {signs}."
                yield finding(case, rule, "DCO005", message, says, line=item.line, quote=item.raw, severity=Severity(wanted))
            return
    for item, signer in signers:
        if _one_local_part(author.email, signer.email) or (not author.name and is_named_after(author.email, signer.name)):
            says = f"{author} wrote this and {signer} signed it: one local part at two hosts, so perhaps one person."
            if not _one_local_part(author.email, signer.email):
                says = f"{author} wrote this and {signer} signed it: an address made from that name, so perhaps one person."
            yield finding(case, rule, "DCO005", message, says, line=item.line, quote=item.raw, severity=Severity.ASK)
            return
    item = signers[0][0]
    yield finding(case, rule, "DCO004", message, f"No sign-off is that of the author, {author}.", line=item.line, quote=item.raw)


def _one_local_part(one: str, other: str) -> bool:
    """Whether two addresses differ in the host alone; short and shared names, such as info, say nothing."""
    local = one.partition("@")[0].casefold()
    return len(local) > 4 and local == other.partition("@")[0].casefold() and local not in {"admin", "kernel", "patches", "linux"}


def _codevelopers(case: Case, rule: Rule, message: Message, signers: list[Person]) -> Iterator[Finding]:
    signed = Crowd(case.people, enumerate(signers))
    for item in kept(message):
        person = parse_person(item.value) if item.key == "Co-developed-by" else None
        if person and person not in signed:
            says = f"{person.name or person.email} is named {item.key} and gave no {rule.parameters.get('in', SIGNOFF)}."
            made = finding(case, rule, "DCO007", message, says, line=item.line, quote=item.raw)
            reply, _ = _given_in_reply(case, message, person)
            yield replace(made, cured=reply.message_id) if reply else made


def _sender(case: Case, rule: Rule, message: Message, signers: list[tuple[Trailer, Person]]) -> Iterator[Finding]:
    sender, author = message.sender, message.author
    by_address = rule.parameters.get("match", "alias") == "email"
    people = [person for _, person in signers]
    if any(case.people.same(sender, p) or (not by_address and same_name(sender.name, p.name)) for p in people):
        return
    if rule.parameters["who"] == "sender" and same_email(sender.email, author.email):
        return  # the author's own sign-off is another rule's
    item, says, severity = signers[-1][0], f"{sender} {_passed_on(message)} this patch by {author.name or author.email}", rule.severity
    if "stable-review" in message.notes:
        says, severity = f"{says} for stable review, where the maintainer signs on commit,", Severity.INFO
    elif not sender.name or sender.name.startswith("~"):  # git send-email run with a bare address: nearly always the author's other one
        if any(is_named_after(sender.email, person.name) for person in (author, *people)):
            return
        if not _WHOLE_NAME.match(sender.email):
            says, severity = f"{says} under an address without a name, perhaps the author's own,", Severity.ASK
    says += " but did not sign it off."
    yield finding(case, rule, "DCO006", message, says, line=item.line, quote=item.raw, severity=severity)


def _passed_on(message: Message) -> str:
    return "committed" if message.message_id.endswith("@commit.invalid") else "sent"


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
    lines = [t for t in kept(message) if t.key != "?"]
    if not any(item.key == key for item in lines):
        return
    given = [(at, parse_person(item.value)) for at, item in enumerate(lines) if item.key == wanted]
    crowd, at_line = Crowd(case.people, given), dict(given)
    last = given[-1][0] if given else -1
    for index, item in enumerate(lines):
        if item.key != key:
            continue
        person = parse_person(item.value)
        follows = last > index if any_person else crowd.after(person, index)
        if not apart:
            following = at_line.get(index + 1)
            follows = following is not None and (any_person or same_person(case.people, following, person))
        if follows:
            continue
        if given if any_person else person in crowd:
            says = f"The sign-off of {person.name or person.email} does not directly follow this line."
            yield finding(case, rule, "DCO008", message, says, line=item.line, quote=item.raw, severity=Severity.WARN)
        else:
            says = f"{person.name or person.email} is named {key} and gave no {wanted}."
            made = finding(case, rule, "DCO007", message, says, line=item.line, quote=item.raw)
            reply, _ = _given_in_reply(case, message, person)
            yield replace(made, cured=reply.message_id) if reply else made


def _out_of_order(case: Case, rule: Rule) -> Iterator[Finding]:
    """One finding a series for each thing that is out of order, on the first patch that has it: whole series are signed alike."""
    found: dict[str, list[tuple[Message, Trailer]]] = {}
    for message in case.patches(rule):
        for says, item in _ends(case, rule, message):
            found.setdefault(says, []).append((message, item))
    for says, places in found.items():
        message, item = places[0]
        patches = len({place.message_id for place, _ in places})
        more = f" So in {patches} patches of the series." if patches > 1 else ""
        yield finding(case, rule, "DCO012", message, says + more, line=item.line, quote=item.raw, key=says)


def _ends(case: Case, rule: Rule, message: Message) -> Iterator[tuple[str, Trailer]]:
    """Yield what is out of order in one patch; a co-developer's sign-off stands behind their own line, wherever that is."""
    lines = kept(message)
    signed: list[tuple[Trailer, Person]] = []
    times: Counter[Person] = Counter()
    again: dict[Person, Trailer] = {}
    developers = [parse_person(item.value) for item in lines if item.key == "Co-developed-by"]
    for item in signoffs(message):
        person = parse_person(item.value)
        if not item.raw.lower().startswith(f"{SIGNOFF.lower()}:") or is_ai(person):
            continue
        times[person] += 1
        if times[person] > 1:
            again.setdefault(person, item)
        signed.append((item, person))
    for person, item in again.items():
        often = _TIMES.get(times[person], f"{times[person]} times")
        yield f"{person.name or person.email} signed off {often}.", item
    others = Crowd(case.people, enumerate(developers))
    own = [pair for pair in signed if pair[1] not in others]
    for end, whose, number, pairs in (("first", message.author, 0, own), ("last", message.sender, -1, signed)):
        if end not in rule.parameters or len(signed) < 2 or not pairs or same_person(case.people, pairs[number][1], whose):
            continue
        if any(same_person(case.people, person, whose) for _, person in pairs):
            yield f"The {end} sign-off is not that of the {rule.parameters[end]}, {whose.name or whose.email}.", pairs[number][0]
