# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acts on one series of a list, or on all that are tagged: done, put away, and back."""

from collections.abc import Callable

from textual import work
from textual.worker import Worker

from triage.model import State
from triage.model.days import UNTIL
from triage.model.errors import TriageError
from tui.screens.subject import SubjectScreen
from tui.widgets.series_list import SeriesList


class MarkingScreen(SubjectScreen):
    """A screen with a list of series in which some may be tagged."""

    def target(self) -> SeriesList:
        """Return the list."""
        raise NotImplementedError

    def chosen(self) -> list[str]:
        """Return the series that an act is about, by first Message-ID: the tagged ones, else the one shown under the cursor."""
        listing = self.target()
        if listing.tagged:
            return sorted(listing.tagged)
        return [listing.current] if listing.current else []

    def acts_on_one(self, what: str) -> bool:
        """Say that an act is about the series at the cursor alone, where others are tagged; returns whether there are any."""
        if not self.target().tagged:
            return False
        self.say(f"{what} is about the series at the cursor, not the {len(self.target().tagged)} tagged: d, S, w act on those")
        return True

    def action_tag(self) -> None:
        """Tag the series under the cursor, or take the tag off, and go on."""
        self.target().tag()
        self.target().move(1)
        self.refresh_status()

    def action_done(self) -> None:
        """Mark the series done, or take that back where all are."""
        listing, chosen = self.target(), self.chosen()
        if not chosen:
            return
        try:
            done = self.session.all_done(chosen)
        except TriageError as error:
            self.say(str(error), error=True)
            self.show_again()
            return
        state = State.SEEN if done else State.DONE
        self._act(lambda: self.session.act(chosen, state), "done" if state is State.DONE else "not done", len(chosen))
        if len(chosen) == 1 and listing.current == chosen[0]:
            listing.move(1)

    def _act(self, work: Callable[[], None], word: str, count: int) -> None:
        """Do something to series, say what, and show the list again."""
        try:
            work()
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.target().tagged.clear()
        self.show_again()
        self.say(f"{word}{f', {count} series' if count > 1 else ''} - z takes it back")

    @work
    async def action_snooze(self) -> None:
        """Put the series away until a time; a change brings them back before."""
        chosen = self.chosen()
        typed = await self.ask_line(f"until ({UNTIL}):", "3d", self.session.check_until, fresh=True) if chosen else None
        if typed is not None:
            self._act(lambda: self.session.snooze(chosen, typed), f"away until {self.session.until(typed)}", len(chosen))

    @work
    async def action_tag_all(self) -> None:
        """Tag all series of the list that a limit lets through."""
        typed = await self.ask_line("tag all that match:", "", self.session.check_limit)
        if typed is None or not typed.strip():
            return
        listing = self.target()
        shown = set(listing.keys)
        found = await self.off_thread(
            "looking", lambda: self.session.names([one for one in self.session.series(typed, "activity") if one in shown]), "look"
        )
        if found is not None:
            listing.tagged |= set(found)
            listing.refresh()
            self.refresh_status()
            self.say(f"{len(listing.tagged)} tagged; Esc takes the tags off")

    def action_opinion(self) -> Worker[None]:
        """Give an opinion on the series at the cursor."""
        self.acts_on_one("an opinion")
        return super().action_opinion()

    def action_ask(self) -> Worker[None]:
        """Ask for opinions on the series at the cursor."""
        self.acts_on_one("a request")
        return super().action_ask()

    def action_reply(self) -> Worker[None]:
        """Draft a reply to the series at the cursor."""
        self.acts_on_one("a reply")
        return super().action_reply()

    def action_hand_over(self) -> Worker[None]:
        """Hand the series at the cursor over."""
        self.acts_on_one("handing over")
        return super().action_hand_over()
