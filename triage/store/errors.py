# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SQLite raises, and what it means for the user."""

import sqlite3
from pathlib import Path

from triage.model.errors import ArchiveError, BusyError, ConfigError, TriageError

DATABASE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What a database that is in use, full or damaged raises: a damaged one may also give text that is no UTF-8."""


def database_error(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> TriageError:
    """Return what one of `DATABASE_ERRORS` means for the user."""
    text = str(error) if isinstance(error, sqlite3.Error) else "malformed text"
    if "locked" in text or "busy" in text:
        return BusyError(f"{path} is in use", "try again in a moment")
    if "full" in text:
        return ArchiveError(f"the disk is full, writing {path}", "free some space and run again; nothing that was stored is lost")
    if "not a database" in text or "malformed" in text or "corrupt" in text or "decode" in text:
        kept = "the damaged one is put aside" if path.name == "personal.db" else "opinions are kept in opinions.git"
        return ConfigError(f"{path} is damaged", f"run `triage db rebuild`; {kept}")
    if "readonly" in text:
        return ArchiveError(f"{path} cannot be written", "check its permissions or set TRIAGE_HOME")
    if "disk I/O" in text or "unable to open" in text:
        return ArchiveError(f"cannot read or write {path} ({text})", "check the disk, its space and permissions")
    return TriageError(f"{path}: {text}", "run `triage db check`; `triage db rebuild` rebuilds it")
