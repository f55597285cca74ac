# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said about series and versions: it is applied last, and the algorithms never override it."""

from collections.abc import Iterable

from triage.model import Kind, Message, MessageId, Placement, Series
from triage.model.corrections import Correction


class Corrections:
    """The corrections that stand, in the order they were made; a later one has the last word."""

    def __init__(self, items: Iterable[Correction]) -> None:
        self.items = tuple(items)
        self._naming: dict[MessageId, list[int]] = {}
        self._linking: dict[MessageId, list[int]] = {}
        for position, item in enumerate(self.items):
            for name in {named.message_id for named in item.named}:
                self._naming.setdefault(name, []).append(position)
            if item.kind in {"link", "unlink"}:
                self._linking.setdefault(item.first.message_id, []).append(position)

    def _about(self, mails: Iterable[MessageId]) -> list[Correction]:
        return [self.items[position] for position in sorted({place for name in mails for place in self._naming.get(name, ())})]

    def named_with(self, mails: Iterable[MessageId]) -> set[MessageId]:
        """Return the mails that corrections name together with some of those given, and these."""
        return {named.message_id for item in self._about(mails) for named in item.named}

    def applied(self, found: list[Series]) -> list[Series]:
        """Return `found` as people said: mails split off stand together, series merged are one."""
        said = self._about(message.message_id for series in found for message in series.members)
        if not said:
            return found
        held = _Held(found)
        for item in said:
            if item.kind == "split":
                held.split(item)
            elif item.kind == "merge":
                held.merge(item)
        return list(held.series.values())

    def link_of(self, members: frozenset[MessageId], candidates: frozenset[MessageId]) -> tuple[str, MessageId] | None:
        """Return the last word on whether a series follows another one: `link` or `unlink`, and the record; None for no word."""
        if not self._linking:  # asked of every two series
            return None
        word: tuple[str, MessageId] | None = None
        for position in sorted({place for name in self._linking.keys() & members for place in self._linking[name]}):
            item = self.items[position]
            meant = any(other.message_id in candidates for other in item.others)
            if meant or (item.kind == "unlink" and not item.others):
                word = (item.kind, item.record)
        return word


class _Held:
    """Series that are being corrected, each found by the mails in it."""

    def __init__(self, found: Iterable[Series]) -> None:
        self.series: dict[int, Series] = {}
        self._holding: dict[MessageId, set[int]] = {}
        self._last = 0
        for series in found:
            self._put(series)

    def _put(self, series: Series, number: int = 0) -> None:
        self._last += not number
        self.series[number or self._last] = series
        for message in series.members:
            self._holding.setdefault(message.message_id, set()).add(number or self._last)

    def _meant(self, item: Correction) -> list[tuple[int, list[Message]]]:
        """Return the series that hold mails which a correction names, by number, with these mails."""
        named = {(one.message_id, one.target) for one in item.named}
        numbers = sorted({number for name, _ in named for number in self._holding.get(name, ()) if number in self.series})
        every = ((number, [m for m in self.series[number].members if (m.message_id, m.target) in named]) for number in numbers)
        return [(number, mails) for number, mails in every if mails]

    def split(self, item: Correction) -> None:
        """Take the mails that a correction names out of the series they are in, and make them one of their own."""
        taken: list[Message] = []
        for number, mails in self._meant(item):
            series, gone = self.series.pop(number), {id(mail) for mail in mails}
            taken += mails
            if rest := [m for m in series.members if id(m) not in gone]:
                self._put(_of(rest, series.total, series.notes, series.placements), number)
        if taken:
            self._put(_of(taken, 0, (), _said(taken, "split", item)))

    def merge(self, item: Correction) -> None:
        """Make one series of those that hold the mails a correction names."""
        meant = self._meant(item)
        if len(meant) < 2:
            return
        first = next((number for number, mails in meant if any(item.first.means(mail) for mail in mails)), meant[0][0])
        parts = {number: self.series.pop(number) for number, _ in meant}
        head = parts[first]
        members = [m for series in parts.values() for m in series.members]
        moved = [m for number, series in parts.items() if number != first for m in series.members]
        notes = tuple(sorted({note for series in parts.values() for note in series.notes}))
        self._put(_of(members, head.total, notes, (*head.placements, *_said(moved, "merged", item))))


def _said(members: list[Message], why: str, item: Correction) -> tuple[Placement, ...]:
    return tuple(Placement(m.message_id, why, item.record) for m in members)


def _of(members: list[Message], total: int, notes: tuple[str, ...], placements: tuple[Placement, ...]) -> Series:
    """Make a series of mails that a person put together; of several covers the first counts as the cover."""
    ordered = sorted(members, key=lambda m: (m.subject.n is None, m.subject.n or 0, m.posted, m.message_id, m.blob))
    cover = next((m for m in ordered if m.subject.n == 0 and m.kind in {Kind.COVER, Kind.PULL}), None)
    copies = tuple(m for m in ordered if m.subject.n == 0 and m.kind in {Kind.COVER, Kind.PULL} and m is not cover)
    patches = tuple(m for m in ordered if m is not cover and m not in copies)
    total = total or max((m.subject.total or 0 for m in ordered), default=0) or len(patches)
    names = {m.message_id for m in ordered}
    return Series(cover, patches, total, tuple(sorted({*notes, "human"})), tuple(p for p in placements if p.message_id in names), copies)
