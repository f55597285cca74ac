# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where mails lie, so that their bytes can be read again, and which of them are worth it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from triage.store.schema import Index
from triage.store.statement import chunks, marks


def places_of(connection: Index, message_row: int) -> list[tuple[str, Path, str, str, str]]:
    """Return where a mail's bytes lie: kind and path of archives, unit, locator and blob."""
    rows = connection.execute(
        "select a.kind, a.path, e.unit, e.locator, e.blob from entry e join archive a on a.id = e.archive"
        " where e.message = ? and e.outcome in ('parsed', 'duplicate') and e.blob != '' order by e.outcome desc, e.id", (message_row,),
    )  # fmt: skip
    return [(kind, Path(path), unit, locator, blob) for kind, path, unit, locator, blob in rows]


def first_places(connection: Index, names: Iterable[str]) -> Iterator[tuple[str, str, Path, str, str, str]]:
    """Yield for each of some mails where its bytes lie first: Message-ID, kind and path of the archive, unit, locator and blob."""
    seen: set[str] = set()
    for part in chunks(names):
        for name, kind, path, *rest in connection.execute(
            "select m.message_id, a.kind, a.path, e.unit, e.locator, e.blob from message m join entry e on e.message = m.id"
            f" join archive a on a.id = e.archive where m.message_id in ({marks(part)}) and m.gone = ''"
            " and e.outcome in ('parsed', 'duplicate') and e.blob != '' order by e.outcome desc, e.id", part,
        ):  # fmt: skip
            if name not in seen:
                seen.add(name)
                yield name, kind, Path(path), *rest


def first_of_rows(connection: Index, rows: Iterable[int]) -> Iterator[tuple[int, str, Path, str, str, str]]:
    """Yield for each of some mails where its bytes lie first: row, kind and path of the archive, unit, locator and blob."""
    seen: set[int] = set()
    for part in chunks(rows):
        for row, kind, path, *rest in connection.execute(
            "select e.message, a.kind, a.path, e.unit, e.locator, e.blob from entry e join archive a on a.id = e.archive"
            f" join message m on m.id = e.message where e.message in ({marks(part)}) and m.gone != 'withdrawn'"
            " and e.outcome in ('parsed', 'duplicate') and e.blob != '' order by e.outcome desc, e.id", part,
        ):  # fmt: skip
            if row not in seen:
                seen.add(row)
                yield row, kind, Path(path), *rest


def everywhere(connection: Index, message_id: str) -> list[tuple[str, str]]:
    """Return path of the archive and blob of every copy of the mails with a Message-ID."""
    return connection.execute(
        "select distinct a.path, e.blob from entry e join archive a on a.id = e.archive join message m on m.id = e.message"
        " where m.message_id = ? and e.blob != ''", (message_id,),
    ).fetchall()  # fmt: skip


def senders_of(connection: Index, names: Iterable[str]) -> dict[str, str]:
    """Return the senders' addresses of some mails, in lower case."""
    found: dict[str, str] = {}
    for part in chunks(names):
        rows = connection.execute(
            f"select message_id, sender_email from message where message_id in ({marks(part)}) order by posted desc, blob desc", part
        )
        found |= {name: email.casefold() for name, email in rows}
    return found


def replies_with_trailers(connection: Index, series: Iterable[int]) -> list[str]:
    """Return the replies to some series that give any trailer."""
    query = "select message_id from message where kind not in ('patch', 'cover', 'pull', 'reply-patch') and trailers != '[]' and series in"
    return [row[0] for part in chunks(series) for row in connection.execute(f"{query} ({marks(part)})", part)]


def with_reviews(connection: Index, series: Iterable[int]) -> set[int]:
    """Return those of some series to which a reply gave a trailer, or that take over patches which may have some."""
    replied = "select series from message where kind not in ('patch', 'cover', 'pull', 'reply-patch') and trailers != '[]' and series in"
    return {
        row[0] for part in chunks(series) for row in connection.execute(
            f"{replied} ({marks(part)}) union select series from carried where series in ({marks(part)})", (*part, *part),
        )
    }  # fmt: skip


def held_of(connection: Index, ids: Iterable[str]) -> set[str]:
    """Return those of some Message-IDs that the index holds."""
    return {
        row[0] for part in chunks(ids) for row in connection.execute(
            f"select message_id from message where gone = '' and message_id in ({marks(part)})", part,
        )
    }  # fmt: skip
