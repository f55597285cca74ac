# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People taken out of a report: names and addresses give way to pseudonyms, the same for one person in every report of one key."""

import hmac
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from triage.report.build import Report

DOMAIN = "redacted.invalid"
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:|/\\=@]{1,200}(?:@|%40)[^\s<>()\[\]\"',;:|/\\@]{1,200}")
_NAMED = re.compile(rf"(?:^|[:(,;\"]\s*|\s{{2,}})([^\s<>:(),;\"@][^<>:(),;\"@\n]{{0,98}}[^\s<>:(),;\"@])\"?\s*<({_ADDRESS.pattern})>")
_PERSON = {"name", "email"}
_KEPT = {
    "schema",
    "code",
    "severity",
    "status",
    "pack",
    "rule",
    "policy",
    "digest",
    "tip",
    "id",
    "finding",
    "target",
    "state",
    "kind",
    "signed",
}
"""Keys whose values are our own words or hashes; a record's `id` is an address and is caught all the same."""
_LINKS = {"url", "urls"}
_LOG = "log"
"""A log is named after its reviewer."""
MIN_NAME, MIN_WORD = 4, 3
"""Shorter names, and shorter words of names, are words of every text: they are replaced where they stand as a name, not inside prose."""


def redact(report: Report, key: bytes) -> Report:
    """Return the report without names, addresses, Message-IDs as they are, and links to archives.

    A pseudonym is an HMAC-SHA-256 of the address in lower case under `key`: who has the archive and not the key cannot find it by trying.
    Titles and hashes of content stay, by which somebody with the archive can still find a mail; the report says so.
    """
    hider = _Hider(key, dict(_people(report.as_dict())))
    changed = {field.name: hider.hidden(getattr(report, field.name), field.name) for field in fields(report)}
    return replace(report, **(changed | {"redacted": True}))


def _people(value: Any) -> Iterator[tuple[str, str]]:
    """Yield name and address of everybody that a report names: as a person, or before an address in a text."""
    if isinstance(value, dict):
        if value.keys() >= _PERSON and value["email"]:
            yield str(value["name"]), str(value["email"])
        for item in value.values():
            yield from _people(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _people(item)
    elif isinstance(value, str) and "<" in value:
        for match in _NAMED.finditer(value):
            yield match[1], match[2]


class _Hider:
    def __init__(self, key: bytes, people: dict[str, str]) -> None:
        self._key = key
        self._people = {" ".join(name.split()).casefold(): email for name, email in people.items() if name.strip()}
        names = sorted((name for name in self._people if len(name) >= MIN_NAME), key=len, reverse=True)
        every = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
        self._names = re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE) if names else None
        words = {word: email for name, email in people.items() for word in name.split() if len(word) >= MIN_WORD and word[0].isupper()}
        self._of_word = words
        alone = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        self._alone = re.compile(rf"(?<!\w)(?:{alone})(?!\w)") if words else None

    def word(self, text: str) -> str:
        """Return the pseudonym of an address or an id: ten hexadecimal digits."""
        return hmac.new(self._key, text.casefold().replace("%40", "@").encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:10]

    def text(self, text: str) -> str:
        """Return a text with every address and every known name replaced."""
        if "@" in text or "%40" in text:
            text = _ADDRESS.sub(lambda match: f"{self.word(match[0].rstrip('.'))}@{DOMAIN}", text)
        if self._names:
            text = self._names.sub(lambda match: self.name(match[0]), text)
        if self._alone:
            text = self._alone.sub(lambda match: f"person {self.word(self._of_word[match[0]])}", text)
        return text

    def name(self, name: str) -> str:
        """Return what stands for a name: that of the address it was seen with."""
        return f"person {self.word(self._people.get(' '.join(name.split()).casefold(), name))}"

    def hidden(self, value: Any, key: str = "") -> Any:
        """Return a value of the report without people."""
        if isinstance(value, dict):
            if value.keys() >= _PERSON and (value["email"] or value["name"]):
                value = value | {"name": f"person {self.word(value['email'] or value['name'])}"}
                return {k: v if k == "name" else self.hidden(v, k) for k, v in value.items()}
            return {k: self.hidden(v, k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            kept = [] if key in _LINKS else [self.hidden(item, key) for item in value]
            return tuple(kept) if isinstance(value, tuple) else kept
        if isinstance(value, str):
            if key == _LOG:
                return f"log {self.word(value)}"
            return "" if key in _LINKS else value if key in _KEPT - {"id"} else self.text(value)
        return value
