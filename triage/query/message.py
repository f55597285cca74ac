# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail or one series looked up: facts from the index, texts read again from the archive that holds them."""

import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from triage.archive.reread import read_again
from triage.mail.message import Read
from triage.model import Evidence, Message, rfc3339
from triage.policy.evidence import find_evidence, passed_over
from triage.policy.people import NOBODY, People
from triage.policy.rules.case import evidence_of
from triage.series.replies import why_none
from triage.store import locations, queries
from triage.store.derive import stored_series
from triage.store.queries import Stored


def link_to(base: str, message_id: str) -> str:
    """Return where a mail can be read on the web, percent-encoded (threat M8)."""
    return f"{base.rstrip('/')}/{quote(message_id, safe='@.-_+=~')}/"


def show_json(connection: sqlite3.Connection, stored: Stored, people: People = NOBODY) -> dict[str, Any]:
    """Return one mail in the shape of `triage show --json`."""
    read = read_again(connection, stored)
    message = stored.message
    return message_json(message, read, spoken(connection, stored, people)) | {
        "series": queries.series_head(connection, stored.series).first if stored.series is not None else None,
        "no_series": "" if stored.series is not None or stored.gone else why_none(message, locations.held_of(connection, message.parents)),
        "urls": [link_to(base, message.message_id) for base in queries.urls_of(connection, stored.row)],
        "gone": stored.gone,
    }


def spoken(connection: sqlite3.Connection, stored: Stored, people: People) -> tuple[Evidence, ...] | None:
    """Return what a mail says of machines by who speaks in its series: an author's reply is the author's; None where it is in none."""
    if stored.series is None:
        return None
    told = evidence_of(*stored_series(connection, stored.series), people)
    return tuple(item for item in told if item.message_id == stored.message.message_id)


def statements_json(connection: sqlite3.Connection, stored: Stored, people: People = NOBODY) -> Iterator[dict[str, Any]]:
    """Yield what each sentence of a mail that names a machine says, in order of lines, and those that were not taken for evidence."""
    read = read_again(connection, stored)
    told = spoken(connection, stored, people) or stored.message.evidence
    yield from (item.to_dict() | {"taken": True} for item in told)
    lines = {item.line for item in told}
    for line, text, why in passed_over(read.message, read.body):
        if line not in lines:
            yield {"says": "", "role": "unknown", "tools": [], "line": line, "quote": text, "why": why, "taken": False}


def message_json(message: Message, read: Read, told: tuple[Evidence, ...] | None = None) -> dict[str, Any]:
    """Return what a mail says, without a database: `show --json` and `check --format json` share it."""
    evidence = told or message.evidence or find_evidence(read.message, read.body)
    return {
        "schema": 2, "message_id": message.message_id, "blob": message.blob, "kind": message.kind.value,
        "author": {"name": message.author.name, "email": message.author.email},
        "sender": {"name": message.sender.name, "email": message.sender.email}, "date": rfc3339(message.date),
        "subject": message.raw_subject, "commit_message": read.body.commit_message, "tail": read.body.tail,
        "trailers": [
            {"key": t.key, "value": t.value, "line": t.line, "region": t.region.value, "in_block": t.in_block} for t in message.trailers
        ],
        "files": [{"path": f.path, "status": f.status, "added": f.added, "removed": f.removed} for f in message.files],
        "patch_id": message.patch_id,
        "evidence": [item.to_dict() for item in evidence],
        "pull": message.pull, "notes": list(message.notes),
    }  # fmt: skip
