# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail read whole: bytes in, a `Message` of facts and its `Body` of texts out."""

import re
from dataclasses import replace
from hashlib import sha256

from triage.mail import headers, identity, patch, trailers
from triage.mail.mailinfo import from_line, kept_headers
from triage.mail.mime import Envelope, open_envelope
from triage.mail.subject import parse_subject
from triage.model import Body, Kind, Line, Message, MessageId, Person, RawMail, Region, Subject, Trailer

_BOT_SENDER = re.compile(
    r"^(?:lkp|patchwork-bot\+\w+|pr-tracker-bot|syzbot(?:\+\w+)?|tip-bot2?|kernelci|bot|sashiko-bot|oe-kbuild-all|ci-reply|"
    r"buildbot|no-?reply|notifications|mailer-daemon)@",
    re.IGNORECASE,
)
_BOT_NAME = re.compile(
    r"(?:^|\s)(?:kernel test robot|tip-bot2? for|bot\+bpf-ci|patchwork-bot|syzbot|bugzilla-daemon|sashiko[- ]bot)(?:\s|$)", re.I
)
_STABLE_NOTICE = re.compile(r"(?:FAILED: Patch|Patch \".*\" has been added to|FAILED: patch \")", re.IGNORECASE)
_PULL = ("The following changes since commit", "are available in the git repository at", "are available in the Git repository at")
_CHANGE_ID = re.compile(r"^(?:b4-)?change-id:[ \t]*(\S{4,200})[ \t]*$", re.MULTILINE | re.IGNORECASE)
_SUPERSEDES = re.compile(r"^(?:supersedes|obsoletes):[ \t]*(.{3,500})$", re.MULTILINE | re.IGNORECASE)
_URL_ID = re.compile(r"https?://[^\s/]+/(?:r|all|[^\s/]+)/([^\s/]+@[^\s/]+)")


class Read:
    """A mail that was read: its facts and its texts."""

    __slots__ = ("body", "message")

    def __init__(self, message: Message, body: Body) -> None:
        self.message = message
        self.body = body


def read_mail(raw: RawMail, fast: bool = True) -> Read:
    """Read one mail; raises `triage.mail.mime.UnreadableError` where a limit is passed, and nothing else."""
    envelope = open_envelope(raw.content, fast)
    fields = envelope.fields
    subject_line = headers.header_text(fields.get("subject", ""))
    subject = parse_subject(subject_line)
    header_from = identity.parse_person(headers.header_text(fields.get("from", "")))
    sender, mangled = identity.unmangle(
        header_from, headers.header_text(fields.get("reply-to", "")), headers.header_text(fields.get("x-original-from", ""))
    )
    parents = _parents(fields)
    kind, cut = _classify(envelope.text, subject, sender, bool(parents))
    author, subject = _author_and_subject(envelope, cut, sender, subject, kind)
    ids = headers.message_ids(fields.get("message-id", ""))
    message_id = ids[0] if ids else MessageId(f"blob:{raw.blob}")
    octets = None if envelope.octets is None or not cut.diff else from_line(envelope, cut.diff_line)
    body = Body(envelope.text, cut.message, cut.tail, cut.diff, octets)
    lines = _trailers(envelope.text, cut, kind)
    message = Message(
        message_id=message_id,
        blob=raw.blob,
        content=_sha(message_id, str(header_from), subject_line, fields.get("date", "").strip(), envelope.text),
        target=_sha(f"{author.name} <{author.email}>", subject.title, cut.message.strip(), cut.diff.strip()),
        kind=kind,
        raw_subject=subject_line,
        subject=subject,
        author=author,
        sender=sender,
        recipients=" ".join(identity.addresses(fields.get("to", "") + "," + fields.get("cc", ""))),
        date=headers.header_date(fields["date"]) if "date" in fields else None,
        archived=raw.archived,
        parents=parents,
        trailers=tuple(lines),
        files=patch.changed_files(cut.diff) if kind in {Kind.PATCH, Kind.REPLY_PATCH} else (),
        change_id=_change_id(envelope.text, kind),
        supersedes=_supersedes(cut) if kind in {Kind.PATCH, Kind.COVER} else (),
        cut=cut.broke_at,
        last=_last_line(cut),
        mailer=headers.header_text(fields.get("x-mailer", ""))[:200],
        notes=_notes(envelope, cut, mangled, bool(ids), fields),
    )
    return Read(message, body)


def _parents(fields: dict[str, str]) -> tuple[MessageId, ...]:
    reply_to = headers.message_ids(fields["in-reply-to"])[:1] if "in-reply-to" in fields else []
    references = headers.message_ids(fields["references"]) if "references" in fields else []
    return tuple(dict.fromkeys([*reply_to, *reversed(references)]))


def _classify(text: str, subject: Subject, sender: Person, threaded: bool) -> tuple[Kind, patch.Cut]:
    """Tell what a mail is; the order of the questions is that of how sure each answer is."""
    if _BOT_SENDER.match(sender.email) or _BOT_NAME.search(sender.name) or _STABLE_NOTICE.match(subject.title):
        return Kind.BOT, _discussion(text)
    if subject.is_reply:
        return _reply(text, sender)
    if subject.is_pull or (not subject.is_patch and any(words in text for words in _PULL)):
        return Kind.PULL, _discussion(text)
    cut = patch.cut(text, scissors=True)
    if subject.is_patch or (subject.rfc and cut.diff):
        if subject.n == 0 or (not cut.diff and not threaded):
            return Kind.COVER if subject.n == 0 or subject.total else Kind.OTHER, _discussion(text)
        return (Kind.PATCH, cut) if cut.diff else (Kind.OTHER, _discussion(text))
    if cut.diff and (
        _signed(cut.message, sender if threaded else None) or (cut.broke_at and cut.broke_at.text.strip() == "---" and not threaded)
    ):
        return (Kind.REPLY_PATCH if threaded else Kind.PATCH), cut
    if threaded:
        return Kind.REPLY, _discussion(text)
    return (Kind.REPORT if cut.diff or _is_report(subject) else Kind.OTHER), _discussion(text)


def _reply(text: str, sender: Person) -> tuple[Kind, patch.Cut]:
    """A reply is a patch only with a diff of its own and a sign-off of its own; scissors alone do not make it one."""
    if "\ndiff -" in text or "\n--- a/" in text:
        cut = patch.cut(text, scissors=True)
        if cut.diff and _signed(cut.message, sender):
            return Kind.REPLY_PATCH, cut
    return Kind.REPLY, _discussion(text)


def _discussion(text: str) -> patch.Cut:
    """A mail that `git am` would not be given: all of it is message."""
    return patch.Cut(message=text)


def _signed(message: str, by: Person | None = None) -> bool:
    """Say whether a message is signed off, by a given person where one is given: some mailers quote without marking it."""
    lines = [line for line in message.split("\n") if line.startswith("Signed-off-by:")]
    if by is None:
        return bool(lines)
    signers = [identity.parse_person(line.partition(":")[2]) for line in lines]
    return any(identity.same_email(by.email, s.email) or identity.same_name(by.name, s.name) for s in signers)


def _is_report(subject: Subject) -> bool:
    words = subject.title.lower()
    return words.startswith(("bug", "[bug", "regression")) or any("bug" in word.lower() for word in subject.prefixes)


def _author_and_subject(envelope: Envelope, cut: patch.Cut, sender: Person, subject: Subject, kind: Kind) -> tuple[Person, Subject]:
    """Return the author, and the subject that `git am` would use; the sender stands in where git would find no author."""
    if kind not in {Kind.PATCH, Kind.REPLY_PATCH} or not cut.in_body:
        return sender, subject
    kept = kept_headers(envelope, cut)
    author = sender
    if "from" in cut.in_body:
        person = identity.parse_person(headers.header_text(kept["from"]))
        author = person if person.email else sender
    if "subject" in cut.in_body:
        inner = parse_subject(headers.header_text(kept["subject"]))
        subject = inner if cut.scissors and inner.is_patch else replace(subject, title=inner.title)
    return author, subject


def _trailers(text: str, cut: patch.Cut, kind: Kind) -> list[Trailer]:
    if kind in {Kind.PATCH, Kind.REPLY_PATCH}:
        found = trailers.find_trailers(cut.message, cut.message_line, Region.MESSAGE)
        found += trailers.find_trailers(cut.tail, cut.tail_line, Region.TAIL)
        if "\nSigned-off-by:" in cut.diff:
            stray = trailers.find_trailers(cut.diff, cut.diff_line, Region.DIFF)
            found += [trailer for trailer in stray if trailer.key == "Signed-off-by"]
        found += [
            Trailer("?", line, number, Region.MESSAGE, False, line)
            for number, line in trailers.malformed_signoffs(cut.message, cut.message_line)
        ]
        return found
    if kind in {Kind.COVER, Kind.PULL}:
        return trailers.find_trailers(text, 1, Region.MESSAGE)
    if "-by:" in text or "-By:" in text:
        return [t for t in trailers.find_trailers(text, 1, Region.REPLY) if t.key.endswith("-by")]
    return []


def _change_id(text: str, kind: Kind) -> str | None:
    if kind not in {Kind.PATCH, Kind.COVER} or not ("hange-id:" in text or "hange-Id:" in text):
        return None
    match = _CHANGE_ID.search(text)
    return match[1] if match else None


def _supersedes(cut: patch.Cut) -> tuple[MessageId, ...]:
    found: list[MessageId] = []
    text = cut.message + "\n" + cut.tail
    if "upersedes:" not in text and "bsoletes:" not in text:
        return ()
    for line in _SUPERSEDES.findall(text):
        found += headers.message_ids(line)
        found += [MessageId(match) for match in _URL_ID.findall(line)]
    return tuple(dict.fromkeys(found))


def _last_line(cut: patch.Cut) -> Line | None:
    message = cut.message.rstrip()
    if not message:
        return None
    return Line(cut.message_line + message.count("\n"), message.rpartition("\n")[2])


def _notes(envelope: Envelope, cut: patch.Cut, mangled: bool, has_id: bool, fields: dict[str, str]) -> tuple[str, ...]:
    notes = list(envelope.notes)
    for word, holds in (
        ("scissors", cut.scissors),
        ("from-mangled", mangled),
        ("no-message-id", not has_id),
        ("no-subject", "subject" not in fields),
    ):
        if holds:
            notes.append(word)
    return tuple(notes)


def _sha(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
