# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail: what it is, what its lines say, and its texts."""

from enum import StrEnum

from msgspec import Struct

from triage.model.evidence import Evidence
from triage.model.people import BlobId, MessageId, PatchId, Person

MAX_MAIL = 25 * 1024 * 1024
"""Bytes; a larger mail is quarantined unread (six times the limit that any real list mail comes near)."""


class Kind(StrEnum):
    """What a mail is, told from its subject, its place in the thread and its content."""

    PATCH = "patch"
    COVER = "cover"
    REPLY = "reply"
    REPLY_PATCH = "reply-patch"
    PULL = "pull"
    REPORT = "report"
    BOT = "bot"
    OTHER = "other"


class Region(StrEnum):
    """Where in a mail a line stands: `message` is what `git am` keeps, `tail` and `diff` come after its cut."""

    MESSAGE = "message"
    TAIL = "tail"
    DIFF = "diff"
    REPLY = "reply"


class RawMail(Struct, frozen=True):
    """The bytes of one mail and where they lie in their archive."""

    content: bytes
    locator: str
    blob: BlobId
    archived: int
    """Seconds since the epoch: when the archive took it in (0 where the archive does not say)."""


class Subject(Struct, frozen=True):
    """A subject line read: its title, and what the tags before it say."""

    title: str
    """The subject as `git am` would keep it."""
    prefixes: tuple[str, ...] = ()
    """The words in brackets that are no marker, e.g. `net-next`."""
    version: int = 1
    versioned: bool = False
    minor: int = 0
    """The 1 of `v5.1`: a replacement of one patch of v5."""
    n: int | None = None
    total: int | None = None
    is_patch: bool = False
    is_reply: bool = False
    is_pull: bool = False
    rfc: bool = False
    resend: bool = False


class Trailer(Struct, frozen=True):
    """A `Key: value` line, with the line of the decoded body it stands on (from 1)."""

    key: str
    value: str
    line: int
    region: Region
    in_block: bool
    """Whether `git interpret-trailers` would see it: in the last paragraph of the message."""
    raw: str


class Line(Struct, frozen=True):
    """One line of a mail's decoded body, from 1."""

    number: int
    text: str


class FileChange(Struct, frozen=True):
    """What a patch does to one file; counts are lines."""

    path: str
    status: str
    """`added`, `modified`, `deleted` or `renamed`."""
    added: int
    removed: int
    old: str = ""
    """What it was called before, for a file that was renamed."""
    note: str = ""
    """`preventive` for instructions to AI agents that only keep them away."""


class Message(Struct, frozen=True):
    """One mail as facts; its texts are in `Body`, which is read again from the archive when someone looks."""

    message_id: MessageId
    blob: BlobId
    content: str
    """sha256 over the decoded mail: the same mail in two archives has the same one."""
    target: str
    """sha256 over author, title, commit message and diff: what an opinion is bound to."""
    kind: Kind
    raw_subject: str
    subject: Subject
    author: Person
    sender: Person
    recipients: str
    date: int | None
    archived: int
    parents: tuple[MessageId, ...]
    """In-Reply-To first, then References from newest to oldest."""
    trailers: tuple[Trailer, ...] = ()
    files: tuple[FileChange, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    patch_id: PatchId | None = None
    change_id: str | None = None
    pull: str = ""
    """What a pull request asks to be pulled: `URL REF`."""
    supersedes: tuple[MessageId, ...] = ()
    """Older postings it names: in `Supersedes:`, or as `Link to v1: URL` in a changelog."""
    obsoleted_by: tuple[MessageId, ...] = ()
    """Newer postings it names in `Obsoleted-by:`."""
    cut: Line | None = None
    """The line where `git am` stops reading the message."""
    last: Line | None = None
    """The last line of the message that is not blank: where a sign-off was to be expected."""
    claims: tuple[Line, ...] = ()
    """Lines that speak of an exception from a rule about AI."""
    hidden: tuple[Line, ...] = ()
    """Lines with characters that nobody sees, or that look like others."""
    mailer: str = ""
    notes: tuple[str, ...] = ()
    """What had to be fixed to read it, each a word from `mail.message`."""
    carry: str = ""
    """sha256 over a patch's author, title, message and diff but for where it applies: where it is equal, opinions carry over."""

    @property
    def posted(self) -> int:
        """When it was sent: the Date header, or the archive's time where that is later or there is none."""
        if self.date is None:
            return self.archived
        return min(self.date, self.archived) if self.archived else self.date

    @property
    def is_member(self) -> bool:
        """Whether it belongs to a series: a patch or a cover letter."""
        return self.kind in {Kind.PATCH, Kind.COVER, Kind.REPLY_PATCH, Kind.PULL}


class Bound(Struct, frozen=True):
    """What people's records on a patch are bound to: the author and texts that `git am` would take, as they were first defined.

    A better reading of a mail, of who wrote it or of its charset, does not change them.
    """

    author: Person
    message: str
    diff: str


class Body(Struct, frozen=True):
    """The texts of one mail, decoded, with "\\n" line ends."""

    text: str
    commit_message: str
    """What `git mailinfo` writes as the message: without in-body headers, up to its cut."""
    tail: str
    diff: str
    octets: bytes | None = None
    """The diff's bytes, where its charset makes them other than its UTF-8."""
    bound: Bound | None = None
    """What records on it are bound to; None for a text that no mail holds."""

    @property
    def patch(self) -> bytes:
        """The diff as `git apply` gets it: the bytes that were sent."""
        return self.diff.encode("utf-8", "surrogatepass") if self.octets is None else self.octets


def blob_id(content: bytes) -> BlobId:
    """Return the id that git gives to these bytes as a blob."""
    from hashlib import sha1  # not before it is needed: a list starts without

    return BlobId(sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest())
