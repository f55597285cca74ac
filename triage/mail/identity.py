# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who somebody is: addresses read, list mangling undone, two spellings of one person compared."""

import re
import unicodedata

from triage.model import Person

_RELAY_NAME = re.compile(r"\s+via\s+(.{1,80})$")
_NAME_NOISE = re.compile(r"\([^()]*\)|[\"'.]")
_AT = re.compile(r"[^\s<>\"(),;:]{1,254}@[^\s<>\"(),;]{1,254}")
_ROLE_DIGITS = re.compile(r"^[0-9]+\+")
MAX_ADDRESS = 4096


def parse_person(value: str) -> Person:
    """Return name and address from `Name <address>` as git's mailinfo.c reads it (`handle_from`); never raises.

    Reads also `address (Name)`, a bare address and a bare name. A name shorter than 3 characters, longer than 60, or with
    `@`, `<` or `>` in it is no name.
    """
    value = value[:MAX_ADDRESS].replace("\n", " ").replace("\t", " ")
    at = value.find("@")
    if at < 0:
        return Person(_clean_name(value.split("<")[0]), "")
    begin = at
    while begin > 0 and not value[begin - 1].isspace() and value[begin - 1] != "<":
        begin -= 1
    end = at
    while end < len(value) and value[end] not in " >\r\v\f":
        end += 1
    before = value[: begin - 1] if begin and value[begin - 1] == "<" else value[:begin]
    rest = f"{before} {value[end + 1 :]}"
    return Person(_clean_name(rest), value[begin:end].strip(",;\"'"))


def _clean_name(text: str) -> str:
    text = " ".join(text.split())
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if '"' in text or "\\" in text:
        text = _unquote(text)
    text = text.strip()
    if not 3 <= len(text.encode(errors="replace")) <= 60 or any(char in text for char in "@<>"):
        return ""
    return text


def _unquote(text: str) -> str:
    """Take out the quotes of quoted strings and every backslash; inside a comment quotes are text (`unquote_quoted_pair` in git)."""
    out: list[str] = []
    quoted, depth, at = False, 0, 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            at += 1
            out.append(text[at])
        elif char == '"' and not depth:
            quoted = not quoted
        else:
            depth += (not quoted and char == "(") - (not quoted and depth > 0 and char == ")")
            out.append(char)
        at += 1
    return "".join(out)


def addresses(value: str) -> list[str]:
    """Return the addresses of a To or Cc header, lower-cased, without reading its grammar; linear in its length."""
    return [address.lower() for address in _AT.findall(value[: 64 * 1024])]


def unmangle(sender: Person, reply_to: str, original_from: str) -> tuple[Person, bool]:
    """Return the person who sent a mail whose From was rewritten, and whether it had been.

    Undoes `X via B4 Relay <devnull+x.example.org@kernel.org>` and mailing lists' `X via list <list@…>` by X-Original-From,
    else Reply-To.
    """
    match = _RELAY_NAME.search(sender.name)
    relayed = sender.email.lower().startswith("devnull+")
    if not match and not relayed:
        return sender, False
    name = sender.name[: match.start()].strip("\"' ") if match else sender.name
    for header in (original_from, reply_to):
        person = parse_person(header) if header else None
        if person and person.email:
            return Person(person.name or name, person.email), True
    if relayed:
        local = sender.email[len("devnull+") :].rpartition("@")[0]
        return Person(name, local), True
    return Person(name, sender.email), bool(match)


def same_email(one: str, other: str) -> bool:
    """Say whether two addresses are one mailbox: case, a `+tag` and a host below the same domain do not count."""
    a, b = one.casefold(), other.casefold()
    if not a or not b:
        return False
    if a == b:
        return True
    (local_a, _, host_a), (local_b, _, host_b) = a.rpartition("@"), b.rpartition("@")
    if _local(local_a) != _local(local_b) or not host_a or not host_b:
        return False
    above = min(host_a, host_b, key=len)
    return host_a == host_b or ("." in above and max(host_a, host_b, key=len).endswith("." + above))


def _local(local: str) -> str:
    return _ROLE_DIGITS.sub("", local).partition("+")[0]


def same_name(one: str, other: str) -> bool:
    """Say whether two names are one: after NFKD, without accents, case, remarks in brackets and word order."""
    a, b = _name_words(one), _name_words(other)
    return bool(a) and a == b


def _name_words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _NAME_NOISE.sub(" ", plain).replace(",", " ").replace("-", " ").casefold()
    return frozenset(plain.split())
