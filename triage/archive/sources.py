# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the mail of our own inboxes comes from: one class for each scheme of `Place.source`, told apart in one place."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from triage.archive.local import OwnInbox
from triage.model.archive import Place
from triage.model.days import SECONDS, SPAN
from triage.model.errors import ArchiveError, UsageError


class Source(Protocol):
    """Where an inbox's mail comes from."""

    far: bool
    """Whether it is over the network."""
    copied: bool
    """Whether its mail is copied here because it may not last there; a mirror is a clone that can be made again."""

    def pull(self, inbox: OwnInbox, cursor: str, since: int | None) -> str:
        """Bring what is new since a cursor into an inbox, or all since a time where `since` is given; returns the next cursor.

        Raises `TriageError`; what came before stays in the inbox.
        """
        ...

    def waiting(self, cursor: str) -> int | None:
        """Return how much is new since a cursor, None where only asking for all would tell."""
        ...


class Reader(Protocol):
    """What reads a source from a cursor on: a Maildir, a notmuch query."""

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


class _Stdin:
    """What delivery agents hand over: nothing is there to be asked."""

    far, copied = False, True

    def pull(self, inbox: OwnInbox, cursor: str, since: int | None) -> str:
        return cursor

    def waiting(self, cursor: str) -> int | None:
        return None


class _Mirror:
    """A list on a public-inbox server, cloned epoch by epoch."""

    far, copied = True, False

    def __init__(self, url: str, path: Path) -> None:
        self.url, self.path = url, path

    def pull(self, inbox: OwnInbox, cursor: str, since: int | None) -> str:
        from triage.archive import lore

        fingerprints = dict(json.loads(cursor)) if cursor else {}
        return json.dumps(lore.mirror(self.path, self.url, fingerprints), sort_keys=True)

    def waiting(self, cursor: str) -> int | None:
        return None


class _Thread:
    """One thread on a server."""

    far, copied = True, True

    def __init__(self, url: str) -> None:
        self.url = url

    def pull(self, inbox: OwnInbox, cursor: str, since: int | None) -> str:
        from triage.archive import lore

        inbox.add(lore.thread(self.url))
        return cursor

    def waiting(self, cursor: str) -> int | None:
        return None


class _Search:
    """What the search of a server finds since a day; the cursor is when it was last asked, in seconds."""

    far, copied = True, True

    def __init__(self, day: str, url: str) -> None:
        self.day, self.url = day, url

    def pull(self, inbox: OwnInbox, cursor: str, since: int | None) -> str:
        from triage.archive import lore

        started, known = int(time.time()), int(cursor or 0)
        # a cursor of the future was kept while the clock was wrong
        begin = known - lore.OVERLAP if 0 < known <= started else day_start(self.day)
        inbox.add(lore.search(self.url, begin if since is None else min(begin, since)))
        return str(started)

    def waiting(self, cursor: str) -> int | None:
        return None


class _Read:
    """A source on this machine that is read from a cursor on."""

    far, copied = False, True

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def pull(self, inbox: OwnInbox, cursor: str, since: int | None) -> str:
        with closing(self.reader.mails("" if since is not None else cursor)) as mails:  # type: ignore[type-var]
            inbox.add(mails)
        return self.reader.cursor()

    def waiting(self, cursor: str) -> int | None:
        return self.reader.count(cursor)


def source_of(place: Place) -> Source:
    """Return the source of a place that has one; raises `UsageError` for a scheme that only a newer program knows."""
    scheme, _, address = place.source.partition(":")
    match scheme:
        case "stdin":
            return _Stdin()
        case "mirror":
            return _Mirror(address, place.path)
        case "thread":
            return _Thread(address)
        case "search":
            day, _, url = address.partition(":")
            return _Search(day, url)
        case "maildir":
            from triage.archive.maildir import Maildir

            return _Read(Maildir(Path(address)))
        case "notmuch":
            from triage.archive.notmuch import Notmuch

            return _Read(Notmuch(address))
    raise UsageError(f"{place.source} is not a source that this program knows", "it was added by a newer triage")


def unread(source: Source) -> list[str]:
    """Return what of a source could not be read as mail by the last pull."""
    return source.reader.left if isinstance(source, _Read) else []


def check_unread(source: Source) -> None:
    """Raise `ArchiveError` where a pull left something that cannot be read as mail; the rest was taken."""
    if left := unread(source):
        raise ArchiveError(
            f"{len(left)} file{'s' if len(left) > 1 else ''} there cannot be read as mail, first {left[0]}", "the rest was taken"
        )


def since_day(text: str, now: float) -> str:
    """Return the day that `90d`, `12w` or `2026-03-31` names, as the last; raises `UsageError` for what names none."""
    match = SPAN.fullmatch(text.strip())
    if match and not match[1]:
        begin = int(now) - int(match[2]) * SECONDS[match[3]]
        if begin > 0:
            return datetime.fromtimestamp(begin, UTC).strftime("%Y-%m-%d")
    day_start(text)
    return text


def day_start(day: str) -> int:
    """Return the begin of a day in UTC, seconds since 1970; raises `UsageError` for what is none."""
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise UsageError(f"{day!r} is not a day", "write it as 2026-03-31, or how long ago, as 90d") from error
