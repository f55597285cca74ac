# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""List evidence: the Reviewed-by, Acked-by, Tested-by, Nacked-by and their like that people sent as replies, with what vouches for them."""

import sqlite3
from typing import Any

from triage.errors import ArchiveError
from triage.history import effective_patches, followups_json
from triage.lookup import raw_mail
from triage.mail.attestation import attested
from triage.mail.identity import parse_person, same_email
from triage.store import opinions as stored
from triage.store import queries


def reviews_json(connection: sqlite3.Connection, series: int, check: bool = False) -> list[dict[str, Any]]:
    """Return what replies to a series gave, oldest first: weaker than opinions, since a mail's From proves nothing.

    `matches` says whether the sender is who the trailer names, as b4 checks it. `opinion` names the record that was published in that very
    mail: it is not counted again. With `check` developer signatures are verified with the keys that patatt is configured with.
    """
    published = stored.published_ids(connection)
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    numbers = {mail.message.message_id: mail.message.subject.n for mail, _ in effective_patches(connection, series)}
    for item in followups_json(connection, series):
        row = rows.setdefault((item["source"], item["key"].lower(), item["value"]), _row(item))
        row["patches"].append({"message_id": item["patch"], "n": numbers.get(item["patch"])})
    for source in {row["message_id"] for row in rows.values()}:
        vouched = _vouched(connection, source, check)
        sender = queries.find_message(connection, source).message.sender.email.casefold()
        for row in rows.values():
            if row["message_id"] == source:
                row |= {"vouched": vouched, "opinion": published.get((source, sender), "")}
    return list(rows.values())


def _row(item: dict[str, Any]) -> dict[str, Any]:
    person = parse_person(item["value"])
    return {
        "key": item["key"], "name": person.name, "email": person.email, "message_id": item["source"], "on_cover": item["on_cover"],
        "matches": item["matches"], "patches": [], "vouched": [], "opinion": "",
    }  # fmt: skip


def _vouched(connection: sqlite3.Connection, message_id: str, check: bool) -> list[dict[str, str]]:
    stored_mail = queries.find_message(connection, message_id)
    try:
        content = raw_mail(connection, stored_mail)
    except ArchiveError:
        return []
    sender = stored_mail.message.sender
    rows: list[dict[str, str]] = []
    for item in attested(content):
        row = {"kind": item.kind, "result": item.result, "identity": item.identity, "by": item.by, "checked": ""}
        if item.kind == "patatt" and not same_email(item.identity or sender.email, sender.email):
            row["checked"] = "another's: its identity is not the sender"
        elif item.kind == "patatt" and check:
            from triage.interop import check_patatt

            row["checked"] = check_patatt(content)
        rows.append(row)
    return rows


def vouched_text(row: dict[str, Any]) -> str:
    """Return in one phrase what vouches for the sender of a reply: the topmost DKIM result, and a developer signature if any."""
    parts = []
    if dkim := next((item for item in row["vouched"] if item["kind"] == "dkim"), None):
        parts.append(f"dkim={dkim['result']} {dkim['identity']}, says {dkim['by']}")
    if signature := next((item for item in row["vouched"] if item["kind"] == "patatt"), None):
        parts.append(f"patatt {signature['identity'] or 'signature'}: {signature['checked'] or 'not checked'}")
    if not row["matches"]:
        parts.append("sent by somebody else: does not count")
    if row["opinion"]:
        parts.append(f"published opinion {row['opinion']}")
    return "; ".join(parts) or "nothing vouches for it"
