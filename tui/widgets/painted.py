# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How lines in pieces get their colours: one painter for lists, texts and bars."""

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from triage.model.text import Shown, width
from tui.glyphs import glyphs
from tui.lines import Piece, ViewLine, line_of


class Painted(Widget):
    """A widget that draws lines in pieces; triage.tcss says how each look is drawn.

    The app alone carries the looks, by `get_component_styles`: as component classes of each widget, Textual would work out all of them
    for every widget of a screen.
    """

    _drawn: tuple[str, dict[str, Style]] = ("", {})
    """The theme, and how each look is drawn on this widget's ground, as far as it was asked for."""

    def style_of(self, look: str) -> Style:
        """Return how a look is drawn here, "" for plain text."""
        theme, drawn = self._drawn
        if theme != self.app.theme:
            drawn = {}
            self._drawn = (self.app.theme, drawn)
        if look not in drawn:
            drawn[look] = self._draw(look)
        return drawn[look]

    def _draw(self, look: str) -> Style:
        """Return a look laid over this widget's own style, as Textual lays a widget's over its parents'."""
        base = self.rich_style
        if not look:
            return base
        styles, ground = self.app.get_component_styles(f"look--{look}"), self.background_colors[1]
        if styles.has_rule("background"):
            ground += styles.background
        style = base + styles.text_style + Style(bgcolor=ground.rich_color if ground.a else None)
        if styles.has_rule("auto_color") and styles.auto_color:
            return style + Style(color=(ground + ground.get_contrast_text(styles.color.a)).rich_color)
        return style + Style(color=(ground + styles.color).rich_color) if styles.has_rule("color") else style

    def notify_style_update(self) -> None:
        """Forget how looks were drawn: the widget stands on another ground."""
        self._drawn = ("", {})
        super().notify_style_update()

    def _pieces(self, line: ViewLine) -> tuple[Piece, ...]:
        """Return a line in pieces, code in the colours of its language where the theme has colours of its own."""
        pieces = line.pieces or ((line.text, line.look),)
        if not line.language or self.app.native_ansi_color or any(look.endswith("-word") for _, look in pieces):
            return pieces
        from tui.syntax import code  # few lines are code, and no line of a list

        *before, (text, look) = pieces
        return (*before, (Shown(text[:1]), look), *code(Shown(text[1:]), line.language, look))

    def _segments(self, line: ViewLine, overlay: Style | None, plain: bool) -> list[Segment]:
        """Return a line's segments; a line that was added or removed keeps its ground under all of its pieces."""
        found: list[Segment] = []
        for text, look in self._pieces(line):
            style = self.style_of("" if plain else look or line.look)
            if line.language and look not in {"added", "removed"} and not look.endswith("-word"):
                changed = next((one for _, one in line.pieces or ((line.text, line.look),) if one in {"added", "removed"}), "")
                style += Style(bgcolor=self.style_of(changed).bgcolor) if changed else Style()
            if overlay:
                style += overlay
            if found and found[-1].style is style:  # fewer segments are less to crop and to compose
                found[-1] = Segment(found[-1].text + text, style)
            else:
                found.append(Segment(text, style))
        return found

    def _cursor(self) -> Style:
        """Return what lies over the line under the cursor: its ground where the theme has colours, else the line is reversed."""
        style = self.style_of("cursor")
        return Style(bgcolor=None if style.reverse else style.bgcolor, bold=style.bold, reverse=style.reverse)

    def paint(self, line: ViewLine, cells: int, left: int = 0, cursor: bool = False, match: bool = False) -> Strip:
        """Return one line of the screen, `cells` wide from column `left` on, cut with `~` where the line goes on."""
        overlay = self._cursor() if cursor else None
        reverse = bool(overlay and overlay.reverse)  # a reversed line of many colours is a patchwork
        if match:
            overlay = (overlay or Style()) + self.app.get_component_styles("look--match").text_style
        strip = Strip(self._segments(line, overlay, reverse))
        base = self.style_of("") + overlay if overlay else self.style_of("")
        if width(line.text) > left + cells:
            shown = strip.crop_extend(left, left + cells - 1, base)
            return Strip.join([shown, Strip([Segment("~", base)])])
        return strip.crop_extend(left, left + cells, base)


class Bar(Painted):
    """A line, or a few, that says where one is: a title, the head of columns, what goes on."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"

    class Clicked(Message):
        """A piece of a bar was clicked."""

        def __init__(self, bar: "Bar", text: str) -> None:
            super().__init__()
            self.bar = bar
            self.text = text

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[ViewLine] = []

    def on_click(self, event: events.Click) -> None:
        """Say which piece was clicked."""
        at = 0
        for text, _ in self.lines[event.y].pieces if event.y < len(self.lines) else ():
            at += width(text)
            if event.x < at:
                self.post_message(self.Clicked(self, text))
                return

    def show(self, *lines: ViewLine | Iterable[Piece]) -> None:
        """Show other lines."""
        self.lines = [one if isinstance(one, ViewLine) else line_of(*one) for one in lines]
        self.refresh()

    @property
    def text(self) -> str:
        """What is shown."""
        return "\n".join(line.text for line in self.lines)

    def render_line(self, y: int) -> Strip:
        """Draw one line, cut with `~` where it does not fit."""
        if y >= len(self.lines):
            return Strip.blank(self.size.width, self.style_of(""))
        return self.paint(self.lines[y], self.size.width)


class Rule(Painted):
    """A line between what stands above and below each other."""

    DEFAULT_CSS = "Rule { height: 1; width: 1fr; }"

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        return self.paint(line_of((Shown(glyphs().rule * self.size.width), "rule")), self.size.width)
