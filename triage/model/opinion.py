# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said, as read from their logs, and the mails it may be about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from triage.model import MessageId, Person


@dataclass(frozen=True, slots=True)
class RecordTarget:
    """One mail that an opinion may be about."""

    message_id: str
    target: str
    carry: str
    patch_id: str
    n: int | None
    author: Person
    sender: Person


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a reviewer's log, read from git."""

    id: MessageId
    commit: str
    reviewer: Person
    kind: str
    target: str
    target_message: MessageId
    finding: str
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
    def question(self) -> str:
        """The id of the finding it is about, "" for none."""
        return self.finding.partition(" ")[0]

    @property
    def patch_id(self) -> str:
        """The patch-id of the patch it is about, "" for none."""
        return unless_none(self.fields.get("Target-Patch-Id", ""))

    @property
    def carry(self) -> str:
        """What an opinion on it carries by: sha256 over all but where the diff applies, "" for none."""
        return unless_none(self.fields.get("Target-Carry", "")).removeprefix("sha256:")


def series_carry(patches: Iterable[tuple[int | None, str]]) -> str:
    """Return sha256 over what each patch of a series carries by, in order: what an opinion on the whole of it carries by; "" for none.

    `patches` gives each with its number; the same patch that comes again under its number changes nothing, another one does.
    """
    rows = [(-1 - at if number is None else number, carry) for at, (number, carry) in enumerate(patches)]
    told = [carry for _, carry in sorted(dict.fromkeys(rows))] if all(number >= 0 for number, _ in rows) else [carry for _, carry in rows]
    return sha256("\n".join(told).encode()).hexdigest() if told and all(told) else ""


def unless_none(value: str) -> str:
    """Return what a field of a record says, "" for `none`."""
    return "" if value == "none" else value
