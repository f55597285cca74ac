# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pieces that every screen shows alike: ages, marks, where a finding is, what an opinion says; all of it safe() first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content

from triage.model.text import counted, tool_label
from tui.glyphs import glyphs

if TYPE_CHECKING:
    from triage.model.listed import ListedFinding
    from triage.model.opinion import Stand
    from triage.model.text import Shown
    from triage.store.lines import SeriesLine


def literal(text: Shown) -> Content:
    """Return text as content that no markup is read from."""
    return Content(text)


def block(lines: Iterable[Shown]) -> Content:
    """Return lines as content that no markup is read from."""
    return Content("\n".join(lines))


def age(then: int, now: int) -> str:
    """Return how long ago something was, in at most four characters."""
    seconds = max(0, now - then)
    for size, unit in ((365 * 86400, "y"), (86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return "now"


def short(count: int) -> str:
    """Return a count in at most four characters: `950`, `1.6k`, `30k`."""
    if count < 1000:
        return str(count)
    for size, unit in ((1000, "k"), (1000_000, "M")):
        if count < 9950 * size // 1000:
            return f"{count / size:.1f}{unit}"
        if count < 1000 * size:
            return f"{count // size}{unit}"
    return "999M"


def worst(line: SeriesLine) -> str:
    """Return the gravest severity of which a finding is open, "" for none."""
    return next((name for name in glyphs().marks if getattr(line, name)), "")


def opinion_state(line: SeriesLine) -> str:
    """Return what stands: asked, hidden, split, agree, disagree, unsure, outdated or none.

    While others' opinions are hidden from the user, so is what they come to.
    """
    if line.asked and not line.superseded:
        return "asked"
    if line.hidden:
        return "hidden"
    if line.split:
        return "split"
    return next((name for name in ("agree", "disagree", "unsure", "outdated") if getattr(line, name)), "none")


def hidden_words(count: int, inside: bool = True) -> str:
    """Say how many opinions are hidden, and until when; inside a series a key shows them."""
    sooner = ", or look first (v)" if inside else ""
    return f"{counted(count, 'earlier opinion')}, hidden until you give yours (o){sooner}"


def demand_text(item: ListedFinding, hidden: int) -> str:
    """Return which second opinion a finding wants and how far that is, in words; how far stays hidden as others' opinions do."""
    demand = item.second_opinion
    if demand is None:
        return ""
    who = f"a second opinion of {demand.role or 'people'}"
    if hidden:
        return f"{who}: {demand.needs} needed, {hidden} hidden"
    return f"{who}: {'met, ' if demand.met else ''}{demand.agree} of {demand.needs} agreed, {demand.disagree} disagreed"


def tool_names(line: SeriesLine) -> str:
    """Return the tools that a series declares, "" for none."""
    return ", ".join(map(tool_label, line.tools.split()))


def where_of(item: ListedFinding, total: int) -> str:
    """Return which patch of a series a finding is on, as `2/5`, "" for none."""
    return f"{item.n}/{total}" if item.n is not None else ""


def opinion_text(stand: Stand) -> str:
    """Return an opinion in one sentence: who said what, what it is worth here, and why."""
    from triage.model.opinion import Standing

    one = stand.record
    who = one.reviewer.name or one.reviewer.email
    if one.kind == "ask":
        due = f", by {one.due}" if one.due else ""
        everybody = set(stand.waiting) == {address.casefold() for address in one.asked}
        rest = f" (waits for {', '.join(stand.waiting)})" if not everybody else ""
        waits = rest if stand.waiting else f" ({stand.state.value})"
        return f"? {who} asks {', '.join(one.asked)}{due}{waits}: {one.reason}"
    state = f", {stand.state.value}{': ' + stand.why if stand.why else ''}" if stand.state is not Standing.COUNTS else ""
    more = [f"rests on {one.code}" if one.code else "", f"AI-assisted: {one.ai_assisted}" if one.ai_assisted else "", one.reason]
    said = f"{one.kind} by {who}, {one.signed}{state}"
    return ": ".join([said, "; ".join(part for part in more if part)]) if any(more) else said
