# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of many postings may be versions of one: those that share a title, a patch, a change-id, or name each other."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from triage.model.series import NEAREST, Posting


class Neighbourhood:
    """Postings by what may tie them to each other."""

    def __init__(self, postings: Iterable[Posting]) -> None:
        self._ordered = sorted(postings, key=lambda one: (one.posted, one.first))
        self._at = {id(one): number for number, one in enumerate(self._ordered)}
        self._by_key: dict[tuple[str, str], list[int]] = {}
        for number, one in enumerate(self._ordered):
            for key in {*_keys(one), *(("mail", name) for name in one.members), *(("obsoletes", name) for name in one.obsoleted_by)}:
                self._by_key.setdefault(key, []).append(number)

    def of(self, posting: Posting) -> Sequence[Posting]:
        """Return the postings that may be versions of one of them, oldest first."""
        own = self._at[id(posting)]
        found: set[int] = set()
        named = (("mail", name) for name in posting.parents | posting.supersedes)
        for key in (*_keys(posting), *named, *(("obsoletes", name) for name in posting.members)):
            there = self._by_key.get(key, ())
            middle = bisect_right(there, own)
            found.update(there[max(0, middle - NEAREST - 1) : middle + NEAREST])
        return [self._ordered[number] for number in sorted(found - {own})]


def _keys(posting: Posting) -> Iterator[tuple[str, str]]:
    yield from (("title", title) for title in {posting.title, *posting.titles} if title)
    yield from (("patch", name) for name in posting.patch_ids)
    yield from (("change", name) for name in posting.change_ids)
