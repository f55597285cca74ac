# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two versions of a series side by side: which patch became which, and what changed between them, readable."""

import difflib
from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from triage.model import Message
from triage.model.expression import expression
from triage.model.series import title_key

_HUNK = expression(r"^@@ -[0-9]+(?:,[0-9]+)? \+[0-9]+(?:,[0-9]+)? @@")
_NOISE = expression(r"^(?:index [0-9a-f]{7,64}\.\.[0-9a-f]{7,64}.*|similarity index .*|-- )$")
ALIKE = 70
"""Of 100: how near a title must be for a patch that was renamed."""
MOVED = 1000
"""Places by which a patch may have moved to be found under another title."""
MAX_LINES = 20_000
"""Lines of a patch beyond which no difference is made: difflib is quadratic at worst."""


class Pair(Struct, frozen=True):
    """One patch in an older and a newer version; one side is missing for what was dropped or is new."""

    old: Message | None
    new: Message | None
    change: str
    """`unchanged` (message and diff), `message` (the diff is equal), `changed`, `new` or `dropped`."""


def compare(old: Iterable[Message], new: Iterable[Message]) -> list[Pair]:
    """Return how the patches of two versions correspond, in the order of the newer one, dropped ones last.

    Equal content first, then equal patch-ids, equal titles, and titles that are alike; each patch is used once.
    """
    older, newer = list(old), list(new)
    partner: dict[int, Message] = {}
    left = dict(enumerate(older))
    for key in (_content, _diff, _title):
        same: dict[object, deque[int]] = {}
        for at, item in left.items():
            same.setdefault(key(item), deque()).append(at)
        for number, patch in enumerate(newer):
            found = same.get(key(patch)) if number not in partner and key(patch) is not None else None
            if found:
                partner[number] = left.pop(found.popleft())
    partner |= _renamed(left, {number: patch for number, patch in enumerate(newer) if number not in partner})
    pairs = [Pair(partner.get(number), patch, _change(partner.get(number), patch)) for number, patch in enumerate(newer)]
    return [*pairs, *(Pair(item, None, "dropped") for item in left.values())]


def _content(patch: Message) -> object:
    return patch.target


def _diff(patch: Message) -> object:
    return patch.patch_id


def _title(patch: Message) -> object:
    return title_key(patch.subject.title)


def _renamed(left: dict[int, Message], new: dict[int, Message]) -> dict[int, Message]:
    """Take out of `left` for each new patch the first that touches a file of it under a title that is alike; both are by their places."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extract_iter

    titles, files = {at: _sorted_words(item) for at, item in left.items()}, {at: {c.path for c in item.files} for at, item in left.items()}
    found: dict[int, Message] = {}
    for number, patch in new.items():
        near = {at: titles[at] for at in range(number - MOVED, number + MOVED + 1) if at in left}
        paths = {change.path for change in patch.files}
        every = extract_iter(_sorted_words(patch), near, scorer=ratio, score_cutoff=ALIKE)
        if (match := next((at for _, _, at in every if not paths.isdisjoint(files[at])), None)) is not None:
            found[number] = left.pop(match)
    return found


def _sorted_words(patch: Message) -> str:
    return " ".join(sorted(title_key(patch.subject.title).split()))


def _change(old: Message | None, new: Message) -> str:
    if old is None:
        return "new"
    if old.target == new.target:
        return "unchanged"
    return "message" if old.patch_id is not None and old.patch_id == new.patch_id else "changed"


def difference(old: str, new: str, names: tuple[str, str]) -> list[str]:
    """Return a unified diff between two patches' texts (message and diff), without line numbers and object ids that only moved."""
    before, after = _plain(old), _plain(new)
    if max(len(before), len(after)) > MAX_LINES:
        return [f"(more than {MAX_LINES} lines: compare them with `git range-diff`)"]
    return list(difflib.unified_diff(before, after, *names, lineterm="", n=2))


def _plain(text: str) -> list[str]:
    return [_HUNK.sub("@@", line) for line in text.split("\n") if not _NOISE.match(line)]
