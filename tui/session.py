# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screens ask of the core: every call opens what it needs and closes it, so any thread may make it."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from triage.config import Config
from triage.ingest.status import failing
from triage.model import State
from triage.model.days import parse_until
from triage.model.errors import TriageError, UsageError
from triage.model.listed import ListedFinding
from triage.model.opinion import Stand, Standing
from triage.opinion import give
from triage.opinion.blind import Blind, reveal
from triage.opinion.log import reviewer, signing_key
from triage.opinion.repository import Asking
from triage.query import listing
from triage.query.review_trailers import reviews
from triage.store import archives, listed, opinions, personal, queries, selecting
from triage.store.checks import results_of
from triage.store.limit import for_everybody, in_list, only, parse_limit
from triage.store.lines import SeriesLine, series_lines, series_looked_at
from triage.store.schema import Index, open_personal
from triage.store.write import transaction
from tui.reading import Reading
from tui.views import SeriesView, View, built_in
from tui.voices import Voices
from tui.watching import IndexWatch

Written = TypeVar("Written")


FIRST = 256
"""Series that a list begins with, while the others are read."""


class Session(Reading):
    """One person's session over the index; every error it raises is a `TriageError`."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        Asking.allowed = False  # a prompt and the screen would fight for the keyboard
        self._watch = IndexWatch(config.paths.index, config.paths.runs, config.paths.personal)
        self._me: str | None = None
        self.said: deque[tuple[str, bool]] = deque(maxlen=500)
        """What was said to the user, and whether it was an error."""

    def check(self) -> None:
        """Raise `ConfigError` or `OutdatedError` where there is nothing that could be shown, before a screen is drawn."""
        with self._databases():
            pass

    def series(self, limit: str, order: str) -> list[int]:
        """Return the series that a limit lets through, in order."""
        now = int(time.time())
        wanted = parse_limit(limit, now, self.me())
        with self._databases() as (index, notes):
            return selecting.series_ids(index, notes, wanted, now, order, self._turns(index, now), self.me())

    def first_series(self, limit: str) -> list[int]:
        """Return how a list begins in the order of attention, at once however long it is."""
        now = int(time.time())
        wanted = parse_limit(limit, now, self.me())
        with self._databases() as (index, notes):
            return selecting.first_series(index, notes, wanted, now, FIRST, self._turns(index, now), self.me())

    def check_limit(self, text: str) -> None:
        """Raise `UsageError` for a limit that cannot be read."""
        parse_limit(text, 0)

    def for_everybody(self, limit: str) -> str:
        """Return a limit as a report can have it."""
        return for_everybody(limit, self.me())

    def in_list(self, limit: str, name: str) -> str:
        """Return a limit for one list in place of those that it names, "" for all."""
        return in_list(limit, name)

    def only(self, names: list[str]) -> str:
        """Return the limit that lets through the series of some mails."""
        return only(names)

    def check_until(self, text: str) -> None:
        """Raise `UsageError` for what names no time to come."""
        parse_until(text, int(time.time()))

    def until(self, text: str) -> str:
        """Return the day and hour that `3d` or `12h` from now is."""
        return datetime.fromtimestamp(parse_until(text, int(time.time())), UTC).astimezone().strftime("%a %d %b %H:%M")

    def listing(self, limit: str, order: str) -> tuple[list[int], int]:
        """Return the series that a limit lets through, and how many there are in all."""
        keys = self.series(limit, order)
        if not limit:
            return keys, len(keys)
        with self._databases() as (index, notes):
            return keys, selecting.count_series(index, notes, parse_limit("", 0), 0)

    def series_of(self, name: str) -> int | None:
        """Return the series that a Message-ID names, None for none."""
        with suppress(TriageError), self._databases() as (index, _):
            return queries.find_series(index, name) if name else None
        return None

    def jump(self, text: str, most: int) -> list[SeriesLine]:
        """Return the series that a Message-ID or words name, newest first; nothing for words that are no limit."""
        one = self.series_of(text.strip())
        try:
            ids = [one] if one is not None else self.series(text, "activity")[:most]
        except UsageError:
            return []
        lines = self.lines(ids)
        return [lines[series] for series in ids if series in lines]

    def views(self) -> tuple[View, ...]:
        """Return the saved views: those that come with the program, then those of config.toml, then those saved here."""
        own = dict(self.config.views) | self._saved_views()
        return (*built_in(self.config.stale), *(View(name, limit) for name, limit in own.items()))

    def list_names(self) -> list[str]:
        """Return the lists that the index holds, by name."""
        with self._databases() as (index, _):
            return [name for name, _, _ in archives.list_names(index)]

    def counts(self) -> tuple[int, ...]:
        """Return how many series each view holds; off the UI thread, since there may be very many."""
        now = int(time.time())
        with self._databases() as (index, notes):
            turns = self._turns(index, now)
            limits = [parse_limit(view.limit, now, self.me()) for view in self.views()]
            return tuple(selecting.count_series(index, notes, limit, now, turns) for limit in limits)

    def lines(self, ids: list[int]) -> dict[int, SeriesLine]:
        """Return list lines by series; one query a page."""
        now = int(time.time())
        with self._databases() as (index, notes):
            return listing.rows(index, notes, ids, now, self._turns(index, now), self.me())

    def _turns(self, index: Index, now: int) -> dict[int, personal.Turn]:
        return opinions.turns(index, self.me(), now)

    def names(self, ids: list[int]) -> list[str]:
        """Return the first Message-ID of each of some series: what an act goes by, since the index may be rebuilt at any time."""
        with self._databases() as (index, _):
            return selecting.series_names(index, ids)

    def _series(self, index: Index, name: str) -> int:
        """Return the series that a shown Message-ID names in the index as it is now; raises `TriageError` where it is gone."""
        try:
            return queries.find_series(index, name)
        except UsageError as error:
            raise TriageError("this series is not in the index any more", "press R in the list, or run `triage ingest`") from error

    def findings(self, name: str) -> list[ListedFinding]:
        """Return the findings of a series, gravest first."""
        with self._databases() as (index, _):
            return listed.findings(index, self._series(index, name))

    def requests(self, name: str) -> list[Stand]:
        """Return the open requests for opinions on a series, those to the user first."""
        with self._databases() as (index, _):
            said = listed.said(index, self._series(index, name))
        open_ones = [stand for stand in said if stand.record.kind == "ask" and stand.state is Standing.ASKED]
        return sorted(open_ones, key=lambda stand: self.me().casefold() not in stand.waiting)

    def line(self, name: str) -> SeriesLine:
        """Return the list line of a series."""
        now = int(time.time())
        with self._databases() as (index, notes):
            series = self._series(index, name)
            return listing.rows(index, notes, [series], now, self._turns(index, now), self.me())[series]

    def view(self, name: str) -> SeriesView:
        """Return what the series screen shows."""
        with self._databases() as (index, notes):
            now = int(time.time())
            series = self._series(index, name)
            line = listing.rows(index, notes, [series], now, self._turns(index, now), self.me())[series]
            mails = tuple(queries.series_mails(index, series))
            urls = queries.urls_of(index, mails[0].row) if mails else []
            said = [stand for stand in listed.said(index, series) if not stand.finding or stand.record.kind == "ask"]
            return SeriesView(
                series, line, mails, tuple(listed.findings(index, series)), tuple(queries.versions_of(index, series)), tuple(urls),
                tuple(said), tuple(reviews(index, series, people=self._judges.people(opinions.policies_of(index, series)))),
                frozenset(personal.revealed(notes)), results_of(notes, [stored.message.message_id for stored in mails]),
            )  # fmt: skip

    def beside(self, name: str, direction: int) -> SeriesView:
        """Return the next or previous series that needs the user, in the order of attention; the same one where there is none.

        Looking marks it as seen, as opening it from the list does.
        """
        ids = self.series(self.views()[0].limit, "attention")
        names = self.names(ids)
        at = names.index(name) + direction if name in names else 0 if direction > 0 else -1
        if not names or not 0 <= at < len(names):
            return self.view(name)
        view, since = self.view(names[at]), self.looked_at(names[at])
        self._looked(names[at])
        return replace(view, since=since)

    def reveal(self, questions: list[str]) -> None:
        """Note that earlier opinions on some questions are looked at before the user's own."""
        reveal(self.config, questions)

    def why_not(self, name: str, finding: str, kind: str) -> str:
        """Say why the user's opinion would not count, "" where it would."""
        try:
            return give.why_not(self.config, self._judges, name, finding, kind)
        except TriageError as error:
            return str(error)

    def needs_disclosure(self, name: str) -> str:
        """Return the policy that asks reviewers which tool helped them, "" for none."""
        with self._databases() as (index, _):
            return give.asks_disclosure(self._judges, index, self._series(index, name))

    def voices(self, view: SeriesView) -> Voices:
        """Return what people said of a series, and what of it the user may see."""
        every = [*view.said, *(stand for item in view.findings for stand in item.opinions)]
        return Voices(Blind.of(every, self.me(), view.seen), view.said, view.reviews, view.checks)

    def me(self) -> str:
        """Return the reviewer's address, "" where git knows none; that is asked again, since it may be set meanwhile."""
        if not self._me:
            try:
                self._me = reviewer().email
            except TriageError:
                self._me = ""
        return self._me

    def identity_again(self) -> None:
        """Ask git again who speaks: what is said next goes out under the name that it has now."""
        self._me = None

    def first_record(self) -> str:
        """Return what somebody should know before their first record, in one line, "" for those who gave one already."""
        with suppress(TriageError):
            if give.first_use(self.config):
                return "Your first record: kept for good; it can be withdrawn, not erased"
        return ""

    def signs(self) -> bool:
        """Say whether the user's records are signed."""
        return bool(signing_key())

    def give(self, name: str, kind: str, finding: str, reason: str, ai_assisted: str = "", line: int | None = None, code: str = "") -> str:
        """Record an opinion; returns the record's id."""
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
        with self._databases() as (index, _):
            return give.reason_codes(self._judges, index, self._series(index, name), finding)

    def ask(self, name: str, people: tuple[str, ...], question: str, finding: str, due: str, line: int | None = None) -> str:
        """Record a request for the opinions of others; returns the record's id."""
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

    def _looked(self, name: str) -> None:
        """Who says something of a series has seen it."""
        with suppress(TriageError):  # it is said; that it was looked at is a small thing
            if self.line(name).state in {State.NEW, State.UPDATED}:
                self.mark(name, State.SEEN)

    def others_said(self) -> int:
        """Return how many records others wrote, as far as they are here."""
        with self._databases() as (index, _):
            counts = opinions.count_by_reviewer(index)
        return sum(count for email, count in counts.items() if email.casefold() != self.me().casefold())

    def reviewers(self) -> list[str]:
        """Return who gave opinions here, by address, without the user."""
        with self._databases() as (index, _):
            return [email for email in opinions.reviewers(index) if email != self.me().casefold()]

    def all_done(self, names: list[str]) -> bool:
        """Say whether all of some series are done."""
        now = int(time.time())
        with self._databases() as (index, notes):
            lines = series_lines(index, notes, [self._series(index, name) for name in names], now)
            return all(line.state is State.DONE for line in lines.values())

    def snooze(self, series: list[str], until: str) -> None:
        """Put series away until a time: `3d`, `12h`, `2026-12-01`; raises `UsageError` for what is none."""
        self.act(series, State.SNOOZED, parse_until(until, int(time.time())))

    def looked_at(self, name: str) -> int | None:
        """Return the newest mail of a series that was here when the user last looked at it, as its time; None for never."""
        with self._databases() as (index, notes):
            return series_looked_at(index, notes, self._series(index, name))

    def mark(self, series: str, state: State) -> None:
        """Note where a series stands for this person, as looking at it does: no act, nothing to undo."""
        marks = self._marks([series], state, None)
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            for name, mark in marks.items():
                personal.set_mark(connection, [name], mark, mark.at)

    def act(self, series: list[str], state: State, until: int | None = None) -> None:
        """Note where some series stand, as one act that `undo` takes back."""
        marks = self._marks(series, state, until)
        what = f"{state.value}, {len(series)} series" if len(series) > 1 else f"{state.value}, {self.line(series[0]).title}"
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            personal.act(connection, what, marks, int(time.time()))
        self.acts.append(("", what))

    def _marks(self, series: list[str], state: State, until: int | None) -> dict[str, personal.Mark]:
        """Return the marks that say so, on every mail of the series, so that a cover that comes late changes nothing."""
        now = int(time.time())
        with self._databases() as (index, notes):
            lines = series_lines(index, notes, [self._series(index, name) for name in series], now)
            return {
                mail.message.message_id: personal.Mark(state, line.activity, line.fingerprint, until, now)
                for number, line in lines.items() for mail in queries.series_mails(index, number) if mail.message.is_member
            }  # fmt: skip

    def undo(self, again: bool = False) -> str:
        """Take the last act back, or do it again; returns what it was, "" for nothing."""
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            undone = personal.undo(connection, again)
        if self.acts and not self.acts[-1][0] and not again:
            self.acts.pop()
        return undone

    def draft(self, key: str) -> str:
        """Return what was typed into a form and not saved."""
        with closing(open_personal(self.config.paths.personal)) as connection:
            return personal.load_draft(connection, key)

    def keep_draft(self, key: str, body: str) -> None:
        """Keep what was typed into a form; an empty body forgets it."""
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            personal.save_draft(connection, key, body, int(time.time()))

    def failing(self) -> list[str]:
        """Return which archives failed several times in a row, and why, a sentence each."""
        return [f"{one.name} failed {one.failed} times in a row: {one.says}" for one in failing(self.config)]

    def changed(self) -> bool:
        """Say whether another process wrote to the index, replaced it, or noted how a run went, since the last call."""
        return self._watch.changed()
