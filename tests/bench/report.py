# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of a whole list beside reading its rows, in one run: `python -m tests.bench report`.

Medians of three. Reading is what every list, report and feed begins with: the series with their patches, findings, records and versions, by
`store.listed` and `store.report_reads`; the rows are what SQLite itself hands out for them. Memory is each process's own, with what importing
the program takes told apart.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.shapes import many_authors, write_mbox
from triage.admin.lists import add_list
from triage.config import load_config, load_lists
from triage.ingest.pipeline import ingest

TRIES = 3
SERIES = 22_000
MEASURE = """
import gc, resource, sys, time
from triage.cli import RARELY
from triage.config import load_config
from triage.report.make import make_report
from triage.report.request import Request
from triage.store import listed, report_reads, selecting
from triage.store.limit import parse_limit
from triage.store.schema import open_index, open_personal
from triage.store.statement import chunks
import triage.report.render, sqlite3
gc.set_threshold(RARELY)
config, form = load_config(), sys.argv[1]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter()
if form == "rows":
    index = sqlite3.connect(config.paths.index)
    size = sum(len(row) for name in ("series", "finding", "standing", "opinion", "message") for row in index.execute(f"select * from {name}"))
elif form == "read":
    index, notes = open_index(config.paths.index), open_personal(config.paths.personal)
    ids = selecting.series_ids(index, notes, parse_limit("", 0), 0)
    read = [(listed.listed(index, notes, part, 0), listed.findings_of(index, part), listed.said_of(index, part)) for part in chunks(ids)]
    size = len(read) + len(report_reads.holdings(index, ids)) + len(report_reads.versions(index, ids))
else:
    size = len(make_report(config, Request(form=form, limit="not id:nobody@example.org" if form == "json" else "")))
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, before // 1024, size)
"""


def measured(home: str, form: str) -> tuple[float, int, int, int]:
    """Return median seconds, largest resident MiB, MiB before, and the size of a report in characters."""
    runs = []
    for _ in range(TRIES):
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, form], env=os.environ | {"TRIAGE_HOME": home}, capture_output=True, text=True, check=True
        )
        runs.append([float(word) for word in done.stdout.split()])
    return statistics.median(run[0] for run in runs), int(max(run[1] for run in runs)), int(runs[0][2]), int(runs[0][3])


def bench() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        box = write_mbox(Path(folder) / "mail.mbox", many_authors(SERIES))
        home = str(Path(folder) / "home")
        add_list(load_config(home), "bench", (str(box),), "linux-kernel", "https://lore.kernel.org/bench")
        config = load_config(home)
        ingest(config, load_lists(config.paths))
        rows, base = measured(home, "rows")[0], measured(home, "read")[0]
        print(f"the rows {rows:.3f} s; reading them {base:.3f} s", flush=True)
        for form, what in (("json", "every series, json"), ("html", "html"), ("md", "md"), ("csv", "csv"), ("digest", "digest")):
            seconds, size, before, length = measured(home, form)
            print(
                f"{what:20} {seconds:6.2f} s {seconds / base:6.1f} x reading {length / 1e6:6.2f} MB, {size} MiB ({before} before)",
                flush=True,
            )
