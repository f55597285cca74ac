# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cron job beside what else reads a list's mail, in one run: `python -m tests.bench.cron [ARCHIVE.git]`.

Medians, and ratios to `git cat-file --batch` over the same mails in commit order. Without an argument linux-modules is cloned from the
shared archives.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.bench import floor
from triage.admin.lists import add_list
from triage.archive.local import OwnInbox
from triage.archive.publicinbox import PublicInbox
from triage.config import load_config
from triage.model.archive import Entry

TRIES = 3
_AT = re.compile(rb"(?<=[\w.>-])@(?=\w)")
_OWN_SIZE = "import resource, sys; from triage.cli import main\ntry: main()\nfinally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"


def median(work: Callable[[], float]) -> float:
    """Return the median seconds of some tries."""
    return statistics.median(work() for _ in range(TRIES))


def timed(words: list[str], **env: str) -> float:
    """Run a program; returns seconds."""
    started = time.perf_counter()
    subprocess.run(words, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def contents(path: Path) -> Iterator[bytes]:
    """Yield every mail of an archive."""
    archive = PublicInbox(path, "git")
    items = [item for item in archive.walk(path.name, "").items if item.entry is Entry.MAIL]
    for _, content in archive.read(path.name, items):
        yield content or b""


def renamed(mails: Iterator[bytes], copy: int) -> Iterator[bytes]:
    """Yield the same mails as others', of other people: every id and every address has another domain."""
    for mail in mails:
        yield _AT.sub(b"@c%d." % copy, mail)


def home(folder: Path, archive: Path) -> str:
    """Make an empty home that has one list."""
    shutil.rmtree(folder, ignore_errors=True)
    add_list(load_config(str(folder)), "bench", (str(archive),), "linux-kernel", "")
    return str(folder)


def ingest(folder: str, *words: str) -> float:
    """Run the cron job in a home; returns seconds."""
    return timed([sys.executable, "-m", "triage", "ingest", "-q", *words], TRIAGE_HOME=folder)


def own_size(folder: str) -> int:
    """Return the largest resident size of the cron job's own process in MiB; git beside it maps the archive's packs."""
    words = [sys.executable, "-c", _OWN_SIZE, "ingest", "-q", "--workers", "2"]
    done = subprocess.run(words, env=os.environ | {"TRIAGE_HOME": folder}, capture_output=True, text=True, check=True)
    return int(done.stderr) // 1024


def main() -> None:
    """Run all."""
    work = Path(tempfile.mkdtemp())
    if len(sys.argv) > 1:
        path = Path(sys.argv[1]).absolute()
    else:
        path = work / "linux-modules.git"
        bundle = Path(__file__).parents[3] / "shared" / "corpora" / "archives" / "linux-modules.bundle"
        subprocess.run(["git", "clone", "-q", "--mirror", bundle, path], check=True)
    base, mails = floor(path)
    print(f"{mails} mails; git cat-file --batch {base:.2f} s")

    def show(what: str, seconds: float) -> None:
        print(f"{what:42} {seconds:7.2f} s {mails / seconds:8.0f} mails/s {seconds / base:7.1f} x", flush=True)

    for workers in ("1", "2"):
        show(f"triage ingest --workers {workers}", median(lambda workers=workers: ingest(home(work / "home", path), "--workers", workers)))  # type: ignore[misc]
    show("nothing new", median(lambda: ingest(str(work / "home"))))
    show("python alone", median(lambda: timed([sys.executable, "-c", ""])))
    hundred = work / "hundred.git"

    def more() -> float:
        shutil.rmtree(hundred, ignore_errors=True)
        subprocess.run(["git", "clone", "-q", "--mirror", path, hundred], check=True)
        tip = subprocess.run(
            ["git", f"--git-dir={hundred}", "rev-parse", "master"], capture_output=True, text=True, check=True
        ).stdout.strip()
        subprocess.run(["git", f"--git-dir={hundred}", "update-ref", "refs/heads/master", f"{tip}~100"], check=True)
        there = home(work / "more", hundred)
        ingest(there)
        subprocess.run(["git", f"--git-dir={hundred}", "update-ref", "refs/heads/master", tip], check=True)
        return ingest(there)

    show("100 new mails", median(more))
    for number, content in enumerate(contents(path)):
        target = work / "mail" / "all" / "cur" / f"{number:06}.x:2,S"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (work / "config").write_text(f"[database]\npath={work / 'mail'}\n", "utf-8")

    def notmuch() -> float:
        shutil.rmtree(work / "mail" / ".notmuch", ignore_errors=True)
        return timed(["notmuch", "new", "--quiet"], NOTMUCH_CONFIG=str(work / "config"))

    show("notmuch new, the same mails as a Maildir", median(notmuch))
    env = {"HOME": str(work), "PI_CONFIG": str(work / "pi")}

    def public_inbox() -> float:
        shutil.rmtree(work / "pub", ignore_errors=True)
        (work / "pi").unlink(missing_ok=True)
        words = ["public-inbox-init", "-V2", "-L", "basic", "pub", str(work / "pub"), "http://127.0.0.1/pub", "pub@example.org"]
        subprocess.run(words, env=os.environ | env, check=True, capture_output=True)
        shutil.rmtree(work / "pub" / "git" / "0.git")
        shutil.copytree(path, work / "pub" / "git" / "0.git")
        return timed(["public-inbox-index", "-L", "basic", str(work / "pub")], **env)

    show("public-inbox-index -L basic", median(public_inbox))
    grown = OwnInbox(work / "grown")
    print("\nmemory of the cron job's own process")
    for copies in (1, 2, 4):
        for copy in range({1: 0, 2: 1, 4: 2}[copies], copies):
            grown.add(renamed(contents(path), copy))
        print(f"{copies} x {mails} mails: {own_size(home(work / 'size', work / 'grown'))} MiB", flush=True)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
