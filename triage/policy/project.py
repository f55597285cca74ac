# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project as it judges: its policy pack with the people its own files name. The one place where these files are read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from triage.model import Evidence, Finding, Message, Series
from triage.policy.pack import Pack

if TYPE_CHECKING:
    from triage.policy.people import People
    from triage.policy.rules.case import Before


def together(findings: Iterable[Finding], one_list: bool) -> list[Finding]:
    """Return findings of several packs, those that are one as one: the gravest, with all packs that hold it named.

    Within `one_list` these are the ones that say the same of one line; a cross-post's are one only where the same rule raises them, since
    each list tells what its own policy says.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for item in findings:
        by_line = one_list and (item.line or item.quote)
        key = (item.code, item.target, item.message_id, item.line, item.quote) if by_line else (item.id, item.message_id)
        other = found.get(key)
        if other is None:
            found[key] = item
            continue
        graver, milder = (item, other) if item.severity.rank < other.severity.rank else (other, item)
        bases = dict.fromkeys((*graver.also, milder.basis, *milder.also))
        also = tuple(basis for basis in bases if basis != graver.basis)
        packs = tuple(dict.fromkeys((*other.judged_by, *item.judged_by)))
        found[key] = replace(graver, also=also, judged_by=packs, demand=graver.demand or milder.demand)
    return list(found.values())


class Project(Struct, frozen=True):
    """A pack and the people it is applied with."""

    pack: Pack
    people: "People"

    def judge(
        self, series: Series, replies: Sequence[Message], earlier: Sequence[Evidence] = (), repository: Mapping[str, bool] | None = None,
        before: "Before | None" = None,
    ) -> list[Finding]:  # fmt: skip
        """Return the findings on a series; `repository` is what is known of it beside what the pack says."""
        from triage.policy.judge import judge

        return judge(series, replies, self.pack, self.people, earlier, {**(repository or {}), **self.pack.repository}, before)


class Projects(Struct, frozen=True):
    """All that one list is judged by: its own project first, then those that its work must satisfy too."""

    each: tuple[Project, ...]

    @property
    def name(self) -> str:
        """The packs' names."""
        return " ".join(project.pack.id for project in self.each)

    @property
    def minds_versions(self) -> bool:
        """Whether a rule looks at the version before."""
        return any(rule.kind == "versions" for project in self.each for rule in project.pack.rules)

    def judge(
        self, series: Series, replies: Sequence[Message], earlier: Sequence[Evidence] = (), before: "Before | None" = None
    ) -> list[Finding]:  # fmt: skip
        """Return the findings of all on a series, those that say the same of one line as one."""
        known = {name: value for project in reversed(self.each) for name, value in project.pack.repository.items()}
        found = (item for project in self.each for item in project.judge(series, replies, earlier, known, before))
        return together(found, one_list=True)

    def pack_of(self, item: Finding) -> Pack:
        """Return the pack that judged a finding."""
        return next((project.pack for project in self.each if project.pack.id in item.judged_by), self.each[0].pack)
