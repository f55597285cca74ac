# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which parts of a project files belong to, by its roster: fast for thousands of areas and files."""

import re
from collections.abc import Iterable

from triage.policy.people import Area, inside

_EVERYTHING = {"*", "**", "*/", "*/**"}


class Areas:
    """The areas of a roster by the folders that their globs begin in; one that covers every file tells nothing and is left out."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._by_folder: dict[str, list[tuple[str, Area]]] = {}
        self._known: dict[str, frozenset[str]] = {}
        for area in areas:
            for glob in () if _EVERYTHING & set(area.globs) else area.globs:
                fixed = re.split(r"[*?\[]", glob, maxsplit=1)[0]
                self._by_folder.setdefault(fixed[: fixed.rfind("/") + 1], []).append((glob, area))

    def of(self, paths: Iterable[str]) -> set[str]:
        """Return the names of the areas that any of some files belongs to."""
        return {name for path in paths for name in self._of_one(path)}

    def _of_one(self, path: str) -> frozenset[str]:
        if path not in self._known:
            folders = ["", *(path[: match.end()] for match in re.finditer("/", path))]
            self._known[path] = frozenset(
                area.name for folder in folders for glob, area in self._by_folder.get(folder, ())
                if inside(path, (glob,)) and not inside(path, area.excluded)
            )  # fmt: skip
        return self._known[path]
