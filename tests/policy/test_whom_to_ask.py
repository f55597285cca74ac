# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the roster names for a second opinion, patch by patch, and exceptions for scenarios that a project has named itself."""

from pathlib import Path

import pytest

from tests.conftest import SOB, Run, mail, patch_body
from triage.config import Config

RULES = """
[policy]
id = "house"
title = "House"
status = "verified"
[[rule]]
id = "decline"
kind = "ai-stance"
stance = "decline-unless-exception"
evidence = ["trailer", "message"]
severity = "error"
[[rule]]
id = "opinion"
kind = "second-opinion"
needs = 1
role = "maintainer"
distinct_from = ["author", "sender"]
when = "ai.declared"
severity = "ask"
[[exception]]
id = "mechanical-rework"
grants = ["decline"]
scope = { scenarios = ["refactoring", "header split"] }
granted_by = "policy"
"""
ROSTER = """
Documentation
M: Dora Docs <dora@example.org>
F: docs/

Widgets
M: Ada Example <ada@example.org>
M: Wim Widget <wim@example.net>
F: widget.c
"""


@pytest.fixture
def checked(config: Config, run: Run, tmp_path: Path) -> object:
    """Check some patches of one series, each with a path and a message."""
    config.paths.policies.mkdir(parents=True, exist_ok=True)
    (config.paths.policies / "house.toml").write_text(RULES)
    (tmp_path / "MAINTAINERS").write_text(ROSTER)

    def check(*patches: tuple[str, str], word: str = "PATCH") -> str:
        total, box = len(patches), tmp_path / "x.mbox"
        box.write_bytes(b"".join(
            b"From x@example.org Mon Mar  2 09:00:00 2026\n" + mail(
                patch_body(f"{said}\n\n{SOB}").replace("widget.c", path), key=f"p{n}", subject=f"[{word} {n}/{total}] widget: part {n}",
                **({"In_Reply_To": "<p1@example.org>"} if n > 1 else {})) + b"\n"
            for n, (path, said) in enumerate(patches, 1)))  # fmt: skip
        if word == "PATCH":
            return run("check", "--policy", "house", "--roster", str(tmp_path / "MAINTAINERS"), str(box)).out
        (config.paths.config / "config.toml").write_text(f'[projects.house]\nroster = "{tmp_path / "MAINTAINERS"}"\n')
        run("add", "l", str(box), "--policy", "house")
        run("ingest")
        return run("findings").out

    return check


@pytest.mark.parametrize("word", ["PATCH", "PULL"])
def test_each_patch_is_told_who_may_agree_and_who_is_left_out(checked, word: str) -> None:  # type: ignore[no-untyped-def]
    patches = ("docs/a.rst", "Made with Claude."), ("widget.c", "Fix."), ("docs/b.rst", "Fix."), ("other.c", "Fix.")
    out = checked(*patches, word=word)
    told = "The roster names Dora Docs for patches 1, 3; Wim Widget for patch 2; nobody for patch 4."
    assert f"1 maintainer must agree, not the author or the sender. {told}" in out
    assert "Ada Example, who wrote or sent a patch that they look after, cannot agree to it." in out


def test_patches_with_the_same_people_are_told_together(checked) -> None:  # type: ignore[no-untyped-def]
    assert "The roster names Dora Docs.\n" in checked(("docs/a.rst", "Made with Claude."), ("docs/b.rst", "Fix."))


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("Split it.\n\nAI-used-for: code (refactoring)", True),
        ("Claude did the refactoring of the lid table.", True),
        ("Split it.\n\nAI-used-for: code (header-split)", True),
        ("Split it.\n\nAI-used-for: code", False),
        ("Claude wrote the lid table.", False),
        ("No refactorings here. Claude wrote the lid table.", False),
    ],
)
def test_an_exception_for_a_scenario_covers_what_names_it(checked, said: str, covered: bool) -> None:  # type: ignore[no-untyped-def]
    out = checked(("widget.c", said))
    assert ("It relies on the exception mechanical-rework." in out) is covered
    assert ("AI001" in out) is not covered
