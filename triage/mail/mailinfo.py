# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `git mailinfo` makes of a mail: the author, subject, message and patch that `git am` would commit."""

from msgspec import Struct

from triage.mail import headers, identity
from triage.mail.mime import Envelope
from triage.mail.patch import Cut
from triage.mail.subject import parse_subject
from triage.model import Person

_HEADERS = ("from", "subject", "date")


class MailInfo(Struct, frozen=True):
    """The answers of `git mailinfo`, its `Author:`, `Email:`, `Subject:` and `Date:` lines and both files."""

    author: Person | None
    """None where there is no From at all."""
    subject: str
    date: str
    """As it was written; one from the body ends in a blank, in git's words and so here."""
    message: str
    patch: bytes


def kept_headers(envelope: Envelope, cut: Cut) -> dict[str, str]:
    """Return the raw From, Subject and Date that count: an in-body header before the mail's own, where there is a patch at all.

    Source: `handle_info` in git's mailinfo.c.
    """
    own = {name: envelope.fields[name] for name in _HEADERS if name in envelope.fields}
    return own | cut.in_body if cut.broke_at else own


def mailinfo(envelope: Envelope, cut: Cut) -> MailInfo:
    """Return what `git mailinfo --quoted-cr=strip` says of a mail that was cut by `patch.cut`.

    A From that holds no address gives an empty author, as in git: `git am` refuses such a mail.
    """
    kept = kept_headers(envelope, cut)
    author = _author(headers.header_text(kept["from"])) if "from" in kept else None
    title = parse_subject(headers.header_text(kept.get("subject", ""))).title
    date = kept.get("date", "").strip() + " " * ("date" in cut.in_body and cut.broke_at is not None)
    return MailInfo(author, title, date, cut.message, from_line(envelope, cut.broke_at.number) if cut.broke_at else b"")


def _author(value: str) -> Person:
    person = identity.git_person(value)
    return Person(person.name or person.email, person.email) if person.email or "<" in value else Person("", "")


def from_line(envelope: Envelope, number: int) -> bytes:
    """Return the bytes of a mail's text from line `number` (from 1) to its end, in the charset they came in."""
    octets = envelope.text.encode("utf-8", "surrogatepass") if envelope.octets is None else envelope.octets
    at = 0
    for _ in range(number - 1):
        at = octets.find(b"\n", at) + 1
    return octets[at:]
