# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters that look like others or like nothing, in lines and names (threat T3); facts, no judgement."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from triage.model import Body, Line
from triage.model.expression import expression

MAX_HIDDEN = 20
_BIDI = expression("[\u202a-\u202e\u2066-\u2069]")
_LOOKALIKE = str.maketrans(
    "аеорсухіѕјһԁԛѡАВЕКМНОРСТУХІЅЈгпԍɡοαρνϲиΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxisjhdqwABEKMHOPCTYXISJrnggoapvcuABEZHIKMNOPTYX"
)  # Cyrillic and Greek letters that a reader takes for Latin ones; Unicode UTS #39, confusables.txt
_KEY = expression(r"^[^\s:]{4,40}:\s+\S")
_KEYS = ("signed-off-by", "co-developed-by", "reviewed-by", "acked-by", "assisted-by", "tested-by")


def find_hidden(body: Body) -> tuple[Line, ...]:
    """Return the lines of a mail that hold characters nobody sees, or a trailer key in look-alike letters; at most 20.

    In the diff only bidirectional controls count (Trojan Source, CVE-2021-42574): source text may hold the rest for good reasons.
    """
    if body.text.isascii():
        return ()
    found: list[Line] = []
    prose = len(body.text) - len(body.diff)
    at = 0
    for number, line in enumerate(body.text.split("\n"), 1):
        in_diff, at = at >= prose, at + len(line) + 1
        if not line.isascii() and (_BIDI.search(line) if in_diff else _deceives(line)):
            found.append(Line(number, line[:200]))
            if len(found) == MAX_HIDDEN:
                break
    return tuple(found)


def _deceives(line: str) -> bool:
    if any(is_invisible(line, index, char) for index, char in enumerate(line)):
        return True
    if not _KEY.match(line):
        return False
    key = line.partition(":")[0]
    return not key.isascii() and key.translate(_LOOKALIKE).lower() in _KEYS


def is_invisible(line: str, index: int, char: str) -> bool:
    """Say whether a character of a line cannot be seen.

    A joiner between two visible characters (emoji, Indic and Persian spelling), a soft hyphen and a leading byte order mark may be there.
    """
    if char.isascii() or unicodedata.category(char) != "Cf":
        return False
    if char in "\u200c\u200d":
        beside = line[index - 1 : index] + line[index + 1 : index + 2]
        return len(beside) < 2 or beside.isascii()
    return not (char == "\ufeff" and index == 0) and char != "\u00ad"


def odd_characters(line: str) -> str:
    """Return the invisible and look-alike characters of a line by number and name, at most four."""
    return _named(c for c in line if not c.isascii() and (unicodedata.category(c) == "Cf" or c.translate(_LOOKALIKE) != c))


def oddity(text: str) -> str:
    """Return what is odd in a name or address, "" for nothing: invisible characters, or one word of scripts that look alike."""
    if text.isascii():
        return ""
    if any(is_invisible(text, index, char) for index, char in enumerate(text)):
        return f"holds characters that cannot be seen: {odd_characters(text)}"
    for word in re.split(r"[^\w]+", text):
        scripts = {_script(char) for char in word if char.isalpha()} & {"LATIN", "CYRILLIC", "GREEK"}
        if len(scripts) > 1:
            named = " and ".join(script.title() for script in sorted(scripts))
            return f"mixes {named} letters in one word, {word[:40]}: {_named(char for char in word if not char.isascii())}"
    return ""


def plain_letters(text: str) -> str:
    """Return a text with the letters that a reader takes for Latin ones as those."""
    return text.translate(_LOOKALIKE)


def _named(chars: Iterable[str]) -> str:
    """Return characters by number and name, each once, at most four."""
    return ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, 'unnamed')}" for char in [*dict.fromkeys(chars)][:4])


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
