# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours: every look of every theme can be read, and what a mail's lines mean is told by looks."""

from typing import Any

import pytest
from rich.style import Style
from textual.pilot import Pilot

from tests.driving import drive, settle
from triage.config import Config
from triage.model.text import Shown, safe_lines
from tui.lines import LOOKS, fitted, line_of, piece
from tui.mail_looks import mail_lines
from tui.mail_text import folded
from tui.syntax import MAX_CODE, code, language_of
from tui.themes import THEMES
from tui.widgets.series_list import SeriesList

Rgb = tuple[int, int, int]


def _luminance(colour: Rgb) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = [value / 255 for value in colour]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Rgb, other: Rgb) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _rgb(style: Style, ground: bool) -> Rgb | None:
    colour = style.bgcolor if ground else style.color
    return tuple(colour.triplet) if colour and colour.triplet else None  # type: ignore[return-value]


def test_every_look_can_be_read_in_every_theme(demo: Config) -> None:
    """On its own ground and on that of the cursor; the terminal's own colours are its owner's choice."""
    poor: list[tuple[str, str, float]] = []
    measured: set[str] = set()

    async def steps(pilot: Pilot[Any]) -> None:
        listing = pilot.app.screen.query_one(SeriesList)
        for theme in THEMES:
            pilot.app.theme = theme
            await settle(pilot)
            for look in ("", *LOOKS):
                style = listing.style_of(look)
                for ground in (_rgb(style, True), _rgb(listing._cursor(), True)):
                    ink = _rgb(style, False)
                    if ink and ground:
                        measured.add(theme)
                        if (ratio := _contrast(ink, ground)) < 4.5:
                            poor.append((theme, look, round(ratio, 2)))

    drive(demo, steps)
    assert poor == []
    assert measured == {theme for theme in THEMES if not theme.startswith("ansi-") and theme != "triage-mono"}


MAIL = """> On Monday X wrote:
>> @@ -1,2 +1,2 @@
>> -static int one(void)
>> +static int two(void)
> > + return 0;
mine
Signed-off-by: A <a@example.org>
Assisted-by: Tool:model
Reviewed-by: B <b@example.org>
---
 lid.c | 2 +-
diff --git a/lid.c b/lid.c
--- a/lid.c
+++ b/lid.c
@@ -1,2 +1,2 @@
-static int lid_open(void)
+static int lid_opened(void)
 {"""


def test_each_line_of_a_mail_says_what_it_is() -> None:
    lines = mail_lines(safe_lines(MAIL))
    looks = [[look for _, look in line.pieces] or [line.look] for line in lines]
    assert looks == [
        ["quote", "quote"], ["quote2", "hunk"], ["quote2", "removed"], ["quote2", "added"], ["quote2", "added"], [""], ["signoff", ""],
        ["ai", ""], ["trailer", ""], ["rule"], ["", "plus", "minus"], ["file"], ["file"], ["file"], ["hunk"],
        ["removed", "removed"], ["added", "added-word", "added"], [""],
    ]  # fmt: skip
    assert lines[16].pieces[1][0] == "ed"
    assert [line.language for line in lines[-3:]] == ["c", "c", "c"]
    assert [line.number for line in lines] == list(range(1, 19))
    assert all("".join(text for text, _ in line.pieces) in {"", line.text} for line in lines)


@pytest.mark.parametrize(
    ("path", "language"), [("a/b.c", "c"), ("Makefile", "make"), ("x/meson.build", "meson"), ("a.evil", ""), ("c", "")]
)
def test_only_names_of_our_table_choose_a_language(path: str, language: str) -> None:
    assert language_of(path) == language


def test_the_signature_below_a_diff_is_no_removed_line() -> None:
    lines = mail_lines(safe_lines("diff --git a/a.c b/a.c\n@@ -1 +1 @@\n--- \n-- x\n-- \n2.45.0\n"))
    assert [line.look for line in lines] == ["file", "hunk", "file", "removed", "muted", "muted", "muted"]


def test_code_in_colours_says_the_same() -> None:
    for text in ('static int a = "x"; /* y */', "\u202e", "x" * (MAX_CODE + 1), "", "\t* z"):
        assert "".join(part for part, _ in code(Shown(text), "c", "added")) == text
    looks = dict(code(Shown("static int a; /* b */"), "c", "added"))
    assert (looks["static"], looks["int"], looks["/* b */"], looks["a"]) == ("keyword", "number", "comment", "added")


@pytest.mark.parametrize("cells", range(1, 14))
def test_pieces_fill_their_cells_and_say_where_they_are_cut(cells: int) -> None:
    pieces = [piece("ab"), piece("急須"), piece("cd", "ai")]
    text = "".join(text for text, _ in fitted(pieces, cells))
    from triage.model.text import width

    assert width(text) == cells
    assert text.rstrip() == "ab急須cd" if cells >= 8 else "~" in text


def test_a_folded_block_is_one_line_that_opens_it() -> None:
    lines = [line_of(piece("a")), *(line_of(piece(str(n))) for n in range(3)), line_of(piece("b"))]
    marked = [lines[0], *(line._replace(fold="diff:1") for line in lines[1:4]), lines[4]]
    assert len(folded(marked, ())) == 5
    shown = folded(marked, {"diff:1"})
    assert [line.opens for line in shown] == ["", "diff:1", ""]
    assert "3 lines" in shown[1].text
