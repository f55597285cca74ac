# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One series: its mails, the text of one with findings in their places, and opinions on them."""

from collections.abc import Sequence
from contextlib import suppress

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from triage.model import State, version_label
from triage.model.days import UNTIL
from triage.model.errors import TriageError
from triage.model.listed import ListedFinding
from tui.glyphs import glyphs
from tui.keys import bindings
from tui.lines import ViewLine, piece
from tui.mail_text import CLOSED, beginning, findings_within, folded, text_lines
from tui.navigation import Go
from tui.pages import side_lines
from tui.render import tool_names
from tui.screens.searching import SearchingScreen
from tui.screens.subject import SubjectScreen
from tui.session import Session
from tui.thread import Node
from tui.views import SeriesView, Subject
from tui.widgets.keybar import KeyBar
from tui.widgets.mail_list import MailList
from tui.widgets.painted import Bar, Rule
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList

MAIL = "mail text"
"""The group of what reads and lays out the text: only another mail overtakes it."""


class SeriesScreen(SearchingScreen, SubjectScreen):
    """The mails of a series above or beside the text of the chosen one."""

    BINDINGS = bindings("series")
    AUTO_FOCUS = "#text"

    def __init__(self, session: Session, view: SeriesView, finding: str = "", since: int | None = None, mail: str = "") -> None:
        super().__init__(session)
        self.view = view
        self.first = finding
        self.first_mail = mail
        self._shown = -1
        self.since = since
        """When the user last looked before this time, None for never."""
        self._lines: list[ViewLine] = []
        self._mail = ""
        self._turned: dict[str, set[str]] = {}
        """By mail, the blocks that were folded or opened."""
        self._wanted: tuple[str, bool] | None = None
        """The finding to go to once its mail is there, and whether the last one will do where it is not."""

    def compose(self) -> ComposeResult:
        """Lay out title, mails, text and footer."""
        yield Bar(id="title")
        with Container(id="body"):
            with Vertical(id="side"):
                yield MailList(id="mails")
                yield TextView(id="about")
            yield Rule(id="rule")
            yield TextView(id="text")
            yield TextView(id="beside")
        yield Bar(id="hint")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the mail with the gravest finding first, or with the one that was asked for."""
        for pane in ("#about", "#beside"):
            self.query_one(pane).can_focus = False
        self.show_hint()
        mails = self.mails()
        mails.since = self.since
        mails.show(self.view.mails, list(self.view.findings), self.view.line.total)
        wanted = next((f for f in self.view.findings if f.id == self.first), None)
        wanted = wanted or next((f for f in self.view.findings if f.is_open and not self.first_mail), None)
        if wanted or self.first_mail:
            mails.cursor = mails.row_of(wanted.message_id if wanted else self.first_mail)
        self._shown = mails.cursor
        self.show_mail(finding=wanted.id if wanted else "")
        self._read_first_words()

    @work(exclusive=True, group="words")
    async def _read_first_words(self) -> None:
        """Read how replies begin, off the UI thread, and show it in the tree."""
        found = await self.off_thread("", lambda: self.session.first_words(self.view), "first words")
        if found is not None:
            self.mails().tell_first_words(found)

    def subject(self) -> Subject | None:
        """Return the series, and the mail, line and finding at the cursor."""
        text = self.target()
        if not self.view.mails:
            return Subject(self.view)
        at = text.current
        mail = self.mails().current
        if mail and self._mail != mail.message.message_id:
            return Subject(self.view, "", mail)  # its text is not there yet: the cursor stands in another's
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
            self._shown = row = self.mails().row_of(item.message_id)
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
        node, session = self.mails().nodes[at], self.session
        text = await self.off_thread("reading", lambda: session.text_or_why(node.stored), MAIL)
        if text is None:
            return
        start = beginning(text)
        if start != text:  # of a very long mail what fills the screen is there first
            if not await self._lay_out(node, start, findings_within(self.view.findings, start), same):
                return
            same = True
        if await self._lay_out(node, text, self.view.findings, same, whole=True):
            self._wanted = None

    async def _lay_out(self, node: Node, text: str, findings: Sequence[ListedFinding], same: bool, whole: bool = False) -> bool:
        """Lay out a mail, or its beginning, off the UI thread, and show it; the cursor goes to the finding that is wanted.

        Else it stays where it is if it is the `same` mail. Returns whether it is shown.
        """
        stored, view, session, target = node.stored, self.view, self.session, self.target()
        cells, first = target.size.width or 80, stored.row == view.mails[0].row
        lines = await self.off_thread("reading", lambda: text_lines(stored, text, findings, session.voices(view), cells, first), MAIL)
        if lines is None:
            return False
        self._lines, self._mail = lines, stored.message.message_id
        target.show(folded(lines, self._turned.get(self._mail, ())), target.line if same else 0, keep=same)
        starts = {target.lines[row].finding: row for row in reversed(target.finding_starts())}
        if self._wanted and starts:
            finding, last = self._wanted
            if finding in starts:
                self._wanted = None
                target.jump(starts[finding])
            elif whole:
                target.jump(max(starts.values()) if last else min(starts.values()))
        self.refresh_status()
        return True

    def action_fold(self) -> None:
        """Fold the block at the cursor, or show it whole: a quote, the diff of a file, a finding's box."""
        text = self.target()
        at = text.current
        name = (at.opens or at.fold) if at else ""
        if not name:
            self.say("nothing to fold here: a long quote, a file's diff and a finding can be")
            return
        self._turned.setdefault(self._mail, set()).symmetric_difference_update({name})
        self._fold_again(name)

    def action_fold_all(self) -> None:
        """Fold all quotes and diffs of the mail, or show them again."""
        names = {line.fold for line in self._lines if line.fold and not line.fold.startswith(CLOSED)}
        turned = self._turned.setdefault(self._mail, set())
        if names <= turned:
            turned -= names
        else:
            turned |= names
        at = self.target().current
        self._fold_again(at.opens or at.fold if at else "")

    def _fold_again(self, name: str) -> None:
        """Show the mail with what is folded now; the cursor stays at its line, else goes to where its block begins."""
        text = self.target()
        here = text.current
        text.show(folded(self._lines, self._turned.get(self._mail, ())), text.line)
        same = [row for row, line in enumerate(text.lines) if here and line.number == here.number and line.text == here.text]
        start = [row for row, line in enumerate(text.lines) if name and line.opens == name]
        text.go(same[0] if same else start[0] if start else text.line)
        self.refresh_status()

    def refresh_status(self) -> None:
        """Show what series this is, where the cursor stands, and what goes on."""
        line, g = self.view.line, glyphs()
        marks = [piece(f" {mark}{count} ", name) for name, mark in g.marks.items() if (count := getattr(line, name))]
        more = len(self.view.versions)
        versions = [piece(f" {version_label(line.version, bool(line.rfc))}, {more} versions here ", "chip")] if more > 1 else []
        doubt = [piece(" ambiguous: see `triage show --why` ", "warn")] if '"ambiguous"' in line.notes else []
        tools = [piece(f" AI: {tool_names(line)} ", "ai")] if line.tools else []
        self.put_line("#title", piece(" "), piece(line.subject, "title"), piece("  "), *marks, *tools, *versions, *doubt)
        text, mails = self.target(), self.mails()
        search = f"   search: {self.needle}" if self.needle else ""
        where = f"mail {mails.cursor + 1}/{mails.count()}   line {text.line + 1}/{len(text.lines)}{search}" if text.lines else ""
        self.put_line("#status", *(self.said_pieces() or [piece(f" {self.working or where}", "asked" if self.working else "muted")]))
        for pane in self.query("#about, #beside").results(TextView):
            if pane.display and pane.size.width:
                lines = side_lines(self.view, self.session.voices(self.view), text.finding, pane.scrollable_content_region.width)
                pane.show(lines, next((row for row, one in enumerate(lines) if one.text.startswith(g.cursor)), 0))

    def _moving(self) -> VirtualList | TextView:
        """Return the pane that has the keyboard: the mails, else the text."""
        return self.mails() if self.mails().has_focus else self.target()

    def action_list_move(self, rows: int) -> None:
        """Move by lines in the text, or in the mails."""
        self._moving().move(rows)
        self.refresh_status()

    def action_list_page(self, direction: int) -> None:
        """Move by a page."""
        self._moving().page(direction)
        self.refresh_status()

    def action_list_end(self, last: int) -> None:
        """Go to an end."""
        self._moving().end(last)
        self.refresh_status()

    def action_pane(self) -> None:
        """Give the keyboard to the list of mails, or back to the text."""
        (self.query_one("#text") if self.mails().has_focus else self.mails()).focus()

    def action_patch(self, direction: int) -> None:
        """Show the next or previous patch; a reply is left out."""
        rows = range(self.mails().cursor + direction, self.mails().count() if direction > 0 else -1, direction)
        row = next((row for row in rows if self.mails().nodes[row].stored.message.is_member), None)
        if row is None:
            self.say("no further patch")
        else:
            self.mails().cursor = row

    def action_next_reply(self, direction: int, unread: bool = False) -> None:
        """Show the next or previous reply, or the next that came since the user last looked."""
        row = self.mails().next_row(direction, unread)
        if row is None:
            self.say("no further reply" if not unread else "no reply is new since you last looked")
        else:
            self.mails().cursor = row

    def action_finding(self, direction: int) -> None:
        """Go to the next or previous finding, in the next mail if this one has no more."""
        if self.target().jump_finding(direction):
            self.refresh_status()
            return
        flagged = {f.message_id for f in self.view.findings}
        at = self.mails().cursor
        names = [node.stored.message.message_id for node in self.mails().nodes]
        rows = [row for row, name in enumerate(names) if name in flagged and (row - at) * direction > 0]
        if not rows:
            self.say("no further finding in this series")
            return
        self._shown = row = rows[0] if direction > 0 else rows[-1]
        self.mails().cursor = row
        self.show_mail(finding="any", last=direction < 0)

    def action_skip_quoted(self) -> None:
        """Go past the quoted text at or below the cursor."""
        text = self.target()
        quoted = [i for i, line in enumerate(text.lines) if line.text[:1] in {">", "|"} and i >= text.line]
        after = next((i for i in range(quoted[0], len(text.lines)) if text.lines[i].text[:1] not in {">", "|"}), None) if quoted else None
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

    def action_raw(self) -> None:
        """Show the mail as it came."""
        if mail := self.mails().current:
            self.post_message(Go("raw", mail=mail))

    @work
    async def action_next_series(self, direction: int) -> None:
        """Show the next or previous series that needs the user, without going back to the list."""
        found = await self.off_thread("looking", lambda: self.session.beside(self.view.line.message_id, direction), "look")
        if found is not None and found.line.message_id == self.view.line.message_id:
            self.say("no further series needs you")
        elif found is not None:
            self.post_message(Go("series", found))

    @work
    async def action_snooze(self) -> None:
        """Put the series away until a time, and leave it."""
        typed = await self.ask_line(f"until ({UNTIL}):", "3d", self.session.check_until, fresh=True)
        if typed is None:
            return
        try:
            self.session.snooze([self.view.line.message_id], typed)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.say(f"away until {self.session.until(typed)} - z takes it back")
        self.dismiss()

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
