# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that the user chose: the editor that git would open, and triage itself in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NO_PROGRAM = 127
"""What a shell ends with where there is no such program."""
Ingest = subprocess.Popen[str]


def editor() -> str:
    """Return GIT_EDITOR, core.editor, VISUAL, EDITOR or vi, as git finds it."""
    done = subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "vi"


def start_ingest(home: Path | None) -> Ingest:
    """Start `triage ingest` as its own process, as cron does, with `home` as TRIAGE_HOME: a stuck archive never holds the screen."""
    env = os.environ | ({"TRIAGE_HOME": str(home)} if home else {})
    words = [sys.executable, "-m", "triage", "ingest", "--json"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=env)


def execute(words: Sequence[str]) -> int:
    """Run a command on this terminal and return its exit code; `NO_PROGRAM` where there is none such. No shell reads the words."""
    try:
        return subprocess.run(words, check=False).returncode
    except FileNotFoundError:
        return NO_PROGRAM
