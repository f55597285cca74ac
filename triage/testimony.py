# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said, as read from their logs, and the mails it may be about."""

from dataclasses import dataclass, field

from triage.model import MessageId, Person


@dataclass(frozen=True, slots=True)
class Place:
    """One mail that an opinion may be about."""

    message_id: str
    target: str
    words: str
    patch_id: str
    n: int | None
    author: Person
    sender: Person


@dataclass(frozen=True, slots=True)
class Opinion:
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

    @property
    def question(self) -> str:
        """The id of the finding it is about, "" for none."""
        return self.finding.partition(" ")[0]

    @property
    def patch_id(self) -> str:
        """The patch-id of the patch it is about, "" for none."""
        return _told(self.fields.get("Target-Patch-Id", ""))

    @property
    def words(self) -> str:
        """sha256 over that patch's author, title and commit message, "" for none."""
        return _told(self.fields.get("Target-Words", "")).removeprefix("sha256:")


def _told(value: str) -> str:
    return "" if value == "none" else value
