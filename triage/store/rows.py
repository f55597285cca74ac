# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages as rows and back; compact JSON for what is only ever read whole."""

import json
import sqlite3
from typing import Any

from triage.model import (
    BlobId,
    Evidence,
    EvidenceClass,
    FileChange,
    Kind,
    Line,
    Message,
    MessageId,
    PatchId,
    Person,
    Region,
    Role,
    Says,
    Subject,
    Trailer,
)  # fmt: skip
from triage.model.series import is_loose, title_key

COLUMNS = (
    "message_id", "blob", "content", "target", "kind", "subject", "tags", "author_name", "author_email", "sender_name", "sender_email",
    "recipients", "date", "archived", "posted", "parents", "trailers", "files", "evidence", "patch_id", "change_id", "supersedes", "cut",
    "last", "mailer", "notes", "version", "n", "total", "loose", "pull", "obsoleted_by", "title_key", "claims", "hidden", "carry",
)  # fmt: skip
INDEX = {name: position for position, name in enumerate(COLUMNS)}
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _file_row(change: FileChange) -> tuple[object, ...]:
    row = (change.path, change.status, change.added, change.removed, change.old)
    return (*row, change.note) if change.note else row


def message_row(message: Message, patch_id: str | None) -> tuple[Any, ...]:
    """Return a message as a row of `COLUMNS`; lone surrogates, which SQLite refuses, become U+FFFD."""
    subject = message.subject
    row = (
        message.message_id, message.blob, message.content, message.target, message.kind.value, message.raw_subject, _tags(subject),
        message.author.name, message.author.email, message.sender.name, message.sender.email, message.recipients, message.date,
        message.archived, message.posted, " ".join(message.parents),
        _dumps([(t.key, t.value, t.line, t.region.value, t.in_block, t.raw) for t in message.trailers]) if message.trailers else "[]",
        _dumps([_file_row(f) for f in message.files]) if message.files else "[]",
        _evidence(message.evidence), patch_id, message.change_id, " ".join(message.supersedes), _line(message.cut), _line(message.last),
        message.mailer, " ".join(message.notes), subject.version, subject.n, subject.total, int(is_loose(message)),
        message.pull, " ".join(message.obsoleted_by), title_key(subject.title) if message.is_member else "",
        _lines(message.claims), _lines(message.hidden), message.carry,
    )  # fmt: skip
    return tuple(_sound(value) if type(value) is str and not value.isascii() else value for value in row)


def _sound(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _tags(subject: Subject) -> str:
    flags = (subject.versioned, subject.is_patch, subject.is_reply, subject.is_pull, subject.rfc, subject.resend)
    return _dumps((subject.title, subject.prefixes, subject.version, subject.minor, subject.n, subject.total, *map(int, flags)))


def _evidence(items: tuple[Evidence, ...]) -> str:
    if not items:
        return "[]"
    return _dumps(
        [
            (
                e.klass.value,
                e.actor.name,
                e.actor.email,
                e.role.value,
                e.quote,
                e.message_id,
                e.line,
                e.fields,
                e.use,
                e.says.value,
                e.tools,
                e.why,
                e.own.value if e.own else "",
                int(e.link),
            )
            for e in items
        ]
    )


def evidence_from(text: str) -> tuple[Evidence, ...]:
    """Return the evidence that a row holds as JSON."""
    if text == "[]":
        return ()
    return tuple(
        Evidence(EvidenceClass(c), Person(name, email), Role(r), quote, MessageId(mid), line, tuple(fields), use,
                 Says(says), tuple(tools), why, Says(own) if own else None, bool(link))
        for c, name, email, r, quote, mid, line, fields, use, says, tools, why, own, link in json.loads(text)
    )  # fmt: skip


def _line(line: Line | None) -> str | None:
    return _dumps((line.number, line.text[:500])) if line else None


def _lines(lines: tuple[Line, ...]) -> str:
    return _dumps([(line.number, line.text) for line in lines]) if lines else "[]"


def _lines_from(text: str) -> tuple[Line, ...]:
    return () if text == "[]" else tuple(Line(*item) for item in json.loads(text))


def message_from(row: sqlite3.Row | tuple[Any, ...]) -> Message:
    """Return the message of a row that starts with `COLUMNS`."""
    title, prefixes, version, minor, n, total, versioned, is_patch, is_reply, is_pull, rfc, resend = json.loads(row[6])
    return Message(
        message_id=MessageId(row[0]), blob=BlobId(row[1]), content=row[2], target=row[3], kind=Kind(row[4]), raw_subject=row[5],
        subject=Subject(title, tuple(prefixes), version, bool(versioned), minor, n, total, bool(is_patch), bool(is_reply), bool(is_pull),
                        bool(rfc), bool(resend)),
        author=Person(row[7], row[8]), sender=Person(row[9], row[10]), recipients=row[11], date=row[12], archived=row[13],
        parents=tuple(MessageId(item) for item in row[15].split(" ") if item),
        trailers=tuple(
            Trailer(k, v, line, Region(r), bool(b), raw) for k, v, line, r, b, raw in json.loads(row[16])
        ) if row[16] != "[]" else (),
        files=tuple(FileChange(*item) for item in json.loads(row[17])) if row[17] != "[]" else (),
        evidence=evidence_from(row[18]),
        patch_id=PatchId(row[19]) if row[19] else None, change_id=row[20],
        supersedes=tuple(MessageId(item) for item in row[21].split(" ") if item),
        cut=Line(*json.loads(row[22])) if row[22] else None, last=Line(*json.loads(row[23])) if row[23] else None,
        mailer=row[24], notes=tuple(row[25].split()), pull=row[30],
        obsoleted_by=tuple(MessageId(item) for item in row[31].split(" ") if item),
        claims=_lines_from(row[33]), hidden=_lines_from(row[34]), carry=row[35],
    )  # fmt: skip
