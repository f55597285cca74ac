# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mails of one series as a tree."""

from collections.abc import Mapping, Sequence

from triage.model.listed import ListedFinding
from triage.store.queries import Stored
from tui.lines import ViewLine
from tui.thread import Node, mail_row, tree
from tui.widgets.virtual_list import VirtualList


class MailList(VirtualList):
    """Cover and patches, each with the replies to it below; the cursor says which mail is shown."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.nodes: list[Node] = []
        self.findings: Sequence[ListedFinding] = ()
        self.total = 0
        self.since: int | None = None
        """When the user last looked, None for never: replies that were posted later are new."""
        self.first_words: Mapping[str, str] = {}
        """By Message-ID, how replies begin."""

    def show(self, mails: Sequence[Stored], findings: Sequence[ListedFinding], total: int) -> None:
        """Show the mails of a series; the cursor stays on its mail."""
        at = self.current
        self.nodes, self.findings, self.total = tree(mails), findings, total
        rows = [row for row, node in enumerate(self.nodes) if at and node.stored.row == at.row]
        self.reset(rows[0] if rows else self.cursor)

    def tell_first_words(self, found: Mapping[str, str]) -> None:
        """Show how replies begin."""
        self.first_words = found
        self.refresh()

    def count(self) -> int:
        """Return how many mails there are."""
        return len(self.nodes)

    @property
    def current(self) -> Stored | None:
        """The mail under the cursor."""
        return self.nodes[self.cursor].stored if self.cursor < len(self.nodes) else None

    def row_of(self, message_id: str) -> int:
        """Return the row of a mail, 0 where it is not here."""
        return next((row for row, node in enumerate(self.nodes) if node.stored.message.message_id == message_id), 0)

    def is_new(self, stored: Stored) -> bool:
        """Say whether a mail came after the user last looked."""
        return self.since is not None and stored.message.posted > self.since

    def next_row(self, direction: int, unread: bool) -> int | None:
        """Return the row of the next or previous reply, of those that are new with `unread`; None for none."""
        rows = range(self.cursor + direction, len(self.nodes) if direction > 0 else -1, direction)
        for row in rows:
            stored = self.nodes[row].stored
            if not stored.message.is_member and (not unread or self.is_new(stored)):
                return row
        return None

    def row_line(self, row: int, cells: int, cursor: bool) -> ViewLine:
        """Return one mail as a line."""
        node = self.nodes[row]
        words = self.first_words.get(node.stored.message.message_id, "")
        return mail_row(node, self.total, self.findings, cells, cursor, words, self.is_new(node.stored))
