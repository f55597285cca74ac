# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said about series and versions, as values."""

from msgspec import Struct

from triage.model import Message, MessageId


class Named(Struct, frozen=True):
    """A mail as a correction names it: its id and its content, so that a mail swapped under the same id is not meant."""

    message_id: MessageId
    target: str

    def means(self, message: Message) -> bool:
        """Whether `message` is the mail that was named."""
        return message.message_id == self.message_id and message.target == self.target


class Correction(Struct, frozen=True):
    """One standing record: `split` and `merge` are about mails, `link` and `unlink` about the versions of a topic."""

    record: MessageId
    kind: str
    first: Named
    others: tuple[Named, ...] = ()

    @property
    def named(self) -> tuple[Named, ...]:
        """All mails it names."""
        return (self.first, *self.others)
