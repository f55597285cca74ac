# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every screen with a list or a text shares: moving about, and asking for a line of input."""

from textual.screen import Screen
from textual.widgets import Static

from triage.text import safe
from tui.render import literal
from tui.session import Session
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList


class BaseScreen(Screen[None]):
    """A screen over a session, with one thing that the movement keys move."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.form_open = False

    def target(self) -> VirtualList | TextView:
        """Return what the movement keys move."""
        raise NotImplementedError

    def say(self, text: str, error: bool = False) -> None:
        """Show one sentence for a moment; never read as markup."""
        self.app.clear_notifications()
        self.notify(safe(text), markup=False, severity="error" if error else "information")

    def put(self, selector: str, text: str) -> None:
        """Show one line of text in a Static."""
        self.query_one(selector, Static).update(literal(safe(text)))

    def action_list_move(self, rows: int) -> None:
        """Move by lines."""
        self.target().move(rows)

    def action_list_page(self, direction: int) -> None:
        """Move by a page."""
        self.target().page(direction)

    def action_list_end(self, last: int) -> None:
        """Move to the first or last line."""
        self.target().end(last)

    def action_help(self) -> None:
        """Show the keys."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.session))
