# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inbox: series with what speaks for looking at them, a preview of the evidence, limit, search and order."""

import time

from textual import work
from textual.app import ComposeResult
from textual.widgets import Footer, Static
from textual.worker import get_current_worker

from triage.model import State
from triage.model.errors import TriageError
from triage.model.text import safe
from triage.programs import Ingest, start_ingest
from tui.keys import bindings
from tui.programs import ingest_said
from tui.render import INBOX_HEAD, age, literal, preview, views_line
from tui.screens.marking import MarkingScreen
from tui.screens.page import ChartsScreen
from tui.screens.prompt import Prompt
from tui.screens.series import SeriesScreen
from tui.session import Session
from tui.views import NEEDS_A_LOOK, Subject
from tui.widgets.series_list import SeriesList
from tui.widgets.virtual_list import VirtualList

LIMIT_HINT = "words, or from:ada code:DCO001 severity:error age:<7d; ? says all"
ORDERS = ("attention", "activity", "author", "subject")


class InboxScreen(MarkingScreen):
    """The list of series."""

    BINDINGS = bindings("inbox")
    AUTO_FOCUS = "#list"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.limit = ""
        self.order = ORDERS[0]
        self.needle = ""
        self.view = 0
        """Which saved view is shown, 0 for none: what then limits the list was typed."""
        self._counts: tuple[int, ...] = ()
        self._total: int | None = None
        """How many series there are, None before the list was read."""
        self._previewed: str | None = None
        self._first = False
        """Whether this is the first time, and nothing was chosen yet: an empty view then gives way to the whole list."""
        self._wanted = ""
        """The series to put the cursor on when the list is there, by first Message-ID."""
        self._ingest: Ingest | None = None
        self._failing: list[str] = []

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
        """Load the list where it was left, and watch for what cron brings."""
        self._take_up(self.session.places())
        self.session.changed()
        self.load()
        self.set_interval(1.0, self.look_for_changes)

    def _take_up(self, places: dict[str, str]) -> None:
        """Show the view, order and series that were shown last."""
        views = self.session.views()
        if places.get("order") in ORDERS:
            self.order = places["order"]
        known = [view.name for view in views]
        if "view" not in places:  # the first time: what needs the user, if anything does
            self.view, self.limit = 1, views[0].limit
            self._first = True
        if places.get("view") in known:
            self.view = known.index(places["view"]) + 1
            self.limit = views[self.view - 1].limit
        if places.get("preview") == "off":
            self.query_one("#preview", Static).display = False
        self._wanted = places.get("series", "")

    def places(self) -> dict[str, str]:
        """Return what `_take_up` takes up."""
        name = self.session.views()[self.view - 1].name if self.view else ""
        row = self.target().line(self.target().cursor) if self.target().keys else None
        shown = "on" if self.query_one("#preview", Static).display else "off"
        return {"view": name, "order": self.order, "preview": shown, "series": row.message_id if row else ""}

    def target(self) -> SeriesList:
        """Return the list."""
        return self.query_one("#list", SeriesList)

    def subject(self) -> Subject | None:
        """Return the series under the cursor."""
        name = self.target().current
        return Subject(self.session.view(name)) if name else None

    def export_choices(self, subject: Subject) -> list[tuple[str, str, list[str]]]:
        """Return the series under the cursor, those that are tagged, and what the list shows."""
        found = super().export_choices(subject)
        tagged = sorted(self.target().tagged)
        if tagged:
            found.insert(0, (f"{len(tagged)} tagged series", f"id:{','.join(tagged)}", tagged))
        limit = self.session.for_everybody(self.limit)
        name = self.session.views()[self.view - 1].name if self.view else limit or "everything"
        return [*found, (f"the list: {name}{' (whatever its state)' if 'state:' in self.limit else ''}", limit, [])]

    def show_again(self) -> None:
        """Show the list again."""
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read the list again, off the UI thread; the cursor stays on its series."""
        limit, order = self.limit, self.order
        found = await self.off_thread("reading the list", lambda: self.session.listing(limit, order))
        if found is None:
            return
        keys, self._total = found
        if self._first and not keys and self._total:
            self._first, self.view, self.limit = False, 0, ""
            self.load()
            return
        self._first = False
        listing = self.target()
        wanted, self._wanted = self._wanted or listing.current or "", ""
        listing.show(keys, self.session.series_of(wanted))
        listing.display = bool(keys)
        empty = self.query_one("#empty", Static)
        empty.display = not keys
        hint = (
            "No series matches this limit: Esc clears it."
            if self.limit
            else "No mail yet: add a list with `triage add`, then `triage ingest`, or press u."
        )
        empty.update(literal(safe(f"\n  {hint}".strip("\n"))))
        self._previewed = None
        self._tell_failing()
        self.refresh_status()
        self.count_views()

    def _tell_failing(self) -> None:
        """Say which archives keep failing, once for each failure; the status line keeps saying that there are some."""
        before, self._failing = self._failing, self.session.failing()
        for sentence in self._failing:
            if sentence not in before:
                self.say(sentence, error=True)

    @work(thread=True, exclusive=True, group="counts", exit_on_error=False)
    def count_views(self) -> None:
        """Count what each saved view holds, while the list is there already."""
        try:
            counts = self.session.counts()
        except TriageError as error:
            if not get_current_worker().is_cancelled:
                self.app.call_from_thread(self.say, str(error), True)
            return
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_counts, counts)

    def _show_counts(self, counts: tuple[int, ...]) -> None:
        self._counts = counts
        if self.is_mounted:
            self.refresh_status()

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
        self.refresh_status()

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
        self.call_after_refresh(self.refresh_status)

    def refresh_status(self) -> None:
        """Show the views, what the list is, what goes on, and why the series under the cursor is here."""
        if not self.is_mounted:
            return
        listing = self.target()
        row = listing.line(listing.cursor) if listing.keys else None
        newest = age(row.activity, int(time.time())) if row else ""
        names = [view.name for view in self.session.views()]
        self.put("#title", views_line(names, self._counts, self.view, self.size.width))
        at = f"{listing.cursor + 1}/{len(listing.keys)}" if listing.keys else ""
        shown = f"{len(listing.keys)} of {self._total} series by {self.order}" if self._total is not None else "reading the list"
        failing = f"! {len(self._failing)} stale, L says why" if self._failing else ""
        parts = [failing, shown, at, f"{len(listing.tagged)} tagged" if listing.tagged else "",
                 f"search: {self.needle}" if self.needle else "", f"{newest} ago" if newest not in {"", "now"} else newest,
                 f"limit: {self.limit}" if self.limit else ""]  # fmt: skip
        self.put("#status", f" {self.working}" if self.working else " " + "   ".join(part for part in parts if part))
        pane = self.query_one("#preview", Static)
        if row is None:
            pane.update(literal(safe("")))
        elif pane.display and self._previewed != row.message_id:
            self._previewed = row.message_id
            size = pane.size
            try:
                found, asked = self.session.findings(row.message_id), self.session.requests(row.message_id) if row.asked else []
            except TriageError as error:
                pane.update(literal(safe(str(error))))
                return
            pane.update(preview(row, found, max(20, size.width or 78), max(3, size.height or 6), asked))

    def action_open(self) -> None:
        """Open the series under the cursor; looking marks it as seen."""
        name = self.target().current
        if not name:
            return
        try:
            view = self.session.view(name)
            if view.line.state in {State.NEW, State.UPDATED}:
                self.session.mark(name, State.SEEN)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.app.push_screen(SeriesScreen(self.session, view))

    @work
    async def action_limit(self) -> None:
        """Ask for a limit until it can be read; a wrong one is explained and kept for fixing."""
        typed = await self.app.push_screen_wait(Prompt("limit:", self.limit, self.session.check_limit, LIMIT_HINT))
        if typed is not None:
            self.view, self.limit = 0, typed.strip()
            self.load()

    @work
    async def action_search(self) -> None:
        """Ask for words and go to the next series that has them."""
        typed = await self.app.push_screen_wait(Prompt("search:", self.needle))
        if typed is not None:
            self.needle = typed.strip()
            self.action_search_next(1)
            self.refresh_status()

    @work(exclusive=True, group="search")
    async def action_search_next(self, direction: int) -> None:
        """Go to the next or previous series that has the words, around the end."""
        if not self.needle or not self.target().keys:
            return
        found = await self.off_thread("searching", lambda: set(self.session.series(self.needle, "activity")), "look")
        if found is not None and not self._go_among(found, direction, around=True):
            self.say(f"no series here has {self.needle!r}")

    def _go_among(self, found: set[int], direction: int, around: bool) -> bool:
        """Go to the next or previous series of the list that is among some; returns whether there is one."""
        listing = self.target()
        count = len(listing.keys)
        for step in range(1, count + 1):
            row = listing.cursor + direction * step
            if not around and not 0 <= row < count:
                return False
            if listing.keys[row % count] in found:
                listing.cursor = row % count
                return True
        return False

    def action_sort(self) -> None:
        """Take the next order."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.load()

    def action_preview(self) -> None:
        """Show or hide the evidence."""
        pane = self.query_one("#preview", Static)
        pane.display = not pane.display
        self._previewed = None
        self.call_after_refresh(self.refresh_status)

    def action_reload(self) -> None:
        """Read the list again."""
        self.load()

    def action_clear(self) -> None:
        """Stop what runs; else clear the tags, then the search, then the limit."""
        self.app.clear_notifications()
        if self.stop_work():
            return
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

    def action_charts(self) -> None:
        """Show charts of what the list shows."""
        self.app.push_screen(ChartsScreen(self.session, self.limit))

    @work
    async def action_attention(self, direction: int) -> None:
        """Go to the next or previous series with an open error, warning or question that is not done."""
        found = await self.off_thread("looking", lambda: set(self.session.series(NEEDS_A_LOOK, "activity")), "look")
        if found is not None and not self._go_among(found, direction, around=False):
            self.say("no further series needs a look")

    @work
    async def action_ingest(self) -> None:
        """Look for new mail as cron does, in a process of its own; again to stop it."""
        if self._ingest is not None:
            self._ingest.terminate()
            return
        self._ingest = start_ingest(self.session.config.paths.home)
        process = self._ingest
        try:
            said = await self.off_thread("looking for new mail", lambda: ingest_said(process), group="ingest")
        finally:
            self._ingest = None
        if said is not None:
            self.say(said, error=process.returncode not in {0, 65})
