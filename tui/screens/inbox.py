# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inbox: series with what speaks for looking at them, a preview of the evidence, limit, search and order."""

import time
from collections.abc import Awaitable, Callable

from textual import work
from textual.app import ComposeResult
from textual.widgets import Footer, Static
from textual.worker import get_current_worker

from triage.errors import TriageError
from triage.model import State
from triage.text import safe
from tui.keys import bindings
from tui.render import INBOX_HEAD, age, literal, preview, views_line
from tui.screens.base import BaseScreen
from tui.screens.prompt import Prompt
from tui.screens.series import SeriesScreen, ask_opinion, ask_others
from tui.session import SeriesView, Session
from tui.widgets.series_list import SeriesList
from tui.widgets.virtual_list import VirtualList

ORDERS = ("attention", "activity", "author", "subject")


class InboxScreen(BaseScreen):
    """The list of series."""

    BINDINGS = bindings("inbox")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.limit = ""
        self.order = ORDERS[0]
        self.needle = ""
        self.view = 0
        """Which saved view is shown, 0 for none: what then limits the list was typed."""
        self._counts: tuple[int, ...] = ()
        self._total = 0
        self._previewed: int | None = None

    def compose(self) -> ComposeResult:
        """Lay out title, list, preview, status line and footer."""
        yield Static("", id="title", markup=False)
        yield Static(literal(safe(INBOX_HEAD)), id="head", markup=False)
        yield SeriesList(self.session.lines, id="list")
        yield Static("", id="empty", markup=False)
        yield Static("", id="preview", markup=False)
        yield Static("", id="status", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Load the list and watch for what cron brings."""
        self.target().focus()
        self.load()
        self.session.changed()
        self.set_interval(1.0, self.look_for_changes)

    def target(self) -> SeriesList:
        """Return the list."""
        return self.query_one("#list", SeriesList)

    def load(self) -> None:
        """Read the list anew; the cursor stays on its series."""
        try:
            keys = self.session.series(self.limit, self.order)
            self._total = len(keys) if not self.limit else len(self.session.series("", "activity"))
        except TriageError as error:
            self.say(str(error), error=True)
            return
        listing = self.target()
        listing.show(keys, listing.current)
        listing.display = bool(keys)
        empty = self.query_one("#empty", Static)
        empty.display = not keys
        hint = (
            "No series matches this limit: Esc clears it."
            if self.limit
            else "No mail yet: add a list with `triage add`, then `triage ingest`."
        )
        empty.update(literal(safe(f"\n  {hint}".strip("\n"))))
        self._previewed = None
        self._refresh_lines()
        self.count_views()

    @work(thread=True, exclusive=True, group="counts", exit_on_error=False)
    def count_views(self) -> None:
        """Count what each saved view holds, while the list is there already."""
        try:
            counts = self.session.counts()
        except TriageError as error:
            self.app.call_from_thread(self.say, str(error), True)
            return
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_counts, counts)

    def _show_counts(self, counts: tuple[int, ...]) -> None:
        self._counts = counts
        if self.is_mounted:
            self._refresh_lines()

    def action_view(self, number: int) -> None:
        """Show a saved view, or with 0 everything."""
        views = self.session.views()
        if number > len(views):
            self.say(f"there is no view {number}: [views] in config.toml adds one")
            return
        self.view, self.limit = number, views[number - 1].limit if number else ""
        self.load()

    def look_for_changes(self) -> None:
        """Reload when another process wrote to the index."""
        try:
            if self.session.changed():
                self.load()
        except TriageError as error:
            self.say(str(error), error=True)

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Show the evidence of the series under the cursor."""
        self._refresh_lines()

    def on_virtual_list_chosen(self, event: VirtualList.Chosen) -> None:
        """Open what was clicked twice."""
        self.action_open()

    def on_screen_resume(self) -> None:
        """Come back from a series with its new state."""
        if self.is_mounted and self.target().keys:
            self.load()

    def on_resize(self) -> None:
        """Fit the preview to the new size."""
        self._previewed = None
        self.call_after_refresh(self._refresh_lines)

    def _refresh_lines(self) -> None:
        listing = self.target()
        row = listing.line(listing.cursor) if listing.keys else None
        newest = age(row.activity, int(time.time())) if row else ""
        names = [view.name for view in self.session.views()]
        self.put("#title", views_line(names, self._counts, self.view, self.size.width))
        at = f"{listing.cursor + 1}/{len(listing.keys)}" if listing.keys else ""
        shown = f"{len(listing.keys)} of {self._total} series by {self.order}"
        parts = [shown, f"{newest} ago" if newest else "", at, f"limit: {self.limit}" if self.limit and not self.view else "",
                 f"search: {self.needle}" if self.needle else "",
                 f"{len(listing.tagged)} tagged: what you do is done to these" if listing.tagged else ""]  # fmt: skip
        self.put("#status", " " + "   ".join(part for part in parts if part))
        pane = self.query_one("#preview", Static)
        if row is None:
            pane.update(literal(safe("")))
        elif pane.display and self._previewed != row.id:
            self._previewed = row.id
            size = pane.size
            pane.update(preview(row, self.session.findings(row.id), max(20, size.width or 78), max(3, size.height or 6)))

    def action_open(self) -> None:
        """Open the series under the cursor; looking marks it as seen."""
        series = self.target().current
        if series is None:
            return
        try:
            view = self.session.view(series)
            if view.line.state in {State.NEW, State.UPDATED}:
                self.session.mark(series, State.SEEN)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.app.push_screen(SeriesScreen(self.session, view))

    def chosen(self) -> list[int]:
        """Return the series that an act is about: the tagged ones, else the one under the cursor."""
        listing = self.target()
        if listing.tagged:
            return [key for key in listing.keys if key in listing.tagged]
        return [listing.current] if listing.current is not None else []

    def action_tag(self) -> None:
        """Tag the series under the cursor, or take the tag off, and go on."""
        self.target().tag()
        self.target().move(1)
        self._refresh_lines()

    def action_done(self) -> None:
        """Mark the series done, or take that back where all are."""
        listing, chosen = self.target(), self.chosen()
        if not chosen:
            return
        lines = self.session.lines(chosen).values()
        state = State.SEEN if all(line.state is State.DONE for line in lines) else State.DONE
        self._act(lambda: self.session.act(chosen, state), "done" if state is State.DONE else "not done", len(chosen))
        if len(chosen) == 1 and listing.current == chosen[0]:
            listing.move(1)

    def _act(self, work: Callable[[], None], word: str, count: int) -> None:
        """Do something to series, say what, and show the list anew."""
        try:
            work()
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.target().tagged.clear()
        self.load()
        self.say(f"{word}{f', {count} series' if count > 1 else ''} - z takes it back")

    @work
    async def action_snooze(self) -> None:
        """Put the series away until a time; a change brings them back before."""
        chosen = self.chosen()
        typed = await self.app.push_screen_wait(Prompt("until (12h, 3d, 2026-12-01):", "3d")) if chosen else None
        if typed is not None:
            self._act(lambda: self.session.snooze(chosen, typed), f"away until {typed}", len(chosen))

    def action_undo(self, again: bool = False) -> None:
        """Take the last act back, or do it again."""
        try:
            what = self.session.undo(again)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.load()
        self.say(f"{'done again' if again else 'taken back'}: {what}" if what else f"nothing to {'do again' if again else 'take back'}")

    @work
    async def action_limit(self) -> None:
        """Ask for a limit until it can be read; a wrong one is explained and kept for mending."""
        typed: str | None = self.limit
        while True:
            typed = await self.app.push_screen_wait(Prompt("limit:", typed or ""))
            if typed is None:
                return
            try:
                self.session.series(typed, self.order)
                break
            except TriageError as error:
                self.say(str(error), error=True)
        self.app.clear_notifications()
        self.view, self.limit = 0, typed.strip()
        self.load()

    @work
    async def action_search(self) -> None:
        """Ask for words and go to the next series that has them."""
        typed = await self.app.push_screen_wait(Prompt("search:", self.needle))
        if typed is not None:
            self.needle = typed.strip()
            self.action_search_next(1)
            self._refresh_lines()

    def action_search_next(self, direction: int) -> None:
        """Go to the next or previous series that has the words, around the end."""
        listing = self.target()
        if not self.needle or not listing.keys:
            return
        try:
            found = set(self.session.series(self.needle, "activity"))
        except TriageError as error:
            self.say(str(error), error=True)
            return
        count = len(listing.keys)
        for step in range(1, count + 1):
            row = (listing.cursor + direction * step) % count
            if listing.keys[row] in found:
                listing.cursor = row
                return
        self.say(f"no series here has {self.needle!r}")

    def action_sort(self) -> None:
        """Take the next order."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.load()

    def action_preview(self) -> None:
        """Show or hide the evidence."""
        pane = self.query_one("#preview", Static)
        pane.display = not pane.display
        self._previewed = None
        self.call_after_refresh(self._refresh_lines)

    def action_reload(self) -> None:
        """Read the list anew."""
        self.load()

    def action_clear(self) -> None:
        """Clear the tags, then the search, then the limit."""
        if self.target().tagged:
            self.target().tagged.clear()
        elif self.needle:
            self.needle = ""
        else:
            self.view, self.limit = 0, ""
        self.load()

    def action_quit_hint(self) -> None:
        """A bare q has lost people sessions."""
        self.say("Q quits")

    @work
    async def action_ask(self) -> None:
        """Ask others for their opinion on the series under the cursor."""
        await self._with_series(ask_others)

    @work
    async def action_opinion(self) -> None:
        """Give an opinion on the series under the cursor."""
        await self._with_series(ask_opinion)

    async def _with_series(self, form: Callable[[BaseScreen, Session, SeriesView, str], Awaitable[bool]]) -> None:
        """Show a form about the series under the cursor, and the list anew if it recorded something."""
        series = self.target().current
        if series is None:
            return
        try:
            view = self.session.view(series)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        if await form(self, self.session, view, ""):
            self.load()
