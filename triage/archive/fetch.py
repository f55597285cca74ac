# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail is brought from its sources into inboxes of our own, before these are read as any other archive is.

How far a source was read is kept beside the mail that came from it, and only after that mail is on the disk: a run that is killed
reads again, and finds what is there already.
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from triage.archive.local import OwnInbox
from triage.config import Config
from triage.files import write_file, write_lock
from triage.model.archive import ListSpec, Place
from triage.model.errors import ArchiveError, BusyError, TriageError, UsageError

WAIT = 60.0
"""Seconds to wait for another process that adds mail to the same list."""


class Source(Protocol):
    """What is read from a cursor on: a Maildir, a notmuch query."""

    left: list[str]

    def mails(self, cursor: str) -> Iterator[bytes]:
        """Yield what is new since a cursor."""
        ...

    def cursor(self) -> str:
        """Return the cursor behind what `mails` yielded."""
        ...

    def count(self, cursor: str) -> int:
        """Return how much is new since a cursor."""
        ...


def open_source(source: str) -> Source | None:
    """Return the source that is read from a cursor on, None for one that is not."""
    scheme, _, address = source.partition(":")
    if scheme == "maildir":
        from triage.archive.maildir import Maildir

        return Maildir(Path(address))
    if scheme == "notmuch":
        from triage.archive.notmuch import Notmuch

        return Notmuch(address)
    return None


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
    with write_lock(place.path, wait=WAIT):
        _pull(place, inbox, since)


def _pull(place: Place, inbox: OwnInbox, since: int | None) -> None:
    from triage.archive import lore

    cursor = _cursor(place)
    scheme, _, address = place.source.partition(":")
    if scheme == "stdin":
        return
    if scheme == "mirror":
        _keep(place, json.dumps(lore.mirror(place.path, address, _fingerprints(cursor)), sort_keys=True))
        return
    if scheme == "thread":
        inbox.add(lore.thread(address))
        return
    if scheme == "search":
        day, _, url = address.partition(":")
        started = int(time.time())
        known = int(cursor or 0)
        # a cursor of the future was kept while the clock was wrong
        begin = known - lore.OVERLAP if 0 < known <= started else day_start(day)
        begin = begin if since is None else min(begin, since)
        inbox.add(lore.search(url, begin))
        _keep(place, str(started))
        return
    source = open_source(place.source)
    if source is None:
        raise UsageError(f"{place.source} is not a source that this program knows", "it was added by a newer triage")
    with closing(source.mails("" if since is not None else cursor)) as mails:  # type: ignore[type-var]
        inbox.add(mails)
    _keep(place, source.cursor())
    if source.left:
        number = len(source.left)
        raise ArchiveError(
            f"{number} file{'s' if number > 1 else ''} there cannot be read as mail, first {source.left[0]}", "the rest was taken"
        )


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
        with write_lock(place.path, wait=WAIT):
            return inbox.add(mails)
    except ArchiveError as error:
        raise BusyError(error.message, error.hint) from error


def is_far(spec: ListSpec) -> bool:
    """Say whether a list's mail comes over the network."""
    return any(place.source.startswith(("mirror:", "search:", "thread:")) for place in spec.places)


def waiting(place: Place) -> int | None:
    """Return how much a source has that was not brought yet, None where only asking it for all would tell."""
    source = open_source(place.source)
    return source.count(_cursor(place)) if source else None


def day_start(day: str) -> int:
    """Return the begin of a day in UTC, seconds since 1970; raises `UsageError` for what is none."""
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise UsageError(f"{day!r} is not a day", "write it as 2026-03-31") from error


def _file(place: Place) -> Path:
    return place.path / "source.json"


def _cursor(place: Place) -> str:
    try:
        kept = json.loads(_file(place).read_text("utf-8"))
        return str(kept["cursor"]) if kept["source"] == place.source else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _fingerprints(cursor: str) -> dict[str, str]:
    return dict(json.loads(cursor)) if cursor else {}


def _keep(place: Place, cursor: str) -> None:
    if cursor != _cursor(place):
        write_file(_file(place), json.dumps({"source": place.source, "cursor": cursor}) + "\n", private=True)
