# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people corrected, in the index: kept beside the opinions it comes from, and found by the mails it names."""

from collections.abc import Iterable

from triage.model import MessageId
from triage.model.corrections import Correction, Named
from triage.store.schema import Index
from triage.store.statement import chunks, marks


def load_corrections(connection: Index) -> tuple[Correction, ...]:
    """Return the corrections that stand, in their order."""
    return _loaded(
        connection.execute("select position, record, kind from correction order by position").fetchall(),
        connection.execute("select correction, message_id, target from correction_mail order by correction, position"),
    )


def corrections_naming(connection: Index, mails: Iterable[str]) -> tuple[Correction, ...]:
    """Return the corrections that name any of some mails, in their order."""
    if not connection.execute("select 1 from correction limit 1").fetchone():
        return ()
    positions = sorted({
        row[0] for part in chunks(mails)
        for row in connection.execute(f"select correction from correction_mail where message_id in ({marks(part)})", part)
    })  # fmt: skip
    heads: list[tuple[int, str, str]] = []
    named: list[tuple[int, str, str]] = []
    for part in chunks(positions):
        heads += connection.execute(
            f"select position, record, kind from correction where position in ({marks(part)}) order by position", part
        )
        named += connection.execute(
            f"select correction, message_id, target from correction_mail where correction in ({marks(part)}) order by correction, position",
            part,
        )
    return _loaded(heads, named)


def _loaded(heads: Iterable[tuple[int, str, str]], mails: Iterable[tuple[int, str, str]]) -> tuple[Correction, ...]:
    named: dict[int, list[Named]] = {}
    for position, message_id, target in mails:
        named.setdefault(position, []).append(Named(MessageId(message_id), target))
    return tuple(Correction(MessageId(record), kind, named[position][0], tuple(named[position][1:])) for position, record, kind in heads)


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
    tied = {
        row[0] for part in chunks(threads) for row in connection.execute(
            "select distinct c.correction from message m join correction_mail c on c.message_id = m.message_id"
            f" where m.thread in ({marks(part)})", part,
        )
    }  # fmt: skip
    return {
        row[0] for part in chunks(tied) for row in connection.execute(
            "select distinct thread from message where message_id in"
            f" (select message_id from correction_mail where correction in ({marks(part)}))", part,
        )
    }  # fmt: skip
