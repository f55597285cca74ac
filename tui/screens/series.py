# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One series: its mails, the text of one with findings in their places, and opinions on them."""

from contextlib import suppress

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Footer, Static

from triage.model import State, version_label
from triage.model.errors import TriageError
from tui.glyphs import glyphs
from tui.keys import bindings
from tui.pages import side_lines
from tui.render import ViewLine, block, text_lines
from tui.screens.searching import SearchingScreen
from tui.screens.subject import SubjectScreen
from tui.session import Session
from tui.views import SeriesView, Subject
from tui.widgets.mail_list import MailList
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList


class SeriesScreen(SearchingScreen, SubjectScreen):
    """The mails of a series above or beside the text of the chosen one."""

    BINDINGS = bindings("series")
    AUTO_FOCUS = "#text"

    def __init__(self, session: Session, view: SeriesView, finding: str = "") -> None:
        super().__init__(session)
        self.view = view
        self.first = finding
        self._shown = -1
        self._wanted: tuple[str, bool] | None = None
        """The finding to go to once its mail is there, and whether the last one will do where it is not."""

    def compose(self) -> ComposeResult:
        """Lay out title, mails, text and footer."""
        yield Static("", id="title", markup=False)
        with Container(id="body"):
            with Vertical(id="side"):
                yield MailList(id="mails")
                yield Static("", id="about", markup=False)
            yield Static("", id="rule", markup=False)
            yield TextView(id="text")
        yield Static("", id="status", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the mail with the gravest finding first, or with the one that was asked for."""
        self.put("#rule", "-" * 400)
        self.mails().show(self.view.mails, list(self.view.findings), self.view.line.total)
        wanted = next((f for f in self.view.findings if f.id == self.first), None)
        wanted = wanted or next((f for f in self.view.findings if f.is_open), None)
        if wanted:
            self.mails().cursor = self._row_of(wanted.message_id)
        self._shown = self.mails().cursor
        self.show_mail(finding=wanted.id if wanted else "")

    def _row_of(self, message_id: str) -> int:
        ids = [str(mail.message.message_id) for mail in self.view.mails]
        return ids.index(message_id) if message_id in ids else 0

    def subject(self) -> Subject | None:
        """Return the series, and the mail, line and finding at the cursor."""
        text = self.target()
        if not self.view.mails:
            return Subject(self.view)
        at = text.lines[text.line] if text.lines else None
        mail = self.view.mails[self.mails().cursor]
        return Subject(self.view, at.finding, mail, at.number, at.text.strip()[:60]) if at else Subject(self.view, "", mail)

    def mails(self) -> MailList:
        """Return the list of mails."""
        return self.query_one("#mails", MailList)

    def target(self) -> TextView:
        """Return the text, which the movement keys move."""
        return self.query_one("#text", TextView)

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Show the mail that was chosen."""
        if event.row != self._shown:
            self.show_mail()

    def on_resize(self) -> None:
        """Wrap the findings again."""
        self.call_after_refresh(self.show_mail)

    def go_to_finding(self, finding: str) -> None:
        """Show a finding in its place."""
        item = next((f for f in self.view.findings if f.id == finding), None)
        if item:
            self._shown = row = self._row_of(item.message_id)
            self.mails().cursor = row
            self.show_mail(finding=finding)

    def show_mail(self, finding: str = "", last: bool = False) -> None:
        """Show the chosen mail; the cursor goes to a finding, else the first or last one; where none is wanted it stays in its line."""
        if finding:
            self._wanted = (finding, last)
        if self.view.mails and self.is_mounted:
            self._read_mail()

    @work(exclusive=True, group="mail")
    async def _read_mail(self) -> None:
        """Read the mail off the UI thread; one that was overtaken by another shows nothing, and leaves what is wanted to that one."""
        at = self.mails().cursor
        same, self._shown = at == self._shown, at
        stored, text, view, session = self.view.mails[at], self.target(), self.view, self.session
        cells = text.size.width or 80

        def read() -> list[ViewLine]:
            return text_lines(stored, session.text_or_why(stored), list(view.findings), session.voices(view), cells, at == 0)

        lines = await self.off_thread("reading", read)
        if lines is None:
            return
        text.show(lines, text.line if same else 0, keep=same)
        starts = {text.lines[row].finding: row for row in reversed(text.finding_starts())}
        if self._wanted and starts:
            finding, last = self._wanted
            text.jump(starts[finding] if finding in starts else max(starts.values()) if last else min(starts.values()))
        self._wanted = None
        self.refresh_status()

    def refresh_status(self) -> None:
        """Show what series this is, where the cursor stands, and what goes on."""
        line = self.view.line
        flags = " ".join(f"{mark}{count}" for name, mark in glyphs().marks.items() if (count := getattr(line, name)))
        versions = (
            f"  {version_label(line.version, bool(line.rfc))}, {len(self.view.versions)} versions here (V)"
            if len(self.view.versions) > 1
            else ""
        )
        doubt = "ambiguous: see `triage show --why`  " if '"ambiguous"' in line.notes else ""
        self.put("#title", f" triage  {doubt}{line.subject}   {flags}{versions}")
        text = self.target()
        tools = f"   AI: {', '.join(tool.strip('/') for tool in line.tools.split())}" if line.tools else ""
        search = f"   search: {self.needle}" if self.needle else ""
        where = f"mail {self.mails().cursor + 1}/{len(self.view.mails)}   line {text.line + 1}/{len(text.lines)}{tools}{search}"
        self.put("#status", f" {self.working or where}")
        about = self.query_one("#about", Static)
        if about.display:
            cells = max(20, about.size.width)
            about.update(block(side_lines(self.view, self.session.voices(self.view), text.finding, cells)))

    def action_list_move(self, rows: int) -> None:
        """Move in the text."""
        super().action_list_move(rows)
        self.refresh_status()

    def action_list_page(self, direction: int) -> None:
        """Page in the text."""
        super().action_list_page(direction)
        self.refresh_status()

    def action_list_end(self, last: int) -> None:
        """Go to an end of the text."""
        super().action_list_end(last)
        self.refresh_status()

    def action_patch(self, direction: int) -> None:
        """Show the next or previous mail."""
        self.mails().move(direction)

    def action_finding(self, direction: int) -> None:
        """Go to the next or previous finding, in the next mail if this one has no more."""
        if self.target().jump_finding(direction):
            self.refresh_status()
            return
        flagged = {f.message_id for f in self.view.findings}
        at = self.mails().cursor
        rows = [i for i, mail in enumerate(self.view.mails) if mail.message.message_id in flagged and (i - at) * direction > 0]
        if not rows:
            self.say("no further finding in this series")
            return
        self._shown = row = rows[0] if direction > 0 else rows[-1]
        self.mails().cursor = row
        self.show_mail(finding="any", last=direction < 0)

    def action_skip_quoted(self) -> None:
        """Go past the quoted text at or below the cursor."""
        text = self.target()
        quoted = [i for i, line in enumerate(text.lines) if line.look == "quote" and i >= text.line]
        after = next((i for i in range(quoted[0], len(text.lines)) if text.lines[i].look != "quote"), None) if quoted else None
        if after is None:
            self.say("no quoted text below")
            return
        text.jump(after)
        self.refresh_status()

    def action_wide(self) -> None:
        """Show the text alone, or beside the list of mails."""
        side = self.query_one("#side")
        side.display = not side.display
        self.call_after_refresh(self.show_mail)

    def action_hunk(self, direction: int) -> None:
        """Go to the next or previous hunk."""
        self.target().jump_hunk(direction)
        self.refresh_status()

    def action_done(self) -> None:
        """Mark the series done and leave it."""
        try:
            self.session.act([self.view.line.message_id], State.DONE)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.dismiss()

    def on_screen_resume(self) -> None:
        """Come back with what was said meanwhile on a page above."""
        with suppress(TriageError):
            now = self.session.view(self.view.line.message_id)
            if self.is_mounted and (now.findings, now.said) != (self.view.findings, self.view.said):
                self.show_again()

    def show_again(self) -> None:
        """Show the series as it stands now; the cursor stays in its line."""
        try:
            self.view = self.session.view(self.view.line.message_id)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.mails().show(self.view.mails, list(self.view.findings), self.view.line.total)
        self.show_mail()
