# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole pages of text: a finding with its evidence and rule, versions compared, charts, history; all of it safe() first."""

import textwrap
from collections import Counter
from datetime import UTC, datetime

from triage.model import version_label
from triage.model.listed import ListedFinding
from triage.model.text import Shown, fit, safe, safe_lines
from triage.query.timeline import Event
from tui.glyphs import glyphs
from tui.lines import ViewLine, cut_line, fitted, line_of, padded, piece
from tui.render import demand_text, hidden_words, opinion_text, where_of
from tui.views import RuleShown, SeriesView
from tui.voices import Voices

WEEKS = 26


def finding_row(item: ListedFinding, total: int, cells: int, cursor: bool) -> ViewLine:
    """Return one line of the list of findings."""
    g = glyphs()
    look = str(item.severity) if item.is_open else "closed"
    head = (piece(f"{g.cursor if cursor else ' '}  "), piece(f"{g.marks[item.severity]}   {item.code}", look), piece(f" {item.name}"))
    spot = f"{where_of(item, total)} {item.region}:{item.line or '-'}".strip()
    left = fitted(head, max(24, cells - 32))
    return padded(
        *left, piece(" "), piece(fit(safe(spot), 18), "muted"), piece(f" {item.status}", "" if item.is_open else "muted"), cells=cells
    )


FINDING_HEAD = "  Sev  Finding"


def finding_lines(item: ListedFinding, rule: RuleShown, text: str, voices: Voices, total: int, cells: int) -> list[ViewLine]:
    """Return all that is known of a flag: what it says and rests on, the rule in force, what it cannot see, who said what."""
    look = str(item.severity) if item.is_open else "closed"
    title = line_of(piece(f" {item.code} {item.name}", look), piece(f": {item.severity}, {item.status}", "muted"), look=look)
    out = [title, ViewLine(Shown(""))]
    out += _field("Says", item.says, cells)
    out += _evidence(item, text, total)
    standing = f", {rule.standing}" if rule.standing else ""
    out += _field("Policy", f"{item.packs}{standing}; rule {item.rule}{rule.span}", cells)
    out += _field("", rule.text, cells) if rule.text else []
    out += _field("Source", item.source or "the pack names no source", cells)
    out += _field("Cannot see", item.misses, cells)
    out += _field("Asks", item.question, cells)
    out += _field("Cure", rule.cure, cells)
    shown = voices.shown(item.opinions)
    hidden = len(item.opinions) - len(shown)
    if wanted := demand_text(item, hidden):
        out += _field("Needs", wanted, cells)
    if hidden:
        out += _field("Said", hidden_words(hidden), cells)
    for number, o in enumerate(shown):
        out += _field("Said" if not number and not hidden else "", opinion_text(o), cells)
    if not item.opinions:
        out += _field("Said", "nothing yet", cells)
    return out


def _field(name: str, text: str, cells: int) -> list[ViewLine]:
    parts = textwrap.wrap(safe(text), max(20, cells - 13)) or [""]
    return [line_of(piece(f" {name if not i else '':<10} ", "head"), piece(part)) for i, part in enumerate(parts)]


def _evidence(item: ListedFinding, text: str, total: int) -> list[ViewLine]:
    where = where_of(item, total)
    place = f"{where + ', ' if where else ''}{item.region}{', line ' + str(item.line) if item.line else ''}"
    if not item.line or not text:
        quote = [line_of(piece(f"              {glyphs().more} ", "muted"), piece(item.quote, str(item.severity)))] if item.quote else []
        return [line_of(piece(" Evidence   ", "head"), piece(place)), *quote]
    lines = safe_lines(text)
    out = [line_of(piece(" Evidence   ", "head"), piece(f"{place}:"))]
    for number in range(max(1, item.line - 2), min(len(lines), item.line + 2) + 1):
        here = number == item.line
        mark = glyphs().cursor if here else " "
        lead = piece(f"        {mark}{number:>5} {glyphs().more} ", "muted")
        out.append(line_of(lead, piece(lines[number - 1][:400], str(item.severity) if here else "")))
    return out


def side_lines(view: SeriesView, voices: Voices, finding: str, cells: int) -> list[ViewLine]:
    """Return what stands beside a mail where there is room: findings, opinions and requests, reviews by mail, versions newest first."""
    g = glyphs()
    out = [_head(f"findings ({len(view.findings)})", cells)]
    for item in view.findings:
        look = str(item.severity) if item.is_open else "closed"
        status = "" if item.status == "open" else f" [{item.status}]"
        spot = f"{where_of(item, view.line.total)} {item.region}:{item.line or '-'}".strip()
        out.append(line_of(piece(g.cursor if item.id == finding else " "), piece(f"{g.marks[item.severity]} {item.code} ", look),
                           piece(f"{item.name}{status}  "), piece(spot, "muted")))  # fmt: skip
    seen = [o for item in view.findings for o in voices.shown(item.opinions)]
    seen += voices.shown(stand for stand in view.said if not stand.finding)
    seen += [stand for stand in view.said if stand.finding]
    every = {o.record.id for item in view.findings for o in item.opinions} | {o.record.id for o in view.said}
    out.append(_head(f"opinions ({len(every)})", cells))
    for one in {o.record.id: o for o in seen}.values():
        look = "asked" if one.record.kind == "ask" else ""
        parts = textwrap.wrap(safe(opinion_text(one)), max(16, cells - 3)) or [""]
        out += [line_of(piece("  " if not at else "    "), piece(part, look)) for at, part in enumerate(parts[:4])]
    if hidden := len(every) - len({one.record.id for one in seen}):
        out.append(line_of(piece(f"  {hidden} hidden until you give yours", "asked")))
    for title, machine in (("reviews by mail", False), ("machines said", True)):
        rows = [row for row in view.reviews if row.machine is machine]
        if rows:
            out.append(_head(title, cells))
            look = "machine" if machine else "trailer"
            given = Counter((row.key, row.name or row.email) for row in rows)
            many = {key: f" on {count}" if count > 1 else "" for key, count in given.items()}
            out += [line_of(piece(f"  {key}: ", look), piece(who), piece(many[key, who], "muted")) for key, who in given]
    out.append(_head("versions", cells))
    for number, _, version, rfc, posted in reversed(view.versions):
        day = datetime.fromtimestamp(posted, UTC).date()
        here = number == view.id
        out.append(
            line_of(
                piece(f" {g.cursor if here else ' '}{version_label(version, bool(rfc))} ", "strong" if here else ""),
                piece(str(day), "muted"),
            )
        )
    return [padded(*(line.pieces), cells=cells) for line in out]


def _head(text: str, cells: int) -> ViewLine:
    rule = glyphs().rule
    title = f" {text} "
    return line_of(piece(rule, "rule"), piece(title, "title"), piece(rule * max(0, cells - len(title) - 1), "rule"))


def days_since(then: int) -> int:
    """Return how many whole days ago something was."""
    return max(0, int(datetime.now(UTC).timestamp()) - then) // 86400


def raw_lines(text: str) -> list[ViewLine]:
    """Return a mail as it came: headers told apart from the body."""
    out: list[ViewLine] = []
    body = False
    for line in map(cut_line, safe_lines(text)):
        body = body or not line.strip()
        name, colon, value = line.partition(":")
        if not body and colon and name and " " not in name:
            out.append(line_of(piece(f"{name}:", "head"), piece(value)))
        else:
            out.append(ViewLine(line))
    return out


def event_row(event: Event, cells: int, cursor: bool) -> ViewLine:
    """Return one line of a history."""
    when = event.at[:16].replace("T", " ")
    look = {"archive": "muted", "policy": "warn"}.get(event.who, "strong")
    mark, at, who = piece(f"{glyphs().cursor if cursor else ' '} "), piece(f"{when}  ", "muted"), piece(fit(safe(event.who), 14), look)
    return padded(mark, at, who, piece(" "), piece(event.what), cells=cells)


def event_lines(event: Event, cells: int) -> list[ViewLine]:
    """Return an event in full."""
    out = _wrap(f"{event.who}: {event.what}", cells)
    for line in event.detail.splitlines():
        out += _wrap(line, cells)
    return [*out, ViewLine(safe(f" {event.at}  {event.message_id}"), "quote")]


def _wrap(text: str, cells: int) -> list[ViewLine]:
    return [ViewLine(Shown(f" {part}")) for part in textwrap.wrap(safe(text), max(20, cells - 2)) or [""]]
