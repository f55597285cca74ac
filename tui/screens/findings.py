# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings of a series: each with its evidence, the rule in force, what it cannot see, and who said what."""

from textual import work
from textual.app import ComposeResult
from textual.containers import Container

from triage.model.errors import TriageError
from triage.model.listed import ListedFinding
from tui.keys import bindings
from tui.lines import piece
from tui.navigation import Go
from tui.pages import FINDING_HEAD, finding_lines, finding_row
from tui.screens.subject import SubjectScreen
from tui.session import Session
from tui.views import SeriesView, Subject
from tui.widgets.keybar import KeyBar
from tui.widgets.painted import Bar, Rule
from tui.widgets.rows import Rows
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList


class FindingsScreen(SubjectScreen):
    """The list of findings over, or beside, all that is known of the one under the cursor."""

    BINDINGS = bindings("findings")
    AUTO_FOCUS = "#findings"

    def __init__(self, session: Session, view: SeriesView, finding: str) -> None:
        super().__init__(session)
        self.view = view
        self.first = finding

    def compose(self) -> ComposeResult:
        """Lay out title, list, text and footer."""
        yield Bar(id="title")
        yield Bar(id="head")
        with Container(id="body"):
            yield Rows(lambda row, cells, cursor: finding_row(row, self.view.line.total, cells, cursor), id="findings")
            yield Rule(id="rule")
            yield TextView(id="text")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the findings, the one that was asked for under the cursor."""
        ids = [item.id for item in self.view.findings]
        self.put("#head", FINDING_HEAD)
        self.rows().show(self.view.findings, ids.index(self.first) if self.first in ids else 0)
        self.show_finding()

    def rows(self) -> Rows[ListedFinding]:
        """Return the list of findings."""
        return self.query_one("#findings", Rows)

    def target(self) -> VirtualList | TextView:
        """Return the pane that has the keyboard."""
        text = self.query_one("#text", TextView)
        return text if text.has_focus else self.rows()

    def subject(self) -> Subject | None:
        """Return the finding under the cursor, and the line it rests on."""
        item = self.rows().current
        if item is None:
            return Subject(self.view)
        mail = next((mail for mail in self.view.mails if mail.message.message_id == item.message_id), None)
        return Subject(self.view, item.id, mail, item.line if mail else None, item.quote)

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Show the finding under the cursor."""
        self.show_finding()

    def on_resize(self) -> None:
        """Wrap again."""
        self.call_after_refresh(self.show_finding)

    @work(exclusive=True, group="finding")
    async def show_finding(self) -> None:
        """Show all that is known of the finding under the cursor; its mail is read off the UI thread."""
        item = self.rows().current
        if item is None or not self.is_mounted:
            return
        mail = next((mail for mail in self.view.mails if mail.message.message_id == item.message_id), None)
        text = (await self.off_thread("reading", lambda: self.session.text_or_why(mail)) or "") if mail and item.line else ""
        if self.left():
            return
        pane = self.query_one("#text", TextView)
        rule = self.session.rule(item, mail.message.posted if mail else self.view.line.posted)
        pane.show(finding_lines(item, rule, text, self.session.voices(self.view), self.view.line.total, pane.size.width or 80))
        self.refresh_status()

    def refresh_status(self) -> None:
        """Say how many are open, and what goes on."""
        count = sum(item.is_open for item in self.view.findings)
        self.put("#title", f" triage  findings: {self.view.line.subject}   {count} open of {len(self.view.findings)}")
        where = f"finding {self.rows().cursor + 1}/{len(self.view.findings)}   Tab: the text {'beside' if self.wide else 'below'}"
        self.put_line("#status", *(self.said_pieces() or [piece(f" {self.working or where}", "muted")]))

    def show_again(self) -> None:
        """Show the findings as they stand now."""
        try:
            self.view = self.session.view(self.view.line.message_id)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.rows().show(self.view.findings, self.rows().cursor)
        self.show_finding()

    def action_pane(self) -> None:
        """Go to the text, or back to the list."""
        text = self.query_one("#text", TextView)
        (self.rows() if text.has_focus else text).focus()

    def action_jump(self) -> None:
        """Show the evidence in its place in the mail."""
        if (item := self.rows().current) is not None:
            self.post_message(Go("evidence", self.view, item.id))
