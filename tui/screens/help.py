# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The help screen: every key there is, from the one table."""

from textual.app import ComposeResult
from textual.widgets import Footer, Static

from triage.text import Shown, fit, safe
from tui.keys import bindings, table
from tui.render import ViewLine, literal
from tui.screens.base import BaseScreen
from tui.session import Session
from tui.widgets.text_view import TextView

ABOUT = (
    "St  state: N new, U updated, ? asked, d done, z snoozed",
    "Fl  gravest flag and how many: ! error, ~ warn, ? ask, i info",
    "O   . no opinion, ? asked, = agree, - disagree, x split, u unsure, o outdated",
    "Patch  received/total",
    "",
    "Limit words: state: flag: rule: from: to: list: age:<7d date: path: op: by:",
    "  tool: status: is: topic: id: and plain words; - before a word negates it",
    "Left and Right scroll long lines. Nothing is ever sent by this program.",
)


class HelpScreen(BaseScreen):
    """Keys by screen, as they are set now."""

    BINDINGS = bindings("help")

    def __init__(self, session: Session) -> None:
        super().__init__(session)

    def compose(self) -> ComposeResult:
        """Lay out title, text and footer."""
        yield Static(literal(Shown(" triage  help")), id="title", markup=False)
        yield TextView(id="text")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Fill in the table."""
        lines = [ViewLine(safe(line), "") for line in ABOUT]
        scope = ""
        for where, keys, label, name in table(self.session.config.keys):
            if where != scope:
                scope = where
                lines += [ViewLine(Shown("")), ViewLine(safe(scope), "head")]
            lines.append(ViewLine(Shown(f"  {fit(safe(keys), 16)} {fit(safe(label), 34)} {safe(name)}")))
        self.target().show(lines)
        self.target().focus()

    def target(self) -> TextView:
        """Return the text."""
        return self.query_one("#text", TextView)

    def action_back(self) -> None:
        """Leave the screen."""
        self.dismiss()
