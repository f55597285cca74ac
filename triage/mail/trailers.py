# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trailers: `Key: value` lines with the line they stand on, in the message, below its cut, or in a reply."""

import re

from triage.model import Region, Trailer

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)")
_GIT_KEY = re.compile(r"[A-Za-z0-9-]+[ \t]*:")
_BY = re.compile(r"-(?:by|to|for|with|agent)$", re.IGNORECASE)
_SIGNOFF_LIKE = re.compile(
    r"[^\w\n]{0,4}(?:s\w{2,7}[ \-_]?of{1,3}[ \-_]?b[yt]|signedoffby|signed-of-by|sob)[ \t]*:?[ \t]+\S", re.IGNORECASE
)
_MAILTO = re.compile(r"<mailto:[^<>]{0,320}>", re.IGNORECASE)
_GENERATED = ("Signed-off-by: ", "(cherry picked from commit ")
KNOWN = frozenset(
    [
        "fixes",
        "cc",
        "link",
        "closes",
        "change-id",
        "base-commit",
        "bug",
        "bugzilla",
        "bug-id",
        "reference",
        "references",
        "message-id",
        "depends-on",
        "supersedes",
        "obsoleted-by",
        "coding-agent",
        "model",
        "ai-agent",
        "ai-assistant",
        "ai-assisted",
        "ai-generated",
        "made-with",
        "generated-with",
        "claude-session",
        "based-on",
        "prerequisite-patch-id",
        "prerequisite-change-id",
        "prerequisite-message-id",
    ]
)
MAX_LINE = 1000


def canonical_key(key: str) -> str:
    """Return a trailer key as it is usually written: the first letter a capital, the rest small."""
    return key[:1].upper() + key[1:].lower()


def is_trailer_key(key: str) -> bool:
    """Say whether a line with this key is a trailer wherever it stands: `…-by`, or a key the field knows."""
    return bool(_BY.search(key)) or key.lower() in KNOWN


def block_lines(lines: list[str]) -> range:
    """Return which of a message's lines are its trailer block for `git interpret-trailers`; empty where it sees none.

    The last paragraph counts if all its lines are trailers, or if one is git's own and at least a quarter are
    (`find_trailer_block_start` in git's trailer.c).
    """
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    trailers = others = continuations = 0
    generated = False
    start = end
    while start and lines[start - 1].strip():
        line = lines[start - 1]
        start -= 1
        if line.startswith(_GENERATED):
            trailers, continuations, generated = trailers + 1, 0, True
        elif _GIT_KEY.match(line):
            trailers, continuations = trailers + 1, 0
        elif line[0] in " \t":
            continuations += 1
        else:
            others, continuations = others + 1 + continuations, 0
    others += continuations
    if (generated and trailers * 3 >= others) or (trailers and not others):
        return range(start, end)
    return range(end, end)


def find_trailers(text: str, first_line: int, region: Region) -> list[Trailer]:
    """Return the trailers of one region of a mail, in order; folded values joined.

    In a message the last paragraph counts whole (where git sees trailers in it), other lines by their key. Quoted lines
    and lines longer than 1000 characters count nowhere.
    """
    if ":" not in text:
        return []
    lines = text.split("\n")
    block = block_lines(lines) if region is Region.MESSAGE else range(0)
    found: list[Trailer] = []
    for index, line in enumerate(lines):
        if ":" not in line or len(line) > MAX_LINE or line[0] in ">|":
            continue
        match = _KEY.match(line)
        if not match:
            continue
        key, value = match[1], match[2].rstrip()
        if index not in block and not is_trailer_key(key):
            continue
        if is_trailer_key(key) and index + 1 < len(lines):
            value = _folded(value, lines[index + 1])
        if region is Region.REPLY and "<mailto:" in value:
            value = _MAILTO.sub("", value)  # what Outlook adds to an address
        found.append(Trailer(canonical_key(key), value, first_line + index, region, index in block, line.rstrip()))
    return found


def _folded(value: str, following: str) -> str:
    """Join a continuation line to a value that has no address yet."""
    if following[:1] in (" ", "\t") and following.strip() and "<" not in value and "@" not in value and "<" in following:
        return f"{value} {following.strip()}"
    return value


def malformed_signoffs(text: str, first_line: int) -> list[tuple[int, str]]:
    """Return lines that look like a sign-off and are none for git: misspelt, indented, look-alike letters."""
    found: list[tuple[int, str]] = []
    for index, line in enumerate(text.split("\n")):
        if len(line) > MAX_LINE or line.startswith((">", "|")) or "of" not in line:
            continue
        plain = line.strip()
        match = _KEY.match(line)
        if match and canonical_key(match[1]) == "Signed-off-by":
            continue  # a trailer, however its key is spaced
        readable = plain if plain.isascii() else plain.translate(_LOOKALIKE)
        if _SIGNOFF_LIKE.match(readable) and "@" in readable:
            found.append((first_line + index, line.rstrip()))
    return found


_LOOKALIKE = {
    ord(char): plain
    for chars, plain in (("Ѕѕ", "S"), ("іɩ", "i"), ("ɡց", "g"), ("ո", "n"), ("еҽ", "e"), ("ԁ", "d"), ("оο", "o"), ("у", "y"))
    for char in chars
} | dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), "")
