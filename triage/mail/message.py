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
    r"^(?:lkp|patchwork-bot\+\w+|pr-tracker-bot|syzbot(?:\+\w+)?|tip-bot2?|kernelci|bot(?:\+[\w.-]+)?|sashiko-bot|oe-kbuild-all|ci-reply|"
    r"buildbot|no-?reply(?!@(?:anthropic|openai)\.com$)|notifications|mailer-daemon)@",
    re.IGNORECASE,
)
_BOT_NAME = re.compile(
    r"(?:^|\s)(?:kernel test robot|tip-bot2? for|bot\+bpf-ci|patchwork-bot|syzbot|bugzilla-daemon|sashiko[- ]bot)(?:\s|$)", re.I
)
_STABLE_NOTICE = re.compile(r"(?:FAILED: Patch|Patch \".*\" has been added to|FAILED: patch \")", re.IGNORECASE)
_PULL = ("The following changes since commit", "are available in the git repository at", "are available in the Git repository at")
_CHANGE_ID = re.compile(r"^(?:b4-)?change-id:[ \t]*(\S{4,200})[ \t]*$", re.MULTILINE | re.IGNORECASE)
_SUPERSEDES = re.compile(r"^(?:supersedes|obsoletes):[ \t]*(.{3,500})$", re.MULTILINE | re.IGNORECASE)
_OBSOLETED = re.compile(r"^obsoleted-by:[ \t]*(.{3,500})$", re.MULTILINE | re.IGNORECASE)
_OLDER = re.compile(
    r"^[ \t]*(?:[-*][ \t]*)?(?:link to[ \t]+|\[)?(?:(?:rfc|patch)[ \t]*)?v[0-9]{1,3}\b[^\n]{0,80}?(https?://[^\s]{5,500})",
    re.MULTILINE | re.IGNORECASE,
)
_PULL_FROM = re.compile(
    r"^[ \t]*((?:https?|git|ssh|git\+ssh|git\+http|file)://[^\s<>]{3,500}|git@[^\s:<>]{1,200}:[^\s<>]{1,300})"
    r"(?:(?:[ \t]+|[ \t]*\n[ \t]*)([^\s<>]{1,200}))?[ \t]*$",
    re.MULTILINE,
)
WEEK = 7 * 86400
_STABLE = re.compile(r"\s*[0-9]+\.[0-9.]+-stable review patch\.[^\n]*\n(?:[^\n]*\n){0,3}?-{10,}\n+From: ([^\n]{3,300})\n")
_URL_ID = re.compile(r"https?://[^\s/]{1,200}/(?:[^\s/]{1,200}/){0,2}([^\s/?#<>]{1,300}@[^\s/?#<>]{1,200})")


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
    fields = envelope.fields
    subject_line = headers.header_text(fields.get("subject", ""))
    subject = parse_subject(subject_line)
    header_from = identity.parse_person(headers.header_text(fields.get("from", "")))
    sender, mangled = identity.unmangle(
        header_from, headers.header_text(fields.get("reply-to", "")), headers.header_text(fields.get("x-original-from", ""))
    )
    parents = _parents(fields)
    kind, cut = _classify(envelope, subject, sender, bool(parents))
    own_subject = subject
    author, subject = _author_and_subject(envelope, cut, sender, subject, kind)
    ids = headers.message_ids(fields.get("message-id", "")) or headers.bare_id(fields.get("message-id", ""))
    message_id = ids[0] if ids else MessageId(f"blob:{raw.blob}")
    octets = None if envelope.octets is None or not cut.diff else from_line(envelope, cut.diff_line)
    body = Body(envelope.text, cut.message, cut.tail, cut.diff, octets)
    lines = _trailers(envelope.text, cut, kind)
    message = Message(
        message_id=message_id,
        blob=raw.blob,
        content=_content(message_id, sender, own_subject, fields.get("date", ""), envelope.text),
        target=_sha(f"{author.name} <{author.email}>", subject.title, cut.message.strip(), cut.diff.strip()),
        kind=kind,
        raw_subject=subject_line,
        subject=subject,
        author=author,
        sender=sender,
        recipients=" ".join(_addresses(fields)),
        date=headers.header_date(fields["date"]) if "date" in fields else None,
        archived=raw.archived,
        parents=parents,
        trailers=tuple(lines),
        files=patch.changed_files(cut.diff) if kind in {Kind.PATCH, Kind.REPLY_PATCH} else (),
        change_id=_change_id(envelope.text, kind),
        pull=_pull_from(envelope.text) if kind is Kind.PULL else "",
        supersedes=_supersedes(envelope.text, cut) if kind in {Kind.PATCH, Kind.COVER} else (),
        obsoleted_by=_named(_OBSOLETED, envelope.text) if "bsoleted-" in envelope.text else (),
        cut=cut.broke_at,
        last=_last_line(cut),
        mailer=headers.header_text(fields.get("x-mailer", ""))[:200],
        notes=_notes(envelope, cut, subject, mangled, bool(ids)),
    )
    return Read(replace(message, notes=(*message.notes, "date-differs")) if _dates_differ(message) else message, body)


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
    """Return the ids that a mail replies to, nearest first; an answer to a prompt (`<n>`) or a recipient's address is none of them."""
    reply_to = headers.message_ids(fields["in-reply-to"])[:1] if "in-reply-to" in fields else []
    references = headers.message_ids(fields["references"]) if "references" in fields else []
    found = dict.fromkeys([*reply_to, *reversed(references)])
    copied = fields.get("to", "") + fields.get("cc", "") if len(found) <= 100 else ""
    people = set(_addresses(fields)) if any(item in copied for item in found) else set()  # rare: most ids are nobody's address
    return tuple(item for item in found if item not in _ANSWERS and item.lower() not in people)


def _classify(envelope: Envelope, subject: Subject, sender: Person, threaded: bool) -> tuple[Kind, patch.Cut]:
    """Tell what a mail is; the order of the questions is that of how sure each answer is."""
    text = envelope.text
    robot = _BOT_SENDER.match(sender.email) or _BOT_NAME.search(sender.name) or _STABLE_NOTICE.match(subject.title)
    if robot and not (subject.is_patch and not subject.is_reply and patch.cut(text).diff):
        return Kind.BOT, _discussion(text)
    if subject.is_reply:
        return _reply(text, sender)
    if subject.is_pull or (not subject.is_patch and any(words in text for words in _PULL)):
        return Kind.PULL, _with_diff(text)
    cut = patch.cut(text, scissors=True)
    if subject.is_patch or (subject.rfc and cut.diff):
        if subject.n == 0 or (not cut.diff and not threaded):
            return Kind.COVER, _discussion(text)
        return (Kind.PATCH, cut) if cut.diff else (Kind.REPLY, _discussion(text))
    formatted = cut.broke_at is not None and cut.broke_at.text.strip() == "---"
    attached = not threaded and "patch-attached" in envelope.notes
    if cut.diff and (formatted or attached or _signed(cut.message, sender if threaded else None)):
        return (Kind.REPLY_PATCH if threaded else Kind.PATCH), cut
    if threaded:
        return Kind.REPLY, _discussion(text)
    return (Kind.REPORT if cut.diff or _is_report(subject) else Kind.OTHER), _with_diff(text)


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


def _with_diff(text: str) -> patch.Cut:
    """A mail that is all message, whose diff is worth finding all the same: a pull request's, a report's."""
    cut = patch.cut(text)
    return patch.Cut(message=text, diff=cut.diff, diff_line=cut.diff_line)


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
    if kind not in {Kind.PATCH, Kind.REPLY_PATCH}:
        return sender, subject
    if stable := _STABLE.match(cut.message):
        person = identity.parse_person(headers.header_text(stable[1]))
        return (person if person.email else sender), subject
    if not cut.in_body:
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


def _supersedes(text: str, cut: patch.Cut) -> tuple[MessageId, ...]:
    """Return the older postings that a patch or cover names, above its diff."""
    found: tuple[MessageId, ...] = ()
    above = text[: len(text) - len(cut.diff)] if cut.diff else text
    if "upersedes:" in above or "bsoletes:" in above:
        found += _named(_SUPERSEDES, above)
    if "://" in above:
        found += _named(_OLDER, above)
    return tuple(dict.fromkeys(found))


def _named(form: re.Pattern[str], text: str) -> tuple[MessageId, ...]:
    """Return the mails that the lines of one form name, by id or by archive URL."""
    found: list[MessageId] = []
    for line in form.findall(text):
        found += [MessageId(match) for match in _URL_ID.findall(line)] or headers.message_ids(line)
    return tuple(dict.fromkeys(found))


def _last_line(cut: patch.Cut) -> Line | None:
    message = cut.message.rstrip()
    if not message:
        return None
    return Line(cut.message_line + message.count("\n"), message.rpartition("\n")[2])


def _pull_from(text: str) -> str:
    """Return what a pull request asks to be pulled, `URL REF` or `URL`, "" where it does not say."""
    at = max(text.find(words) for words in _PULL[1:])
    match = _PULL_FROM.search(text, max(at, 0))
    return " ".join(part for part in match.groups() if part) if match else ""


NOTES = {
    "headers-cut": "the headers are longer than 256 KiB: what follows was left out",
    "charset-unknown": "its charset is unknown: read as UTF-8",
    "charset-wrong": "it is UTF-8 under another charset's name",
    "charset-undecodable": "bytes that its charset does not have became U+FFFD",
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
    "date-differs": "its Date header and the time the archive took it in are more than a week apart: it is judged by the earlier",
}
"""What each note on a mail says."""


def _notes(envelope: Envelope, cut: patch.Cut, subject: Subject, mangled: bool, has_id: bool) -> tuple[str, ...]:
    notes = list(envelope.notes)
    for word, holds in (
        ("scissors", cut.scissors),
        ("from-mangled", mangled),
        ("from-bogus", "from" in cut.in_body and not identity.parse_person(headers.header_text(cut.in_body["from"])).email),
        ("stable-review", bool(cut.diff and _STABLE.match(cut.message)) or "is the start of the stable review cycle" in cut.message),
        ("autosel", "AUTOSEL" in subject.prefixes),
        ("odd-counter", any(word[:1].isdigit() and "/" in word for word in subject.prefixes)),
        ("no-message-id", not has_id),
        ("no-subject", "subject" not in envelope.fields),
    ):
        if holds:
            notes.append(word)
    return tuple(notes)


def _sha(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
