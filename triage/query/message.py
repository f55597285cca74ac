# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail or one series looked up: facts from the index, texts read again from the archive that holds them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Struct

from triage.archive.mbox import mboxrd
from triage.archive.reread import raw_mail, raw_rows, read_again
from triage.mail.message import read_mail
from triage.mail.mime import sent_lines
from triage.model import MAX_MAIL, BlobId, Body, Evidence, Message, RawMail, rfc3339
from triage.model.checks import CheckResult
from triage.model.errors import ArchiveError
from triage.model.listed import person_dict
from triage.policy.evidence import find_evidence, passed_over
from triage.policy.people import NOBODY, People
from triage.policy.rules.case import evidence_of
from triage.query.head import Answer, Head, answer_to, read_head
from triage.query.thread import Thread, thread_of
from triage.series.replies import why_none
from triage.store import locations, queries
from triage.store.derive import stored_series
from triage.store.queries import Stored
from triage.store.schema import Index

if TYPE_CHECKING:
    from triage.model.shapes.mail import MailShape


def link_to(base: str, message_id: str) -> str:
    """Return where a mail can be read on the web, percent-encoded (threat M8)."""
    return f"{base.rstrip('/')}/{quote(message_id, safe='@.-_+=~')}/"


class ShownMail(Struct, frozen=True):
    """One mail: its facts, its texts, and the series it is in."""

    message: Message
    body: Body
    evidence: tuple[Evidence, ...]
    """What it says of machines, by who speaks in its series."""
    series: str | None
    no_series: str
    """Why it is in no series, "" where it is in one."""
    urls: tuple[str, ...]
    gone: str
    """Why the archive has it no more, "" where it has."""
    head: Head
    thread: Thread
    answer: Answer
    sent_lines: tuple[int, ...] = ()
    """The line of the archive's page in which each line of the text begins; empty where these are the same."""
    checks: tuple[CheckResult, ...] = ()
    """What other tools said of it."""

    def archive_line(self, line: int) -> int:
        """Return where a line of the text begins on the archive's page."""
        return self.sent_lines[line - 1] if 0 < line <= len(self.sent_lines) else line

    def to_dict(self) -> "MailShape":
        """Return it in the shape of `triage show --json`."""
        message = self.message
        return {
            "schema": 2, "message_id": message.message_id, "blob": message.blob, "kind": message.kind.value,
            "author": person_dict(message.author), "sender": person_dict(message.sender), "date": rfc3339(message.date),
            "subject": message.raw_subject, "commit_message": self.body.commit_message, "tail": self.body.tail,
            "trailers": [
                {"key": t.key, "value": t.value, "line": t.line, "archive_line": self.archive_line(t.line), "region": t.region.value,
                 "in_block": t.in_block}
                for t in message.trailers
            ],
            "files": [{"path": f.path, "status": f.status, "added": f.added, "removed": f.removed} for f in message.files],
            "patch_id": message.patch_id, 
            "evidence": [{**item.to_dict(), "archive_line": self.archive_line(item.line)} for item in self.evidence],
            "pull": message.pull,
            "notes": list(message.notes), "series": self.series, "no_series": self.no_series, "urls": list(self.urls), "gone": self.gone,
            **self.head.to_dict(), **self.thread.to_dict(), "reply": self.answer.to_dict(),
            "checks": [one.to_dict() for one in self.checks],
        }  # fmt: skip


class Statement(Struct, frozen=True):
    """A sentence of a mail that names a machine."""

    line: int
    quote: str
    why: str
    """The words that decided it; why it says nothing of this contribution, where it was not taken for evidence."""
    evidence: Evidence | None
    """What it was taken for, None where it was passed over."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in the shape of `triage show --statements --json`."""
        if self.evidence:
            return self.evidence.to_dict() | {"taken": True}
        return {"says": "", "role": "unknown", "tools": [], "line": self.line, "quote": self.quote, "why": self.why, "taken": False}


def shown_mail(connection: Index, stored: Stored, people: People = NOBODY, checks: tuple[CheckResult, ...] = ()) -> ShownMail:
    """Return one mail with what `triage show` prints of it; raises `ArchiveError` where its archive cannot be read."""
    content = raw_mail(connection, stored)
    read = read_mail(RawMail(content[: MAX_MAIL + 1], "", BlobId(stored.message.blob), stored.message.archived))
    message, head = stored.message, read_head(content)
    told = spoken(connection, stored, people) or message.evidence or tuple(find_evidence(read.message, read.body))
    inside = stored.series is not None
    return ShownMail(
        message, read.body, told,
        series=queries.series_head(connection, stored.series).first if stored.series is not None else None,
        no_series="" if inside or stored.gone else why_none(message, locations.held_of(connection, message.parents)),
        urls=tuple(link_to(base, message.message_id) for base in queries.urls_of(connection, stored.row)), gone=stored.gone,
        head=head, thread=thread_of(connection, stored), answer=answer_to(message.message_id, message.raw_subject, message.sender, head),
        sent_lines=tuple(sent_lines(content)), checks=checks,
    )  # fmt: skip


def spoken(connection: Index, stored: Stored, people: People) -> tuple[Evidence, ...] | None:
    """Return what a mail says of machines by who speaks in its series: an author's reply is the author's; None where it is in none."""
    if stored.series is None:
        return None
    told = evidence_of(*stored_series(connection, stored.series), people)
    return tuple(item for item in told if item.message_id == stored.message.message_id)


def statements(connection: Index, stored: Stored, people: People = NOBODY) -> Iterator[Statement]:
    """Yield what each sentence of a mail that names a machine says, in order of lines, and those that were not taken for evidence."""
    read = read_again(connection, stored)
    told = spoken(connection, stored, people) or stored.message.evidence
    yield from (Statement(item.line, item.quote, item.why, item) for item in told)
    lines = {item.line for item in told}
    for line, text, why in passed_over(read.message, read.body):
        if line not in lines:
            yield Statement(line, text, why, None)


def as_mbox(connection: Index, stored: Stored, series_alone: bool) -> bytes:
    """Return the mails of a mail's thread, or those of its series, byte for byte, as an mboxrd; raises `UsageError`, `ArchiveError`."""
    if series_alone:
        series = queries.find_series(connection, stored.message.message_id)
        every = [*queries.series_mails(connection, series), *queries.carried_mails(connection, series)]
        rows = [one.row for one in sorted(every, key=lambda one: (one.message.posted, one.row))]
    else:
        rows = [one.row for one in queries.thread_mails(connection, stored.row)]
    contents = raw_rows(connection, rows)
    for row in rows:
        if isinstance(why := contents[row], ArchiveError):
            raise why
    return mboxrd([content for row in rows if isinstance(content := contents[row], bytes)])
