# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs: the editor that git would open, commands that were shown before, an ingest started by hand."""

import json
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from textual.app import App, SuspendNotSupported

from triage.model.errors import TriageError
from triage.model.text import safe
from triage.programs import NO_PROGRAM, Running, editor, execute
from tui.render import short

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


class Ended(Struct, frozen=True):
    """What a run of triage came to: its exit code, its result as JSON, and its last words."""

    code: int
    result: dict[str, Any]
    said: str
    stopped: bool
    out: str = ""
    """What it wrote to standard output."""


def follow(process: Running, tell: Callable[[dict[str, Any]], None], stopped: Callable[[], bool]) -> Ended:
    """Wait for a run of triage, telling each step that it writes to standard error; ends it where the user does."""
    out: list[str] = []
    reader = threading.Thread(target=lambda: out.append(process.stdout.read() if process.stdout else ""), daemon=True)
    reader.start()
    words: list[str] = []
    lines = threading.Thread(target=_read_steps, args=(process, tell, words), daemon=True)
    lines.start()
    ended = False
    while process.poll() is None:
        if stopped() and not ended:
            process.terminate()
            ended = True
        time.sleep(0.05)
    for thread, pipe in ((reader, process.stdout), (lines, process.stderr)):
        thread.join(2)
        if pipe and not thread.is_alive():
            pipe.close()
    try:
        result = json.loads(out[0])
    except (ValueError, IndexError):
        result = {}
    return Ended(
        process.returncode, result if isinstance(result, dict) else {}, safe(words[-1]) if words else "", ended, out[0] if out else ""
    )


def _read_steps(process: Running, tell: Callable[[dict[str, Any]], None], words: list[str]) -> None:
    for line in process.stderr or ():
        try:
            step = json.loads(line)
        except ValueError:
            words.append(line.strip())
            continue
        if isinstance(step, dict):
            tell(step)


def ingest_said(ended: Ended) -> str:
    """Return what an ingest came to, in one sentence."""
    if ended.stopped:
        return "stopped; what was stored is whole, u goes on"
    runs = ended.result.get("archives")
    if runs is None:
        return ended.said or f"ingest ended with {ended.code}"
    new, changed = sum(run["series_new"] for run in runs), sum(run["series_changed"] for run in runs)
    bad = [run["error"] for run in runs if run["error"]]
    older = sum(run["pending"] for run in runs)
    later = f"; {older} older mails are left: u reads them" if older else ""
    return bad[0] if bad else (f"{new} new series, {changed} changed" if new or changed else "nothing new") + later


def sync_said(ended: Ended) -> str:
    """Return what an exchange of opinions came to, in one sentence."""
    if ended.stopped:
        return "stopped; what came is kept, U goes on"
    got, sent = (sum(ended.result.get(name, {}).values()) for name in ("received", "sent"))
    refused = ended.result.get("refused", {})
    if not ended.result:
        return ended.said or f"opinion sync ended with {ended.code}"
    bad = f"; {len(refused)} refused: `triage opinion sync` says why" if refused else ""
    return f"opinions: {got} received, {sent} sent{bad}"


def step_said(step: dict[str, Any], started: float, now: float) -> tuple[str, float | None]:
    """Return one step of a run as a sentence, and how much of it is done from 0 to 1, None where nobody knows."""
    done, total = step.get("done", 0), step.get("total")
    if not total:
        return f"{step.get('name', '')}: {step.get('what', '')} {short(done)}", None
    part = min(1.0, done / total)
    left = (now - started) * (1 - part) / part if part > 0.02 else None
    rest = "" if left is None else f", {round(left)} s left" if left < 100 else f", {round(left / 60)} min left"
    return f"{step.get('name', '')}: {step.get('what', '')} {short(done)} of {short(total)}{rest}", part
