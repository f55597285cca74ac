# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sent a mail, and who wrote the patch in it: what lists, relays and forges put into From undone."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from triage.mail import headers
from triage.mail.identity import git_person, parse_people, parse_person, same_email, same_name
from triage.mail.patch import Cut
from triage.model import Person
from triage.model.expression import expression

_VIA = expression(r"\s+via(?:\s+.{1,80})?$")
_VIA_LIST = expression(r"\s+via\s+(.{1,80})$")
_BEHALF = expression(r"^.{1,100} on behalf of (.{2,100})$", re.IGNORECASE)
_ENCODED = expression(r"([^=@\s]{1,64})=(?:40)?((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24})@[^@\s]+", re.IGNORECASE)
"""An address put into the local part of a list's, as `ann=example.org@groups.io`."""
_FORGES = ("@git.sr.ht",)
"""Hosts that send patches for their users, who are in Reply-To."""


class Sender(Struct, frozen=True):
    """Who sent a mail: `person`, under the address of the list where only headers that anybody may write tell the person's own."""

    person: Person
    mangled: bool = False
    """Whether From was rewritten."""
    author: Person | None = None
    """Who wrote what is in it where that is told apart: the person with their own address, "" where it is hidden."""

    @property
    def own(self) -> Person:
        """Who wrote what is in it, as far as the mail tells."""
        return self.author or self.person


def sender_of(fields: Mapping[str, str]) -> Sender:
    """Return who sent a mail, given its raw header fields.

    Undoes `X via B4 Relay <devnull+x.example.org@kernel.org>`, `X via list <list@…>` and a forge that sends for its users by
    X-Original-From, Reply-To or X-Original-Sender. Where only Cc tells, or From is the list's own address, the sender stays the list's,
    so that nobody gives a sign-off in another's name; the author may still be told by it.
    """
    header = parse_person(headers.header_text(fields.get("from", "")))
    match = _VIA.search(header.name)
    behalf = _BEHALF.match(header.name)
    name = header.name[: match.start()].strip("\"' ") if match else header.name
    if encoded := _ENCODED.fullmatch(header.email):
        return Sender(Person(name, f"{encoded[1]}@{encoded[2]}"), mangled=True)
    if header.email.lower().endswith(".invalid"):
        return Sender(Person(header.name, header.email[: -len(".invalid")]), mangled=True)
    relayed = header.email.lower().startswith("devnull+")
    forged = header.email.lower().endswith(_FORGES)
    if not (match or behalf or relayed or forged or _is_list(header.email, fields.get("list-id", ""))):
        return Sender(header)
    name = behalf[1] if behalf else name
    for field, found in _behind(name, header, fields):
        person = Person(found.name or name, found.email)
        if field != "cc" and (match or behalf or relayed or forged):
            return Sender(person, mangled=True)
        return Sender(Person(name, header.email), mangled=True, author=person)
    if relayed:
        return Sender(Person(name, header.email[len("devnull+") :].rpartition("@")[0]), mangled=True)
    if forged:
        return Sender(header)
    return Sender(Person(name, header.email), mangled=True, author=Person(name, ""))


def _is_list(address: str, list_id: str) -> bool:
    """Say whether an address is that of the list a mail came by, as `<list.example.org>` in List-Id (RFC 2919) spells it."""
    if "-bounces@" in address:
        return True
    if not address or not list_id:
        return False
    _, _, inside = list_id.rpartition("<")
    return inside.partition(">")[0].strip().casefold() == address.casefold().replace("@", ".", 1)


def _behind(name: str, header: Person, fields: Mapping[str, str]) -> Iterator[tuple[str, Person]]:
    """Yield who may stand behind a rewritten From and the field that says so, the surest first; the rewritten address is nobody's."""

    def people(field: str) -> list[Person]:
        found = parse_people(headers.header_text(fields[field])) if field in fields else []
        return [person for person in found if not same_email(person.email, header.email)]

    for person in people("x-original-from")[:1]:
        yield "x-original-from", person
    answered = people("reply-to")
    listed = {person.email.casefold() for person in people("to")}
    alone = [person for person in answered if person.email.casefold() not in listed] if len(answered) > 1 else answered
    for person in (*(one for one in answered if same_name(one.name, name)), *alone[:1]):
        yield "reply-to", person
    for person in people("x-original-sender")[:1]:
        yield "x-original-sender", person
    for person in people("cc"):
        if same_name(person.name, name):
            yield "cc", person


def author_named(person: Person, sender: Sender, fields: Mapping[str, str]) -> Person:
    """Return whom an in-body From names: `X via list <list@…>` is X, under X's own address where the mail tells it, else under none."""
    match = _VIA.search(person.name)
    if not match:
        return person
    name = person.name[: match.start()].strip("\"' ")
    if same_name(name, sender.own.name):
        return Person(name, sender.own.email)
    behind = next((one for _, one in _behind(name, person, fields) if same_name(one.name, name)), None)
    return Person(name, behind.email if behind else "")


_STABLE = expression(
    r"\s*[0-9]+\.[0-9.]+(?:-(?:stable|longterm|rc[0-9]+))* review patch\.[^\n]*\n(?:[^\n]*\n){0,3}?-{10,}\n+From: ([^\n]{3,300})\n"
)
_STABLE_FIRST = expression(r"\s*[0-9]+\.[0-9.]+-stable review patch\.[^\n]*\n(?:[^\n]*\n){0,3}?-{10,}\n+From: ([^\n]{3,300})\n")
"""The form that was known when records were first bound."""
_MADE_BY_FORMAT_PATCH = expression(
    r"^>?From [0-9a-f]{40} [^\n]*\n(?P<made>(?:[A-Za-z-]{2,40}: ?[^\n]*\n(?:[ \t][^\n]*\n)*){2,12})"
    r"|(?<=\n\n)(?P<pasted>(?:(?:From|Date|Subject|Message-I[Dd]|MIME-Version|Content-[A-Za-z-]{2,30}): ?[^\n]*\n"
    r"(?:[ \t][^\n]*\n)*){2,12})\n",
    re.MULTILINE,
)
_FROM = expression(r"^From: ?([^\n]{3,300}(?:\n[ \t][^\n]{1,300})?)", re.MULTILINE)
_PATCH_SUBJECT = expression(r"^Subject: ?[^\n]{0,80}\[[^\]\n]{0,40}PATCH", re.MULTILINE)
_SUBJECT = expression(r"^Subject: ?\S", re.MULTILINE)
_SHOWN = expression(
    r"^[ \t]*commit:? +[0-9a-f]{7,64}\b[^\n]*\n(?:[ \t]*[A-Z]\w+: [^\n]*\n){0,3}?[ \t]*Author: *([^\n]{3,300})\n",
    re.MULTILINE | re.IGNORECASE,
)


def is_stable_review(message: str) -> bool:
    """Say whether a commit message is that of a stable review mail, whose own text begins below a rule."""
    return _STABLE.match(message) is not None


def commit_shown_at(text: str) -> int | None:
    """Return where a text holds a commit as `git show` and `git log` print it, None where it holds none."""
    match = _SHOWN.search(text) if "uthor:" in text else None
    return match.start() if match else None


def author_of(cut: Cut, sender: Sender, fields: Mapping[str, str], tagged: bool) -> Person:
    """Return who wrote the patch that a mail holds, as far as it tells; the sender where nothing else does.

    Read are the From below a stable review's rule, the in-body From (as git does), the header of a format-patch that is attached or
    pasted, and the Author of a commit that `git show` printed below the cut. `tagged` says that the mail's own subject calls it a
    patch: headers that its message quotes are a format-patch's then only where their Subject says so too.
    """
    if stable := _STABLE.match(cut.message):
        return _person(stable[1]) or sender.own
    if "from" in cut.in_body:
        person = _person(cut.in_body["from"])
        return author_named(person, sender, fields) if person else sender.own
    if "From: " in cut.message:
        for header in reversed(list(_MADE_BY_FORMAT_PATCH.finditer(cut.message))):
            block = header["made"] or header["pasted"]
            named = _FROM.search(block)
            if named and (header["made"] or (_PATCH_SUBJECT if tagged else _SUBJECT).search(block)) and (person := _person(named[1])):
                return author_named(person, sender, fields)
    if "Author:" in cut.tail and (shown := _SHOWN.search(cut.tail)):
        return _person(shown[1]) or sender.own
    return sender.own


def _person(value: str) -> Person | None:
    person = parse_person(headers.header_text(value))
    return person if person.email else None


def bound_author(cut: Cut, fields: Mapping[str, str]) -> Person:
    """Return the author that people's records on a patch are bound to.

    It is the one that `git am` takes, with a relay undone by X-Original-From or Reply-To, and stays so: a better reading of who wrote a
    patch (`author_of`) must not part it from what people said of it.
    """
    if stable := _STABLE_FIRST.match(cut.message):
        person = git_person(headers.header_text(stable[1]))
    elif "from" in cut.in_body:
        person = git_person(headers.header_text(cut.in_body["from"]))
    else:
        person = Person("", "")
    return person if person.email else _bound_sender(fields)


def _bound_sender(fields: Mapping[str, str]) -> Person:
    sender = git_person(headers.header_text(fields.get("from", "")))
    match = _VIA_LIST.search(sender.name)
    relayed = sender.email.lower().startswith("devnull+")
    if not match and not relayed:
        return sender
    name = sender.name[: match.start()].strip("\"' ") if match else sender.name
    for field in ("x-original-from", "reply-to"):
        person = git_person(headers.header_text(fields[field])) if fields.get(field) else None
        if person and person.email:
            return Person(person.name or name, person.email)
    return Person(name, sender.email[len("devnull+") :].rpartition("@")[0]) if relayed else Person(name, sender.email)
