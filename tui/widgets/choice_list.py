# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One choice of a few, marked with a character: (*)."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from triage.model.text import safe
from tui.render import literal


class ChoiceList(OptionList):
    """Lines of which one is chosen: the highlighted one, marked `(*)` so that no colour is needed to see it."""

    def __init__(self, labels: Sequence[str], chosen: int = 0, id: str | None = None, letters: str = "") -> None:
        self.labels = list(labels)
        self.letters = letters
        """The key that picks each line, "" for none."""
        self._first = chosen
        super().__init__(*(Option(self._marked(label, at == chosen)) for at, label in enumerate(labels)), id=id, compact=True)

    @staticmethod
    def _marked(label: str, chosen: bool) -> Content:
        return literal(safe(f"({'*' if chosen else ' '}) {label}"))

    def on_mount(self) -> None:
        """Choose what was asked for."""
        self.highlighted = self._first if self.labels else None

    @property
    def chosen(self) -> int:
        """Which line is chosen, from 0 on."""
        at = self._first if self.highlighted is None else self.highlighted
        return max(0, min(at, len(self.labels) - 1))

    def pick(self, key: str) -> bool:
        """Choose the line that a key stands for, or move by j and k; returns whether the key means anything here."""
        if key in {"j", "k"}:
            self.action_cursor_down() if key == "j" else self.action_cursor_up()
            return True
        at = self.letters[: len(self.labels)].find(key) if key else -1
        if at >= 0:
            self.highlighted = at
        return at >= 0

    def offer(self, labels: Sequence[str], chosen: int) -> None:
        """Offer other lines."""
        self.labels, self._first = list(labels), chosen
        self.clear_options()
        self.add_options([Option(self._marked(label, at == chosen)) for at, label in enumerate(labels)])
        self.highlighted = chosen

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Mark the choice."""
        super().watch_highlighted(highlighted)
        for at, label in enumerate(self.labels[: self.option_count]):
            self.replace_option_prompt_at_index(at, self._marked(label, at == highlighted))
