# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small inputs made from public bug reports and from real lists, each with the right answer."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import SHARED, Run
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest

pytestmark = pytest.mark.corpus
CASES = SHARED.parent / "cases"


@dataclass(frozen=True, slots=True)
class Told:
    """What the program says of one input."""

    series: list[dict[str, object]]
    findings: list[dict[str, str]]
    kinds: dict[str, str]

    @property
    def codes(self) -> list[str]:
        """Code and severity of every finding, a cured one's with `cured`; sorted."""
        return sorted(f"{f['severity']} {f['code']}{' cured' if f['status'] == 'cured' else ''}" for f in self.findings)

    @property
    def shape(self) -> list[tuple[object, object, object, object]]:
        """Version, received, total and cover of each series, oldest first."""
        return [(row["version"], row["received"], row["total"], row["cover"] is not None) for row in self.series]

    @property
    def authors(self) -> set[tuple[str, str]]:
        return {(row["author"]["name"], row["author"]["email"]) for row in self.series}  # type: ignore[index]


@pytest.fixture
def tell(config: Config, run: Run) -> Callable[..., Told]:
    """Read a case as a list of its own, or with `triage check`."""

    def read(name: str, policy: str = "linux-kernel", check: bool = False) -> Told:
        (path,) = (p for p in CASES.glob(f"{name}*") if p.suffix in {".mbox", ".patch"})
        if check or path.suffix == ".patch":
            rows = run("check", str(path), "--policy", policy, "--format", "json").out.splitlines()
            return Told([], [json.loads(row) for row in rows], {})
        add_list(config, "l", (str(path),), policy, "")
        ingest(config, load_lists(config.paths))
        series = [json.loads(row) for row in run("list", "--json").out.splitlines()]
        series.sort(key=lambda row: (row["posted"], row["series"]))
        findings = [json.loads(row) for row in run("findings", "--json").out.splitlines()]
        return Told(series, findings, {})

    return read


Tell = Callable[..., Told]
NOTHING = [
    "02", "03a", "03b", "04a", "05", "06", "10", "14", "15", "17c", "17d", "18", "19a", "01d", "lists/05", "lists/06", "lists/09", "lists/10", "lists/11",
    "lists/13", "lists/16", "lists/19",
]  # fmt: skip


@pytest.mark.parametrize("name", NOTHING)
def test_inputs_without_a_finding(name: str, tell: Tell) -> None:
    assert tell(name, "plain-dco" if name == "lists/05" else "linux-kernel", check=True).findings == []


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("01a", ["warn DCO010"]), ("04b", ["ask DCO005"]), ("07", ["ask DCO005"]), ("08", ["ask DCO005"]), ("09", ["error DCO001"]),
        ("11", ["warn DCO010"]), ("12", ["warn DCO010"]), ("13b", ["info DCO012"]), ("13c", ["info DCO012"]), ("16", ["error DCO001"]),
        ("17a", ["error DCO002"]), ("17b", ["error DCO002"]), ("19b", ["ask DCO005"]), ("19c", ["ask DCO005"]), ("31a", ["info DCO001"]),
        ("31b", ["info DCO001"]), ("31e", ["info DCO001"]), ("lists/02", ["error DCO002"]), ("lists/04", ["info DCO001"]),
        ("lists/07", ["warn DCO006"]), ("lists/08", ["error DCO001", "warn DCO010"]), ("lists/14", []), ("lists/17", ["error DCO001"]),
        ("lists/32", ["error DCO001 cured", "info DCO009"]), ("lists/36", ["ask FMT002"]), ("lists/38", ["ask DCO005"]),
    ],
)  # fmt: skip
def test_inputs_with_their_findings(name: str, codes: list[str], tell: Tell) -> None:
    assert tell(name, check=True).codes == codes


@pytest.mark.parametrize(
    ("name", "words", "never"),
    [
        ("01a", "next line", "signs as ."),
        ("11", "blank before the colon", "git does not read"),
        ("12", "several people", "No sign-off"),
        ("13b", "three times", "2 patches"),
        ("lists/36", "Jεan", "word: ."),
        ("lists/38", "without an address", "signs as ."),
        ("09", "gave no Signed-off-by", "AI"),
    ],
)
def test_what_findings_say(name: str, words: str, never: str, tell: Tell) -> None:
    says = " ".join(item["says"] for item in tell(name, check=True).findings)
    assert words in says
    assert never not in says


def test_a_line_of_another_key_is_the_evidence(tell: Tell) -> None:
    assert tell("09").findings[0]["quote"].startswith("ONE-DCO-1.0-Signed-off-by:")


THREE = [(1, 3, 3, True)]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("20", THREE), ("21", [(6, 3, 3, True)]), ("22", [(3, 3, 3, True)]), ("26", [(3, 3, 3, True)]), ("27", [(6, 1, 1, False)]),
        ("28", [(2, 3, 3, True)]), ("29", [(2, 3, 3, True)]), ("30", [(1, 0, 0, True)]), ("44", [(1, 7, 7, True)]),
        ("lists/18", [(1, 2, 2, False)]), ("lists/24", [(2, 2, 2, True)]), ("lists/25", [(2, 2, 2, False)]), ("lists/33", [(1, 2, 2, False)]),
        ("lists/27", [(1, 1, 1, False)] * 2), ("lists/28", [(4, 1, 1, False), (20, 1, 1, False), (11, 1, 1, False)]),
        ("lists/01", []), ("lists/03", []), ("lists/12", [(1, 1, 1, False)]), ("lists/13", []), ("lists/15", [(1, 1, 1, False)]), ("lists/34", []),
    ],
)  # fmt: skip
def test_series_of_inputs(name: str, shape: list[tuple[int, int, int, bool]], tell: Tell) -> None:
    told = tell(name)
    assert sorted(told.shape, key=str) == sorted(shape, key=str)
    assert {row["state"] for row in told.series} <= {"new"}
    assert not any(row["superseded"] for row in told.series)


def test_a_series_in_reply_to_a_series_is_one_of_its_own(tell: Tell) -> None:
    told = tell("23")
    assert sorted((row["received"], row["total"]) for row in told.series) == [(3, 3), (3, 3)]


def test_a_point_version_replaces_one_patch(tell: Tell) -> None:
    whole, part = tell("24").series
    assert (whole["version"], part["version"], part["previous"]) == (5, 5, whole["series"])
    assert [patch["carried"] for patch in part["patches"]] == [True, False, True]  # type: ignore[attr-defined]


def test_the_newest_posting_is_replaced_by_no_older_one(tell: Tell) -> None:
    first, second, newest = tell("25").series
    assert not newest["superseded"]
    assert second["previous"] == first["series"]


@pytest.mark.parametrize(
    ("name", "previous"),
    [
        ("lists/23", [None, None]), ("lists/26", [None, "one26@example.org", "two26@example.org"]), ("lists/29", [None, "two29@example.org"]),
        ("lists/40", [None, None]),
    ],
)  # fmt: skip
def test_versions_of_inputs(name: str, previous: list[str | None], tell: Tell) -> None:
    told = tell(name)
    assert [row["previous"] for row in told.series] == previous
    assert not told.series[-1]["superseded"]


def test_a_batch_inherits_nothing_from_the_batch_before(tell: Tell) -> None:
    told = tell("lists/23")
    assert [f["status"] for f in told.findings if f["code"] == "AI003" and "batch2" in f["series"]] == []


@pytest.mark.parametrize(
    ("name", "policy", "codes"),
    [
        ("32a", "linux-kernel", ["error DCO001 cured", "info DCO009"]), ("32b", "linux-kernel", ["error DCO001 cured", "info DCO009"]),
        ("32d", "qemu", ["error AI001"]), ("33a", "linux-kernel", ["error DCO001 cured", "info DCO009"]),
        ("33b", "linux-kernel", ["error DCO001 cured", "info DCO009"]), ("34", "linux-kernel", []),
        ("42a", "linux-kernel", ["error AI008", "warn AI003"]), ("42c", "linux-kernel", ["error AI008", "warn AI003"]),
        ("42d", "linux-kernel", ["error AI008", "warn AI003"]), ("43", "linux-kernel", []), ("41f", "linux-kernel", ["ask DCO005"]),
        ("39", "qemu", []), ("lists/20", "gentoo", []), ("lists/21", "gentoo", []), ("lists/37", "linux-kernel", []),
    ],
)  # fmt: skip
def test_threads_of_inputs(name: str, policy: str, codes: list[str], tell: Tell) -> None:
    told = tell(name, policy)
    assert told.codes == codes


@pytest.mark.parametrize("name", ["42a", "42c", "42d"])
def test_the_date_of_format_patch_is_no_time_of_arrival(name: str, tell: Tell) -> None:
    assert [row["posted"] for row in tell(name, "linux-kernel").series] == ["2026-09-14T10:00:00Z"]


def test_a_patch_in_a_reply_is_no_part_of_the_series(tell: Tell) -> None:
    told = tell("35")
    assert len(told.series) == 2
    assert all(row["complete"] for row in told.series)


@pytest.mark.parametrize(
    ("name", "policy", "author"),
    [
        ("36a", "qemu", ("Ada Example", "ada@example.com")), ("36b", "qemu", ("Ada Example", "ada@example.com")),
        ("37a", "qemu", ("Ada Example", "ada@example.com")), ("37d", "qemu", ("Ada Example", "ada@example.com")),
        ("37e", "qemu", ("Ada Example", "ada@example.com")), ("38", "git", ("Ada Example", "ada@example.com")),
        ("39", "qemu", ("Ada Example", "ada@example.com")), ("40", "linux-kernel", ("Ada Example", "ada@example.org")),
        ("41a", "linux-kernel", ("廖崇榮", "kt@example.org")), ("41b", "linux-kernel", ("Zoé Hájk", "zoe@example.org")),
        ("41c", "linux-kernel", ("Zoé Hájk", "zoe@example.org")), ("41d", "linux-kernel", ("Zoé Beispiel", "zoe@example.org")),
        ("41e", "linux-kernel", ("Zoé Beispiel", "zoe@example.org")), ("41f", "linux-kernel", ("Zoé Müller", "zoe@example.org")),
        ("lists/02", "linux-kernel", ("Bob Builder", "bob@example.org")), ("lists/07", "linux-kernel", ("Bob Builder", "bob@example.org")),
        ("lists/14", "linux-kernel", ("Ann Author", "ann@example.org")),
    ],
)  # fmt: skip
def test_authors_of_inputs(name: str, policy: str, author: tuple[str, str], tell: Tell) -> None:
    told = tell(name, policy)
    assert told.authors == {author}
    assert name.startswith(("41f", "lists/")) or told.findings == []


@pytest.mark.parametrize(
    ("name", "mail", "kind"),
    [
        ("lists/01", "r1", "report"), ("lists/12", "applied-p12", "bot"), ("lists/15", "q15", "reply"), ("lists/30", "q30", "bot"),
        ("lists/30", "r30", "bot"), ("lists/31", "p31", "bot"), ("lists/31", "q31", "reply"), ("lists/34", "p34", "reply"),
    ],
)  # fmt: skip
def test_kinds_of_inputs(name: str, mail: str, kind: str, tell: Tell, run: Run) -> None:
    tell(name)
    assert json.loads(run("show", f"{mail}@example.org", "--json").out)["kind"] == kind


def test_declarations_that_were_missed_are_heard(tell: Tell, run: Run) -> None:
    tell("lists/22")
    for mail in "abcd":
        said = [item["says"] for item in json.loads(run("show", f"{mail}22@example.org", "--json").out)["evidence"]]
        assert "declares" in said


def test_a_hole_in_an_archive_is_not_its_end(tmp_path: Path) -> None:
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    script = str(CASES / "lists" / "39-missing-blob.sh")
    done = subprocess.run(["bash", script], capture_output=True, text=True, cwd=tmp_path, env=env, check=False)
    assert "x: 2 mails" in done.stdout
    assert "exit 74" in done.stdout
    assert "never read" not in done.stdout
    assert "missing" in done.stdout.splitlines()[-1]
