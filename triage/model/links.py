# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of one topic: how each is called, and what ties it to an older one."""

from msgspec import Struct

from triage.model.people import MessageId


class Link(Struct, frozen=True):
    """Why a series is taken for a version of an older one; several may say so."""

    to: MessageId
    kind: str
    """One of human, change-id, supersedes, reply, subject-author, patch-id, similar; the last only suggests."""
    evidence: str
    alike: bool = False
    """Whether nothing but likeness speaks for it: what older versions declared is not handed on then."""

    def words(self) -> str:
        """Return in words what ties it to the older one."""
        return f"{_WORDS.get(self.kind, self.kind)}: {self.evidence}"


_WORDS = {
    "human": "linked by a person", "change-id": "same change-id", "supersedes": "says that it supersedes", "reply": "sent in reply to",
    "subject-author": "people and titles", "patch-id": "patches in common", "similar": "looks alike",
}  # fmt: skip


def version_label(version: int, rfc: bool) -> str:
    """Return how lists call a version: `v2`, `RFC v2`, and `RFC` for the first of those."""
    return f"v{version}" if not rfc else "RFC" if version == 1 else f"RFC v{version}"
