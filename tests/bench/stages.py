# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading a mail costs, stage by stage, in one process: `python -m tests.bench stages`, or `python -m tests.bench.stages [--where] ARCHIVE.git …`.

Microseconds a mail and Python calls a mail, over every fifth mail; the best of some tries. Without arguments the shared archives are
cloned. With `--where` the dearest functions are listed.
"""

import cProfile
import gc
import pstats
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.bench.archives import shared
from triage.archive.publicinbox import PublicInbox
from triage.mail.message import Read, read_mail
from triage.mail.mime import UnreadableError
from triage.model import Message, RawMail
from triage.model.archive import Entry
from triage.policy.annotate import with_facts
from triage.store.rows import message_from, message_row

EVERY = 5
TRIES = 3


def sample(path: Path) -> list[RawMail]:
    """Return every fifth mail of an archive."""
    archive = PublicInbox(path, "git")
    items = [item for item in archive.walk(path.name, "").items if item.entry is Entry.MAIL][::EVERY]
    return [RawMail(content or b"", item.locator, item.blob, item.archived) for item, content in archive.read(path.name, items)]


def readable(raw: RawMail) -> Read | None:
    """Return a mail read, None where it is quarantined."""
    try:
        return read_mail(raw)
    except UnreadableError:
        return None


def least(work: Callable[[], object]) -> float:
    """Return the least seconds of some tries, as ingest runs them: without the cycle collector."""
    found = []
    gc.disable()
    for _ in range(TRIES):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    gc.enable()
    return min(found)


def calls(work: Callable[[], object]) -> pstats.Stats:
    """Return the profile of some work."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return pstats.Stats(profile)


def show(name: str, raws: list[RawMail], reads: list[Read], messages: list[Message]) -> None:
    """Print a row: mails, microseconds of each stage, and calls a mail."""
    rows = [message_row(message, None) for message in messages]
    number = len(raws)
    stages = (
        lambda: [readable(raw) for raw in raws],
        lambda: [with_facts(read.message, read.body) for read in reads],
        lambda: [message_row(message, None) for message in messages],
        lambda: [message_from(row) for row in rows],
    )
    costs = [least(work) / number * 1e6 for work in stages]
    made = sum(calls(work).total_calls for work in stages[:3]) / number  # type: ignore[attr-defined]
    print(
        f"{name:24} {number:6} {costs[0]:7.0f} {costs[1]:7.0f} {costs[2]:6.0f} {sum(costs[:3]):7.0f} {costs[3]:8.0f} {made:7.0f}",
        flush=True,
    )


def bench(*words: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        given = [Path(word).absolute() for word in words if not word.startswith("-")]
        raws = [raw for path in given or shared(Path(folder)) for raw in sample(path)]
    read = [(raw, one) for raw in raws if (one := readable(raw))]
    made = [(raw, one, with_facts(one.message, one.body)) for raw, one in read]
    print(f"{'µs a mail':24} {'mails':>6} {'read':>7} {'facts':>7} {'row':>6} {'sum':>7} {'row back':>8} {'calls':>7}")
    show("all", [raw for raw, *_ in made], [one for _, one, _ in made], [message for *_, message in made])
    for kind, _ in Counter(message.kind for *_, message in made).most_common():
        some = [item for item in made if item[2].kind is kind]
        show(kind.value, [raw for raw, *_ in some], [one for _, one, _ in some], [message for *_, message in some])
    if "--where" in words:
        stats = calls(lambda: [message_row(with_facts(one.message, one.body), None) for raw in raws if (one := readable(raw))])
        stats.sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    bench(*sys.argv[1:])
