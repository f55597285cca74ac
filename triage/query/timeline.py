# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened to a series and its other versions: mails that came, what was found, what people said, what the user did."""

from msgspec import Struct

from triage.config import Config
from triage.model import rfc3339, version_label
from triage.model.opinion import PAST, Stand, Standing
from triage.query.opinions import blind
from triage.store import listed, personal, queries
from triage.store.lines import series_lines
from triage.store.opinions import standing_of
from triage.store.schema import Index, Personal


class Event(Struct, frozen=True):
    """One thing that happened to a series or another version of it."""

    at: str
    """RFC 3339."""
    who: str
    """`archive`, `policy`, `you`, or a reviewer."""
    what: str
    detail: str
    message_id: str
    record: str = ""
    """The record that it is, "" for none."""
    mine: bool = False
    """Whether it is a record of the user's own that stands."""


def events(config: Config, connection: Index, notes: Personal, series: int, me: str) -> list[Event]:
    """Return what happened to all versions of a series' topic, newest first.

    What others said on a question stays hidden until `me` answered it. A finding stands at the time of the mail it rests on.
    """
    found: list[Event] = []
    for one, first, version, rfc, posted in queries.versions_of(connection, series):
        tag = version_label(version, bool(rfc))
        line = series_lines(connection, notes, [one], posted)[one]
        found.append(_event(posted, "archive", f"{tag} posted, {line.received} of {line.total} patches here", line.subject, first))
        mails = queries.series_mails(connection, one)
        for stored in mails:
            if not stored.message.is_member:
                sender = stored.message.sender
                said = f"reply on {tag} by {sender.name or sender.email}"
                found.append(_event(stored.message.posted, "archive", said, stored.message.raw_subject, stored.message.message_id))
        found += _found(connection, one, {str(s.message.message_id): s.message.posted for s in mails}, posted, tag)
        stands = standing_of(connection, one)
        hides = blind(config, stands, me).hides
        found += [_said(stand, tag, hides(stand), me) for stand in stands]
        ids = [str(s.message.message_id) for s in mails if s.message.is_member]
        found += [_event(at, "you", f"{what} ({tag})", "on this machine", first) for at, what in personal.events(notes, ids)]
    found = _once(found)
    kept = {(event.at, event.who, event.what, event.message_id): event for event in found}
    return sorted(kept.values(), key=lambda event: (event.at, event.who != "archive"), reverse=True)


def _once(events: list[Event]) -> list[Event]:
    """Return events with each record once: where it stands by itself, not where other versions carry it."""
    told: dict[str, Event] = {}
    for event in events:
        known = told.get(event.record)
        if event.record and (known is None or (known.what.endswith(")") and not event.what.endswith(")"))):
            told[event.record] = event
    return [event for event in events if not event.record or told[event.record] is event]


def _event(at: int, who: str, what: str, detail: str, message_id: str) -> Event:
    return Event(rfc3339(at) or "", who, what, detail, message_id)


def _found(connection: Index, series: int, posted: dict[str, int], first: int, tag: str) -> list[Event]:
    rows = []
    for item in listed.findings(connection, series):
        where = f" on patch {item.n}" if item.n is not None else ""
        what = f"{item.severity.value} {item.code} {item.name}{where} of {tag}: {item.status.value}"
        detail = f"{item.says} ({item.pack}, rule {item.rule})"
        rows.append(_event(posted.get(item.message_id, first), "policy", what, detail, item.message_id))
    return rows


_SAYS = {
    "agree": "agrees with", "disagree": "disagrees with", "unsure": "is unsure about", "confirm": "confirms", "dismiss": "dismisses",
    "waive": "waives", "withdraw": "withdraws a record on", "published": "published an opinion on",
}  # fmt: skip


def _said(stand: Stand, tag: str, hidden: bool, me: str) -> Event:
    record = stand.record
    about = f"{record.finding.code} on {tag}" if record.finding.code else tag
    what = f"{_SAYS.get(record.kind, f'{record.kind}:')} {about}"
    if record.asked:
        what = f"asks {' '.join(address.casefold() for address in record.asked)} about {about}"
    if hidden:
        what = "gave an opinion, hidden until you give yours"
    if stand.state not in {Standing.NOWHERE, Standing.COUNTS}:
        what += f" ({stand.state.value})"
    who = record.reviewer.name or record.reviewer.email
    mine = stand.is_by(me) and stand.state not in PAST and record.kind not in {"withdraw", "published"}
    return Event(record.time, who, what, "" if hidden else record.reason, record.target_message, record.id, mine)
