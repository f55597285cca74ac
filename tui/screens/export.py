# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form for a report: of what, in which format, into which file; its preview is the report's own first lines."""

import os
import re
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, Input, OptionList, Static
from textual.worker import get_current_worker

from triage.files import check_writable, typed_path
from triage.model.errors import TriageError
from triage.model.text import Shown, fit, safe_lines
from tui.inputs import ReportInput
from tui.render import block
from tui.screens.form import Form, title
from tui.session import Session
from tui.widgets.choice_list import ChoiceList
from tui.widgets.fields import Field

FORMATS = (
    ("md", "Markdown"), ("html", "HTML, one file, no scripts"), ("json", "JSON"), ("csv", "CSV, a row a finding"),
    ("mbox", "reply drafts to contributors, as an mbox"), ("digest", "a mail of what waits for a second opinion"),
)  # fmt: skip
SUFFIXES = {"mbox": ".mbox", "digest": ".eml"}
PEOPLE = ("people as they are named", "pseudonyms for people and mails")
EXISTING = ("take the next free name", "overwrite it")


def free_name(path: Path) -> Path:
    """Return `path`, or with a number before its suffix the first such name that is free."""
    found, number = path, 2
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found


def file_name(title: str) -> str:
    """Return a file name for a report, of nothing but small letters, digits and hyphens."""
    word = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    return f"review-{word or 'report'}"


class ExportForm(Form[ReportInput]):
    """Returns what to write where, or None."""

    AUTO_FOCUS = "#what"

    def __init__(self, session: Session, choices: list[tuple[str, str, list[str]]]) -> None:
        super().__init__(session, "")
        self.choices = choices
        title = choices[0][0].partition(": ")[2]
        self.base = Path.cwd() / file_name(title)
        self._named = ""

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form"):
            yield title("Export a report of")
            yield ChoiceList([name for name, _, _ in self.choices], 0, id="what")
            yield title("As")
            yield ChoiceList([label for _, label in FORMATS], 0, id="format")
            yield title("People")
            yield ChoiceList(PEOPLE, 0, id="people")
            yield title("Posted in, such as 2026-Q2, 2026-05 or 2026; empty: at any time")
            yield Field(id="period", compact=True, select_on_focus=False)
            yield title("To the file")
            yield Field(id="path", compact=True, select_on_focus=False)
            yield ChoiceList(EXISTING, 0, id="existing")
            yield Static("", id="sample", markup=False)
            yield Static("", id="command", markup=False)
            yield Static("", id="problem", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Propose a name."""
        self._propose()

    def _propose(self) -> None:
        field = self.query_one("#path", Input)
        if field.value == self._named:
            form = FORMATS[self.query_one("#format", ChoiceList).chosen][0]
            self._named = str(self.base.with_suffix(SUFFIXES.get(form, f".{form}")))
            field.value = self._named
        self.query_one("#existing").display = os.path.exists(typed_path(field.value))
        self.refresh_command()

    def values(self) -> ReportInput:
        """Return what the form says now."""
        _, limit, names = self.choices[self.query_one("#what", ChoiceList).chosen]
        path = typed_path(self.typed("path") or ".")
        if os.path.exists(path) and not os.path.isdir(path) and not self.query_one("#existing", ChoiceList).chosen:
            path = free_name(path)
        form = FORMATS[self.query_one("#format", ChoiceList).chosen][0]
        redact = bool(self.query_one("#people", ChoiceList).chosen)
        return ReportInput(limit, tuple(names), form, path, self.typed("period"), redact)

    def command(self) -> list[str]:
        """Return `triage report …`."""
        values = self.values()
        chosen = [*(["--period", values.period] if values.period else []), *["--redact"] * values.redact]
        return ["triage", "report", values.limit, *chosen, "--format", values.form, "-o", str(values.path)]

    def missing(self, values: ReportInput) -> tuple[str, str] | None:
        """The period must be one, and the file one that can be written."""
        try:
            self.session.report(values, check=True)
        except TriageError as error:
            return ("people" if values.redact and not values.period else "period"), str(error)
        try:
            check_writable(values.path)
        except TriageError as error:
            return "path", str(error)
        return None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Follow the choice."""
        if event.option_list.id in {"what", "format", "people"}:
            self._propose()
            self.preview(self.values())
        self.refresh_command()

    def on_input_changed(self) -> None:
        """Say which file it would be, and whether it is there already."""
        self.show_line("problem", "")
        self._propose()

    @on(Input.Changed, "#period")
    def period_changed(self) -> None:
        """Show the report of the other period."""
        self.preview(self.values())

    @work(thread=True, exclusive=True, group="sample", exit_on_error=False)
    def preview(self, values: ReportInput) -> None:
        """Show the report's own first lines."""
        try:
            text = self.session.report(values)
        except TriageError as error:
            text = str(error)
        lines = [fit(line, 72) for line in safe_lines(text[:4000]) if line.strip()][:6]
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_sample, lines)

    def _show_sample(self, lines: list[Shown]) -> None:
        if self.is_mounted:
            self.query_one("#sample", Static).update(block(lines))
