# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said, as read from their logs, and the mails it may be about."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

from triage.model import MessageId, Person

if TYPE_CHECKING:
    from triage.model.shapes.opinion import OpinionShape


class RecordTarget(Struct, frozen=True):
    """One mail that an opinion may be about."""

    message_id: str
    target: str
    carry: str
    patch_id: str
    n: int | None
    author: Person
    sender: Person


class FindingRef(Struct, frozen=True):
    """What a record says of the finding it is about: `ID CODE PACK/RULE@DIGEST`, "" for a record about a patch or a series."""

    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return self.text

    @property
    def id(self) -> str:
        """The finding's id."""
        return self.text.partition(" ")[0]

    @property
    def origin(self) -> str:
        """What raised it, whatever its text was then: `CODE PACK/RULE`."""
        return self.text.partition(" ")[2].partition("@")[0]

    @property
    def code(self) -> str:
        """The finding's code."""
        return self.origin.partition(" ")[0]

    @property
    def pack(self) -> str:
        """The pack of the rule that raised it."""
        return self.origin.partition(" ")[2].partition("/")[0]

    @property
    def rule(self) -> str:
        """The rule that raised it."""
        return self.origin.partition(" ")[2].partition("/")[2]


NO_FINDING = FindingRef()


class Standing(StrEnum):
    """What a record is worth for a series now."""

    NOWHERE = ""
    """No series here has it."""
    COUNTS = "counts"
    CARRIED = "carried"
    """It was given on an older posting of the same change, and counts here."""
    OUTDATED = "outdated"
    """What it was given on has changed since."""
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    UNTRUSTED = "untrusted"
    EXCLUDED = "excluded"
    ASKED = "asked"
    """A request that nobody of those asked has answered, or not all."""
    ANSWERED = "answered"


COUNTING = (Standing.COUNTS, Standing.CARRIED)
PAST = (Standing.REPLACED, Standing.WITHDRAWN)


class Record(Struct, frozen=True):
    """One record of a reviewer's log, read from git."""

    id: MessageId
    commit: str
    reviewer: Person
    kind: str
    target: str
    target_message: MessageId
    finding: FindingRef
    reason: str
    time: str
    signed: str
    """`good`, `unverified` (there is a signature, no key of its reviewer is known here), `bad` or `unsigned`."""
    replaces: str = ""
    series: str = ""
    slot: str = "opinion"
    """Of one reviewer on one target and finding, the last record of a slot stands."""
    fields: dict[str, str] = field(default_factory=dict)
    log: str = ""
    """The ref it was read from."""
    trouble: str = ""
    """Why it is not believed, or cannot be read."""
    barred: str = ""
    """Why the keys in force do not let it count, "" where they do or there are none."""

    @property
    def line(self) -> int | None:
        """The line of the mail it is about, None for none."""
        value = self.fields.get("Line", "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 8 else None

    @property
    def quote(self) -> str:
        """What stood in that line."""
        return self.fields.get("Quote", "")

    @property
    def code(self) -> str:
        """The exception or reason code that it rests on, "" for none."""
        return self.fields.get("Reason-Code", "")

    @property
    def ai_assisted(self) -> str:
        """Which tool helped the reviewer, "" where nothing is said of it."""
        return self.fields.get("AI-Assisted", "")

    @property
    def role(self) -> str:
        """What the reviewer was in the project when it was written."""
        return self.fields.get("Role", "")

    @property
    def revealed(self) -> bool:
        """Whether the reviewer had looked at earlier opinions on the question."""
        return self.fields.get("Revealed") == "yes"

    @property
    def asked(self) -> tuple[str, ...]:
        """The addresses that a request asks, as they were written."""
        return tuple(self.fields.get("To", "").split())

    @property
    def due(self) -> str:
        """The day by which a request wants an answer, "" for none."""
        return self.fields.get("Due", "")

    @property
    def answers(self) -> str:
        """The record that it answers, "" for none."""
        return self.fields.get("Answers", "")

    @property
    def published(self) -> str:
        """The Message-ID under which a record went to the list, "" for none."""
        return self.fields.get("Published", "")

    @property
    def patch_id(self) -> str:
        """The patch-id of the patch it is about, "" for none."""
        return unless_none(self.fields.get("Target-Patch-Id", ""))

    @property
    def carry(self) -> str:
        """What an opinion on it carries by: sha256 over all but where the diff applies, "" for none."""
        return unless_none(self.fields.get("Target-Carry", "")).removeprefix("sha256:")


class Stand(Struct, frozen=True):
    """Where one record stands for one series."""

    record: Record
    finding: str
    """The id of the finding of this series that it is about, "" for the series or a patch."""
    message_id: str
    """The mail of this series that it is about, "" for the whole of it."""
    state: Standing
    why: str = ""
    waiting: tuple[str, ...] = ()
    """Who a request still waits for."""
    question: str = ""
    """What it answers here, as `question_key` names it."""

    def is_by(self, address: str) -> bool:
        """Say whether somebody wrote it."""
        return self.record.reviewer.email.casefold() == address.casefold()

    def to_dict(self) -> "OpinionShape":
        """Return it in the shape of `triage opinion list --json`."""
        one = self.record
        return {
            "schema": 1, "id": one.id, "commit": one.commit, "kind": one.kind,
            "reviewer": {"name": one.reviewer.name, "email": one.reviewer.email}, "target": one.target,
            "target_message": one.target_message, "finding": str(one.finding), "reason": one.reason, "time": one.time,
            "question": self.question, "signed": one.signed, "replaces": one.replaces, "state": self.state.value,
            "why": self.why or " ".join(self.waiting) or one.trouble, "series": one.fields.get("Series", ""), "code": one.code,
            "ai_assisted": one.ai_assisted, "role": one.role, "revealed": one.revealed, "to": [address.casefold() for address in one.asked],
            "due": one.due, "answers": one.answers, "published": one.published, "line": one.line, "quote": one.quote,
        }  # fmt: skip


def question_key(target: str, finding: str) -> str:
    """Return what names a question: the finding, which knows its content, else the content it is about."""
    return finding or target


def series_carry(patches: Iterable[tuple[int | None, str]]) -> str:
    """Return sha256 over what each patch of a series carries by, in order: what an opinion on the whole of it carries by; "" for none.

    `patches` gives each with its number; the same patch that comes again under its number changes nothing, another one does.
    """
    rows = [(-1 - at if number is None else number, carry) for at, (number, carry) in enumerate(patches)]
    told = [carry for _, carry in sorted(dict.fromkeys(rows))] if all(number >= 0 for number, _ in rows) else [carry for _, carry in rows]
    from hashlib import sha256  # not before it is needed: a list starts without

    return sha256("\n".join(told).encode()).hexdigest() if told and all(told) else ""


def unless_none(value: str) -> str:
    """Return what a field of a record says, "" for `none`."""
    return "" if value == "none" else value
