# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series whose neighbours changed get their versions again."""

from collections.abc import Iterable, Set
from heapq import heapify, heappop, heappush

from msgspec.structs import replace

from triage.model import Link
from triage.model.series import NEAREST, Posting
from triage.series.corrections import Corrections
from triage.series.versions import previous, same_people, suggestions
from triage.store import links
from triage.store.corrections import load_corrections
from triage.store.schema import Index

KEPT = 4000
"""Postings that are kept for the series that come next: what one author posts before is asked for again and again."""


class Linker:
    """Links versions, batch by batch; the mails and series that it reads must not change meanwhile."""

    def __init__(self, connection: Index) -> None:
        self.connection = connection
        self._corrections = Corrections(load_corrections(connection))
        self._naming = links.naming(connection)
        self._known: dict[int, Posting] = {}
        self._files: dict[int, frozenset[str]] = {}

    def link(self, wanted: list[int]) -> None:
        """Give each of `wanted` its topic, and newer neighbours theirs again; to be called inside a transaction."""
        if len(self._known) > KEPT:
            self._known, self._files = {}, {}
        self._load(wanted)
        near = {series_id: self._near(series_id) for series_id in wanted}
        later = {other for series_id in wanted for other in self._later(series_id)} - near.keys()
        every = {item for ids in near.values() for item in ids}
        self._load(every)
        newer = {other for series_id, ids in near.items() for other in self._changed_by(series_id, ids & self._known.keys(), near.keys())}
        again = links.linked(self.connection, newer) | later  # one that is not linked yet comes in its turn
        self._load(again)
        near |= {other: self._near(other) for other in again}
        self._load({item for ids in near.values() for item in ids})
        self._link_in_order(near, set(wanted))

    def _changed_by(self, series_id: int, near: set[int], linked: Set[int]) -> set[int]:
        """Return neighbours, but those `linked` anyhow, that may follow another one for a series: it, or what is a part of it."""
        rest = near - linked
        if self._corrections.items or not rest:
            return rest
        here = self._known[series_id]
        older = [here] + [part for one in near if here.is_fuller(part := self._known[one])]
        return {one for one in rest if any(self._known[one].may_follow(other) for other in older)}

    def _link_in_order(self, near: dict[int, set[int]], fresh: set[int]) -> None:
        """Link series, the oldest first; what their topics decide for later ones is decided again."""
        named, moved = set[str](), list[int]()
        waiting = [self._place(one) for one in near]
        heapify(waiting)
        while waiting:
            here = heappop(waiting)
            one = here[-1]
            saved = self._link(one, near.pop(one))
            named |= saved.named
            moved += [one] if saved.moved else []
            if links.keeps_other_company(self.connection, saved, fresh):
                later = {after for other in saved.regrouped for after in self._later(other)} - near.keys()
                self._load(later)
                for other in later:
                    if (place := self._place(other)) > here:
                        near[other] = self._near(other)
                        self._load(near[other])
                        heappush(waiting, place)
        links.mark_superseded(self.connection, sorted(named))
        links.note_heirs(self.connection, moved)

    def _place(self, series_id: int) -> tuple[int, tuple[int, int, int, str], int]:
        """Return where a series stands in the order of linking."""
        posting = self._known[series_id]
        return posting.posted, posting.order, series_id

    def _later(self, series_id: int) -> set[int]:
        self._load([series_id])
        return links.later(self.connection, series_id, self._known[series_id])

    def _load(self, ids: Iterable[int]) -> None:
        self._known |= links.postings(self.connection, set(ids) - self._known.keys())

    def _near(self, series_id: int) -> set[int]:
        posting = self._known[series_id]
        named = links.holding(self.connection, self._corrections.named_with(posting.members))
        return (links.neighbours(self.connection, series_id, posting, self._naming) | named) - {series_id}

    def _link(self, series_id: int, near: set[int]) -> links.Saved:
        """Link one series."""
        series, others = self._with_files(series_id, [other for other in sorted(near) if other in self._known])
        found = previous(series, others, self._corrections)
        if not found:
            ids = links.elsewhere(self.connection, series_id, series)
            self._load(ids)
            others = [self._touching(other) for other in sorted(ids) if other in self._known]
            found = suggestions(self._touching(series_id), others, self._corrections)
        return links.save_links(self.connection, series_id, series, found, _takes_over(series, found, others))

    def _touching(self, series_id: int) -> Posting:
        """Return a posting with the files that it touches."""
        posting = self._known[series_id]
        if series_id not in self._files:
            self._files[series_id] = links.files_of(self.connection, series_id)
        return replace(posting, files=self._files[series_id])

    def _with_files(self, series_id: int, near: list[int]) -> tuple[Posting, list[Posting]]:
        """Return a posting and its neighbours, with the files of those under its very title and number: nothing else tells these apart."""
        series = self._known[series_id]
        alike = [
            other for other in near
            if (o := self._known[other]).title == series.title and o.version == series.version and not o.patch_ids & series.patch_ids
        ][-NEAREST :]  # fmt: skip
        told = set(alike)
        others = [self._touching(other) if other in told else self._known[other] for other in near]
        return (self._touching(series_id) if alike else series), others


def _takes_over(series: Posting, found: tuple[Link, ...], others: list[Posting]) -> bool:
    """Say whether the version before is other people's, by no person's word."""
    to = next((link.to for link in found if link.kind != "similar"), None)
    older = next((posting for posting in others if posting.first == to), None)
    return older is not None and found[0].kind != "human" and not same_people(series, older)
