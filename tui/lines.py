# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines as they are drawn: safe text in pieces, each with a look that says what it means; triage.tcss says how looks are drawn."""

import textwrap
from collections.abc import Iterable
from typing import NamedTuple

from triage.model.text import Shown, fit, safe, width
from tui.glyphs import glyphs

LOOKS = (
    "plain", "error", "warn", "ask", "info", "ai", "asked", "due", "machine", "new", "muted", "strong", "title", "chip", "head", "rule",
    "closed",
    "file", "hunk", "added", "removed", "added-word", "removed-word", "plus", "minus", "trailer", "signoff", "quote", "quote2", "quote3",
    "keyword", "string", "comment", "number", "bar", "part", "key", "hover",
)  # fmt: skip
"""What a piece of text may mean; none is told by colour alone."""

MAX_CELLS = 2000
"""Characters of a line that are drawn: more are data, and cost each key."""

Piece = tuple[Shown, str]
"""Text, and its look: one of `LOOKS`, "" for plain."""


class ViewLine(NamedTuple):
    """One line of a text view: what it shows, in which look, and what it belongs to; a tuple, since fifty thousand are made at once."""

    text: Shown
    look: str = ""
    finding: str = ""
    number: int | None = None
    """Which line of the mail's text it is, from 1 on."""
    pieces: tuple[Piece, ...] = ()
    """The text in pieces of other looks, empty where it has but one."""
    language: str = ""
    """What the text after the first character is written in, where it is code: its words are coloured when they are drawn."""
    fold: str = ""
    """The block that it belongs to, which can be folded."""
    opens: str = ""
    """What Enter on it goes to: a limit, a Message-ID."""


def cut_line(shown: Shown) -> Shown:
    """Return a line as far as a screen can want it."""
    return shown if len(shown) <= MAX_CELLS else Shown(shown[:MAX_CELLS] + "~ (cut)")


def piece(text: str, look: str = "") -> Piece:
    """Return outside text as a piece, made safe."""
    return safe(text), look


def line_of(*pieces: Piece, look: str = "", finding: str = "") -> ViewLine:
    """Return pieces as one line."""
    return ViewLine(Shown("".join(text for text, _ in pieces)), look, finding, pieces=tuple(pieces))


def fitted(pieces: Iterable[Piece], cells: int) -> tuple[Piece, ...]:
    """Return pieces padded with blanks or cut with `~` to exactly `cells` terminal cells."""
    found: list[Piece] = []
    left, kept = cells, [one for one in pieces if one[0]]
    for at, (text, look) in enumerate(kept):
        more = at + 1 < len(kept)
        if width(text) > left or (more and width(text) == left):
            return (*found, (fit(Shown(f"{text}  ") if more else text, left), look))
        found.append((text, look))
        left -= width(text)
    return (*found, (Shown(" " * left), "")) if left else tuple(found)


def padded(*pieces: Piece, cells: int) -> ViewLine:
    """Return pieces as a line of exactly so many cells."""
    return line_of(*fitted(pieces, cells))


def text_of(pieces: Iterable[Piece]) -> Shown:
    """Return what pieces say."""
    return Shown("".join(text for text, _ in pieces))


def wrapped(text: str, cells: int, look: str, key: str, inside: str = "muted") -> list[ViewLine]:
    """Return text in a box of a look: the side in that look, the words in another."""
    parts = (part for line in text.splitlines() for part in textwrap.wrap(safe(line), max(20, cells - 8)))
    side = piece(f"   {glyphs().box_side} ", look)
    return [line_of(side, piece(part, inside if look != "closed" else look), look=look, finding=key) for part in parts]
