# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose words may be seen: earlier opinions stay hidden until one's own is given or they are revealed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from triage.opinion.blind import question_key
from triage.opinion.give import SAID


@dataclass(frozen=True, slots=True)
class Voices:
    """What people said of a series, and what the user may see of it."""

    mine: str
    fingerprint: str = ""
    said: tuple[dict[str, Any], ...] = ()
    reviews: tuple[dict[str, Any], ...] = ()
    seen: frozenset[str] = frozenset()

    def hidden(self, opinions: Iterable[dict[str, Any]], target: str, finding: str) -> bool:
        """Say whether earlier opinions on a question stay hidden: the user neither gave one nor revealed them."""
        own = any(o["reviewer"]["email"].casefold() == self.mine.casefold() and o["kind"] in SAID for o in opinions)
        return not own and question_key(target, finding) not in self.seen

    def shown(self, opinions: Iterable[dict[str, Any]], target: str, finding: str) -> list[dict[str, Any]]:
        """Return what the user may see of what was said on a question: all but earlier opinions, until the user gave one."""
        said = list(opinions)
        if self.hidden([o for o in said if o["kind"] in SAID], target, finding):
            return [o for o in said if o["kind"] not in SAID]
        return said
