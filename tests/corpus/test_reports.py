# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of a real list: counted again with git and SQL, the same bytes whoever reads the mail, in every form."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest

from triage.admin.lists import add_list
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.summary import RunOptions
from triage.report.make import make_report, verify_report
from triage.report.request import FORMS, Request

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def homes(mirrors: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Config]:
    """linux-modules read by one process, and by two in another folder."""
    folder = tmp_path_factory.mktemp("reports")
    found = []
    for workers in (1, 2):
        home = str(folder / f"by{workers}")
        add_list(
            load_config(home),
            "linux-modules",
            (str(mirrors["linux-modules"]),),
            "linux-kernel",
            "https://lore.kernel.org/linux-modules",
        )
        config = load_config(home)
        ingest(config, load_lists(config.paths), RunOptions(workers=workers))
        found.append(config)
    return found


def test_a_year_is_the_same_to_the_byte_by_one_process_or_two_in_other_surroundings(homes: list[Config]) -> None:
    for form in FORMS:
        text = make_report(homes[0], Request(period="2026", form=form))
        env = os.environ | {"TRIAGE_HOME": str(homes[1].paths.data), "TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "5"}
        done = subprocess.run(
            [sys.executable, "-m", "triage", "report", "--period", "2026", "--format", form], env=env, capture_output=True, check=True
        )
        assert done.stdout.decode() == text, form
        if form != "mbox":
            assert verify_report(homes[1], text).same_bytes


def test_a_years_numbers_are_those_that_git_and_sql_count(homes: list[Config], tmp_path: Path) -> None:
    config = homes[0]
    told = json.loads(make_report(config, Request(period="2026", form="json")))
    jsonschema.validate(told, json.loads((Path(__file__).parents[2] / "triage" / "schemas" / "report.json").read_text()))
    with closing(sqlite3.connect(config.paths.index)) as index:
        span = "s.posted >= strftime('%s', '2026-01-01') and s.posted < strftime('%s', '2027-01-01')"
        series, declaring, topics = index.execute(
            f"select count(*), sum(tools != ''), count(distinct topic) from series s where {span}"
        ).fetchone()
        blobs = [row[0] for row in index.execute(
            f"select m.blob from message m join series s on s.id = m.series where m.kind in ('patch', 'reply-patch') and m.gone = '' and {span}"
        )]  # fmt: skip
        by_code = dict(
            index.execute(f"select code, count(*) from finding f join series s on s.id = f.series where {span} group by code").fetchall()
        )
        mine = (
            "select lower(p.author_email) from message p where p.series = m.series and p.kind in ('patch', 'cover')"
            " union select lower(p.sender_email) from message p where p.series = m.series and p.kind in ('patch', 'cover')"
        )
        by_class = dict(index.execute(
            "with said (series, klass, says) as (select m.series,"
            f" iif(e.value ->> 0 = 'third-party' and lower(e.value ->> 2) in ({mine}), 'author-reply', e.value ->> 0),"
            f" iif(e.value ->> 12 != '' and lower(e.value ->> 2) in ({mine}), e.value ->> 12, e.value ->> 9)"
            f" from message m join series s on s.id = m.series join json_each(m.evidence) e where m.gone = '' and {span})"
            " select klass, count(distinct series) from said where says in ('declares', 'alleges') group by 1"
        ).fetchall())  # fmt: skip
    git_dir = next(iter(load_lists(config.paths))).places[0].path
    signed = 0
    for blob in blobs:
        content = subprocess.run(["git", f"--git-dir={git_dir}", "cat-file", "blob", blob], capture_output=True, check=True).stdout
        subprocess.run(["git", "mailinfo", tmp_path / "msg", tmp_path / "patch"], input=content, capture_output=True, check=True)
        signed += bool(re.search(rb"^signed-off-by:", (tmp_path / "msg").read_bytes(), re.MULTILINE | re.IGNORECASE))
    intake = told["figures"]["intake"]
    assert (intake["series"], intake["declaring_ai"], intake["topics"]) == (series, declaring, topics)
    assert intake["patches"] == len(blobs) > 500
    assert intake["signed"] == signed
    assert told["totals"]["by_code"] == by_code
    assert {row["name"]: row["series"] for row in told["figures"]["declarations"]["by_class"]} == by_class
    assert sum(row["series"] for row in told["figures"]["intervals"]["rows"]) == series
