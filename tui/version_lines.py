# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of a series as lines: what changed in each patch, folded until it is opened, and remarks that nobody answered."""

from collections.abc import Sequence

from triage.model import rfc3339, version_label
from triage.model.text import Shown, safe
from triage.query.versions import Remark, Version
from tui.glyphs import glyphs
from tui.lines import Piece, ViewLine, line_of, piece
from tui.mail_text import CLOSED

_CHANGES = {
    "unchanged": ("=", "muted"), "changed": ("!", "warn"), "message": ("~", "ask"), "new": ("+", "added"), "dropped": ("-", "removed"),
}  # fmt: skip
LEGEND = " = unchanged  ~ message changed  ! diff changed  + new  - dropped   Enter opens"


def version_lines(rows: Sequence[Version], remarks: Sequence[Remark] = ()) -> list[ViewLine]:
    """Return the versions of a series, given newest first, each with its patches and how they differ from the version it is compared with.

    Where no difference was made yet, a patch that has one opens by `block_of`.
    """
    out = [line_of(piece(LEGEND, "muted"))]
    for row in rows:
        label = version_label(row.number, row.rfc)
        here = [piece(f" {glyphs().cursor} this one", "asked")] if row.asked else []
        out.append(
            line_of(
                piece(f" {label} ", "chip"), piece(f"  {(rfc3339(row.posted) or '')[:10]}  ", "title"), piece(row.series, "muted"), *here
            )
        )
        out += [line_of(piece(f"    {link.words()}", "muted")) for link in row.links]
        if row.number > 1 and row is rows[-1] and not row.previous:
            out.append(line_of(piece("    no older version of it is here", "muted")))
        for at, patch in enumerate(row.patches):
            name = block_of(row, at)
            sign, look = _CHANGES.get(patch.change, ("?", "")) if row.previous else (" ", "")
            change = patch.change if row.previous else "first here"
            number = patch.n if patch.n is not None else "-"
            lines = patch.difference or ()
            more = [piece(f"   {glyphs().folded}", "muted")] if lines or patch.rows else []
            head = line_of(piece(f"  {sign} {number:>3} {change:<10} ", look), piece(patch.subject), *more, look="hunk")
            out.append(ViewLine(head.text, "", "", patch.n, head.pieces, opens=name if lines or patch.rows else ""))
            out += difference_lines(name, lines)
        out += _unanswered([one for one in remarks if one.series == row.series], label)
        out.append(ViewLine(Shown("")))
    return out


def block_of(row: Version, at: int) -> str:
    """Return the name of the block that holds what changed in a patch."""
    return f"{CLOSED}{row.series}:{at}"


def difference_lines(name: str, lines: Sequence[str]) -> list[ViewLine]:
    """Return what changed in a patch as lines of the block `name`."""
    return [ViewLine(one.text, one.look, pieces=one.pieces, fold=name) for one in map(_difference, lines)]


def _unanswered(remarks: Sequence[Remark], label: str) -> list[ViewLine]:
    """Return the remarks of others on a version that its author did not answer by mail; Enter opens one."""
    if not remarks:
        return []
    count = len(remarks)
    out = [line_of(piece(f"    {count} remark{'s' if count > 1 else ''} on {label} that its author did not answer:", "asked"))]
    for one in remarks:
        where = f"{one.n}/{one.total} " if one.n is not None else ""
        line = line_of(piece(f"      {one.who}: ", "strong"), piece(f"{where}{one.words}"))
        out.append(ViewLine(line.text, pieces=line.pieces, opens=f"mail:{one.message_id}"))
    return out


def _difference(line: str) -> ViewLine:
    """Return one line of a diff between two texts; where those are diffs themselves, each sign has its look."""
    shown = safe(line.expandtabs(8)[:2000])
    outer = {"+": "added", "-": "removed"}.get(shown[:1], "hunk" if shown.startswith("@@") else "")
    inner = {"+": "added", "-": "removed"}.get(shown[1:2], "")
    if outer == "hunk":
        return line_of(piece("        "), (shown, "rule"))
    sign: Piece = (Shown(shown[:1]), f"{outer}-word" if outer else "muted")
    return line_of(piece("        "), sign, (Shown(shown[1:]), inner or outer))
