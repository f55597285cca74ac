# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces of one bucket that no reply holds together: those that fit are joined, the surest pair first."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from triage.model import MessageId
from triage.series.gathering import Gathering, Outline, least_apart
from triage.series.likeness import alike, traits

UNTHREADED_GAP = 2 * 3600
"""Seconds from mail to mail within one unthreaded posting; a slow sender may take 15 minutes a patch."""
THREAD_GAP = 24 * 3600
"""The same inside one thread, where the thread itself is evidence; and for the rest of a posting that was cut off."""

_STRENGTH = ("run", "thread", "rest", "time")
_NEIGHBOURS = 64
"""How many of the pieces that follow in time are looked at: a flood of equal subjects must not cost its square."""


def join_pieces(pieces: list[Gathering], thread_of: Mapping[MessageId, int]) -> list[Gathering]:
    """Join pieces with different numbers, the surest pair first; pairs that are as good as a rival are joined and marked."""
    pairs = _pairs(pieces, thread_of)
    touching: dict[int, list[_Pair]] = {}
    for pair in pairs:
        touching.setdefault(pair.one, []).append(pair)
        touching.setdefault(pair.other, []).append(pair)
    home = list(range(len(pieces)))

    def posting(number: int) -> int:
        while home[number] != number:
            home[number] = home[home[number]]
            number = home[number]
        return number

    numbers = [frozenset(piece.by_number) for piece in pieces]
    for pair in pairs:
        one, other = posting(pair.one), posting(pair.other)
        if one == other or not _apart(pieces[one], pieces[other]):
            continue
        stays, goes = sorted((one, other), key=lambda number: pieces[number].order())
        kept, taken = pieces[stays], pieces[goes]
        why = "alike" if pair.why == "time" and pair.alike else pair.why
        if pair.why != "run" and any(pair.has_rival(rival, numbers) for number in (pair.one, pair.other) for rival in touching[number]):
            kept.notes.add("ambiguous")
            why = "guess" if pair.why == "time" else why
        kept.take(taken, why, kept.nearest(taken.head()))
        home[goes] = stays
    return [pieces[number] for number in range(len(pieces)) if home[number] == number]


def _apart(one: Gathering, other: Gathering) -> bool:
    """Whether no number is in both."""
    fewer, more = sorted((one.by_number, other.by_number), key=len)
    return more.keys().isdisjoint(fewer)


class _Pair(Struct, frozen=True):
    """Two pieces that may be one posting."""

    one: int
    other: int
    why: str
    alike: int
    apart: int

    def rank(self) -> tuple[int, int, int, int, int]:
        return (_STRENGTH.index(self.why), -self.alike, self.apart, self.one, self.other)

    def has_rival(self, other: "_Pair", numbers: Sequence[frozenset[int]]) -> bool:
        """Whether another pair for one of the two is as strong, as alike and sent about as near, and only one of them can be right."""
        if (other.why, other.alike) != (self.why, self.alike) or other.apart > 4 * self.apart + 5:
            return False
        mine, its = {self.one, self.other} - {other.one, other.other}, {other.one, other.other} - {self.one, self.other}
        return len(mine) == 1 and not numbers[mine.pop()].isdisjoint(numbers[its.pop()])


def _pairs(pieces: list[Gathering], thread_of: Mapping[MessageId, int]) -> list[_Pair]:
    """Return the pairs of pieces that fit, surest first. Likeness is asked for only where a number comes twice."""
    outlines = [Outline(piece, thread_of) for piece in pieces] if len(pieces) > 1 else []
    numbers = [number for piece in pieces for number in piece.by_number]
    rivals = len(numbers) != len(set(numbers))
    of = [traits(piece.by_number.values()) for piece in pieces] if rivals else []
    near = ((one, other) for one in range(len(pieces)) for other in range(one + 1, min(one + 1 + _NEIGHBOURS, len(pieces))))
    found = [
        _Pair(one, other, why, alike(of[one], of[other]) if rivals else 0, apart) for one, other in near
        if (why := _fit(outlines[one], outlines[other], apart := pieces[one].apart(pieces[other])))
    ]  # fmt: skip
    return sorted(found, key=_Pair.rank)


def _fit(one: Outline, other: Outline, apart: int) -> str:
    """Say why two pieces, `apart` seconds from each other, may be one posting, "" where they may not."""
    if not one.numbers.isdisjoint(other.numbers):
        return ""
    together = not one.threads.isdisjoint(other.threads)
    if not together and not one.is_near(other):
        return ""
    if not one.runs.isdisjoint(other.runs):
        return "run"
    if together:
        return "thread" if apart <= THREAD_GAP else ""
    if other.is_rest_of(one) and (one.threaded or other.threaded):
        return "rest" if apart <= THREAD_GAP else ""
    if one.threaded and other.threaded:
        return ""
    return "time" if least_apart(one.unanswered, other.unanswered) <= UNTHREADED_GAP else ""
