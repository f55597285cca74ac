# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts as plain numbers: where bars and words of a small picture stand, for a template to draw; sizes are SVG user units."""

from collections.abc import Sequence

from msgspec import Struct

WIDTH, HEIGHT = 640, 150
FLOOR, TOP = HEIGHT - 20, 14


class Bar(Struct, frozen=True):
    """One bar, with what it says when it is pointed at; `kind` is the class that colours it."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    says: str


class Word(Struct, frozen=True):
    """A word of a chart; `anchor` is `start`, `middle` or `end`."""

    x: float
    y: float
    anchor: str
    text: str


class Chart(Struct, frozen=True):
    """A picture of bars and words, and the sentence that stands for it where it cannot be seen."""

    width: int
    height: int
    says: str
    bars: tuple[Bar, ...]
    words: tuple[Word, ...]
    floor: int = 0
    """Where the line that columns stand on is drawn, 0 for none."""


def columns(says: str, labels: Sequence[str], layers: Sequence[tuple[str, str, Sequence[int]]]) -> Chart:
    """Return a chart over time: a column a label, each layer (class, name, values) in front of the one before, of which it is a part."""
    top = max([1, *(value for _, _, values in layers for value in values)])
    slot = (WIDTH - 40) / max(1, len(labels))
    scale = (FLOOR - TOP) / top
    bars = [
        Bar(round(40 + slot * at + slot * 0.1, 2), round(FLOOR - value * scale, 2), round(slot * 0.8, 2), round(value * scale, 2), kind,
            f"{labels[at]}: {value} {name}")
        for kind, name, values in layers for at, value in enumerate(values) if value
    ]  # fmt: skip
    words = [Word(34, TOP + 4, "end", str(top)), Word(34, FLOOR, "end", "0")]
    marked = sorted({0, len(labels) // 2, len(labels) - 1}) if labels else []
    words += [Word(round(min(max(40 + slot * (at + 0.5), 40), WIDTH - 40), 2), HEIGHT - 4, "middle", labels[at]) for at in marked]
    return Chart(WIDTH, HEIGHT, says, tuple(bars), tuple(words), FLOOR)


class Share(Struct, frozen=True):
    """One bar of a list of bars: how long it is in percent of the longest."""

    label: str
    kind: str
    value: int
    percent: float


class Shares(Struct, frozen=True):
    """Bars below each other, each under its label, and the sentence that stands for them where they cannot be seen."""

    says: str
    shares: tuple[Share, ...]


def shares(says: str, items: Sequence[tuple[str, str, int]]) -> Shares:
    """Return a bar for each label, class and value."""
    top = max([1, *(value for _, _, value in items)])
    told = ", ".join(f"{label} {value}" for label, _, value in items)
    found = (Share(label, kind, value, round(max(100 * value / top, 1 if value else 0), 2)) for label, kind, value in items)
    return Shares(f"{says}: {told}" if told else says, tuple(found))
