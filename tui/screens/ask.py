# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form that asks others for a second opinion: whom, about what, the question, by when; what is typed is kept until it is saved."""

import json
import shlex
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from triage.output import MARKS
from triage.text import safe
from tui.keys import bindings
from tui.render import literal
from tui.screens.opinion import choice
from tui.session import SeriesView, Session

FIELDS = ("people", "question", "due")


class AskForm(ModalScreen[dict[str, Any] | None]):
    """Returns what to ask, or None."""

    BINDINGS = bindings("ask")
    AUTO_FOCUS = "#people"

    def __init__(self, session: Session, view: SeriesView, finding: str) -> None:
        super().__init__()
        self.session = session
        self.view = view
        self.abouts = [("", "the whole series")]
        for item in view.findings:
            where = f"{item['n']}/{view.line.total} " if item["n"] is not None else ""
            self.abouts.append((item["id"], f"{MARKS[item['severity']]} {item['code']} {item['name']}  {where}"))
        self.chosen = finding

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form"):
            yield Static(literal(safe("Ask for a second opinion")), classes="form-title", markup=False)
            yield Static(literal(safe("Whom, by address, with blanks between")), markup=False)
            yield Input(id="people", compact=True)
            yield Static("", id="known", markup=False)
            yield OptionList(*(Option(choice(label, False)) for _, label in self.abouts), id="about", compact=True)
            yield Static(literal(safe("Question")), classes="form-title", markup=False)
            yield TextArea(id="question", compact=True, tab_behavior="focus", show_line_numbers=False)
            yield Static(literal(safe("By, as 3d or 2026-12-01; empty for no date")), markup=False)
            yield Input(id="due", compact=True)
            yield Static("", id="command", markup=False)
            yield Static("", id="problem", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    @property
    def draft_key(self) -> str:
        """Where what is typed is kept."""
        return f"ask:{self.view.line.message_id}"

    def on_mount(self) -> None:
        """Fill in what was typed before, and whom one might ask."""
        saved = self.session.draft(self.draft_key)
        kept: dict[str, Any] = json.loads(saved) if saved else {}
        self.query_one("#people", Input).value = kept.get("people", "")
        self.query_one("#due", Input).value = kept.get("due", "3d")
        self.query_one("#question", TextArea).text = kept.get("question", "")
        about = self.query_one("#about", OptionList)
        ids = [item for item, _ in self.abouts]
        about.highlighted = ids.index(self.chosen) if self.chosen in ids else 0
        known = ", ".join(self.session.reviewers()[:3])
        self.query_one("#known", Static).update(literal(safe(f"who gave opinions here: {known}" if known else "")))
        self._refresh_command()

    def values(self) -> dict[str, Any]:
        """Return what the form says now."""
        return {
            "people": tuple(self.query_one("#people", Input).value.replace(",", " ").split()), "key": self.draft_key,
            "finding": self.abouts[self.query_one("#about", OptionList).highlighted or 0][0],
            "question": self.query_one("#question", TextArea).text.strip(), "due": self.query_one("#due", Input).value.strip(),
        }  # fmt: skip

    def _refresh_command(self) -> None:
        values = self.values()
        words = ["triage", "opinion", "ask", self.view.line.message_id, *values["people"]]
        words += ["--finding", values["finding"]] if values["finding"] else []
        words += ["--due", values["due"]] if values["due"] else []
        words += ["-m", values["question"]]
        self.query_one("#command", Static).update(literal(safe("same as: " + shlex.join(words))))

    def _keep(self) -> None:
        values = self.values() | {"people": self.query_one("#people", Input).value}
        if values["question"] or values["people"]:
            self.session.keep_draft(self.draft_key, json.dumps({name: values[name] for name in FIELDS}))
        self._refresh_command()

    def on_text_area_changed(self) -> None:
        """Keep what is typed, so that nothing ends it."""
        self._keep()

    def on_input_changed(self) -> None:
        """Keep what is typed, so that nothing ends it."""
        self._keep()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Follow the choice, shown as a character."""
        for index, (_, label) in enumerate(self.abouts):
            event.option_list.replace_option_prompt_at_index(index, choice(label, index == event.option_list.highlighted))
        self._refresh_command()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter goes on to the next field."""
        self.focus_next()

    def action_save(self) -> None:
        """Return the request, if it says enough."""
        values = self.values()
        for field, words in (("people", "name the address of somebody to ask"), ("question", "say what you want to know")):
            if not values[field]:
                self.query_one("#problem", Static).update(literal(safe(words)))
                self.query_one(f"#{field}").focus()
                return
        self.dismiss(values)

    def action_cancel(self) -> None:
        """Leave; what was typed is kept."""
        self.dismiss(None)
