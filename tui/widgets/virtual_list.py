# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list that draws only the lines it shows: a hundred thousand rows cost what twenty do."""

from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.lines import ViewLine
from tui.widgets.painted import Painted


class VirtualList(ScrollView, Painted, can_focus=True, inherit_bindings=False):  # its own keys would scroll and leave the cursor behind
    """Base of all lists: `count()` rows, each drawn by `row_line`; the cursor is a row and may be moved by anything."""

    DEFAULT_CSS = "VirtualList { overflow-x: hidden; scrollbar-size-vertical: 1; }"
    cursor: reactive[int] = reactive(0, repaint=False)

    touched = False
    """Whether the user put the cursor where it is."""
    moves = 0
    """How often the user put the cursor somewhere."""

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, source: "VirtualList", row: int) -> None:
            super().__init__()
            self.source = source
            self.row = row

        @property
        def control(self) -> "VirtualList":
            """The list that it is about."""
            return self.source

    class Chosen(Message):
        """A row was opened by a double click."""

        def __init__(self, source: "VirtualList", row: int) -> None:
            super().__init__()
            self.source = source
            self.row = row

        @property
        def control(self) -> "VirtualList":
            """The list that it is about."""
            return self.source

    def count(self) -> int:
        """Return how many rows there are."""
        return 0

    def row_line(self, row: int, cells: int, cursor: bool) -> ViewLine:
        """Return one row, exactly `cells` wide."""
        raise NotImplementedError

    def reset(self, cursor: int) -> None:
        """Take notice that the rows are others now; put the cursor on `cursor`."""
        self.virtual_size = Size(self.size.width, self.count())
        target = max(0, min(cursor, self.count() - 1))
        if target == self.cursor:
            self._show_cursor()
        self.cursor = target
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight when the terminal changes size."""
        self.virtual_size = Size(event.size.width, self.count())
        self._show_cursor()
        self.post_message(self.Moved(self, self.cursor))  # what is drawn beside it follows its size

    def validate_cursor(self, value: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(value, max(0, self.count() - 1)))

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw the two rows that changed and tell the screen."""
        for row in (old, new):
            self.refresh_line(row)
        self._show_cursor()
        self.post_message(self.Moved(self, new))

    def _show_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        if self.is_attached and self.has_focus:
            # screen readers follow the hardware cursor
            self.app.cursor_position = self.content_region.offset + Offset(0, self.cursor - self.scroll_offset.y)

    def put(self, row: int, touched: bool = True) -> None:
        """Put the cursor on a row because the user asked for it."""
        self.touched = touched
        self.moves += 1
        self.cursor = row

    def move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.put(self.cursor + rows)

    def page(self, direction: int) -> None:
        """Move the cursor by a page."""
        self.move(direction * max(1, self.scrollable_content_region.height - 1))

    def end(self, last: int) -> None:
        """Move the cursor to the first row, or to the last."""
        self.put(self.count() - 1 if last else 0, touched=bool(last))

    def refresh_line(self, row: int) -> None:
        """Redraw one row if it is in sight."""
        self.refresh(Region(0, row - self.scroll_offset.y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        row, cells, base = y + self.scroll_offset.y, self.scrollable_content_region.width, self.style_of("")
        if row >= self.count():
            return Strip.blank(cells, base)
        cursor = row == self.cursor
        return self.paint(self.row_line(row, cells, cursor), cells, cursor=cursor)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse clicked; a double click opens."""
        row = event.y + self.scroll_offset.y
        if row < self.count():
            self.put(row)
            if event.chain == 2:
                self.post_message(self.Chosen(self, row))
