# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of a series: what came, what was found, who said what, what the user did; nothing in it is ever taken out."""

from textual import work
from textual.app import ComposeResult

from triage.query.timeline import Event
from tui.keys import bindings
from tui.lines import piece
from tui.navigation import Go
from tui.pages import event_lines, event_row
from tui.screens.base import BaseScreen
from tui.session import Session
from tui.views import SeriesView
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
        self.put_line("#status", *(self.said_pieces() or [piece(f" {self.working or 'newest first'}", "muted")]))

    def action_open(self) -> None:
        """Open the mail that the event is about."""
        event = self.target().current
        if event and event.message_id:
            self.post_message(Go("mail", finding=event.message_id))

    def action_undo(self, again: bool = False) -> None:
        """Withdraw the record at the cursor where it is the user's own; else take the last act back."""
        event = self.target().current
        if event and event.mine and not again:
            self._withdraw(event.record, event.what)
        else:
            super().action_undo(again)

    @work
    async def action_amend(self) -> None:
        """Give the reason of the record at the cursor anew; the record that says so replaces it."""
        event = self.target().current
        if event is None or not event.mine:
            self.say("only a record of your own can be given another reason")
            return
        if "\n" in event.detail:
            self.say("this reason has several lines: o in the series gives it anew")
            return
        typed = await self.ask_line("the reason:", event.detail)
        if typed is None:
            return
        done = await self.off_thread("recording", lambda: self.session.amend(event.record, typed.strip()), group="write")
        if done:
            self.show_again()
            self.say("recorded with another reason; both records stay in the log, and z withdraws the new one")
