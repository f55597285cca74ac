# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of the list is shown: saved views, lists, and limits that are typed, remembered and completed."""

from textual import work
from textual.worker import get_current_worker

from triage.model.errors import TriageError
from tui.render import short
from tui.screens.working import WorkingScreen
from tui.session import Session
from tui.widgets.painted import Bar

LIMIT_HINT = "words, from:ada code:DCO001 severity:error age:<7d; Tab completes"


class ViewingScreen(WorkingScreen):
    """A list that is limited by a saved view or by what was typed."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.limit = ""
        self.view = 0
        """Which saved view is shown, 0 for none: what then limits the list was typed."""
        self._counts: tuple[int, ...] = ()
        self._total: int | None = None
        """How many series there are, None before the list was read."""

    def load(self) -> object:
        """Read the list again."""
        raise NotImplementedError

    def show_limit(self, view: int, limit: str) -> None:
        """Show what a view or a limit lets through."""
        self.view, self.limit = view, limit
        self._said_until = 0.0
        self.load()

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        """Show the view whose name was clicked."""
        number = event.text.strip("[ ").partition(":")[0]
        if event.bar.id == "title" and number.isdigit():
            self.action_view(int(number))

    def action_view(self, number: int) -> None:
        """Show a saved view, or with 0 everything."""
        views = self.session.views()
        if number > len(views):
            self.say(f"there is no view {number}: M saves what l limits the list to")
            return
        self.show_limit(number, views[number - 1].limit if number else "")

    @work
    async def action_views(self) -> None:
        """Offer all saved views with their counts: more than nine have no digit."""
        names = [view.name for view in self.session.views()]
        counts = (self._total or 0, *self._counts, *[-1] * len(names))
        rows = [
            f"{number if number <= 9 else '':>2}  {name:<20} {short(count) if count >= 0 else '':>6}"
            for number, (name, count) in enumerate(zip(["All", *names], counts, strict=False))
        ]
        chosen = await self.choose("Views: Enter or the digit shows one", rows, self.view)
        if chosen is not None:
            self.action_view(chosen)

    @work
    async def action_lists(self) -> None:
        """Offer the lists: the chosen one is what the list is limited to."""
        names = self.session.list_names()
        if len(names) < 2:
            self.say("there is only one list here: `triage add` adds another")
            return
        chosen = await self.choose("Lists: Enter limits to one", ["all lists", *names], 0)
        if chosen is not None:
            self.show_limit(0, self.session.in_list(self.limit, names[chosen - 1] if chosen else ""))

    @work
    async def action_limit(self) -> None:
        """Ask for a limit until it can be read; a wrong one is explained and kept for fixing."""
        typed = await self.ask_line(
            "limit:", "" if self.view else self.limit, self.session.check_limit, LIMIT_HINT,
            history=self.session.limits(), complete=self.session.complete_limit,
        )  # fmt: skip
        if typed is not None:
            self.session.keep_limit(typed.strip())
            self.show_limit(0, typed.strip())

    @work
    async def action_save_view(self) -> None:
        """Save the limit as a view; under the name of one that was saved here, in its place."""
        if not self.limit or self.view:
            self.say("l sets a limit first; M then saves it as a view")
            return
        name = await self.ask_line("save this limit as the view:", "", self.session.check_view_name)
        if name and name.strip():
            number = self.session.save_view(name.strip(), self.limit)
            self.show_limit(number, self.limit)
            self.say(f"saved as view {number}: {name.strip()}; D in a saved view forgets it")

    def action_forget_view(self) -> None:
        """Forget a view that was saved here; those of config.toml and the program's own stay."""
        views = self.session.views()
        if self.view and self.session.forget_view(views[self.view - 1].name):
            self.say(f"forgot the view {views[self.view - 1].name}")
            self.show_limit(0, self.limit)
        else:
            self.say("only a view that M saved can be forgotten here")

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
