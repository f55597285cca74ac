# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed or pasted into a form in a real terminal: whole and in order, and one key on the verdicts picks."""

import os
from pathlib import Path

import pytest

from tests.e2e.terminal import TRIAGE, Terminal
from triage.config import Config


@pytest.fixture
def form(terminal: Terminal, demo: Config) -> Terminal:
    """The form for an opinion on a finding, open, the cursor on its verdicts."""
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    terminal.start(TRIAGE)
    terminal.goes("=40 of 40 series", "l", "=limit:", "+rule:DCO007", "Enter", "=1 of 40 series", "o", "=As cora@example.org")
    return terminal


def test_keys_of_one_read_go_whole_to_the_reason(form: Terminal) -> None:
    form.type("The coauthor did not sign, and a d u j k x.")
    form.shows("-m 'The coauthor did not sign, and a d u j k x.'")
    form.goes("C-y", "=recorded: agree")
    form.goes("Enter", "=unsigned: The coauthor did not sign, and a")


def test_a_paste_goes_whole_to_the_reason(form: Terminal) -> None:
    form.tmux("set-buffer", "--", "disagree first\nsecond  line\twith a tab")
    form.tmux("paste-buffer", "-p")
    form.until(lambda shown: "disagree first" in shown and "second  line" in shown, "the paste")
    form.shows("(*) agree")


def test_one_key_picks_a_verdict_or_moves(form: Terminal) -> None:
    for key, verdict in (
        ("d", "disagree"),
        ("u", "unsure"),
        ("x", "dismiss"),
        ("w", "waive"),
        ("c", "confirm"),
        ("a", "agree"),
        ("j", "disagree"),
        ("k", "agree"),
    ):
        form.keys(key)
        form.shows(f"(*) {verdict}")
    form.keys("h")
    form.type("ello")
    form.shows("-m hello")


def test_a_draft_can_be_emptied(form: Terminal) -> None:
    form.type("Hi there")
    form.goes("=-m 'Hi there'", *["BSpace"] * 8)
    form.until(lambda shown: "-m " not in shown, "an empty reason")
    form.goes("Escape", "=1 of 40 series", "o", "=As cora@example.org")
    form.until(lambda shown: "as you left it" not in shown and "-m " not in shown, "a fresh form")


def test_keys_that_edit_act_in_the_order_in_which_they_were_typed(terminal: Terminal, demo: Config) -> None:
    """In one read, as a slow line sends them: what is taken back is what stood there, and Enter takes what was typed before it."""
    terminal.start(TRIAGE)
    for number in range(5):
        terminal.goes("0", "=40 of 40 series by attention   1/40", "l")
        terminal.until(lambda shown: shown.rstrip().splitlines()[-1].startswith("limit:"), "the prompt")
        terminal.tmux("send-keys", "--", "x", "C-u", *f"op:nonx{number}", "BSpace", "BSpace", "e", "Enter")
        terminal.until(
            lambda shown: "limit: op:none" in shown and not shown.rstrip().splitlines()[-1].startswith("limit:"), "the list so limited"
        )


def test_what_is_typed_ahead_goes_to_the_prompt_and_runs_nothing(terminal: Terminal, demo: Config) -> None:
    terminal.start(TRIAGE)
    terminal.goes("=series by attention")
    for _ in range(3):
        terminal.goes("0", "=40 of 40 series by attention   1/40")
        terminal.tmux("send-keys", "--", "l", *"from:blum u Q", "Enter")
        terminal.goes("= 0 of 40 series", "=limit: from:blum u Q")


def test_a_letter_picks_before_the_key_that_saves(form: Terminal, demo: Config) -> None:
    """In one read: what is saved is what was picked, not what stood there before."""
    form.tmux("send-keys", "--", "u", "C-y")
    form.shows("recorded: unsure on DCO007")


def test_a_form_that_is_typed_ahead_says_what_was_typed(terminal: Terminal, demo: Config, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Placeholder\n\temail = cora@example.org\n")
    terminal.start(TRIAGE)
    terminal.goes("=series by attention", "l", "=limit:", "+rule:DCO007", "Enter", "=1 of 40 series")
    terminal.tmux("send-keys", "--", "o", "d", "Tab", *"why not", "C-y")
    terminal.shows("recorded: disagree on DCO007")
