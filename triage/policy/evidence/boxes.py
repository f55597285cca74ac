# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes that people tick: those of one section answer one question together."""

import re
from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from triage.model import Role, Says
from triage.model.expression import expression
from triage.policy.evidence.forms import answer, attests, made
from triage.policy.evidence.passages import Passage
from triage.policy.evidence.reader import read_sentence
from triage.policy.evidence.sentences import find_mentions, read_sentences
from triage.policy.evidence.statement import Setting, Statement
from triage.policy.evidence.tools import merge_tools, tools_in

_NEGATIVE = expression(
    r"[^\w]{0,4}(?:no|none|not|nothing|without|neither|never)\b|.*\b(?:without|did not|didn't|do not|don't|have not|haven't)\b", re.I
)
_ASIDE = expression(r"\b(?:read|understand|agree|follow|aware|comply|section|policy|rules|guidelines|licen[sc]e|responsib)", re.I)
"""Words of a box that promises something and tells of no use."""
_TELLS = expression(r"\b(?:used|generated|wrote|written|assist)", re.I)

Row = tuple[Statement, Passage]
EMPTY = ("[ ] ", "no box ticked: ")
"""How the reason begins where a box that was left empty says something."""


def read_boxes(
    boxes: Sequence[Passage], asked: str, asks: bool, filled: bool, free: Collection[Says], people: frozenset[str]
) -> Iterator[Row]:
    """Yield what the boxes of one section say. `asked` is its heading, `asks` whether that asks about AI; `filled` whether any box of the
    text is ticked, `free` what the text says beside its boxes: that settles boxes which contradict.

    An empty box denies only where the form was filled in and none beside it declares.
    """
    ticked: list[Row] = []
    empty: list[Row] = []
    for passage in boxes:
        said = read_box(passage, asks, people)
        if said is not None:
            (ticked if passage.ticked else empty).append((said, passage))
        elif attests(passage.text):
            why = passage.text if passage.ticked else f"{EMPTY[0]}{passage.text}"[:120]
            yield made(Says.ATTESTS if passage.ticked else Says.DISCUSSES, passage.text, why), passage
    declared = [row for row in ticked if row[0].says is Says.DECLARES]
    denied = [row for row in ticked if row[0].says is Says.DENIES]
    if declared and denied and not _parts(ticked):
        yield from _settled(declared, denied, free)
        return
    yield from (*declared, *denied)
    if not filled or declared:
        return
    if asks and not ticked and not empty and len(boxes) > 1 and not any(p.ticked and not _ASIDE.search(p.text) for p in boxes):
        yield made(Says.DENIES, asked, f"{EMPTY[1]}{asked}"), boxes[-1]
    for said, passage in empty:
        if said.says is Says.DECLARES:
            yield replace(said, says=Says.DENIES, role=Role.UNKNOWN, why=f"{EMPTY[0]}{passage.text}"[:120]), passage


def _settled(declared: list[Row], denied: list[Row], free: Collection[Says]) -> list[Row]:
    """Return what two boxes that contradict say by the words beside them; unclear where there are none."""
    if Says.DECLARES in free:
        return declared
    if Says.DENIES in free:
        return denied
    said, passage = declared[0]
    return [(replace(said, says=Says.UNCLEAR, why="boxes that contradict"), passage)]


def _parts(ticked: list[Row]) -> bool:
    """Whether ticked boxes speak of different parts, so that one may deny what another declares."""
    return any(len(one.text.split()) > 3 and one.role not in {Role.UNKNOWN, Role.GENERATE} for one, _ in ticked)


def read_box(passage: Passage, asks: bool, people: frozenset[str]) -> Statement | None:
    """Return what a ticked box affirms, or what an empty one would; None where it speaks of something else."""
    text = passage.text
    for sentence in read_sentences(text, people, weak=asks):
        for said in read_sentence(sentence, Setting(brief=True)):
            if said.says in {Says.DECLARES, Says.DENIES}:
                return said
    names, mentions = tools_in(text), find_mentions(text, people)
    if mentions or (asks and names):
        if _ASIDE.search(text) and not _TELLS.search(text):
            return None
        if _NEGATIVE.match(text):
            return made(Says.DENIES, text, text)
        tools = names or merge_tools(item.name for item in mentions if item.name)
        return made(Says.DECLARES, text, text, mentions[0].start if mentions else 0, tools)
    if not asks:
        return None
    if found := answer(text, ""):
        return found
    return made(Says.DECLARES, text, text) if passage.ticked and not _ASIDE.search(text) and not attests(text) else None
