# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts as lines: each bar has its numbers beside it, so that none is needed to be seen, and Enter on it lists its series."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from triage.model.text import Shown, fit, safe, tool_label
from triage.store.limit import only
from triage.store.statistics import Figures, Waits, Week
from tui.glyphs import glyphs
from tui.lines import Piece, ViewLine, line_of, piece
from tui.pages import days_since

WEEKS = 26


def _bar(count: int, part: int, most: int, cells: int) -> tuple[Piece, Piece]:
    """Return a bar of at most `cells`, the first `part` of its `count` drawn otherwise; anything counted is at least one cell."""
    g = glyphs()
    long = max(1 if count else 0, round(cells * count / most)) if most else 0
    told = min(long, max(1 if part else 0, round(cells * part / most))) if most else 0
    return piece(g.part * told, "part"), piece(g.bar * (long - told), "bar")


def _opening(line: ViewLine, limit: str) -> ViewLine:
    return ViewLine(line.text, line.look, pieces=line.pieces, opens=f"limit:{limit}")


def _head(text: str) -> list[ViewLine]:
    return [ViewLine(Shown("")), line_of(piece(f" {text}", "head"))]


def chart_lines(found: Figures, waits: Waits, cells: int) -> list[ViewLine]:
    """Return charts of numbers over many series."""
    if not found.series:
        return [ViewLine(safe(" no series here to count: Esc goes back, l in the list sets another limit"))]
    room = max(10, min(100, cells - 44))
    out = [line_of(piece(f" {found.series} series", "title"), piece("   Enter on a bar lists its series", "muted"))]
    out += _head("Open findings, by the age of their series")
    most = max(count for _, _, count in waits.ages)
    for words, limit, count in waits.ages:
        line = line_of(piece(f"  {words:<14} {count:>5}  "), *_bar(count, 0, most, room))
        out.append(_opening(line, f"is:flagged not is:superseded {limit}"))
    out += _head("How soon series are answered: by mail, and by an opinion (median)")
    for one in waits.answered:
        text = f"{one.replied} of {one.series} by mail, {span(one.reply)}; {one.judged} by an opinion, {span(one.opinion)}"
        out.append(_opening(line_of(piece(f"  {fit(safe(one.name), 20)} ", "strong"), piece(text)), f"list:{one.name} replies:0"))
    out += _codes(found, waits, room)
    out += _weeks(found, room)
    out += [*_head("AI use declared, series a month"), *_months(found, room)]
    for tool, count in found.tools:
        line = line_of(piece(f"  {count:>5} ", "ai"), piece(f"declare AI use: {tool_label(tool)}"))
        out.append(_opening(line, f"tool:{tool}"))
    out += _head("Waiting for an opinion, oldest first")
    for wait in found.pending:
        days = days_since(wait.since)
        line = line_of(piece(f"  {days:>4} d  ", "due"), *_bar(min(days, 60), 0, 60, 12), piece(f"  {wait.what}: {wait.title}"))
        out.append(_opening(line, only([wait.series])))
    if not found.pending:
        out.append(line_of(piece("  nothing", "muted")))
    return out


def span(seconds: int | None) -> str:
    """Return a time in words, as `within 3 h`."""
    if seconds is None:
        return "none"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"within {round(seconds / size)} {unit}"
    return "at once"


def _codes(found: Figures, waits: Waits, room: int) -> list[ViewLine]:
    g, ages = glyphs(), {code: age for code, _, age in waits.codes}
    out = _head("Series with an open finding, by finding, and the median of their ages")
    top = max((code.series for code in found.codes), default=0)
    for code in found.codes:
        name = fit(safe(f"{g.marks[code.severity]} {code.code} {code.name}"), 32)
        age = f"{ages.get(code.code, 0) // 86400} d"
        line = line_of(
            piece("  "), piece(name, code.severity), piece(f" {code.series:>5} {age:>7}  "), *_bar(code.series, 0, top, room - 10)
        )
        out.append(_opening(line, f"code:{code.code} not is:superseded"))
    return out if found.codes else [*out, line_of(piece("  none", "muted"))]


def _weeks(found: Figures, room: int) -> list[ViewLine]:
    weeks = found.weeks[-WEEKS:]
    most = max(week.series for week in weeks)
    out = _head(f"Series a week, newest first, {len(weeks)} of {len(found.weeks)}; {glyphs().part} with a finding: error, warn or ask")
    for empty, group in groupby(reversed(weeks), lambda week: not week.series):
        run: Sequence[Week] = list(group)
        if empty:
            out.append(line_of(piece(f"  {run[-1].monday}  {len(run)} week{'s' if len(run) > 1 else ''} without any", "muted")))
            continue
        for week in run:
            share = f"{round(100 * week.flagged / week.series)}%"
            bar = _bar(week.series, week.flagged, most, room)
            line = line_of(piece(f"  {week.monday}  {week.series:>5} {week.flagged:>5} {share:>4}  "), *bar)
            out.append(_opening(line, f"date:{week.monday}..{week.monday + timedelta(days=6)}"))
    return out


def _months(found: Figures, room: int) -> list[ViewLine]:
    """Return the declarations month by month, by the Mondays of the weeks."""
    months: dict[str, list[int]] = {}
    for week in found.weeks[-53:]:
        row = months.setdefault(f"{week.monday:%Y-%m}", [0, 0])
        row[0] += week.declared
        row[1] += week.series
    most = max((row[0] for row in months.values()), default=0)
    if not most:
        return [line_of(piece("  none", "muted"))]
    return [
        _opening(line_of(piece(f"  {month}     {count:>5} of {total:<5}  "), *_bar(count, 0, most, room)), f"date:{month} tool:any")
        for month, (count, total) in months.items() if total
    ]  # fmt: skip
