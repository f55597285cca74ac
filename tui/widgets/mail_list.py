# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mails of one series as a list."""

from collections.abc import Sequence

from triage.model.listed import ListedFinding
from triage.model.text import Shown
from triage.store.queries import Stored
from tui.render import mail_row
from tui.widgets.virtual_list import VirtualList


class MailList(VirtualList):
    """Cover, patches and replies; the cursor says which one is shown."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.mails: tuple[Stored, ...] = ()
        self.findings: Sequence[ListedFinding] = ()
        self.total = 0

    def show(self, mails: tuple[Stored, ...], findings: Sequence[ListedFinding], total: int) -> None:
        """Show the mails of a series."""
        self.mails, self.findings, self.total = mails, findings, total
        self.reset(self.cursor)

    def count(self) -> int:
        """Return how many mails there are."""
        return len(self.mails)

    def row_text(self, row: int, cells: int, cursor: bool) -> Shown:
        """Return one mail as a line."""
        return mail_row(self.mails[row], self.total, self.findings, cells, cursor)

    def row_look(self, row: int) -> str:
        """Show replies dim."""
        return "" if self.mails[row].message.is_member else "dim"
