# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of series: ordered ids in memory, lines fetched by pages."""

import time
from collections import OrderedDict
from collections.abc import Callable

from triage.model.errors import TriageError
from triage.store.lines import SeriesLine
from tui.inbox_lines import inbox_row
from tui.lines import ViewLine, padded, piece
from tui.widgets.virtual_list import VirtualList

PAGE = 64
PAGES = 32
Fetch = Callable[[list[int]], dict[int, SeriesLine]]


class SeriesList(VirtualList):
    """Series by id; the cursor stays on its series when the list changes under it."""

    def __init__(self, fetch: Fetch, id: str | None = None) -> None:
        super().__init__(id=id)
        self.fetch = fetch
        self.keys: list[int] = []
        self.tagged: set[str] = set()
        """The series that are tagged, by first Message-ID: rows are others once the index was rebuilt."""
        self.several = False
        """Whether there are several lists, so that each row says which it came to."""
        self._pages: OrderedDict[int, dict[int, SeriesLine]] = OrderedDict()

    def count(self) -> int:
        """Return how many series there are."""
        return len(self.keys)

    @property
    def current(self) -> str | None:
        """The first Message-ID of the series that is shown under the cursor."""
        line = self.line(self.cursor) if self.keys else None
        return line.message_id if line else None

    def show(self, keys: list[int], key: int | None) -> None:
        """Show other series; the cursor goes to `key`, else stays near where it was."""
        self.keys = keys
        self._pages.clear()
        try:
            row = keys.index(key) if key is not None else 0
        except ValueError:
            row = min(self.cursor, max(0, len(keys) - 1))
        self.reset(row)

    def tag(self) -> None:
        """Tag the series under the cursor, or take the tag off."""
        if name := self.current:
            self.tagged ^= {name}
            self.refresh_line(self.cursor)

    def line(self, row: int) -> SeriesLine | None:
        """Return the line of a row, its page fetched if need be."""
        number = row // PAGE
        if number not in self._pages:
            try:
                self._pages[number] = self.fetch(self.keys[number * PAGE : (number + 1) * PAGE])
            except TriageError:
                self._pages[number] = {}  # drawn as gone; the next reload says why
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        return self._pages[number].get(self.keys[row])

    def row_line(self, row: int, cells: int, cursor: bool) -> ViewLine:
        """Return one series as a line."""
        line = self.line(row)
        if line is None:
            return padded(piece("  (gone; press R)", "muted"), cells=cells)
        return inbox_row(line, cells, int(time.time()), cursor, line.message_id in self.tagged, self.several)
