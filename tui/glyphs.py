# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The characters that carry meaning: Unicode with box-drawing where the terminal shows it, else ASCII as mutt has them."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from triage.model import State


class Glyphs(NamedTuple):
    """One set of characters, each one cell wide where it is used."""

    cursor: str
    tag: str
    marks: dict[str, str]
    """By severity, gravest first."""
    states: dict[State, str]
    opinions: dict[str, str]
    """By what stands: asked, hidden, split, agree, disagree, unsure, outdated, none."""
    bar: str
    part: str
    """What a bar is drawn of, and the part of it that is told apart."""
    box_top: str
    box_side: str
    box_end: str
    rule: str
    folded: str
    branch: str
    last: str
    """What leads to a reply in a thread, and to the last one."""
    more: str
    """What stands between the parts of a line."""


_STATES = {
    State.NEW: "N", State.UPDATED: "U", State.SEEN: " ", State.ASKED: "?", State.DRAFTED: "r", State.DONE: "d", State.SNOOZED: "z",
}  # fmt: skip
_OPINIONS = {
    "asked": "?", "hidden": "h", "split": "x", "agree": "=", "disagree": "-", "unsure": "u", "outdated": "o", "none": ".",
}  # fmt: skip
ASCII = Glyphs(
    ">", "*", {"error": "!", "warn": "~", "ask": "?", "info": "i"}, _STATES, _OPINIONS, "=", "#",
    "+--", "|", "+--", "-", "+", "|-", "`-", "|",
)  # fmt: skip
UNICODE = Glyphs(
    "▸", "✓", {"error": "⚑", "warn": "~", "ask": "?", "info": "i"},
    _STATES | {State.UPDATED: "↻", State.DRAFTED: "✎", State.DONE: "✓", State.SNOOZED: "∅"},
    _OPINIONS | {"agree": "✓", "disagree": "✗"}, "▬", "▰",
    "╭──", "│", "╰──", "─", "▸", "├─", "└─", "│",
)  # fmt: skip
_chosen = [ASCII]
_WIDE = ("ja", "ko", "zh")
"""Languages in which terminals draw box-drawing two cells wide."""
_POOR = ("linux", "vt100", "vt102", "vt220", "ansi", "dumb")


def suits(environment: Mapping[str, str]) -> str:
    """Return the set that a terminal can show: `unicode` for one in a UTF-8 locale whose letters are one cell wide, else `ascii`."""
    locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    codes = locale.replace("-", "").lower()
    fine = "utf8" in codes and not codes.startswith(_WIDE) and environment.get("TERM", "") not in _POOR
    return "unicode" if fine else "ascii"


def choose(name: str) -> None:
    """Take the set that config.toml names, `ascii` or `unicode`; `auto` takes the one that suits the terminal."""
    _chosen[0] = UNICODE if (suits(os.environ) if name == "auto" else name) == "unicode" else ASCII


def glyphs() -> Glyphs:
    """Return the set in use."""
    return _chosen[0]
