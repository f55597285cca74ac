# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that a series is judged by as lines, and what its mails say of machines."""

import textwrap
from collections import Counter
from collections.abc import Sequence

from triage.model.text import Shown, safe
from triage.policy.pack import Rule
from triage.query.judgement import Judged
from triage.query.message import Statement
from tui.glyphs import glyphs
from tui.lines import ViewLine, line_of, piece


def policy_lines(rows: Sequence[Judged], said: Sequence[tuple[str, Statement]], cells: int) -> list[ViewLine]:
    """Return each rule with what it came to, those that found something first, then each sentence that names a machine."""
    out: list[ViewLine] = []
    for row in rows:
        out += _rule(row, cells)
    out += [line_of(piece(" What the mails say of machines", "head"))]
    for where, one in said:
        look = "ai" if one.evidence else "muted"
        word = f"taken as {one.evidence.role.value}" if one.evidence else "not taken for evidence"
        out.append(line_of(piece(f"  {where}:{one.line}  ", "muted"), piece(word, look), piece(f"  {one.quote}")))
        out += _wrapped(one.why or "nothing in it tells what the word stands for", cells, "      because: ")
    if not said:
        out.append(line_of(piece("  nothing: no sentence in them names a machine", "muted")))
    return out


def _rule(row: Judged, cells: int) -> list[ViewLine]:
    rule, g = row.rule, glyphs()
    dated = rule.valid_from or rule.valid_until
    span = f"from {rule.valid_from or 'ever'} to {rule.valid_until or 'now'}" if dated else "always"
    if row.findings:
        counts = Counter(f"{one.code} {one.status}" for one in row.findings)
        look, came = str(rule.severity), ", ".join(f"{count} x {words}" if count > 1 else words for words, count in counts.items())
    elif not row.in_force:
        look, came = "muted", f"not in force on {row.day}"
    elif not row.applies:
        look, came = "muted", f"does not apply: it is only for {_when(rule)}"
    else:
        look, came = "muted", "found nothing here"
    finding = row.findings[0].id if row.findings else ""
    mark, name = piece(f" {g.marks[rule.severity] if row.findings else ' '} ", look), piece(f"{row.pack}/{rule.id}", look)
    result = piece(f"  {came}  ", "strong" if row.findings else "muted")
    head = line_of(mark, name, result, piece(f"{rule.kind}, in force {span}", "muted"))
    out = [ViewLine(head.text, finding=finding, pieces=head.pieces)]
    out += _wrapped(rule.text, cells, "     ") if rule.text else []
    out += _wrapped(rule.source, cells, "     ") if rule.source else []
    return [*out, ViewLine(Shown(""))]


def _when(rule: Rule) -> str:
    """Return what a rule's `when` asks for, in the words of its pack."""
    return " and ".join(f"{'' if holds else 'not '}{name}" for holds, name in rule.when)


def _wrapped(text: str, cells: int, lead: str) -> list[ViewLine]:
    parts = textwrap.wrap(safe(text), max(20, cells - len(lead) - 2)) or [""]
    return [line_of(piece(lead if not at else " " * len(lead), "muted"), piece(part, "muted")) for at, part in enumerate(parts)]
