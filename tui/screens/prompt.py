# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of input at the foot of the screen: a limit, a search."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from triage.text import safe
from tui.render import literal


class Prompt(ModalScreen[str | None]):
    """Asks for a line; None where it is cancelled."""

    BINDINGS = [("escape", "cancel", "Cancel")]  # noqa: RUF012

    def __init__(self, label: str, value: str = "") -> None:
        super().__init__()
        self._label = label
        self._value = value

    def compose(self) -> ComposeResult:
        """Lay out label and input."""
        with Horizontal(id="prompt"):
            yield Static(literal(safe(f"{self._label} ")), id="prompt-label", markup=False)
            yield Input(value=self._value, id="prompt-input", compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        """Take the keyboard."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return what was typed."""
        self.dismiss(event.value)

    def action_cancel(self) -> None:
        """Return nothing."""
        self.dismiss(None)
