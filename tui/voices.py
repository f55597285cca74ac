# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said of a series, and what of it the user may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from triage.model.checks import CheckResult
    from triage.model.opinion import Stand
    from triage.opinion.blind import Blind
    from triage.query.review_trailers import Review


class Voices(Struct, frozen=True):
    """What people said of a series, and what of it the user may see."""

    blind: Blind
    said: tuple[Stand, ...] = ()
    reviews: tuple[Review, ...] = ()
    checks: Mapping[str, tuple[CheckResult, ...]] = field(default_factory=dict)
    """What other tools said of each mail."""

    def shown(self, stands: Iterable[Stand]) -> list[Stand]:
        """Return what the user may see: all but the opinions of others on a question that the user has not answered."""
        return [stand for stand in stands if not self.blind.hides(stand)]
