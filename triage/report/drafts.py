# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reply drafts: for each finding that the contributor can fix, a polite mail in the project's words. Nothing is ever sent."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from importlib.resources import files
from typing import Any

from triage.model import Message, Person
from triage.model.codes import is_own
from triage.model.expression import expression
from triage.model.listed import ListedFinding
from triage.model.text import safe
from triage.policy.pack import Pack
from triage.policy.replies import check_replies
from triage.report.cases import case_of
from triage.report.outgoing import set_text, wrapped


@lru_cache(maxsize=1)
def replies() -> dict[str, str]:
    """Return the texts that come with the program, by finding code."""
    data = tomllib.loads(files("triage.policy").joinpath("replies.toml").read_text("utf-8"))
    return {code: str(text) for code, text in data.items()}


_EXCEPTIONAL = {"AI001", "AI009", "AI010"}
"""Findings that an exception would lift."""


def drafts(
    findings: Sequence[ListedFinding], mails: dict[str, Message], packs: dict[str, Pack], me: Person, newcomer: bool = False,
    welcome: Pack | None = None,
) -> Iterator[EmailMessage]:  # fmt: skip
    """Yield the reply to a series: a paragraph for each thing that the contributor can fix, however many patches have it.

    `newcomer` is whether this is the author's first here; `welcome` is the pack that greets them, if one does.

    Where all are on one patch the reply answers it, else the series' first mail.
    It goes to author and sender, and to those who got the mail; its body quotes nothing but the lines that findings rest on. Mail text in
    it is data: it is put into plain text, never into a header but the subject, whose line ends the email library refuses.
    """
    kept = [
        item for item in findings
        if item.is_open and item.policy in packs
        and (is_own(item.code) or item.code in {**replies(), **packs[item.policy].replies})
    ]  # fmt: skip
    if any(item.code == "AI002" for item in kept):  # it asks what an attestation would ask once more
        kept = [item for item in kept if item.code != "AI004" or item.region != "series"]
    if not kept and not welcome:
        return
    members = {name: message for name, message in mails.items() if message.is_member}
    if not members:
        return
    first = min(members.values(), key=lambda m: (m.subject.n or 0, m.posted))
    answered = {item.message_id for item in kept}
    message = members.get(answered.pop(), first) if len(answered) == 1 else first  # what others said is asked of the author
    greeting = [welcome.welcome.strip().format(name=safe(first.author.name), project=welcome.called)] if welcome else []
    alike: dict[tuple[str, str], list[ListedFinding]] = {}
    asked: set[tuple[str, str, str, str]] = set()
    for item in kept:
        once = (item.code, item.message_id, item.says, item.quote)
        if once not in asked:  # two lists may want the same of one mail: it is asked for once
            asked.add(once)
            alike.setdefault((item.code, _paragraph(item, mails, first, packs, newcomer)), []).append(item)
    yield _mail(message, [*greeting, *(_with_places(text, places, message) for (_, text), places in alike.items())], me)


_BEGINS = expression(r"(?:^|(?<=[.?!] )|(?<=\n\n)|(?<=says\} ))\{project\}")
"""Where a project's name begins a sentence."""
_QUOTE = "\0"
"""What stands for the line that a finding rests on, which differs where all else that is said is one."""
MAX_QUOTES = 5


def _with_places(text: str, places: list[ListedFinding], answered: Message) -> str:
    """Return a paragraph with the mails, where it is about others than the one that is answered, and the lines that it is about."""
    numbers = list(dict.fromkeys(str(place.n) for place in places if place.n))
    where = ["the cover"] if any(place.n == 0 for place in places) else []
    where += [f"patch {numbers[0]}"] if len(numbers) == 1 else [f"patches {', '.join(numbers[:-1])} and {numbers[-1]}"] if numbers else []
    each = "each of " if len(numbers) > 1 else ""
    elsewhere = any(place.n is not None and place.message_id != answered.message_id for place in places)
    head = f"On {' and '.join([*where[:-1], each + where[-1]])}:\n\n" if where and elsewhere else ""
    quotes = list(dict.fromkeys(safe(place.quote) for place in places))
    more = [f"... and {len(quotes) - MAX_QUOTES} more like these"] if len(quotes) > MAX_QUOTES else []
    return head + text.replace(_QUOTE, "\n> ".join([*quotes[:MAX_QUOTES], *more]))


def _paragraph(
    item: ListedFinding, mails: dict[str, Message], first: Message, packs: dict[str, Pack], newcomer: bool
) -> str:  # fmt: skip
    """Return what is said of a finding, with `_QUOTE` for the line that it rests on."""
    message, pack = mails.get(item.message_id, first), packs[item.policy]
    message = message if message.is_member else first
    check_replies(pack)
    text = _BEGINS.sub("{Project}", _text(item.code, case_of(item, mails, newcomer), pack))
    rule = next((rule for rule in pack.rules if rule.id == item.rule), None)
    who = message.sender if item.code == "DCO006" else message.author
    more = (
        f"\n\nAn exception can be proposed to {pack.exception_authority}." if item.code in _EXCEPTIONAL and pack.exception_authority else ""
    )
    return text.format(
        name=safe(who.name or who.email), project=pack.called, Project=pack.called[:1].upper() + pack.called[1:],
        says=safe(item.says), quote=_QUOTE,
        source=item.source or pack.id, rule=rule.text if rule else "", line=safe(f"Signed-off-by: {who}"),
        statement=safe(str(rule.parameters.get("statement", ""))) if rule else "",
    ).rstrip() + more  # fmt: skip


def _text(code: str, case: str, pack: Pack) -> str:
    """Return the text for a code in a case, the pack's own before ours; a code of its own may have none."""
    ours, own = replies(), pack.replies
    for texts in (own, ours):
        for name in (f"{code}.{case}", code):
            if name in texts:
                return texts[name].strip()
    return ours["FMT003"].strip()


def _mail(message: Message, paragraphs: list[str], me: Person) -> EmailMessage:
    """Return a reply; a Message-ID and a date are left to whoever sends it."""
    reply = EmailMessage(policy=SMTP.clone(linesep="\n", max_line_length=0, cte_type="8bit", utf8=True))
    if me.email:
        reply["From"] = _address(me)
    people = [person for person in dict.fromkeys((message.author, message.sender)) if person.email and person.email != me.email]
    greeted = next((person for person in (message.sender, message.author) if person.name and person.email != me.email), message.author)
    reply["To"] = [address for address in map(_address, people) if address]
    others = [Address(addr_spec=email) for email in message.recipients.split() if _plain(email, people, me)]
    if others:
        reply["Cc"] = others
    subject = safe(" ".join(message.raw_subject.split()))
    reply["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    if not message.message_id.startswith("blob:"):
        reply["In-Reply-To"] = reply["References"] = f"<{safe(message.message_id)}>"
    name = safe(greeted.name).split(" ")[0] or "there"
    body = "\n\n".join([f"Hi {name},", *map(wrapped, paragraphs), "Thanks!"])
    set_text(reply, body + "\n")
    return reply


def _plain(email: str, people: list[Person], me: Person) -> bool:
    known = {person.email.lower() for person in (*people, me)}
    return email not in known and bool(_address(Person("", email)))


def _address(person: Person) -> Any:
    """Return an address for a header; one that no header can hold, or that a mailer takes for an option, is left out."""
    if person.email.startswith("-"):
        return ""
    try:
        return Address(re.sub(r"[<>\"\\\\]", "", safe(" ".join(person.name.split()))), addr_spec=safe(person.email))
    except (ValueError, IndexError, AttributeError, HeaderParseError, RecursionError):
        return ""
