# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail's head as its archive's page shows it, and how the mail is answered: whom, under which subject, with which command."""

import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from triage.mail import headers
from triage.mail.identity import parse_people
from triage.model import Person
from triage.model.listed import person_dict
from triage.model.text import safe

if TYPE_CHECKING:
    from triage.model.shapes.mail import HeadShape, ReplyShape

MAX_PEOPLE = 500


class Head(Struct, frozen=True):
    """What a mail's head says beyond its facts."""

    reply_to: tuple[Person, ...]
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    date: str
    """As it was written, zone included."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]

    def to_dict(self) -> "HeadShape":
        """Return it in the shape of `triage show --json`."""
        return {
            "to": [person_dict(one) for one in self.to], "cc": [person_dict(one) for one in self.cc], "date_header": self.date,
            "in_reply_to": list(self.in_reply_to), "references": list(self.references),
        }  # fmt: skip


class Answer(Struct, frozen=True):
    """Whom a reply goes to, and what ties it to the mail that it answers."""

    message_id: str
    subject: str
    to: tuple[Person, ...]
    cc: tuple[Person, ...]

    @property
    def send_email(self) -> str:
        """The `git send-email` command that sends a reply, quoted for a shell."""
        words = ["git", "send-email", f"--in-reply-to={self.message_id}"]
        words += [f"--to={one.email}" for one in self.to] + [f"--cc={one.email}" for one in self.cc]
        return " ".join(shlex.quote(safe(word)) for word in words) + " /path/to/YOUR_REPLY"

    @property
    def mailto(self) -> str:
        """The link that opens a mail program with the reply addressed. Source: RFC 6068."""
        fields = [("In-Reply-To", f"<{self.message_id}>"), ("Cc", ",".join(one.email for one in self.cc)), ("Subject", self.subject)]
        wanted = "&".join(f"{name}={quote(safe(value), safe='')}" for name, value in fields if value)
        return f"mailto:{','.join(quote(one.email, safe='@.+-_') for one in self.to)}?{wanted}"

    def to_dict(self) -> "ReplyShape":
        """Return it in the shape of `triage show --json`."""
        return {
            "subject": self.subject, "to": [one.email for one in self.to], "cc": [one.email for one in self.cc],
            "git_send_email": self.send_email, "mailto": self.mailto,
        }  # fmt: skip


def read_head(content: bytes) -> Head:
    """Return what the head of a mail's bytes says; a field that is there twice counts as it stands first."""
    raw = headers.head_fields(content)

    def people(name: str) -> tuple[Person, ...]:
        return tuple(parse_people(headers.header_text(raw.get(name, "")))[:MAX_PEOPLE])

    return Head(
        people("reply-to"), people("to"), people("cc"), " ".join(headers.header_text(raw.get("date", "")).split()),
        tuple(headers.message_ids(raw.get("in-reply-to", ""))), tuple(headers.message_ids(raw.get("references", ""))),
    )  # fmt: skip


def answer_to(message_id: str, subject: str, sender: Person, head: Head) -> Answer:
    """Return how a mail is answered: its sender or Reply-To in To, everybody else in Cc, each once."""
    to = head.reply_to or (sender,)
    seen = {one.email.casefold() for one in to}
    cc: list[Person] = []
    for one in (*head.to, *head.cc):
        if one.email and one.email.casefold() not in seen:
            seen.add(one.email.casefold())
            cc.append(one)
    told = subject if subject[:3].casefold() == "re:" else f"Re: {subject}"
    return Answer(message_id, told, tuple(one for one in to if one.email), tuple(cc))
