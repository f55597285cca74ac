# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies: what each one answers, through other replies and through mail that is not here. The same for any order of arrival."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from triage.model import Message, MessageId, Series
from triage.series.likeness import sending_run

Goal = TypeVar("Goal")
MAX_UP = 20
"""References of a mail that are looked at for where a mail stood that is not here."""


def replies_to(grouped: Sequence[Series], messages: Iterable[Message]) -> list[tuple[Message, ...]]:
    """Return the replies to each series, in the order they were sent.

    A reply belongs to the series of the nearest mail above it that is a member of one (`nearest_above`). A mail without a tag that a
    sender put above their first patch, in the same run, belongs to that series too.
    """
    every = list(messages)
    owners: dict[MessageId, int] = {}
    for number, series in enumerate(grouped):
        for message in series.members:
            owners.setdefault(message.message_id, number)
    waiting = sorted((m for m in every if not m.is_member), key=lambda m: (m.posted, m.message_id, m.blob))
    owners |= _untagged_covers(grouped, waiting)
    found: list[list[Message]] = [[] for _ in grouped]
    above = nearest_above(every, owners)
    for message in waiting:
        owner = owners.get(message.message_id, above.get(message.message_id))
        if owner is not None:
            found[owner].append(message)
    return [tuple(replies) for replies in found]


def _untagged_covers(grouped: Sequence[Series], others: Iterable[Message]) -> dict[MessageId, int]:
    """Return the mails without a tag that stand above the first patch of a series without cover, from one run of one sender."""
    roots = {m.message_id: m for m in others if not m.parents}
    found: dict[MessageId, int] = {}
    for number, series in enumerate(grouped):
        head = series.first
        root = roots.get(head.parents[0]) if head.parents and series.cover is None else None
        run = sending_run(head.message_id)
        if root and run and run == sending_run(root.message_id) and root.sender.email.casefold() == head.sender.email.casefold():
            found.setdefault(root.message_id, number)
    return found


def nearest_above(messages: Iterable[Message], goals: Mapping[MessageId, Goal]) -> dict[MessageId, Goal]:
    """Return for each mail the goal that stands nearest above it, for those that have one: `goals` gives some ids theirs.

    `git send-email --in-reply-to` names the parent alone and mail programs cut References, so the way up goes through other mails, and
    through mail that is not here as far as the References of others tell where it stood. Of mails that answer each other in a circle one
    may reach what stands above the circle and another not. Linear in the mails and the parents they name.
    """
    every = sorted(messages, key=lambda m: (m.posted, m.message_id, m.blob))
    above: dict[MessageId, tuple[MessageId, ...]] = {}
    for message in every:
        above.setdefault(message.message_id, message.parents)
    above |= _absent(every, above)
    settled: dict[MessageId, Goal | None] = {}
    for message in every:
        _settle(message.message_id, above, goals, settled)
    return {name: goal for name, goal in settled.items() if goal is not None and name in above}


def _absent(messages: Iterable[Message], here: Collection[MessageId]) -> dict[MessageId, tuple[MessageId, ...]]:
    """Return what stood above mails that are not here, by the References of those that answer them; the longest tell most."""
    found: dict[MessageId, tuple[MessageId, ...]] = {}
    for message in messages:
        for at, parent in enumerate(message.parents[:MAX_UP]):
            rest = message.parents[at + 1 : at + 1 + MAX_UP]
            if rest and parent not in here and (len(rest), rest) > (len(found.get(parent, ())), found.get(parent, ())):
                found[parent] = rest
    return found


def _settle(
    start: MessageId, above: Mapping[MessageId, tuple[MessageId, ...]], goals: Mapping[MessageId, Goal],
    settled: dict[MessageId, Goal | None],
) -> None:  # fmt: skip
    """Find the goal above a mail, and that of every mail on the way there."""
    way: list[tuple[MessageId, Iterator[MessageId]]] = [(start, iter(above[start]))]
    open_ = {start}
    while way:
        name, parents = way[-1]
        for parent in parents:
            goal = goals.get(parent)
            goal = settled.get(parent) if goal is None else goal
            if goal is not None:
                settled.setdefault(name, goal)
                break
            if parent in above and parent not in settled and parent not in open_:
                open_.add(parent)
                way.append((parent, iter(above[parent])))
                break
        if way[-1][0] != name:
            continue
        settled.setdefault(name, None)
        way.pop()
        if way and settled[name] is not None:
            settled.setdefault(way[-1][0], settled[name])


def why_none(message: Message, here: Collection[str]) -> str:
    """Say why a mail in a thread is in no series; `here` are those of its parents that the index holds."""
    if not message.parents:
        return "it answers nothing"
    if not here:
        return f"what it answers is not here: {message.parents[0]}"
    return "it answers a mail that is neither a patch nor a reply to one"
