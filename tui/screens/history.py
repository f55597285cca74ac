# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of a series: what came, what was found, who said what, what the user did; nothing in it is ever taken out."""

from textual import work
from textual.app import ComposeResult

from tui.keys import bindings
from tui.pages import event_lines, event_row
from tui.screens.base import BaseScreen
from tui.session import Session
from tui.views import Event, SeriesView
from tui.widgets.keybar import KeyBar
from tui.widgets.painted import Bar, Rule
from tui.widgets.rows import Rows
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList


class HistoryScreen(BaseScreen):
    """Events over the one under the cursor in full."""

    BINDINGS = bindings("history")
    AUTO_FOCUS = "#events"

    def __init__(self, session: Session, view: SeriesView) -> None:
        super().__init__(session)
        self.view = view

    def compose(self) -> ComposeResult:
        """Lay out title, list, the event in full and footer."""
        yield Bar(id="title")
        yield Rows(event_row, id="events")
        yield Rule(id="rule")
        yield TextView(id="event")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the events."""
        self.show_again()

    @work(exclusive=True, group="history")
    async def show_again(self) -> None:
        """Read the events off the UI thread."""
        rows = await self.off_thread("reading", lambda: self.session.history(self.view.line.message_id))
        if rows is not None:
            self.target().show(rows, self.target().cursor)
            self._show_event()

    def target(self) -> Rows[Event]:
        """Return the list."""
        return self.query_one("#events", Rows)

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Show the event under the cursor in full."""
        self._show_event()

    def _show_event(self) -> None:
        event = self.target().current
        pane = self.query_one("#event", TextView)
        pane.show(event_lines(event, pane.size.width or 80) if event else [])
        self.refresh_status()

    def refresh_status(self) -> None:
        """Say how many events there are, and what goes on."""
        count = self.target().count()
        self.put("#title", f" triage  history: {self.view.line.subject}   {count} events")
        self.put("#status", f" {self.working or 'newest first'}")
