# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail read whole: bytes in, a `Message` of facts and its `Body` of texts out."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256

from msgspec.structs import replace

from triage.mail import headers, identity, patch, quotes, trailers
from triage.mail.kinds import PULL_PLACES, classify
from triage.mail.mailinfo import from_line, kept_headers
from triage.mail.mime import Envelope, open_envelope
from triage.mail.naming import obsoleted_by, supersedes
from triage.mail.senders import Sender, author_of, bound_author, commit_shown_at, is_stable_review, sender_of
from triage.mail.subject import bound_title, parse_subject
from triage.model import Body, Bound, Kind, Line, Message, MessageId, Person, RawMail, Region, Subject, Trailer, blob_id
from triage.model.expression import expression

_CHANGE_ID = expression(r"^(?:b4-)?change-id:[ \t]*(\S{4,200})[ \t]*$", re.MULTILINE | re.IGNORECASE)
_PULL_FROM = expression(
    r"^[ \t]*((?:https?|git|ssh|git\+ssh|git\+http|file)://[^\s<>]{3,500}|git@[^\s:<>]{1,200}:[^\s<>]{1,300})"
    r"(?:(?:[ \t]+|[ \t]*\n[ \t]*)([^\s<>]{1,200}))?[ \t]*$",
    re.MULTILINE,
)
WEEK = 7 * 86400
MAX_TRAILERS = 1000
"""Trailers of one region of a mail that are looked at; no patch of the archives has a tenth of that."""
_ANSWERS = {"y", "n"}


class Read:
    """A mail that was read: its facts and its texts."""

    __slots__ = ("body", "message")

    def __init__(self, message: Message, body: Body) -> None:
        self.message = message
        self.body = body


def read_mail(raw: RawMail, fast: bool = True) -> Read:
    """Read one mail; raises `triage.mail.mime.UnreadableError` where a limit is passed, and nothing else."""
    envelope = open_envelope(raw.content, fast)
    subject_line = headers.header_text(envelope.fields.get("subject", ""))
    own = parse_subject(subject_line)
    sent = sender_of(envelope.fields)
    parents = _parents(envelope.fields)
    kind, cut = classify(envelope, own, sent.person, bool(parents))
    is_patch = kind in _PATCHES
    author = author_of(cut, sent, envelope.fields, own.is_patch and not own.is_reply) if is_patch else sent.person
    return _read(raw, envelope, (subject_line, own), sent, author, parents, kind, cut)


_PATCHES = frozenset([Kind.PATCH, Kind.REPLY_PATCH])


def _read(
    raw: RawMail, envelope: Envelope, subject_read: tuple[str, Subject], sent: Sender, author: Person, parents: tuple[MessageId, ...],
    kind: Kind, cut: patch.Cut,
) -> Read:  # fmt: skip
    """Put together the facts about a mail, or a commit as one, whose kind and parts are told."""
    fields, sender = envelope.fields, sent.person
    subject_line, own = subject_read
    is_patch = kind in _PATCHES
    subject = _committed_subject(envelope, cut, own) if is_patch else own
    bound = Bound(bound_author(cut if is_patch else patch.Cut(), fields), *_first_read(envelope, cut))
    given = _message_id(fields)
    message_id = given or MessageId(f"blob:{raw.blob}")
    every = _trailers(envelope.text, cut, kind, sender)
    message = Message(
        message_id=message_id,
        blob=raw.blob,
        content=_content(message_id, sender, own, fields.get("date", ""), envelope.text),
        target=_target(bound, bound_title(subject_line, subject.title)),
        kind=kind,
        raw_subject=subject_line,
        subject=subject,
        author=author,
        sender=sender,
        recipients=" ".join(_addresses(fields)),
        date=headers.header_date(fields["date"]) if "date" in fields else None,
        archived=raw.archived,
        parents=parents,
        trailers=tuple(_bounded(every)),
        files=patch.changed_files(cut.diff) if is_patch or kind is Kind.PULL else (),
        change_id=_change_id(envelope.text, kind),
        pull=_pull_from(envelope.text) if kind is Kind.PULL else "",
        supersedes=supersedes(envelope.text, cut) if kind in {Kind.PATCH, Kind.COVER} else (),
        obsoleted_by=obsoleted_by(envelope.text),
        cut=cut.broke_at,
        last=_last_line(cut),
        mailer=headers.header_text(fields.get("x-mailer", ""))[:200],
        notes=_notes(envelope, cut, subject, sent, given is not None, len(every) > MAX_TRAILERS),
    )
    return Read(_with_date_noted(message), _body(envelope, cut, bound))


def _with_date_noted(message: Message) -> Message:
    return replace(message, notes=(*message.notes, "date-differs")) if _dates_differ(message) else message


def _body(envelope: Envelope, cut: patch.Cut, bound: Bound) -> Body:
    octets = None if envelope.octets is None or not cut.diff else from_line(envelope, cut.diff_line)
    return Body(envelope.text, cut.message, cut.tail, cut.diff, octets, bound)


def read_commit(name: str, author: Person, committer: Person, when: int, text: str, diff: str) -> Read:
    """Read a commit as the patch that it is: nothing in its message is a header, a cut or a signature; `when` is in seconds."""
    title, _, rest = text.strip("\n").partition("\n\n")
    message = rest.strip("\n") + "\n" if rest.strip() else ""
    lines = message.count("\n")
    cut = patch.Cut({}, message, 1, None, "", lines + 1, diff, lines + 1)
    date = format_datetime(datetime.fromtimestamp(when, UTC))
    fields = {
        "subject": f"[PATCH] {' '.join(title.split())}",
        "from": f"{author.name} <{author.email}>",
        "date": date,
        "message-id": f"<{name}@commit.invalid>",
    }
    envelope = Envelope(fields, message + diff, ())
    raw = RawMail(b"", name, blob_id(f"{name}\n{text}".encode("utf-8", "surrogatepass")), when)
    subject_line = headers.header_text(fields["subject"])
    return _read(raw, envelope, (subject_line, parse_subject(subject_line)), Sender(committer), author, (), Kind.PATCH, cut)


def _message_id(fields: Mapping[str, str]) -> MessageId | None:
    """Return the Message-ID that a mail's header gives, with or without angle brackets."""
    ids = headers.message_ids(fields.get("message-id", "")) or headers.bare_id(fields.get("message-id", ""))
    return ids[0] if ids else None


def _target(bound: Bound, title: str) -> str:
    """Return what an opinion on a mail is bound to: a hash over what `git am` takes from it."""
    return _sha(f"{bound.author.name} <{bound.author.email}>", title, bound.message.strip(), bound.diff.strip())


def _first_read(envelope: Envelope, cut: patch.Cut) -> tuple[str, str]:
    """Return message and diff with U+FFFD for every byte that no charset tells, as they were read when records were first bound to them."""
    if envelope.octets is None or "charset-undecodable" not in envelope.notes:
        return cut.message, cut.diff
    lines = envelope.octets.decode("utf-8", "replace").split("\n")

    def again(text: str, line: int) -> str:
        return "\n".join(lines[line - 1 : line + len(text.removesuffix("\n").split("\n")) - 1]) if text else ""

    return again(cut.message, cut.message_line), again(cut.diff, cut.diff_line)


def _dates_differ(message: Message) -> bool:
    return bool(message.date is not None and message.archived and abs(message.date - message.archived) > WEEK)


def _addresses(fields: dict[str, str]) -> list[str]:
    return identity.addresses(fields.get("to", "") + "," + fields.get("cc", ""))


def _content(message_id: MessageId, sender: Person, subject: Subject, date: str, text: str) -> str:
    """Return what makes a mail the same mail in another archive: what lists change on the way is left out."""
    number = f"{subject.version} {subject.n} {subject.total}"
    return _sha(message_id, sender.email, subject.title, number, date.strip(), without_footer(text))


def without_footer(text: str) -> str:
    """Return a text without its signature and what lists add below it, which differ between the copies of one mail."""
    ends = [at for mark in ("\n-- \n", "\n" + "_" * 40) if (at := text.rfind(mark)) >= 0]
    return text[: min(ends)].rstrip() if ends else text.rstrip()


def _parents(fields: dict[str, str]) -> tuple[MessageId, ...]:
    """Return the ids that a mail replies to, nearest first; an answer to a prompt (`<n>`) or a person's address is none of them."""
    reply_to = headers.answered_ids(fields["in-reply-to"]) if "in-reply-to" in fields else []
    references = headers.message_ids(fields["references"]) if "references" in fields else []
    found = dict.fromkeys([*reply_to, *reversed(references)])
    copied = "".join(fields.get(field, "") for field in ("to", "cc", "from")) if len(found) <= 100 else ""
    people = set(identity.addresses(copied)) if any(item in copied for item in found) else set()  # rare: most ids are nobody's address
    return tuple(item for item in found if item not in _ANSWERS and item.lower() not in people)


def _committed_subject(envelope: Envelope, cut: patch.Cut, subject: Subject) -> Subject:
    """Return the subject that `git am` would use: an in-body one's title, and below scissors its tags."""
    if "subject" not in cut.in_body or is_stable_review(cut.message):
        return subject
    inner = parse_subject(headers.header_text(kept_headers(envelope, cut)["subject"]))
    return inner if cut.scissors and inner.is_patch else replace(subject, title=inner.title)


def _trailers(text: str, cut: patch.Cut, kind: Kind, sender: Person) -> list[Trailer]:
    if kind in {Kind.PATCH, Kind.REPLY_PATCH}:
        found = trailers.find_trailers(cut.message, cut.message_line, Region.MESSAGE)
        found += trailers.find_trailers(cut.tail, cut.tail_line, Region.TAIL)
        found += trailers.indented_signoffs(cut.tail, cut.tail_line)
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
        own = text[: quotes.copied_at(text)]
        own = own[: commit_shown_at(own)]
        return trailers.given(own) + trailers.given_indented(own, sender)
    return []


def _bounded(found: list[Trailer]) -> list[Trailer]:
    """Return the trailers of a mail that are looked at: of thousands in one region the first and the last."""
    if len(found) <= MAX_TRAILERS:
        return found
    by_region: dict[Region, list[Trailer]] = {}
    for item in found:
        by_region.setdefault(item.region, []).append(item)
    half = MAX_TRAILERS // 2
    left_out = {id(item) for items in by_region.values() if len(items) > MAX_TRAILERS for item in items[half:-half]}
    return [item for item in found if id(item) not in left_out]


def _change_id(text: str, kind: Kind) -> str | None:
    if kind not in {Kind.PATCH, Kind.COVER} or not ("hange-id:" in text or "hange-Id:" in text):
        return None
    match = _CHANGE_ID.search(text)
    return match[1] if match else None


def _last_line(cut: patch.Cut) -> Line | None:
    message = cut.message.rstrip()
    if not message:
        return None
    return Line(cut.message_line + message.count("\n"), message.rpartition("\n")[2])


def _pull_from(text: str) -> str:
    """Return what a pull request asks to be pulled, `URL REF` or `URL`, "" where it does not say."""
    at = max(text.find(words) for words in PULL_PLACES)
    match = _PULL_FROM.search(text, max(at, 0))
    return " ".join(part for part in match.groups() if part) if match else ""


NOTES = {
    "headers-cut": "the headers are longer than 256 KiB: what follows was left out",
    "charset-unknown": "its charset is unknown: read as UTF-8",
    "charset-wrong": "it is UTF-8 under another charset's name",
    "charset-undecodable": "it holds bytes that its charset does not have: they were read as Windows-1252, else as U+FFFD",
    "format-flowed": "format=flowed: soft line breaks were joined (RFC 3676)",
    "patch-attached": "the patch is an attachment",
    "html-only": "there is no plain text: the HTML was stripped",
    "scissors": "what stands above a scissors line was left out, as `git am --scissors` does",
    "from-mangled": "the list or a relay put itself into From: the sender was read from elsewhere",
    "from-bogus": "a From line in the body has no address: it was not believed",
    "stable-review": "a stable review mail: what stands above the patch is not its message",
    "autosel": "picked for a stable branch by a machine",
    "odd-counter": "a fraction in the subject tag, like 1/2/3, is no counter",
    "no-message-id": "it has no Message-ID: one was made from its content",
    "no-subject": "it has no subject",
    "trailers-cut": "it has thousands of trailers: the first and the last 500 of each part were read",
    "date-differs": "its Date header and the time the archive took it in are more than a week apart: it is judged by the earlier",
}
"""What each note on a mail says."""


def _notes(envelope: Envelope, cut: patch.Cut, subject: Subject, sent: Sender, has_id: bool, many: bool) -> tuple[str, ...]:
    notes = list(envelope.notes)
    for word, holds in (
        ("scissors", cut.scissors),
        ("from-mangled", sent.mangled),
        ("from-bogus", "from" in cut.in_body and not identity.parse_person(headers.header_text(cut.in_body["from"])).email),
        ("stable-review", bool(cut.diff and is_stable_review(cut.message))),
        ("autosel", "AUTOSEL" in subject.prefixes),
        ("odd-counter", any(word[:1].isdigit() and "/" in word for word in subject.prefixes)),
        ("no-message-id", not has_id),
        ("no-subject", "subject" not in envelope.fields),
        ("trailers-cut", many),
    ):
        if holds:
            notes.append(word)
    return tuple(notes)


def _sha(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
