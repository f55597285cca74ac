# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people said about series and versions: it is applied last, and the algorithms never override it."""

from collections.abc import Iterable

from msgspec import Struct, field

from triage.model import Kind, Message, MessageId, Placement, Series
from triage.model.corrections import Correction, Named


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
        return held.series()

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


class _Part(Struct, eq=False):
    """Mails that came or were split off together, and the parts that were merged into them, each with the record that did it."""

    number: int
    mails: tuple[Message, ...]
    total: int
    notes: set[str]
    placements: tuple[Placement, ...]
    left: int
    as_found: Series | None = None
    merged: list[tuple["_Part", Correction]] = field(default_factory=list)
    above: "_Part | None" = None

    def whole(self) -> "_Part":
        """Return the part into which this one was merged in the end; the way there is shorter the next time."""
        part = self
        while (above := part.above) is not None:
            part.above = above.above or above
            part = above
        return part


class _Held:
    """Series that are being corrected: what a record moves is noted, and put in order once, when all have been heard."""

    def __init__(self, found: Iterable[Series]) -> None:
        self._parts: dict[int, _Part] = {}
        self._in: dict[int, _Part] = {}
        self._named: dict[Named, list[Message]] = {}
        self._last = 0
        for series in found:
            self._put(series.members, series.total, set(series.notes), series.placements).as_found = series
            for mail in series.members:
                self._named.setdefault(Named(mail.message_id, mail.target), []).append(mail)

    def series(self) -> list[Series]:
        """Return the series as they stand now."""
        return [part.as_found or self._gathered(part) for part in self._parts.values()]

    def _put(self, mails: tuple[Message, ...], total: int, notes: set[str], placements: tuple[Placement, ...]) -> _Part:
        self._last += 1
        part = self._parts[self._last] = _Part(self._last, mails, total, notes, placements, len(mails))
        self._in.update((id(mail), part) for mail in mails)
        return part

    def _meant(self, item: Correction) -> list[tuple[_Part, list[Message]]]:
        """Return the series that hold mails which a correction names, in the order of their numbers, with these mails."""
        meant: dict[int, list[Message]] = {}
        for name in dict.fromkeys(item.named):
            for mail in self._named.get(name, ()):
                meant.setdefault(self._in[id(mail)].whole().number, []).append(mail)
        return [(self._parts[number], mails) for number, mails in sorted(meant.items())]

    def split(self, item: Correction) -> None:
        """Take the mails that a correction names out of the series they are in, and make them one of their own."""
        taken: list[Message] = []
        for part, mails in self._meant(item):
            taken += mails
            del self._parts[part.number]
            part.left -= len(mails)
            part.as_found = None
            if part.left:
                self._parts[part.number] = part  # behind those that no record has touched
        if taken:
            made = _of(taken, 0, (), ())
            self._put(made.members, made.total, set(), _said(taken, "split", item))

    def merge(self, item: Correction) -> None:
        """Make one series of those that hold the mails a correction names."""
        meant = self._meant(item)
        if len(meant) < 2:
            return
        head = next((part for part, mails in meant if any(item.first.means(mail) for mail in mails)), meant[0][0])
        for part, _ in meant:
            del self._parts[part.number]
            if part is not head:
                part.above = head
                head.merged.append((part, item))
                head.left += part.left
                head.notes |= part.notes
        head.as_found = None
        self._last += 1
        head.number = self._last
        self._parts[head.number] = head

    def _gathered(self, whole: _Part) -> Series:
        """Return a series of what is left of a part and of all that was merged into it; who was merged last says why a mail is there."""
        mails: list[Message] = []
        placements: list[Placement] = []
        parts: list[tuple[_Part, Correction | None]] = [(whole, None)]
        while parts:
            part, moved_by = parts.pop()
            own = [mail for mail in part.mails if self._in[id(mail)] is part]
            mails += own
            if moved_by:
                placements += _said(own, "merged", moved_by)
            else:
                ids = {mail.message_id for mail in own}
                placements += (placed for placed in part.placements if placed.message_id in ids)
            parts += ((other, moved_by or item) for other, item in reversed(part.merged))
        return _of(mails, whole.total, tuple(whole.notes), tuple(placements))


def _said(members: Iterable[Message], why: str, item: Correction) -> tuple[Placement, ...]:
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
