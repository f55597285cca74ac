# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who somebody is: names and addresses read, two spellings of one person compared."""

import re
import unicodedata
from functools import lru_cache

from triage.model import Person
from triage.model.expression import expression

_NAME_NOISE = expression(r"\([^()]*\)|[\"'.]")
_RARE = ":\r\x0b\x0c\x1c\x1d\x1e\x1f"
_APART = '<>"(),;\n\t'
_AT = expression(r"[^\s<>\"(),;:]{1,254}@[^\s<>\"(),;]{1,254}")
_ROLE_DIGITS = expression(r"^[0-9]+\+")
_PLAIN = expression(r'([^"<>@\\()]*)<([^<>@\s()]+@[^<>@\s()]+)>[ \t]*')
_ANGLE = expression(r"<[ \t]*([^<>@\s]+@[^<>@\s]+)[ \t]*>")
_QUOTED = expression(r'[ \t]*"(?:[^"\\]|\\.)*"')
_SPELT = expression(r"(?<![^\s<(])([\w.+~=-]{1,64}) at ([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})(?![^\s>)])")
_AROUND = "()[]{},;:\"'"
MAX_ADDRESS = 4096
MAX_NAME = 200
MAX_WORDS = 6
"""Words of a name that are tried against an address, and of the address; whoever has a longer name is not looked at."""
MAX_LOCAL = 80
"""Letters of an address that are looked at for a name."""
_ONE_MAILBOX = {
    other: name
    for name, *others in (
        ("gmail.com", "googlemail.com"),
        ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        ("icloud.com", "me.com", "mac.com"),
        ("yandex.ru", "ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua"),
        ("fastmail.com", "fastmail.fm"),
        ("web.de", "email.de"),
    )
    for other in others
}
"""Hosts under which one provider delivers the same mailbox, by the name they are compared under."""
_NO_DOTS = frozenset(["gmail.com"])
"""Hosts for which a dot in the local part does not count."""
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
_SPELT_OUT = expression("([aou])[ea]")


def parse_person(value: str) -> Person:
    """Return the name and address of one person as a header or a trailer gives them; either may be ""; never raises.

    Reads `Name <address>` (RFC 5322: what stands in quotes is the name, whatever it holds), `address (Name)`, `Name (address)`, a bare
    address, a bare name, and pipermail's `local at host (Name)`.
    """
    return _person(value[:MAX_ADDRESS])


@lru_cache(maxsize=4096)
def _person(value: str) -> Person:
    if match := _PLAIN.fullmatch(value):
        return Person(_name(match[1]), match[2])
    value = value.replace("\n", " ").replace("\t", " ")
    if "@" not in value and " at " in value:
        value = _SPELT.sub(r"\1@\2", value, count=1)
    quoted = _QUOTED.match(value)
    if match := _ANGLE.search(value, quoted.end() if quoted else 0):
        before = value[: match.start()].strip()
        return Person(_name(before or value[match.end() :]), match[1].strip(_AROUND))
    person = git_person(value)
    return Person(_name(person.name), person.email.strip(_AROUND))


def _name(text: str) -> str:
    """Return a person's name without quotes and blanks around it; an address is not a name."""
    text = " ".join(text.split())
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if '"' in text or "\\" in text:
        text = _unquote(text)
    text = text.strip().rstrip(",;")
    return "" if len(text) < 2 or len(text) > MAX_NAME or _AT.fullmatch(text) or any(char in text for char in "<>") else text


def git_person(value: str) -> Person:
    """Return name and address as git's mailinfo.c reads them (`handle_from`, `get_sane_name`); never raises.

    The first `@` makes the address. A name shorter than 3 bytes, longer than 60, or with `@`, `<` or `>` in it is not a name.
    """
    return _git_person(value[:MAX_ADDRESS])


@lru_cache(maxsize=4096)
def _git_person(value: str) -> Person:
    value = value.replace("\n", " ").replace("\t", " ")
    at = value.find("@")
    if at < 0:
        return Person(_sane_name(value.split("<")[0]), "")
    begin = at
    while begin > 0 and not value[begin - 1].isspace() and value[begin - 1] != "<":
        begin -= 1
    end = at
    while end < len(value) and value[end] not in " >\r\v\f":
        end += 1
    before = value[: begin - 1] if begin and value[begin - 1] == "<" else value[:begin]
    rest = f"{before} {value[end + 1 :]}"
    return Person(_sane_name(rest), value[begin:end].strip(",;\"'"))


def _sane_name(text: str) -> str:
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


def parse_people(value: str) -> list[Person]:
    """Return the people of a Reply-To, To or Cc value, those with an address; commas in quotes and comments part nobody."""
    value = value[: 64 * 1024]
    parts: list[str] = []
    quoted, depth, begin = False, 0, 0
    for at, char in enumerate(value):
        if char == '"' and not depth and value[at - 1 : at] != "\\":
            quoted = not quoted
        elif not quoted:
            depth = max(depth + (char == "(") - (char == ")"), 0)
            if char in ",;" and not depth:
                parts.append(value[begin:at])
                begin = at + 1
    return [person for part in (*parts, value[begin:]) if (person := parse_person(part.strip())).email]


def addresses(value: str) -> list[str]:
    """Return the addresses of a To or Cc header, lower-cased, without reading its grammar; linear in its length."""
    text = value[: 64 * 1024].lower()
    plain = f" {text} "
    for char in _APART:
        plain = plain.replace(char, " ")
    words = [word for word in plain.split() if "@" in word]
    if not text.isascii() or any(char in text for char in _RARE) or "@ " in plain or " @" in plain or plain.count("@") != len(words):
        return _AT.findall(text)
    if max(map(len, words), default=0) > 254:
        return _AT.findall(text)
    return words  # as of nearly all mail, in a third of the time


def same_email(one: str, other: str) -> bool:
    """Say whether two addresses are one mailbox.

    Case, a `+tag`, a host below the same domain, the several names of one provider and dots at Gmail do not count.
    """
    a, b = one.casefold(), other.casefold()
    if not a or not b:
        return False
    if a == b:
        return True
    (local_a, host_a), (local_b, host_b) = mailbox(a), mailbox(b)
    if local_a != local_b or not host_a or not host_b:
        return False
    above = min(host_a, host_b, key=len)
    return host_a == host_b or ("." in above and max(host_a, host_b, key=len).endswith("." + above))


@lru_cache(maxsize=4096)
def mailbox(address: str) -> tuple[str, str]:
    """Return the local part and the host by which addresses of one mailbox are the same: no tag, one name of a provider, no dot behind."""
    local, _, host = address.rpartition("@")
    host = host.rstrip(".")
    host = _ONE_MAILBOX.get(host, host)
    local = _ROLE_DIGITS.sub("", local).partition("+")[0].strip(".")
    return local.replace(".", "") if host in _NO_DOTS else local, host


def same_name(one: str, other: str) -> bool:
    """Say whether two names are one, without accents, case, remarks in brackets and word order; `Müller` is also `Mueller`."""
    a, b = name_words(one), name_words(other)
    if not a or not b or a == b:
        return bool(a) and a == b
    if one.isascii() and other.isascii():
        return False
    return spelt_out(one) == spelt_out(other)


def spelt_out(name: str) -> frozenset[str]:
    """Return the words of a name with `ae`, `oe` and `ue` as the letter that they may stand for."""
    return frozenset(_SPELT_OUT.sub(r"\1", word) for word in name_words(name))


@lru_cache(maxsize=4096)
def name_words(name: str) -> frozenset[str]:
    """Return the words of a name in small plain letters."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _NAME_NOISE.sub(" ", plain).replace(",", " ").replace("-", " ").casefold().translate(_LETTERS)
    return frozenset(plain.split())


def is_named_after(address: str, name: str) -> bool:
    """Say whether the local part of an address is made of a person's name: of its words, their beginnings or their initials, in any order.

    `ann.author`, `aauthor`, `authora`, `ann`, `ann-author-kernel`, `aa42` for Ann Author; shared names, such as `patches`, are nobody's.
    """
    local = address[:MAX_LOCAL].partition("@")[0].partition("+")[0].casefold()
    letters = [word for word in re.split(r"[^a-z]+", local) if word][:MAX_WORDS]
    words = {word for word in name_words(name) if word.isalpha()}
    if not letters or not words or len(words) > MAX_WORDS:
        return False
    told = [word for word in letters if any(word in {whole, whole[:1]} or (len(word) > 2 and whole.startswith(word)) for whole in words)]
    return any(len(word) > 2 for word in told) or any(_made_of(word, frozenset(words)) for word in letters)


@lru_cache(maxsize=4096)
def _made_of(word: str, words: frozenset[str], pieces: int = 0) -> bool:
    """Say whether a word is put together of at least two words of a name, each by its initial or as far as it goes."""
    if not word:
        return pieces > 1
    return any(
        _made_of(word[size:], words - {whole}, min(pieces + 1, 2))
        for whole in words
        if word[0] == whole[0]
        for size in {1, _shared(word, whole)}
    )


def _shared(one: str, other: str) -> int:
    """Return how many letters two words begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
