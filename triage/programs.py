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
NOT_RUN = 126
"""What a shell ends with where a program cannot be run."""
Running = subprocess.Popen[str]


def editor() -> str:
    """Return GIT_EDITOR, core.editor, VISUAL, EDITOR or vi, as git finds it."""
    done = subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "vi"


def start_triage(home: Path | None, *words: str) -> Running:
    """Start triage itself as its own process, with `home` as TRIAGE_HOME: one that is stuck never holds the screen, and it asks nothing."""
    env = os.environ | ({"TRIAGE_HOME": str(home)} if home else {}) | {"GIT_TERMINAL_PROMPT": "0"}
    env.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
    command = [sys.executable, "-m", "triage", *words]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=env, start_new_session=True
    )


def feed_program(words: Sequence[str], text: str, seconds: float) -> str:
    """Run a program with a text on standard input, no shell reading its words; returns why it failed, "" where it did not."""
    try:
        done = subprocess.run(
            words, input=text.encode("utf-8", "replace"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=seconds, check=False,
            start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it took more than {seconds:.0f} seconds"
    except (OSError, ValueError) as error:
        return str(error)
    said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    return "" if done.returncode == 0 else f"it ended with {done.returncode}{f': {said}' if said else ''}"


def ask_program(words: Sequence[str], content: bytes, seconds: float) -> tuple[bytes, str]:
    """Run a program on bytes, no shell reading its words; returns what it printed, and what it complained of or why it did not run."""
    try:
        done = subprocess.run(words, input=content, capture_output=True, timeout=seconds, check=False, start_new_session=True)
    except subprocess.TimeoutExpired:
        return b"", f"it took more than {seconds:.0f} seconds"
    except (OSError, ValueError) as error:
        return b"", str(error)
    said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    return done.stdout, said or (f"it ended with {done.returncode}" if done.returncode else "")


def execute(words: Sequence[str]) -> int:
    """Run a command on this terminal and return its exit code; `NO_PROGRAM` where there is none such. No shell reads the words."""
    try:
        return subprocess.run(words, check=False).returncode
    except FileNotFoundError:
        return NO_PROGRAM
    except (OSError, ValueError):
        return NOT_RUN
