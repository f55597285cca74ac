# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words looked for in the text of a screen."""

from textual import work

from tui.screens.base import BaseScreen
from tui.session import Session
from tui.widgets.text_view import TextView


class SearchingScreen(BaseScreen):
    """A screen whose text is searched."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.needle = ""

    def target(self) -> TextView:
        """Return the text."""
        return self.query_one("#text", TextView)

    @work
    async def action_search(self) -> None:
        """Ask for words and go to the next line that has them."""
        typed = await self.ask_line("search:", self.needle)
        if typed is not None:
            self.needle = typed
            self.action_search_next(1)

    def action_search_next(self, direction: int) -> None:
        """Go to the next or previous line that has the words."""
        if not self.target().search(self.needle, direction) and self.needle:
            self.say(f"no line has {self.needle!r}")
        self.refresh_status()
