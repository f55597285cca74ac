# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The characters that carry meaning: ASCII as mutt has them, or Unicode by choice, none of ambiguous width."""

from dataclasses import dataclass

from triage.model import State


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of characters, each one cell wide in every locale."""

    cursor: str
    tag: str
    marks: dict[str, str]
    """By severity, gravest first."""
    states: dict[State, str]
    opinions: dict[str, str]
    """By what stands: asked, split, agree, disagree, unsure, outdated, none."""
    bar: str
    part: str
    """What a bar is drawn of, and the part of it that is told apart."""


_STATES = {
    State.NEW: "N", State.UPDATED: "U", State.SEEN: " ", State.ASKED: "?", State.DRAFTED: "r", State.DONE: "d", State.SNOOZED: "z",
}  # fmt: skip
_OPINIONS = {"asked": "?", "split": "x", "agree": "=", "disagree": "-", "unsure": "u", "outdated": "o", "none": "."}
ASCII = Glyphs(">", "*", {"error": "!", "warn": "~", "ask": "?", "info": "i"}, _STATES, _OPINIONS, "=", "#")
UNICODE = Glyphs(
    "▸", "✓", {"error": "⚑", "warn": "~", "ask": "?", "info": "i"},
    _STATES | {State.UPDATED: "↻", State.DRAFTED: "✎", State.DONE: "✓", State.SNOOZED: "∅"},
    _OPINIONS | {"agree": "✓", "disagree": "✗"}, "▬", "▰",
)  # fmt: skip
_chosen = [ASCII]


def choose(name: str) -> None:
    """Take the set that config.toml names: `ascii` or `unicode`."""
    _chosen[0] = UNICODE if name == "unicode" else ASCII


def glyphs() -> Glyphs:
    """Return the set in use."""
    return _chosen[0]
