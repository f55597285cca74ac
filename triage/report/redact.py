# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People taken out of a report: names and addresses give way to pseudonyms, the same for one person in every report of one key."""

import hmac
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from triage.model import Person
from triage.model.expression import expression
from triage.policy.evidence import AI_KEYS
from triage.policy.evidence.machines import is_ai
from triage.report.build import Report

DOMAIN = "redacted.invalid"
ADDRESS = expression(r"[^\s<>()\[\]\",;:]{1,250}(?:@|%40)[^\s<>()\[\]\"',;:|]{1,250}")
_NAMED = expression(
    r"(?:^|[:(,;\"]\s*|\s{2,})([^\s<>:(),;\"@][^<>:(),;\"@\n]{0,98}[^\s<>:(),;\"@])\"?\s*<([^<>\n]{0,150}(?:@| at )[^<>\n]{1,150})>"
)
_BY = expression(r"^[ \t>]*([A-Za-z-]{2,30}-by)[ \t]*:[ \t]*([^<>\n]{2,100})", re.MULTILINE)
_ANGLED = expression(r"<[^<>\n]{1,300}>")
_PERSON = {"name", "email"}
_IDS = {"series", "message_id", "topic", "previous", "cover", "answers", "given_on", "opinion", "email", "to", "patch", "identity"}
"""Keys whose whole value names a mail or a person."""
_TEXTS = {"subject", "quote", "says", "reason", "why", "what", "value", "about", "ai_assisted", "evidence", "by", "question"}
"""Keys whose values hold what people wrote: names are looked for in them; in all others only addresses are."""
_LINKS = {"url", "urls"}
MIN_NAME, MIN_WORD = 4, 3
"""Shorter names, and shorter words of names, are words of every text: they are replaced where they stand as a name, not inside prose."""


def key_name(key: bytes) -> str:
    """Return what tells one key of pseudonyms from another, and nothing of the key."""
    return f"pseudonyms of key {sha256(b'triage pseudonyms' + key).hexdigest()[:8]}"


def redact(report: Report, key: bytes) -> Report:
    """Return the report without names, addresses, Message-IDs as they are, and links to archives.

    A pseudonym is an HMAC-SHA-256 of the address in lower case under `key`: who has the archive and not the key cannot find it by trying.
    Titles and hashes of content stay, by which somebody with the archive can still find a mail; the report says so. Names are those of
    authors, senders, reviewers and trailers, and their words; one that stands nowhere but in prose is not known to be one.
    """
    hider = _Hider(key, list(_people(report.as_dict())))
    rests = hider.hidden(report.provenance) | {"pseudonyms": key_name(key)}
    return replace(
        report, limit=hider.addresses(report.limit), lists=hider.hidden(report.lists), figures=hider.hidden(report.figures),
        series=hider.hidden(report.series), provenance=rests, redacted=True,
    )  # fmt: skip


def _people(value: Any) -> Iterator[tuple[str, str]]:
    """Yield name and address, "" for none, of everybody that a report names: as a person, in a trailer, or before an address in a text."""
    if isinstance(value, dict):
        if value.keys() >= _PERSON and isinstance(value["email"], str):
            yield str(value["name"]), value["email"]
        for key, item in value.items():
            if key != "subject":  # what a title has before an angle bracket is rarely a name
                yield from _people(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _people(item)
    elif isinstance(value, str):
        for match in _NAMED.finditer(value):
            yield match[1], match[2]
        for match in _BY.finditer(value):
            if match[1].casefold() not in AI_KEYS:
                yield match[2].strip(), ""


class _Hider:
    def __init__(self, key: bytes, people: list[tuple[str, str]]) -> None:
        self._key = key
        self._whole: dict[str, str] = {}
        self._of_word: dict[str, str] = {}
        people = [person for person in people if not is_ai(Person(*person))]  # a tool is what the report is about
        for name, email in sorted(people, key=lambda person: not person[1]):  # who has an address is known by it
            flat = " ".join(name.split())
            self._whole.setdefault(flat.casefold(), email or flat)
            for word in re.findall(r"[^\W\d_](?:[\w'-]*\w)?", flat):
                if len(word) >= MIN_WORD and word[0].isupper():
                    self._of_word.setdefault(word, email or flat)
        names = sorted((name for name in self._whole if len(name) >= MIN_NAME), key=len, reverse=True)
        every = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
        self._names = re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE) if names else None
        alone = "|".join(map(re.escape, sorted(self._of_word, key=len, reverse=True)))
        self._alone = re.compile(rf"(?<!\w)(?:{alone})(?!\w)") if alone else None

    def word(self, text: str) -> str:
        """Return the pseudonym of an address, an id or a name: ten hexadecimal digits."""
        return hmac.new(self._key, text.casefold().replace("%40", "@").encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:10]

    def addresses(self, text: str) -> str:
        """Return a text with every address replaced."""
        if "@" not in text and "%40" not in text:
            return text
        return ADDRESS.sub(lambda match: f"{self.word(match[0].rstrip('.'))}@{DOMAIN}", text)

    def text(self, text: str) -> str:
        """Return a text with every address, what stands between angle brackets, and every known name replaced."""
        text = self.addresses(text)
        if "<" in text:
            text = _ANGLED.sub(lambda match: match[0] if DOMAIN in match[0] else f"<{self.word(match[0][1:-1])}@{DOMAIN}>", text)
        if self._names:
            text = self._names.sub(lambda match: self.person(self._whole[" ".join(match[0].split()).casefold()]), text)
        if self._alone:
            text = self._alone.sub(lambda match: self.person(self._of_word[match[0]]), text)
        return text

    def person(self, who: str) -> str:
        """Return what stands for a name."""
        return f"person {self.word(who)}"

    def hidden(self, value: Any, key: str = "") -> Any:
        """Return a value of the report without people."""
        if isinstance(value, dict):
            if value.keys() >= _PERSON and isinstance(value["email"], str):
                who = value["email"] or value["name"]
                return {k: (self.person(who) if who else "") if k == "name" else self.hidden(v, k) for k, v in value.items()}
            return {k: self.hidden(v, k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            kept = [] if key in _LINKS else [self.hidden(item, key) for item in value]
            return tuple(kept) if isinstance(value, tuple) else kept
        if not isinstance(value, str) or not value or key in _LINKS:
            return "" if key in _LINKS else value
        if key == "log":  # named after its reviewer
            return f"log {self.word(value)}"
        if key in _IDS:
            return f"{self.word(value)}@{DOMAIN}"
        return self.text(value) if key in _TEXTS else self.addresses(value)
