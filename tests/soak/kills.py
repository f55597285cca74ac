# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`opinion give` killed (kill -9) before each of its steps: every git or ssh-keygen it starts, every statement, every rename."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from triage.admin.demo import make_demo
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.model.opinion import Record
from triage.opinion.drafts import kept_draft
from triage.opinion.index import refreshed
from triage.store.listed import listed_series
from triage.store.opinions import load_records
from triage.store.queries import find_series
from triage.store.schema import open_personal

ON, WORDS = "unsigned@example.org", "what was typed"
_DRIVER = """
import os, signal, sqlite3, sys
home, last, listing = sys.argv[1], int(sys.argv[2]), sys.argv[3]
steps = []
def step(what):
    if len(steps) == last:
        os.kill(os.getpid(), signal.SIGKILL)
    steps.append(what)
def hook(event, args):
    if event == "subprocess.Popen":
        step("run " + " ".join(str(a) for a in args[1] if not str(a).startswith(("-", "core.", "gc.")))[:80])
    elif event == "os.rename":
        step("rename")
real = sqlite3.connect
def connect(*args, **kwargs):
    connection = real(*args, **kwargs)
    connection.set_trace_callback(lambda sql: step(("personal " if "personal.db" in str(args[0]) else "index ") + sql.split("\\n")[0][:60]))
    return connection
sqlite3.connect = connect
from triage.config import load_config
from triage.opinion.give import Said, give_opinion
import b4, triage.query.opinions
sys.addaudithook(hook)
print(give_opinion(load_config(home), "unsigned@example.org", "disagree", "DCO001", said=Said("what was typed")))
open(listing, "w").write("\\n".join(steps))
"""


@dataclass
class Scene:
    """A home with the sample archive, one opinion of a reviewer with a key, and the steps that a further one takes."""

    home: Path
    steps: list[str]


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}


def _drive(folder: Path, home: Path, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _DRIVER, str(home), str(last), str(folder / "steps")],
        env=environment(folder), capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def set_up(folder: Path) -> Scene:
    """Make the home, and count the steps of one whole run in a copy of it."""
    from tests.reviewers import Machine, make_key, person

    machine = Machine(folder, person("Cora"), make_key(folder / "keys", "cora"))
    home = folder / "home"
    config = load_config(str(home))
    with machine.used():  # no personal.db yet: that it is made is among the steps
        make_demo(config)
        ingest(config, load_lists(config.paths))
        from triage.opinion.give import give_opinion

        give_opinion(config, ON, "unsure", "DCO001")
    whole = folder / "whole"
    shutil.copytree(home, whole)
    done = _drive(folder, whole, -1)
    assert done.returncode == 0, done.stderr
    return Scene(home, (folder / "steps").read_text().splitlines())


def kill_at(folder: Path, scene: Scene, step: int) -> None:
    """Kill a run before its step `step`; the record must be whole or absent, what was typed kept, and the next run must work.

    Raises `AssertionError` where that does not hold.
    """
    home = folder / "killed"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(scene.home, home)
    done = _drive(folder, home, step)
    where = f"step {step}: {scene.steps[step]}"
    assert done.returncode == -signal.SIGKILL, where + done.stderr
    config = load_config(str(home))
    before = os.environ.copy()
    os.environ |= environment(folder)
    try:
        _check(config, scene, step, where)
        again = _drive(folder, home, -1)
        assert again.returncode == 0, f"{where}: the next run fails: {again.stderr}"
        assert [o.reason for o in _records(config)][-1] == WORDS, where
        assert kept_draft(config, ON) == {}, where
    finally:
        os.environ.clear()
        os.environ |= before


def _check(config: Config, scene: Scene, step: int, where: str) -> None:
    records = _records(config)
    assert {o.signed for o in records} == {"unverified"}, where
    assert [o.kind for o in records] in (["unsure"], ["unsure", "disagree"]), where
    typed = next(n for n, what in enumerate(scene.steps) if what.startswith("personal insert or replace into draft"))
    drafted = next(n for n, what in enumerate(scene.steps) if n > typed and what.lower().startswith("personal commit"))
    assert not any(what.startswith(("run ", "index ")) for what in scene.steps[:drafted]), "something is done before what was typed is kept"
    if len(records) == 1 and step > drafted:
        assert kept_draft(config, ON)["reason"] == WORDS, where
    with closing(refreshed(config)) as index, closing(open_personal(config.paths.personal)) as notes:
        row = listed_series(index, notes, find_series(index, ON), 0)
        assert (row.opinions["unsure"], row.opinions["disagree"]) == ((1, 0) if len(records) == 1 else (0, 1)), where
        assert index.execute("pragma integrity_check").fetchone()[0] == "ok"


def _records(config: Config) -> list[Record]:
    with closing(refreshed(config)) as connection:
        return load_records(connection)


def run_all(folder: Path) -> None:
    """Kill a run at every one of its steps."""
    scene = set_up(folder)
    kinds = {name: sum(what.startswith(name) for what in scene.steps) for name in ("run", "index", "personal", "rename")}
    print(f"{len(scene.steps)} steps: {json.dumps(kinds)}", flush=True)
    for step in range(len(scene.steps)):
        kill_at(folder, scene, step)
    print(f"killed at each of {len(scene.steps)} steps: every record whole or absent, nothing typed lost", flush=True)
