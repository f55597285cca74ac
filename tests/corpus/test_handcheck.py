# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was checked by hand stays what the program says: every error on linux-modules, 50 random patches, and who declared AI use."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from triage.admin.lists import add_list
from triage.config import Config, load_config, load_lists
from triage.ingest.batches import earlier_evidence
from triage.ingest.pipeline import ingest
from triage.policy.compare import Difference, compare
from triage.policy.rules.case import declared
from triage.projects import load_projects
from triage.store import derive, queries, selecting
from triage.store.limit import parse_limit
from triage.store.schema import open_index, open_personal

pytestmark = pytest.mark.corpus
ERROR = re.compile(r"^\| (\w+) \| `([^`]+)` \| (\w+) \|", re.MULTILINE)
SAMPLE = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| (\w+) \|", re.MULTILINE)
TABLE = (Path(__file__).parent / "handcheck.md").read_text("utf-8")
DECLARED = {
    "20260122234621.3403276-1-jim.cromie@gmail.com": ["author-reply"],
    "20260212010955.3480391-2-sashal@kernel.org": ["tail"],
    "20260303182103.3523438-1-sashal@kernel.org": ["message", "trailer"],
    "20260307172022.460402-1-sashal@kernel.org": ["message", "trailer"],
    "20260310090145.2709021-39-sashal@kernel.org": ["tail"],
    "20260312030649.674699-1-sashal@kernel.org": ["message", "trailer"],
    "20260322131543.971079-1-sashal@kernel.org": ["message", "trailer"],
    "20260323164858.1939248-1-sashal@kernel.org": ["trailer"],
    "20260325011853.657295-1-sashal@kernel.org": ["trailer"],
    "20260411130254.3510128-1-wenzhaoliao@ruc.edu.cn": ["cover", "trailer"],
    "20260420132314.1023554-94-sashal@kernel.org": ["tail"],
    "20260423-submit-dyndbg-classmap-foundation-v14-0-2b809a8019d0@gmail.com": ["cover"],
    "20260504153401.2416391-1-sashal@kernel.org": ["trailer"],
}
"""The series of 2026 on linux-modules whose own people declare AI use, by which evidence; read by a person."""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory, mirrors: dict[str, Path]) -> Config:
    home = tmp_path_factory.mktemp("modules")
    config = load_config(str(home))
    add_list(config, "linux-modules", (str(mirrors["linux-modules"]),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    return config


def test_errors_are_those_of_the_table_and_none_is_wrong(modules: Config) -> None:
    with closing(open_index(modules.paths.index)) as connection:
        found = set(connection.execute("select distinct code, message from finding where severity = 'error'").fetchall())
    rows = ERROR.findall(TABLE)
    assert found == {(code, mail) for code, mail, _ in rows}
    assert [verdict for _, _, verdict in rows if verdict == "wrong"] == []


def test_random_patches_have_the_findings_of_the_table(modules: Config) -> None:
    rows = SAMPLE.findall(TABLE)
    assert len(rows) == 50
    with closing(open_index(modules.paths.index)) as connection:
        for mail, codes, _ in rows:
            found = [row[0] for row in connection.execute("select distinct code from finding where message = ? order by code", (mail,))]
            assert (mail, ", ".join(found) or "none") == (mail, codes.strip())


def outcomes(config: Config, limit: str, one: str, other: str) -> tuple[dict[str, Difference], set[str]]:
    """Return the series that two packs end differently by their AI findings, and those whose own people declare AI use."""
    with closing(open_index(config.paths.index)) as connection, closing(open_personal(config.paths.personal)) as notes:
        ids = selecting.series_ids(connection, notes, parse_limit(limit, 0), 0)
        posted = ((*derive.stored_series(connection, i), earlier_evidence(connection, i)) for i in ids)
        rows = compare(posted, load_projects((one,), config), load_projects((other,), config), "AI")
        told = {queries.series_head(connection, i).first for i in ids
                if declared(*derive.stored_series(connection, i)) or earlier_evidence(connection, i)}  # fmt: skip
        return {row.series: row for row in rows}, told


def test_qemus_policy_would_have_stopped_exactly_the_series_of_2026_that_declare_ai_use(modules: Config) -> None:
    rows, told = outcomes(modules, "date:2026", "linux-kernel", "qemu")
    assert set(rows) == told
    by = {name: sorted({item.region for item in row.other.findings if item.code == "AI001"}) for name, row in rows.items()}
    assert by == DECLARED
    assert {row.other.outcome for row in rows.values()} == {"error"}
