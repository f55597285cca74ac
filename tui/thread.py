# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mails of a series as a tree: each patch with the replies to it below it, as deep as they answer each other."""

import time
from collections.abc import Mapping, Sequence

from msgspec import Struct

from triage.model.listed import ListedFinding
from triage.store.queries import Stored
from tui.glyphs import glyphs
from tui.lines import Piece, ViewLine, padded, piece
from tui.render import age

MAX_DEPTH = 8
"""Levels that are drawn; what lies deeper stands at the last."""


class Node(Struct, frozen=True):
    """A mail, and where it stands in the tree."""

    stored: Stored
    depth: int
    last: bool
    """Whether it is the last reply to its parent."""


def tree(mails: Sequence[Stored]) -> list[Node]:
    """Return the mails of a series in the order of a tree: cover and patches by number, under each the replies to it by date.

    A reply whose parent is not here stands under the nearest mail above it that is, else under the first.
    """
    members = [one for one in mails if one.message.is_member]
    by_id = {one.message.message_id: one for one in mails}
    children: dict[str, list[Stored]] = {}
    for one in mails:
        if not one.message.is_member:
            above = next((name for name in one.message.parents if name in by_id and by_id[name].row != one.row), "")
            children.setdefault(above or (members[0].message.message_id if members else ""), []).append(one)
    found: list[Node] = []
    seen: set[int] = set()
    for member in members or list(mails):
        _grow(member, children, found, seen)
    found += [Node(one, 1, True) for one in mails if one.row not in seen]  # replies that answer each other in a circle
    return found


def _grow(root: Stored, children: Mapping[str, Sequence[Stored]], found: list[Node], seen: set[int]) -> None:
    waiting = [Node(root, 0, True)]
    while waiting:
        node = waiting.pop()
        if node.stored.row in seen:
            continue
        seen.add(node.stored.row)
        found.append(node)
        below = sorted(children.get(node.stored.message.message_id, ()), key=lambda one: (one.message.posted, one.row))
        waiting += [Node(one, node.depth + 1, at == 0) for at, one in enumerate(reversed(below))]


def mail_row(
    node: Node, total: int, findings: Sequence[ListedFinding], cells: int, cursor: bool, first_words: str = "", is_new: bool = False
) -> ViewLine:  # fmt: skip
    """Return one line of the list of a series' mails: a patch with what was found, a reply with who, when, and its first own words."""
    message, g = node.stored.message, glyphs()
    mark: Piece = piece(g.cursor if cursor else " ", "strong")
    if not message.is_member:
        lead = "  " * min(node.depth - 1, MAX_DEPTH) + (g.last if node.last else g.branch)
        who = message.sender.name or message.sender.email
        now = int(time.time())
        return padded(
            mark, piece(f"{'N' if is_new else ' '} ", "new"), piece(f"   {lead} ", "muted"), piece(who, "new" if is_new else "strong"),
            piece(f" {age(message.posted, now)} ", "muted"), piece(first_words, "muted" if not is_new else ""), cells=cells,
        )  # fmt: skip
    counter = 1 if message.subject.n is None else message.subject.n
    own = [item for item in findings if item.message_id == message.message_id and item.is_open]
    right: list[Piece] = []
    for name, sign in g.marks.items():
        if count := sum(item.severity == name for item in own):
            right += [piece(f" {sign}{count}", name)]
    if message.files:
        right += [
            piece(f" +{sum(file.added for file in message.files)}", "plus"),
            piece(f" -{sum(file.removed for file in message.files)}", "minus"),
        ]
    wide = sum(len(text) for text, _ in right)
    left = padded(mark, piece(f"{'N' if is_new else ' '}{f'{counter}/{total}':>5} ", "new" if is_new else ""), piece(message.subject.title),
                  cells=max(8, cells - wide - 1))  # fmt: skip
    return padded(*left.pieces, *right, piece(" "), cells=cells)
