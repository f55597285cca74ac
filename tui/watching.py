# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the index changed under the screen: cheap enough for a timer."""

import os
from contextlib import suppress
from pathlib import Path

from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import Index, open_index


class IndexWatch:
    """Notices what other processes write to an index, and that another one took its place."""

    def __init__(self, path: Path, runs: Path, personal: Path) -> None:
        self._path = path
        self._personal = (personal, personal.with_name(f"{personal.name}-wal"))
        """What the user noted, maybe in another window; SQLite writes to its log first."""
        self._runs = runs
        """How runs went, which each run notes."""
        self._watch: Index | None = None
        self._inode, self._version, self._noted = 0, -1, -1
        self._looked_at = False

    def changed(self) -> bool:
        """Say whether another process wrote to the index, replaced it, or noted how a run went, since the last call.

        Cheap enough for a timer.
        """
        noted = 0
        for file in (self._runs, *self._personal):
            with suppress(OSError):
                noted += os.stat(file).st_mtime_ns
        different = noted != self._noted and self._noted >= 0
        self._noted = noted
        return self._index_changed() or different

    def _index_changed(self) -> bool:
        path = self._path
        try:
            inode = os.stat(path).st_ino
        except OSError:
            gone, self._inode = self._inode != 0, 0
            if self._watch is not None:
                self._watch.close()
                self._watch = None
            return gone
        if self._watch is None or inode != self._inode:
            if self._watch is not None:
                self._watch.close()
            first, self._looked_at = not self._looked_at, True
            self._watch, self._inode, self._version = open_index(path), inode, -1
            self._version = self._data_version()
            return not first
        version = self._data_version()
        different = version != self._version
        self._version = version
        return different

    def _data_version(self) -> int:
        """Return SQLite's count of others' writes; an index that is damaged now has always changed: who reads it is told what it is."""
        try:
            return self._watch.data_version() if self._watch else -1
        except DATABASE_ERRORS:
            self._inode = -1
            return self._version - 1
