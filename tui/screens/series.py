# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One series: its mails, the text of one with findings in their places, and opinions on them."""

from collections.abc import Callable
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Footer, Static
from textual.worker import WorkerFailed

from triage.errors import TriageError
from triage.giving import SAID, question_key
from triage.model import State
from triage.opinion.record import NEEDS_REASON
from triage.output import MARKS
from tui.keys import bindings
from tui.render import OPEN, Voices, text_lines
from tui.screens.ask import AskForm
from tui.screens.base import BaseScreen
from tui.screens.opinion import OpinionForm
from tui.screens.prompt import Prompt
from tui.session import SeriesView, Session
from tui.widgets.mail_list import MailList
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList


class SeriesScreen(BaseScreen):
    """The mails of a series above or beside the text of the chosen one."""

    BINDINGS = bindings("series")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, session: Session, view: SeriesView) -> None:
        super().__init__(session)
        self.view = view
        self.needle = ""
        self._shown = -1

    def compose(self) -> ComposeResult:
        """Lay out title, mails, text and footer."""
        yield Static("", id="title", markup=False)
        with Container(id="body"):
            yield MailList(id="mails")
            yield Static("", id="rule", markup=False)
            yield TextView(id="text")
        yield Static("", id="status", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the mail with the gravest finding first."""
        mails = self.mails()
        mails.styles.max_height = None
        mails.show(self.view.mails, list(self.view.findings), self.view.line.total)
        wanted = next((f["message_id"] for f in self.view.findings if f["status"] in OPEN), "")
        ids = [str(mail.message.message_id) for mail in self.view.mails]
        mails.cursor = ids.index(wanted) if wanted in ids else 0
        self.target().focus()
        self.call_after_refresh(self._show_mail, True)

    def mails(self) -> MailList:
        """Return the list of mails."""
        return self.query_one("#mails", MailList)

    def target(self) -> TextView:
        """Return the text, which the movement keys move."""
        return self.query_one("#text", TextView)

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Show the mail that was chosen."""
        if event.row != self._shown:
            self._show_mail()

    def on_resize(self) -> None:
        """Wrap the findings anew."""
        self.call_after_refresh(self._show_mail)

    def _show_mail(self, to_finding: bool = False) -> None:
        if not self.view.mails:
            return
        at = self.mails().cursor
        same = at == self._shown
        self._shown = at
        stored = self.view.mails[at]
        text = self.target()
        try:
            content = self.session.text(stored)
        except TriageError as error:
            content = str(error)
        place = text.line if same else 0
        view = self.view
        voices = Voices(self.session.me(), view.line.fingerprint, view.said, view.reviews, view.seen)
        text.show(text_lines(stored, content, list(view.findings), voices, text.size.width or 80, at == 0), place)
        if to_finding:
            text.jump_finding(1)
        self._refresh_lines()

    def _refresh_lines(self) -> None:
        line = self.view.line
        flags = " ".join(f"{mark}{count}" for name, mark in MARKS.items() if (count := getattr(line, name)))
        versions = f"  v{line.version}, {len(self.view.versions)} versions here" if len(self.view.versions) > 1 else ""
        doubt = "ambiguous: see `triage show --why`  " if '"ambiguous"' in line.notes else ""
        self.put("#title", f" triage  {doubt}{line.subject}   {flags}{versions}")
        self.put("#rule", "-" * 400)
        text = self.target()
        tools = f"   AI: {', '.join(tool.strip('/') for tool in line.tools.split())}" if line.tools else ""
        search = f"   search: {self.needle}" if self.needle else ""
        self.put(
            "#status", f" mail {self.mails().cursor + 1}/{len(self.view.mails)}   line {text.line + 1}/{len(text.lines)}{tools}{search}"
        )

    def action_list_move(self, rows: int) -> None:
        """Move in the text."""
        super().action_list_move(rows)
        self._refresh_lines()

    def action_list_page(self, direction: int) -> None:
        """Page in the text."""
        super().action_list_page(direction)
        self._refresh_lines()

    def action_list_end(self, last: int) -> None:
        """Go to an end of the text."""
        super().action_list_end(last)
        self._refresh_lines()

    def action_patch(self, direction: int) -> None:
        """Show the next or previous mail."""
        self.mails().move(direction)

    def action_finding(self, direction: int) -> None:
        """Go to the next or previous finding, in the next mail if this one has no more."""
        if self.target().jump_finding(direction):
            self._refresh_lines()
            return
        flagged = {f["message_id"] for f in self.view.findings}
        at = self.mails().cursor
        rows = [i for i, mail in enumerate(self.view.mails) if mail.message.message_id in flagged and (i - at) * direction > 0]
        if not rows:
            self.say("no further flag in this series")
            return
        self.mails().cursor = rows[0] if direction > 0 else rows[-1]
        self._show_mail()
        starts = self.target().finding_starts()
        if starts:
            self.target().go(starts[0] if direction > 0 else starts[-1])
        self._refresh_lines()

    def action_hunk(self, direction: int) -> None:
        """Go to the next or previous hunk."""
        self.target().jump_hunk(direction)
        self._refresh_lines()

    @work
    async def action_search(self) -> None:
        """Ask for words and go to the next line that has them."""
        typed = await self.app.push_screen_wait(Prompt("search:", self.needle))
        if typed is not None:
            self.needle = typed
            self.action_search_next(1)

    def action_search_next(self, direction: int) -> None:
        """Go to the next or previous line that has the words."""
        if not self.target().search(self.needle, direction) and self.needle:
            self.say(f"no line has {self.needle!r}")
        self._refresh_lines()

    def action_done(self) -> None:
        """Mark the series done and leave it."""
        try:
            self.session.act([self.view.id], State.DONE)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.dismiss()

    def action_back(self) -> None:
        """Leave the screen."""
        self.dismiss()

    def action_reveal(self) -> None:
        """Show what others said on the flag at the cursor, or on the mail, before the user's own; the record will say so."""
        item = next((f for f in self.view.findings if f["id"] == self.target().finding), None)
        if item:
            questions, said = [question_key(item["target"], item["id"])], item["opinions"]
        else:
            questions, said = [self.view.line.fingerprint, self.view.mails[self.mails().cursor].message.target], list(self.view.said)
        if not any(o["kind"] in SAID and o["reviewer"]["email"].casefold() != self.session.me().casefold() for o in said):
            self.say("nobody else gave an opinion on this")
            return
        try:
            self.session.reveal(questions)
            self.view = self.session.view(self.view.id)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self._show_mail()
        self.say("your opinion will say that you looked at earlier ones first")

    @work
    async def action_opinion(self) -> None:
        """Give an opinion on the finding at the cursor, else on the series."""
        if await ask_opinion(self, self.session, self.view, self.target().finding):
            self._show_again()

    @work
    async def action_ask(self) -> None:
        """Ask others for their opinion on the finding at the cursor, else on the series."""
        if await ask_others(self, self.session, self.view, self.target().finding):
            self._show_again()

    @work
    async def action_decide(self, kind: str) -> None:
        """Decide the flag at the cursor in one key; to dismiss it needs a reason, which is asked for in one line."""
        finding = self.target().finding
        item = next((item for item in self.view.findings if item["id"] == finding), None)
        if item is None:
            self.say("there is no flag at the cursor: . goes to the next one")
            return
        needed = kind in NEEDS_REASON
        typed = await self.app.push_screen_wait(Prompt(f"{kind} {item['code']}, why{'' if needed else ' (may be empty; Esc leaves)'}:"))
        reason = (typed or "").strip()
        if typed is None or (needed and not reason):
            self.say(f"nothing was recorded{': say why' if typed is not None else ''}")
            return
        name = self.view.line.message_id
        if await _record(self, self.session, "", f"{kind}: {item['code']}", lambda: self.session.give(name, kind, finding, reason)):
            self._show_again()

    def _show_again(self) -> None:
        self.view = self.session.view(self.view.id)
        self.mails().show(self.view.mails, list(self.view.findings), self.view.line.total)
        self._show_mail()


async def ask_others(screen: BaseScreen, session: Session, view: SeriesView, finding: str) -> bool:
    """Show the form for a request and record what it gives, off the UI thread; returns whether one was recorded."""
    draft = await _fill_in(screen, AskForm(session, view, finding))
    if draft is None:
        return False
    return await _record(
        screen, session, draft["key"], "request recorded: `triage opinion sync` brings it to them",
        lambda: session.ask(view.line.message_id, draft["people"], draft["question"], draft["finding"], draft["due"]),
    )  # fmt: skip


async def ask_opinion(screen: BaseScreen, session: Session, view: SeriesView, finding: str) -> bool:
    """Show the form and record what it gives, off the UI thread; returns whether an opinion was recorded."""
    draft = await _fill_in(screen, OpinionForm(session, view, finding))
    if draft is None:
        return False
    return await _record(
        screen, session, draft["key"], "opinion recorded; `triage opinion give RECORD withdraw` takes one back",
        lambda: session.give(view.line.message_id, draft["kind"], draft["finding"], draft["reason"], draft["ai_assisted"]),
    )  # fmt: skip


async def _fill_in(screen: BaseScreen, form: AskForm | OpinionForm) -> dict[str, Any] | None:
    """Show a form, one at a time: a key pressed twice opens one."""
    if screen.form_open:
        return None
    screen.form_open = True
    try:
        filled: dict[str, Any] | None = await screen.app.push_screen_wait(form)
    finally:
        screen.form_open = False
    return filled


async def _record(screen: BaseScreen, session: Session, draft: str, done: str, write: Callable[[], str]) -> bool:
    """Write a record off the UI thread and forget its draft; an error is said, and what was typed stays."""
    worker = screen.run_worker(write, thread=True, exclusive=True, group="opinion", exit_on_error=False)
    try:
        await worker.wait()
    except WorkerFailed as failed:
        if not isinstance(failed.error, TriageError):
            raise
        screen.say(f"{failed.error} (what you typed is kept)", error=True)
        return False
    if draft:
        session.keep_draft(draft, "")
    screen.say(done)
    return True
