# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies to contributors, drafted: in the project's words for what they can fix, or quoting what a maintainer remarked on."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

from triage.archive.reread import raw_mail, read_again
from triage.config import Config
from triage.files import write_file
from triage.model import Message, Person, State, rfc3339
from triage.model.errors import TriageError, UsageError
from triage.model.text import safe
from triage.opinion.person import reviewer
from triage.projects import load_pack
from triage.report.answer import reply_to
from triage.report.drafts import drafts
from triage.report.opinion_reply import new_id
from triage.store import listed, personal, queries
from triage.store.lines import series_lines
from triage.store.opinions import policies_of
from triage.store.queries import Stored
from triage.store.schema import Index, open_index, open_personal
from triage.store.transaction import transaction

MOST = 2000
"""Lines of a mail that are quoted whole."""
CONTEXT = 5
"""Lines quoted above one that is remarked on."""


def contributor_drafts(config: Config, connection: Index, name: str, finding: str = "") -> Iterator[EmailMessage]:
    """Yield the reply that says what the contributor of a series can fix, for one finding or for all.

    Raises `UsageError` for a mail that belongs to no series, or a finding that the series has not.
    """
    yield from series_drafts(config, connection, queries.find_series(connection, name), finding)


def series_drafts(config: Config, connection: Index, series: int, finding: str = "") -> Iterator[EmailMessage]:
    """Yield what `contributor_drafts` does for a series that was found; raises `UsageError` for a finding that it has not."""
    mails = {str(stored.message.message_id): stored.message for stored in queries.series_mails(connection, series)}
    items = [item for item in listed.findings(connection, series) if item.id.startswith(finding)]
    if finding and not items:
        raise UsageError(f"this series has no finding {finding!r}", "`triage show --series ID` lists them")
    names = dict.fromkeys([*(item.policy for item in items), *policies_of(connection, series)])
    packs = {pack.id: pack for pack in (load_pack(name, config.paths.policies) for name in names)}
    newcomer = not queries.earlier_by_author(connection, series)
    welcome = next((pack for pack in packs.values() if pack.welcome), None) if newcomer and not finding else None
    yield from drafts(items, mails, packs, drafter(), newcomer, welcome)


def drafter() -> Person:
    """Return who drafts are from: whom git knows, nobody where it knows none."""
    try:
        return reviewer()
    except TriageError:
        return Person("", "")


def reply_start(config: Config, name: str, finding: str = "", line: int | None = None) -> str:
    """Return what a reply to a mail begins with: the project's words on a finding, else the mail quoted at the lines remarked on.

    The lines are `line` and those that the user's own opinions name.
    """
    with closing(open_index(config.paths.index)) as connection:
        if finding:
            for mail in contributor_drafts(config, connection, name, finding):
                return str(mail.get_content())
            item = next(item for item in listed.findings(connection, queries.find_series(connection, name)) if item.id == finding)
            if item.line:
                return _quoting(connection, item.message_id, {item.line: item.says})
        stored = queries.find_message(connection, name)
        series = queries.find_series(connection, name)
        me = drafter().email
        said = {
            stand.record.line: stand.record.reason for stand in listed.said(connection, series)
            if stand.record.line and stand.record.target_message == stored.message.message_id and stand.is_by(me)
        }  # fmt: skip
        places = said if line is None or line <= 1 else {line: ""} | said
        return _quoting(connection, name, places)


def _quoting(connection: Index, name: str, remarks: dict[int, str]) -> str:
    stored = queries.find_message(connection, name)
    return quoted(stored.message, read_again(connection, stored).body.text, remarks)


def quoted(message: Message, text: str, remarks: dict[int, str]) -> str:
    """Return a mail quoted around the lines remarked on, at most five above each, `> [...]` for what is left out, the remark below.

    Without remarks it is quoted whole, up to its signature.
    """
    lines = text.split("\n")
    out = [f"On {(rfc3339(message.posted) or '')[:10]}, {safe(message.sender.name or message.sender.email)} wrote:"]
    if not remarks:
        own = lines[: lines.index("-- ")] if "-- " in lines else lines
        return "\n".join([*out, *(f"> {_exact(item)}".rstrip() for item in own[:MOST]), "", ""])
    quoted_to = 0
    for number in sorted(n for n in remarks if 0 < n <= len(lines)):
        start = max(quoted_to, number - CONTEXT - 1)
        if start > quoted_to:
            out.append("> [...]")
        out += [f"> {_exact(item)}".rstrip() for item in lines[start:number]]
        out += ["", *(safe(item) for item in (remarks[number] or "").splitlines()), ""]
        quoted_to = number
    return "\n".join(out if quoted_to else [*out, "", ""]) + ("" if quoted_to else "\n")


def _exact(line: str) -> str:
    """Return a line as it is quoted: safe, its tabs kept, since code is read in it."""
    return "\t".join(safe(part) for part in line.split("\t"))


def save_reply(config: Config, name: str, body: str) -> Path:
    """Write a reply to a mail as a file to be sent by hand, addressed as b4 does it, and note it; returns the file.

    Raises `UsageError` for an unknown mail or an empty reply, `ConfigError` where git knows no identity, `ArchiveError` for the disk.
    """
    if not body.strip():
        raise UsageError("this reply says nothing", "write something")
    me = reviewer()
    with closing(open_index(config.paths.index)) as connection:
        stored = queries.find_message(connection, name)
        series = queries.find_series(connection, name)
        message_id = new_id(me)
        reply = reply_to(raw_mail(connection, stored), body, me, message_id)
        path = config.paths.data / "drafts" / f"{message_id.partition('@')[0]}.eml"
        write_file(path, bytes(reply).decode("utf-8", "replace"), private=True)
        _note(config, connection, series, f"drafted a reply: drafts/{path.name}")
    return path


def note_export(config: Config, names: Sequence[str], what: str) -> None:
    """Note that series were exported, on their first mails."""
    with closing(open_personal(config.paths.personal, write=True)) as notes, transaction(notes, config.paths.personal):
        for name in names:
            personal.note_event(notes, name, what, int(time.time()))


def _note(config: Config, connection: Index, series: int, what: str) -> None:
    """Note the draft as an act that can be taken back, and what was written as something that happened."""
    now = int(time.time())
    with closing(open_personal(config.paths.personal, write=True)) as notes, transaction(notes, config.paths.personal):
        line = series_lines(connection, notes, [series], now)[series]
        members: list[Stored] = [stored for stored in queries.series_mails(connection, series) if stored.message.is_member]
        mark = personal.Mark(State.DRAFTED, line.activity, line.fingerprint, None, now)
        personal.act(notes, what, {str(stored.message.message_id): mark for stored in members}, now)
