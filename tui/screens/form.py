# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all forms share: what is typed is kept until it is saved, the command that does the same, the way to $EDITOR."""

import json
import shlex
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from textual import events
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static, TextArea

from triage.model.errors import TriageError
from triage.model.text import safe
from tui.keys import bindings
from tui.programs import edit
from tui.render import literal
from tui.session import Session
from tui.typeahead import TypeAhead
from tui.widgets.choice_list import ChoiceList
from tui.widgets.fields import act_at_once


def shell_word(word: str) -> str:
    """Return a word as a shell reads it back; one with line ends as bash writes it: $'…'."""
    if word.isprintable():
        return shlex.quote(word)
    return "$'" + word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t") + "'"


def title(text: str) -> Static:
    """Return the title of a field."""
    return Static(literal(safe(text)), classes="form-title", markup=False)


Filled = TypeVar("Filled")
BURST = 0.03
"""Seconds within which keys come of one read: nobody types so fast, a paste and a slow line do."""


class Form(ModalScreen[Filled | None], Generic[Filled]):
    """Returns what its fields say, or None; the text in its area can be written in the user's editor."""

    BINDINGS = bindings("form")
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    AREA = ""
    """The id of the text area that $EDITOR opens, "" for none."""
    KEPT: tuple[str, ...] = ()
    """Names of the values that are kept while they are typed, where the first of them says something."""

    def __init__(self, session: Session, draft_key: str) -> None:
        super().__init__()
        self.session = session
        self.draft_key = draft_key
        self._waiting = ""
        """What was typed on a list of choices a moment ago: one key picks, more of the same read are text."""
        self._to_text = False
        """Whether what is typed goes to the text though the list of choices still has the keyboard."""
        self._timer: Timer | None = None
        self.refused = False
        """Whether it was to be saved and lacked something, and nothing was typed since."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the editor where there is a text for it."""
        return bool(self.AREA) if action == "editor" else True

    def kept(self) -> dict[str, Any]:
        """Return what was typed before and not saved."""
        found: dict[str, Any] = {}
        if self.draft_key and (saved := self.session.draft(self.draft_key)):
            found = json.loads(saved)
        return found

    def values(self) -> Filled:
        """Return what the form says now."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return the command that does the same."""
        raise NotImplementedError

    def missing(self, values: Filled) -> tuple[str, str] | None:
        """Return the field that has to say more, and what."""
        return None

    def typed(self, id: str) -> str:
        """Return what stands in a field."""
        field = self.query_one(f"#{id}")
        return field.text.strip() if isinstance(field, TextArea) else field.value.strip() if isinstance(field, Input) else ""

    def show_line(self, id: str, text: str) -> None:
        """Show text in a Static of the form."""
        line = self.query_one(f"#{id}", Static)
        line.update(literal(safe(text)))
        if id == "problem" and text:
            self.call_after_refresh(line.scroll_visible, animate=False)

    def refresh_command(self) -> None:
        """Show the command that does the same."""
        self.show_line("command", "same as: " + " ".join(map(shell_word, self.command())))

    def _keep(self) -> None:
        self.refused = False
        self.show_line("problem", "")
        values = self.values()
        if self.draft_key and self.KEPT:
            said = any(getattr(values, name) for name in self.KEPT[:2])
            try:
                self.session.keep_draft(self.draft_key, json.dumps({name: getattr(values, name) for name in self.KEPT}) if said else "")
            except TriageError as error:
                self.show_line("problem", f"what you type cannot be kept: {error}")
        self.refresh_command()

    def on_text_area_changed(self) -> None:
        """Keep what is typed, so that nothing ends it."""
        self._keep()

    def on_input_changed(self) -> None:
        """Keep what is typed, so that nothing ends it."""
        self._keep()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter goes on to the next field."""
        self.focus_next()

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field."""
        self.focus_next()

    async def on_key(self, event: events.Key) -> None:
        """On a list of choices one key picks or moves; several of one read, and all after them, go to the text in order."""
        if not self.AREA:
            return
        if not isinstance(self.focused, ChoiceList):
            self._take_late(event)
            return
        if self._to_text:
            area = self.query_one(f"#{self.AREA}", TextArea)
            await act_at_once(area, event)
            if event.character and event.is_printable:
                area.insert(event.character)
            event.stop()
            event.prevent_default()
            self._focus_later()
            return
        if not (event.character and event.is_printable):
            return
        event.stop()
        event.prevent_default()
        self._waiting += event.character
        if len(self._waiting) > 1:
            self._type_waiting()
        else:
            self._timer = self.set_timer(BURST, self._pick_waiting)

    def _take_late(self, event: events.Key) -> None:
        """Give a letter to the field that has the keyboard now: it was on its way to the one that had it before."""
        field = self.focused
        if event.character and event.is_printable and isinstance(field, TextArea | Input):
            event.stop()
            event.prevent_default()
            field.insert(event.character) if isinstance(field, TextArea) else field.insert_text_at_cursor(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted onto a list of choices goes to the text, whole."""
        if self.AREA and isinstance(self.focused, ChoiceList):
            event.stop()
            self._waiting += event.text
            self._type_waiting()

    def _type_waiting(self) -> None:
        """Send what was typed to the text, and the keyboard with it."""
        if self._timer is not None:
            self._timer.stop()
        text, self._waiting, self._to_text = self._waiting, "", True
        self.query_one(f"#{self.AREA}", TextArea).insert(text)
        self._focus_later()

    def _focus_later(self) -> None:
        """Give the text the keyboard once no more keys come: those on the way to the list are ahead of any that come then."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(BURST, lambda: self._in_order(self._focus_text))

    def _focus_text(self) -> None:
        self.set_focus(self.query_one(f"#{self.AREA}", TextArea))

    def _pick_waiting(self) -> None:
        """Take the one key that was typed: it picks a choice, moves in the list, or begins the text."""
        key, self._waiting, focused = self._waiting, "", self.focused
        if not key or not self.is_current:
            return
        if isinstance(focused, ChoiceList) and self.pick(focused, key):
            return
        self._waiting = key
        if key != " ":
            self._type_waiting()
        self._waiting = ""

    def pick(self, choices: ChoiceList, key: str) -> bool:
        """Take a key that was typed on a list of choices; returns whether it means anything there."""
        return choices.pick(key)

    def on_descendant_focus(self) -> None:
        """Once the keyboard is in another field, a list of choices picks again."""
        self._to_text = self._to_text and isinstance(self.focused, ChoiceList)

    def on_resize(self) -> None:
        """Keep the field in sight that has the keyboard."""
        if self.focused is not None:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def after_what_was_typed(self, act: Callable[[], None]) -> None:
        """Do something once the keys that were typed before have reached their field: the keys of a form overtake them."""
        way = [] if self.focused is None else [*self.focused.ancestors_with_self][: self.focused.ancestors_with_self.index(self) + 1]

        def step() -> None:
            if way:
                way.pop(0).call_later(step)
            else:
                self._take_waiting()
                act()

        step()

    def _take_waiting(self) -> None:
        """Take at once the one key that was typed a moment ago: what comes now is about what it picks."""
        if self._timer is not None:
            self._timer.stop()
        if self._waiting:
            self._pick_waiting()

    def action_next_field(self, direction: int) -> None:
        """Go to the next or previous field; from a list of choices once the letter that was typed there has picked."""
        if isinstance(self.focused, ChoiceList):
            self._in_order(lambda: self._go_on(direction))
        else:
            self._go_on(direction)

    def _in_order(self, act: Callable[[], None]) -> None:
        """Move the keyboard once all that was typed before has arrived; what is typed meanwhile waits, and comes after it."""
        app = self.app
        holds = isinstance(app, TypeAhead) and app.hold_keys()

        def move() -> None:
            act()
            if holds and isinstance(app, TypeAhead):
                app.call_later(app.give_keys)

        self.after_what_was_typed(move)

    def _go_on(self, direction: int) -> None:
        if direction > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_editor(self) -> None:
        """Open the text in the user's editor and take over what it makes of it."""
        self.after_what_was_typed(self._edit)

    def _edit(self) -> None:
        if not self.AREA:
            self.show_line("problem", "this form has no text to edit")
            return
        area = self.query_one(f"#{self.AREA}", TextArea)
        try:
            changed = edit(self.app, area.text)
        except TriageError as error:
            self.show_line("problem", str(error))
            return
        if changed is not None:
            area.text = changed.rstrip("\n")
            area.move_cursor(area.document.end)
        self.show_line("problem", "" if changed is not None else "the editor changed nothing")

    def action_save(self) -> None:
        """Return what the form says, if it says enough."""
        self.after_what_was_typed(self.save)

    def save(self) -> None:
        """Return what the form says now, or say what it lacks."""
        if not self.is_current:
            return
        values = self.values()
        if lacks := self.missing(values):
            field, words = lacks
            self.refused = True
            self.show_line("problem", words)
            self.query_one(f"#{field}").focus()
            return
        self.dismiss(values)

    def action_cancel(self) -> None:
        """Leave; what was typed is kept."""
        if self.is_current:
            self.dismiss(None)
