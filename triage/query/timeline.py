# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened to a series and its other versions: mails that came, what was found, what people said, what the user did."""

import sqlite3
from typing import Any

from triage.config import Config
from triage.model import Severity, rfc3339, version_label
from triage.query.opinions import blind, opinions_json
from triage.store import personal, queries


def events_json(config: Config, connection: sqlite3.Connection, notes: sqlite3.Connection, series: int, me: str) -> list[dict[str, Any]]:
    """Return what happened to all versions of a series' topic, newest first.

    Each event has `time`, `who` (`archive`, `policy`, `you`, or a reviewer), `what` in one line, and `detail`. What others said on a
    question stays hidden until `me` answered it. A finding stands at the time of the mail it rests on.
    """
    found: list[dict[str, Any]] = []
    for one, first, version, rfc, posted in queries.versions_of(connection, series):
        tag = version_label(version, bool(rfc))
        line = queries.series_json(connection, notes, one, posted)
        what = f"{tag} posted, {line['received']} of {line['total']} patches here"
        found.append(_event(posted, "archive", what, line["subject"], first))
        mails = queries.series_mails(connection, one)
        for stored in mails:
            if not stored.message.is_member:
                sender = stored.message.sender
                said = f"reply on {tag} by {sender.name or sender.email}"
                found.append(_event(stored.message.posted, "archive", said, stored.message.raw_subject, stored.message.message_id))
        found += _found(connection, one, {str(s.message.message_id): s.message.posted for s in mails}, posted, tag)
        found += [_said(row, tag) for row in blind(config, opinions_json(connection, first), me, False)]
        ids = [str(s.message.message_id) for s in mails if s.message.is_member]
        found += [_event(at, "you", f"{what} ({tag})", "on this machine", first) for at, what in personal.events(notes, ids)]
    kept = {(row["time"], row["who"], row["what"], row["message_id"]): row for row in found}
    return sorted(kept.values(), key=lambda row: (row["time"], row["who"] != "archive"), reverse=True)


def _event(at: int, who: str, what: str, detail: str, message_id: str) -> dict[str, Any]:
    return {"schema": 1, "time": rfc3339(at), "who": who, "what": what, "detail": detail, "message_id": message_id}


def _found(connection: sqlite3.Connection, series: int, posted: dict[str, int], first: int, tag: str) -> list[dict[str, Any]]:
    rows = []
    for item in queries.findings_json(connection, series):
        where = f" on {item['n']}" if item["n"] is not None else ""
        what = f"{Severity(item['severity']).value} {item['code']} {item['name']}{where} of {tag}: {item['status']}"
        detail = f"{item['says']} ({item['pack']}, rule {item['rule']})"
        rows.append(_event(posted.get(item["message_id"], first), "policy", what, detail, item["message_id"]))
    return rows


def _said(row: dict[str, Any], tag: str) -> dict[str, Any]:
    who = row["reviewer"]["name"] or row["reviewer"]["email"]
    about = row["finding"].partition(" ")[2].partition(" ")[0]
    what = "gave an opinion, hidden until you give yours" if row["hidden"] else f"{row['kind']}{f' on {about}' if about else ''} of {tag}"
    if row["to"]:
        what += f", to {' '.join(row['to'])}"
    if row["state"] not in {"", "counts"}:
        what += f" ({row['state']})"
    detail = "" if row["hidden"] else row["reason"]
    return {"schema": 1, "time": row["time"], "who": who, "what": what, "detail": detail, "message_id": row["target_message"]}
