# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One opinion as a mail: what it says is all in the body's first block, in a fixed order; the reason follows."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTPUTF8, compat32
from email.utils import format_datetime

from msgspec import Struct
from msgspec.structs import replace

from triage.mail import headers, identity
from triage.model import MessageId, Person
from triage.model.corrections import Named
from triage.model.errors import UsageError
from triage.model.expression import expression
from triage.model.opinion import NO_FINDING, FindingRef, Record, unless_none
from triage.model.verdicts import CORRECTIONS, DECISIONS, HOUSEKEEPING, KINDS, NEEDS_REASON, REQUESTS

SCHEMA = 1
MAX_RECORD = 64 * 1024
NEWER, UNREADABLE = "newer", "unreadable"
"""What stands for the kind of a record that this version cannot read: kept and shown, never counted."""
_ALWAYS = (
    "Opinion", "Verdict", "Target-Message", "Target-Blob", "Target-Content", "Target-Patch-Id", "Target-Carry", "Series",
    "Series-Fingerprint", "Finding",
)  # fmt: skip
_WHERE_SAID = (
    "With",
    "Line",
    "Quote",
    "Reason-Code",
    "AI-Assisted",
    "Role",
    "Revealed",
    "To",
    "Due",
    "Answers",
    "Published",
    "Replaces",
    "Against",
    "Project",
)
_LAST = ("Previous", "Time", "Reviewer")
FIELDS = _ALWAYS + _WHERE_SAID + _LAST
MAX_ASKED = 32
MAX_AGAINST = 200
_NUMBER = expression(r"[0-9]{1,7}")
_TIME = expression(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_HASH = expression(r"sha256:[0-9a-f]{64}")


def is_address(text: str) -> bool:
    """Say whether a text is an address that a request can name."""
    return re.fullmatch(r"(?!-)[^\s<>@,]+@[^\s<>@,]+", text) is not None


class Target(Struct, frozen=True):
    """What an opinion is about: content, with the ids under which it was met."""

    message_id: MessageId
    blob: str
    content: str
    """sha256 of a patch, or a series' fingerprint."""
    patch_id: str
    carry: str
    """What an opinion on it carries by: `Message.carry`, or for a series `testimony.series_carry`."""
    series: str
    """`v3 2/5`."""
    fingerprint: str
    finding: FindingRef = NO_FINDING
    """Empty for the series or patch itself."""
    title: str = ""
    line: int | None = None
    """The line of the mail's text that it is about."""
    quote: str = ""


class Draft(Struct, frozen=True):
    """An opinion before it is written: all that a person decides."""

    reviewer: Person
    kind: str
    target: Target
    reason: str = ""
    replaces: str = ""
    time: datetime | None = None
    others: tuple[Named, ...] = ()
    """The other mails that a correction is about."""
    code: str = ""
    """The exception or reason code it rests on."""
    ai_assisted: str = ""
    """What tool helped to review, and how; `none` where none did; "" where nobody asked."""
    role: str = ""
    revealed: bool = False
    """Whether its reviewer had looked at earlier opinions on the same question."""
    to: tuple[str, ...] = ()
    due: str = ""
    """A request's day, `2026-12-01`."""
    answers: str = ""
    published: str = ""
    against: tuple[str, ...] = ()
    """The records of others that a correction was made in sight of: it has the last word over them."""
    project: str = ""
    """The id of the project that it is given in: the first commit of its keys, "" without keys."""

    def check(self) -> None:
        """Raise `UsageError` where a word is unknown or something it needs is missing."""
        if self.kind not in KINDS:
            raise UsageError(f"{self.kind!r} is not a verdict", f"one of {', '.join(KINDS)}")
        if self.kind in NEEDS_REASON and not self.reason.strip():
            what = "a question" if self.kind == "ask" else "a reason"
            raise UsageError(f"{self.kind} needs {what}", "give one with -m, or write it with --edit")
        if self.kind in DECISIONS and not self.target.finding:
            raise UsageError(f"{self.kind} decides a finding", "name it with --finding")
        if self.kind in {"link", "merge"} and not self.others:
            raise UsageError(f"{self.kind} is about two series", "use `triage series`")
        if self.kind in DECISIONS and self.target.line:
            raise UsageError(f"{self.kind} decides a finding, not a line", "leave --line out, or say it as agree, disagree or unsure")
        if self.kind == "ask" and not self.to:
            raise UsageError("nobody is asked", "name the address of one reviewer or several")
        if len(self.to) > MAX_ASKED:
            raise UsageError(f"{len(self.to)} people are asked", f"ask at most {MAX_ASKED} at once")
        for address in self.to:
            if not is_address(address):
                raise UsageError(f"{address!r} is not an address", "write reviewer@example.org")

    def fields(self, previous: str) -> dict[str, str]:
        """Return what the record says, in the order of its body; what was not said is left out."""
        target, now = self.target, self.time or datetime.now(UTC)
        said = {
            "Opinion": str(SCHEMA), "Verdict": self.kind, "Target-Message": target.message_id, "Target-Blob": target.blob,
            "Target-Content": f"sha256:{target.content}", "Target-Patch-Id": target.patch_id or "none",
            "Target-Carry": f"sha256:{target.carry}" if target.carry else "none", "Series": target.series,
            "Series-Fingerprint": f"sha256:{target.fingerprint}", "Finding": str(target.finding) or "none",
            "With": " ".join(f"{other.message_id} sha256:{other.target}" for other in self.others),
            "Line": str(target.line or ""), "Quote": target.quote[:200], "Reason-Code": self.code, "AI-Assisted": self.ai_assisted,
            "Role": self.role, "Revealed": "yes" if self.revealed else "", "To": " ".join(self.to), "Due": self.due,
            "Answers": self.answers, "Published": self.published, "Replaces": self.replaces,
            "Against": " ".join(self.against), "Project": self.project, "Previous": previous or "0",
            "Time": f"{now:%Y-%m-%dT%H:%M:%SZ}", "Reviewer": self.reviewer.email,
        }  # fmt: skip
        flat = {name: _sound(" ".join(str(value).split())) for name, value in said.items()}
        return {name: flat[name] for name in FIELDS if flat[name] or name not in _WHERE_SAID}


def new_id(now: datetime, seed: bytes) -> MessageId:
    """Return a Message-ID for a record: no host name in it (threat O5)."""
    return MessageId(f"{now:%Y%m%d%H%M%S}.{seed.hex()[:20]}@opinion.invalid")


def write_record(draft: Draft, message_id: MessageId, previous: str) -> bytes:
    """Return the mail of one opinion; `previous` is the commit before it in its log, "" for the first.

    Built from parsed tokens by the SMTP policy, which refuses line breaks in headers (threat O4).
    """
    now = draft.time or datetime.now(UTC)
    target = draft.target
    block = "".join(f"{name}: {value}\n" for name, value in draft.fields(previous).items())
    mail = EmailMessage(policy=SMTPUTF8.clone(linesep="\n"))
    mail["From"] = f'"{_word(draft.reviewer.name)}" <{draft.reviewer.email}>' if draft.reviewer.name else draft.reviewer.email
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Subject"] = _sound(" ".join(f"[opinion] {draft.kind}: {target.title}".split())[:200])
    if re.fullmatch(r"[^<>\s]+@[^<>\s]+", target.message_id):
        mail["In-Reply-To"] = f"<{target.message_id}>"
    mail.set_content(f"{block}\n{_sound(draft.reason.strip())}\n", cte="8bit")
    return mail.as_bytes()


def rechained(content: bytes, previous: str, now: datetime | None = None) -> bytes:
    """Return a record as it stands behind another one: its id, date and words stay, `Previous` follows, and `Time` where `now` is given."""
    head, _, body = content.partition(b"\n\n")
    block, blank, reason = body.partition(b"\n\n")
    moved = re.sub(rb"(?m)^Previous: .*$", b"Previous: " + (previous or "0").encode(), block, count=1)
    if now:
        moved = re.sub(rb"(?m)^Time: .*$", f"Time: {now:%Y-%m-%dT%H:%M:%SZ}".encode(), moved, count=1)
    return head + b"\n\n" + moved + blank + reason


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _word(name: str) -> str:
    return "".join(char for char in name if char.isprintable() and char not in '"\\<>')


def read_record(content: bytes, commit: str, signed: str) -> Record:
    """Return the opinion that a record holds; one that cannot be read, or is of a newer schema, says so. Never raises.

    Only headers are parsed as mail, by the tolerant layer that list mail goes through: others write into these logs too.
    """
    if len(content) > MAX_RECORD:
        return _unreadable(commit, "it is larger than 64 KiB")
    mail = BytesHeaderParser(policy=compat32).parsebytes(content)
    text = content.partition(b"\n\n")[2].decode("utf-8", "replace")
    head, _, reason = text.partition("\n\n")
    pairs = [line.partition(":") for line in head.splitlines()]
    fields = {name.strip(): value.strip() for name, _, value in reversed(pairs)}
    raw = [(name.lower(), str(value)) for name, value in mail.raw_items()]
    senders = [value for name, value in raw if name == "from"]
    named = " ".join(value for name, value in raw if name == "message-id").encode("utf-8", "replace").decode("utf-8")
    ids = headers.message_ids(named)
    schema = fields.get("Opinion", "")
    if not re.fullmatch(r"[0-9]{1,9}", schema):
        return _unreadable(commit, "it is not a record of an opinion")
    opinion = Record(
        id=ids[0] if ids else MessageId(f"commit:{commit}"), commit=commit,
        reviewer=Person(identity.parse_person(headers.header_text(senders[0])).name if senders else "", fields.get("Reviewer", "")),
        kind=fields.get("Verdict", ""), target=fields.get("Target-Content", "").removeprefix("sha256:"),
        target_message=MessageId(fields.get("Target-Message", "")), finding=FindingRef(unless_none(fields.get("Finding", ""))),
        reason=reason.strip(), time=fields.get("Time", ""), signed=signed, replaces=unless_none(fields.get("Replaces", "")),
        series=fields.get("Series-Fingerprint", "").removeprefix("sha256:"), slot=_slot(fields), fields=fields,
    )  # fmt: skip
    why = _misattributed(fields, senders, ids)
    if int(schema) > SCHEMA and not why:
        return replace(opinion, kind=NEWER, slot=NEWER, trouble=f"it is of schema {schema}; a newer triage reads it")
    if why := why or _broken(fields, len(pairs)):
        return replace(opinion, kind=opinion.kind if opinion.kind in KINDS else UNREADABLE, signed="bad", trouble=why)
    return opinion


def _misattributed(fields: dict[str, str], senders: list[str], ids: list[MessageId]) -> str:
    """Return why it cannot be told whose record this is, "" where it can; the same for every schema."""
    if len(senders) != 1 or len(ids) != 1:
        return "it has not exactly one From and one Message-ID"
    sender = identity.parse_person(headers.header_text(senders[0]))
    if not sender.email or sender.email.casefold() != fields.get("Reviewer", "").casefold():
        return "From is not its reviewer"
    return ""


def _broken(fields: dict[str, str], lines: int) -> str:
    """Return what is wrong with the form of a record, "" for nothing."""
    if fields.get("Verdict") not in KINDS:
        return "its verdict is unknown"
    if len(fields) != lines or not set(_ALWAYS[2:] + _LAST) <= set(fields):
        return "a field is missing or there twice"
    if not _TIME.fullmatch(fields["Time"]) or not _HASH.fullmatch(fields["Target-Content"]):
        return "its time or target cannot be read"
    if not _NUMBER.fullmatch(fields.get("Line", "1")) or len(fields.get("To", "").split()) > MAX_ASKED:
        return "its line is not a number, or it asks too many"
    return ""


def _unreadable(commit: str, why: str) -> Record:
    return Record(
        id=MessageId(f"commit:{commit}"), commit=commit, reviewer=Person("", ""), kind=UNREADABLE, target="", target_message=MessageId(""),
        finding=NO_FINDING, reason="", time="", signed="bad", slot=UNREADABLE, trouble=why,
    )  # fmt: skip


def others_of(opinion: Record) -> tuple[Named, ...]:
    """Return the other mails that a correction names."""
    words = unless_none(opinion.fields.get("With", "")).split()
    return tuple(Named(MessageId(name), target.removeprefix("sha256:")) for name, target in zip(words[::2], words[1::2], strict=False))


def against(opinion: Record) -> tuple[str, ...]:
    """Return the records that a correction was made in sight of."""
    return tuple(unless_none(opinion.fields.get("Against", "")).split()[:MAX_AGAINST])


def asked_of(opinion: Record) -> tuple[str, ...]:
    """Return the addresses that a request asks, in lower case."""
    return tuple(opinion.fields.get("To", "").casefold().split())


def _slot(fields: dict[str, str]) -> str:
    """Return what a record of one reviewer on one target and finding replaces: the last opinion, decision, or word on two series."""
    kind = fields.get("Verdict", "")
    if kind in CORRECTIONS:
        return f"{kind.removeprefix('un')} {fields.get('With', '')}"
    line = fields.get("Line", "")
    if kind in REQUESTS + HOUSEKEEPING:
        return f"{kind} {fields.get('To', '')} {line} {fields.get('Published', '')}"
    return "decision" if kind in DECISIONS else f"remark {line}" if line else "opinion"
