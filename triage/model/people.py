# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is spoken of, and the names by which mails, blobs and patches are known."""

from typing import NewType

from msgspec import Struct

MessageId = NewType("MessageId", str)
"""A Message-ID without angle brackets; `blob:OID` for a mail that has none."""
BlobId = NewType("BlobId", str)
"""The git object id of a mail's bytes."""
PatchId = NewType("PatchId", str)
"""What `git patch-id --stable` gives for a diff."""


class Person(Struct, frozen=True):
    """A name and an address as a mail claims them; either may be empty."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name and self.email else self.name or self.email
