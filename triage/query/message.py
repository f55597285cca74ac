# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail or one series looked up: facts from the index, texts read again from the archive that holds them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from triage.archive import open_archive
from triage.mail.message import Read, read_mail
from triage.model import MAX_MAIL, BlobId, Evidence, Kind, Message, RawMail, rfc3339
from triage.model.errors import ArchiveError, UsageError
from triage.model.opinion import series_carry
from triage.opinion.record import Target
from triage.policy.evidence import find_evidence, passed_over
from triage.policy.people import NOBODY, People
from triage.policy.rules.case import evidence_of
from triage.series.replies import why_none
from triage.store import locations, queries
from triage.store.derive import stored_series
from triage.store.queries import Stored


def raw_mail(connection: sqlite3.Connection, stored: Stored) -> bytes:
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


def read_again(connection: sqlite3.Connection, stored: Stored) -> Read:
    """Return a mail's facts and texts, read from its archive."""
    content = raw_mail(connection, stored)
    message = stored.message
    return read_mail(RawMail(content[: MAX_MAIL + 1], "", BlobId(message.blob), message.archived))


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


def opinion_target(connection: sqlite3.Connection, name: str, finding: str = "") -> Target:
    """Return what an opinion on a mail, a series or one of its findings is bound to.

    `name` is any mail of the series: its cover or first patch stands for the whole series, another patch for itself.
    `finding` is a finding's id or code; raises `UsageError` where the series has none such, or several.
    """
    if not finding and (owner := queries.finding_owner(connection, name)):
        name, finding = owner, name
    stored = queries.find_message(connection, name)
    if stored.series is None:
        raise UsageError(f"{name!r} belongs to no series", "opinions are given on patches and series")
    head = queries.series_head(connection, stored.series)
    if finding:
        return _finding_target(connection, stored, finding, head)
    message = stored.message
    whole = message.message_id == head.first
    carry = _series_carry(connection, stored.series) if whole else message.carry
    return Target(
        message_id=message.message_id, blob=message.blob, content=head.fingerprint if whole else message.target,
        patch_id="" if whole else message.patch_id or "", carry=carry,
        series=f"v{head.version} {0 if whole else message.subject.n or 1}/{head.total}",
        fingerprint=head.fingerprint, title=head.title if whole else message.subject.title,
    )  # fmt: skip


def _series_carry(connection: sqlite3.Connection, series: int) -> str:
    return series_carry((m.message.subject.n, m.message.carry) for m in queries.series_mails(connection, series) if m.message.carry)


def _number(mail: Message) -> int:
    """A patch without a number is the only one."""
    return mail.subject.n if mail.subject.n is not None else int(mail.kind is Kind.PATCH)


def target_line(connection: sqlite3.Connection, target: Target, number: int) -> Target:
    """Return a target with a line of its mail, as `triage show` numbers them; raises `UsageError` for one it does not have."""
    lines = read_again(connection, queries.find_message(connection, target.message_id)).body.text.split("\n")
    if not 1 <= number <= len(lines):
        raise UsageError(f"the mail has no line {number}", f"it has {len(lines)}; `triage show` numbers them")
    return replace(target, line=number, quote=lines[number - 1].strip()[:200])


def _finding_target(connection: sqlite3.Connection, stored: Stored, finding: str, head: queries.Head) -> Target:
    assert stored.series is not None
    rows = queries.findings_json(connection, stored.series)
    chosen = [f for f in rows if f["id"] == finding] or [f for f in rows if f["id"].startswith(finding) and len(finding) >= 4]
    if not chosen:
        chosen = [f for f in rows if f["code"].lower() == finding.lower()]
        here = [f for f in chosen if f["message_id"] == stored.message.message_id]
        chosen = here if len(here) == 1 else chosen
    if len(chosen) != 1:
        known = ", ".join(f"{f['id']} {f['code']}" for f in rows) or "none"
        many = "no finding" if not chosen else f"{len(chosen)} findings"
        raise UsageError(f"{finding!r} names {many} of this series", f"give the id of one: {known}")
    item = chosen[0]
    mail = queries.find_message(connection, item["message_id"]).message
    whole = item["target"] == head.fingerprint  # what asks for a second opinion asks for one on the series
    return Target(
        message_id=mail.message_id, blob=mail.blob, content=item["target"], patch_id="" if whole else mail.patch_id or "",
        carry=_series_carry(connection, stored.series) if whole else mail.carry,
        series=f"v{head.version} {0 if whole else _number(mail)}/{head.total}", fingerprint=head.fingerprint,
        finding=f"{item['id']} {item['code']} {item['pack']}/{item['rule']}{queries.pack_digest(connection, item['pack'])}",
        title=head.title,
    )  # fmt: skip
