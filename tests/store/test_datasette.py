# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index as people ask it with Datasette: every view and question answers, and everything described is there."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run
from triage.config import Config

METADATA = Path(__file__).parents[2] / "docs" / "datasette" / "metadata.yml"
ABOUT = yaml.safe_load(METADATA.read_text("utf-8"))["databases"]["index"]


ASK = """
import asyncio, json, sys, yaml
from datasette.app import Datasette
async def main(path, about, *asked):
    app = Datasette([path], metadata=yaml.safe_load(open(about)))
    print(json.dumps([(await app.client.get(item)).json() for item in asked]))
asyncio.run(main(*sys.argv[1:]))
"""


def ask(config: Config, paths: list[str]) -> list[Any]:
    """Return what Datasette, in a process of its own, answers to some addresses."""
    words = [sys.executable, "-W", "ignore", "-c", ASK, str(config.paths.index), str(METADATA), *paths]
    return list(json.loads(subprocess.run(words, capture_output=True, check=True).stdout))


@pytest.fixture
def told(demo: Config, run: Run) -> Config:
    assert run("opinion", "give", "unsigned@example.org", "agree", "--finding", "DCO001", "-m", "Asked.").code == 0
    return demo


def test_views_and_questions_answer(told: Config) -> None:
    names = [*ABOUT["tables"], *ABOUT["queries"]]
    found = ask(told, [f"/index/{name}.json?_shape=array&_size=max{'&author=ada' if name == 'one_author' else ''}" for name in names])
    answers = dict(zip(names, found, strict=True))
    assert {name for name, rows in answers.items() if not rows} == set()
    assert [(row["kind"], row["code"], row["reason"], row["state"]) for row in answers["said_by_reviewers"]] == [
        ("agree", "DCO001", "Asked.", "counts")
    ]
    assert sum(row["series"] for row in answers["series_a_week"]) == len(answers["patch_series"])
    assert {row["severity"] for row in answers["open_finding"]} <= {"error", "warn", "ask", "info"}


def test_what_is_described_is_there_and_foreign_keys_hold(told: Config) -> None:
    with closing(sqlite3.connect(told.paths.index)) as index:
        there = {name for (name,) in index.execute("select name from sqlite_master where type in ('table', 'view')")}
        assert set(ABOUT["tables"]) <= there
        assert {name for (name,) in index.execute("select name from sqlite_master where type = 'view'")} <= set(ABOUT["tables"])
        for name, about in ABOUT["tables"].items():
            columns = {row[1] for row in index.execute(f"pragma table_info({name})")}
            assert {*about.get("columns", ()), *filter(None, [about.get("label_column")])} <= columns
        assert index.execute("pragma foreign_key_check").fetchall() == []
        assert len(index.execute("select * from series where id in (select series from finding)").fetchall()) > 10
