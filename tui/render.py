# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From facts to what a screen shows: the only place that builds displayed text, and all of it is safe() first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from textual.content import Content

from triage.model import version_label
from triage.model.listed import ListedFinding
from triage.model.opinion import Stand, Standing
from triage.model.text import Shown, fit, safe, safe_lines, width
from triage.query.review_trailers import vouched_text
from triage.store.queries import SeriesLine, Stored
from tui.glyphs import glyphs
from tui.voices import Voices

MAX_CELLS = 2000


@dataclass(frozen=True, slots=True)
class ViewLine:
    """One line of a text view: what it shows, in which look, and which finding it belongs to."""

    text: Shown
    look: str = ""
    finding: str = ""
    number: int | None = None
    """Which line of the mail's text it is, from 1 on."""


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


def worst(line: SeriesLine) -> str:
    """Return the gravest open severity as a character with its count, e.g. `!2`."""
    for name, mark in glyphs().marks.items():
        if count := getattr(line, name):
            return f"{mark}{min(count, 99)}"
    return ""


def opinion_mark(line: SeriesLine) -> str:
    """Return the mark of what stands: an open request, a split, agreed, disagreed, unsure, outdated, or none."""
    marks = glyphs().opinions
    if line.asked and not line.superseded:
        return marks["asked"]
    if line.split:
        return marks["split"]
    return next((marks[name] for name in ("agree", "disagree", "unsure", "outdated") if getattr(line, name)), marks["none"])


INBOX_HEAD = " St Fi  O  Age Author          Rev  Patch  Subject"


def views_line(names: Sequence[str], counts: Sequence[int], chosen: int, cells: int) -> Shown:
    """Return the title of the inbox: the saved views with how much each holds, the one that is shown in brackets.

    Where all do not fit, counts of nothing go first, then letters of the names, then the names; digits stay.
    """
    for letters, zeros in ((99, True), (99, False), (6, False), (4, False), (0, True)):
        parts = ["[0:All]" if not chosen else "0:All"]
        for number, name in enumerate(names, 1):
            count = counts[number - 1] if number <= len(counts) else 0
            told = f" {count}" if number <= len(counts) and (count or zeros) else ""
            if number == chosen:
                parts.append(f"[{number}:{name}{told}]")
            else:
                parts.append(f"{number}:{name[:letters]}{told}" if letters else f"{number}={told.strip()}")
        line = Shown(f" triage {safe((' ' if letters in {4, 6} else '  ').join(parts))}")
        if width(line) <= cells:
            break
    return line


def inbox_row(line: SeriesLine, cells: int, now: int, cursor: bool, tagged: bool = False) -> Shown:
    """Return one line of the inbox, exactly `cells` wide; the subject comes last and is cut with `~`."""
    g = glyphs()
    marks = f"{g.cursor if cursor else ' '}{g.states[line.state]}{g.tag if tagged else ' '}"
    head = f"{marks} {worst(line):<3} {opinion_mark(line)} {age(line.activity, now):>4} "
    names = fit(safe(line.author_name or line.author_email), 15 if cells >= 72 else 10)
    numbers = f" {version_label(line.version, bool(line.rfc)):<4} {line.received}/{line.total}"
    left = f"{head}{names}{numbers:<12} "
    replaced = "(old) " if line.superseded else ""
    return fit(Shown(f"{left}{replaced}{safe(line.title or line.subject)}"), cells)


def preview(
    line: SeriesLine, findings: Iterable[ListedFinding], cells: int, rows: int, requests: Sequence[Stand] = ()
) -> Content:  # fmt: skip
    """Return why a series is in the list: who waits for whom and what is asked, then its findings with their evidence, gravest first."""
    lines = [line.text for stand in requests for line in _wrapped(opinion_text(stand), cells, "", "")]
    if line.tools:
        names = ", ".join(tool.strip("/") or "no tool named" for tool in line.tools.split())
        lines.append(safe(f" i AI use declared: {names}"))
    found = [item for item in findings if item.is_open] or list(findings)
    for item in found:
        lines += [fit(text, cells) for text in finding_summary(item, line.total)]
    if not lines:
        lines = [safe(" no findings: nothing in the policy asks for a look")]
    title = fit(safe(f"-- {line.subject} "), cells)
    return block([title, *[fit(text, cells) for text in lines[: rows - 1]]])


def where_of(item: ListedFinding, total: int) -> str:
    """Return which patch of a series a finding is on, as `2/5`, "" for none."""
    return f"{item.n}/{total}" if item.n is not None else ""


def finding_summary(item: ListedFinding, total: int) -> list[Shown]:
    """Return a finding in two lines: what it says, and the line it rests on."""
    where = f"{where_of(item, total)} ".lstrip()
    status = "" if item.status == "open" else f" [{item.status}]"
    lines = [safe(f" {glyphs().marks[item.severity]} {item.code} {item.name}{status}  {where}{item.says}")]
    if item.quote:
        lines.append(safe(f"     {item.region}:{item.line or '-'}  | {item.quote}"))
    return lines


def mail_row(stored: Stored, total: int, findings: Sequence[ListedFinding], cells: int, cursor: bool) -> Shown:
    """Return one line of the list of a series' mails."""
    message = stored.message
    counter = 1 if message.subject.n is None else message.subject.n
    number = f"{counter}/{total}" if message.is_member else "re"
    own = [item for item in findings if item.message_id == message.message_id and item.is_open]
    marks = " ".join(f"{mark}{count}" for name, mark in glyphs().marks.items() if (count := sum(i.severity == name for i in own)))
    added = f"+{sum(file.added for file in message.files)}" if message.files else ""
    what = message.subject.title if message.is_member else f"{message.sender.name or message.sender.email}: {message.subject.title}"
    right = f" {marks:>6} {added:>6} "
    return Shown(fit(Shown(f"{glyphs().cursor if cursor else ' '}{number:>6} {safe(what)}"), max(8, cells - width(right))) + right)


def text_lines(
    stored: Stored, text: str, findings: Sequence[ListedFinding], voices: Voices, cells: int, first: bool = True
) -> list[ViewLine]:
    """Return a mail as lines: its head, what people said of it, its text in looks, and each finding right below the line it rests on.

    What was said of the whole series stands on its `first` mail.
    """
    message = stored.message
    lines = [ViewLine(safe(f"Subject: {message.raw_subject}"), "head"), ViewLine(safe(f"From: {message.sender}"), "head")]
    if message.author != message.sender:
        lines.append(ViewLine(safe(f"Author: {message.author}"), "head"))
    posted = datetime.fromtimestamp(message.posted, UTC)
    lines += [ViewLine(safe(f"Date: {posted:%a %Y-%m-%d %H:%M} UTC"), "head"), ViewLine(safe(f"Message-ID: {message.message_id}"), "head")]
    if message.recipients:
        lines.append(ViewLine(safe(f"To: {', '.join(message.recipients.split())}"), "head"))
    lines.append(ViewLine(Shown("")))
    lines += said_lines(stored, voices, cells, first)
    own = [item for item in findings if item.message_id == message.message_id]
    by_line: dict[int, list[ListedFinding]] = {}
    for item in own:
        by_line.setdefault(item.line or 0, []).append(item)
    for item in by_line.pop(0, []):
        lines += finding_box(item, voices, cells)
    remarks = remarks_of(stored, voices)
    diff = False
    for number, shown in enumerate(safe_lines(text), 1):
        diff = diff or shown.startswith(("diff --git ", "Index: "))
        lines.append(ViewLine(_cut(shown), _look(shown, diff), "", number))
        for item in by_line.pop(number, []):
            lines += finding_box(item, voices, cells)
        for remark in remarks.get(number, ()):
            lines += _wrapped(opinion_text(remark), cells, "quote", "")
    for items in by_line.values():
        for item in items:
            lines += finding_box(item, voices, cells)
    return lines


def _cut(shown: Shown) -> Shown:
    return shown if len(shown) <= MAX_CELLS else Shown(shown[:MAX_CELLS] + "~ (cut)")


def _look(line: str, diff: bool) -> str:
    if diff:
        if line.startswith("@@"):
            return "hunk"
        if line.startswith(("diff ", "index ", "--- ", "+++ ", "Index: ")):
            return "file"
        return "added" if line.startswith("+") else "removed" if line.startswith("-") else ""
    return "quote" if line.startswith((">", "|")) else ""


def finding_box(item: ListedFinding, voices: Voices, cells: int) -> list[ViewLine]:
    """Return a finding as it is drawn in the text: what it says, its policy, what it misses, and the opinions on it.

    Earlier opinions stay hidden until one's own is given.
    """
    key, look = item.id, item.severity if item.is_open else "closed"
    mark = glyphs().marks[item.severity]
    out = [ViewLine(safe(f" {mark} +-- {item.code} {item.name} ({item.severity}) {item.status}"), look, key)]
    out += _wrapped(f"{item.says}", cells, look, key)
    out += _wrapped(f"{item.packs}, rule {item.rule}{': ' if item.source else ''}{item.source}", cells, look, key)
    out += _wrapped(f"misses: {item.misses}", cells, look, key)
    if demand := item.second_opinion:
        who = demand.role or "people"
        have = f"{demand.agree} of {demand.needs} agreed, {demand.disagree} disagreed"
        out += _wrapped(f"second opinion of {who}: {'met, ' if demand.met else ''}{have}", cells, look, key)
    shown = voices.shown(item.opinions)
    if hidden := len(item.opinions) - len(shown):
        words = f"{hidden} earlier opinion{'' if hidden == 1 else 's'}, hidden until you give yours (o), or look first (v)"
        out += _wrapped(words, cells, look, key)
    for stand in shown:
        out += _wrapped(opinion_text(stand), cells, look, key)
    return [*out, ViewLine(Shown("   +--"), look, key)]


def opinion_text(stand: Stand) -> str:
    """Return an opinion in one sentence: who said what, what it is worth here, and why."""
    one = stand.record
    who = one.reviewer.name or one.reviewer.email
    if one.kind == "ask":
        due = f", by {one.due}" if one.due else ""
        waits = f" (waits for {', '.join(stand.waiting)})" if stand.waiting else f" ({stand.state.value})"
        return f"? {who} asks {', '.join(one.asked)}{due}{waits}: {one.reason}"
    state = f", {stand.state.value}{': ' + stand.why if stand.why else ''}" if stand.state is not Standing.COUNTS else ""
    more = [f"rests on {one.code}" if one.code else "", f"AI-assisted: {one.ai_assisted}" if one.ai_assisted else "", one.reason]
    said = f"{one.kind} by {who}, {one.signed}{state}"
    return ": ".join([said, "; ".join(part for part in more if part)]) if any(more) else said


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
            out += _wrapped(f"{words}, hidden until you give yours (o), or look first (v)", cells, "quote", "")
        for stand in shown:
            out += _wrapped(opinion_text(stand), cells, "quote", "")
    for review in voices.reviews:
        if any(patch.message_id == message.message_id for patch in review.patches) or (first and review.on_cover):
            who = f"{'machines said' if review.machine else 'by mail'}: {review.key}: {review.name or review.email}"
            out += _wrapped(f"{who} ({vouched_text(review)})", cells, "quote", "")
    return [*out, ViewLine(Shown(""))] if out else []


def _wrapped(text: str, cells: int, look: str, key: str) -> list[ViewLine]:
    import textwrap

    parts = (part for line in text.splitlines() for part in textwrap.wrap(safe(line), max(20, cells - 8)))
    return [ViewLine(Shown(f"   | {part}"), look, key) for part in parts]
