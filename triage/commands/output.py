# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line prints: outside text made safe, JSON in plain ASCII, progress only where somebody watches."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from triage.model import rfc3339, version_label
from triage.model.opinion import Record, Stand, Standing
from triage.model.text import fit, safe, safe_lines, tool_label, width

if TYPE_CHECKING:
    from triage.ingest.summary import ArchiveRun
    from triage.model.listed import ListedFinding, ListedSeries
    from triage.query.message import ShownMail, Statement
    from triage.query.opinions import OpenRequest
    from triage.query.review_trailers import Review
    from triage.query.thread import Thread

MARKS = {"error": "!", "warn": "~", "ask": "?", "info": "i"}
"""Severity as a character, so that no meaning rests on colour."""


def out(line: str) -> None:
    """Write one line of data to standard output."""
    sys.stdout.write(f"{line}\n")


def note(line: str) -> None:
    """Write one line about the run to standard error."""
    sys.stderr.write("".join(f"{shown}\n" for shown in safe_lines(line)))


def json_line(value: Any) -> None:
    """Write one JSON value on a line of its own; nothing in it can steer a terminal."""
    out(json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f"))


def run_lines(runs: Sequence[ArchiveRun]) -> Iterator[str]:
    """Yield one summary line for each list where something happened."""
    for run in runs:
        counts = run.counts
        if not run.took_in:
            continue
        parts = [f"{counts.parsed} mails", f"{run.series_new} series", f"{run.findings_new} new findings"]
        for number, word in (
            (run.series_changed, "series changed"), (counts.duplicate, "duplicate"), (counts.deleted, "deleted"),
            (counts.quarantined, "quarantined"), (counts.unreadable, "not there to read"), (run.withdrawn, "withdrawn"),
        ):  # fmt: skip
            if number:
                parts.append(f"{number} {word}")
        if run.pending:
            parts.append(f"{run.pending} older entries left to the next run")
        yield f"{safe(run.name)}: {', '.join(parts)}"
    for run in runs:
        yield from _policy_lines(run)


def moved_lines(moved: Sequence[dict[str, str]]) -> Iterator[str]:
    """Yield what became of records that stand otherwise since the index was rebuilt; nothing where none does."""
    if moved:
        what = f"{len(moved)} records no longer stand as they did" if len(moved) > 1 else "1 record no longer stands as it did"
        which, them = ("they are", "them") if len(moved) > 1 else ("it is", "it")
        yield f"triage: {what}; {which} kept, and `triage opinion list` shows {them}:"
    for item in moved:
        on = f"{item['finding']} of {item['message_id']}" if item["finding"] else item["message_id"]
        yield safe(f"  {item['kind']} by {item['reviewer']} on {on}: {item['state']}, {item['why']} ({item['record']})")


def _policy_lines(run: ArchiveRun) -> Iterator[str]:
    """Yield which open findings changed with the policy, the gravest twenty lines of them."""
    lines = list(policy_change_lines(run.policy_changes))
    if lines:
        yield f"{safe(run.name)}: the policy changed, and with it {len(run.policy_changes)} open findings:"
        yield from lines[:20]
    if len(lines) > 20:
        yield f"  and more in {len(lines) - 20} lines: `triage policy changes {safe(run.name)}` shows all"


def policy_change_lines(changes: Iterable[dict[str, str]]) -> Iterator[str]:
    """Yield findings that went or came with a policy, one line for those of a code in a series."""
    keys = ("change", "severity", "code", "subject", "series")
    for (change, severity, code, subject, series), count in Counter(tuple(item[key] for key in keys) for item in changes).items():
        yield f"  {change:9} {MARKS[severity]} {code} {f'{count} times in ' if count > 1 else ''}{safe(subject)}  {safe(series)}"


NARROW = 110
"""Columns below which a row of a list has no room for a Message-ID."""


def series_line(row: ListedSeries, cells: int = 0) -> str:
    """Return one series as a line of `triage list`, its Message-ID last, which leads on to `triage show`.

    With `cells`, a terminal's, subject and Message-ID are cut so that they fit one line (a unique beginning of an ID is enough); a narrow
    one has the subject alone.
    """
    flags = "".join(f"{MARKS[name]}{number} " for name, number in row.findings.items() if number)
    version = version_label(row.version, row.rfc)
    head = f"{rfc3339(row.activity) or '':10.10} {row.state:8} {flags:9} {version:<3} {f'{row.received}/{row.total}':>5}"
    author = fit(safe(row.byline.name or row.byline.email), 12 if 0 < cells < NARROW else 18)
    start, name = f"{head:36} {author} ", safe(row.message_id)
    room = cells - width(safe(start))
    if not cells:
        return f"{start}{safe(row.subject)}  {name}"
    if cells < NARROW:
        return fit(safe(f"{start}{safe(row.subject)}"), cells).rstrip()
    ids = min(width(name), max(20, room // 3))
    subject = fit(safe(row.subject), max(8, room - ids - 2))
    return fit(safe(f"{start}{subject}  {fit(name, ids)}"), cells).rstrip()


def terminal_cells() -> int:
    """Return how wide the terminal is that standard output goes to, 0 for none: what is piped on is never cut."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def finding_lines(item: ListedFinding, subject: str = "") -> Iterator[str]:
    """Yield a finding as `triage findings` and `triage check` print it; with its mail's subject where nothing else shows that."""
    where = f"{'patch ' if item.n else 'cover'}{item.n or ''}: " if item.n is not None else ""
    yield f"{MARKS[item.severity]} {item.code} {item.name}  [{item.status}]  {item.id}"
    yield f"    {where}{safe(item.says)}"
    if item.quote:
        yield f"    {safe(item.region)} line {item.line or '-'} | {safe(item.quote)}"
    yield f"    {safe(item.packs)}, rule {safe(item.rule)}{': ' if item.source else ''}{safe(item.source)}"
    yield f"    cannot see: {safe(item.misses)}"
    yield f"    {safe(subject)}  {safe(item.message_id)}" if subject else f"    {safe(item.message_id)}"


def opinion_lines(stand: Stand, hidden: bool = False) -> Iterator[str]:
    """Yield a record as `triage opinion list` prints it; one that is hidden says no more than who, when and on what."""
    one = stand.record
    about = one.finding.origin or re.sub(r" 0/\d+$", ", the whole series", one.fields.get("Series", ""))
    who = safe(one.reviewer.name or one.reviewer.email or "nobody that can be read")
    if hidden:
        yield f"{safe(one.time):20.20} {'hidden':9} {who}  {safe(about)}"
        yield f"    on {safe(one.target_message)}; shown once you gave yours, or with --reveal, which your record will say"
        return
    state = f"[{stand.state.value}] " if stand.state not in {Standing.NOWHERE, Standing.COUNTS} else ""
    yield f"{safe(one.time):20.20} {safe(one.kind):9} {who}, {one.signed} {state} {safe(about)}"
    for line in (stand.why or " ".join(stand.waiting) or one.trouble, *_said_with(one), one.reason):
        if line:
            yield from (f"    {shown}" for shown in safe_lines(line))
    yield f"    {safe(one.id)} on {safe(one.target_message)}"


def _said_with(one: Record) -> Iterator[str]:
    """Yield what goes with an opinion besides its reason."""
    if one.line:
        yield f"line {one.line} | {one.quote}"
    if one.asked:
        yield f"asks {', '.join(address.casefold() for address in one.asked)}{' by ' + one.due if one.due else ''}"
    for value, words in (
        (one.code, "rests on"), (one.ai_assisted, "AI-assisted review:"), (one.role, "says they are"), (one.published, "published as"),
    ):  # fmt: skip
        if value:
            yield f"{words} {value}"
    if one.revealed:
        yield "given after looking at earlier opinions"


def record_lines(stand: Stand) -> Iterator[str]:
    """Yield one record whole: what it says, then what it is bound to."""
    yield from opinion_lines(stand)
    one = stand.record
    for key, value in (
        ("commit", one.commit), ("target", one.target), ("finding", str(one.finding)), ("series", one.fields.get("Series", "")),
        ("answers", one.answers), ("replaces", one.replaces),
    ):  # fmt: skip
        if value:
            yield f"    {key:8} {safe(value)}"


def request_lines(item: OpenRequest) -> Iterator[str]:
    """Yield an open request: by when, who asks whom, about what."""
    one = item.stand.record
    due = f"{'overdue since' if item.overdue else 'by'} {one.due}" if one.due else "no date"
    who = safe(one.reviewer.name or one.reviewer.email)
    yield f"{safe(due):24} {who} asks {safe(', '.join(item.stand.waiting))}: {safe(item.subject)}"
    for line in (one.finding.origin, f"line {one.line} | {one.quote}" if one.line else "", one.reason):
        if line:
            yield from (f"    {shown}" for shown in safe_lines(line))
    yield f"    triage show --series {safe(item.series)}"


def review_lines(item: Review) -> Iterator[str]:
    """Yield a trailer that somebody sent as a reply, and what vouches for them."""
    from triage.query.review_trailers import vouched_text

    numbers = [str(patch.n) for patch in item.patches if patch.n is not None]
    where = "the cover" if item.on_cover else f"patch {', '.join(numbers)}" if numbers else "the patch"
    said = "machines said" if item.machine else "by mail"
    yield f"{said:20} {safe(item.key)}: {safe(item.name or item.email)} on {where}"
    yield f"    {safe(vouched_text(item))}"
    yield f"    {safe(item.message_id)}"


def log_line(record: Record, hidden: bool) -> str:
    """Return one line of `triage opinion log`; what somebody said stays out where it is hidden."""
    trouble = f"  {safe(record.trouble)}" if record.trouble else ""
    who = safe(record.reviewer.email or record.log.removeprefix("refs/opinions/").removesuffix("/log"))
    kind = "hidden" if hidden else safe(record.kind)
    return f"{record.commit[:12]} {safe(record.time):20.20} {kind:10} {record.signed:10} {who}  {safe(record.id)}{trouble}"


def key_line(key: Any) -> str:
    """Return one line of `triage opinion keys list`."""
    from triage.model import rfc3339

    free = "no limits" if key.kind == "ssh" else "no limits but its own"
    bounds = [f"{word} {rfc3339(moment)}" for word, moment in (("from", key.after), ("until", key.before)) if moment is not None]
    if key.until:
        bounds.append(f"and record {key.until[:12]}" if key.until.strip("0") else "and no record of it counts")
    return f"{safe(key.email)} {key.kind} {safe(key.fingerprint)} {' '.join(bounds) or free} {safe(key.comment)}".rstrip()


def message_lines(item: ShownMail, now: int) -> Iterator[str]:
    """Yield a mail as its archive's page shows it: its head, its text with line numbers, its thread, and how it is answered."""
    message = item.message
    yield f"Message-ID: {safe(message.message_id)}"
    yield f"Kind:       {message.kind.value}"
    if item.no_series:
        yield safe(f"Series:     none: {item.no_series}")
    yield f"From:       {safe(str(message.sender))}"
    if message.author != message.sender:
        yield f"Author:     {safe(str(message.author))}"
    for name, people in (("To", item.head.to), ("Cc", item.head.cc)):
        if people:
            yield f"{name + ':':<12}{safe(', '.join(map(str, people)))}"
    utc = rfc3339(message.date)
    yield f"Date:       {safe(item.head.date) or 'none'}{f' ({utc})' if utc else '' if not item.head.date else ' (cannot be read)'}"
    yield f"Subject:    {safe(message.raw_subject)}"
    for name in item.head.in_reply_to:
        yield f"In-Reply-To: {safe(name)}"
    for url in item.urls:
        yield f"Link:       {safe(url)}"
    for one in item.evidence:
        names = ", ".join(map(tool_label, one.tools or ("",)))
        role = f", {one.role}" if one.says == "declares" else ""
        yield f"AI:         {one.klass.value} {one.says}{role}, {safe(names)}, line {one.line}"
    for result in item.checks:
        yield f"Checks:     {safe(result.words(now))}{f' {safe(result.url)}' if result.url else ''}"
        yield from (f"            {shown}" for shown in safe_lines(result.details) if result.details)
    yield ""
    for number, line in enumerate(safe_lines(item.body.text), 1):
        sent = item.archive_line(number)
        yield f"{number:5}{f' ({sent})' if sent != number else ''} {line}"
    yield ""
    yield from thread_lines(item.thread)
    yield ""
    yield "To reply to all:"
    yield f"  {item.answer.send_email}"
    yield f"  {item.answer.mailto}"


def thread_lines(thread: Thread) -> Iterator[str]:
    """Yield a thread as an archive's page lists it: dated and nested, the mail that is shown marked, and where to go from there."""
    count = len(thread.mails)
    yield f"Thread: {count} mail{'' if count == 1 else 's'}; `triage show --mbox ID` prints them"
    for one in thread.mails:
        at = (rfc3339(one.sent) or "")[:16].replace("T", " ")
        yield f"{'>' if one.this else ' '} {at} {'  ' * min(one.depth, 20)}{safe(one.subject)}  {safe(one.sender.name or one.sender.email)}"
    for name, to in (("parent", thread.parent), ("previous", thread.previous), ("next", thread.next)):
        if to:
            yield f"  {name + ':':<10}{safe(to)}"


def statement_lines(row: Statement) -> Iterator[str]:
    """Yield one statement: the line and what it says, then the sentence, then the words that decided it."""
    one = row.evidence
    names = ", ".join(map(tool_label, one.tools)) if one else ""
    role = f", {one.role}" if one and one.says == "declares" else ""
    yield f"line {row.line}: {one.says if one else ''}{role}{f', {safe(names)}' if names else ''}"
    yield f"    {safe(row.quote)}"
    yield f"    because: {safe(row.why or 'nothing in it tells what the word stands for')}"


def table(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Yield two columns, the first as wide as it needs."""
    left = max((width(name) for name, _ in rows), default=0)
    for name, value in rows:
        yield f"{safe(name)}{' ' * (left - width(name))}  {safe(value)}"
