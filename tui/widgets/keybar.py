# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys at the foot of a screen: as many as its width has room for, the most needed first."""

from textual import events
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip

from triage.model.text import width
from tui.keys import LEVELS
from tui.lines import Piece, ViewLine, line_of, piece
from tui.widgets.painted import Painted


class KeyBar(Painted):
    """The keys that fit, in one line: how to act at every width, how to move where there is room.

    Textual's footer says the same with a widget a key, which is most of what a screen costs to open.
    """

    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; width: 1fr; background: $footer-background; color: $footer-description-foreground; }"
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._line: ViewLine | None = None
        self._keys: list[tuple[range, Binding, bool]] = []
        """The cells of each key, and whether it can be pressed."""
        self._under: Binding | None = None
        """The key under the mouse."""

    def on_mount(self) -> None:
        """Show what can be pressed, and what can be pressed later."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self._line = None
            self.refresh()

    def on_resize(self) -> None:
        """Show more keys, or fewer."""
        self._line = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the keys."""
        if self._line is None:
            self._line = line_of(*self._fit(self.size.width))
        return self.paint(self._line, self.size.width)

    def _fit(self, room: int) -> list[Piece]:
        """Return the keys that fit, in the order of the table, and note where they stand."""
        order = list(LEVELS)
        there = {
            active.binding.id: (active.binding, active.enabled) for active in self.screen.active_bindings.values() if active.binding.show
        }
        found = sorted(there.values(), key=lambda one: order.index(one[0].id) if one[0].id in LEVELS else -1)
        kept = set()
        for binding, _ in sorted(found, key=lambda one: LEVELS.get(one[0].id or "", 1)):
            cells = width(self.app.get_key_display(binding)) + width(binding.description) + 2
            if cells <= room:
                room -= cells
                kept.add(binding.id)
        pieces: list[Piece] = []
        self._keys, at = [], 0
        for binding, enabled in found:
            if binding.id in kept:
                under = "hover" if binding is self._under else ""
                key = piece(self.app.get_key_display(binding), under or ("key" if enabled else "muted"))
                says = piece(f" {binding.description}", under)
                pieces += [key, says, piece(" ")]
                cells = width(key[0]) + width(says[0])
                self._keys.append((range(at, at + cells), binding, enabled))
                at += cells + 1
        return pieces

    def _at(self, column: int) -> tuple[Binding | None, bool]:
        """Return the key in a column, and whether it can be pressed."""
        return next(((binding, enabled) for cells, binding, enabled in self._keys if column in cells), (None, False))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that was clicked."""
        binding, enabled = self._at(event.x)
        if binding is not None and enabled:
            self.app.simulate_key(binding.key)
        elif binding is not None:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show that the key under the mouse can be pressed."""
        self._point_at(self._at(event.x)[0])

    def on_leave(self) -> None:
        """Point at none of them."""
        self._point_at(None)

    def _point_at(self, binding: Binding | None) -> None:
        if binding is not self._under:
            self._under, self._line = binding, None
            self.styles.pointer = "pointer" if binding else "default"
            self.refresh()
