# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said, read: lists of opinions and requests, whole logs, one record, and whether all of it can be believed."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from triage import git
from triage.config import Config
from triage.model.errors import ConfigError, UsageError
from triage.model.opinion import Record, Stand, Standing, question_key
from triage.model.verdicts import HOUSEKEEPING
from triage.opinion.blind import Blind, reveal, revealed
from triage.opinion.person import reviewer
from triage.opinion.record import MAX_RECORD
from triage.store import opinions as stored
from triage.store import queries
from triage.store.personal import Turn
from triage.store.schema import Index
from triage.store.turns import any_requests, turns


class OpenRequest(Struct, frozen=True):
    """A request that somebody still has to answer."""

    stand: Stand
    subject: str
    series: str
    """The Message-ID of the series that it is about."""
    overdue: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it in the shape of `triage opinion list --mine --json`."""
        told = {"subject": self.subject, "waiting": list(self.stand.waiting), "overdue": self.overdue, "in": self.series}
        return self.stand.to_dict() | {"why": ""} | told


def stands(connection: Index, name: str | None) -> Iterator[Stand]:
    """Yield records: all in the order of their logs, or those on the series that a mail belongs to by time, with where they stand."""
    if name is None:
        yield from (stand_of(connection, record) for record in stored.load_records(connection))
    else:
        yield from stored.standing_of(connection, queries.find_series(connection, name))


def stand_of(connection: Index, record: Record) -> Stand:
    """Return where a record stands for the newest series that has it.

    Where none has, it is outdated if its mail is here, else nowhere; so is one about another record.
    """
    if found := stored.newest_stand(connection, record):
        return found
    question = question_key(record.target, record.finding.id)
    if record.kind not in HOUSEKEEPING and stored.holds_mail(connection, record.target_message):
        return Stand(record, "", "", Standing.OUTDATED, stored.NO_SERIES, question=question)
    return Stand(record, "", "", Standing.NOWHERE, question=question)


def open_requests(connection: Index, me: str, mine: bool) -> list[OpenRequest]:
    """Return open requests, those that are due first: those that wait for `me` (`mine`), or those that `me` made."""
    today = str(datetime.now(UTC).date())
    found = []
    for series, stand in stored.requests(connection):
        if stand.state is Standing.ASKED and (me.casefold() in stand.waiting if mine else stand.is_by(me)):
            head, due = queries.series_head(connection, series), stand.record.due
            found.append(OpenRequest(stand, head.title, head.first, bool(due) and due < today))
    return sorted(found, key=lambda one: (one.stand.record.due or "9999", one.stand.record.time, one.stand.record.id))


def my_address() -> str:
    """Return the user's address, "" where git knows none."""
    try:
        return reviewer().email
    except ConfigError:
        return ""


def my_turns(connection: Index, now: int) -> dict[int, Turn]:
    """Return for which series an open request concerns the user; git is asked who that is only where there are requests."""
    return turns(connection, my_address(), now) if any_requests(connection) else {}


def blind(config: Config, said: Iterable[Stand], me: str) -> Blind:
    """Return what somebody may see of what is `said`: they must have answered, or looked before."""
    return Blind.of(said, me, revealed(config))


def look(config: Config, said: Iterable[Stand], me: str) -> None:
    """Note that what others said is looked at by somebody who has not answered: the record that follows will say so."""
    kept = list(said)
    hides = blind(config, kept, me).hides
    if closed := sorted({stand.question for stand in kept if hides(stand)}):
        reveal(config, closed)


def one_record(connection: Index, name: str) -> Record:
    """Return the record that an id, a commit or a unique beginning of either names; raises `UsageError` for none or several."""
    found = stored.find_record(connection, name)
    if not found:
        raise UsageError(f"no record called {name!r}", "`triage opinion log` prints their ids")
    if len({o.commit for o in found}) > 1:
        raise UsageError(f"{name!r} names {len(found)} records", "give its commit: `triage opinion log` prints it")
    return found[0]


def record_bytes(config: Config, opinion: Record) -> bytes:
    """Return a record as it is kept."""
    with git.Batch(config.paths.opinions, MAX_RECORD * 2) as batch:
        _, content = next(batch.read_all([f"{opinion.commit}:m"]))
    return content or b""
