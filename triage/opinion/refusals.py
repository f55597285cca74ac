# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was refused of remotes before, kept between exchanges."""

import json

from triage.files import write_file
from triage.opinion.log import OpinionLog
from triage.opinion.refs import KEYS


class Refusals:
    """What was refused of a remote before, so that thousands of odd refs cost nothing the next time.

    It holds for the same keys alone, since others may vouch for what these do not.
    """

    def __init__(self, log: OpinionLog, name: str) -> None:
        self._path = log.path / "triage-refused.json"
        self._remote = name
        self._keys = log.repository.ref(KEYS)
        self._all: dict[str, dict[str, str]] = {}
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            self._all = {f"{one}": {f"{key}": f"{why}" for key, why in rows.items()} for one, rows in kept.items()}
        except (OSError, ValueError, AttributeError):
            pass
        self._known = self._all.get(self._place, {})
        self._now: dict[str, str] = {}

    @property
    def _place(self) -> str:
        return f"{self._remote} {self._keys}"

    def why(self, ref: str, tip: str, ours: str) -> str:
        """Return why a ref with this tip was refused while ours was the same, "" where it was not."""
        key = f"{ref} {tip} {ours}"
        if why := self._known.get(key, ""):
            self._now[key] = why
        return why

    def note(self, ref: str, tip: str, ours: str, why: str) -> None:
        """Remember why a ref was refused."""
        self._now[f"{ref} {tip} {ours}"] = why

    def save(self) -> None:
        """Keep what was refused this time; what a remote does not show any more is forgotten."""
        if self._now != self._known:
            others = {place: rows for place, rows in self._all.items() if place.split(" ")[0] != self._remote}
            write_file(self._path, json.dumps(others | {self._place: self._now}), private=True)
