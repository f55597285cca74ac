# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives that are measured, the real ones shared with the project, and the floor: what reading their mail alone costs."""

import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from triage import git
from triage.archive.publicinbox import PublicInbox
from triage.model.archive import Entry, Item

BUNDLES = Path(__file__).parents[3] / "shared" / "corpora" / "archives"


def shared(folder: Path) -> list[Path]:
    """Clone the shared archives into a folder; returns their paths, none where there are none."""
    found: list[Path] = []
    for bundle in sorted(BUNDLES.glob("*.bundle")):
        subprocess.run(["git", "clone", "-q", "--mirror", bundle, folder / f"{bundle.stem}.git"], check=True)
        found.append(folder / f"{bundle.stem}.git")
    return found


def best(work: Callable[[], object], tries: int = 3) -> float:
    """Return the least seconds of some tries."""
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def entries(path: Path) -> list[Item]:
    """Return the mails of an archive in commit order."""
    return [item for item in PublicInbox(path, "git").walk(path.name, "").items if item.entry is Entry.MAIL]


def floor(path: Path) -> tuple[float, int]:
    """Return the seconds of one `git cat-file` over an archive's mails in commit order, and how many there are."""
    blobs = [item.blob for item in entries(path)]
    names = ("\n".join(blobs) + "\n").encode()
    words = git.command(path, "cat-file", "--batch", "--buffer")

    def read() -> None:
        subprocess.run(words, input=names, stdout=subprocess.DEVNULL, env=git.isolated_env(), check=True)

    return best(read), len(blobs)


def contents(path: Path) -> Iterator[bytes]:
    """Yield every mail of an archive."""
    for _, content in PublicInbox(path, "git").read(path.name, entries(path)):
        yield content or b""


def timed(words: list[str], **env: str) -> float:
    """Run a program in silence; returns seconds."""
    started = time.perf_counter()
    subprocess.run(words, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def cpu(words: list[str], tries: int = 5) -> float:
    """Return the least CPU seconds that a program and those it starts take."""
    times = []
    for _ in range(tries):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)
