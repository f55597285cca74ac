# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trailers: which lines count, where they stand, and what git itself sees."""

import re
import subprocess

import pytest

from tests.conftest import cpu
from triage.mail.trailers import block_lines, find_trailers, given_indented, indented_signoffs, malformed_signoffs
from triage.model import Person, Region

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
    f"Text.\n\n{SOB}\n\n####\n",
    f"Text.\n\n{SOB}\n# a comment\nAcked-by: A <a@example.org>\n",
    f"Text.\n\n# a comment\n{SOB}\n",
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


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (f"It broke.\n\nFixes: 123456789abc ('x')\n{SOB}\n", True),
        (f"It broke.\n\nFixes: 123456789abc ('x')\n\n{SOB}\n", True),
        (f"It broke.\n\nFixes: 123456789abc ('a title that\ngoes on')\n\n{SOB}\n", True),
        (f"It broke.\n\nFixes: https://example.org/1\n\n{SOB}\n", True),
        (f"It broke.\n\n{SOB}\nFixes: 123456789abc ('x')\n", True),
        (f"Fixes:\n  $ sum 1 1\n  off by one\n\n{SOB}\n", False),
        (f"Fixes:\nthe sum of one and one\n\n{SOB}\n", False),
        (f"Please put a\nFixes: line on it.\n\n{SOB}\n", False),
        (f"What the check refuses:\n\nFixes: 123456789abc('x')\n\n{SOB}\n", False),
        (f"What the check refuses:\nFixes: 123456789abc('x')\n\n{SOB}\n", False),
        (f"It said\n\n    Fixes: 123456789abc ('x')\n\nand more.\n\n{SOB}\n", False),
        (f"Fixes: the sum, which was\noff by one for years.\n\n{SOB}\n", False),
    ],
)
def test_a_line_that_names_a_commit_is_told_from_headings_prose_and_examples(text: str, counts: bool) -> None:
    assert ("Fixes" in {item.key for item in find_trailers(text, 1, Region.MESSAGE)}) is counts


ADA = Person("Ada Example", "ada@example.org")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"I forgot:\n\n  {SOB}\n", [3]),
        (f"I forgot:\n  {SOB}\n  Acked-by: Ada Example <ada@example.org>\n", [2, 3]),
        (f"\t{SOB}", [1]),
        ("  Reviewed-and-tested-by: Ada Example <ada@example.com>\n", [1]),
        ("  Reviewed-by: Bo Sample <bo@example.org>\n", []),
        (f"One writes\n  {SOB}\nat the end.\n", []),
        (f"One writes it like\n\n  {SOB}\n  and so on\n", []),
        ("  Assisted-by: Ada Example <ada@example.org>\n", []),
        (f"{SOB}\n", []),
    ],
)
def test_what_people_give_indented_counts_where_it_stands_alone(text: str, lines: list[int]) -> None:
    assert [item.line for item in given_indented(text, ADA)] == lines


def test_signoffs_of_a_commit_that_was_pasted_below_the_cut_are_seen() -> None:
    assert [item.line for item in indented_signoffs(f"commit 1\n\n    Text.\n\n    {SOB}\n", 5)] == [9]


def test_a_sign_off_whose_address_stands_on_the_next_line_has_it_and_is_malformed() -> None:
    text = "Text.\n\nSigned-off-by: Ada Example\n<ada@example.org>\n"
    assert [item.value for item in find_trailers(text, 1, Region.MESSAGE)] == ["Ada Example <ada@example.org>"]
    assert malformed_signoffs(text, 1) == [(3, "Signed-off-by: Ada Example")]


def test_many_lines_of_trailers_cost_no_square() -> None:
    def read(size: int) -> None:
        given_indented("\n".join(["  Acked-by: Ada Example <ada@example.org>"] * size), ADA)
        find_trailers("Text.\n\n" + "\n".join(["Fixes: 123456789abc (x)"] * size) + "\nprose\n\nmore\n", 1, Region.MESSAGE)

    assert cpu(lambda: read(8000)) < 100 * cpu(lambda: read(400))
