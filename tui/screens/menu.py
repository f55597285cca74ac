# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Menus: all that can be done on a screen, and commands that are shown before they run."""

import shlex
from collections.abc import Iterable, Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from triage.config import OwnCommand
from triage.model.text import fit, safe
from tui.handover import Offer
from tui.keys import KEYS, bindings, shown
from tui.render import literal
from tui.screens.form import title

MOVES = ("list_move", "list_page", "list_end", "list_sideways", "menu")


def own_action(command: OwnCommand) -> str:
    """Return the action that runs an own command."""
    return f"own({command.name!r})"


TALL = [(0, "-short"), (30, "-tall")]
"""From how many rows on a menu shows more of its lines."""


class KeyMenu(ModalScreen[str | None]):
    """The actions of a screen with their keys; returns the action that was chosen, by Enter or by its key."""

    VERTICAL_BREAKPOINTS = TALL

    BINDINGS = [binding for binding in bindings("menu") if not isinstance(binding, Binding) or binding.action != "copy"]  # noqa: RUF012

    def __init__(self, scope: Iterable[BindingType], remaps: Mapping[str, str], own: Sequence[OwnCommand] = ()) -> None:
        super().__init__()
        ids = {binding.id for binding in scope if isinstance(binding, Binding)}
        self.keys = [key for key in KEYS if key.id in ids and not key.action.startswith(MOVES)]
        self.by_key = {name: key.action for key in self.keys for name in remaps.get(key.id, key.keys).split(",")}
        self.rows = [(shown(remaps.get(key.id, key.keys).split(",")[0]), key.label, key.action) for key in self.keys]
        self.rows += [(shown(one.key), f"{one.name}: {' '.join(one.run)}", own_action(one)) for one in own]
        self.by_key |= {one.key: own_action(one) for one in own if one.key}

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(id="menu"):
            yield title("Actions: Enter or the key itself does it")
            rows = (f"{key:>5}  {label}" for key, label, _ in self.rows)
            yield OptionList(*(Option(literal(safe(row))) for row in rows), id="offers", compact=True)
            yield Footer(compact=True, show_command_palette=False)

    def on_key(self, event: events.Key) -> None:
        """A key does what it does outside the menu; j and k move in it."""
        if event.key in {"j", "k"}:
            event.stop()
            offers = self.query_one("#offers", OptionList)
            offers.action_cursor_down() if event.key == "j" else offers.action_cursor_up()
            return
        if event.key in self.by_key and event.key not in {"enter", "escape", "q"}:
            event.stop()
            event.prevent_default()
            if self.is_current:  # a second key of the same read finds the menu gone
                self.dismiss(self.by_key[event.key])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the action."""
        if self.is_current:
            self.dismiss(self.rows[event.option_index][2])

    def action_cancel(self) -> None:
        """Return nothing."""
        if self.is_current:
            self.dismiss(None)


class ChoiceMenu(ModalScreen[int | None]):
    """A few lines of which one is chosen, by Enter or by its digit; returns its number."""

    VERTICAL_BREAKPOINTS = TALL

    BINDINGS = KeyMenu.BINDINGS

    def __init__(self, title: str, rows: Sequence[str], chosen: int = 0) -> None:
        super().__init__()
        self.title_text = title
        self.rows = list(rows)
        self.chosen = chosen

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(id="menu"):
            yield title(self.title_text)
            yield OptionList(*(Option(literal(fit(safe(row), 70))) for row in self.rows), id="offers", compact=True)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Put the cursor on what is shown now."""
        self.query_one("#offers", OptionList).highlighted = self.chosen

    def on_key(self, event: events.Key) -> None:
        """A digit chooses; j and k move."""
        offers = self.query_one("#offers", OptionList)
        if event.key in {"j", "k"}:
            event.stop()
            offers.action_cursor_down() if event.key == "j" else offers.action_cursor_up()
        elif event.key.isdigit() and int(event.key) < len(self.rows) and self.is_current:
            event.stop()
            event.prevent_default()
            self.dismiss(int(event.key))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return what was chosen."""
        if self.is_current:
            self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        """Return nothing."""
        if self.is_current:
            self.dismiss(None)


class CommandMenu(ModalScreen[list[str] | None]):
    """Commands, each shown whole; returns the one to run."""

    VERTICAL_BREAKPOINTS = TALL

    BINDINGS = bindings("menu")

    def __init__(self, title: str, offers: list[Offer]) -> None:
        super().__init__()
        self.title_text = title
        self.offers = offers

    def compose(self) -> ComposeResult:
        """Lay out the list, and the command under the cursor."""
        with Vertical(id="menu"):
            yield title(f"{self.title_text}: Enter runs what stands below, y copies it")
            rows = (fit(safe(f"{offer.label}{'' if offer.there else ' (not installed)'}"), 70) for offer in self.offers)
            yield OptionList(*(Option(literal(row)) for row in rows), id="offers", compact=True)
            yield Static("", id="command", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what would be run."""
        self.query_one("#command", Static).update(literal(safe(shlex.join(self.offers[event.option_index].command))))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the command, if there is such a program."""
        offer = self.offers[event.option_index]
        if offer.there and self.is_current:
            self.dismiss(offer.command)
        elif not offer.there:
            self.query_one("#command", Static).update(literal(safe(f"{offer.command[0]} is not installed; y copies the command")))

    def action_copy(self) -> None:
        """Copy the command."""
        at = self.query_one("#offers", OptionList).highlighted
        if at is not None:
            self.app.copy_to_clipboard(safe(shlex.join(self.offers[at].command)))
            self.query_one("#command", Static).update(literal(safe(f"copied: {shlex.join(self.offers[at].command)}")))

    def action_cancel(self) -> None:
        """Return nothing."""
        if self.is_current:
            self.dismiss(None)
