# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails read again from the archive that holds them."""

from collections.abc import Iterable
from pathlib import Path

from triage.archive.detect import open_archive
from triage.mail.message import Read, read_mail
from triage.model import MAX_MAIL, BlobId, RawMail, blob_id
from triage.model.errors import ArchiveError
from triage.store import locations, queries
from triage.store.queries import Stored
from triage.store.schema import Index


def raw_mail(connection: Index, stored: Stored) -> bytes:
    """Return a mail's bytes from the first archive that still gives them; raises `ArchiveError` where none does."""
    last: ArchiveError | None = None
    if stored.gone == "withdrawn":
        raise ArchiveError(f"{stored.message.message_id} was withdrawn from its archive", "its text is gone; opinions on it are kept")
    for kind, path, unit, locator, blob in locations.places_of(connection, stored.row):
        try:
            return open_archive(kind, path).fetch(unit, locator, blob)
        except ArchiveError as error:
            last = error
    raise last or ArchiveError(f"no archive holds {stored.message.message_id} any more", "run `triage ingest`")


def raw_rows(connection: Index, rows: Iterable[int]) -> dict[int, bytes | ArchiveError]:
    """Return by row the bytes of mails, or why one cannot be had; what lies in one place is read by one program."""
    found: dict[int, bytes | ArchiveError] = {}
    together: dict[tuple[str, Path, str], list[tuple[int, str, str]]] = {}
    wanted = list(rows)
    for row, kind, path, unit, locator, blob in locations.first_of_rows(connection, wanted):
        together.setdefault((kind, path, unit), []).append((row, locator, blob))
    for (kind, path, unit), places in together.items():
        try:
            contents = list(open_archive(kind, path).fetch_all(unit, [(locator, blob) for _, locator, blob in places]))
        except ArchiveError:
            continue
        found |= {row: content for (row, _, _), content in zip(places, contents, strict=False) if content is not None}
    for stored in queries.stored_rows(connection, [row for row in wanted if row not in found]):
        try:
            found[stored.row] = raw_mail(connection, stored)  # it may lie elsewhere too
        except ArchiveError as error:
            found[stored.row] = error
    return found


def read_rows(connection: Index, rows: Iterable[int]) -> dict[int, Read | ArchiveError]:
    """Return by row the facts and texts of mails, or why one cannot be had."""
    return {
        row: content if isinstance(content, ArchiveError) else read_mail(RawMail(content[: MAX_MAIL + 1], "", blob_id(content), 0))
        for row, content in raw_rows(connection, rows).items()
    }


def read_again(connection: Index, stored: Stored) -> Read:
    """Return a mail's facts and texts, read from its archive."""
    content = raw_mail(connection, stored)
    message = stored.message
    return read_mail(RawMail(content[: MAX_MAIL + 1], "", BlobId(message.blob), message.archived))
