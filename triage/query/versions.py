# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a series came to be: why its mails are together, which versions it has, what changed between them, what replies gave."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from triage.archive.reread import read_again
from triage.model import rfc3339
from triage.model.errors import ArchiveError
from triage.series.compare import compare, difference
from triage.series.corrections import Corrections
from triage.series.followups import Followup, followups
from triage.series.grouping import explained, group
from triage.store import derive, queries
from triage.store.corrections import load_corrections
from triage.store.pool import load_pool, threads_of
from triage.store.queries import Stored


def why_json(connection: sqlite3.Connection, series: int) -> dict[str, Any]:
    """Return why the mails of a series are together and why it follows another: the same algorithm, run again on the same mails."""
    mails = queries.series_mails(connection, series)
    first = queries.series_head(connection, series).first
    pool = load_pool(connection, threads_of(connection, series))
    found = group((m for m in pool.messages.values() if m.is_member), Corrections(load_corrections(connection)))
    blobs = {stored.message.blob for stored in mails}
    one = next(s for s in found if s.first.message_id == first and s.first.blob in blobs)
    subjects = {m.message_id: m.raw_subject for m in one.members}
    return {
        "schema": 1, "series": first, "notes": list(one.notes),
        "members": [{"message_id": name, "subject": subjects[name], "why": why} for name, why in explained(one)],
        "links": queries.links_of(connection, series),
    }  # fmt: skip


def effective_patches(connection: sqlite3.Connection, series: int) -> list[tuple[Stored, bool]]:
    """Return the patches of a version in order, each with whether it was taken over from the version before."""
    again = derive.sent_again(connection, series)
    own = [
        (stored, False) for stored in queries.series_mails(connection, series)
        if stored.message.kind.value in {"patch", "reply-patch"} and stored.message.blob not in again
    ]  # fmt: skip
    carried = [(stored, True) for stored in queries.carried_mails(connection, series)]
    return sorted([*own, *carried], key=lambda item: (item[0].message.subject.n or 0, item[0].message.posted, item[0].row))


def versions_json(connection: sqlite3.Connection, series: int, with_diff: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the versions of a series' topic, oldest first, each with how its patches changed since the version it follows.

    With `with_diff` each changed patch has the lines of a diff between both texts, read again from the archives.
    """
    for one, first, version, rfc, posted in queries.versions_of(connection, series):
        previous = queries.previous_of(connection, one)
        new = {stored.message.blob: stored for stored, _ in effective_patches(connection, one)}
        old = {stored.message.blob: stored for stored, _ in effective_patches(connection, previous)} if previous is not None else {}
        pairs = compare([s.message for s in old.values()], [s.message for s in new.values()])
        patches = []
        for pair in pairs:
            shown = pair.new or pair.old
            assert shown is not None
            row: dict[str, Any] = {
                "n": shown.subject.n, "subject": shown.raw_subject, "change": pair.change if previous is not None else "new",
                "old": pair.old.message_id if pair.old else None, "new": pair.new.message_id if pair.new else None,
            }  # fmt: skip
            if with_diff and pair.old and pair.new and pair.change in {"changed", "message"}:
                row["difference"] = _difference(connection, old[pair.old.blob], new[pair.new.blob])
            patches.append(row)
        yield {
            "schema": 1, "series": first, "version": version, "rfc": bool(rfc), "posted": rfc3339(posted), "asked": one == series,
            "previous": queries.series_head(connection, previous).first if previous is not None else None,
            "links": queries.links_of(connection, one), "patches": patches,
        }  # fmt: skip


def _difference(connection: sqlite3.Connection, old: Stored, new: Stored) -> list[str]:
    try:
        before, after = read_again(connection, old).body, read_again(connection, new).body
    except ArchiveError as error:
        return [f"({error})"]
    names = (old.message.message_id, new.message.message_id)
    return difference(f"{before.commit_message}---\n{before.diff}", f"{after.commit_message}---\n{after.diff}", names)


def followups_json(connection: sqlite3.Connection, series: int) -> list[dict[str, Any]]:
    """Return the trailers that replies gave to the patches of a series; those on carried patches and their cover come along."""
    found = [_followup(item) for item in followups(*derive.stored_series(connection, series))]
    carried = {stored.message.message_id: stored for stored in queries.carried_mails(connection, series)}
    previous = queries.previous_of(connection, series)
    if not carried or previous is None:
        return found
    own = {stored.message.subject.n: stored.message.message_id for stored, taken in effective_patches(connection, series) if not taken}
    before = followups_json(connection, previous)
    numbers = {stored.message.message_id: stored.message.subject.n for stored, _ in effective_patches(connection, previous)}
    for item in before:
        if item["patch"] in carried:
            found.append(item)
        elif item["on_cover"] and (mine := own.get(numbers.get(item["patch"]))):
            found.append(item | {"patch": mine})
    return found


def _followup(item: Followup) -> dict[str, Any]:
    return {
        "patch": item.patch, "source": item.source, "key": item.trailer.key, "value": item.trailer.value, "line": item.trailer.line,
        "matches": item.matches, "on_cover": item.on_cover,
    }  # fmt: skip
