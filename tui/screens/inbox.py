# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inbox: series with what speaks for looking at them, a preview of the evidence, limit, search and order."""

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from triage.model import State
from triage.model.errors import TriageError
from triage.model.text import safe
from triage.store.lines import SeriesLine
from tui.inbox_lines import head_of, inbox_head, preview, preview_title, view_row, views_bar
from tui.keys import bindings
from tui.lines import piece
from tui.render import literal, short
from tui.screens.viewing import ViewingScreen
from tui.session import Session
from tui.views import Subject
from tui.widgets.keybar import KeyBar
from tui.widgets.painted import Bar
from tui.widgets.rows import Rows
from tui.widgets.series_list import SeriesList
from tui.widgets.virtual_list import VirtualList

ORDERS = ("attention", "activity", "author", "subject")


class InboxScreen(ViewingScreen):
    """The list of series."""

    BINDINGS = bindings("inbox")
    AUTO_FOCUS = "#list"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.order = ORDERS[0]
        self.needle = ""
        self._previewed: str | None = None
        self._first = False
        """Whether this is the first time, and nothing was chosen yet: an empty view then gives way to the whole list."""
        self._wanted = ""
        """The series to put the cursor on when the list is there, by first Message-ID; whoever moves meanwhile stays there."""
        self._wanted_at = 0
        """How often the user had moved when it was asked for."""
        self._failing: list[str] = []
        self._kept: dict[str, str] = {}
        self._seen = False
        """Whether the list was shown before, and may be older than what was done on another screen."""
        self._others: int | None = None
        """How many records of others there are, None before they were counted."""

    def compose(self) -> ComposeResult:
        """Lay out title, list, preview, status line and footer."""
        yield Bar(id="title")
        with Container(id="panes"):
            yield Rows(view_row, id="views")
            with Vertical(id="series"):
                yield Bar(id="head")
                yield SeriesList(self.session.lines, id="list")
                yield Static("", id="empty", markup=False)
            yield Bar(id="rule")
            yield Bar(id="preview")
        yield Bar(id="hint")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Load the list where it was left, and watch for what cron brings."""
        self.query_one("#views").can_focus = False  # it shows, and takes no keys: the list has them
        try:
            self._begin()
        except TriageError as error:
            self.say(str(error), error=True)
        self.load()
        self.set_interval(1.0, self.look_for_changes)

    def _begin(self) -> None:
        """Show how the list begins, where it was left: the first of a million are there as soon as those of a hundred."""
        self.target().several = len(self.session.list_names()) > 1
        self.show_hint()
        self._take_up(self.session.places())
        self.session.changed()
        if self.order == ORDERS[0] and (found := self.session.first_series(self.limit)):
            wanted = self.session.series_of(self._wanted)
            self.target().show(found, wanted)
            self._wanted = "" if wanted in found else self._wanted

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
            self.query_one("#preview").display = False
        self._wanted = places.get("series", "")

    def places(self) -> dict[str, str]:
        """Return what `_take_up` takes up."""
        name = self.session.views()[self.view - 1].name if self.view else ""
        row = self.target().line(self.target().cursor) if self.target().keys else None
        shown = "on" if self.query_one("#preview").display else "off"
        return {"view": name, "order": self.order, "preview": shown, "series": row.message_id if row else ""}

    def _keep_place(self) -> None:
        """Keep view and order for the next start, however this one ends; the series under the cursor is kept when it is left well."""
        places = {name: value for name, value in self.places().items() if name != "series"}
        if places != self._kept:
            self._kept = places
            self.session.keep_places(places)

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
            found.insert(0, (f"{len(tagged)} tagged series", self.session.only(tagged), tagged))
        limit = self.session.for_everybody(self.limit)
        name = self.session.views()[self.view - 1].name if self.view else limit or "everything"
        return [*found, (f"the list: {name}{' (whatever its state)' if 'state:' in self.limit else ''}", limit, [])]

    def go_to(self, name: str) -> None:
        """Put the cursor on a series once the list is shown again."""
        self._wanted, self._wanted_at = name, self.target().moves

    def show_again(self) -> None:
        """Show the list again."""
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read the list again, off the UI thread; the cursor stays on its series."""
        limit, order = self.limit, self.order
        self.failed = None
        found = await self.off_thread("reading the list", lambda: self.session.listing(limit, order))
        if found is None:
            self._show_failed()
            return
        keys, self._total = found
        if self._first and not keys and self._total:
            self._first, self.view, self.limit = False, 0, ""
            self.load()
            return
        self._first = False
        listing = self.target()
        here = listing.current if listing.cursor or listing.touched else ""  # who never moved sees what needs them first
        asked = self._wanted if listing.moves == self._wanted_at else ""
        wanted, self._wanted = asked or here or "", ""
        listing.show(keys, self.session.series_of(wanted))
        self._show_empty("" if keys else self._why_empty())
        self._previewed = None
        self._keep_place()
        self.refresh_status()
        self.count_views()
        if news := await self.off_thread("", lambda: (self.session.failing(), self.session.others_said()), group="news"):
            self._tell_failing(news[0])
            self._others = news[1] if self._others is None else self._others
            self.refresh_status()

    def _show_failed(self) -> None:
        """Show why the list could not be read where none is shown."""
        if self.failed and not self.target().keys:
            self._show_empty(str(self.failed))

    def _show_empty(self, why: str) -> None:
        """Show why there is no series in place of the list, "" for the list."""
        self.target().display = not why
        empty = self.query_one("#empty", Static)
        empty.display = bool(why)
        empty.update(literal(safe(f"\n  {why}".strip("\n"))))

    def _why_empty(self) -> str:
        """Say why the list is empty, and what to do."""
        if not self._total:
            running = "Mail is being read: what has come so far stands here in a moment."
            return running if self.work_pieces() else "No mail yet: add a list with `triage add`, then `triage ingest`, or press u."
        if self.view == 1:
            return "Nothing needs you. 2 shows what is new, 8 what has grown old, 0 everything."
        if self.view:
            return f"Nothing is in the view {self.session.views()[self.view - 1].name}. 0 shows everything."
        return "No series matches this limit: Esc clears it."

    def _tell_failing(self, failing: list[str]) -> None:
        """Say which archives keep failing, once for each failure; the status line keeps saying that there are some."""
        before, self._failing = self._failing, failing
        for sentence in self._failing:
            if sentence not in before:
                self.say(sentence, error=True)

    def on_virtual_list_chosen(self, event: VirtualList.Chosen) -> None:
        """Open what was clicked twice."""
        if event.source is self.target():
            self.action_open()

    def look_for_changes(self) -> None:
        """Reload when another process wrote to the index, or noted something; what lies below a form waits until it is seen again."""
        if not self.is_current:
            return
        try:
            if self.session.changed():
                self.load()
                self._tell_arrivals()
        except TriageError as error:
            self.say(str(error), error=True)

    def _tell_arrivals(self) -> None:
        """Say how many records of others came since the last look."""
        before, self._others = self._others, self.session.others_said()
        if before is not None and self._others > before:
            more = self._others - before
            self.say(f"{more} record{'s' if more > 1 else ''} of others arrived; 4 shows what is asked of you")

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Show the evidence of the series under the cursor."""
        self.refresh_status()

    def on_screen_resume(self) -> None:
        """Come back from a series with its new state."""
        self.show_hint()
        if self._seen:
            self.load()
        self._seen = True

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
        names = [view.name for view in self.session.views()]
        self.query_one("#title", Bar).show(views_bar(names, self._counts, self.view, self.size.width))
        self.query_one("#head", Bar).show(inbox_head(listing.scrollable_content_region.width or self.size.width, listing.several))
        at = f"{listing.cursor + 1}/{len(listing.keys)}" if listing.keys else ""
        shown = f"{len(listing.keys)} of {self._total} series by {self.order}" if self._total is not None else "reading the list"
        parts = [
            (f"! {len(self._failing)} stale, L says why" if self._failing else "", "error"),
            (shown, "muted"),
            (at, ""),
            (f"{short(self._counts[7])} older in 8:Stale" if self.view == 1 and len(self._counts) > 7 and self._counts[7] else "", "muted"),
            (f"{len(listing.tagged)} tagged" if listing.tagged else "", "asked"),
            (f"search: {self.needle}" if self.needle else "", "ask"),
            (f"limit: {self.limit}" if self.limit and not self.view else "", "ask"),
        ]
        parts = [(self.working, "asked")] if self.working else [part for part in parts if part[0]]
        told = [piece(f"{'   ' if number else ' '}{text}", look) for number, (text, look) in enumerate(parts)]
        self.put_line("#status", *(self.said_pieces() or [*([] if self.working else self.work_pieces()), *told]))
        self._show_views(names)
        self._show_preview(row)

    def _show_views(self, names: list[str]) -> None:
        """Show the views with their counts in the pane beside the list, where there is room for one."""
        pane = self.query_one("#views", Rows)
        if pane.display:
            counts = (*self._counts, *[-1] * len(names))
            rows = [("All", self._total if self._total is not None else -1), *zip(names, counts, strict=False)]
            if (rows, self.view) != (pane.rows, pane.cursor):
                pane.show(rows, self.view)

    def _show_preview(self, row: SeriesLine | None) -> None:
        """Show why the series under the cursor is in the list."""
        pane, rule = self.query_one("#preview", Bar), self.query_one("#rule", Bar)
        title = preview_title(row, pane.size.width or 78) if row else None
        rule.display = pane.display and not self.wide
        if row is None or title is None:
            pane.show()
            rule.show()
        elif pane.display and self._previewed != row.message_id:
            self._previewed = row.message_id
            try:
                found, asked = self.session.findings(row.message_id), self.session.requests(row.message_id) if row.asked else []
            except TriageError as error:
                pane.show([piece(str(error), "error")])
                return
            rule.show(title)
            lines = [*([title] if self.wide else []), *preview(row, found, max(20, pane.size.width or 78), asked)]
            pane.show(*head_of(lines, pane.size.height or len(lines)))

    def action_open(self) -> None:
        """Open the series under the cursor; looking marks it as seen."""
        name = self.target().current
        if not name:
            return
        try:
            view, since = self.session.view(name), self.session.looked_at(name)
            if view.line.state in {State.NEW, State.UPDATED}:
                self.session.mark(name, State.SEEN)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        from tui.screens.series import SeriesScreen

        self.session.did("open")
        self.app.push_screen(SeriesScreen(self.session, view, since=since))

    @work
    async def action_search(self) -> None:
        """Ask for words and go to the next series that has them."""
        typed = await self.ask_line("search:", self.needle)
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
                listing.put(row % count)
                return True
        return False

    def action_sort(self) -> None:
        """Take the next order."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.load()

    def action_preview(self) -> None:
        """Show or hide the evidence."""
        pane = self.query_one("#preview")
        pane.display = not pane.display
        self._previewed = None
        self.call_after_refresh(self.refresh_status)

    def action_reload(self) -> None:
        """Read the list again."""
        self.load()

    def action_clear(self) -> None:
        """Stop what runs; else clear the tags, then the search, then the limit."""
        if self.stop_work() or self.unsay():
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
        from tui.screens.page import ChartsScreen

        name = self.session.views()[self.view - 1].name if self.view else ""
        self.app.push_screen(ChartsScreen(self.session, self.limit, name))

    @work
    async def action_attention(self, direction: int) -> None:
        """Go to the next or previous series with an open error, warning or question that is not done."""
        found = await self.off_thread("looking", lambda: set(self.session.series(self.session.views()[0].limit, "activity")), "look")
        if found is not None and not self._go_among(found, direction, around=False):
            self.say("no further series needs a look")
