# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of the inbox: its views, a row a series in columns that follow the width, and why the one under the cursor is there."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from triage.model import State, version_label
from triage.model.text import fit, safe, width
from triage.query.listing import reason
from tui.glyphs import glyphs
from tui.lines import Piece, ViewLine, fitted, line_of, padded, piece, text_of, wrapped
from tui.render import age, hidden_words, opinion_state, opinion_text, short, tool_names, where_of, worst

if TYPE_CHECKING:
    from triage.model.listed import ListedFinding
    from triage.model.opinion import Stand
    from triage.store.lines import SeriesLine


class Column(NamedTuple):
    """A column of the list: its name, its cells, from which width of the list on it is there, and what it shows of a series."""

    name: str
    cells: int
    draw: Callable[[SeriesLine, int], Piece]
    since: int = 0
    several: bool = False
    """Whether it is there only where there are several lists."""
    until: int = 1 << 20
    """From how many columns another takes its place."""


def _why(line: SeriesLine, now: int) -> Piece:
    why, gravest, g = reason(line, now), worst(line), glyphs()
    if why == line.top and gravest:
        more = line.error + line.warn + line.ask + line.info - 1
        return piece(f"{g.marks[gravest]} {why}{f' +{min(more, 9)}' if more else ''}", gravest)
    word = why.partition(" ")[0]
    look = {"asked": "asked", "due": "asked", "late": "due", "overdue": "due", "split": "error", "outdated": "warn"}.get(word, "muted")
    mark = g.opinions["asked"] if word in {"asked", "due", "late"} else g.opinions.get(word, " ")
    return piece(f"{mark} {why}", look)


def _opinions(line: SeriesLine, now: int) -> Piece:
    state = opinion_state(line)
    looks = {"asked": "asked", "hidden": "ask", "split": "error", "agree": "added", "disagree": "removed", "none": "muted"}
    return piece(glyphs().opinions[state], looks.get(state, "warn"))


def _version(line: SeriesLine, now: int) -> Piece:
    count = f"{line.received}" if line.received == line.total else f"{line.received}/{line.total}"
    return piece(f"{version_label(line.version, bool(line.rfc)):<3} {count:>3}", "warn" if line.received < line.total else "")


def _whole_version(line: SeriesLine, now: int) -> Piece:
    count = f"{line.received}" if line.received == line.total else f"{line.received}/{line.total}"
    return piece(f"{version_label(line.version, bool(line.rfc)):<6}{count:>6}", "warn" if line.received < line.total else "")


def _given(line: SeriesLine, now: int) -> Piece:
    counts = (("a", line.acked), ("r", line.reviewed), ("t", line.tested))
    told = (str(min(count, 9)) if count else "~" if letter in line.given else "." for letter, count in counts)
    return piece(" ".join(told), "trailer" if line.given else "muted")


def _replies(line: SeriesLine, now: int) -> Piece:
    new = f"+{min(line.new_replies, 99)}" if line.new_replies else ""
    return piece(f"{short(line.replies) if line.replies else '':>4}{new}", "new" if new else "muted")


def _subject(line: SeriesLine, now: int) -> Piece:
    replaced = "(old) " if line.superseded else ""
    return piece(f"{replaced}{line.title or line.subject}")


COLUMNS = (
    Column("Why", 11, _why),
    Column("O", 1, _opinions),
    Column("AI", 2, lambda line, now: piece("AI" if line.tools else "", "ai")),
    Column("Last", 4, lambda line, now: piece(f"{age(line.activity, now):>4}", "muted")),
    Column("Author", 0, lambda line, now: piece(line.byline)),
    Column("Ver Pat", 7, _version, until=112),
    Column("Ver      Pat", 12, _whole_version, since=112),
    Column("A R T", 5, _given, since=88),
    Column("Replies", 7, _replies, since=96),
    Column("List", 12, lambda line, now: piece(" ".join(line.lists), "muted"), since=104, several=True),
)
"""Left of the subject, which is last and takes what is left."""


def _columns(cells: int, several: bool) -> list[tuple[Column, int]]:
    author = 12 if cells < 96 else 15 if cells < 120 else 20
    there = [one for one in COLUMNS if one.since <= cells < one.until and (several or not one.several)]
    return [(one, one.cells or author) for one in there]


def inbox_head(cells: int, several: bool) -> ViewLine:
    """Return the names of the columns, each over what it names."""
    names = " ".join(fit(safe(column.name), wide) for column, wide in _columns(cells, several))
    return padded(piece(f" St {names} Subject", "head"), cells=cells)


def inbox_row(line: SeriesLine, cells: int, now: int, cursor: bool, tagged: bool = False, several: bool = False) -> ViewLine:
    """Return one line of the inbox, exactly `cells` wide; the subject comes last and is cut with `~`."""
    g = glyphs()
    state = g.states[line.state]
    pieces: list[Piece] = [
        piece(g.cursor if cursor else " ", "strong"),
        piece(state, "new"),
        piece(g.tag if tagged else " ", "asked"),
        piece(" "),
    ]
    for column, wide in _columns(cells, several):
        text, look = column.draw(line, now)
        pieces += [(fit(text, wide), look), piece(" ")]
    fresh = line.state in {State.NEW, State.UPDATED, State.ASKED} and not line.superseded
    return line_of(*fitted([*pieces, _subject(line, now)], cells), look="" if fresh else "muted")


def views_bar(names: Sequence[str], counts: Sequence[int], chosen: int, cells: int) -> ViewLine:
    """Return the title of the inbox: the saved views with how much each holds, the one that is shown in brackets.

    Where all do not fit, counts of nothing go first, then letters of the names, then the counts of the last views; those beyond `9` have
    no digit, and go before any of that.
    """
    for name, letters, zeros, others in _SHORTER:
        parts = _views(names, counts, chosen, letters, zeros, others)
        gap = piece("  ") if letters == 99 else piece(" ")
        pieces = [piece(name, "title")] + [one for part in parts for one in (gap, part)]
        if width(text_of(pieces)) <= cells:
            break
    return padded(*pieces, cells=cells)


_SHORTER = (
    (" triage ", 99, True, 9),
    (" triage ", 99, False, 9),
    (" triage", 6, False, 9),
    ("", 6, False, 9),
    ("", 5, False, 9),
    ("", 4, False, 9),
    ("", 3, False, 9),
    ("", 4, False, 4),
    ("", 3, False, 4),
    ("", 4, False, 2),
    ("", 4, False, 0),
    ("", 0, False, 0),
)
"""How the views are told, from wide to narrow: the name before them, letters, counts of nothing, how many views not shown have a count."""


def _views(names: Sequence[str], counts: Sequence[int], chosen: int, letters: int, zeros: bool, others: int) -> list[Piece]:
    """Return the views in brackets or by digit and name, as short as is asked for."""
    parts = [piece("[0:All]", "chip") if not chosen else piece("0:All", "muted")]
    for number, name in enumerate(names, 1):
        if number > 9 and number != chosen:
            continue
        count = counts[number - 1] if number <= len(counts) else -1
        told = f" {short(count)}" if count > 0 or (count == 0 and zeros) else ""
        if number == chosen:
            parts.append(piece(f"[{number}:{name}{told}]", "chip"))
        else:
            cut = name if len(name) <= letters else f"{name[: letters - 1]}~"
            word = f":{cut}" if letters else ""
            parts.append(piece(f"{number}{word}{told if number <= others else ''}", "" if count > 0 else "muted"))
    return parts


def view_row(view: tuple[str, int], cells: int, cursor: bool) -> ViewLine:
    """Return one line of the pane of views."""
    name, count = view
    told = short(count) if count >= 0 else ""
    mark, word = piece(glyphs().cursor if cursor else " ", "strong"), piece(fit(safe(name), max(4, cells - 7)), "strong" if cursor else "")
    return padded(mark, word, piece(f"{told:>5}", "" if count > 0 else "muted"), cells=cells)


def preview_title(line: SeriesLine, cells: int) -> ViewLine:
    """Return the line over what the preview says of a series: its subject in a rule."""
    rule = glyphs().rule
    subject = piece(f" {line.subject} ", "title")
    return line_of(piece(rule, "rule"), subject, piece(rule * max(0, cells - width(subject[0]) - 1), "rule"))


def preview(line: SeriesLine, findings: Iterable[ListedFinding], cells: int, requests: Sequence[Stand] = ()) -> list[ViewLine]:
    """Return why a series is in the list: who waits for whom and what is asked, then its findings with their evidence, gravest first."""
    lines = [line_of(piece(f" {_facts(line)}", "muted"))]
    for stand in requests:
        lines += wrapped(opinion_text(stand), cells, "asked", "", "asked")
    if line.hidden:
        lines.append(line_of(piece(f" {hidden_words(line.hidden, inside=False)}", "asked")))
    if line.tools:
        lines.append(line_of(piece(" AI ", "ai"), piece(f"use declared: {tool_names(line)}")))
    found = [item for item in findings if item.is_open] or list(findings)
    for item in found:
        lines += finding_summary(item, line.total, cells)
    if len(lines) == 1:
        lines.append(line_of(piece(" no findings: nothing in the policy asks for a look")))
    return lines


def head_of(lines: list[ViewLine], rows: int) -> list[ViewLine]:
    """Return as many lines as there are rows; where more go on, the last one says how many."""
    if len(lines) <= rows:
        return lines
    more = line_of(piece(f" {len(lines) - rows + 1} more lines: Enter opens the series", "muted"))
    return [*lines[: rows - 1], more]


def _facts(line: SeriesLine) -> str:
    """Return in one line what a series is: author, patches, replies, who vouched."""
    given = [f"{count} {word}" for count, word in ((line.acked, "acked"), (line.reviewed, "reviewed"), (line.tested, "tested")) if count]
    replies = f"{line.replies} replies" if line.replies != 1 else "1 reply"
    parts = [
        line.byline, f"{line.received} of {line.total} patches", replies,
        f"{line.new_replies} new" if line.new_replies else "", f"each patch {', '.join(given)}" if given else "", " ".join(line.lists),
    ]  # fmt: skip
    return f" {glyphs().more} ".join(part for part in parts if part)


def finding_summary(item: ListedFinding, total: int, cells: int) -> list[ViewLine]:
    """Return a finding in a few lines: what it says, and the line it rests on."""
    where = f"{where_of(item, total)} ".lstrip()
    look = str(item.severity) if item.is_open else "closed"
    status = "" if item.status == "open" else f" [{item.status}]"
    lead = f" {glyphs().marks[item.severity]} {item.code} "
    parts = textwrap.wrap(safe(f"{item.name}{status}: {where}{item.says}"), max(20, cells - len(lead))) or [""]
    lines = [line_of(piece(" " * len(lead) if at else lead, look), piece(part)) for at, part in enumerate(parts)]
    if item.quote:
        spot = f"{' ' * len(lead)}{item.region}:{item.line or '-'}  {glyphs().more} "
        lines.append(line_of(piece(spot, "muted"), piece(item.quote)))
    return lines
