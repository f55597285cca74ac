# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jumps show where they go, in a real terminal: the whole box of a finding, or its first lines where it is longer than the screen."""

from pathlib import Path

import pytest

from tests.conftest import DIFF, Run, mail, patch_body
from tests.e2e.terminal import TRIAGE, Terminal

FILLER = "".join(f"Line {n} of a long message about the widget and what it does when nobody looks.\n" for n in range(60))
CODE = "".join(
    f"+\tint value_{n} = {n}; /* a line of code that is long enough to need all of the eighty cells of a screen */\n" for n in range(70)
)


def long_mail(number: int) -> bytes:
    """Return a patch whose only finding stands far down in a long message, with code that is wider than the screen."""
    diff = (
        DIFF.replace("widget.c", f"w{number}.c")
        .replace("@@ -1,3 +1,3 @@", "@@ -1,3 +1,73 @@")
        .replace("+\treturn 1;\n", f"{CODE}+\treturn 1;\n")
    )
    body = patch_body(f"{FILLER[: 600 * (number + 1)]}\nFixes: {number}\n", diff=diff)
    return mail(body, key=f"long{number}", subject=f"[PATCH] widget {number}: turn it over")


def box_shown(screen: str, title: str) -> bool:
    """Say whether a finding's box is on the screen from its title to its foot."""
    lines = [line.rpartition("│")[2].rstrip() for line in screen.splitlines()]
    at = next((row for row, line in enumerate(lines) if title in line), None)
    return at is not None and any(line.strip() == "╰──" for line in lines[at + 1 :])


@pytest.fixture
def long(tmp_path: Path, run: Run) -> int:
    box = tmp_path / "x.mbox"
    box.write_bytes(b"".join(b"From x@example.org Mon Mar  2 09:00:00 2026\n" + long_mail(n) + b"\n" for n in range(8)))
    assert run("add", "l", str(box), "--policy", "linux-kernel").code == 0
    run("ingest")
    return 8


def test_opening_a_series_shows_the_whole_box_of_its_finding(terminal: Terminal, long: int) -> None:
    terminal.start(TRIAGE)
    terminal.shows("widget 0: turn it over")
    for _ in range(long):
        terminal.keys("Enter")
        terminal.shows("mail 1/")
        terminal.until(lambda text: box_shown(text, "╭── DCO001"), "the whole box")
        terminal.keys("q")
        terminal.shows("of 8 series")
        terminal.keys("j")


def test_every_jump_puts_its_target_a_third_from_the_top(terminal: Terminal, long: int) -> None:
    terminal.start(TRIAGE)
    terminal.goes("=widget 0: turn it over", "G", "= 8/8", "Enter", "=mail 1/", "g", "}")
    rows = terminal.size[1]

    def stands(text: str) -> None:
        terminal.until(
            lambda shown: any(text in line for line in shown.splitlines()[rows // 6 : rows // 2 + 2]), f"{text} in the upper half"
        )

    stands("@@ -1,3 +1,73 @@")
    terminal.goes("/", "=search:", "+value_55", "Enter")
    stands("value_55")
    terminal.goes("g", ".")
    terminal.until(lambda text: box_shown(text, "╭── DCO001"), "the whole box")
    terminal.goes(".")
    terminal.until(lambda text: box_shown(text, "╭── FMT001"), "the whole box of the next")


def test_two_keys_of_one_read_end_nothing(terminal: Terminal, long: int) -> None:
    terminal.start(TRIAGE)
    terminal.shows("of 8 series")
    for keys in ("pp", "ppp", "zz", "jjpp"):
        terminal.keys("a")
        terminal.shows("Actions: Enter")
        terminal.type(keys)
        terminal.until(lambda text: "of 8 series" in text and "Actions: Enter" not in text, "the list")
    terminal.goes("Enter", "=mail 1/", "a", "=Actions: Enter")
    terminal.type("zz")
    terminal.shows("mail 1/")
    terminal.goes("q", "=of 8 series", "Q", "=ended with 0")
