# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form that asks others for a second opinion: whom, about what, the question, by when."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, Input, OptionList, Static, TextArea

from triage.model.errors import TriageError
from triage.model.text import safe
from triage.opinion.drafts import draft_key
from triage.opinion.give import due_day
from triage.opinion.record import is_address
from tui.inputs import RequestInput
from tui.render import literal
from tui.screens.form import Form, title
from tui.screens.opinion import abouts, first_about
from tui.session import Session
from tui.views import Subject
from tui.widgets.choice_list import ChoiceList
from tui.widgets.fields import Area, Field


class AskForm(Form[RequestInput]):
    """Returns what to ask, or None."""

    AUTO_FOCUS = "#people"
    AREA = "question"
    KEPT = ("question", "people", "due")

    def __init__(self, session: Session, subject: Subject) -> None:
        super().__init__(session, draft_key(subject.view.line.message_id, what="ask"))
        self.subject = subject
        self.abouts = abouts(subject)

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        first = first_about(self.subject, self.abouts, explicit_line=True)
        with Vertical(id="form"):
            yield title("Ask for a second opinion: reviewers' addresses, separated by spaces")
            yield Field(id="people", compact=True, select_on_focus=False)
            yield Static("", id="known", markup=False)
            yield title("About")
            yield ChoiceList([one.label for one in self.abouts], first, id="about")
            yield title("Question (needed)")
            yield Area(id="question", compact=True, tab_behavior="focus", show_line_numbers=False)
            yield title("By when: 3d, or a day as YYYY-MM-DD; empty for no date")
            yield Field(id="due", compact=True, select_on_focus=False)
            yield Static(literal(safe("Nothing is sent by mail: U in the list, or `triage opinion sync`, brings it to them")), markup=False)
            yield Static(literal(safe(self.session.first_record())), classes="first-record", markup=False)
            yield Static("", id="command", markup=False)
            yield Static("", id="problem", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Fill in what was typed before, and whom one might ask."""
        kept = self.kept()
        people = kept.get("people", "")
        self.query_one("#people", Input).value = people if isinstance(people, str) else " ".join(people)
        self.query_one("#due", Input).value = kept.get("due", "3d")
        area = self.query_one("#question", TextArea)
        area.text = kept.get("question", "")
        area.move_cursor(area.document.end)
        known = ", ".join(self.session.reviewers()[:3])
        self.show_line("known", f"who gave opinions here: {known}" if known else "nobody else gave opinions here yet")
        self.refresh_command()

    def values(self) -> RequestInput:
        """Return what the form says now."""
        about = self.abouts[self.query_one("#about", ChoiceList).chosen]
        people = tuple(self.typed("people").replace(",", " ").split())
        return RequestInput(about.name, about.finding, about.line, people, self.typed("question"), self.typed("due"))

    def command(self) -> list[str]:
        """Return `triage opinion ask …`."""
        values = self.values()
        words = ["triage", "opinion", "ask", values.name, *values.people]
        words += ["--finding", values.finding] if values.finding else []
        words += ["--line", str(values.line)] if values.line else []
        words += ["--due", values.due] if values.due else []
        return [*words, "-m", values.question]

    def missing(self, values: RequestInput) -> tuple[str, str] | None:
        """Somebody must be asked something, by a day to come."""
        for field, words in (("people", "name the address of somebody to ask"), ("question", "say what you want to know")):
            if not getattr(values, field):
                return field, words
        strange = next((one for one in values.people if not is_address(one)), None)
        if strange:
            return "people", f"{strange} is not an address: write name@example.org"
        try:
            due_day(values.due)
        except TriageError as error:
            return "due", str(error)
        return None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Follow the choice."""
        self.refresh_command()
