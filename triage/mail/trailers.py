# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trailers: `Key: value` lines with the line they stand on, in the message, below its cut, or in a reply."""

import re

from triage.mail.identity import parse_person, same_email, same_name
from triage.model import Person, Region, Trailer
from triage.model.expression import expression

_KEY = expression(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)")
_GIT_KEY = expression(r"[A-Za-z0-9-]+[ \t]*:")
_BY = expression(r"-(?:by|to|for|with|agent)$", re.IGNORECASE)
_MAY_SIGN = expression("of|o-b|sob", re.IGNORECASE)
_SIGNOFF_LIKE = expression(
    r"[^\w\n]{0,4}(?:s\w{2,7}[ \-_–—]?of{1,3}[ \-_–—]?(?:b[yt](?:-by)?)?|signedoffby|signed-of-by|sob|s-o-b)"
    r"[*_]{0,2}[ \t]*[:;=：]{0,2}[*_]{0,2}[ \t]*\S",
    re.IGNORECASE,
)
_S_LINE = expression(r"^[^\w\n]*[sS]", re.MULTILINE)
"""How a line begins that is a sign-off or looks like one, if all its letters are ASCII."""
_GIVEN_LINE = expression(r"\n[A-Za-z][A-Za-z0-9-]{0,58}-[bB][yY][ \t]*:")
_GIVEN_INDENTED = expression(r"\n[ \t][^\S\n]*(?:[Ss][Ii][Gg][Nn][Ee][Dd]|[Rr][Ee][Vv][Ii]|[Aa][Cc][Kk]|[Tt][Ee][Ss][Tt])")
"""How a line begins that may say something of a patch in a reply, and one that does so indented; most replies only quote some."""
_MAILTO = expression(r"<mailto:[^<>]{0,320}>", re.IGNORECASE)
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
_GOES_ON = expression(r">[ \t]+[a-z]")
_GIVEN = expression(r"(?:signed-off|reviewed|acked|tested)(?:-(?:and|off)-[a-z]+)*-by", re.IGNORECASE)
"""Keys by which people say something of a patch in their own name."""
_COMMIT = expression(r"(?:commit[ \t]+)?[0-9a-f]{7,40}\b", re.IGNORECASE)
MAX_ALONE = 30
"""Lines of trailers that stand together in a reply: whoever gives more is not read closer."""
_ADDRESS_LINE = expression(r"(?:[^<>:@\n]{1,80} )?<[^<>\s@]+@[^<>\s@]+>[ \t]*")


def canonical_key(key: str) -> str:
    """Return a trailer key as it is usually written: the first letter a capital, the rest small."""
    return key[:1].upper() + key[1:].lower()


def is_trailer_key(key: str) -> bool:
    """Say whether a line with this key is a trailer wherever it stands: `…-by`, or a key the field knows."""
    return bool(_BY.search(key)) or key.lower() in KNOWN


def block_lines(lines: list[str]) -> range:
    """Return which of a message's lines are its trailer block for `git interpret-trailers`; empty where it sees none.

    Lines that begin with `#` are comments to it. The last paragraph counts if all its lines are trailers, or if one is git's own and at
    least a quarter are (`find_trailer_block_start` in git's trailer.c).
    """
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    trailers = others = continuations = 0
    generated = False
    start = end
    while start and lines[start - 1].strip():
        line = lines[start - 1]
        start -= 1
        if line.startswith("#"):
            others, continuations = others + continuations, 0
        elif line.startswith(_GENERATED):
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
        if key.lower() == "fixes" and not _names_commit(lines, index, index in block):
            continue
        if is_trailer_key(key) and index + 1 < len(lines):
            value = _folded(value, lines[index + 1])
        if region is Region.REPLY:
            if "<mailto:" in value:
                value = _MAILTO.sub("", value)  # what Outlook adds to an address
            if _GOES_ON.search(value):
                continue  # a sentence that speaks of the tag
        found.append(Trailer(canonical_key(key), value, first_line + index, region, index in block, line.rstrip()))
    return found


def _names_commit(lines: list[str], at: int, in_block: bool) -> bool:
    """Say whether a `Fixes:` line is a trailer: no heading over what is fixed, no prose, no example in a list of such lines.

    Beside the last paragraph it counts where only trailers stand above it in its own, and no line with a colon leads to that; without a
    commit id only trailers may stand below it too.
    """
    value = lines[at].partition(":")[2].strip()
    if value.endswith(":"):
        return False
    following = lines[at + 1] if at + 1 < len(lines) else ""
    if in_block:
        return bool(value) or not (following[:1] in (" ", "\t") and following.strip())
    above, below = at, at
    while above > 0 and lines[above - 1].strip() and at - above < MAX_ALONE:
        above -= 1
    while below + 1 < len(lines) and lines[below + 1].strip() and below - at < MAX_ALONE:
        below += 1
    led = next((line for line in reversed(lines[max(above - 3, 0) : above]) if line.strip()), "")
    around = lines[above : at + 1] if _COMMIT.match(value) else lines[above : below + 1]
    return bool(value) and not led.rstrip().endswith(":") and all(_is_given(line) or line[:1] in " \t" for line in around)


def _folded(value: str, following: str) -> str:
    """Join a continuation line to a value that has no address yet, and an address alone on the next line, which git would not."""
    if "<" in value or "@" in value or "<" not in following:
        return value
    if (following[:1] in (" ", "\t") and following.strip()) or _ADDRESS_LINE.fullmatch(following):
        return f"{value} {following.strip()}"
    return value


def indented_signoffs(text: str, first_line: int) -> list[Trailer]:
    """Return the sign-offs that stand indented below the cut of a mail, in a commit that `git show` printed, say."""
    if "igned-off-by" not in text:
        return []
    found: list[Trailer] = []
    for index, line in enumerate(text.split("\n")):
        match = _KEY.match(line.strip()) if line[:1] in (" ", "\t") and len(line) <= MAX_LINE else None
        if match and canonical_key(match[1]) == "Signed-off-by":
            found.append(Trailer("Signed-off-by", match[2].rstrip(), first_line + index, Region.TAIL, False, line.rstrip()))
    return found


def given(text: str) -> list[Trailer]:
    """Return what people say of a patch in a reply to it, in `…-by:` lines that are not quoted."""
    if not _GIVEN_LINE.search("\n" + text):
        return []
    return [trailer for trailer in find_trailers(text, 1, Region.REPLY) if trailer.key.endswith("-by")]


def given_indented(text: str, sender: Person) -> list[Trailer]:
    """Return what the sender of a reply gives in their own name on indented lines that stand alone.

    Alone are lines of such trailers between blank lines, or below a line that ends in a colon; what stands in a paragraph of other text is
    an example, and so is what names somebody else or a tool.
    """
    found: list[Trailer] = []
    if not _GIVEN_INDENTED.search("\n" + text):
        return found
    lines = text.split("\n")
    for index, line in enumerate(lines):
        match = _KEY.match(line.strip()) if line[:1] in (" ", "\t") and "-" in line and len(line) <= MAX_LINE else None
        if match is None or not _GIVEN.fullmatch(match[1]) or not _stands_alone(lines, index):
            continue
        person = parse_person(match[2])
        if same_email(person.email, sender.email) or same_name(person.name, sender.name):
            found.append(Trailer(canonical_key(match[1]), match[2].rstrip(), index + 1, Region.REPLY, False, line.rstrip()))
    return found


def _stands_alone(lines: list[str], at: int) -> bool:
    above, below = at - 1, at + 1
    while above >= 0 and at - above <= MAX_ALONE and _is_given(lines[above]):
        above -= 1
    while below < len(lines) and below - at <= MAX_ALONE and _is_given(lines[below]):
        below += 1
    begins = above < 0 or not lines[above].strip() or lines[above].rstrip().endswith(":")
    return begins and (below >= len(lines) or not lines[below].strip())


def _is_given(line: str) -> bool:
    match = _KEY.match(line.strip()) if len(line) <= MAX_LINE else None
    return match is not None and is_trailer_key(match[1])


def malformed_signoffs(text: str, first_line: int) -> list[tuple[int, str]]:
    """Return lines that look like a sign-off and are none for git: misspelt, indented, look-alike letters, or without their address.

    A sign-off whose address stands on the next line, not indented, is the last of these.
    """
    found: list[tuple[int, str]] = []
    if text.isascii() and not _S_LINE.search(text):
        return found
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if (
            (line.isascii() and not _S_LINE.match(line))
            or len(line) > MAX_LINE
            or line.startswith((">", "|"))
            or not _MAY_SIGN.search(line)
        ):
            continue
        plain = line.strip()
        match = _KEY.match(line)
        if match and canonical_key(match[1]) == "Signed-off-by":  # a trailer, however its key is spaced
            if "@" not in line and index + 1 < len(lines) and _ADDRESS_LINE.fullmatch(lines[index + 1]):
                found.append((first_line + index, line.rstrip()))
            continue
        readable = plain if plain.isascii() else plain.translate(_LOOKALIKE)
        if _SIGNOFF_LIKE.match(readable) and "@" in readable:
            found.append((first_line + index, line.rstrip()))
    return found


_LOOKALIKE = {
    ord(char): plain
    for chars, plain in (("Ѕѕ", "S"), ("іɩ", "i"), ("ɡց", "g"), ("ո", "n"), ("еҽ", "e"), ("ԁ", "d"), ("оο", "o"), ("у", "y"))
    for char in chars
} | dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), "")
