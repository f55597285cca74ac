# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces that SQL statements are made of."""

from collections.abc import Iterable
from typing import Any

from triage.model import OPEN

_MANY = 400
MAX_OLDER = 100
"""Versions before a series that are looked at for what was said of them."""
OPEN_ONES = f"({', '.join(sorted(repr(str(status)) for status in OPEN))})"
"""The statuses of an open finding, as SQL."""


def chunks(items: Iterable[Any], size: int = _MANY) -> Iterable[list[Any]]:
    """Yield `items` in lists of at most `size`, as many as SQLite takes as parameters."""
    collected = list(items)
    for start in range(0, len(collected), size):
        yield collected[start : start + size]


def marks(items: list[Any]) -> str:
    """Return `?, ?, …` for `items`."""
    return ", ".join("?" * len(items))
