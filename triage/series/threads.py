# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads: which mails hang together by In-Reply-To and References, whatever the order they arrive in."""

from collections.abc import Iterable, Mapping

from triage.model import MessageId
from triage.model.series import Joined


def join(mails: Iterable[tuple[MessageId, tuple[MessageId, ...]]], known: Mapping[MessageId, int], next_thread: int) -> Joined:
    """Return the threads after `mails` (id and parents) came; ids of mail never seen count too, so that order does not matter.

    `known` gives the thread of ids that were named before. Where several threads meet, the lowest number stays. Linear
    but for the inverse Ackermann function; loops in References do no harm.
    """
    root: dict[MessageId, MessageId] = {}

    def find(item: MessageId) -> MessageId:
        root.setdefault(item, item)
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    anchor: dict[int, MessageId] = {}
    for message_id, parents in mails:
        for other in (message_id, *parents):
            number = known.get(other)
            if number is not None and other not in root:
                first = anchor.setdefault(number, other)
                root.setdefault(other, other)
                root[find(other)] = find(first)
            root[find(other)] = find(message_id)
    numbers: dict[MessageId, set[int]] = {}
    for number, item in anchor.items():
        numbers.setdefault(find(item), set()).add(number)
    chosen: dict[MessageId, int] = {}
    merged: dict[int, int] = {}
    thread_of: dict[MessageId, int] = {}
    for item in root:
        top = find(item)
        if top not in chosen:
            old = sorted(numbers.get(top, ()))
            chosen[top] = old[0] if old else next_thread
            next_thread += not old
            merged.update(dict.fromkeys(old[1:], chosen[top]))
        thread_of[item] = chosen[top]
    return Joined(thread_of, merged)
