# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screens read besides lists and series: mails, versions, history, numbers, and the policy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from triage.model.errors import TriageError, UsageError
from triage.opinion.person import reviewer
from triage.query import listing
from triage.store.limit import only_series, parse_limit
from triage.store.turns import turns
from tui.remembered import Remembered
from tui.views import RuleShown

if TYPE_CHECKING:
    from triage.config import Config
    from triage.model import Person
    from triage.model.listed import ListedFinding
    from triage.projects import Judges
    from triage.query.judgement import Judged
    from triage.query.message import Statement
    from triage.query.timeline import Event
    from triage.query.versions import Remark, Version
    from triage.store.lines import SeriesLine
    from triage.store.personal import Turn
    from triage.store.queries import Stored
    from triage.store.schema import Index
    from triage.store.statistics import Figures, Waits
    from tui.views import SeriesView

MOST_REPLIES = 500
"""Replies of one series whose first words are read."""


class Reading(Remembered):
    """Reads for one person; every error it raises is a `TriageError`."""

    def __init__(self, config: Config, who: Callable[[], Person] = reviewer) -> None:
        super().__init__(config)
        self._loaded: Judges | None = None
        self._me: str | None = None
        self._who = who
        """Who the user is, as git knew them when the program began."""

    @property
    def _judges(self) -> Judges:
        """The policies that the lists are judged by."""
        from triage.projects import Judges

        self._loaded = self._loaded or Judges(self.config)
        return self._loaded

    def me(self) -> str:
        """Return the reviewer's address, "" where git knows none; that is asked again, since it may be set meanwhile."""
        if not self._me:
            try:
                self._me = self._who().email
            except TriageError:
                self._me = ""
            self._who = reviewer
        return self._me

    def identity_again(self) -> None:
        """Ask git again who speaks: what is said next goes out under the name that it has now."""
        self._me = None

    def series(self, limit: str, order: str) -> list[int]:
        """Return the series that a limit lets through, in order."""
        raise NotImplementedError

    def _series(self, index: Index, name: str) -> int:
        """Return the series that a shown Message-ID names in the index as it is now; raises `TriageError` where it is gone."""
        from triage.store import queries

        try:
            return queries.find_series(index, name)
        except UsageError as error:
            raise TriageError("this series is not in the index any more", "press R in the list, or run `triage ingest`") from error

    def _turns(self, index: Index, now: int) -> dict[int, Turn]:
        return turns(index, self.me(), now)

    def findings(self, name: str) -> list[ListedFinding]:
        """Return the findings of a series, gravest first."""
        from triage.store import listed

        with self._databases() as (index, _):
            return listed.findings(index, self._series(index, name))

    def line(self, name: str) -> SeriesLine:
        """Return the list line of a series."""
        now = int(time.time())
        with self._databases() as (index, notes):
            series = self._series(index, name)
            return listing.rows(index, notes, [series], now, self._turns(index, now), self.me())[series]

    def newest_versions(self, name: str) -> list[Version]:
        """Return the versions of a series from the newest one to itself."""
        from triage.query.versions import versions

        found: list[Version] = []
        with self._databases() as (index, _):
            for one in versions(index, self._series(index, name), newest_first=True):
                found.append(one)
                if one.asked:
                    break
        return found

    def versions(self, name: str) -> list[Version]:
        """Return the versions of a series, newest first, and how each patch changed."""
        from triage.query.versions import versions

        with self._databases() as (index, _):
            return list(versions(index, self._series(index, name), newest_first=True))

    def differences(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, ...]]:
        """Return what changed between older and newer patches; reads their mails again."""
        from triage.query.versions import differences

        with self._databases() as (index, _):
            return differences(index, pairs)

    def compared(self, old: str, new: str) -> Version:
        """Return one version against another, by their first Message-IDs; reads their mails again."""
        from triage.query.versions import compared

        with self._databases() as (index, _):
            return compared(index, self._series(index, old), self._series(index, new))

    def remarks(self, name: str) -> list[Remark]:
        """Return what others said of older versions and nobody answered."""
        from triage.query.versions import unanswered

        with self._databases() as (index, _):
            return list(unanswered(index, self._series(index, name)))

    def history(self, name: str) -> list[Event]:
        """Return what happened to a series and its other versions, newest first."""
        from triage.query.timeline import events

        with self._databases() as (index, notes):
            return events(self.config, index, notes, self._series(index, name), self.me())

    def figures(self, limit: str) -> tuple[Figures, Waits]:
        """Return numbers over what a limit lets through, and how long things wait there."""
        from triage.store.statistics import figures, waits

        now = int(time.time())
        wanted = parse_limit(limit, now, self.me())
        if wanted.has_states:
            wanted = only_series(self.series(limit, "activity"))
        with self._databases() as (index, _):
            return figures(index, wanted), waits(index, wanted, now)

    def judged(self, name: str) -> list[Judged]:
        """Return the rules that a series is judged by, and what each of them came to."""
        from triage.query.judgement import judged

        with self._databases() as (index, _):
            return list(judged(index, self._judges, self._series(index, name)))

    def statements(self, view: SeriesView) -> list[tuple[str, Statement]]:
        """Return the sentences of a series' mails that name a machine, each with the mail it stands in."""
        from triage.query.message import statements

        found: list[tuple[str, Statement]] = []
        with self._databases() as (index, _):
            for stored in view.mails[:MOST_REPLIES]:
                number = stored.message.subject.n
                where = (
                    f"{number}/{view.line.total}"
                    if stored.message.is_member and number is not None
                    else stored.message.sender.name or "reply"
                )
                with suppress(TriageError):
                    found += [(where, one) for one in statements(index, stored)]
        return found

    def pack_names(self) -> list[str]:
        """Return the packs that there are."""
        from triage.projects import known_packs

        return list(known_packs(self.config.paths.policies))

    def rule(self, item: ListedFinding, posted: int) -> RuleShown:
        """Return the rule that a finding comes from, as in force when its mail was posted."""
        from triage.model.codes import CODES
        from triage.policy.pack import day_of

        project = self._judges.of(item.policy)
        cure = CODES[item.code].cure if item.code in CODES else ""
        if isinstance(project, TriageError):
            return RuleShown("not readable now", cure)
        rule = next((rule for rule in project.pack.rules if rule.id == item.rule and rule.in_force(day_of(posted))), None)
        if not rule:
            return RuleShown(project.pack.status, cure)
        dated = rule.valid_from or rule.valid_until
        span = f", in force from {rule.valid_from or 'ever'} to {rule.valid_until or 'now'}" if dated else ""
        return RuleShown(project.pack.status, cure, rule.text, span)

    def first_words(self, view: SeriesView) -> dict[str, str]:
        """Return how the replies to a series begin, by Message-ID; those that cannot be read say nothing."""
        from triage.mail.quotes import first_own_line

        replies = [one for one in view.mails if not one.message.is_member][:MOST_REPLIES]
        return {one.message.message_id: first_own_line(self.text_or_why(one)) for one in replies}

    def raw(self, stored: Stored) -> str:
        """Return a mail as it came, each byte that is no UTF-8 shown as what it is."""
        from triage.archive.reread import raw_mail

        with self._databases() as (index, _):
            return raw_mail(index, stored).decode("utf-8", "backslashreplace")

    def text(self, stored: Stored) -> str:
        """Return a mail's decoded text from its archive."""
        from triage.archive.reread import read_again

        with self._databases() as (index, _):
            return read_again(index, stored).body.text

    def text_or_why(self, stored: Stored) -> str:
        """Return a mail's decoded text, or the sentence that says why it cannot be had."""
        try:
            return self.text(stored)
        except TriageError as error:
            return str(error)
