# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail is brought from its sources into inboxes of our own, before these are read as any other archive is.

How far a source was read is kept beside the mail that came from it, and only after that mail is on the disk: a run that is killed
reads again, and finds what is there already.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from triage.archive.local import OwnInbox
from triage.archive.sources import check_unread, source_of
from triage.config import Config
from triage.files import write_file, write_lock
from triage.model.archive import ListSpec, Place
from triage.model.errors import ArchiveError, BusyError, TriageError, UsageError

WAIT = 60.0
"""Seconds to wait for another process that adds mail to the same list."""


def pull_all(config: Config, lists: Iterable[ListSpec], since: int | None = None) -> dict[Place, TriageError]:
    """Bring what is new from every source of some lists; one that fails stops no other and is returned with its reason."""
    failed: dict[Place, TriageError] = {}
    for spec in lists:
        for place in spec.places:
            if place.source:
                try:
                    pull(place, since)
                except TriageError as error:
                    failed[place] = error
                except OSError as error:
                    failed[place] = ArchiveError(
                        f"cannot bring mail from {place.shown}", f"{error.strerror or error}; the next run tries again"
                    )
    return failed


def pull(place: Place, since: int | None = None) -> None:
    """Bring what is new from a place's source into its inbox; raises `TriageError`, what came before stays.

    `since` asks a search, or a source read from a cursor on, again from that time.
    """
    inbox = OwnInbox(place.path)
    inbox.make()
    with write_lock(place.path, wait=WAIT) as inbox.lock:
        source = source_of(place)
        _keep(place, source.pull(inbox, _cursor(place), since))
        check_unread(source)


def deliver(place: Place, content: bytes, mbox: bool = False) -> int:
    """Add what a delivery agent hands over, one mail or an mbox; returns how many mails were new.

    One mail is kept as it is but for the `From ` line that agents put before it. Raises `UsageError` for no mail, `BusyError` where it
    could not be kept: the agent is to try again.
    """
    from triage.archive import lore

    if not content.strip():
        raise UsageError("there is no mail on standard input", "pipe one mail into it, or an mbox with --mbox")
    if mbox:
        mails = list(lore.split(content, "standard input"))
    else:
        mails = [content.partition(b"\n")[2] if content.startswith(b"From ") else content]
    inbox = OwnInbox(place.path)
    try:
        inbox.make()
        with write_lock(place.path, wait=WAIT) as inbox.lock:
            return inbox.add(mails)
    except ArchiveError as error:
        raise BusyError(error.message, error.hint) from error


def expunge(place: Place, blobs: set[str], reason: str, now: int) -> int:
    """Remove mails that were copied to an inbox of our own, for good; returns how many were there. Raises `ArchiveError`, `BusyError`."""
    inbox = OwnInbox(place.path)
    with write_lock(place.path, wait=WAIT) as inbox.lock:
        return inbox.expunge(blobs, reason, now)


def is_copied(place: Place) -> bool:
    """Say whether a place is an inbox of our own that mail is copied to; a mirror is another's."""
    return bool(place.source) and source_of(place).copied


def is_far(spec: ListSpec) -> bool:
    """Say whether a list's mail comes over the network."""
    return any(source_of(place).far for place in spec.places if place.source)


def waiting(place: Place) -> int | None:
    """Return how much a source has that was not brought yet, None where only asking it for all would tell."""
    return source_of(place).waiting(_cursor(place))


def _file(place: Place) -> Path:
    return place.path / "source.json"


def _cursor(place: Place) -> str:
    try:
        kept = json.loads(_file(place).read_text("utf-8"))
        return str(kept["cursor"]) if kept["source"] == place.source else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _keep(place: Place, cursor: str) -> None:
    if cursor != _cursor(place):
        write_file(_file(place), json.dumps({"source": place.source, "cursor": cursor}) + "\n", private=True)
