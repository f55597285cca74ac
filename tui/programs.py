# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs: the editor that git would open, commands that were shown before, an ingest started by hand."""

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from textual.app import App, SuspendNotSupported
from textual.worker import get_current_worker

from triage.model.errors import TriageError
from triage.model.text import safe
from triage.programs import NO_PROGRAM, Ingest, editor, execute

_WAITING = '"$@"; code=$?; printf "\\n[ended with %s; Enter goes back to triage] " "$code" >&2; read -r _; exit "$code"'


def edit(app: App[None], text: str) -> str | None:
    """Return `text` as the user changed it in the editor that git would open, None where it is unchanged or the editor failed.

    The editor is a shell command of the user's own, as git's are; the file's name goes to it as an argument. Raises `TriageError` where
    the terminal cannot be lent, or there is no such editor.
    """
    command = editor()
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        path = Path(folder) / "text.eml"
        path.touch(0o600)
        before = text if not text or text.endswith("\n") else f"{text}\n"
        path.write_text(before, "utf-8")
        code = run(app, ["sh", "-c", f'{command} "$@"', command, str(path)])
        changed = path.read_text("utf-8", "replace")
    if code == NO_PROGRAM:
        raise TriageError(f"there is no editor {command!r}", "set git's core.editor, or VISUAL")
    return None if code or changed == before else changed


def run(app: App[None], command: Sequence[str], wait: bool = False) -> int:
    """Run a command in the terminal, lent to it; with `wait` its output stays until Enter. Returns its exit code.

    The words go to the program one by one; no shell reads them.
    """
    words = ["sh", "-c", _WAITING, "sh", *command] if wait else list(command)
    try:
        with app.suspend():
            return execute(words)
    except SuspendNotSupported as error:
        raise TriageError("this terminal cannot be lent to another program", "use the form, or a real terminal") from error


def ingest_said(process: Ingest) -> str:
    """Wait for an ingest, ending it where the user does; returns what it came to, in one sentence."""
    worker = get_current_worker()
    while process.poll() is None:
        if worker.is_cancelled:
            process.terminate()
        time.sleep(0.05)
    out, errors = process.communicate()
    try:
        runs = json.loads(out)["archives"]
    except (ValueError, KeyError):
        return safe(errors.strip().splitlines()[-1]) if errors.strip() else f"ingest ended with {process.returncode}"
    new, changed = sum(run["series_new"] for run in runs), sum(run["series_changed"] for run in runs)
    bad = [run["error"] for run in runs if run["error"]]
    return bad[0] if bad else f"{new} new series, {changed} changed" if new or changed else "nothing new"
