# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screens ask of the core: every call opens what it needs and closes it, so any thread may make it."""

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from triage import giving, lookup
from triage.config import Config
from triage.deriving import Judges
from triage.errors import TriageError
from triage.model import State
from triage.opinion.log import reviewer, signing_key
from triage.reviews import reviews_json
from triage.store import opinions, personal, queries
from triage.store.limit import parse_limit, parse_until
from triage.store.queries import SeriesLine, Stored
from triage.store.schema import database_error, open_index, open_personal
from triage.store.write import transaction


@dataclass(frozen=True, slots=True)
class SeriesView:
    """All that the series screen shows but the mails' texts."""

    id: int
    line: SeriesLine
    mails: tuple[Stored, ...]
    findings: tuple[dict[str, Any], ...]
    versions: tuple[tuple[int, str, int, int], ...]
    urls: tuple[str, ...]
    said: tuple[dict[str, Any], ...] = ()
    """What people said of the series or a patch, and open requests."""
    reviews: tuple[dict[str, Any], ...] = ()
    """What people gave by mail."""
    seen: frozenset[str] = frozenset()
    """Questions whose earlier opinions the user revealed."""


@dataclass(frozen=True, slots=True)
class View:
    """A saved view: a name, and the limit that it is."""

    name: str
    limit: str


VIEWS = (
    View("Attention", "is:flagged not is:superseded not state:done,snoozed"),
    View("New", "state:new,updated not is:superseded"),
    View("Mine", "by:me"),
    View("Asked", "state:asked"),
    View("Disagreement", "op:split not is:superseded"),
    View("Outdated", "op:outdated not is:superseded"),
    View("Done", "state:done"),
)
MOST_VIEWS = 9


class Session:
    """One person's session over the index; every error it raises is a `TriageError`."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._watch: sqlite3.Connection | None = None
        self._inode = 0
        self._me: str | None = None
        self._judges = Judges(config)

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        return open_index(self.config.paths.index), open_personal(self.config.paths.personal)

    def series(self, limit: str, order: str) -> list[int]:
        """Return the series that a limit lets through, in order."""
        now = int(time.time())
        wanted = parse_limit(limit, now, self.me() if "by:me" in limit else "")
        index, notes = self._open()
        with closing(index), closing(notes):
            try:
                return queries.series_ids(index, notes, wanted, now, order, self._turns(index, now))
            except sqlite3.Error as error:
                raise database_error(error, self.config.paths.index) from error

    def views(self) -> tuple[View, ...]:
        """Return the saved views: those that come with the program, then the user's own, as many as there are digits."""
        own = tuple(View(name, limit) for name, limit in self.config.views.items())
        return (*VIEWS, *own)[:MOST_VIEWS]

    def counts(self) -> tuple[int, ...]:
        """Return how many series each view holds; off the UI thread, since there may be very many."""
        now = int(time.time())
        index, notes = self._open()
        with closing(index), closing(notes):
            turns = self._turns(index, now)
            limits = [parse_limit(view.limit, now, self.me()) for view in self.views()]
            try:
                return tuple(queries.count_series(index, notes, limit, now, turns) for limit in limits)
            except sqlite3.Error as error:
                raise database_error(error, self.config.paths.index) from error

    def lines(self, ids: list[int]) -> dict[int, SeriesLine]:
        """Return list lines by series; one query a page."""
        index, notes = self._open()
        now = int(time.time())
        with closing(index), closing(notes):
            return queries.series_lines(index, notes, ids, now, self._turns(index, now))

    def _turns(self, index: sqlite3.Connection, now: int) -> dict[int, personal.Turn]:
        return opinions.turns(index, self.me(), now)

    def findings(self, series: int) -> list[dict[str, Any]]:
        """Return the findings of a series, gravest first."""
        index, notes = self._open()
        with closing(index), closing(notes):
            return queries.findings_json(index, series)

    def view(self, series: int) -> SeriesView:
        """Return what the series screen shows."""
        index, notes = self._open()
        with closing(index), closing(notes):
            now = int(time.time())
            line = queries.series_lines(index, notes, [series], now, self._turns(index, now)).get(series)
            if line is None:
                raise TriageError("this series is not in the index any more", "press R in the list")
            mails = tuple(queries.series_mails(index, series))
            urls = queries.urls_of(index, mails[0].row) if mails else []
            said = [row for row in queries.said_json(index, series) if not row["finding"] or row["kind"] == "ask"]
            return SeriesView(
                series, line, mails, tuple(queries.findings_json(index, series)), tuple(queries.versions_of(index, series)), tuple(urls),
                tuple(said), tuple(reviews_json(index, series)), frozenset(personal.revealed(notes)),
            )  # fmt: skip

    def reveal(self, questions: list[str]) -> None:
        """Note that earlier opinions on some questions are looked at before the user's own."""
        giving.reveal(self.config, questions)

    def why_not(self, name: str, finding: str, kind: str) -> str:
        """Say why the user's opinion would not count, "" where it would."""
        try:
            return giving.why_not(self.config, self._judges, name, finding, kind)
        except TriageError as error:
            return str(error)

    def needs_disclosure(self, series: int) -> str:
        """Return the policy that asks reviewers which tool helped them, "" for none."""
        index, notes = self._open()
        with closing(index), closing(notes):
            return giving.asks_disclosure(self._judges, index, series)

    def text(self, stored: Stored) -> str:
        """Return a mail's decoded text from its archive."""
        index, notes = self._open()
        with closing(index), closing(notes):
            return lookup.read_again(index, stored).body.text

    def me(self) -> str:
        """Return the reviewer's address, "" where git knows none."""
        if self._me is None:
            try:
                self._me = reviewer().email
            except TriageError:
                self._me = ""
        return self._me

    def signs(self) -> bool:
        """Say whether the user's records are signed."""
        return bool(signing_key())

    def give(self, name: str, kind: str, finding: str, reason: str, ai_assisted: str = "") -> str:
        """Record an opinion; returns the record's id."""
        return giving.give_opinion(self.config, name, kind, finding, said=giving.Said(reason, ai_assisted=ai_assisted))

    def ask(self, name: str, people: tuple[str, ...], question: str, finding: str, due: str) -> str:
        """Record a request for the opinions of others; returns the record's id."""
        return giving.ask_opinion(self.config, name, people, question, finding, due)

    def reviewers(self) -> list[str]:
        """Return who gave opinions here, by address, without the user."""
        index, notes = self._open()
        with closing(index), closing(notes):
            return [email for email in opinions.reviewers(index) if email != self.me().casefold()]

    def snooze(self, series: list[int], until: str) -> None:
        """Put series away until a time: `3d`, `12h`, `2026-12-01`; raises `UsageError` for what is none."""
        self.act(series, State.SNOOZED, parse_until(until, int(time.time())))

    def mark(self, series: int, state: State) -> None:
        """Note where a series stands for this person, as looking at it does: no act, nothing to undo."""
        marks = self._marks([series], state, None)
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            for name, mark in marks.items():
                personal.set_mark(connection, [name], mark, mark.at)

    def act(self, series: list[int], state: State, until: int | None = None) -> None:
        """Note where some series stand, as one act that `undo` takes back."""
        marks = self._marks(series, state, until)
        what = f"{state.value}, {len(series)} series"
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            personal.act(connection, what, marks, int(time.time()))

    def _marks(self, series: list[int], state: State, until: int | None) -> dict[str, personal.Mark]:
        """Return the marks that say so, on every mail of the series, so that a cover that comes late changes nothing."""
        now = int(time.time())
        index, notes = self._open()
        with closing(index), closing(notes):
            lines = queries.series_lines(index, notes, series, now)
            return {
                mail.message.message_id: personal.Mark(state, line.activity, line.fingerprint, until, now)
                for number, line in lines.items() for mail in queries.series_mails(index, number) if mail.message.is_member
            }  # fmt: skip

    def undo(self, again: bool = False) -> str:
        """Take the last act back, or do it again; returns what it was, "" for nothing."""
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            return personal.undo(connection, again)

    def draft(self, key: str) -> str:
        """Return what was typed into a form and not saved."""
        with closing(open_personal(self.config.paths.personal)) as connection:
            return personal.load_draft(connection, key)

    def keep_draft(self, key: str, body: str) -> None:
        """Keep what was typed into a form; an empty body forgets it."""
        path = self.config.paths.personal
        with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            personal.save_draft(connection, key, body, int(time.time()))

    def changed(self) -> bool:
        """Say whether another process committed to the index, or replaced it, since the last call; cheap enough for a timer."""
        path = self.config.paths.index
        try:
            inode = os.stat(path).st_ino
        except OSError:
            return False
        if self._watch is None or inode != self._inode:
            if self._watch is not None:
                self._watch.close()
            known = self._inode
            self._watch, self._inode, self._version = open_index(path), inode, -1
            self._version = self._data_version()
            return known != 0
        version = self._data_version()
        different = version != self._version
        self._version = version
        return different

    _version: int = -1

    def _data_version(self) -> int:
        assert self._watch is not None
        return int(self._watch.execute("pragma data_version").fetchone()[0])
