# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chunk of entries read: mails fetched, read and made rows of; what a worker process does."""

import gc
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from triage import git
from triage.archive.detect import open_archive
from triage.ingest.watch import TooCostlyError, watched
from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import Kind, Message, RawMail
from triage.model.archive import Entry, Item
from triage.model.errors import ArchiveError
from triage.policy.annotate import with_facts
from triage.policy.evidence.tools import extend
from triage.store.rows import message_row
from triage.store.write import ReadEntry

LOST = "its bytes are missing in the archive"
Chunk = tuple[list[ReadEntry], ArchiveError | None]


def read_chunk(kind: str, path: Path, unit: str, items: list[Item], *, tools: Sequence[object] = ()) -> Chunk:
    """Read a chunk of entries; runs in a worker process. Returns the error too where an object cannot be read.

    `tools` are the user's own rows of the table of AI tools.
    """
    gc.disable()
    extend(tools)
    try:
        archive = open_archive(kind, path)
        mails = [item for item in items if item.entry is Entry.MAIL]
        read: dict[int, ReadEntry] = {}
        lost: set[int] = set()
        error: ArchiveError | None = None
        diffs: list[tuple[int, bytes]] = []
        found: list[tuple[Item, Message | str]] = []
        try:
            for item, (told, content) in zip(mails, archive.read(unit, mails), strict=False):
                if told.entry is Entry.LOST:
                    lost.add(id(item))
                    found.append((item, LOST))
                else:
                    found.append(_read_one(item, content, len(found), diffs))
        except ArchiveError as stopped:
            error = stopped
        ids = git.patch_ids(diffs)
        for number, (item, result) in enumerate(found):
            if isinstance(result, str):
                read[id(item)] = ReadEntry(replace(item, entry=Entry.LOST) if id(item) in lost else item, reason=result)
            else:
                read[id(item)] = ReadEntry(item, message_row(result, ids.get(number)))
        reads: list[ReadEntry] = []
        for item in items:
            if item.entry is Entry.MAIL and id(item) not in read:
                # the cursor is a commit: what else that commit holds is read again with what could not be
                reads = [done for done in reads if done.item.locator != item.locator]
                break
            reads.append(read.get(id(item)) or ReadEntry(item, reason=item.reason))
        return [_light(read) for read in reads], error
    finally:
        gc.enable()


def _light(read: ReadEntry) -> ReadEntry:
    """Leave the bytes behind: they have been read and would only be copied to the writer."""
    item = read.item
    if item.content is None:
        return read
    return ReadEntry(Item(item.entry, item.locator, item.blob, item.archived), read.row, read.reason)


def _read_one(item: Item, content: bytes | None, number: int, diffs: list[tuple[int, bytes]]) -> tuple[Item, Message | str]:
    if content is None:
        return item, "size: larger than 25 MiB"
    try:
        with watched(len(content)):
            read = read_mail(RawMail(content, item.locator, item.blob, item.archived))
            message = with_facts(read.message, read.body)
    except UnreadableError as reason:
        return item, reason.reason
    except TooCostlyError as stopped:
        return item, str(stopped)
    except Exception as bug:  # the worker's edge: one mail that meets a bug of ours must not hold up a list for ever
        return item, f"reader: {type(bug).__name__}, a bug of triage; please report it"
    if message.kind in {Kind.PATCH, Kind.REPLY_PATCH, Kind.PULL} and read.body.diff:
        diffs.append((number, read.body.patch))
    return item, message
