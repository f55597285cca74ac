# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail's text and diff, drawn line by line as far as it is seen, with findings in their places."""

from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from triage.model.text import width
from tui.lines import ViewLine
from tui.widgets.painted import Painted


class TextView(ScrollView, Painted, can_focus=True, inherit_bindings=False):
    """Lines with looks; a cursor line, jumps between findings and hunks, and search."""

    DEFAULT_CSS = "TextView { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }"

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[ViewLine] = []
        self.line = 0
        self.needle = ""
        self._aim: int | None = None
        """The line that a jump went to, until something else moves: where it stands depends on a size that layout may still change."""

    def show(self, lines: list[ViewLine], line: int = 0, keep: bool = False) -> None:
        """Show other lines, from `line` on; with `keep` what was jumped to stays where it stands."""
        aimed = self._aim if keep else None
        self.lines = lines
        widest = max((width(item.text) for item in lines), default=0)
        self.virtual_size = Size(widest, len(lines))
        if aimed is not None:
            self.jump(line)
        else:
            self.go(line)
        self.refresh()

    def go(self, line: int) -> None:
        """Put the cursor on a line and bring it into sight."""
        self._aim = None
        self._put(line)
        self.scroll_to_region(Region(self.scroll_offset.x, self.line, 1, 1), animate=False, force=True)
        self._mark()

    def jump(self, line: int) -> None:
        """Put the cursor on a line and show it a third from the top, now and after layout; a box from there is shown whole if it fits."""
        self._put(line)
        self._aim = self.line
        self._show_aim()
        self.call_after_refresh(self._show_aim)

    def _put(self, line: int) -> None:
        self.line = max(0, min(line, len(self.lines) - 1))

    def _show_aim(self) -> None:
        if self._aim is None or not self.lines:
            return
        rows = max(1, self.scrollable_content_region.height or self.size.height)
        box = self.lines[self._aim].finding
        end = self._aim
        while box and end + 1 < len(self.lines) and self.lines[end + 1].finding == box:
            end += 1
        top = max(self._aim - rows // 3, end - rows + 1)  # a third from the top, or higher for the end of the box
        self.scroll_to(y=max(0, min(top, self._aim)), animate=False, force=True, immediate=True)
        self._mark()

    def on_resize(self) -> None:
        """Keep what was jumped to in its place; else keep the cursor in sight."""
        if self._aim is not None:
            self.call_after_refresh(self._show_aim)
        elif self.lines:
            self.go(self.line)

    def _mark(self) -> None:
        """Let the hardware cursor, which screen readers follow, stand where the cursor is."""
        if self.is_attached and self.has_focus:
            self.app.cursor_position = self.content_region.offset + Offset(0, self.line - self.scroll_offset.y)
        self.refresh()

    def move(self, lines: int) -> None:
        """Move the cursor by some lines."""
        self.go(self.line + lines)

    def page(self, direction: int) -> None:
        """Move text and cursor by a page; a line stays in sight."""
        rows = max(1, self.scrollable_content_region.height - 1)
        top = self.scroll_offset.y + direction * rows
        self._aim = None
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.go(self.line + direction * rows)

    def end(self, last: int) -> None:
        """Move to the first line, or to the last."""
        self.go(len(self.lines) - 1 if last else 0)

    @property
    def current(self) -> ViewLine | None:
        """The line under the cursor."""
        return self.lines[self.line] if self.line < len(self.lines) else None

    def finding_starts(self) -> list[int]:
        """Return the lines on which a finding's box begins."""
        return [i for i, item in enumerate(self.lines) if item.finding and (i == 0 or self.lines[i - 1].finding != item.finding)]

    def jump_finding(self, direction: int) -> bool:
        """Go to the next or previous finding; returns whether there is one."""
        return self._jump(self.finding_starts(), direction)

    def jump_hunk(self, direction: int) -> bool:
        """Go to the next or previous hunk."""
        return self._jump(
            [i for i, item in enumerate(self.lines) if item.look == "hunk" or any(look == "hunk" for _, look in item.pieces)], direction
        )

    def jump_to(self, places: list[int], direction: int) -> bool:
        """Go to the next or previous one of some lines; returns whether there is one."""
        return self._jump(places, direction)

    def search(self, needle: str, direction: int = 1) -> bool:
        """Go to the next line that holds `needle`; returns whether there is one."""
        self.needle = needle.casefold()
        if not needle:
            self.refresh()
            return False
        return self._jump([i for i, item in enumerate(self.lines) if self.needle in item.text.casefold()], direction, around=True)

    def _jump(self, places: list[int], direction: int, around: bool = False) -> bool:
        ahead = [i for i in places if (i > self.line if direction > 0 else i < self.line)]
        if not ahead and around:
            ahead = places
        if not ahead:
            return False
        self.jump(ahead[0] if direction > 0 else ahead[-1])
        return True

    @property
    def finding(self) -> str:
        """The finding whose box the cursor is in, "" for none."""
        return self.lines[self.line].finding if self.lines else ""

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        row, cells, base = y + self.scroll_offset.y, self.scrollable_content_region.width, self.style_of("")
        if row >= len(self.lines):
            return Strip.blank(cells, base)
        item = self.lines[row]
        match = bool(self.needle) and self.needle in item.text.casefold()
        strip = self.paint(item, cells, self.scroll_offset.x, row == self.line and self.has_focus, match)
        if (selection := self.text_selection) is not None and (span := selection.get_span(row)) is not None:
            start, end = (max(0, at - self.scroll_offset.x) for at in (span[0], len(item.text) if span[1] == -1 else span[1]))
            chosen = strip.crop(start, end).apply_style(Style(reverse=True))
            strip = Strip.join([strip.crop(0, start), chosen, strip.crop(end)])
        return strip.apply_offsets(self.scroll_offset.x, row)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that the mouse selected, as it is shown."""
        return selection.extract("\n".join(line.text for line in self.lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse clicked."""
        self.go(event.y + self.scroll_offset.y)
