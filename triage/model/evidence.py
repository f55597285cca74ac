# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of machines: one statement with who makes it, where it stands and what it tells."""

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from triage.model.people import MessageId, Person

if TYPE_CHECKING:
    from triage.model.shapes.mail import SaidOfMachineShape


class EvidenceClass(StrEnum):
    """Who said that a machine took part, and where."""

    TRAILER = "trailer"
    MESSAGE = "message"
    COVER = "cover"
    TAIL = "tail"
    AUTHOR_REPLY = "author-reply"
    THIRD_PARTY = "third-party"
    BOT_GUESS = "bot-guess"


class Says(StrEnum):
    """What a statement about a machine says of the contribution that it is made on."""

    DECLARES = "declares"
    """A machine had part in it."""
    DENIES = "denies"
    """None had."""
    ATTESTS = "attests"
    """A person made it: answers what asks for that, and denies nothing."""
    ALLEGES = "alleges"
    """Somebody else says that a machine made it."""
    DISCUSSES = "discusses"
    """It speaks of machines in general, of rules, of others' work, of what might be."""
    REPORTS = "reports"
    """It passes on or answers what a machine found from outside."""
    UNCLEAR = "unclear"
    """It names a machine about this contribution, and the grammar does not tell what for."""


class Role(StrEnum):
    """What the machine is said to have done."""

    GENERATE = "generate"
    TEST = "test"
    TRANSLATE = "translate"
    DESCRIBE = "describe"
    FIND = "find"
    REVIEW = "review"
    DEBUG = "debug"
    RESEARCH = "research"
    UNKNOWN = "unknown"


class Evidence(Struct, frozen=True):
    """One place where somebody says something of machines. `actor` is who said it."""

    klass: EvidenceClass
    actor: Person
    role: Role
    quote: str
    message_id: MessageId
    line: int
    fields: tuple[str, ...] = ()
    """What it tells of the use: tool, model, how, parts, prompts, tests."""
    use: str = ""
    """Where it was for this alone: translation, accessibility, typing-aid, mechanical or grammar."""
    says: Says = Says.DECLARES
    tools: tuple[str, ...] = ()
    """Every tool named: `vendor/tool/model` with empty parts where unknown."""
    why: str = ""
    """The words that decided what it says."""
    own: Says | None = None
    """What the words of a reply say where the author of the series speaks them."""
    link: bool = False
    """Whether only the address of a session with a tool says so."""

    @property
    def tool(self) -> str:
        """The first of `tools`, "" where none is named."""
        return self.tools[0] if self.tools else ""

    @property
    def declares(self) -> bool:
        """Whether it says that a machine had part in the contribution."""
        return self.says is Says.DECLARES

    def to_dict(self) -> "SaidOfMachineShape":
        """Return it in the shape of `show --json`."""
        return {
            "says": self.says.value, "class": self.klass.value, "actor": {"name": self.actor.name, "email": self.actor.email},
            "role": self.role.value, "tool": self.tool, "tools": list(self.tools), "quote": self.quote, "why": self.why,
            "message_id": self.message_id, "line": self.line,
        }  # fmt: skip
