# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Screens that are only read: help, what was said, versions of a series, charts of a list."""

from textual import work
from textual.app import ComposeResult

from triage.model.text import Shown, fit, safe
from tui.glyphs import glyphs
from tui.keys import bindings, table
from tui.lines import ViewLine
from tui.pages import chart_lines, version_lines
from tui.screens.searching import SearchingScreen
from tui.session import Session
from tui.views import SeriesView
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
        self.put("#status", f" {self.working or f'{len(self.target().lines)} lines'}{search}")

    def show_lines(self, lines: list[ViewLine]) -> None:
        """Show lines."""
        self.target().show(lines)
        self.refresh_status()


class HelpScreen(PageScreen):
    """Keys by screen, as they are set now, and what the letters of the list mean."""

    BINDINGS = bindings("help")
    TITLE_TEXT = "help"

    def fill(self) -> None:
        """Show the legend, then the table."""
        g = glyphs()
        states = ", ".join(f"{mark} {state.value}" for state, mark in g.states.items() if mark.strip())
        about = (
            f"St  state: {states}; blank seen",
            f"Fi  gravest finding and how many: {', '.join(f'{mark} {name}' for name, mark in g.marks.items())}",
            f"O   opinions: {', '.join(f'{mark} {name}' for name, mark in g.opinions.items())}",
            "Rev version; Patch received/total; (old) a newer version is here",
            "",
            "l limits the list: words, and state:new severity:error from:ada to:list",
            "  list:x age:<7d date:2026-03 path:net/* op:none by:me tool:any status:open",
            "  is:flagged topic:ID id:ID; - before a word negates it; docs/limits.md has all",
            "o gives your opinion on a finding: agree says yes to its question. c x W decide.",
            "Nothing is ever sent by this program: replies are drafts, in files.",
        )
        lines = [ViewLine(safe(line)) for line in about]
        scope = ""
        for where, keys, label, name in table(self.session.config.keys):
            if where != scope:
                scope = where
                lines += [ViewLine(Shown("")), ViewLine(safe(scope), "head")]
            lines.append(ViewLine(Shown(f"  {fit(safe(keys), 12)} {fit(safe(label), 46)} {safe(name)}")))
        self.show_lines(lines)


class LogScreen(PageScreen):
    """What was said since the program began, newest first."""

    BINDINGS = bindings("log")
    TITLE_TEXT = "what was said, newest first"

    def fill(self) -> None:
        """Show the sentences."""
        said = [ViewLine(Shown(f" {'!' if error else ' '} {safe(text)}"), "error" if error else "") for text, error in self.session.said]
        self.show_lines(said[::-1] or [ViewLine(safe(" nothing yet"))])


class VersionsScreen(PageScreen):
    """The versions of a series, and what changed in each patch."""

    BINDINGS = bindings("versions")

    def __init__(self, session: Session, view: SeriesView) -> None:
        super().__init__(session)
        self.view = view

    @work
    async def fill(self) -> None:
        """Read the mails of all versions and compare them, off the UI thread."""
        self.put("#title", f" triage  versions: {self.view.line.subject}")
        rows = await self.off_thread("comparing versions", lambda: self.session.versions(self.view.line.message_id))
        if rows is not None:
            self.show_lines(version_lines(rows))


class ChartsScreen(PageScreen):
    """What came in, was found and declared, and what waits, as bars with their numbers."""

    BINDINGS = bindings("charts")

    def __init__(self, session: Session, limit: str) -> None:
        super().__init__(session)
        self.limit = limit

    @work
    async def fill(self) -> None:
        """Count off the UI thread."""
        self.put("#title", f" triage  charts: {self.limit or 'all series'}")
        found = await self.off_thread("counting", lambda: self.session.figures(self.limit))
        if found is not None:
            self.show_lines(chart_lines(found, self.size.width or 80))

    def on_resize(self) -> None:
        """Draw the bars to the new width."""
        if self.is_mounted:
            self.fill()
