# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail answered: who is addressed, as b4 has it, and a head that any program reads."""

import re
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses

from triage.b4 import BROKEN, make_reply
from triage.mail import headers
from triage.mail.identity import parse_people
from triage.model import Person
from triage.model.errors import TriageError
from triage.model.expression import expression
from triage.model.text import safe
from triage.report.outgoing import set_text

_WIRE = EmailPolicy(utf8=True, cte_type="8bit", max_line_length=0)
MAX_PEOPLE = 500
MAX_SUBJECT = 2000
_SENDABLE = expression(r"(?!-)[^\s<>,;\"()]+@[^\s<>,;\"()]+")
"""An address that a mailer is given as an argument: none that it takes for an option."""


def reply_to(content: bytes, body: str, me: Person, message_id: str) -> EmailMessage:
    """Return a reply to a mail as b4 addresses it: its sender (or Reply-To) in To, everybody else in Cc, References kept.

    b4 is given the head alone: its expressions are quadratic in some bodies. Raises `TriageError` for a head that cannot be answered.
    """
    try:
        return _cleaned(make_reply(_plain_head(content), me), body, me, message_id)
    except BROKEN as error:
        raise TriageError(
            "this mail's head cannot be answered: it is not as a mail's has to be", "answer it in your mail reader"
        ) from error


def _plain_head(content: bytes) -> EmailMessage:
    """Return what b4 needs of a mail to answer it, read by our own readers: some heads are more than b4's end with."""
    raw = headers.head_fields(content)
    made = EmailMessage(policy=_WIRE)
    for name in ("From", "Reply-To", "To", "Cc", "X-Original-From"):
        people = [(p.name, p.email) for p in parse_people(headers.header_text(raw.get(name.lower(), "")))[:MAX_PEOPLE]]
        if listed := _addresses(people):
            made[name] = listed
    if "From" not in made:
        raise TriageError("this mail cannot be answered: its From names no plain address", "answer it in your mail reader")
    made["Subject"] = safe(headers.header_text(raw.get("subject", ""))[:MAX_SUBJECT]).replace("[" * 20, "[")
    ids = headers.message_ids(raw.get("message-id", "")) or headers.bare_id(raw.get("message-id", ""))
    if ids:
        made["Message-ID"] = f"<{safe(ids[0])}>"
    if references := " ".join(f"<{safe(one)}>" for one in headers.message_ids(raw.get("references", ""))[-MAX_PEOPLE:]):
        made["References"] = references
    return made


def _cleaned(reply: EmailMessage, body: str, me: Person, message_id: str) -> EmailMessage:
    """Return b4's reply as plain text in UTF-8, without ourselves among the recipients, and with nothing that steers a terminal."""
    made = EmailMessage(policy=_WIRE)
    made["From"] = _addresses([(me.name, me.email)])
    own = me.email.casefold()
    recipients = {
        name: [one for one in getaddresses([str(reply.get(name, ""))]) if one[1] and one[1].casefold() != own] for name in ("To", "Cc")
    }
    if not recipients["To"]:
        recipients = {"To": recipients["Cc"], "Cc": []}
    for name, people in recipients.items():
        if people:
            made[name] = _addresses(people)
    for name in ("Subject", "In-Reply-To", "References", "Date"):
        if reply.get(name):
            made[name] = safe(" ".join(str(reply[name]).split()))
    made["Message-ID"] = f"<{message_id}>"
    set_text(made, body)
    return made


def _addresses(people: list[tuple[str, str]]) -> str:
    from email.utils import formataddr

    kept = [(_plain_name(name), safe(address)) for name, address in people if _SENDABLE.fullmatch(address)]
    return ", ".join(formataddr(one, charset="utf-8") if one[0].isascii() else f'"{one[0]}" <{one[1]}>' for one in kept)


def _plain_name(name: str) -> str:
    """Return a name as any program reads it: git send-email takes the first `<` for an address, quoted or not."""
    return re.sub(r'[<>"\\]', "", safe(" ".join(name.split())))
