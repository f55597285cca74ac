# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run did with one archive, as counts and as the JSON contract has it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from triage.model.archive import OUTCOMES, Counts
from triage.model.errors import TriageError

if TYPE_CHECKING:
    from concurrent.futures import Executor


class Step(Struct, frozen=True):
    """What a run does right now: with which archive or list, and how much of it is done."""

    name: str
    what: str
    """`reading` mails, or `judging threads`."""
    done: int
    total: int | None = None
    """How much there is, None where nobody counted."""


Progress = Callable[[Step], None]


def quiet(step: Step) -> None:
    """Tell nobody what is done."""


class RunOptions(Struct, frozen=True):
    """How a run reads mail, and what it reads again."""

    workers: int = 0
    """Processes of this machine, 0 for as many as it has cores."""
    executor: "Executor | None" = None
    """What reads mails instead of processes of this machine."""
    since: int | None = None
    """From when on sources are asked again, in seconds since 1970."""
    newest: int | None = None
    """Of archives that were never read, mail since then is read first, in seconds since 1970, and older mail by a later run."""
    whole: bool = False
    """Whether everything is read in order, whatever a list asks for."""
    retry: bool = False
    """Whether mail that was too costly to read is tried again."""
    progress: Progress = quiet


USUAL = RunOptions()


class ArchiveRun(Struct):
    """What one run did with one archive."""

    name: str
    kind: str
    counts: Counts = field(default_factory=Counts)
    withdrawn: int = 0
    series_new: int = 0
    series_changed: int = 0
    findings_new: int = 0
    seconds: float = 0.0
    total: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    """Entries that a later run reads, since the newest were asked for first."""
    error: TriageError | None = None
    holes: bool = False
    """Whether it was read to its end, but for mail whose bytes are missing: `error` says so."""
    policy_changes: list[dict[str, str]] = field(default_factory=list)
    """Open findings that went or came because the policy changed, not the mail."""

    @property
    def took_in(self) -> bool:
        """Whether it changed anything but what follows from a changed policy."""
        return bool(self.counts.entries or self.series_new or self.series_changed or self.findings_new or self.withdrawn)

    def as_dict(self) -> dict[str, object]:
        """Return the keys of the JSON contract."""
        return {
            "name": self.name, "kind": self.kind, "entries": self.counts.entries,
            **{name: getattr(self.counts, name) for name in OUTCOMES}, "withdrawn": self.withdrawn,
            "pending": self.pending, "series_new": self.series_new,
            "series_changed": self.series_changed, "findings_new": self.findings_new, "seconds": round(self.seconds, 3),
            "total": self.total, "error": str(self.error) if self.error else None,
            "policy_changes": self.policy_changes,
        }  # fmt: skip
