# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screens read besides lists and series: mails, versions, history, numbers, and the policy."""

import time
from collections.abc import Iterable
from contextlib import suppress

from triage.archive.reread import raw_mail, read_again
from triage.config import Config
from triage.mail.quotes import first_own_line
from triage.model.errors import TriageError
from triage.model.listed import ListedFinding
from triage.projects import Judges, known_packs
from triage.query.judgement import Judged, judged
from triage.query.message import Statement, statements
from triage.store.limit import only_series, parse_limit
from triage.store.queries import Stored
from triage.store.schema import Index
from triage.store.statistics import Figures, Waits, figures, waits
from tui.remembered import Remembered
from tui.views import Event, Remark, RuleShown, SeriesView, Version

MOST_REPLIES = 500
"""Replies of one series whose first words are read."""


class Reading(Remembered):
    """Reads for one person; every error it raises is a `TriageError`."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._judges = Judges(config)

    def me(self) -> str:
        """Return the reviewer's address."""
        raise NotImplementedError

    def series(self, limit: str, order: str) -> list[int]:
        """Return the series that a limit lets through, in order."""
        raise NotImplementedError

    def _series(self, index: Index, name: str) -> int:
        """Return the series that a shown Message-ID names in the index as it is now."""
        raise NotImplementedError

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
        now = int(time.time())
        wanted = parse_limit(limit, now, self.me())
        if wanted.has_states:
            wanted = only_series(self.series(limit, "activity"))
        with self._databases() as (index, _):
            return figures(index, wanted), waits(index, wanted, now)

    def judged(self, name: str) -> list[Judged]:
        """Return the rules that a series is judged by, and what each of them came to."""
        with self._databases() as (index, _):
            return list(judged(index, self._judges, self._series(index, name)))

    def statements(self, view: SeriesView) -> list[tuple[str, Statement]]:
        """Return the sentences of a series' mails that name a machine, each with the mail it stands in."""
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
        replies = [one for one in view.mails if not one.message.is_member][:MOST_REPLIES]
        return {one.message.message_id: first_own_line(self.text_or_why(one)) for one in replies}

    def raw(self, stored: Stored) -> str:
        """Return a mail as it came, each byte that is no UTF-8 shown as what it is."""
        with self._databases() as (index, _):
            return raw_mail(index, stored).decode("utf-8", "backslashreplace")

    def text(self, stored: Stored) -> str:
        """Return a mail's decoded text from its archive."""
        with self._databases() as (index, _):
            return read_again(index, stored).body.text

    def text_or_why(self, stored: Stored) -> str:
        """Return a mail's decoded text, or the sentence that says why it cannot be had."""
        try:
            return self.text(stored)
        except TriageError as error:
            return str(error)
