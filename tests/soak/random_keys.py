# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.soak.random_keys [RUNS]`: random keys over the sample archive, 500 runs, some twenty minutes."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import GITCONFIG
from triage.admin.demo import make_demo
from triage.config import load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.store.schema import open_index, open_personal
from tui.app import TriageApp
from tui.keys import KEYS

LEAVE = {"Q", "ctrl+q", "ctrl+z"}
"""Keys that end or stop the program: what comes after them would try nothing."""
NAMES = sorted({name for key in KEYS for name in key.keys.split(",")} - LEAVE)
WORDS = ("rule:DCO0", "-is:superseded", "state:done,", "3d", "2999-01-01", "x" * 90, "ü[b]", "cora@example.org", "/nowhere/at/all.md", "0")
PRESSES = st.lists(st.one_of(st.sampled_from(NAMES), st.sampled_from(WORDS)), min_size=5, max_size=60)
SIZES = st.sampled_from([(80, 24), (120, 40), (200, 50), (40, 10), (22, 5)])


def keys_of(press: str) -> list[str]:
    """Return a key as it is, a word letter by letter."""
    return [press] if press in NAMES else ["space" if char == " " else char for char in press]


def one(home: Path, size: tuple[int, int], presses: Sequence[str]) -> None:
    """Press keys in a fresh copy of the sample; the program must live, and both databases be whole."""
    with tempfile.TemporaryDirectory() as name:
        there = Path(name) / "triage"
        shutil.copytree(home, there)
        here = Path.cwd()
        os.chdir(name)
        try:
            asyncio.run(_press(str(there), size, presses))
        finally:
            os.chdir(here)
        config = load_config(str(there))
        for connection in (open_index(config.paths.index), open_personal(config.paths.personal)):
            with closing(connection):
                assert connection.execute("pragma quick_check").fetchone() == ("ok",)


async def _press(home: str, size: tuple[int, int], presses: Sequence[str]) -> None:
    app = TriageApp(load_config(home))
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        for number, press in enumerate(presses):
            await pilot.press(*keys_of(press))
            if number % 7 == 6:
                await pilot.resize_terminal(size[1] * 3, size[0] // 3) if number % 2 else await pilot.resize_terminal(*size)
                await pilot.pause(0.02)
        assert app.is_running
        app.workers.cancel_all()


def seeded(folder: Path) -> Path:
    """Return a home with the sample archive, ingested."""
    os.environ["GIT_CONFIG_GLOBAL"] = str(folder / "gitconfig")
    (folder / "gitconfig").write_text(GITCONFIG, "utf-8")
    home = folder / "triage"
    config = load_config(str(home))
    make_demo(config)
    ingest(config, load_lists(config.paths))
    return home


def main() -> None:
    """Run all."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    done = 0
    with tempfile.TemporaryDirectory() as name:
        home = seeded(Path(name))

        @settings(max_examples=runs, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(SIZES, PRESSES)
        def run(size: tuple[int, int], presses: list[str]) -> None:
            nonlocal done
            one(home, size, presses)
            done += 1
            if done % 50 == 0:
                print(f"{done} runs", flush=True)

        run()
    print(f"{done} runs of random keys: no exception, both databases whole")


if __name__ == "__main__":
    main()
