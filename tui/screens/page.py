# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Screens that are only read: help, what was said, versions of a series, charts of a list."""

import textwrap

from textual import work
from textual.app import ComposeResult

from triage.model.text import Shown, counted, safe
from triage.store.queries import Stored
from tui.chart_lines import chart_lines
from tui.keys import bindings
from tui.lines import ViewLine, piece
from tui.navigation import Go
from tui.pages import raw_lines
from tui.screens.searching import SearchingScreen
from tui.session import Session
from tui.widgets.keybar import KeyBar
from tui.widgets.painted import Bar
from tui.widgets.text_view import TextView


class PageScreen(SearchingScreen):
    """A title over a text in which one moves and searches."""

    TITLE_TEXT = ""
    AUTO_FOCUS = "#text"

    def compose(self) -> ComposeResult:
        """Lay out title, text, status and footer."""
        yield Bar(id="title")
        yield TextView(id="text")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fill in title and text."""
        self.put("#title", f" triage  {self.TITLE_TEXT}")
        self.fill()

    def fill(self) -> object:
        """Put the lines into the text."""
        raise NotImplementedError

    def target(self) -> TextView:
        """Return the text."""
        return self.query_one("#text", TextView)

    def refresh_status(self) -> None:
        """Say where one is and what goes on."""
        search = f"   search: {self.needle}" if self.needle else ""
        where = f" {self.working or counted(len(self.target().lines), 'line')}{search}"
        self.put_line("#status", *(self.said_pieces() or [piece(where, "muted")]))

    def show_lines(self, lines: list[ViewLine]) -> None:
        """Show lines."""
        self.target().show(lines)
        self.refresh_status()


class LogScreen(PageScreen):
    """What was said since the program began, newest first."""

    BINDINGS = bindings("log")
    TITLE_TEXT = "what was said, newest first"

    def fill(self) -> None:
        """Show the sentences, whole."""
        said: list[ViewLine] = []
        for text, error in reversed(self.session.said):
            parts = textwrap.wrap(safe(text), max(20, (self.size.width or 80) - 4), break_on_hyphens=False) or [""]
            marks = ["!" if error else " ", *" " * (len(parts) - 1)]
            said += [ViewLine(Shown(f" {mark} {part}"), "error" if error else "") for mark, part in zip(marks, parts, strict=True)]
        self.show_lines(said or [ViewLine(safe(" nothing yet"))])


class RawScreen(PageScreen):
    """A mail as it came: its headers and its body, undecoded."""

    BINDINGS = bindings("raw")

    def __init__(self, session: Session, mail: Stored) -> None:
        super().__init__(session)
        self.mail = mail

    @work
    async def fill(self) -> None:
        """Read the mail off the UI thread."""
        self.put("#title", f" raw mail: {self.mail.message.raw_subject}")
        text = await self.off_thread("reading", lambda: self.session.raw(self.mail))
        if text is not None:
            self.show_lines(raw_lines(text))


class ChartsScreen(PageScreen):
    """What came in, was found and declared, and what waits, as bars with their numbers."""

    BINDINGS = bindings("charts")

    def __init__(self, session: Session, limit: str, name: str = "") -> None:
        super().__init__(session)
        self.limit = limit
        self.named = name or limit or "all series"

    @work
    async def fill(self) -> None:
        """Count off the UI thread."""
        self.put("#title", f" charts: {self.named}")
        found = await self.off_thread("counting", lambda: self.session.figures(self.limit))
        if found is not None:
            self.show_lines(chart_lines(*found, self.size.width or 80))

    def on_resize(self) -> None:
        """Draw the bars to the new width."""
        if self.is_mounted:
            self.fill()

    def action_open(self) -> None:
        """List the series of the bar at the cursor."""
        at = self.target().current
        if at and at.opens.startswith("limit:"):
            here = f"({self.limit}) " if self.limit else ""
            self.post_message(Go("limit", finding=here + at.opens.removeprefix("limit:")))
        else:
            self.say("no bar here: Enter on one lists its series")
