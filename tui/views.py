# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the session hands to the screens: a series, where the cursor stands in it, and the saved views of the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

if TYPE_CHECKING:
    from triage.model.checks import CheckResult
    from triage.model.listed import ListedFinding
    from triage.model.opinion import Stand
    from triage.query.review_trailers import Review
    from triage.store.lines import SeriesLine
    from triage.store.queries import Stored


class SeriesView(Struct, frozen=True):
    """All that the series screen shows but the mails' texts."""

    id: int
    line: SeriesLine
    mails: tuple[Stored, ...]
    findings: tuple[ListedFinding, ...]
    versions: tuple[tuple[int, str, int, int, int], ...]
    urls: tuple[str, ...]
    said: tuple[Stand, ...] = ()
    """What people said of the series or a patch, and open requests."""
    reviews: tuple[Review, ...] = ()
    """What people gave by mail."""
    seen: frozenset[str] = frozenset()
    """Questions whose earlier opinions the user revealed."""
    checks: Mapping[str, tuple[CheckResult, ...]] = field(default_factory=dict)
    """What other tools said of its patches, by Message-ID."""
    since: int | None = None
    """When the user last looked before this time, None for never or not asked."""


class RuleShown(NamedTuple):
    """The rule that a finding comes from, as it was in force when its mail was posted."""

    standing: str
    """Whether the pack was compared with its source."""
    cure: str
    """What fixes the finding."""
    text: str = ""
    span: str = ""
    """From when to when it is in force, "" where it has no dates."""


class Subject(Struct, frozen=True):
    """What an act is about: a series, and where the cursor stands in it."""

    view: SeriesView
    finding: str = ""
    """The id of the finding at the cursor, "" for none."""
    mail: Stored | None = None
    line: int | None = None
    """The line of the mail's text at the cursor."""
    quote: str = ""
    """What stands in that line."""

    @property
    def name(self) -> str:
        """The Message-ID of the mail at the cursor, else of the series' first."""
        return str(self.mail.message.message_id) if self.mail else self.view.line.message_id


class View(NamedTuple):
    """A saved view: a name, and the limit that it is."""

    name: str
    limit: str


_OPEN = "not is:superseded not state:done,snoozed"
_REASONS = "(is:attention or state:new,updated or by:me (op:split or op:outdated))"


def built_in(stale: str) -> tuple[View, ...]:
    """Return the views that come with the program, what needs the user first; `stale` is the time after which a series leaves it."""
    return (
        View("Attention", f"{_OPEN} {_REASONS} not stale:{stale}"),
        View("New", "state:new,updated not is:superseded"),
        View("Mine", "by:me not is:superseded"),
        View("Asked", "state:asked"),
        View("Split", "op:split by:me not is:superseded"),
        View("Outdated", "op:outdated by:me not is:superseded"),
        View("Done", "state:done"),
        View("Stale", f"{_OPEN} {_REASONS} stale:{stale}"),
    )
