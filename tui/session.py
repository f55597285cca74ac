# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screens ask of the core: every call opens what it needs and closes it, so any thread may make it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from triage.model import State
from triage.model.days import parse_until
from triage.model.errors import TriageError, UsageError
from triage.opinion.person import reviewer
from triage.query import listing
from triage.store import personal, selecting
from triage.store.limit import for_everybody, in_list, only, parse_limit
from triage.store.lines import SeriesLine, series_lines, series_looked_at
from triage.store.schema import open_personal
from triage.store.transaction import transaction
from tui.speaking import Speaking
from tui.views import SeriesView, View, built_in
from tui.watching import IndexWatch

if TYPE_CHECKING:
    from triage.config import Config
    from triage.model import Person

FIRST = 256
"""Series that a list begins with, while the others are read."""
AT_ONCE = 0.1
"""Seconds that they may take, which nobody notices: the screen waits for them."""


class Session(Speaking):
    """One person's session over the index; every error it raises is a `TriageError`."""

    def __init__(self, config: Config, who: Callable[[], Person] = reviewer) -> None:
        super().__init__(config, who)
        self._watch = IndexWatch(config.paths.index, config.paths.runs, config.paths.personal)
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
        """Return how a list begins in the order of attention, at once however long it is; nothing where it cannot be told so fast."""
        now = int(time.time())
        wanted = parse_limit(limit, now, self.me())
        with self._databases() as (index, notes):
            return selecting.first_series(index, notes, wanted, now, FIRST, self._turns(index, now), self.me(), AT_ONCE)

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
            if not name or (one := selecting.series_called(index, name)) is not None:
                return one if name else None
            from triage.store.queries import find_series

            return find_series(index, name)
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
            return selecting.known_lists(index)

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

    def names(self, ids: list[int]) -> list[str]:
        """Return the first Message-ID of each of some series: what an act goes by, since the index may be rebuilt at any time."""
        with self._databases() as (index, _):
            return selecting.series_names(index, ids)

    def view(self, name: str) -> SeriesView:
        """Return what the series screen shows."""
        from triage.query.review_trailers import reviews
        from triage.store import listed, opinions, queries
        from triage.store.checks import results_of

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

    def _looked(self, name: str) -> None:
        """Who says something of a series has seen it."""
        with suppress(TriageError):  # it is said; that it was looked at is a small thing
            if self.line(name).state in {State.NEW, State.UPDATED}:
                self.mark(name, State.SEEN)

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
        from triage.store import queries

        now = int(time.time())
        with self._databases() as (index, notes):
            lines = series_lines(index, notes, [self._series(index, name) for name in series], now)
            return {
                mail.message.message_id: personal.Mark(state, line.activity, line.fingerprint, until, now)
                for number, line in lines.items() for mail in queries.series_mails(index, number) if mail.message.is_member
            }  # fmt: skip

    def undo(self, again: bool = False) -> tuple[str, list[str]]:
        """Take the last act back, or do it again; returns what it was, "" for nothing, and the mails that it was about."""
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
        from triage.ingest.status import failing

        return [f"{one.name} failed {one.failed} times in a row: {one.says}" for one in failing(self.config)]

    def changed(self) -> bool:
        """Say whether another process wrote to the index, replaced it, or noted how a run went, since the last call."""
        return self._watch.changed()
