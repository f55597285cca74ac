# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store and a log that an older program made: no record of them is lost, and those that stand otherwise are told once."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from triage.config import Config
from triage.model import State
from triage.store import personal
from triage.store.schema import open_index, open_personal
from triage.store.tables import INDEX_VERSION

FORMER = ROOT / "tests" / "former"


def _left_by_it(database: Path, dump: str, run: Run, folder: Path) -> None:
    """Add the list of its mails, and put a database in the form that it wrote."""
    mails = folder / "mails.mbox"
    mails.write_bytes((FORMER / "mails.mbox").read_bytes())
    run("add", "widgets", str(mails), "--policy", "linux-kernel")
    database.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript((FORMER / dump).read_text("utf-8"))


@pytest.fixture
def former(config: Config, run: Run, tmp_path: Path) -> Config:
    """A data directory as the older program left it."""
    _left_by_it(config.paths.index, "index.sql", run, tmp_path)
    subprocess.run(["git", "clone", "-q", "--mirror", str(FORMER / "opinions.bundle"), str(config.paths.opinions)], check=True)
    return config


def standing(run: Run) -> dict[tuple[str, str], str]:
    rows = [json.loads(line) for line in run("opinion", "list", "--json").out.splitlines()]
    return {(row["kind"], row["target_message"].partition("@")[0]): row["state"] for row in rows}


def test_no_record_is_lost_and_those_that_moved_are_told_once(former: Config, run: Run) -> None:
    first = run("ingest")
    assert first.code == 0
    told = [line.split(" (")[0].strip() for line in first.err.splitlines()[1:]]
    assert told == [
        "triage: 2 records no longer stand as they did; they are kept, and `triage opinion list` shows them:",
        "dismiss by bo@example.org on DCO004 of via@example.org: outdated, the policy does not raise this finding any more",
        "dismiss by bo@example.org on DCO001 of sketch@example.org: outdated, its mail is in no series",
    ]
    assert run("ingest").err == ""
    assert standing(run) == {
        ("dismiss", "via"): "outdated", ("confirm", "latin"): "counts", ("agree", "latin"): "counts", ("waive", "nested"): "counts",
        ("dismiss", "sketch"): "outdated", ("confirm", "again-2"): "counts", ("agree", "again-0"): "counts",
    }  # fmt: skip
    status = {row["message_id"]: row["status"] for row in map(json.loads, run("findings", "--json").out.splitlines())}
    assert status == {"latin@example.org": "confirmed", "nested@example.org": "waived", "again-2@example.org": "confirmed"}


def test_the_first_run_tells_what_moved_as_json_too(former: Config, run: Run) -> None:
    moved = json.loads(run("ingest", "--json").out)["moved"]
    assert {(item["kind"], item["message_id"], item["state"]) for item in moved} == {
        ("dismiss", "via@example.org", "outdated"), ("dismiss", "sketch@example.org", "outdated"),
    }  # fmt: skip
    assert "moved" not in json.loads(run("ingest", "--json").out)


def test_what_a_person_marked_and_typed_survives(config: Config, run: Run, tmp_path: Path) -> None:
    _left_by_it(config.paths.personal, "personal.sql", run, tmp_path)
    assert run("ingest").code == 0
    with closing(open_personal(config.paths.personal, write=True)) as notes:
        assert personal.load_draft(notes, "opinion:old1@example.org ") == '{"reason": "half typed"}'
        assert personal.places(notes) == {"view": "New"}
        assert personal.all_marks(notes)["old2@example.org"].state is State.DONE
        assert personal.undo(notes, False)[0] == "done, widget: name it"


def test_the_index_of_an_older_program_is_made_anew_by_the_next_run(former: Config, run: Run) -> None:
    assert run("list").code == 78
    assert run("ingest").code == 0
    with closing(open_index(former.paths.index)) as index:
        assert index.is_sound()
        assert index.execute("pragma user_version").fetchone()[0] == INDEX_VERSION
