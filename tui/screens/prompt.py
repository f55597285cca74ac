# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of input at the foot of the screen: a limit, a search, a reason, a time."""

import re
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from triage.model.errors import TriageError
from triage.model.text import safe
from tui.render import literal
from tui.widgets.fields import Field


class Prompt(ModalScreen[str | None]):
    """Asks for a line until it will do; None where it is cancelled."""

    BINDINGS = [  # noqa: RUF012
        ("escape", "cancel", "Cancel"), ("up", "earlier(-1)", "Earlier"), ("down", "earlier(1)", "Later"),
        Binding("tab", "complete", "Complete", priority=True),
    ]  # fmt: skip

    def __init__(
        self, label: str, value: str = "", check: Callable[[str], object] | None = None, hint: str = "", history: Sequence[str] = (),
        complete: Callable[[str], list[str]] | None = None, fresh: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._fresh = fresh
        """Whether what is typed takes the place of what stands there at first."""
        self._history = [*history, value] if not history or history[-1] != value else list(history)
        """What was typed before, the last one last."""
        self._at = len(self._history) - 1
        self._complete = complete
        """Returns how the last word may go on."""
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
            yield Field(value=self._value, placeholder=safe(self._hint), id="prompt-input", compact=True, select_on_focus=self._fresh)

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

    def action_earlier(self, direction: int) -> None:
        """Take up what was typed before, or after that."""
        at = self._at + direction
        if 0 <= at < len(self._history):
            self._at = at
            field = self.query_one(Input)
            field.value = self._history[at]
            field.cursor_position = len(field.value)

    def action_complete(self) -> None:
        """Complete the last word as far as there is but one way, and show the ways there are."""
        field = self.query_one(Input)
        found = self._complete(field.value) if self._complete else []
        if not found:
            return
        begun = re.split(r"[\s()]", field.value)[-1].lstrip("-")
        common = min(found)
        for one in found:
            common = common[: next((at for at, (a, b) in enumerate(zip(common, one, strict=False)) if a != b), min(len(common), len(one)))]
        field.value = field.value[: len(field.value) - len(begun)] + (common or begun)
        field.cursor_position = len(field.value)
        if len(found) > 1:
            self.call_after_refresh(self._show, "  ".join(found))

    def action_cancel(self) -> None:
        """Return nothing."""
        if self.is_current:
            self.dismiss(None)


class Confirm(ModalScreen[bool]):
    """Asks yes or no at the foot of the screen: y and Enter do it, n, q and Escape do not, nothing else means anything."""

    BINDINGS = [("y,enter", "answer(True)", "Yes"), ("n,q,escape", "answer(False)", "No")]  # noqa: RUF012

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        yield Static(literal(safe(f" {self._question} (y/n) ")), id="confirm", markup=False)

    def action_answer(self, yes: bool) -> None:
        """Return the answer."""
        if self.is_current:
            self.dismiss(yes)
