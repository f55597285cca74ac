# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts as plain numbers: where bars and words of a small picture stand, for a template to draw; sizes are SVG user units."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, ROW, LABEL, VALUE = 640, 150, 20, 250, 50
FLOOR, TOP = HEIGHT - 20, 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with what it says when it is pointed at; `kind` is the class that colours it."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a chart; `anchor` is `start`, `middle` or `end`."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
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
    words += [Word(round(40 + slot * (at + 0.5), 2), HEIGHT - 4, _anchor(at, len(labels)), labels[at]) for at in marked]
    return Chart(WIDTH, HEIGHT, says, tuple(bars), tuple(words), FLOOR)


def _anchor(at: int, count: int) -> str:
    if count < 4:
        return "middle"
    return "start" if at == 0 else "end" if at == count - 1 else "middle"


def rows(says: str, items: Sequence[tuple[str, str, int]]) -> Chart:
    """Return a chart of one bar a row: label, class and value of each."""
    top = max([1, *(value for _, _, value in items)])
    scale = (WIDTH - LABEL - VALUE) / top
    bars = [
        Bar(LABEL, at * ROW + 3, round(max(value * scale, 1 if value else 0), 2), ROW - 6, kind, f"{label}: {value}")
        for at, (label, kind, value) in enumerate(items)
    ]
    words: list[Word] = []
    for at, (label, _, value) in enumerate(items):
        words.append(Word(LABEL - 6, at * ROW + 14, "end", label))
        words.append(Word(round(LABEL + value * scale + 5, 2), at * ROW + 14, "start", str(value)))
    return Chart(WIDTH, max(ROW, len(items) * ROW), says, tuple(bars), tuple(words))
