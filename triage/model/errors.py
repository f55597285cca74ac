# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as one sentence for a person and one exit code for a script."""

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command; 65, 74, 75 and 78 are those of sysexits.h."""

    OK = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    QUARANTINED = 65
    IO = 74
    TRY_AGAIN = 75
    CONFIG = 78
    INTERRUPTED = 130


class TriageError(Exception):
    """A mistake or a condition that the user can act on: what, where, and what to do (`hint`)."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}" if self.hint else self.message


class UsageError(TriageError):
    """The words of a command are off, or name something that does not exist."""

    exit_code = ExitCode.USAGE


class ArchiveError(TriageError):
    """An archive cannot be read, or a disk cannot be written."""

    exit_code = ExitCode.IO


class BusyError(TriageError):
    """Something else holds the lock or the database: the same call may succeed later."""

    exit_code = ExitCode.TRY_AGAIN


class NetworkError(TriageError):
    """A server did not answer, or not as it should: the same call may succeed later."""

    exit_code = ExitCode.TRY_AGAIN


class ConfigError(TriageError):
    """Configuration, a policy pack or a database does not fit this program."""

    exit_code = ExitCode.CONFIG


class FaultsError(ConfigError):
    """Several faults of one file: who checks it is told all, anybody else the first."""

    def __init__(self, faults: Sequence[ConfigError]) -> None:
        first, more = faults[0], len(faults) - 1
        others = f"; {more} more fault{'s' * (more > 1)}: `triage policy check` lists all" if more else ""
        super().__init__(first.message, f"{first.hint}{others}")
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type["FaultsError"], tuple[tuple[ConfigError, ...]]]:
        return FaultsError, (self.faults,)


class LockedError(ConfigError):
    """A signing key wants its passphrase, and nobody could be asked."""


class KeysError(ConfigError):
    """Whoever had keys cannot read them, or has not accepted them: nothing is done on anybody's word until they can."""


class OutdatedError(ConfigError):
    """The index was made by another version of this program: it can be rebuilt."""


class StoppedError(TriageError):
    """Somebody ended the run; what was stored is whole."""

    exit_code = ExitCode.INTERRUPTED
