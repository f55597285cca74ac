# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run does right now, told to whoever waits for it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from msgspec.structs import asdict

from triage.ingest.summary import Progress, Step, quiet


@contextmanager
def progress_shown(silent: bool, as_json: bool = False) -> Iterator[Progress]:
    """Show what is going on, on standard error: to a terminal unless it is to be silent, or with `as_json` to a program."""
    if as_json:
        yield _write_step
        return
    if silent or not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        BarColumn(24),
        TextColumn("{task.completed:,.0f}{task.fields[of]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, of="")

        def show(step: Step) -> None:
            of = f" of {step.total:,}" if step.total else ""
            bar.update(task, description=f"{step.name}: {step.what}", completed=step.done, total=step.total, of=of)

        yield show


def _write_step(step: Step) -> None:
    """Write one step as a JSON line; whoever watched may be gone."""
    with suppress(BrokenPipeError):
        sys.stderr.write(json.dumps(asdict(step)) + "\n")
        sys.stderr.flush()
