# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first minute: three hints, each until what it says was done once; h hides them."""

HINTS = {
    "open": "1/3 Enter opens the series under the cursor; Why says what it needs.  h hides hints",
    "opinion": "2/3 o gives your opinion: one letter picks, Tab goes on, ^Y saves.  h hides hints",
    "undo": "3/3 z takes back what you did last; ? explains all keys.  h hides hints",
}
"""By what ends each of them."""


def current(done: int) -> str:
    """Return the hint after so many were followed, "" for none."""
    return list(HINTS.values())[done] if 0 <= done < len(HINTS) else ""


def follow(done: int, what: str) -> int:
    """Return how many hints are done once the user did something."""
    names = list(HINTS)
    return done + 1 if 0 <= done < len(names) and names[done] == what else done
