# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys at the foot of a screen: as many as its width has room for, the most needed first."""

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from triage.model.text import width
from tui.keys import LEVELS


class KeyBar(Footer):
    """Textual's footer, with the keys that fit: how to act at every width, how to move where there is room."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        """Lay out the keys in the order of the table."""
        if not self._bindings_ready:
            return
        order = list(LEVELS)
        there = {
            active.binding.id: (active.binding, active.enabled) for active in self.screen.active_bindings.values() if active.binding.show
        }
        found = sorted(there.values(), key=lambda one: order.index(one[0].id) if one[0].id in LEVELS else -1)
        room, kept = self.app.size.width, set()
        for binding, _ in sorted(found, key=lambda one: LEVELS.get(one[0].id or "", 1)):
            cells = width(self.app.get_key_display(binding)) + width(binding.description) + 2
            if cells <= room:
                room -= cells
                kept.add(binding.id)
        shown = [(binding, enabled) for binding, enabled in found if binding.id in kept]
        self.styles.grid_size_columns = max(1, len(shown))
        for binding, enabled in shown:
            display = self.app.get_key_display(binding)
            yield FooterKey(binding.key, display, binding.description, binding.action, disabled=not enabled).data_bind(
                compact=Footer.compact
            )

    def on_resize(self) -> None:
        """Show more keys, or fewer."""
        if self.is_attached:
            self.call_after_refresh(self.recompose)
