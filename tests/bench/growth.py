# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How work grows with what there is of it: `python -m tests.bench growth`, or `python -m tests.bench.growth WORDS OF A NAME` for some.

Each shape of `tests.bench.shapes` is taken in, listed, reported and checked at an eighth, a third and the whole of its size. Printed is the
CPU time of the process and those it starts, above that of a run with nothing new, and the exponent fitted to it: 1 is linear.
"""

import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.shapes import SHAPES, Shape, equal_titles, mail, many_authors, one_author, ordinary, patch, write_mbox
from triage.admin.lists import add_list
from triage.config import load_config
from triage.model import Person
from triage.opinion.log import OpinionLog
from triage.opinion.record import Draft, Target, new_id, write_record
from triage.opinion.refs import ref_of
from triage.store.schema import open_index

PARTS = (8, 3, 1)
MOST = 1.15
"""The largest exponent that is let pass."""
ORDINARY = (10_000, 30_000, 100_000)
FEW = 0.25
"""CPU seconds above the baseline below which a time is mostly the noise of starting two processes."""


def spent(home: Path, *words: str) -> float:
    """Run the program in a home; returns the CPU seconds of it and all that it started."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "triage", "--home", str(home), *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"triage {' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the slope of the straight line through the logarithms, least squares."""
    points = [(math.log(n), math.log(max(s, 1e-3))) for n, s in zip(sizes, seconds, strict=True)]
    middle = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / sum((x - middle[0]) ** 2 for x, _ in points)


def show(name: str, sizes: Sequence[int], seconds: Sequence[float]) -> bool:
    """Print one row; returns whether it grows as it may."""
    found = exponent(sizes, seconds)
    fine = found <= MOST or max(seconds) < FEW
    row = "  ".join(f"{n:>7} {s:7.2f}" for n, s in zip(sizes, seconds, strict=True))
    print(f"{name:46} {row}  {found:5.2f}{'' if fine else '  !'}", flush=True)
    return fine


def home_of(folder: Path, name: str, shape: Shape, size: int) -> Path:
    """Make a home with one list, an mbox of that shape."""
    home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    box = write_mbox(home.with_suffix(".mbox"), shape(size))
    add_list(load_config(str(home)), "bench", (str(box),), "linux-kernel", "https://lists.example.org/bench")
    return home


ASKED = {"list": ("list",), "report": ("report", "--format", "json"), "findings": ("findings", "--json")}


def ingested(folder: Path, name: str, shape: Shape, sizes: Sequence[int]) -> dict[str, list[float]]:
    """Return the seconds of taking in each size and of what is asked of it, above those with nothing new or nothing there."""
    found: dict[str, list[float]] = {"ingest": []} | {what: [] for what in ASKED}
    for size in sizes:
        home = home_of(folder, name, shape, size)
        first = spent(home, "ingest", "-q", "--workers", "1")
        found["ingest"].append(first - spent(home, "ingest", "-q", "--workers", "1"))
        for what, words in ASKED.items():
            found[what].append(spent(home, *words) - spent(home, *words, "from:nobody-at-all"))
    return found


def bench_shapes(folder: Path, wanted: Callable[[str], bool]) -> bool:
    """Print the exponents of every shape."""
    fine = True
    every = {"an ordinary list": (ordinary, ORDINARY)} | {
        name: (shape, tuple(whole // part for part in PARTS)) for name, (shape, whole) in SHAPES.items()
    }
    for number, (name, (shape, sizes)) in enumerate(every.items()):
        if wanted(name):
            for what, seconds in ingested(folder, f"s{number}", shape, sizes).items():
                fine &= show(f"{name}: {what}", sizes, seconds)
    return fine


def bench_check(folder: Path) -> bool:
    """Print the exponents of checking an mbox, above checking one mail."""
    fine = True
    least = spent(folder, "check", str(write_mbox(folder / "check-one", many_authors(1))), "--policy", "linux-kernel")
    for name, shape in (("one author", one_author), ("many authors", many_authors), ("equal titles", equal_titles)):
        sizes = [5_000 // part for part in PARTS]
        seconds = [
            spent(folder, "check", str(write_mbox(folder / f"check-{name}-{size}", shape(size))), "--policy", "linux-kernel") - least
            for size in sizes
        ]
        fine &= show(f"check an mbox, {name}", sizes, seconds)
    return fine


def bench_late(folder: Path) -> bool:
    """Print the exponent of one mail with an early date, behind many of its title."""
    sizes, seconds = [5_000 // part for part in PARTS], []
    for size in sizes:
        home = home_of(folder, "late", equal_titles, size)
        spent(home, "ingest", "-q", "--workers", "1")
        with home.with_suffix(".mbox").open("ab") as file:
            late = mail("late", "[PATCH] spout: fix the leak", patch(999_999), 1_599_000_000)
            file.write(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + late + b"\n")
        first = spent(home, "ingest", "-q", "--workers", "1")
        seconds.append(first - spent(home, "ingest", "-q", "--workers", "1"))
    return show("one early mail behind equal titles", sizes, seconds)


def bench_opinions(folder: Path) -> bool:
    """Print the exponents of taking in opinions on as many series, and all of them on one."""
    fine = True
    for name, series in (("a series each", 10_000), ("all on one series", 1)):
        found: dict[str, list[float]] = {"ingest": [], "list": [], "report": []}
        sizes = [10_000 // part for part in PARTS]
        for size in sizes:
            home = home_of(folder, f"opinions-{series}", many_authors, min(size, series))
            spent(home, "ingest", "-q", "--workers", "1")
            before = {
                what: spent(home, *words) for what, words in (("ingest", ("ingest", "-q")), *((w, ASKED[w]) for w in ("list", "report")))
            }
            write_opinions(home, size, series)
            found["ingest"].append(spent(home, "ingest", "-q", "--workers", "1") - before["ingest"])
            for what in ("list", "report"):
                found[what].append(spent(home, *ASKED[what]) - (before[what] if series == 1 else 0))
        for what, seconds in found.items():
            fine &= show(f"opinions, {name}: {what}", sizes, seconds)
    return fine


def write_opinions(home: Path, size: int, series: int) -> None:
    """Write unsigned opinions of fifty reviewers into the logs of a home."""
    config = load_config(str(home))
    with closing(open_index(config.paths.index)) as index:
        mails = index.execute(
            "select m.message_id, m.blob, m.target, coalesce(m.patch_id, ''), m.carry, s.fingerprint from message m join series s"
            " on s.id = m.series where m.kind = 'patch' order by m.id limit ?", (series,),
        ).fetchall()  # fmt: skip
    log = OpinionLog(config.paths.opinions)
    last: dict[str, str] = {}
    now = datetime.now(UTC)  # a record counts whose time is near that of its commit
    with log.repository.held():
        for number in range(size):
            who = Person(f"R{number % 50} Example", f"r{number % 50}@example.org")
            name, blob, target, patch_id, carry, fingerprint = mails[number % len(mails)]
            when = now - timedelta(seconds=size - number)
            about = Target(name, blob, target, patch_id, carry, "v1 1/1", fingerprint)
            draft = Draft(who, "agree", about, f"Looks right, {number}.", time=when)
            ref = ref_of(who.email)
            record = write_record(draft, new_id(when, number.to_bytes(10, "big")), last.get(ref, ""))
            last[ref] = log.write(record, last.get(ref, ""), who, "agree", False)
        for ref, commit in last.items():
            log.repository.move(ref, commit, "")


def bench(*words: str) -> bool:
    """Print the exponents of all shapes, or of those whose names hold the words; returns whether all grow as they may."""

    def wanted(name: str) -> bool:
        return not words or all(word in name for word in words)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"HOME": name, "GIT_CONFIG_GLOBAL": os.devnull}
        print(f"{'CPU seconds above nothing new':46} {'mails':>7} {'s':>7}  {'mails':>7} {'s':>7}  {'mails':>7} {'s':>7}  exponent")
        fine = bench_shapes(folder, wanted)
        for part, run in (("check an mbox", bench_check), ("one early mail", bench_late), ("opinions", bench_opinions)):
            if wanted(part):
                fine &= run(folder)
    return fine


if __name__ == "__main__":
    sys.exit(0 if bench(*sys.argv[1:]) else 1)
