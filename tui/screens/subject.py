# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with a series wherever one stands on it: opinions, requests, decisions, replies, reports, hand-over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import SuspendNotSupported

from triage.model.errors import LockedError, TriageError, UsageError
from triage.model.text import safe
from triage.model.verdicts import NEEDS_REASON, SAID
from tui.navigation import Go
from tui.screens.base import BaseScreen, Result
from tui.typeahead import TypeAhead

if TYPE_CHECKING:
    from tui.handover import Offer
    from tui.screens.form import Filled, Form
    from tui.views import Subject


def _some_reason(text: str) -> None:
    if not text.strip():
        raise UsageError("this needs a reason", "say why, or Esc")


_NO_PAGE = "no archive of this list has a web page: `triage add --url` names one"


class SubjectScreen(BaseScreen):
    """A screen on which the cursor stands on a series, and maybe on a mail, a line and a finding of it."""

    def subject(self) -> Subject | None:
        """Return what an act would be about, None for nothing; raises `TriageError` where it is gone."""
        raise NotImplementedError

    def export_choices(self, subject: Subject) -> list[tuple[str, str, list[str]]]:
        """Return what may be exported from here: a name, the limit that it is, and the first mails of the series it is about."""
        name = subject.view.line.message_id
        return [(f"this series: {subject.view.line.title}", self.session.only([name]), [name])]

    def here(self) -> Subject | None:
        """Return the subject, or say why there is none."""
        try:
            found = self.subject()
        except TriageError as error:
            self.say(str(error), error=True)
            return None
        if found is None:
            self.say("there is no series here")
        return found

    async def fill_in(self, form: Form[Filled]) -> Filled | None:
        """Show a form, one at a time: a key pressed twice opens one."""
        if self.form_open:
            return None
        self.form_open = True
        try:
            filled: Filled | None = await self.app.push_screen_wait(form)
        finally:
            self.form_open = False
        return filled

    async def record(self, what: str, draft: str, write: Callable[[], Result]) -> Result | None:
        """Write something off the UI thread and forget its draft; an error is said, and what was typed stays; returns None for that."""
        self.failed = None
        done = await self.off_thread(what, write, group="write")
        if done is None and self.is_locked():
            done = self._write_unlocked(write)
        if done is None:
            if draft and self.session.said:
                self.say(f"{self.session.said[-1][0]} (what you typed is kept)", error=True)
            return None
        if draft:
            self.session.keep_draft(draft, "")
        self.show_again()
        return done

    def is_locked(self) -> bool:
        """Say whether the last thing failed because a signing key wants its passphrase."""
        return isinstance(self.failed, LockedError)

    def _write_unlocked(self, write: Callable[[], Result]) -> Result | None:
        """Lend git the terminal, so that it can ask for the passphrase of the signing key; returns None where that fails too."""
        try:
            with self.app.suspend():
                done = self.session.while_asking(write)
        except SuspendNotSupported:
            return None
        except TriageError as error:
            self.say(str(error), error=True)
            return None
        self.app.clear_notifications()
        self.refresh(layout=True)
        return done

    @work
    async def action_opinion(self) -> None:
        """Give an opinion on the finding at the cursor, else on the series; the form offers line and patch too."""
        from tui.screens.opinion import OpinionForm

        subject = self.here()
        if subject is None:
            return
        form = OpinionForm(self.session, subject)
        told = await self.fill_in(form)
        if told is None:
            return
        name, kind, finding, line = told.name, told.kind, told.finding, told.line
        write = partial(self.session.give, name, kind, finding, told.reason, told.ai_assisted, line, told.code)
        recorded = await self.record("recording", form.draft_key, write)
        if recorded:
            self.session.did("opinion")
            self.show_hint()
            self.say(self._recorded())

    def _recorded(self) -> str:
        """Say what was recorded, where it is kept, and how to take it back."""
        what = self.session.acts[-1][1] if self.session.acts else "opinion"
        signed = "signed" if self.session.signs() else "unsigned"
        return f"recorded: {what}, {signed}, in opinions.git; z withdraws it"

    @work
    async def action_ask(self) -> None:
        """Ask others for their opinion on the finding at the cursor, else on the series."""
        from tui.screens.ask import AskForm

        subject = self.here()
        if subject is None:
            return
        form = AskForm(self.session, subject)
        told = await self.fill_in(form)
        if told is None:
            return
        name, people, line = told.name, told.people, told.line
        write = partial(self.session.ask, name, people, told.question, told.finding, told.due, line)
        recorded = await self.record("recording", form.draft_key, write)
        if recorded:
            self.say(f"{self._recorded()}; U brings it to them")

    @work
    async def action_decide(self, kind: str) -> None:
        """Decide the finding at the cursor in one key; some decisions need a reason, which is asked for in one line."""
        subject = self.here()
        if subject is None:
            return
        item = next((item for item in subject.view.findings if item.id == subject.finding), None)
        if item is None:
            self.say("there is no finding at the cursor: . goes to the next one")
            return
        needed = kind in NEEDS_REASON
        label = f"{kind} {item.code}, why{'' if needed else ' (may be empty; Esc leaves)'}:"
        typed = await self.ask_line(label, "", _some_reason if needed else None, self.session.first_record())
        if typed is None:
            self.say("nothing was recorded")
            return
        reason = typed.strip()
        name = subject.view.line.message_id
        if await self.record("recording", "", lambda: self.session.give(name, kind, item.id, reason)):
            self.say(self._recorded())

    def action_reveal(self) -> None:
        """Show what others said on the finding at the cursor, or on the mail, before the user's own; the record will say so."""
        subject = self.here()
        if subject is None:
            return
        item = next((f for f in subject.view.findings if f.id == subject.finding), None)
        if item:
            questions, said = [item.id], item.opinions
        else:
            questions, said = [subject.view.line.fingerprint], subject.view.said
            questions += [subject.mail.message.target] if subject.mail else []
        if not any(stand.record.kind in SAID and not stand.is_by(self.session.me()) for stand in said):
            self.say("nobody else gave an opinion on this")
            return
        try:
            self.session.reveal(questions)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.show_again()
        self.say("your opinion will say that you looked at earlier ones first")

    @work
    async def action_reply(self) -> None:
        """Draft a reply, with the project's words on the finding at the cursor or the lines around it quoted."""
        from tui.screens.reply import ReplyForm

        subject = self.here()
        start = await self.off_thread("reading", lambda: self.session.reply_start(subject)) if subject else None
        if subject is None or start is None:
            return
        form = ReplyForm(self.session, subject, start)
        told = await self.fill_in(form)
        if told is None:
            return
        path = await self.record("writing", form.draft_key, partial(self.session.save_reply, subject.name, told.body))
        if path:
            self.say(f"drafted, not sent: {path}; git send-email sends it")

    @work
    async def action_export(self) -> None:
        """Write a report."""
        from tui.screens.export import ExportForm

        subject = self.here()
        if subject is None:
            return
        told = await self.fill_in(ExportForm(self.session, self.export_choices(subject)))
        if told is None:
            return
        write = partial(self.session.export, told)
        path = await self.record("writing the report", "", write)
        if path:
            self.say(f"written: {path}")

    def action_findings(self) -> None:
        """Show the findings of the series, the one at the cursor first."""
        if subject := self.here():
            if not subject.view.findings:
                self.say("this series has no findings")
                return
            self.post_message(Go("findings", subject.view, subject.finding))

    def action_history(self) -> None:
        """Show what happened to the series."""
        if subject := self.here():
            self.post_message(Go("history", subject.view))

    def action_versions(self) -> None:
        """Show the versions of the series, and what changed."""
        if subject := self.here():
            self.post_message(Go("versions", subject.view, mail=subject.mail))

    def action_policy(self) -> None:
        """Show the rules that the series is judged by, and what each of them came to."""
        if subject := self.here():
            self.post_message(Go("policy", subject.view, subject.finding, subject.mail))

    def action_copy(self, what: str) -> None:
        """Copy the Message-ID or the archive's link of the mail at the cursor."""
        subject = self.here()
        if subject is None:
            return
        links = self.session.links(subject)
        if what == "link" and not links:
            self.say(_NO_PAGE)
            return
        text = links[0] if what == "link" else subject.name
        self.app.copy_to_clipboard(safe(text))  # what is pasted into a shell must not steer it
        self.say(f"copied: {text}")

    def action_archive_page(self) -> None:
        """Offer the pages of the mail in its archives."""
        from tui.handover import pages

        if subject := self.here():
            if links := self.session.links(subject):
                self._offer("Open in a browser", pages(links))
            else:
                self.say(_NO_PAGE)

    @work
    async def action_hand_over(self) -> None:
        """Offer the commands that take the series to other programs."""
        from tui.handover import commands

        subject = self.here()
        path = await self.off_thread("writing the mails", lambda: self.session.as_mbox(subject)) if subject else None
        if subject and path:
            self._offer("Hand over", commands(subject, self.session.links(subject), path))

    def _offer(self, title: str, offers: list[Offer]) -> None:
        """Show what would be run; Enter runs it, y copies it."""
        from tui.handover import found
        from tui.programs import run
        from tui.screens.menu import CommandMenu

        def chosen(command: list[str] | None) -> None:
            if not command:
                return
            try:
                code = run(self.app, [found(command[0]) or command[0], *command[1:]], wait=True)
            except TriageError as error:
                self.say(str(error), error=True)
                return
            self.refresh(layout=True)
            self.say(f"{command[0]} {'is done' if not code else f'ended with {code}'}")

        self.app.push_screen(CommandMenu(title, offers), chosen)

    @work
    async def action_own(self, name: str) -> None:
        """Run a command of the user's own for the series at the cursor."""
        from tui.handover import found
        from tui.programs import run

        subject = self.here()
        command = next((one for one in self.session.config.commands if one.name == name), None)
        if subject is None or command is None:
            return
        words = await self.off_thread("writing the mails", lambda: self.session.own_words(command, subject))
        if words is None:
            return
        if command.confirm and not await self.confirm(f"run {' '.join(words)}?"):
            self.say("nothing was run")
            return
        try:
            code = run(self.app, [found(words[0]) or words[0], *words[1:]], wait=command.shown)
        except TriageError as error:
            self.say(str(error), error=True)
            return
        self.refresh(layout=True)
        self.say(f"{name} {'is done' if not code else f'ended with {code}'}", error=bool(code))

    def action_shell(self) -> None:
        """Lend the terminal to a shell."""
        from tui.handover import shell
        from tui.programs import run

        try:
            run(self.app, shell())
        except TriageError as error:
            self.say(str(error), error=True)

    @work
    async def action_menu(self) -> None:
        """Show all that can be done here; the key or Enter does it."""
        from tui.screens.menu import KeyMenu

        scope = type(self).BINDINGS
        action = await self.app.push_screen_wait(KeyMenu(scope, self.session.config.keys, self.session.config.commands))
        if action:
            if isinstance(self.app, TypeAhead):
                self.app.expect_form(action)
            await self.run_action(action)
