# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of a user between starts: where they were, limits they typed, views they saved."""

from __future__ import annotations

import json
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from triage.model.errors import TriageError, UsageError
from triage.store import personal, selecting
from triage.store.errors import DATABASE_ERRORS
from triage.store.limit import completions
from triage.store.schema import open_personal
from triage.store.transaction import transaction
from tui import hints
from tui.outgoing import Outgoing
from tui.views import built_in

if TYPE_CHECKING:
    from triage.config import Config

MOST_LIMITS = 50


class Remembered(Outgoing):
    """Keeps small things in personal.db; what cannot be kept is let go, what cannot be read is not there."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._saved: dict[str, str] | None = None
        """The views that were saved here, None before they were read."""

    def places(self) -> dict[str, str]:
        """Return where the user was when the program was last left: view, limit, order, series, theme."""
        with closing(open_personal(self.config.paths.personal)) as connection:
            return personal.places(connection)

    def keep_places(self, places: dict[str, str]) -> None:
        """Keep where the user is."""
        path = self.config.paths.personal
        if not path.exists():
            return
        with suppress(TriageError, *DATABASE_ERRORS), closing(open_personal(path, write=True)) as connection, transaction(connection, path):
            for key, value in places.items():
                personal.save_place(connection, key, value)

    def _kept(self, key: str) -> object:
        with suppress(ValueError):
            return json.loads(self.places().get(key, "null"))
        return None

    def hint(self) -> str:
        """Return the hint that a new user is given now, "" once they followed or hid them."""
        return hints.current(self._hints_done())

    def _hints_done(self) -> int:
        kept = self.places().get("hints", "0")
        return int(kept) if kept.isdigit() else 0

    def did(self, what: str) -> None:
        """Take notice of something that a hint spoke of."""
        done = self._hints_done()
        if (now := hints.follow(done, what)) != done:
            self.keep_places({"hints": str(now)})

    def hide_hints(self) -> None:
        """Give no hints any more."""
        self.keep_places({"hints": str(len(hints.HINTS))})

    def limits(self) -> list[str]:
        """Return the limits that were typed, the last one last."""
        kept = self._kept("limits")
        return [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []

    def keep_limit(self, limit: str) -> None:
        """Remember a limit that was typed."""
        if limit:
            self.keep_places({"limits": json.dumps([*(one for one in self.limits() if one != limit), limit][-MOST_LIMITS:])})

    def complete_limit(self, text: str) -> list[str]:
        """Return how the last word of a limit may go on."""
        with self._databases() as (index, _):
            return completions(text, selecting.known_lists(index))

    def _saved_views(self) -> dict[str, str]:
        if self._saved is None:
            kept = self._kept("views")
            self._saved = {name: limit for name, limit in kept.items() if isinstance(limit, str)} if isinstance(kept, dict) else {}
        return self._saved

    def check_view_name(self, name: str) -> None:
        """Raise `UsageError` for a name that a view cannot have."""
        taken = {one.name.casefold() for one in built_in(self.config.stale)} | {one.casefold() for one in self.config.views}
        if not name.strip() or len(name) > 40:
            raise UsageError("a view needs a name", "in at most 40 characters; Esc leaves")
        if name.strip().casefold() in taken:
            raise UsageError(f"{name.strip()} is a view already", "take another name")

    def save_view(self, name: str, limit: str) -> int:
        """Save a limit as a view; returns its number."""
        saved = self._saved = self._saved_views() | {name: limit}
        self.keep_places({"views": json.dumps(saved)})
        return len(built_in(self.config.stale)) + list(dict(self.config.views) | saved).index(name) + 1

    def forget_view(self, name: str) -> bool:
        """Forget a view that was saved here; returns whether there was one of this name."""
        saved = dict(self._saved_views())
        there = saved.pop(name, None) is not None and name not in self.config.views
        if there:
            self._saved = saved
            self.keep_places({"views": json.dumps(saved)})
        return there
