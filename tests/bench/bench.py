# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed as ratios, measured in one run against something real: `python -m tests.bench.bench [ingest|reading|list]… [ARCHIVE.git …]`.

Ingest is set against `git cat-file --batch` over the same mails in commit order; the list of series against Textual's DataTable
with the same rows; a key against a bare app. Without arguments the shared archives are cloned, else the sample is used.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static

from triage import git
from triage.archive import Entry
from triage.archive.publicinbox import PublicInbox
from triage.config import Config, load_config, load_lists
from triage.ingest import ingest
from triage.mail.message import read_mail
from triage.model import RawMail, State
from triage.series.grouping import group
from triage.store.queries import SeriesLine
from triage.store.schema import open_index
from triage.upkeep import add_list
from tui.widgets.series_list import SeriesList

ROWS = 100_000
SECTIONS = ("ingest", "reading", "list")


def best(work: Callable[[], object], tries: int = 3) -> float:
    """Return the least seconds of some tries."""
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def floor(path: Path) -> tuple[float, int]:
    """Return what reading the mails alone costs, and how many there are."""
    archive = PublicInbox(path, "git")
    blobs = [item.blob for item in archive.walk(path.name, "").items if item.entry is Entry.MAIL]
    names = ("\n".join(blobs) + "\n").encode()

    def read() -> None:
        subprocess.run(
            git.command(path, "cat-file", "--batch", "--buffer"), input=names, stdout=subprocess.DEVNULL, env=git.isolated_env(), check=True
        )

    return best(read), len(blobs)


def bench_ingest(archives: list[Path]) -> None:
    """Print mails a second and the ratio to the floor, for a first, an idle and a small run."""
    print(f"{'archive':16} {'mails':>7} {'cat-file/s':>11} {'ingest/s':>9} {'x floor':>8} {'idle ms':>8}")
    for path in archives:
        seconds, mails = floor(path)

        def first(path: Path = path) -> Config:
            home = tempfile.mkdtemp()
            config = load_config(home)
            add_list(config, "bench", (str(path),), "linux-kernel", "")
            ingest(config, load_lists(config.paths))
            return config

        whole = best(first, 2)
        config = first()
        env = os.environ | {"TRIAGE_HOME": str(config.paths.data)}
        idle = best(lambda env=env: subprocess.run([sys.executable, "-m", "triage", "ingest"], check=True, env=env))  # type: ignore[misc]
        print(f"{path.stem:16} {mails:7} {mails / seconds:11.0f} {mails / whole:9.0f} {whole / seconds:8.1f} {idle * 1000:8.0f}")
        with closing(open_index(config.paths.index)) as connection:
            size = connection.execute("select page_count * page_size from pragma_page_count, pragma_page_size").fetchone()[0]
        print(
            f"{'':16} index {size / mails:.0f} bytes a mail; python alone starts in {best(lambda: subprocess.run([sys.executable, '-c', ''], check=True)) * 1000:.0f} ms"
        )
        shutil.rmtree(config.paths.data)


def bench_reading(archives: list[Path]) -> None:
    """Print mails a second for parsing alone and for grouping alone, in one process, and the ratios to the floor."""
    print(f"\n{'archive':16} {'mails':>7} {'parse/s':>9} {'x floor':>8} {'group/s':>9} {'x floor':>8}")
    for path in archives:
        seconds, mails = floor(path)
        archive = PublicInbox(path, "git")
        items = [item for item in archive.walk(path.name, "").items if item.entry is Entry.MAIL]
        raws = [RawMail(content or b"", item.locator, item.blob, item.archived) for item, content in archive.read(path.name, items)]
        parsing = best(lambda raws=raws: [read_mail(raw) for raw in raws])  # type: ignore[misc]
        members = [message for raw in raws if (message := read_mail(raw).message).is_member]
        grouping = best(lambda members=members: group(members))  # type: ignore[misc]
        rates = (mails / parsing, parsing / seconds, len(members) / grouping, grouping * mails / len(members) / seconds)
        print(f"{path.stem:16} {mails:7} {rates[0]:9.0f} {rates[1]:8.1f} {rates[2]:9.0f} {rates[3]:8.2f}")


def line(number: int) -> SeriesLine:
    """Return an invented row."""
    return SeriesLine(
        number, f"{number}@example.org", "s", f"widget: change number {number} of the spout", 1, "Ada Example", "ada@example.org", 0, 0, 3, 3, 1,
        number % 3, 0, 0, 0, 0, 0, 0, 0, "", "", 0, "cover", "[]", State.NEW,
    )  # fmt: skip


class Ours(App[None]):
    """Our list alone."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield SeriesList(lambda ids: {i: line(i) for i in ids})

    def on_mount(self) -> None:
        """Fill in."""
        listing = self.query_one(SeriesList)
        listing.show(list(range(ROWS)), None)
        listing.focus()


class Table(App[None]):
    """Textual's table with the same rows."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill in."""
        table = self.query_one(DataTable)
        for name in ("flag", "age", "author", "subject"):
            table.add_column(name, width=20)
        table.add_rows(("!1", "1d", "Ada Example", f"widget: change number {n} of the spout") for n in range(ROWS))


class Bare(App[None]):
    """Nothing but a line."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Static("x")


async def paint(app: App[None], keys: int) -> tuple[float, float]:
    """Return seconds to the first paint and CPU seconds a key."""
    app.animation_level = "none"
    started = time.perf_counter()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        first = time.perf_counter() - started
        cpu = time.process_time()
        target: Any = next(iter(app.query(SeriesList)), None)
        for _ in range(keys):
            if target is not None:
                target.move(1)
            else:
                await pilot.press("down")
            await asyncio.sleep(0)
        await pilot.pause()
        return first, (time.process_time() - cpu) / keys


def bench_list() -> None:
    """Print first paint and key cost of a list of 100 000 series."""
    bare, bare_key = asyncio.run(paint(Bare(), 50))
    ours, our_key = asyncio.run(paint(Ours(), 50))
    table, table_key = asyncio.run(paint(Table(), 10))
    print(f"\nlist of {ROWS} rows      first paint s   x bare app   key ms CPU")
    for name, seconds, key in (("bare app", bare, bare_key), ("our list", ours, our_key), ("DataTable", table, table_key)):
        print(f"{name:22} {seconds:13.2f} {seconds / bare:12.1f} {key * 1000:12.1f}")


def main() -> None:
    """Run all."""
    chosen = {word for word in sys.argv[1:] if word in SECTIONS} or set(SECTIONS)
    archives = [Path(word).absolute() for word in sys.argv[1:] if word not in SECTIONS]
    folder = Path(tempfile.mkdtemp())
    bundles = sorted((Path(__file__).parents[3] / "shared" / "corpora" / "archives").glob("*.bundle"))
    for bundle in bundles if not archives else []:
        subprocess.run(["git", "clone", "-q", "--mirror", bundle, folder / f"{bundle.stem}.git"], check=True)
        archives.append(folder / f"{bundle.stem}.git")
    if "ingest" in chosen:
        bench_ingest(archives)
    if "reading" in chosen:
        bench_reading(archives)
    if "list" in chosen:
        bench_list()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
