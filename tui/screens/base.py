# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every screen shares: moving about, saying things, and work off the UI thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from textual import work
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from triage.model.errors import TriageError
from triage.model.text import safe
from tui.lines import Piece, piece
from tui.navigation import Go
from tui.render import literal
from tui.typeahead import TypeAhead
from tui.widgets.painted import Bar

if TYPE_CHECKING:
    from tui.session import Session
    from tui.widgets.text_view import TextView
    from tui.widgets.virtual_list import VirtualList

Result = TypeVar("Result")
WIDE = 125
"""Cells from which on panes stand beside each other, and leave a mail its eighty columns."""
SHOWN = 6.0
"""Seconds for which what was said stands in the status line."""
LATE = 0.15
"""Seconds after which slow work says what it does."""


class BaseScreen(Screen[None]):
    """A screen over a session, with one thing that the movement keys move."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (160, "-huge"), (200, "-vast")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.form_open = False
        self.failed: TriageError | None = None
        """Why the last slow work failed."""
        self._said, self._said_until = "", 0.0
        """What was said last, and until when it is shown."""
        self.working = ""
        """What slow work does right now."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nothing be done by keys of the read in which the screen was left: what it would act on is gone."""
        return not self.left()

    @property
    def wide(self) -> bool:
        """Whether panes stand beside each other."""
        return self.size.width >= WIDE

    def target(self) -> VirtualList | TextView:
        """Return what the movement keys move."""
        raise NotImplementedError

    def say(self, text: str, error: bool = False) -> None:
        """Show one sentence for a moment, and keep it for the log; never read as markup."""
        shown = safe(text)
        self.session.said.append((shown, error))
        self.app.clear_notifications()
        if isinstance(self.app, TypeAhead):
            self.app.take_notice()
        if error or not self.query("#status"):
            self.notify(shown, markup=False, severity="error" if error else "information", timeout=10 if error else 5)
        else:  # in the line that says where one is: a toast would lie over the lines it speaks of
            self._said, self._said_until = shown, time.monotonic() + SHOWN
            self.set_timer(SHOWN, self.refresh_status)
            self.refresh_status()

    def said_pieces(self) -> list[Piece]:
        """Return what was said a moment ago, for the status line."""
        if time.monotonic() >= self._said_until:
            return []
        return [piece(f" {self._said}", "asked")]

    def unsay(self) -> bool:
        """Take what was said off the screen; returns whether there was anything."""
        there = bool(self.said_pieces()) or bool(self.screen.query("Toast"))
        self._said_until = 0.0
        self.app.clear_notifications()
        self.refresh_status()
        return there

    def put(self, selector: str, text: str) -> None:
        """Show one line of text in a Static."""
        bar = self.query_one(selector)
        if isinstance(bar, Bar):
            bar.show([piece(text)])
        elif isinstance(bar, Static):
            bar.update(literal(safe(text)))

    def put_line(self, selector: str, *pieces: Piece) -> None:
        """Show one line in pieces in a bar."""
        self.query_one(selector, Bar).show(pieces)

    async def off_thread(self, what: str, work: Callable[[], Result], group: str = "read") -> Result | None:
        """Do slow work off the UI thread, one of a group at a time; `what` is told meanwhile, "" for what nobody waits for.

        Returns None where it failed, which is said, was stopped, or the screen is left by now.
        """
        worker: Worker[Result] = self.run_worker(work, thread=True, exclusive=True, group=group, exit_on_error=False)
        if what:
            self.set_timer(LATE, lambda: self._busy(what, group) if worker.is_running and not self.left() else None)
        try:
            done = await worker.wait()
            return None if self.left() else done
        except WorkerCancelled:
            return None
        except WorkerFailed as failed:
            if not isinstance(failed.error, TriageError):
                raise
            self.failed = failed.error
            self.say(str(failed.error), error=True)
            return None
        finally:
            if what and not self.left():
                self._busy("")

    async def ask_line(
        self, label: str, value: str = "", check: Callable[[str], object] | None = None, hint: str = "", history: Sequence[str] = (),
        complete: Callable[[str], list[str]] | None = None, fresh: bool = False,
    ) -> str | None:  # fmt: skip
        """Ask for a line at the foot of the screen, as `Prompt` does; returns None where it is cancelled."""
        from tui.screens.prompt import Prompt

        return await self.app.push_screen_wait(Prompt(label, value, check, hint, history, complete, fresh))

    async def confirm(self, question: str) -> bool:
        """Ask yes or no at the foot of the screen."""
        from tui.screens.prompt import Confirm

        return await self.app.push_screen_wait(Confirm(question))

    async def choose(self, title: str, rows: Sequence[str], at: int) -> int | None:
        """Let one of some rows be chosen, beginning at one; returns which, None for none."""
        from tui.screens.menu import ChoiceMenu

        return await self.app.push_screen_wait(ChoiceMenu(title, rows, at))

    def left(self) -> bool:
        """Say whether this screen was left, and may not be drawn on any more."""
        return not self.is_attached or not self.app.is_running or self not in self.app.screen_stack

    def _busy(self, what: str, group: str = "") -> None:
        self.working = f"{what}…{'' if group == 'write' else ' Esc stops it'}" if what else ""
        self.refresh_status()

    def refresh_status(self) -> None:
        """Show what goes on; screens that have a status line do."""

    def stop_work(self) -> bool:
        """Stop slow work; returns whether there was some."""
        running = bool(self.working)
        if running:
            for group in ("read", "look", "mail text"):
                self.workers.cancel_group(self, group)
            self._busy("")
        return running

    def action_list_move(self, rows: int) -> None:
        """Move by lines."""
        self.target().move(rows)

    def action_list_page(self, direction: int) -> None:
        """Move by a page."""
        self.target().page(direction)

    def action_list_end(self, last: int) -> None:
        """Move to the first or last line."""
        self.target().end(last)

    def action_list_sideways(self, direction: int) -> None:
        """Show more of long lines."""
        target = self.target()
        target.scroll_to(x=target.scroll_offset.x + direction * max(8, target.size.width // 4), animate=False, force=True)

    def action_back(self) -> None:
        """Leave the screen, and with it what it reads; what is being written is waited for."""
        if any(worker.node is self and worker.group == "write" and not worker.is_finished for worker in self.workers):
            self.say("it is being written: a moment")
        elif self.is_current:
            self.stop_work()
            self.app.clear_notifications()
            self.dismiss()

    def action_undo(self, again: bool = False) -> None:
        """Take the last act back, or do it again; a record is withdrawn, which is asked about first."""
        if not again and (last := self.session.last_record()):
            self._withdraw(*last)
            return
        try:
            what, mails = self.session.undo(again)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.session.did("undo")
        if mails and not again:
            self.go_to(mails[0])
        self.show_again()
        self.say(f"{'redone' if again else 'undone'}: {what}" if what else f"nothing to {'redo' if again else 'undo'}")

    @work
    async def _withdraw(self, record: str, what: str) -> None:
        """Ask whether a record is to be withdrawn, and do it."""
        if not await self.confirm(f"withdraw your {what}?"):
            self.say(f"your {what} stays")
            return

        def write() -> bool:
            self.session.take_back(record)
            return True

        if await self.off_thread("withdrawing", write, group="write"):
            self.session.did("undo")
            self.show_again()
            self.show_hint()
            self.say(f"withdrawn: your {what}; both records stay in the log")

    def go_to(self, name: str) -> None:
        """Put the cursor on the series of a mail once it is shown again; screens with a list of series do."""

    def show_again(self) -> object:
        """Show what this screen is about again; screens that show what acts change do."""

    def show_hint(self) -> None:
        """Show the hint for new users, where the screen has a line for it."""
        for bar in self.query("#hint").results(Bar):
            text = self.session.hint()
            bar.display = bool(text)
            bar.show([piece(f" {text}", "asked")])

    def on_screen_suspend(self) -> None:
        """What was said is about this screen, and old when one comes back."""
        self._said_until = 0.0

    def action_hide_hints(self) -> None:
        """Give no hints any more."""
        self.session.hide_hints()
        self.show_hint()
        self.say("no more hints; ? explains every key")

    def scope(self) -> str:
        """Return the part of the table of keys that this screen's are in."""
        ids = [getattr(binding, "id", None) or "" for binding in type(self).BINDINGS]
        return ids[0].partition(".")[0] if ids else ""

    def action_help(self) -> None:
        """Show the keys."""
        self.post_message(Go("help", finding=self.scope()))

    def action_log(self) -> None:
        """Show what was said before."""
        self.post_message(Go("log"))
