# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of a few hundred rows that are in memory: findings, events."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from tui.lines import ViewLine
from tui.widgets.virtual_list import VirtualList

Row = TypeVar("Row")


class Rows(VirtualList, Generic[Row]):
    """Rows of one kind, each drawn by one function of row, cells, and whether the cursor is on it."""

    def __init__(self, draw: Callable[[Row, int, bool], ViewLine], id: str | None = None) -> None:
        super().__init__(id=id)
        self.draw = draw
        self.rows: list[Row] = []

    def show(self, rows: Sequence[Row], cursor: int) -> None:
        """Show other rows."""
        self.rows = list(rows)
        self.reset(cursor)

    def count(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def row_line(self, row: int, cells: int, cursor: bool) -> ViewLine:
        """Return one row as a line."""
        return self.draw(self.rows[row], cells, cursor)
