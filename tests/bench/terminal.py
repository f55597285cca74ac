# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal UI measured against a bare Textual app, its DataTable and b4's list, in one run: `python -m tests.bench terminal`.

The whole program runs, over an index with that many series; the first useful paint is the first with the list in it, counted from the
start of the process on a terminal of its own. CPU time a key includes the preview's evidence; Textual runs headless for it.
"""

import asyncio
import fcntl
import gc
import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static

from tests.bench.shapes import versions
from tests.conftest import GITCONFIG, Inbox, mail
from triage.admin.lists import add_list
from triage.archive.local import OwnInbox
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.store.schema import open_index
from tui.app import TriageApp
from tui.screens.series import SeriesScreen
from tui.screens.versions import VersionsScreen
from tui.widgets.series_list import SeriesList
from tui.widgets.text_view import TextView

SIZE = (120, 40)
ROWS = (3_000, 1_000_000)
B4_ROWS = (100, 500, 2000)
DIFF_LINES = 50_000
VERSION_LINES = 29_970


def filled(folder: Path, rows: int) -> Config:
    """Return a home whose index has that many invented series."""
    config = load_config(str(folder))
    with closing(open_index(config.paths.index, write=True)) as connection, connection:
        indexes = connection.execute(
            "select name, sql from sqlite_master where tbl_name = 'series' and type = 'index' and sql != ''"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"drop index {name}")
        connection.executemany(
            "insert into series (message_id, subject, title, version, minor, rfc, resend, kind, author_name, author_email, sender_name,"
            " sender_email, posted, activity, total, received, complete, cover, thread, topic, branch, title_key, fingerprint, tools, notes,"
            " numbered, again, error, warn) values (?, ?, ?, 1, 0, 0, 0, 'cover', ?, ?, '', '', ?, ?, 3, 3, 1, 1, ?, '', '', '', ?, '', '[]', 0, '', ?, ?)",
            (
                (f"{n}@example.org", f"[PATCH] widget: change {n} of the spout", f"widget: change {n} of the spout", f"Ada Example {n % 97}",
                 f"ada{n % 97}@example.org", 1_700_000_000 + n * 60, 1_700_000_000 + n * 61 % 90_000_000, n, str(n), n % 3 == 0, n % 5 == 0)
                for n in range(rows)
            ),
        )  # fmt: skip
        for _, sql in indexes:
            connection.execute(sql)
    return config


class Bare(App[None]):
    """Nothing but a line."""

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Static("x")


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
        table.add_rows(("!1", "1d", "Ada Example", f"widget: change {n} of the spout") for n in range(ROWS[0]))


BARE = "from textual.app import App\nfrom textual.widgets import Static\nclass Bare(App):\n    def compose(self):\n        yield Static('spout')\nBare().run()"
TRIES = 9


def first_paint(words: list[str], home: str = "") -> float:
    """Return the seconds from the start of a process to the word `spout` on its terminal, the least of some tries."""
    found = []
    for _ in range(TRIES):
        started = time.perf_counter()
        child, terminal = pty.fork()
        if not child:
            os.environ |= {"TERM": "xterm-256color", "TRIAGE_HOME": home}
            os.execv(sys.executable, [sys.executable, *words])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        shown = b""
        while b"spout" not in shown:
            shown += os.read(terminal, 65536)
        found.append(time.perf_counter() - started)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    return min(found)


async def paint(make: Callable[[], App[Any]], there: Callable[[App[Any]], bool], key: str, keys: int) -> tuple[float, float]:
    """Return seconds to the first useful paint, and CPU seconds a key."""
    started = time.perf_counter()
    app = make()
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        while not there(app):
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.02)  # the frame in which it is drawn
        first = time.perf_counter() - started
        while any(not worker.is_finished for worker in app.workers):
            await pilot.pause(0.01)
        cpu = time.process_time()
        for _ in range(keys):
            await pilot.press(key)
        await pilot.pause()
        return first, (time.process_time() - cpu) / keys


def list_is_there(app: App[Any]) -> bool:
    """Say whether our list has its rows."""
    return any(listing.keys for listing in app.screen.query(SeriesList))


def b4_app(folder: Path, rows: int) -> Callable[[], App[Any]]:
    """Return b4's list of tracked series with that many."""
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    tree = folder / "tree"
    subprocess.run(["git", "init", "-q", tree], check=True)
    os.chdir(tree)
    import b4
    from b4.review import tracking
    from b4.review_tui._tracking_app import TrackingApp

    b4.MAIN_CONFIG = dict(b4.DEFAULT_CONFIG)
    with closing(tracking.init_db(f"bench{rows}")) as connection:
        for n in range(rows):
            tracking.add_series_to_db(
                connection, f"20260101-change-{n}", 1, f"[PATCH] widget: change {n}", "Ada Example", "ada@example.org",
                "2026-03-02T09:00:00+00:00", f"{n}@example.org", 3,
            )  # fmt: skip
        connection.commit()
    return lambda: TrackingApp(f"bench{rows}")


def bench_lists() -> None:
    """Print first paint and the cost of a key, each in proportion to a bare app's; of the others, a bare app's and what theirs adds to it."""
    _, bare_key = asyncio.run(paint(Bare, lambda app: True, "j", 100))
    bare = first_paint(["-c", BARE])
    print(f"{'list':24} {'first s':>8} {'x bare':>7} {'key ms':>7} {'x bare':>7}")

    def show(name: str, first: float, key: float) -> None:
        print(f"{name:24} {first:8.2f} {first / bare:7.1f} {key * 1000:7.1f} {key / bare_key:7.1f}", flush=True)

    show("bare app", bare, bare_key)
    for rows in ROWS:
        with tempfile.TemporaryDirectory() as folder:
            config = filled(Path(folder), rows)
            _, key = asyncio.run(paint(lambda config=config: TriageApp(config), list_is_there, "j", 100))  # type: ignore[misc]
            show(f"triage, {rows}", first_paint(["-m", "triage"], folder), key)
    first, key = asyncio.run(paint(Table, lambda app: app.query_one(DataTable).row_count > 0, "down", 20))
    show(f"DataTable, {ROWS[0]}", bare + first, key)
    for rows in B4_ROWS:
        with tempfile.TemporaryDirectory() as folder:
            make = b4_app(Path(folder), rows)
            first, key = asyncio.run(paint(make, lambda app: bool(app.query("#tracking-list")), "j", 10))
            show(f"b4 review, {rows}", bare + first, key)
            os.chdir("/")


class Plain(App[None]):
    """A diff in Textual's own Static."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        """Lay out."""
        from textual.containers import VerticalScroll

        with VerticalScroll():
            yield Static(self.text, markup=False)


def bench_diff() -> None:
    """Print what opening a series with a diff of 50 000 lines costs, from the key to the text, beside a Static of the same text."""
    diff = "".join(f"+\tif (spout[{n}] > {n})\n" for n in range(DIFF_LINES))
    body = (
        "Big.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n a.c | 1 +\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n"
        f"@@ -0,0 +1,{DIFF_LINES} @@\n{diff}-- \n2.45.0\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox = Inbox(folder / "inbox" / "git" / "0.git")
        inbox.add(mail(body, key="big"))
        config = load_config(str(folder / "home"))
        add_list(config, "w", (str(folder / "inbox"),), "linux-kernel", "")
        ingest(config, load_lists(config.paths))

        async def ours() -> tuple[float, float]:
            app = TriageApp(config)
            async with app.run_test(size=SIZE) as pilot:
                while not list_is_there(app):
                    await pilot.pause(0.01)
                gc.collect()
                gc.freeze()  # what benches before this one left is none of its business
                started = time.perf_counter()
                app.post_message(events.Key("enter", "\r"))  # press() would wait until nothing goes on any more
                while not (isinstance(app.screen, SeriesScreen) and app.screen.query_one("#text", TextView).lines):
                    await asyncio.sleep(0.002)
                first = time.perf_counter() - started
                async with asyncio.timeout(60):
                    while len(app.screen.query_one("#text", TextView).lines) < DIFF_LINES:
                        await asyncio.sleep(0.02)
                cpu = time.process_time()
                for _ in range(30):
                    await pilot.press("pagedown")
                return first, (time.process_time() - cpu) / 30

        first, page = asyncio.run(ours())
        static, _ = asyncio.run(paint(lambda: Plain(body), lambda app: True, "pagedown", 1))
    print(f"\ndiff of {DIFF_LINES} lines: from Enter to the text {first:.2f} s, read from git and parsed; a page {page * 1000:.1f} ms CPU")
    print(f"the same text in a Static: {static:.2f} s")


def bench_versions() -> None:
    """Print what opening the versions page of 999 patches in 30 versions costs, from the key to its first lines and to all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        OwnInbox(folder / "inbox").add(versions(VERSION_LINES))
        config = load_config(str(folder / "home"))
        add_list(config, "w", (str(folder / "inbox"),), "linux-kernel", "")
        ingest(config, load_lists(config.paths))

        async def ours() -> tuple[float, float, int]:
            app = TriageApp(config)
            async with app.run_test(size=SIZE) as pilot:
                while not list_is_there(app):
                    await pilot.pause(0.01)
                await pilot.press("enter")
                started = time.perf_counter()
                pressed = asyncio.create_task(pilot.press("V"))  # a pilot waits until all is read
                while not (isinstance(app.screen, VersionsScreen) and app.screen.target().lines):
                    await asyncio.sleep(0.002)
                await asyncio.sleep(0.02)
                first = time.perf_counter() - started
                while len(app.screen.target().lines) < VERSION_LINES:
                    await asyncio.sleep(0.002)
                every = time.perf_counter() - started
                await pressed
                return first, every, len(app.screen.target().lines)

        first, every, lines = asyncio.run(ours())
    print(f"\nversions page of {lines} lines: from the key to the newest version {first:.2f} s, to the oldest {every:.2f} s")


def bench() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "GIT_CONFIG_GLOBAL": str(Path(home) / "gitconfig")}
        (Path(home) / "gitconfig").write_text(GITCONFIG, "utf-8")
        bench_lists()
        bench_diff()
        bench_versions()
