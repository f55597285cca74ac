# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trailers: which lines count, where they stand, and what git itself sees."""

import re
import subprocess

import pytest

from triage.mail.trailers import block_lines, find_trailers, malformed_signoffs
from triage.model import Region

SOB = "Signed-off-by: Ada Example <ada@example.org>"


def test_line_numbers_and_regions() -> None:
    found = find_trailers(f'Text.\n\nFixes: 123456789abc ("x")\n{SOB}\n', 10, Region.MESSAGE)
    assert [(t.key, t.line, t.in_block) for t in found] == [("Fixes", 12, True), ("Signed-off-by", 13, True)]


MESSAGES = [
    f"Text.\n\n{SOB}\n",
    f"Text.\n\n{SOB}\n\nMore text.\n",
    f"Text.\n{SOB}\n",
    f"Text.\n\n[1] https://example.org\n{SOB}\n",
    "Text.\n\nnot a trailer\nneither\nReviewed-by: x\n",
    f"Text.\n\n{SOB}\nprose\nprose\nprose\n",
    f"Text.\n\n{SOB}\nprose\nprose\nprose\nprose\n",
    "Text.\n\nAcked-by: A <a@example.org>\nfolded\n",
    "Text.\n\nAcked-by: A\n <a@example.org>\n",
    f"Text.\n\n{SOB}\n\n\n",
    "Text only.\n",
    "Note: this\n",
    "",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_the_block_is_the_one_that_git_sees(message: str) -> None:
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"], input=f"subject\n\n{message}", capture_output=True, text=True, check=True
    )
    lines = message.split("\n")
    ours = [line for line in (lines[i] for i in block_lines(lines)) if re.match(r"[A-Za-z0-9-]+[ \t]*:", line)]
    theirs = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in ours] == [line.partition(":")[0] for line in theirs]


def test_prose_with_a_colon_is_no_trailer_outside_the_block() -> None:
    assert find_trailers("Note: the lid.\n\nText.\n", 1, Region.MESSAGE) == []


def test_a_folded_address_is_joined() -> None:
    (trailer,) = find_trailers("Text.\n\nReviewed-by: A Very Long Name\n <a@example.org>\n", 1, Region.MESSAGE)
    assert trailer.value == "A Very Long Name <a@example.org>"


def test_quoted_lines_count_nowhere() -> None:
    assert find_trailers(f"> {SOB}\n| {SOB}\n", 1, Region.REPLY) == []


@pytest.mark.parametrize(
    "line",
    ["Singed-off-by: A <a@example.org>", "Signed-of-by: A <a@example.org>", "  Signed-off-by: A <a@example.org>",
     "Ѕigned-off-by: A <a@example.org>", "Signed\u200b-off-by: A <a@example.org>", "Signed off by A <a@example.org>"],
)  # fmt: skip
def test_lines_that_only_look_like_a_signoff_are_named(line: str) -> None:
    assert malformed_signoffs(f"Text.\n\n{line}\n", 1) == [(3, line)]
    assert not any(t.key == "Signed-off-by" and t.raw == line for t in find_trailers(f"Text.\n\n{line}\n", 1, Region.MESSAGE))


@pytest.mark.parametrize("line", [SOB, "signed-off-by: A <a@example.org>", "Scoffed at by: someone", "See: the off-by-one below a@b"])
def test_good_and_unrelated_lines_are_not(line: str) -> None:
    assert malformed_signoffs(f"Text.\n\n{line}\n", 1) == []
