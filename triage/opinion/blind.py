# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blind review: what others said on a question stays hidden until one has said one's own, and a look at it is noted.

The rule is here alone; the command line and the terminal UI both ask `Blind`.
"""

import time
from collections.abc import Iterable
from contextlib import closing

from msgspec import Struct

from triage.config import Config
from triage.model.opinion import PAST, Stand
from triage.model.verdicts import SAID
from triage.store import personal
from triage.store.schema import open_personal
from triage.store.transaction import transaction


class Blind(Struct, frozen=True):
    """What one person may see of what others said."""

    me: str
    open_questions: frozenset[str] = frozenset()
    """Those that they answered, or whose earlier opinions they looked at."""

    @classmethod
    def of(cls, stands: Iterable[Stand], me: str, revealed: Iterable[str]) -> "Blind":
        """Return what `me`, an address, may see: of `stands` their own open questions, beside those that were `revealed`."""
        answered = {stand.question for stand in stands if stand.record.kind in SAID and stand.state not in PAST and stand.is_by(me)}
        return cls(me, frozenset(answered | set(revealed)))

    def hides(self, stand: Stand) -> bool:
        """Say whether what somebody said stays hidden."""
        return stand.record.kind in SAID and not stand.is_by(self.me) and stand.question not in self.open_questions


def revealed(config: Config) -> frozenset[str]:
    """Return the questions whose earlier opinions the user looked at."""
    with closing(open_personal(config.paths.personal)) as notes:
        return frozenset(personal.revealed(notes))


def reveal(config: Config, questions: Iterable[str]) -> None:
    """Note that earlier opinions on some questions are looked at before one's own is given: the record will say so."""
    path = config.paths.personal
    with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
        for question in questions:
            personal.reveal(connection, question, int(time.time()))
