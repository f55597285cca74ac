# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole first run beside what else reads a list's mail, in one run: `python -m tests.bench whole`.

The three shared archives go into one index, findings and start-up included, with two workers; the floor is one `git cat-file` over the same
mail. Memory is that of the whole tree of processes, what they share counted once (PSS), at one, two and four times the archive.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.bench.archives import best, contents, floor, shared, timed
from triage.admin.lists import add_list
from triage.archive.local import OwnInbox
from triage.config import load_config

_AT = re.compile(rb"(?<=[\w.>-])@(?=\w)")


def renamed(mails: Iterator[bytes], copy: int) -> Iterator[bytes]:
    """Yield the same mails as others', of other people: every id and every address has another domain."""
    for mail in mails:
        yield _AT.sub(b"@c%d." % copy, mail)


def home(folder: Path, archives: list[Path]) -> str:
    """Make an empty home that has some lists."""
    shutil.rmtree(folder, ignore_errors=True)
    config = load_config(str(folder))
    for path in archives:
        add_list(config, path.stem, (str(path),), "linux-kernel", "")
    return str(folder)


def ingest(folder: str, workers: int) -> float:
    """Run the cron job in a home; returns seconds."""
    return timed([sys.executable, "-m", "triage", "ingest", "-q", "--workers", str(workers)], TRIAGE_HOME=folder)


def notmuch(work: Path, archives: list[Path]) -> float:
    """Return the seconds of `notmuch new` over the same mail as a Maildir."""
    number = 0
    for path in archives:
        for content in contents(path):
            number += 1
            target = work / "mail" / "all" / "cur" / f"{number:06}.x:2,S"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    (work / "config").write_text(f"[database]\npath={work / 'mail'}\n", "utf-8")
    return timed(["notmuch", "new", "--quiet"], NOTMUCH_CONFIG=str(work / "config"))


def public_inbox(work: Path, archives: list[Path]) -> float:
    """Return the seconds of `public-inbox-index -L basic` over the same archives, one after the other."""
    env = {"HOME": str(work), "PI_CONFIG": str(work / "pi")}
    seconds = 0.0
    for path in archives:
        there = work / f"pub-{path.stem}"
        words = [
            "public-inbox-init",
            "-V2",
            "-L",
            "basic",
            path.stem,
            str(there),
            f"http://127.0.0.1/{path.stem}",
            f"{path.stem}@example.org",
        ]
        subprocess.run(words, env=os.environ | env, check=True, capture_output=True)
        shutil.rmtree(there / "git" / "0.git")
        shutil.copytree(path, there / "git" / "0.git")
        seconds += timed(["public-inbox-index", "-L", "basic", str(there)], **env)
    return seconds


def tree_size(root: int) -> int:
    """Return the KiB that a process and all below it hold, what they share counted once."""
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += [int(word) for word in (task / "children").read_text().split()]
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except (OSError, ValueError):
            continue
        found = re.search(r"^Pss:\s+([0-9]+)", rollup, re.MULTILINE)
        anonymous = re.search(r"^Pss_Anon:\s+([0-9]+)", rollup, re.MULTILINE)
        total += int((anonymous or found)[1]) if found else 0  # type: ignore[index]
    return total


def most_memory(folder: str) -> int:
    """Return the most MiB that the tree of processes of the cron job holds of its own; the pages of files that it maps are the system's."""
    process = subprocess.Popen([sys.executable, "-m", "triage", "ingest", "-q", "--workers", "2"], env=os.environ | {"TRIAGE_HOME": folder})
    sizes = [0]
    done = threading.Event()

    def watch() -> None:
        before = 0
        while not done.is_set():
            now = tree_size(process.pid)
            sizes.append(min(before, now))  # a program that is being started shares its parent's memory for a moment, and counts twice
            before = now
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return max(sizes) // 1024


def bench() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        archives = shared(work)
        if not archives:
            print("the shared archives do not lie beside the repository")
            return
        parts = [floor(path) for path in archives]
        base, mails = sum(seconds for seconds, _ in parts), sum(number for _, number in parts)
        print(f"{mails} mails in {len(archives)} archives; one git cat-file over them {base:.2f} s", flush=True)

        def show(what: str, seconds: float, beside: str = "") -> None:
            print(f"{what:44} {seconds:8.2f} s {mails / seconds:8.0f} mails/s {seconds / base:7.1f} x{beside}", flush=True)

        whole = best(lambda: ingest(home(work / "home", archives), 2))
        show("triage ingest, two workers", whole)
        show("triage ingest, one process", best(lambda: ingest(home(work / "home", archives), 1), 2))
        for what, seconds in (("notmuch new", notmuch(work, archives)), ("public-inbox-index -L basic", public_inbox(work, archives))):
            show(what, seconds, f", {seconds / whole:.1f} times triage's")
        grown = OwnInbox(work / "grown")
        sizes = []
        for copies in (1, 2, 4):
            for copy in range({1: 0, 2: 1, 4: 2}[copies], copies):
                grown.add(renamed(chain.from_iterable(contents(path) for path in archives), copy))
            sizes.append(most_memory(home(work / "size", [work / "grown"])))
        print(f"memory of all processes at 1, 2, 4 times {mails} mails: {', '.join(str(size) for size in sizes)} MiB", flush=True)
