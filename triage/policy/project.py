# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project as it judges: its policy pack with the people its own files name. The one place where these files are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.model import Evidence, Finding, Message, Series
from triage.policy.pack import Pack

if TYPE_CHECKING:
    from triage.policy.people import People


@dataclass(frozen=True, slots=True)
class Project:
    """A pack and the people it is applied with."""

    pack: Pack
    people: "People"

    def judge(self, series: Series, replies: Sequence[Message], earlier: Sequence[Evidence] = ()) -> list[Finding]:
        """Return the findings on a series."""
        from triage.policy.judge import judge

        return judge(series, replies, self.pack, self.people, earlier)
