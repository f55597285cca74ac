# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of input at the foot of the screen: a limit, a search, a reason, a time."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from triage.model.errors import TriageError
from triage.model.text import safe
from tui.render import literal


class Prompt(ModalScreen[str | None]):
    """Asks for a line until it will do; None where it is cancelled."""

    BINDINGS = [("escape", "cancel", "Cancel")]  # noqa: RUF012

    def __init__(self, label: str, value: str = "", check: Callable[[str], object] | None = None, hint: str = "") -> None:
        super().__init__()
        self._hint = hint
        self._label = label
        self._value = value
        self._check = check
        """Raises `TriageError` for a line that will not do: it is said, and what was typed stays to be fixed."""

    def compose(self) -> ComposeResult:
        """Lay out what is wrong, label and input."""
        yield Static("", id="prompt-problem", markup=False)
        with Horizontal(id="prompt"):
            yield Static(literal(safe(f"{self._label} ")), id="prompt-label", markup=False)
            yield Input(value=self._value, placeholder=safe(self._hint), id="prompt-input", compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        """Take the keyboard."""
        self._show("")
        self.query_one(Input).focus()

    def _show(self, problem: str) -> None:
        line = self.query_one("#prompt-problem", Static)
        line.display = bool(problem)
        line.update(literal(safe(f" {problem}")))

    def on_input_changed(self) -> None:
        """What is typed again may do."""
        self._show("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return what was typed, if it will do."""
        try:
            if self._check:
                self._check(event.value)
        except TriageError as error:
            self._show(str(error))
            return
        if self.is_current:
            self.dismiss(event.value)

    def action_cancel(self) -> None:
        """Return nothing."""
        if self.is_current:
            self.dismiss(None)
