# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies: which series each one answers. The same answer for any order of arrival."""

from collections.abc import Iterable, Mapping, Sequence

from triage.model import Message, MessageId, Series


def replies_to(grouped: Sequence[Series], messages: Iterable[Message]) -> list[tuple[Message, ...]]:
    """Return the replies to each series, in the order they were sent.

    A reply belongs to the series of the nearest mail above it that is a member of one. `git send-email --in-reply-to` names the parent
    alone and mail programs cut References, so the way up goes through other replies. Linear in the mails and the parents they name.
    """
    owners: dict[MessageId, int | None] = {}
    for number, series in enumerate(grouped):
        for message in series.members:
            owners.setdefault(message.message_id, number)
    waiting = sorted((m for m in messages if not m.is_member), key=lambda m: (m.posted, m.message_id, m.blob))
    above: dict[MessageId, Message] = {}
    for message in waiting:
        above.setdefault(message.message_id, message)
    found: list[list[Message]] = [[] for _ in grouped]
    for message in waiting:
        _settle(message, owners, above)
        owner = _owner(message, owners)
        if owner is not None:
            found[owner].append(message)
    return [tuple(replies) for replies in found]


def _settle(message: Message, owners: dict[MessageId, int | None], above: Mapping[MessageId, Message]) -> None:
    """Find the series of every reply on the way up from one; mails that answer each other in a circle are in none."""
    way, open_ = [message], {message.message_id}
    while way:
        current = way[-1]
        higher = _unsettled(current, owners, above, open_)
        if higher is not None:
            open_.add(higher.message_id)
            way.append(higher)
            continue
        way.pop()
        owners.setdefault(current.message_id, _owner(current, owners))


def _unsettled(
    message: Message, owners: Mapping[MessageId, int | None], above: Mapping[MessageId, Message], open_: set[MessageId]
) -> Message | None:
    """Return the next reply above a mail whose series must be known first."""
    for parent in message.parents:
        if owners.get(parent) is not None:
            return None
        if parent not in owners and parent in above and parent not in open_:
            return above[parent]
    return None


def _owner(message: Message, owners: Mapping[MessageId, int | None]) -> int | None:
    return next((owner for parent in message.parents if (owner := owners.get(parent)) is not None), None)
