# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form for a reply: its text, begun with the project's words or what is quoted; a file, never sent."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, Static, TextArea

from tui.inputs import ReplyInput
from tui.screens.form import Form, title
from tui.session import Session
from tui.views import Subject
from tui.widgets.fields import Area


class ReplyForm(Form[ReplyInput]):
    """Returns the reply, or None."""

    AUTO_FOCUS = "#body"
    AREA = "body"
    KEPT = ("body",)

    def __init__(self, session: Session, subject: Subject, start: str) -> None:
        super().__init__(session, f"reply:{subject.name}")
        self.subject = subject
        self.start = start

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        subject = self.subject.mail.message.raw_subject if self.subject.mail else self.subject.view.line.subject
        with Vertical(id="form"):
            yield title(f"Reply to: {subject}")
            yield Area(id="body", compact=True, tab_behavior="focus", show_line_numbers=False)
            yield Static("", id="who", markup=False)
            yield Static("", id="command", markup=False)
            yield Static("", id="problem", markup=False)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Take up what was typed before, else the beginning."""
        kept = self.kept().get("body", "")
        area = self.query_one("#body", TextArea)
        area.text = kept or self.start
        area.move_cursor(area.document.end)
        again = "as you left it; " if kept else ""
        self.show_line("who", f"{again}As {self.session.me() or 'nobody: git does not know who you are'}, to its sender, others in Cc")
        self.refresh_command()

    def values(self) -> ReplyInput:
        """Return what the form says now; what was not changed is not kept."""
        body = self.query_one("#body", TextArea).text
        return ReplyInput("" if body == self.start else body)

    def command(self) -> list[str]:
        """Return how the file is sent, by hand."""
        return ["git", "send-email", "--confirm=always", "FILE"]

    def refresh_command(self) -> None:
        """Say what becomes of it."""
        self.show_line("command", f"^Y writes a file and says where; nothing is sent. By hand: {' '.join(self.command())}")

    def missing(self, values: ReplyInput) -> tuple[str, str] | None:
        """An untouched beginning that only quotes is not a reply; the project's own words are."""
        text = self.query_one("#body", TextArea).text
        own = [line for line in text.splitlines()[1:] if line.strip() and not line.startswith(">")]
        return None if own else ("body", "say something below what is quoted")

    def save(self) -> None:
        """Return the whole text."""
        if not self.is_current:
            return
        if lacks := self.missing(self.values()):
            self.show_line("problem", lacks[1])
            return
        self.dismiss(ReplyInput(self.query_one("#body", TextArea).text.rstrip() + "\n"))
