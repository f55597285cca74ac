# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail as lines: its head, what people said of it, its text, and each finding in a box below the line it rests on."""

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from triage.model.listed import ListedFinding
from triage.model.opinion import Stand
from triage.model.text import Shown, safe, safe_lines
from triage.query.review_trailers import vouched_text
from triage.store.queries import Stored
from tui.glyphs import glyphs
from tui.lines import ViewLine, cut_line, line_of, piece, wrapped
from tui.mail_looks import mail_lines
from tui.render import demand_text, hidden_words, opinion_text
from tui.voices import Voices

LONG_BOX = 10
"""Lines of a finding's box that are shown before it is folded."""
LONG_QUOTE = 8
AT_ONCE = 500
"""Lines of a very long mail that are shown before the others are laid out."""
CLOSED = "closed:"
"""How the name of a block begins that is folded until it is opened."""


def text_lines(
    stored: Stored, text: str, findings: Sequence[ListedFinding], voices: Voices, cells: int, first: bool = True
) -> list[ViewLine]:
    """Return a mail as lines: its head, what people said of it, its text in looks, and each finding right below the line it rests on.

    What was said of the whole series stands on its `first` mail.
    """
    lines = [*_head(stored), ViewLine(Shown("")), *said_lines(stored, voices, cells, first)]
    by_line: dict[int, list[ListedFinding]] = {}
    for item in findings:
        if item.message_id == stored.message.message_id:
            by_line.setdefault(item.line or 0, []).append(item)
    for item in by_line.pop(0, []):
        lines += finding_box(item, voices, cells)
    remarks = remarks_of(stored, voices)
    for line in _with_folds(mail_lines([cut_line(shown) for shown in safe_lines(text)])):
        number = line.number or 0
        at = by_line.pop(number, [])
        lines.append(line)
        for item in at:
            lines += finding_box(item, voices, cells)
        for remark in remarks.get(number, ()):
            lines += wrapped(opinion_text(remark), cells, "quote", "")
    for items in by_line.values():
        for item in items:
            lines += finding_box(item, voices, cells)
    return lines


def beginning(text: str) -> str:
    """Return the first lines of a text that is much longer, else the text itself."""
    end = -1
    for _ in range(AT_ONCE):
        if (end := text.find("\n", end + 1)) < 0:
            return text
    return text[: end + 1] if text.count("\n", end) > 4 * AT_ONCE else text


def findings_within(findings: Sequence[ListedFinding], part: str) -> list[ListedFinding]:
    """Return the findings that rest on lines of the beginning of a mail, or on none."""
    last = part.count("\n")
    return [item for item in findings if (item.line or 0) <= last]


def _head(stored: Stored) -> list[ViewLine]:
    message = stored.message
    posted = datetime.fromtimestamp(message.posted, UTC)
    fields = [("Subject", message.raw_subject), ("From", str(message.sender))]
    fields += [("Author", str(message.author))] if message.author != message.sender else []
    fields += [("Date", f"{posted:%a %Y-%m-%d %H:%M} UTC"), ("Message-ID", str(message.message_id))]
    fields += [("To", ", ".join(message.recipients.split()))] if message.recipients else []
    return [line_of(piece(f"{name}: ", "head"), piece(value, "title" if name == "Subject" else "")) for name, value in fields]


def _with_folds(lines: list[ViewLine]) -> list[ViewLine]:
    """Name the blocks that may be folded: the diff of each file, and long quotes from their third line on."""
    found: list[ViewLine] = []
    file, quote, run = "", "", 0
    for at, line in enumerate(lines):
        quoted = bool(line.text[:1] in {">", "|"})
        if line.look == "file" and line.text.startswith(("diff ", "Index: ")):
            file = f"diff:{line.number}"
            found.append(line._replace(opens=file))
            continue
        run = run + 1 if quoted else 0
        if quoted and run == 1:
            quote = f"quote:{line.number}" if _quoted_from(lines, at) > LONG_QUOTE else ""
        name = file or (quote if run > 2 else "")
        opens = quote if quoted and not file and run <= 2 else ""
        if name or opens:  # not by _replace: there may be fifty thousand
            found.append(ViewLine(line.text, line.look, line.finding, line.number, line.pieces, line.language, name, opens))
        else:
            found.append(line)
    return found


def _quoted_from(lines: Sequence[ViewLine], at: int) -> int:
    count = 0
    while at + count < len(lines) and count <= LONG_QUOTE and lines[at + count].text[:1] in {">", "|"}:
        count += 1
    return count


def folded(lines: Sequence[ViewLine], turned: Collection[str]) -> list[ViewLine]:
    """Return lines with their closed blocks each as one line; `turned` are blocks that the user opened or closed.

    A finding within a closed block stays.
    """
    found: list[ViewLine] = []
    count = 0
    for at, line in enumerate(lines):
        name = line.fold
        if not name or name.startswith(CLOSED) is (name in turned) or (line.finding and not name.startswith(CLOSED)):
            found.append(line)
            continue
        count += 1
        if at + 1 == len(lines) or lines[at + 1].fold != name:
            words = safe(f"   {glyphs().folded} {count} line{'s' if count > 1 else ''} folded; Enter shows {'them' if count > 1 else 'it'}")
            found.append(ViewLine(words, "muted", line.finding, opens=name))
            count = 0
    return found


def finding_box(item: ListedFinding, voices: Voices, cells: int) -> list[ViewLine]:
    """Return a finding as it is drawn in the text: what it says, its policy, what it misses, and the opinions on it.

    Earlier opinions stay hidden until one's own is given. Of a closed one its rule is folded, of a long one the end of it.
    """
    key, look = item.id, str(item.severity) if item.is_open else "closed"
    g = glyphs()
    fold = f"{CLOSED}{key}"
    title = (
        piece(f" {g.marks[item.severity]} {g.box_top} ", look),
        piece(f"{item.code} ", look),
        piece(item.name, "strong" if item.is_open else look),
    )
    top = line_of(*title, piece(f"  {item.severity}, {item.status}", "muted"), look=look, finding=key)
    rule = wrapped(f"{item.says}", cells, look, key, "strong")
    rule += wrapped(f"{item.packs}, rule {item.rule}{': ' if item.source else ''}{item.source}", cells, look, key)
    rule += wrapped(f"cannot see: {item.misses}", cells, look, key)
    people: list[ViewLine] = []
    shown = voices.shown(item.opinions)
    hidden = len(item.opinions) - len(shown)
    if wanted := demand_text(item, hidden):
        people += wrapped(wanted, cells, look, key)
    if hidden:
        people += wrapped(hidden_words(hidden), cells, look, key, "asked")
    for stand in shown:
        people += wrapped(opinion_text(stand), cells, look, key, "plain")
    long = len(rule) + len(people) > LONG_BOX
    keep = 0 if not item.is_open else max(2, LONG_BOX - 2 - len(people)) if long else len(rule)
    rule = [*rule[:keep], *(line._replace(fold=fold) for line in rule[keep:])]
    end = line_of(piece(f"   {g.box_end}", look), look=look, finding=key)
    return [top if all(not line.fold for line in rule) else top._replace(opens=fold), *rule, *people, end]


_CHECKED = {"pass": "muted", "pending": "muted", "warn": "warn", "fail": "error"}
"""Looks of what other tools said, by status."""


def remarks_of(stored: Stored, voices: Voices) -> dict[int, list[Stand]]:
    """Return what the user may see of the remarks on lines of a mail, by line."""
    name = stored.message.message_id
    found: dict[int, list[Stand]] = {}
    for stand in voices.shown(stand for stand in voices.said if not stand.finding and stand.message_id in {"", name}):
        if _at_line(stand, name):
            found.setdefault(stand.record.line or 0, []).append(stand)
    return found


def _at_line(stand: Stand, message_id: str) -> bool:
    """Say whether something was said on a line of this very mail: of another version's mail the line may be another."""
    return bool(stand.record.line) and stand.record.target_message == message_id


def said_lines(stored: Stored, voices: Voices, cells: int, first: bool) -> list[ViewLine]:
    """Return what people said of one mail, or of the series on its first mail: opinions, requests, and trailers sent by mail."""
    message = stored.message
    out: list[ViewLine] = []
    for name in ("", message.message_id) if first else (message.message_id,):
        about = [stand for stand in voices.said if not stand.finding and stand.message_id == name]
        about = [stand for stand in about if not _at_line(stand, message.message_id) or voices.blind.hides(stand)]
        shown = voices.shown(about)
        if count := len(about) - len(shown):
            words = f"{count} opinion{'' if count == 1 else 's'} on {'this patch' if name else 'the series'}"
            out += wrapped(f"{words}, hidden until you give yours (o), or look first (v)", cells, "quote", "", "asked")
        for stand in shown:
            out += wrapped(opinion_text(stand), cells, "quote", "", "asked" if stand.record.kind == "ask" else "plain")
    for review in voices.reviews:
        if any(patch.message_id == message.message_id for patch in review.patches) or (first and review.on_cover):
            who = f"{'machines said' if review.machine else 'by mail'}: {review.key}: {review.name or review.email}"
            out += wrapped(f"{who} ({vouched_text(review)})", cells, "quote", "", "machine" if review.machine else "trailer")
    for result in voices.checks.get(message.message_id, ()):
        out += wrapped(
            f"{result.words(int(time.time()))}{f' {result.url}' if result.url else ''}", cells, "quote", "", _CHECKED[result.status]
        )
    return [*out, ViewLine(Shown(""))] if out else []
