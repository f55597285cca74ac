# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""List evidence: the Reviewed-by, Acked-by, Tested-by, Nacked-by and their like that people sent as replies, with what vouches for them."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from triage.archive import open_archive
from triage.b4 import check_patatt
from triage.mail.attestation import Attested, attested
from triage.mail.identity import parse_person, same_email
from triage.model.errors import ArchiveError
from triage.policy.people import NOBODY, People
from triage.query.versions import effective_patches, followups_json
from triage.store import locations
from triage.store import opinions as stored
from triage.store.locations import has_reviews

Vouchers = dict[str, list[dict[str, str]]]
"""By Message-ID of a reply, what vouches for its sender."""


def reviews_json(
    connection: sqlite3.Connection, series: int, known: Vouchers | None = None, check: bool = False, people: People = NOBODY
) -> list[dict[str, Any]]:
    """Return what replies to a series gave, oldest first: weaker than opinions, since a mail's From proves nothing.

    `people` knows who is a bot or a tool: what these said is shown apart and never counts.

    `matches` says whether the sender is who the trailer names, as b4 checks it. `opinion` names the record that its reviewer published in
    that very mail: it is not counted again. What vouches for senders is read from the archives, unless it is `known`. With `check`
    developer signatures are verified with the keys that patatt is configured with.
    """
    if not has_reviews(connection, series):
        return []
    published = stored.published_ids(connection)
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    numbers = {mail.message.message_id: mail.message.subject.n for mail, _ in effective_patches(connection, series)}
    for item in followups_json(connection, series):
        row = rows.setdefault((item["source"], item["key"].lower(), item["value"]), _row(item, people))
        row["patches"].append({"message_id": item["patch"], "n": numbers.get(item["patch"])})
    sources = list(dict.fromkeys(row["message_id"] for row in rows.values()))
    vouched = vouchers(connection, sources, check) if known is None else known
    senders = locations.senders_of(connection, sources) if published else {}
    for row in rows.values():
        source = row["message_id"]
        row |= {"vouched": vouched.get(source, []), "opinion": published.get((source, senders.get(source, "")), "")}
    return list(rows.values())


def _row(item: dict[str, Any], people: People) -> dict[str, Any]:
    person = parse_person(item["value"])
    return {
        "key": item["key"], "name": person.name, "email": person.email, "message_id": item["source"], "on_cover": item["on_cover"],
        "matches": item["matches"], "machine": people.is_machine(person), "patches": [], "vouched": [], "opinion": "",
    }  # fmt: skip


def vouchers(connection: sqlite3.Connection, names: list[str], check: bool = False) -> Vouchers:
    """Return what vouches for the senders of some mails by their own headers, each archive read once; nothing for those that are gone."""
    senders = locations.senders_of(connection, names)
    groups: dict[tuple[str, Path, str], list[tuple[str, str, str]]] = {}
    for name, kind, path, unit, locator, blob in locations.first_places(connection, names):
        groups.setdefault((kind, path, unit), []).append((name, locator, blob))
    found: Vouchers = {}
    for (kind, path, unit), wanted in groups.items():
        with suppress(ArchiveError):
            contents = open_archive(kind, path).fetch_all(unit, [(locator, blob) for _, locator, blob in wanted])
            for (name, _, _), content in zip(wanted, contents, strict=True):
                found[name] = [_voucher(item, content, senders.get(name, ""), check) for item in attested(content)] if content else []
    return found


def _voucher(item: Attested, content: bytes, sender: str, check: bool) -> dict[str, str]:
    checked = ""
    if item.kind == "patatt" and not same_email(item.identity or sender, sender):
        checked = "another's: its identity is not the sender"
    elif item.kind == "patatt" and check:
        checked = check_patatt(content)
    return {"kind": item.kind, "result": item.result, "identity": item.identity, "by": item.by, "checked": checked}


def vouched_text(row: dict[str, Any]) -> str:
    """Return in one phrase what vouches for the sender of a reply: the topmost DKIM result, and a developer signature if any."""
    parts = []
    if dkim := next((item for item in row["vouched"] if item["kind"] == "dkim"), None):
        parts.append(f"dkim={dkim['result']} {dkim['identity']}, says {dkim['by']}")
    if signature := next((item for item in row["vouched"] if item["kind"] == "patatt"), None):
        parts.append(f"patatt {signature['identity'] or 'signature'}: {signature['checked'] or 'not checked'}")
    if row["machine"]:
        parts.append("a machine said it: does not count as a person's word")
    if not row["matches"]:
        parts.append("sent by somebody else: does not count")
    if row["opinion"]:
        parts.append(f"published opinion {row['opinion']}")
    return "; ".join(parts) or "nothing vouches for it"
