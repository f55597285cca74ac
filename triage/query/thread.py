# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail's thread as a tree, as an archive's page has it."""

from typing import TYPE_CHECKING

from msgspec import Struct

from triage.model import Person, rfc3339
from triage.model.listed import person_dict
from triage.store.queries import Stored, thread_mails
from triage.store.schema import Index

if TYPE_CHECKING:
    from triage.model.shapes.mail import InThreadShape, ThreadShape


class InThread(Struct, frozen=True):
    """A mail of a thread, in the order and depth in which an archive's page lists it."""

    row: int
    message_id: str
    subject: str
    sender: Person
    sent: int
    depth: int
    parent: str | None
    """The nearest mail above it that is here."""
    this: bool
    """Whether it is the one that was asked for."""

    def to_dict(self) -> "InThreadShape":
        """Return it in the shape of `triage show --json`."""
        return {
            "message_id": self.message_id, "subject": self.subject, "sender": person_dict(self.sender), "date": rfc3339(self.sent),
            "depth": self.depth, "parent": self.parent, "this": self.this,
        }  # fmt: skip


class Thread(Struct, frozen=True):
    """The mails of a thread, and those around one of them."""

    mails: tuple[InThread, ...]
    parent: str | None
    next: str | None
    previous: str | None

    def to_dict(self) -> "ThreadShape":
        """Return it in the shape of `triage show --json`."""
        return {
            "thread": [one.to_dict() for one in self.mails], "parent": self.parent, "next": self.next, "previous": self.previous,
        }  # fmt: skip


def thread_of(connection: Index, stored: Stored) -> Thread:
    """Return the thread of a mail: under each mail those that answer it, by date."""
    rows = thread_mails(connection, stored.row)
    by_id = {row.message_id: row for row in rows}
    children: dict[int | None, list[int]] = {}
    above: dict[int, str | None] = {}
    for row in rows:
        name = next((one for one in row.parents if one in by_id and by_id[one].row != row.row), None)
        above[row.row] = name
        children.setdefault(by_id[name].row if name else None, []).append(row.row)
    by_row = {row.row: row for row in rows}
    found: list[InThread] = []
    seen: set[int] = set()

    def grow(roots: list[int]) -> None:
        waiting = [(root, 0) for root in reversed(roots)]
        while waiting:
            at, depth = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            row = by_row[at]
            found.append(
                InThread(at, row.message_id, row.subject, row.sender, row.sent, depth, above[at], at == stored.row)
            )  # fmt: skip
            waiting += [(child, depth + 1) for child in reversed(children.get(at, []))]

    grow(children.get(None, []))
    grow([row.row for row in rows])  # what answers itself in a circle
    here = next((at for at, one in enumerate(found) if one.this), None)
    if here is None:
        return Thread(tuple(found), None, None, None)
    after = found[here + 1].message_id if here + 1 < len(found) else None
    return Thread(tuple(found), found[here].parent, after, found[here - 1].message_id if here else None)
