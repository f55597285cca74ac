# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people corrected, in the index: kept beside the opinions it comes from, and found by the mails it names."""

from triage.model import MessageId
from triage.model.corrections import Correction, Named
from triage.store.schema import Index


def load_corrections(connection: Index) -> tuple[Correction, ...]:
    """Return the corrections that stand, in their order."""
    named: dict[int, list[Named]] = {}
    for position, message_id, target in connection.execute(
        "select correction, message_id, target from correction_mail order by correction, position"
    ):
        named.setdefault(position, []).append(Named(MessageId(message_id), target))
    rows = connection.execute("select position, record, kind from correction order by position")
    return tuple(Correction(MessageId(record), kind, named[position][0], tuple(named[position][1:])) for position, record, kind in rows)


def store_corrections(connection: Index, items: list[Correction]) -> None:
    """Replace the corrections by `items`; what they change is judged and linked again. To be called inside a transaction."""
    old, new = load_corrections(connection), tuple(items)
    if old == new:
        return
    connection.execute("delete from correction_mail")
    connection.execute("delete from correction")
    for position, item in enumerate(new):
        connection.execute("insert into correction (position, record, kind) values (?, ?, ?)", (position, item.record, item.kind))
        connection.executemany(
            "insert into correction_mail (correction, position, message_id, target) values (?, ?, ?, ?)",
            [(position, place, named.message_id, named.target) for place, named in enumerate(item.named)],
        )
    for item in set(old) ^ set(new):
        for named in item.named:
            connection.execute("insert or ignore into dirty select thread from message where message_id = ?", (named.message_id,))
            connection.execute(
                "update series set topic = '' where id in (select series from message where message_id = ?)", (named.message_id,)
            )


def threads_named_with(connection: Index, threads: set[int]) -> set[int]:
    """Return the threads that a correction ties to `threads`: they are grouped together."""
    if not connection.execute("select 1 from correction limit 1").fetchone():
        return set()
    tied: dict[int, set[int]] = {}
    for position, thread in connection.execute(
        "select c.correction, m.thread from correction_mail c join message m on m.message_id = c.message_id"
    ):
        tied.setdefault(position, set()).add(thread)
    return {thread for group in tied.values() if group & threads for thread in group}
