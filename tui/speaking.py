# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user says, and what they may see of what others said: opinions, decisions, requests, and who may give them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from triage.model.errors import TriageError, UsageError
from triage.opinion.asking import Asking
from triage.opinion.person import reviewer, signing_key
from tui.reading import Reading

if TYPE_CHECKING:
    from triage.config import Config
    from triage.model import Person
    from triage.model.opinion import Stand
    from tui.views import SeriesView
    from tui.voices import Voices

Written = TypeVar("Written")


class Speaking(Reading):
    """Speaks for one person; what only an act needs is loaded by the act, so that the list is there sooner."""

    def __init__(self, config: Config, who: Callable[[], Person] = reviewer) -> None:
        super().__init__(config, who)
        Asking.allowed = False  # a prompt and the screen would fight for the keyboard

    def _looked(self, name: str) -> None:
        """Note that the user looked at a series."""
        raise NotImplementedError

    def requests(self, name: str) -> list[Stand]:
        """Return the open requests for opinions on a series, those to the user first."""
        from triage.model.opinion import Standing
        from triage.store import listed

        with self._databases() as (index, _):
            said = listed.said(index, self._series(index, name))
        open_ones = [stand for stand in said if stand.record.kind == "ask" and stand.state is Standing.ASKED]
        return sorted(open_ones, key=lambda stand: self.me().casefold() not in stand.waiting)

    def reveal(self, questions: list[str]) -> None:
        """Note that earlier opinions on some questions are looked at before the user's own."""
        from triage.opinion.blind import reveal

        reveal(self.config, questions)

    def why_not(self, name: str, finding: str, kind: str) -> str:
        """Say why the user's opinion would not count, "" where it would."""
        from triage.opinion import give

        try:
            return give.why_not(self.config, self._judges, name, finding, kind)
        except TriageError as error:
            return str(error)

    def needs_disclosure(self, name: str) -> str:
        """Return the policy that asks reviewers which tool helped them, "" for none."""
        from triage.opinion import give

        with self._databases() as (index, _):
            return give.asks_disclosure(self._judges, index, self._series(index, name))

    def voices(self, view: SeriesView) -> Voices:
        """Return what people said of a series, and what of it the user may see."""
        from triage.opinion.blind import Blind
        from tui.voices import Voices

        every = [*view.said, *(stand for item in view.findings for stand in item.opinions)]
        return Voices(Blind.of(every, self.me(), view.seen), view.said, view.reviews, view.checks)

    def first_record(self) -> str:
        """Return what somebody should know before their first record, in one line, "" for those who gave one already."""
        from triage.opinion import give

        with suppress(TriageError):
            if give.first_use(self.config):
                return "Your first record: kept for good; it can be withdrawn, not erased"
        return ""

    def signs(self) -> bool:
        """Say whether the user's records are signed."""
        return bool(signing_key())

    def give(self, name: str, kind: str, finding: str, reason: str, ai_assisted: str = "", line: int | None = None, code: str = "") -> str:
        """Record an opinion; returns the record's id."""
        from triage.opinion import give

        self.identity_again()
        record = give.give_opinion(self.config, name, kind, finding, said=give.Said(reason, code, ai_assisted, line))
        self._looked(name)
        self.acts.append((record, self._what(kind, name, finding)))
        return record

    def while_asking(self, write: Callable[[], Written]) -> Written:
        """Write something while git may ask for a passphrase on the terminal, which must be lent to it."""
        Asking.allowed = True
        try:
            return write()
        finally:
            Asking.allowed = False

    def amend(self, record: str, reason: str) -> str:
        """Say the same again with another reason; returns the new record's id."""
        from triage.opinion import give
        from triage.store import opinions

        with self._databases() as (index, _):
            found = opinions.find_record(index, record)
        if not found or found[0].kind == "ask":
            raise UsageError("this record cannot be given another reason", "z withdraws it; then say it anew")
        one = found[0]
        said = give.Said(reason, one.code, one.ai_assisted, one.line)
        new = give.give_opinion(self.config, one.target_message, one.kind, one.finding.id, said=said)
        self.acts.append((new, self._what(one.kind, one.target_message, one.finding.id)))
        return new

    def reason_codes(self, name: str, finding: str) -> list[str]:
        """Return the exceptions and reasons that the policy has for a finding of a series."""
        from triage.opinion import give

        with self._databases() as (index, _):
            return give.reason_codes(self._judges, index, self._series(index, name), finding)

    def ask(self, name: str, people: tuple[str, ...], question: str, finding: str, due: str, line: int | None = None) -> str:
        """Record a request for the opinions of others; returns the record's id."""
        from triage.opinion import give

        record = give.ask_opinion(self.config, name, people, question, finding, due, line)
        self._looked(name)
        self.acts.append((record, self._what("request", name, finding)))
        return record

    def _what(self, kind: str, name: str, finding: str) -> str:
        """Say in a few words what was recorded: the kind, and the finding or the series that it is about."""
        with suppress(TriageError):
            code = next((item.code for item in self.findings(name) if item.id == finding), "")
            return f"{kind} on {code}" if code else f"{kind} on {self.line(name).title}"
        return kind

    def others_said(self) -> int:
        """Return how many records others wrote, as far as they are here."""
        from triage.store import opinions

        with self._databases() as (index, _):
            counts = opinions.count_by_reviewer(index)
        return sum(count for email, count in counts.items() if email.casefold() != self.me().casefold())

    def reviewers(self) -> list[str]:
        """Return who gave opinions here, by address, without the user."""
        from triage.store import opinions

        with self._databases() as (index, _):
            return [email for email in opinions.reviewers(index) if email != self.me().casefold()]
