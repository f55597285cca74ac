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

    def applied(self, found: list[Series]) -> list[Series]:
        """Return `found` as people said: mails split off stand together, series merged are one."""
        for item in self.items:
            if item.kind == "split":
                found = _split(found, item)
            elif item.kind == "merge":
                found = _merge(found, item)
        return found

    def link_of(self, members: frozenset[MessageId], candidates: frozenset[MessageId]) -> tuple[str, MessageId] | None:
        """Return the last word on whether a series follows another one: `link` or `unlink`, and the record; None for no word."""
        word: tuple[str, MessageId] | None = None
        for item in self.items:
            if item.kind not in {"link", "unlink"} or item.first.message_id not in members:
                continue
            meant = any(other.message_id in candidates for other in item.others)
            if meant or (item.kind == "unlink" and not item.others):
                word = (item.kind, item.record)
        return word


def _split(found: list[Series], item: Correction) -> list[Series]:
    """Take the mails that a correction names out of the series they are in, and make them one of their own."""
    taken: list[Message] = []
    left: list[Series] = []
    for series in found:
        out = [m for m in series.members if any(named.means(m) for named in item.named)]
        taken += out
        rest = [m for m in series.members if m not in out]
        if out and rest:
            left.append(_of(rest, series.total, series.notes, series.placements))
        elif not out:
            left.append(series)
    return [*left, _of(taken, 0, (), _said(taken, "split", item))] if taken else found


def _merge(found: list[Series], item: Correction) -> list[Series]:
    """Make one series of those that hold the mails a correction names."""
    parts = [series for series in found if any(named.means(m) for m in series.members for named in item.named)]
    if len(parts) < 2:
        return found
    head = next((series for series in parts if any(item.first.means(m) for m in series.members)), parts[0])
    members = [m for series in parts for m in series.members]
    moved = [m for series in parts if series is not head for m in series.members]
    notes = tuple(sorted({note for series in parts for note in series.notes}))
    placements = (*head.placements, *_said(moved, "merged", item))
    return [*(series for series in found if series not in parts), _of(members, head.total, notes, placements)]


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
