# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is judged together, what a rule speaks of, and how a finding is made; every rule kind builds on this."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256

from msgspec import Struct, field
from msgspec.structs import replace

from triage.mail.identity import parse_person, same_email
from triage.model import (
    Demand,
    Evidence,
    EvidenceClass,
    Finding,
    Kind,
    Message,
    MessageId,
    Person,
    Region,
    Role,
    Says,
    Series,
    Severity,
    Trailer,
)  # fmt: skip
from triage.model.codes import CODES
from triage.policy.crowd import Crowd
from triage.policy.evidence import attribute
from triage.policy.evidence.boxes import EMPTY
from triage.policy.evidence.local import ran_locally
from triage.policy.pack import Pack, Rule, day_of, glob_matches
from triage.policy.people import NOBODY, People
from triage.series.followups import Said, said, said_key
from triage.series.replies import nearest_above

SIGNOFF = "Signed-off-by"
DECLARED = frozenset([EvidenceClass.TRAILER, EvidenceClass.MESSAGE, EvidenceClass.COVER, EvidenceClass.TAIL, EvidenceClass.AUTHOR_REPLY])
"""Classes in which a series' own people speak."""
MAKING = frozenset([Role.GENERATE, Role.TEST, Role.DESCRIBE, Role.UNKNOWN, Role.TRANSLATE])
"""Roles in which something of the patch came from a machine."""


class Before(Struct, frozen=True):
    """The version before a series: when it was posted, and the Message-IDs of its mails."""

    posted: int
    ids: frozenset[str]


class Case(Struct, frozen=True, dict=True):
    """One series with the replies to it, the pack, the project's people, and what its own people declared of older versions."""

    series: Series
    replies: tuple[Message, ...]
    pack: Pack
    people: People
    earlier: tuple[Evidence, ...]
    others: frozenset[MessageId] = frozenset()
    """Mails of the series that are another project's: no rule speaks of them."""
    repository: Mapping[str, bool] = field(default_factory=dict)
    """What is known of the repository: `private`, `secrets`."""
    before: "Before | None" = None
    """The version before, where it is known."""

    @property
    def author(self) -> Person:
        """Who wrote the series, as far as its first patch tells."""
        return author_of(self.series)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """All that is said of machines, by whom, in the series and in the replies to it.

        A version whose own people are silent inherits what they declared of the one before.
        """
        own = evidence_of(self.series, self.replies, self.people)
        spoken = any(item.klass in DECLARED and (is_use(item) or item.says is Says.DENIES) for item in own)
        return own if spoken else (*own, *self.earlier)

    @cached_property
    def declarations(self) -> tuple[Evidence, ...]:
        """What the series' own people declare; where they do in words, a mere link to a session adds nothing."""
        found = [item for item in self.evidence if item.klass in DECLARED and item.declares]
        plain = [item for item in found if not item.link]
        return tuple(plain or found)

    @cached_property
    def allegations(self) -> tuple[Evidence, ...]:
        """What other people say of this contribution: that a machine made it."""
        return tuple(item for item in self.evidence if item.says is Says.ALLEGES)

    def answered(self) -> Evidence | None:
        """Return where the series' own people say that they wrote it, or that no machine did; None where nobody does or one did.

        A box that was left empty is evidence and no answer.
        """
        told = [
            item for item in self.evidence
            if item.klass in DECLARED and item.says in {Says.ATTESTS, Says.DENIES} and not item.why.startswith(EMPTY)
        ]  # fmt: skip
        return told[-1] if told and not any(is_use(item) for item in self.declarations) else None

    @cached_property
    def answered_by(self) -> dict[MessageId, Message]:
        """By reply, the patch or cover of the series that it speaks about."""
        return nearest_above(self.replies, {message.message_id: message for message in self.series.members})

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The trailers that people give to the series in replies of their own, each once and none that is carried already."""
        carried = {patch.message_id: {said_key(t) for t in patch.trailers if t.region is Region.MESSAGE} for patch in self.series.patches}
        by_all = set.intersection(*carried.values()) if carried else set()
        found: dict[tuple[MessageId, tuple[str, str]], Said] = {}
        for one in said(self.series, self.replies):
            key = said_key(one.trailer)
            if one.matches and key not in (by_all if one.target is self.series.cover else carried.get(one.target.message_id, ())):
                found.setdefault((one.target.message_id, key), one)
        return tuple(found.values())

    @cached_property
    def signed_in_replies(self) -> tuple[list[tuple[Message, Trailer]], dict[MessageId, Crowd]]:
        """The sign-offs of their own that people gave in replies; and who did, with its place there, by the patch they replied to.

        What was given to the cover, or to a mail that is not here, counts for each patch and stands under "".
        """
        rows: list[tuple[Message, Trailer]] = []
        people: dict[MessageId, list[tuple[int, Person]]] = {}
        for reply in self.replies:
            target = self.answered_by.get(reply.message_id)
            to = target.message_id if target is not None and target.kind not in {Kind.COVER, Kind.PULL} else MessageId("")
            for item in reply.trailers:
                signer = parse_person(item.value) if item.key == SIGNOFF else None
                if signer and self.people.same(reply.sender, signer):
                    people.setdefault(to, []).append((len(rows), signer))
                    rows.append((reply, item))
        return rows, {to: Crowd(self.people, given, by_name=False) for to, given in people.items()}

    @cached_property
    def mails(self) -> dict[str, Message]:
        """The mails by Message-ID."""
        return {message.message_id: message for message in (*self.replies, *self.series.members)}

    def anchor(self, item: Evidence) -> Message:
        """Return the mail that a finding on some evidence hangs on: its own, else the series' first."""
        message = self.mails.get(item.message_id)
        return message if message and message.is_member else self.series.first

    def posted(self, item: Evidence) -> int:
        """Return when evidence is judged: when its mail came, for an older version's when this series did."""
        message = self.mails.get(item.message_id)
        return message.posted if message else self.series.first.posted

    def patches(self, rule: Rule) -> Iterator[Message]:
        """Yield the patches that a rule speaks of: in force on their date, and `when` holds."""
        return (message for message in self.series.patches if self.speaks_of(rule, message))

    def speaks_of(self, rule: Rule, message: Message) -> bool:
        """Say whether a rule is in force on a mail's date and its `when` holds for it."""
        if message.message_id in self.others:
            return False
        return rule.in_force(day_of(message.posted)) and all(self._holds(name, message) is wanted for wanted, name in rule.when)

    def _holds(self, name: str, message: Message) -> bool:
        word, _, value = name.partition(":")
        match word:
            case "always":
                return True
            case "patch" | "cover" | "reply-patch":
                return message.kind.value == word
            case "pull":
                return Kind.PULL in {message.kind, self.series.first.kind} or self.series.first.subject.is_pull
            case "series":
                return self.series.total > 1
            case "rfc":
                return message.subject.rfc or self.series.first.subject.rfc
            case "revert":
                return message.subject.title.lower().startswith("revert")
            case "sender!=author":
                return not self.people.same(message.sender, message.author)
            case "author.is_maintainer":
                return self.people.is_maintainer(message.author)
            case "path":
                return any(glob_matches(path, [value]) for change in message.files for path in (change.path, change.old) if path)
            case "subject-prefix":
                return value.lower() in {prefix.lower() for prefix in message.subject.prefixes}
            case "repository.public":
                return self.repository.get("private") is False and self.repository.get("secrets") is False
            case "repository.private" | "repository.secrets":
                return self.repository.get(name.partition(".")[2], False)
            case _ if name.startswith("lines>"):
                return sum(change.added for change in message.files) > int(name[6:])
            case _ if name.startswith("patches>"):
                return self.series.total > int(name[8:])
            case _:
                return self._holds_of_ai(word, value)

    def _holds_of_ai(self, word: str, value: str) -> bool:
        match word:
            case "ai.declared":
                return any(is_use(item) for item in self.declarations)
            case "ai.denied":
                return any(item.klass in DECLARED and item.says is Says.DENIES for item in self.evidence)
            case "ai.admitted":
                return any(item.klass is EvidenceClass.AUTHOR_REPLY for item in self.declarations)
            case "ai.alleged":
                return bool(self.allegations)
            case "ai.local":
                return bool(self.declarations) and all(ran_locally(item) for item in self.declarations)
            case "ai.role":
                return any(item.role.value == value for item in self.declarations)
        raise AssertionError(f"predicate {word!r} has no meaning")


def author_of(series: Series) -> Person:
    """Return who wrote a series, as far as its first patch tells."""
    return series.patches[0].author if series.patches else series.first.author


def evidence_of(series: Series, replies: Sequence[Message], people: People = NOBODY) -> tuple[Evidence, ...]:
    """Return the evidence in a series and in the replies to it, each reply's by who speaks: authors and senders are its own people."""
    team = list(dict.fromkeys(person for message in series.members for person in (message.author, message.sender)))
    own = [item for message in series.members for item in message.evidence]
    return (*own, *(attribute(item, team, people.same) for message in replies for item in message.evidence))


def is_use(item: Evidence) -> bool:
    """Say whether evidence declares that something of the contribution came from a machine."""
    return item.declares and item.role in MAKING


def declared(series: Series, replies: Sequence[Message]) -> list[Evidence]:
    """Return what a series' own people declare of machines that made something of it: what a silent next version inherits."""
    return [item for item in evidence_of(series, replies) if item.klass in DECLARED and is_use(item)]


def signoffs(message: Message) -> list[Trailer]:
    """Return the sign-offs that `git am` would keep."""
    return [t for t in message.trailers if t.key == SIGNOFF and t.region is Region.MESSAGE]


def same_person(people: People, one: Person, other: Person) -> bool:
    """Say whether two are one person by address, alias or name."""
    from triage.mail.identity import same_name

    return people.same(one, other) or same_name(people.known_as(one).name, people.known_as(other).name)


def finding(
    case: Case, rule: Rule, code: str, message: Message, says: str, *, line: int | None = None, quote: str = "", region: str = "message",
    severity: Severity | None = None, key: str = "",
) -> Finding:  # fmt: skip
    """Make a finding; its id depends on content, code and rule only, so that the same mail has the same one everywhere."""
    about = CODES[code]
    pack = rule.pack or case.pack.root or case.pack.id
    basis = _basis(code, pack, rule.id, key or quote)
    former = (_basis(code, case.pack.id, rule.id, key or quote),) if pack != case.pack.id else ()
    return Finding(
        id=finding_id(basis, message.target), judged_by=(case.pack.id,), also=former,
        code=rule.code or code, name=rule.name or about.name, severity=severity or rule.severity, rule=rule.id, pack=pack,
        message_id=message.message_id, target=message.target, n=message.subject.n, region=region, line=line, quote=quote, says=says,
        misses=about.misses, source=rule.source, question=about.question, basis=basis,
    )  # fmt: skip


def _basis(code: str, pack: str, rule: str, key: str) -> str:
    return sha256("\0".join((code, pack, rule, key)).encode("utf-8", "surrogatepass")).hexdigest()


def finding_id(basis: str, target: str) -> str:
    """Return the id of a finding: what makes it, together with the content it is on."""
    return sha256(f"{basis}\0{target}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def on_series(case: Case, item: Finding, demand: Demand) -> Finding:
    """Have a finding ask for a second opinion: on the whole series, since nobody agrees to one patch of it."""
    whole = case.series.fingerprint
    return replace(item, target=whole, id=finding_id(item.basis, whole), demand=demand)


def from_evidence(case: Case, rule: Rule, code: str, item: Evidence, says: str, severity: Severity, key: str = "") -> Finding:
    """Make a finding that rests on a piece of evidence and hangs on a mail of the series."""
    anchor = case.anchor(item)
    made = finding(
        case,
        rule,
        code,
        anchor,
        says,
        line=item.line or None,
        quote=item.quote,
        region=item.klass.value if item.line else "subject",
        severity=severity,
        key=key,
    )
    own = item.message_id == anchor.message_id
    return made if own else _elsewhere(made, item)


def _elsewhere(made: Finding, item: Evidence) -> Finding:
    return replace(made, message_id=item.message_id, n=None)


def is_senders(people: People, message: Message, person: Person) -> bool:
    """Say whether a person is the author or the sender of a mail."""
    return any(same_person(people, person, own) or same_email(person.email, own.email) for own in (message.author, message.sender))
