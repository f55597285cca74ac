# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails read again from the archive that holds them."""

from triage.archive.detect import open_archive
from triage.mail.message import Read, read_mail
from triage.model import MAX_MAIL, BlobId, RawMail
from triage.model.errors import ArchiveError
from triage.store import locations
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


def read_again(connection: Index, stored: Stored) -> Read:
    """Return a mail's facts and texts, read from its archive."""
    content = raw_mail(connection, stored)
    message = stored.message
    return read_mail(RawMail(content[: MAX_MAIL + 1], "", BlobId(message.blob), message.archived))
