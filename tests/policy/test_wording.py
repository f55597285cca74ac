# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line that a project wants where a tool took part, on a given day, and the line that cures a finding."""

import json
from pathlib import Path

import pytest

from tests.conftest import SOB, Run, mail, patch_body


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("linux-kernel --tool Claude --model claude-opus-4.8 --date 2026-05-01", "Assisted-by: Claude:claude-opus-4.8"),
        ("linux-kernel --tool Claude --model claude-opus-4.8 --date 2026-09-01", "Assisted-by: LLM"),
        ("xen --tool Claude --model opus-4.8 --date 2026-09-01", "Assisted-by: Claude:opus-4.8"),
        ("asf --tool Copilot --date 2026-09-01", "Generated-by: Copilot"),
        ("qemu --tool Claude --role find --date 2026-09-01", ""),
        ("plain-dco --tool Claude", ""),
    ],
)
def test_the_line_is_in_the_projects_form_on_that_day(words: str, line: str, run: Run) -> None:
    done = run("policy", "trailer", *words.split())
    assert (done.code, done.out.strip()) == (0, line)


@pytest.mark.parametrize("words", ["qemu --tool Claude --date 2026-09-01", "openedx --tool Qwen --date 2026-09-01"])
def test_a_project_that_takes_no_such_work_says_where_it_is_written(words: str, run: Run) -> None:
    done = run("policy", "trailer", *words.split())
    assert done.code == 3
    assert "does not take it" in done.err
    told = json.loads(run("policy", "trailer", *words.split(), "--json").out)
    assert told["lines"] == []
    assert told["source"]


def test_a_wrong_day_is_a_sentence(run: Run) -> None:
    assert run("policy", "trailer", "qemu", "--tool", "x", "--date", "soon").code == 2


@pytest.mark.parametrize(
    ("message", "policy", "line"),
    [
        ("Text.\n", "plain-dco", "Signed-off-by: Ada Example <ada@example.org>"),
        (
            f"Text.\n\nCo-developed-by: Dana Example <dana@example.org>\n{SOB}",
            "linux-kernel",
            "Signed-off-by: Dana Example <dana@example.org>",
        ),
        (f"Written with Claude Code.\n\n{SOB}", "linux-kernel", "Assisted-by: LLM"),
    ],
)
def test_check_prints_the_line_that_cures_a_finding(message: str, policy: str, line: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(mail(patch_body(message), date="Tue, 01 Sep 2026 09:00:00 +0000"))
    assert f"    suggest: {line}\n" in run("check", "--suggest", "--policy", policy, str(tmp_path / "x")).out
    assert "suggest:" not in run("check", "--policy", policy, str(tmp_path / "x")).out
