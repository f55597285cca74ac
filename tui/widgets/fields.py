# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of text that take keys in the order in which they were typed.

Textual inserts a letter as soon as a field sees it, and runs what other keys do later: of keys that came in one read, as a paste or a
slow line sends them, Backspace would act on letters that were typed after it.
"""

from textual import events
from textual.widget import Widget
from textual.widgets import Input, TextArea


async def act_at_once(field: Widget, event: events.Key) -> None:
    """Do what a key does in a field at once, where it does anything but write a letter."""
    found = field._bindings.key_to_bindings.get(event.key, [])
    if found and not event.is_printable and not found[0].action.startswith("scroll_"):
        event.stop()
        event.prevent_default()
        await field.app.run_action(found[0].action, field)


class Field(Input):
    """A line of text."""

    async def _on_key(self, event: events.Key) -> None:
        await act_at_once(self, event)


class Area(TextArea):
    """A text of several lines."""

    async def _on_key(self, event: events.Key) -> None:
        await act_at_once(self, event)
