# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an ordinary mail of several (RFC 2046): found by their boundary, where the stdlib looks at every line of what is attached.

Whatever is odd is left to the stdlib; a test holds that both tell the same. Only the stdlib's way bounds what stands in the text of a part,
where a line that looks like a part's field costs it dearly.
"""

import re
from collections.abc import Iterable, Iterator
from email.message import Message as StdMessage
from itertools import islice, pairwise

from triage.model.expression import expression

MAX_PART_FIELD = 2048
"""Bytes of a Content-Type or Content-Disposition that the stdlib is given: it reads their parameters in the square of their length."""
MAX_PARAMS = 40
"""Parameters of such a field that are looked at."""
MAX_TYPE = 500
"""Bytes of a Content-Type that the fast path looks at: its regex is quadratic in blanks."""
FEW_PARTS = 20
"""Parts of a mail that the fast path reads."""

ODD_LINE = expression(rb"\n(?![!-9;-~]+:|[ \t])")


def in_any_case(names: Iterable[str]) -> bytes:
    """Return a regex for some names that looks at a first letter before it tries any; under a flag each would be tried on every line."""
    by_first: dict[str, list[str]] = {}
    for name in names:
        first, *rest = (f"[{char.upper()}{char}]" if char.isalpha() else char for char in name)
        by_first.setdefault(first, []).append("".join(rest))
    begins = "".join(first[1:3] for first in by_first)
    every = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in by_first.items())
    return f"(?=[{begins}])({every})".encode()


FIELD = rb":[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)"
_PART_HEAD = expression(rb"\n" + in_any_case(("content-type", "content-disposition", "content-transfer-encoding")) + FIELD)
_ONE_BOUNDARY = expression(
    rb"multipart/[a-z]{1,20}(?:[ \t\n]*;[ \t\n]*(?:boundary=(?:"
    rb"\"([0-9A-Za-z'()+_,./:=? -]{0,100}[0-9A-Za-z'()+_,./:=?-])\"|([0-9A-Za-z'+_,./:=?-]{1,100}))"
    rb'|(?!boundary)[a-z-]{1,20}=(?:"[^"\\]{0,100}"|[^\s";()]{1,100})))*[ \t\n]*;?[ \t\n]*',
    re.IGNORECASE,
)


def split_parts(content_type: bytes, payload: bytes) -> list[StdMessage] | None:
    """Return the parts that a payload holds, those of nested ones in their place; None where something in it is odd."""
    found: list[StdMessage] = []
    return found if b"\r" not in payload and _split(content_type.strip(), payload, found) else None


def _split(content_type: bytes, payload: bytes, found: list[StdMessage], depth: int = 0) -> bool:
    """Add the parts that a payload holds; returns whether it is as RFC 2046 wants it and has nothing odd."""
    match = _ONE_BOUNDARY.fullmatch(content_type) if len(content_type) <= MAX_TYPE and depth <= 3 else None
    if not match or content_type.lower().count(b"boundary=") != 1 or content_type[:16].lower() == b"multipart/digest":
        return False
    marks = list(islice(_marks(b"\n" + payload, b"\n--" + (match[1] or match[2])), FEW_PARTS + 1))
    ends = [number for number, (_, _, last) in enumerate(marks) if last]
    if not ends or ends[0] == 0:
        return False
    for (_, begin, _), (end, _, _) in pairwise(marks[: ends[0] + 1]):  # places are one too far, by the newline put before
        part = payload[begin : max(end - 1, 0)]
        head, _, body = (b"\n" + part).partition(b"\n\n")
        if end <= begin or ODD_LINE.search(head) or head[1:2] in {b" ", b"\t"} or len(head) > MAX_PART_FIELD:
            return False
        fields = _PART_HEAD.findall(head)
        inner = next((value for name, value in fields if len(name) == len("content-type")), b"").strip()
        kind = inner[:10].lower()
        if kind == b"multipart/":
            if not _split(inner, body, found, depth + 1):
                return False
            continue
        if kind.startswith(b"message/") or head.count(b";") > MAX_PARAMS:
            return False
        one = StdMessage()
        for name, value in fields:
            one.set_raw(name.decode(), value.decode("ascii", "surrogateescape"))
        one.set_payload(body.decode("ascii", "surrogateescape"))
        found.append(one)
    return True


def _marks(payload: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where the lines that part a payload begin and end, and whether each ends all."""
    at = payload.find(mark)
    while at >= 0:
        end = payload.find(b"\n", at + len(mark))
        end = len(payload) if end < 0 else end
        rest = payload[at + len(mark) : end].rstrip(b" \t")
        if rest in {b"", b"--"}:
            yield at, end, bool(rest)
        at = payload.find(mark, end)
