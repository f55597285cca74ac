# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An index that is about to be replaced, whichever version of the program made it: what it held, and where records stood by it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from triage.store.opinions import NO_SERIES
from triage.store.schema import Index, open_former, open_index

_STOOD = (
    "select o.log, o.commit_id, o.id, o.reviewer_email, o.kind, o.finding, o.target_message, s.finding, s.state, s.why from standing s"
    " join opinion o on o.log = s.log and o.commit_id = s.commit_id"
)
_COUNTED = ("counts", "carried", "asked", "answered")


def moved_records(old: Path, new: Path) -> list[dict[str, str]]:
    """Return the records that counted by the old index and stand otherwise by the new one, in the order of their ids.

    Each with `record`, `reviewer`, `kind`, `finding` (its code), `message_id`, `state` and `why`. Empty where the old index cannot be read.
    """
    try:
        with closing(open_former(old)) as connection:
            before = _standing(connection)
    except (sqlite3.Error, OSError, UnicodeDecodeError):
        return []
    with closing(open_index(new)) as connection:
        after = _standing(connection)
    return sorted(
        (_told(row, after.get(key)) for key, row in before.items() if row[8] in _COUNTED and not _stands(row, after.get(key))),
        key=lambda item: item["record"],
    )


def now_missing(old: Path, new: Path) -> int:
    """Count the mails that the old index was made of and the new one could not read; 0 where the old index cannot be read."""
    with closing(open_index(new)) as connection:
        missing = [row[0] for row in connection.execute("select distinct blob from entry where outcome = 'unreadable'")]
    try:
        with closing(open_former(old)) as connection:
            return sum(bool(connection.execute("select 1 from message where blob = ?", (blob,)).fetchone()) for blob in missing)
    except (sqlite3.Error, OSError, UnicodeDecodeError):
        return 0


_Row = tuple[str, ...]


def _standing(connection: Index) -> dict[tuple[str, str], _Row]:
    """Return each record with its best standing for any series."""
    found: dict[tuple[str, str], _Row] = {}
    for row in connection.execute(_STOOD):
        key = (row[0], row[1])
        if key not in found or (row[8] in _COUNTED and found[key][8] not in _COUNTED):
            found[key] = row
    return found


def _stands(before: _Row, after: _Row | None) -> bool:
    return after is not None and after[7] == before[7] and (after[8] in _COUNTED)


def _told(before: _Row, after: _Row | None) -> dict[str, str]:
    state, why = (after[8], after[9]) if after else ("outdated", NO_SERIES)
    if state in _COUNTED:
        why = "it stands at the finding as it is raised now"
    code = before[5].split(" ")[1] if before[5].count(" ") else ""
    return {
        "record": before[2], "reviewer": before[3], "kind": before[4], "finding": code, "message_id": before[6], "state": state, "why": why,
    }  # fmt: skip
