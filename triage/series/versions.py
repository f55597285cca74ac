# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics: which series is the next version of which, with the evidence for it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from triage.mail.identity import same_email, same_name
from triage.model import Link, MessageId, Person, Series

_WORDS = re.compile(r"[^a-z0-9]+")
KINDS = ("human", "change-id", "supersedes", "reply", "subject-author", "patch-id", "similar")
"""Kinds of evidence, strongest first."""


def title_key(title: str) -> str:
    """Return a title without case and punctuation, for comparing."""
    return _WORDS.sub(" ", title.lower()).strip()


@dataclass(frozen=True, slots=True)
class Posting:
    """What linking needs to know of a series."""

    first: MessageId
    members: frozenset[MessageId]
    parents: frozenset[MessageId]
    """The ids that its first mail replies to."""
    supersedes: frozenset[MessageId]
    author: Person
    version: int
    minor: int
    title: str
    change_ids: frozenset[str]
    patch_ids: frozenset[str]
    posted: int

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Versions in order; a resend follows by its date."""
        return (self.version, self.minor, self.posted, self.first)


def posting_of(series: Series) -> Posting:
    """Return what linking needs to know of `series`."""
    first = series.first
    return Posting(
        first=first.message_id,
        members=frozenset(m.message_id for m in series.members),
        parents=frozenset(first.parents),
        supersedes=frozenset(item for m in series.members for item in m.supersedes),
        author=series.patches[0].author if series.patches else first.author,
        version=first.subject.version,
        minor=first.subject.minor,
        title=title_key(first.subject.title),
        change_ids=frozenset(m.change_id for m in series.members[:1] if m.change_id),
        patch_ids=frozenset(m.patch_id for m in series.patches if m.patch_id),
        posted=first.posted,
    )


def previous(series: Posting, candidates: Iterable[Posting]) -> Link | None:
    """Return the link from a series to the version before it, None where nothing speaks for one.

    Strongest evidence wins, then the highest version below its own. An older posting has a lower version, or the same one and
    an earlier date (a resend).
    """
    best: tuple[int, tuple[int, int, int, str], Link] | None = None
    for other in candidates:
        if other.first == series.first or other.order >= series.order:
            continue
        kind, evidence = _evidence(series, other)
        if not kind:
            continue
        rank = -KINDS.index(kind)
        if best is None or (rank, other.order) > best[:2]:
            best = (rank, other.order, Link(other.first, kind, evidence))
    return best[2] if best else None


def _evidence(series: Posting, other: Posting) -> tuple[str, str]:
    if common := series.change_ids & other.change_ids:
        return "change-id", min(common)
    if named := series.supersedes & other.members:
        return "supersedes", min(named)
    author = same_email(series.author.email, other.author.email) or same_name(series.author.name, other.author.name)
    if author and series.version > other.version and (above := series.parents & other.members):
        return "reply", min(above)
    if author and series.title and series.title == other.title:
        return "subject-author", series.title
    common_ids = series.patch_ids & other.patch_ids
    if common_ids and 2 * len(common_ids) >= len(series.patch_ids) and author:
        return "patch-id", f"{len(common_ids)} of {len(series.patch_ids)} patches are equal"
    return "", ""
