# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One opinion as a mail: what it says is all in the body's first block, in a fixed order; the reason follows."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTPUTF8, compat32
from email.utils import format_datetime

from triage.errors import UsageError
from triage.mail import headers, identity
from triage.model import MessageId, Opinion, Person
from triage.series.corrections import Named

SCHEMA = 1
MAX_RECORD = 64 * 1024
OPINIONS = ("agree", "disagree", "unsure")
DECISIONS = ("confirm", "dismiss", "waive")
CORRECTIONS = ("link", "unlink", "split", "merge")
HOUSEKEEPING = ("withdraw",)
KINDS = OPINIONS + DECISIONS + CORRECTIONS + HOUSEKEEPING
NEEDS_REASON = ("disagree", "dismiss", "waive")
_FIELDS = (
    "Opinion", "Verdict", "Target-Message", "Target-Blob", "Target-Content", "Target-Patch-Id", "Series", "Series-Fingerprint",
    "Finding", "With", "Replaces", "Previous", "Time", "Reviewer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What an opinion is about: content, with the ids under which it was met."""

    message_id: MessageId
    blob: str
    content: str
    """sha256 of a patch, or a series' fingerprint."""
    patch_id: str
    series: str
    """`v3 2/5`."""
    fingerprint: str
    finding: str = ""
    """`ID CODE PACK/RULE@DIGEST`, or empty for the series or patch itself."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An opinion before it is written: all that a person decides."""

    reviewer: Person
    kind: str
    target: Target
    reason: str = ""
    replaces: str = ""
    time: datetime | None = None
    others: tuple[Named, ...] = ()
    """The other mails that a correction is about."""

    def check(self) -> None:
        """Raise `UsageError` where a word is unknown or a reason is missing."""
        if self.kind not in KINDS:
            raise UsageError(f"{self.kind!r} is no verdict", f"one of {', '.join(KINDS)}")
        if self.kind in NEEDS_REASON and not self.reason.strip():
            raise UsageError(f"{self.kind} needs a reason", "give one with -m")
        if self.kind in DECISIONS and not self.target.finding:
            raise UsageError(f"{self.kind} decides a finding", "name it with --finding")


def new_id(now: datetime, seed: bytes) -> MessageId:
    """Return a Message-ID for a record: no host name in it (threat O5)."""
    return MessageId(f"{now:%Y%m%d%H%M%S}.{seed.hex()[:20]}@opinion.invalid")


def write_record(draft: Draft, message_id: MessageId, previous: str) -> bytes:
    """Return the mail of one opinion; `previous` is the commit before it in its log, "" for the first.

    Built from parsed tokens by the SMTP policy, which refuses line breaks in headers (threat O4).
    """
    now = draft.time or datetime.now(UTC)
    target = draft.target
    values = (
        str(SCHEMA), draft.kind, target.message_id, target.blob, f"sha256:{target.content}", target.patch_id or "none", target.series,
        f"sha256:{target.fingerprint}", target.finding or "none",
        " ".join(f"{other.message_id} sha256:{other.target}" for other in draft.others) or "none", draft.replaces or "none",
        previous or "0",
        f"{now:%Y-%m-%dT%H:%M:%SZ}", draft.reviewer.email,
    )  # fmt: skip
    block = "".join(f"{name}: {' '.join(str(value).split())}\n" for name, value in zip(_FIELDS, values, strict=True))
    mail = EmailMessage(policy=SMTPUTF8.clone(linesep="\n"))
    mail["From"] = f'"{_word(draft.reviewer.name)}" <{draft.reviewer.email}>' if draft.reviewer.name else draft.reviewer.email
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Subject"] = " ".join(f"[opinion] {draft.kind}: {target.title}".split())[:200]
    if re.fullmatch(r"[^<>\s]+@[^<>\s]+", target.message_id):
        mail["In-Reply-To"] = f"<{target.message_id}>"
    mail.set_content(f"{block}\n{draft.reason.strip()}\n", cte="8bit")
    return mail.as_bytes()


def _word(name: str) -> str:
    return "".join(char for char in name if char.isprintable() and char not in '"\\<>')


def read_record(content: bytes, commit: str, signed: str) -> Opinion | None:
    """Return the opinion that a record holds, None where it is none of a schema known here; never raises.

    Only headers are parsed as mail, by the tolerant layer that list mail goes through: others write into these logs too.
    """
    if len(content) > MAX_RECORD:
        return None
    mail = BytesHeaderParser(policy=compat32).parsebytes(content)
    text = content.partition(b"\n\n")[2].decode("utf-8", "replace")
    head, _, reason = text.partition("\n\n")
    fields: dict[str, str] = {}
    for line in head.splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    raw = [(name.lower(), str(value)) for name, value in mail.raw_items()]
    senders = [value for name, value in raw if name == "from"]
    ids = headers.message_ids(" ".join(value for name, value in raw if name == "message-id"))
    if fields.get("Opinion") != str(SCHEMA) or fields.get("Verdict") not in KINDS or len(senders) != 1 or len(ids) != 1:
        return None
    sender = identity.parse_person(headers.header_text(senders[0]))
    if not sender.email or sender.email.casefold() != fields.get("Reviewer", "").casefold():
        signed = "bad"
    return Opinion(
        id=ids[0], commit=commit, reviewer=Person(sender.name, fields.get("Reviewer", "")),
        kind=fields["Verdict"], target=fields.get("Target-Content", "").removeprefix("sha256:"),
        target_message=MessageId(fields.get("Target-Message", "")), finding=_unless_none(fields.get("Finding", "")),
        reason=reason.strip(), time=fields.get("Time", ""), signed=signed,
        replaces=_unless_none(fields.get("Replaces", "")),
        series=fields.get("Series-Fingerprint", "").removeprefix("sha256:"), slot=_slot(fields), fields=fields,
    )  # fmt: skip


def others_of(opinion: Opinion) -> tuple[Named, ...]:
    """Return the other mails that a correction names."""
    words = _unless_none(opinion.fields.get("With", "")).split()
    return tuple(Named(MessageId(name), target.removeprefix("sha256:")) for name, target in zip(words[::2], words[1::2], strict=False))


def _slot(fields: dict[str, str]) -> str:
    """Return what a record of one reviewer on one target and finding replaces: the last opinion, decision, or word on two series."""
    kind = fields["Verdict"]
    if kind in CORRECTIONS:
        return f"{kind.removeprefix('un')} {fields.get('With', '')}"
    return "decision" if kind in DECISIONS else "opinion"


def _unless_none(value: str) -> str:
    return "" if value == "none" else value
