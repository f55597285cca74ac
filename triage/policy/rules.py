# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules applied: a series, its thread and a pack in, findings out. Each rule kind is one function; facts are never changed here."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256

from triage.mail.identity import parse_person, same_email, same_name
from triage.model import Evidence, EvidenceClass, Finding, Message, Person, Region, Role, Series, Severity, Trailer
from triage.policy.codes import CODES
from triage.policy.evidence import attribute, is_ai
from triage.policy.pack import ExceptionRule, Pack, Rule, day_of

SIGNOFF = "Signed-off-by"
DECLARED = {EvidenceClass.TRAILER, EvidenceClass.MESSAGE, EvidenceClass.COVER, EvidenceClass.TAIL, EvidenceClass.AUTHOR_REPLY}
_CLAIMS = re.compile(r"(?:AI-)?exception-granted-by|AI-used-for", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged together: one series, the replies in its thread, and the pack."""

    series: Series
    replies: tuple[Message, ...]
    pack: Pack

    @property
    def author(self) -> Person:
        """Who wrote the series, as far as its first patch tells."""
        return self.series.patches[0].author if self.series.patches else self.series.first.author

    def evidence(self) -> list[Evidence]:
        """Return all that is said of machines, by whom, in the series and in the replies to it."""
        own = [item for message in self.series.members for item in message.evidence]
        return own + [attribute(item, self.author) for message in self.replies for item in message.evidence]


def judge(series: Series, replies: Sequence[Message], pack: Pack) -> list[Finding]:
    """Return what `pack` says of a series, gravest first; each mail is judged by the rules in force on its date.

    `replies` are the mails of its thread that are no patches. A series whose subject prefix belongs to another project gives
    no findings. Never raises on mail content.
    """
    if any(prefix.lower() in pack.not_subject_prefix for prefix in series.first.subject.prefixes):
        return []
    case = Case(series, tuple(replies), pack)
    found: dict[str, Finding] = {}
    for rule in pack.rules:
        for finding in _KINDS[rule.kind](case, rule):
            found.setdefault(finding.id, finding)
    return sorted(found.values(), key=lambda f: (f.severity.rank, f.code, f.n if f.n is not None else -1, f.line or 0))


def declared_tools(series: Series, replies: Sequence[Message], author: Person) -> list[str]:
    """Return the tools that a series' own people declare, "unnamed" where they name none."""
    items = [item for message in series.members for item in message.evidence]
    items += [attribute(item, author) for message in replies for item in message.evidence]
    return sorted({item.tool or "unnamed" for item in items if item.klass in DECLARED and item.role in _MAKING})


def _patches(case: Case, rule: Rule) -> Iterator[Message]:
    """Yield the patches that a rule speaks of: in force on their date, and `when` holds."""
    for message in case.series.patches:
        if rule.in_force(day_of(message.posted)) and all(_holds(name, message) is wanted for wanted, name in rule.when):
            yield message


def _holds(predicate: str, message: Message) -> bool:
    match predicate:
        case "always" | "series":
            return True
        case "rfc":
            return message.subject.rfc
        case "revert":
            return message.subject.title.lower().startswith("revert")
        case "sender!=author":
            return not same_email(message.sender.email, message.author.email)
        case _:
            return message.kind.value == predicate


def _finding(
    case: Case, rule: Rule, code: str, message: Message, says: str, *, line: int | None = None, quote: str = "", region: str = "message",
    severity: Severity | None = None, key: str = "",
) -> Finding:  # fmt: skip
    """Make a finding; its id depends on content, code and rule only, so that the same mail has the same one everywhere."""
    about = CODES[code]
    identity = "\0".join((code, case.pack.id, rule.id, message.target, key or quote))
    return Finding(
        id=sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        code=code, name=about.name, severity=severity or rule.severity, rule=rule.id, pack=case.pack.id,
        message_id=message.message_id, target=message.target, n=message.subject.n, region=region, line=line, quote=quote, says=says,
        misses=about.misses, source=rule.source, question=about.question,
    )  # fmt: skip


# trailer ---------------------------------------------------------------------------------------------------------------


def _trailer(case: Case, rule: Rule) -> Iterator[Finding]:
    if rule.parameters.get("op") == "grammar":
        yield from _grammar(case, rule)
        return
    unsigned: list[Finding] = []
    signed = 0
    for message in _patches(case, rule):
        for finding in _require(case, rule, message):
            if finding.code == "DCO001":
                unsigned.append(finding)
            else:
                yield finding
        signed += bool(signoffs(message))
    if unsigned and signed and case.series.first.subject.rfc:
        first = unsigned[0]
        says = f"{len(unsigned)} of {len(case.series.patches)} patches of this RFC carry no sign-off, the others do."
        message = next(m for m in case.series.patches if m.message_id == first.message_id)
        yield _finding(case, rule, "DCO011", message, says, line=first.line, quote=first.quote, severity=Severity.WARN)
        return
    yield from unsigned


def signoffs(message: Message) -> list[Trailer]:
    """Return the sign-offs that `git am` would keep."""
    return [t for t in message.trailers if t.key == SIGNOFF and t.region is Region.MESSAGE]


def _require(case: Case, rule: Rule, message: Message) -> Iterator[Finding]:
    key = rule.parameters.get("key", SIGNOFF)
    kept = [t for t in message.trailers if t.key == key and t.region is Region.MESSAGE]
    lost = [t for t in message.trailers if t.key == key and t.region is not Region.MESSAGE]
    broken = [t for t in message.trailers if t.key == "?"]
    broken += [t for t in kept if not t.raw.lower().startswith(f"{key.lower()}:")]
    for trailer in broken:
        says = f"The line is not written {key}: and git does not read it as one."
        yield _finding(case, rule, "DCO010", message, says, line=trailer.line, quote=trailer.raw, severity=Severity.WARN)
    if kept:
        if not any(t.in_block for t in kept):
            says = f"{key} stands outside the last paragraph of the message, where git interpret-trailers does not look."
            yield _finding(case, rule, "DCO003", message, says, line=kept[0].line, quote=kept[0].raw, severity=Severity.INFO)
        return
    if lost:
        where = f"line {message.cut.number}: {message.cut.text[:60]!r}" if message.cut else "its cut"
        says = f"git am stops reading the message at {where} and drops this sign-off."
        yield _finding(case, rule, "DCO002", message, says, line=lost[0].line, quote=lost[0].raw, region=lost[0].region.value)
        return
    yield from _missing(case, rule, message, key)


def _missing(case: Case, rule: Rule, message: Message, key: str) -> Iterator[Finding]:
    last = message.last
    finding = _finding(
        case, rule, "DCO001", message, f"{message.author.name or message.author.email} gave no {key} on this patch.",
        line=last.number if last else None, quote=last.text.strip() if last else "", key="missing",
    )  # fmt: skip
    for reply in case.replies:
        for trailer in reply.trailers:
            signer = parse_person(trailer.value)
            if trailer.key == key and same_email(signer.email, message.author.email) and same_email(reply.sender.email, signer.email):
                yield replace(finding, cured=reply.message_id)
                says = f"{signer.name or signer.email} signed off in a reply."
                cure = _finding(case, rule, "DCO009", message, says, line=trailer.line, quote=trailer.raw, region="reply",
                                severity=Severity.INFO)  # fmt: skip
                yield replace(cure, message_id=reply.message_id, n=None)
                return
    yield finding


def _grammar(case: Case, rule: Rule) -> Iterator[Finding]:
    key, grammar = rule.parameters["key"], re.compile(rule.parameters["value"])
    for message in case.series.members:
        if not rule.in_force(day_of(message.posted)):
            continue
        for trailer in message.trailers:
            if trailer.key == key and trailer.region is Region.MESSAGE and not grammar.fullmatch(trailer.value.strip()):
                says = f"{key} does not have the form in force on {day_of(message.posted)}: {rule.text}"
                yield _finding(case, rule, "AI006", message, says, line=trailer.line, quote=trailer.raw)


# identity --------------------------------------------------------------------------------------------------------------


def _identity(case: Case, rule: Rule) -> Iterator[Finding]:
    for message in _patches(case, rule):
        signers = [(trailer, parse_person(trailer.value)) for trailer in signoffs(message)]
        if not signers:
            continue
        if rule.parameters["who"] == "author":
            yield from _author(case, rule, message, signers)
        elif rule.parameters["who"] == "sender":
            yield from _sender(case, rule, message, signers)


def _author(case: Case, rule: Rule, message: Message, signers: list[tuple[Trailer, Person]]) -> Iterator[Finding]:
    author = message.author
    if any(same_email(author.email, signer.email) for _, signer in signers):
        return
    for trailer, signer in signers:
        if same_name(author.name, signer.name):
            wanted = rule.parameters.get("on_name_only", "ask")
            if wanted != "ok":
                says = f"{author.name} writes as {author.email} and signs as {signer.email}."
                yield _finding(case, rule, "DCO005", message, says, line=trailer.line, quote=trailer.raw, severity=Severity(wanted))
            return
    trailer = signers[0][0]
    yield _finding(case, rule, "DCO004", message, f"No sign-off is that of the author, {author}.", line=trailer.line, quote=trailer.raw)


def _sender(case: Case, rule: Rule, message: Message, signers: list[tuple[Trailer, Person]]) -> Iterator[Finding]:
    sender, author = message.sender, message.author
    people = [signer for _, signer in signers]
    if any(same_email(sender.email, p.email) or same_name(sender.name, p.name) for p in people):
        return
    if same_email(sender.email, author.email) or (not sender.name and same_email(sender.email, author.email)):
        return
    trailer = signers[-1][0]
    says = f"{sender} sent this patch of {author.name or author.email} and is not among those who signed it."
    yield _finding(case, rule, "DCO006", message, says, line=trailer.line, quote=trailer.raw)


# order -----------------------------------------------------------------------------------------------------------------


def _order(case: Case, rule: Rule) -> Iterator[Finding]:
    key, wanted = rule.parameters["key"], rule.parameters["followed_by"]
    for message in _patches(case, rule):
        lines = [t for t in message.trailers if t.region is Region.MESSAGE and t.key != "?"]
        for index, trailer in enumerate(lines):
            if trailer.key != key:
                continue
            person = parse_person(trailer.value)
            following = lines[index + 1] if index + 1 < len(lines) else None
            if following and following.key == wanted and _same(parse_person(following.value), person):
                continue
            signed = any(t.key == wanted and _same(parse_person(t.value), person) for t in lines)
            if signed:
                says = f"The sign-off of {person.name or person.email} does not directly follow this line."
                yield _finding(case, rule, "DCO008", message, says, line=trailer.line, quote=trailer.raw, severity=Severity.WARN)
            else:
                says = f"{person.name or person.email} is named {key} and gave no {wanted}."
                yield _finding(case, rule, "DCO007", message, says, line=trailer.line, quote=trailer.raw)


def _same(one: Person, other: Person) -> bool:
    return same_email(one.email, other.email) or same_name(one.name, other.name)


# AI --------------------------------------------------------------------------------------------------------------------


def _human_only(case: Case, rule: Rule) -> Iterator[Finding]:
    for message in _patches(case, rule):
        for trailer in message.trailers:
            if trailer.key in rule.parameters["keys"] and trailer.region is Region.MESSAGE and is_ai(parse_person(trailer.value)):
                says = f"{trailer.key} names an AI agent; only a person can certify."
                yield _finding(case, rule, "AI008", message, says, line=trailer.line, quote=trailer.raw)


_MAKING = {Role.GENERATE, Role.DESCRIBE, Role.UNSPECIFIED, Role.TRANSLATE}


def _ai_stance(case: Case, rule: Rule) -> Iterator[Finding]:
    classes = {EvidenceClass(word) for word in rule.parameters["evidence"]}
    exempt = {Role(word) for word in rule.parameters.get("exempt_roles", [])}
    by_id = {message.message_id: message for message in (*case.series.members, *case.replies)}
    for item in case.evidence():
        message = by_id[item.message_id]
        if item.klass not in classes or not rule.in_force(day_of(message.posted)):
            continue
        anchor = message if message.is_member else case.series.first
        if item.klass in {EvidenceClass.THIRD_PARTY, EvidenceClass.BOT_GUESS}:
            if item.role not in exempt:
                says = f"{item.actor.name or item.actor.email} says so; nobody who sent the patch does."
                yield _from_evidence(case, rule, "AI002", anchor, item, says, Severity.ASK)
        elif item.role in exempt:
            says = f"Declared for a use that the policy leaves alone ({item.role.value})."
            yield _from_evidence(case, rule, "AI015", anchor, item, says, Severity.INFO)
        elif not (rule.parameters["stance"] == "decline-unless-exception" and _excepted(case, rule, message)):
            yield _from_evidence(case, rule, "AI001", anchor, item, _declared(item), rule.severity)
    yield from _claims(case, rule)


def _declared(item: Evidence) -> str:
    tool = f" ({item.tool.strip('/')})" if item.tool else ""
    return f"AI use{tool} is declared in the {item.klass.value.replace('-', ' ')}."


def _from_evidence(case: Case, rule: Rule, code: str, anchor: Message, item: Evidence, says: str, severity: Severity) -> Finding:
    made = _finding(case, rule, code, anchor, says, line=item.line, quote=item.quote, region=item.klass.value, severity=severity)
    return replace(made, message_id=item.message_id, n=anchor.subject.n if item.message_id == anchor.message_id else None)


def _excepted(case: Case, rule: Rule, message: Message) -> bool:
    return any(rule.id in exception.grants and _in_scope(exception, message) for exception in case.pack.exceptions)


def _in_scope(exception: ExceptionRule, message: Message) -> bool:
    """Say whether an exception covers a patch: not expired, its trailers present, its paths and size kept."""
    if exception.expires and exception.expires < day_of(message.posted):
        return False
    if any(all(t.key.lower() != key.lower() for t in message.trailers) for key in exception.requires):
        return False
    scope = exception.scope
    counted = [f for f in message.files if not any(fnmatchcase(f.path, glob) for glob in scope.get("exclude", []))]
    if "paths" in scope and not all(any(fnmatchcase(f.path, glob) for glob in scope["paths"]) for f in message.files):
        return False
    return bool("max_added" not in scope or sum(f.added for f in counted) <= scope["max_added"])


def _claims(case: Case, rule: Rule) -> Iterator[Finding]:
    """An exception that a patch claims and the pack does not list."""
    if rule.parameters["stance"] != "decline-unless-exception":
        return
    for message in _patches(case, rule):
        for trailer in message.trailers:
            if _CLAIMS.fullmatch(trailer.key) and trailer.region is Region.MESSAGE and not _excepted(case, rule, message):
                listed = ", ".join(exception.id for exception in case.pack.exceptions) or "none"
                says = f"An exception is claimed; the policy lists: {listed}."
                yield _finding(case, rule, "AI010", message, says, line=trailer.line, quote=trailer.raw, severity=Severity.ASK)


def _disclosure(case: Case, rule: Rule) -> Iterator[Finding]:
    """A declaration that the patches themselves do not carry: below the cut (AI005), or elsewhere in the series (AI003)."""
    exempt = {Role(word) for word in rule.parameters.get("exempt", []) if word in set(Role)}
    key = rule.parameters["key"]
    patches = {message.message_id: message for message in _patches(case, rule)}
    silent = [m for m in patches.values() if not any(t.key == key and t.region is Region.MESSAGE for t in m.trailers)]
    for item in case.evidence():
        if item.klass not in DECLARED or item.role in exempt or item.klass is EvidenceClass.TRAILER:
            continue
        if item.klass is EvidenceClass.TAIL and item.message_id in patches:
            says = "This stands below the line where git am stops reading, and will not be in the commit."
            yield _from_evidence(case, rule, "AI005", patches[item.message_id], item, says, Severity.INFO)
    yield from _undisclosed(case, rule, key, silent, exempt)


def _undisclosed(case: Case, rule: Rule, key: str, silent: list[Message], exempt: set[Role]) -> Iterator[Finding]:
    """One finding a series: the first declaration that speaks of patches without the trailer."""
    ids = {message.message_id for message in silent}
    for item in case.evidence():
        if item.klass not in DECLARED or item.role in exempt or item.klass is EvidenceClass.TAIL:
            continue  # what stands below the cut is AI005
        about_one = item.klass in {EvidenceClass.MESSAGE, EvidenceClass.TRAILER}
        if (about_one and item.message_id not in ids) or not silent:
            continue
        count = 1 if about_one else len(silent)
        says = (
            f"AI use is declared in the {item.klass.value.replace('-', ' ')}; {count} of {len(case.series.patches)} patches carry no {key}."
        )
        anchor = next((m for m in silent if m.message_id == item.message_id), case.series.first)
        yield _from_evidence(case, rule, "AI003", anchor, item, says, rule.severity)
        return


_KINDS: dict[str, Callable[[Case, Rule], Iterator[Finding]]] = {
    "trailer": _trailer,
    "identity": _identity,
    "order": _order,
    "human-only": _human_only,
    "ai-stance": _ai_stance,
    "disclosure": _disclosure,
}
