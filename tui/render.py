# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From facts to what a screen shows: the only place that builds displayed text, and all of it is safe() first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from textual.content import Content

from triage.model import OPEN, version_label
from triage.model.text import Shown, fit, safe, safe_lines, width
from triage.opinion.give import SAID
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


INBOX_HEAD = " St Fl  O  Age Author          Rev  Patch  Subject"


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


def preview(line: SeriesLine, findings: Iterable[dict[str, Any]], cells: int, rows: int) -> Content:
    """Return why a series is in the list: its findings with their evidence, gravest first."""
    lines: list[Shown] = []
    if line.tools:
        names = ", ".join(tool.strip("/") or "no tool named" for tool in line.tools.split())
        lines.append(safe(f" i AI use declared: {names}"))
    found = [item for item in findings if item["status"] in OPEN] or list(findings)
    for item in found:
        lines += [fit(text, cells) for text in finding_summary(item, line.total)]
    if not lines:
        lines = [safe(" no findings: nothing in the policy asks for a look")]
    title = fit(safe(f"-- {line.subject} "), cells)
    return block([title, *[fit(text, cells) for text in lines[: rows - 1]]])


def where_of(item: dict[str, Any], total: int) -> str:
    """Return which patch of a series a finding is on, as `2/5`, "" for none."""
    return f"{item['n']}/{total}" if item["n"] is not None else ""


def finding_summary(item: dict[str, Any], total: int) -> list[Shown]:
    """Return a finding in two lines: what it says, and the line it rests on."""
    where = f"{where_of(item, total)} ".lstrip()
    status = "" if item["status"] == "open" else f" [{item['status']}]"
    lines = [safe(f" {glyphs().marks[item['severity']]} {item['code']} {item['name']}{status}  {where}{item['says']}")]
    if item["quote"]:
        lines.append(safe(f"     {item['region']}:{item['line'] or '-'}  | {item['quote']}"))
    return lines


def mail_row(stored: Stored, total: int, findings: list[dict[str, Any]], cells: int, cursor: bool) -> Shown:
    """Return one line of the list of a series' mails."""
    message = stored.message
    counter = 1 if message.subject.n is None else message.subject.n
    number = f"{counter}/{total}" if message.is_member else "re"
    own = [item for item in findings if item["message_id"] == message.message_id and item["status"] in OPEN]
    marks = " ".join(f"{mark}{count}" for name, mark in glyphs().marks.items() if (count := sum(i["severity"] == name for i in own)))
    added = f"+{sum(file.added for file in message.files)}" if message.files else ""
    what = message.subject.title if message.is_member else f"{message.sender.name or message.sender.email}: {message.subject.title}"
    right = f" {marks:>6} {added:>6} "
    return Shown(fit(Shown(f"{glyphs().cursor if cursor else ' '}{number:>6} {safe(what)}"), max(8, cells - width(right))) + right)


def text_lines(stored: Stored, text: str, findings: list[dict[str, Any]], voices: Voices, cells: int, first: bool = True) -> list[ViewLine]:
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
    own = [item for item in findings if item["message_id"] == message.message_id]
    by_line: dict[int, list[dict[str, Any]]] = {}
    for item in own:
        by_line.setdefault(item["line"] or 0, []).append(item)
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


def finding_box(item: dict[str, Any], voices: Voices, cells: int) -> list[ViewLine]:
    """Return a finding as it is drawn in the text: what it says, its policy, what it misses, and the opinions on it.

    Earlier opinions stay hidden until one's own is given.
    """
    key, look = item["id"], item["severity"]
    mark = glyphs().marks[item["severity"]]
    out = [ViewLine(safe(f" {mark} +-- {item['code']} {item['name']} ({item['severity']}) {item['status']}"), look, key)]
    out += _wrapped(f"{item['says']}", cells, look, key)
    out += _wrapped(f"{item['pack']}, rule {item['rule']}: {item['source']}", cells, look, key)
    out += _wrapped(f"misses: {item['misses']}", cells, look, key)
    if demand := item["second_opinion"]:
        who = demand["role"] or "people"
        have = f"{demand['agree']} of {demand['needs']} agreed, {demand['disagree']} disagreed"
        out += _wrapped(f"second opinion of {who}: {'met, ' if demand['met'] else ''}{have}", cells, look, key)
    opinions = item["opinions"]
    others = [o for o in opinions if o["kind"] in SAID]
    if others and voices.hidden(others, item["target"], item["id"]):
        count = len(others)
        words = f"{count} earlier opinion{'' if count == 1 else 's'}, hidden until you give yours (o), or look first (v)"
        out += _wrapped(words, cells, look, key)
        opinions = [o for o in opinions if o["kind"] not in SAID]
    for o in opinions:
        out += _wrapped(opinion_text(o), cells, look, key)
    return [*out, ViewLine(Shown("   +--"), look, key)]


def opinion_text(o: dict[str, Any]) -> str:
    """Return an opinion in one sentence: who said what, what it is worth here, and why."""
    who = o["reviewer"]["name"] or o["reviewer"]["email"]
    if o["kind"] == "ask":
        due = f", by {o['due']}" if o["due"] else ""
        waiting = f" ({'answered' if o['state'] == 'answered' else 'waits for ' + o['why'].replace(' ', ', ') if o['why'] else o['state']})"
        return f"? {who} asks {', '.join(o['to'])}{due}{waiting}: {o['reason']}"
    state = f", {o['state']}{': ' + o['why'] if o['why'] else ''}" if o["state"] != "counts" else ""
    more = [f"rests on {o['code']}" if o["code"] else "", f"AI-assisted: {o['ai_assisted']}" if o["ai_assisted"] else "", o["reason"]]
    said = f"{o['kind']} by {who}, {o['signed']}{state}"
    return ": ".join([said, "; ".join(part for part in more if part)]) if any(more) else said


def remarks_of(stored: Stored, voices: Voices) -> dict[int, list[dict[str, Any]]]:
    """Return what the user may see of the remarks on lines of a mail, by line."""
    message = stored.message
    found: dict[int, list[dict[str, Any]]] = {}
    for name, question in (("", voices.fingerprint), (message.message_id, message.target)):
        about = [o for o in voices.said if not o["finding"] and o["message_id"] == name]
        for o in voices.shown(about, question, ""):
            if _at_line(o, message.message_id):
                found.setdefault(o["line"], []).append(o)
    return found


def _at_line(o: dict[str, Any], message_id: str) -> bool:
    """Say whether something was said on a line of this very mail: of another version's mail the line may be another."""
    return bool(o["line"]) and o["given_on"] == message_id


def said_lines(stored: Stored, voices: Voices, cells: int, first: bool) -> list[ViewLine]:
    """Return what people said of one mail, or of the series on its first mail: opinions, requests, and trailers sent by mail."""
    message = stored.message
    out: list[ViewLine] = []
    for name, question in (("", voices.fingerprint), (message.message_id, message.target)):
        about = [o for o in voices.said if not o["finding"] and o["message_id"] == name] if name or first else []
        about = [o for o in about if not _at_line(o, message.message_id) or voices.hidden([o], question, "")]
        others = [o for o in about if o["kind"] in SAID]
        if others and voices.hidden(others, question, ""):
            count, what = len(others), "this patch" if name else "the series"
            words = f"{count} opinion{'' if count == 1 else 's'} on {what}, hidden until you give yours (o), or look first (v)"
            out += _wrapped(words, cells, "quote", "")
            about = [o for o in about if o["kind"] not in SAID]
        for o in about:
            out += _wrapped(opinion_text(o), cells, "quote", "")
    for row in voices.reviews:
        if any(patch["message_id"] == message.message_id for patch in row["patches"]) or (first and row["on_cover"]):
            words = f"{'machines said' if row['machine'] else 'by mail'}: {row['key']}: {row['name'] or row['email']} ({vouched_text(row)})"
            out += _wrapped(words, cells, "quote", "")
    return [*out, ViewLine(Shown(""))] if out else []


def _wrapped(text: str, cells: int, look: str, key: str) -> list[ViewLine]:
    import textwrap

    return [ViewLine(Shown(f"   | {part}"), look, key) for part in textwrap.wrap(safe(text), max(20, cells - 8))]
