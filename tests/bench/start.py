# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starting costs, as ratios to `python -c pass` in the same run: `python -m tests.bench start`. CPU time, the least of some tries."""

import os
import sys
import tempfile
from pathlib import Path

from tests.bench.archives import cpu
from tests.bench.shapes import many_authors, ordinary
from triage.admin.lists import add_list
from triage.archive.local import OwnInbox
from triage.config import load_config

LISTS, MAILS, SERIES = 7, 22_000, 22_000


def bench() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        os.environ |= {"HOME": name, "GIT_CONFIG_GLOBAL": os.devnull}
        base = cpu([sys.executable, "-c", "pass"], 9)
        print(f"{'python -c pass':50} {base * 1000:8.1f} ms", flush=True)

        def show(what: str, seconds: float) -> None:
            print(f"{what:50} {seconds * 1000:8.1f} ms {seconds / base:7.1f} x", flush=True)

        def triage(home: Path, *words: str) -> list[str]:
            return [sys.executable, "-m", "triage", "--home", str(home), *words]

        show("triage --version", cpu([sys.executable, "-m", "triage", "--version"], 9))
        one, seven = work / "one", work / "seven"
        inbox = OwnInbox(work / "ordinary")
        inbox.add(ordinary(MAILS))
        add_list(load_config(str(one)), "a", (str(inbox.path),), "linux-kernel", "")
        for number in range(LISTS):
            many = OwnInbox(work / f"list{number}")
            many.add(mail.replace(b"example.org", b"l%d.example.org" % number) for mail in ordinary(MAILS))
            add_list(load_config(str(seven)), f"l{number}", (str(many.path),), "linux-kernel", "")
        for what, home in ((f"nothing new, {MAILS} mails", one), (f"nothing new, {LISTS} lists of {MAILS} mails", seven)):
            cpu(triage(home, "ingest", "-q"), 1)
            show(what, idle := cpu(triage(home, "ingest", "-q"), 9))
        inbox, tries = OwnInbox(work / "list0"), []
        for number in range(3):
            fresh = (mail.replace(b"example.org", b"h%d.example.org" % number) for mail in ordinary(100))
            inbox.add(mail.replace(b" 2020 ", b" 2096 ") for mail in fresh)  # as a date to come they arrive now
            tries.append(cpu(triage(seven, "ingest", "-q"), 1))
        show(f"100 new mails beside {LISTS * MAILS}, above nothing new", min(tries) - idle)
        listed = work / "listed"
        flat = OwnInbox(work / "flat")
        flat.add(many_authors(SERIES))
        add_list(load_config(str(listed)), "a", (str(flat.path),), "linux-kernel", "")
        cpu(triage(listed, "ingest", "-q"), 1)
        command = " ".join(triage(listed, "list"))
        show(f"list | head, {SERIES} series", cpu(["sh", "-c", f"{command} | head -20"]))
        show(f"list, {SERIES} series", cpu(["sh", "-c", command], 1))
