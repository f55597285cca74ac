# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail, as `triage show` prints it."""

from typing import Annotated, Literal, TypedDict

from triage.model.shapes.series import CheckShape, PersonShape
from triage.model.shapes.words import (
    AtLeastOne,
    ClassText,
    Count,
    FileText,
    GoneText,
    KindText,
    MessageIdText,
    ObjectText,
    QuoteText,
    RegionText,
    RoleText,
    SaysText,
    TimeText,
    WhyText,
)  # fmt: skip

SentLine = Annotated[int, "The line of the body as it was sent, as its archive's page shows it."]
_Classed = TypedDict("_Classed", {"class": ClassText})


class TrailerShape(TypedDict):
    """A trailer of a mail."""

    key: str
    value: str
    line: AtLeastOne
    archive_line: SentLine
    region: RegionText
    in_block: bool


class FileShape(TypedDict):
    """A file that a patch changes."""

    path: str
    status: FileText
    added: Count
    removed: Count


class SaidOfMachineShape(_Classed):
    """What was said of a machine, by whom, and the words that say it."""

    says: SaysText
    actor: PersonShape
    role: RoleText
    tool: str
    tools: list[str]
    quote: QuoteText
    why: WhyText
    message_id: MessageIdText
    line: Count


class EvidenceShape(SaidOfMachineShape):
    """What a mail says of a machine."""

    archive_line: SentLine


class InThreadShape(TypedDict):
    """A mail of a thread, as its archive's page lists it."""

    message_id: str
    subject: str
    sender: PersonShape
    date: str | None
    depth: Count
    parent: str | None
    this: bool


class ReplyShape(TypedDict):
    """How a mail is answered."""

    subject: str
    to: list[str]
    cc: list[str]
    git_send_email: str
    mailto: str


class HeadShape(TypedDict):
    """What the head of a mail says besides From and Subject."""

    to: list[PersonShape]
    cc: list[PersonShape]
    date_header: Annotated[str, 'The Date header as it was written, zone included; "" for none.']
    in_reply_to: list[str]
    references: list[str]


class ThreadShape(TypedDict):
    """The thread of a mail, and the mails around it."""

    thread: list[InThreadShape]
    parent: str | None
    next: str | None
    previous: str | None


class MailShape(HeadShape, ThreadShape):
    """`triage show ID --json`: one mail."""

    schema: Literal[2]
    message_id: MessageIdText
    blob: ObjectText
    kind: KindText
    author: PersonShape
    sender: PersonShape
    date: TimeText | None
    subject: str
    commit_message: str
    tail: str
    trailers: list[TrailerShape]
    files: list[FileShape]
    patch_id: str | None
    evidence: list[EvidenceShape]
    pull: Annotated[str, "What a pull request asks to be pulled: `URL REF`; empty for other mail."]
    notes: list[str]
    series: MessageIdText | None
    no_series: Annotated[str, 'Why the mail is in no series, "" where it is in one.']
    urls: list[str]
    gone: GoneText
    reply: ReplyShape
    checks: Annotated[list[CheckShape], "See [checks] in docs/config.md."]
