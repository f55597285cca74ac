# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other tools asked about patches: a command that speaks b4's check protocol, and a patchwork for a patch's state and delegate.

Source: https://b4.docs.kernel.org/ (review-perpatch-check-cmd), https://patchwork.readthedocs.io/en/latest/api/rest/
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from triage.archive.http import Limits, fetch
from triage.archive.reread import raw_mail
from triage.config import Checks, Config
from triage.model.checks import CheckResult
from triage.model.errors import TriageError
from triage.programs import ask_program
from triage.store import checks as stored
from triage.store import queries
from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import Index, Personal, open_index, open_personal

SECONDS = 60.0
"""How long the command may take for one patch."""
BUDGET = 30.0
"""Seconds for which a scheduled run begins to ask each of them; the next run goes on."""
MOST = 500
FAILURES = 3
"""So many in a row mean that the server is away, and nothing more is asked of it in this run."""
DAY = 86400
KEPT = 180 * DAY
COMMAND, PATCHWORK = "command", "patchwork"
MAX_WORDS, MAX_DETAILS = 300, 8000
_STATUS = {"fail": "fail", "warning": "warn", "success": "pass"}


def run_checks(config: Config) -> str:
    """Ask about recent patches what was not asked yet, and patchwork again after a day.

    What time does not allow is asked by the next run. Returns why one could not be asked, "" where both could.
    """
    begin = int(time.time())
    checks = config.checks
    try:
        with closing(open_index(config.paths.index)) as index, closing(open_personal(config.paths.personal, write=True)) as notes:
            stored.forget_results(notes, index, begin - KEPT)
            names = stored.to_check(index, begin - checks.days * DAY, MOST)
            own = stored.asked(notes, COMMAND, _words(checks))
            there = stored.asked(notes, PATCHWORK, checks.patchwork)
            late = [name for name in names if begin - there.get(name, 0) >= DAY]
            return _ask(index, notes, checks, [name for name in names if name not in own], late, BUDGET)
    except (TriageError, *DATABASE_ERRORS) as error:
        return str(error)


def forget_withdrawn(config: Config, index: Index) -> None:
    """Forget what tools said of mails that were withdrawn, and what they said long ago; where that cannot be, a later run does so."""
    if config.paths.personal.exists():
        with suppress(TriageError, *DATABASE_ERRORS), closing(open_personal(config.paths.personal, write=True)) as notes:
            stored.forget_results(notes, index, int(time.time()) - KEPT)


def ask_about(config: Config, index: Index, message_ids: Iterable[str]) -> str:
    """Ask everything about some mails now, whatever was said before; returns why one could not be asked, "" where all could."""
    names = list(message_ids)
    with closing(open_personal(config.paths.personal, write=True)) as notes:
        return _ask(index, notes, config.checks, names, names, SECONDS * max(1, len(names)))


def _words(checks: Checks) -> str:
    return json.dumps(list(checks.command))


def _ask(
    index: Index, notes: Personal, checks: Checks, for_command: Sequence[str], for_patchwork: Sequence[str], seconds: float
) -> str:  # fmt: skip
    """Ask the patchwork and the command about mails, and keep what they say; returns the last reason for which one could not be asked."""

    def patchwork(name: str) -> list[CheckResult]:
        return _from_patchwork(checks.patchwork, name)

    def command(name: str) -> list[CheckResult] | None:
        try:
            content = raw_mail(index, queries.find_message(index, name))
        except TriageError:
            return None  # its archive is away: the next run may find it
        return _from_command(checks.command, content)

    troubles = [
        _each(notes, PATCHWORK, checks.patchwork, for_patchwork if checks.patchwork else (), patchwork, seconds),
        _each(notes, COMMAND, _words(checks), for_command if checks.command else (), command, seconds),
    ]
    return "; ".join(trouble for trouble in troubles if trouble)


def _each(
    notes: Personal, source: str, words: str, names: Sequence[str], answer: Callable[[str], list[CheckResult] | None], seconds: float
) -> str:  # fmt: skip
    end = time.monotonic() + seconds
    why, failed = "", 0
    for name in names:
        if time.monotonic() > end or failed == FAILURES:
            break
        try:
            said = answer(name)
            failed = 0
            if said is not None:
                stored.save_results(notes, name, source, words, int(time.time()), said)
        except TriageError as error:
            why, failed = str(error), failed + 1
    return why


def _from_command(words: Sequence[str], content: bytes) -> list[CheckResult]:
    """Return what the command says of a mail, as b4 takes it; raises `TriageError` where it cannot be started."""
    answer = ask_program(words, content, SECONDS)
    program = PurePath(words[0]).name
    if not answer.started:
        raise TriageError(f"cannot run {words[0]} of [checks]", answer.why)
    if answer.why or (answer.code and not answer.out.strip()):
        summary = answer.why or f"exited with error code {answer.code}"
        return [_result({"summary": summary, "details": answer.err.decode("utf-8", "replace").strip()}, program)]
    return read_results(answer.out, program)


def read_results(said: bytes, program: str) -> list[CheckResult]:
    """Read what a check command printed, an object or a list of them, as b4 does: no word is no result, other words are a failure."""
    if not said.strip():
        return []
    try:
        data = json.loads(said)
    except (ValueError, RecursionError) as error:
        return [_result({"summary": f"invalid JSON output: {error}", "details": said.decode("utf-8", "replace")}, program)]
    return [_result(row, program) for row in (data if isinstance(data, list) else [data]) if isinstance(row, dict)]


def _result(row: dict[str, Any], program: str) -> CheckResult:
    def word(key: str, size: int, default: str = "") -> str:
        return str(row.get(key) or default)[:size].encode("utf-8", "replace").decode()

    status, summary = row.get("status"), word("summary", MAX_WORDS)
    if status not in (None, "pass", "warn", "fail"):
        summary = f"unknown status {word('status', 20)!r}, taken as fail{f': {summary}' if summary else ''}"
    return CheckResult(
        word("tool", 60, program), status if status in ("pass", "warn", "fail") else "fail", summary, word("details", MAX_DETAILS),
        word("url", MAX_WORDS),
    )  # fmt: skip


def _from_patchwork(url: str, name: str) -> list[CheckResult]:
    """Return how a patch stands in a patchwork: its state, its delegate, and the sum of its checks; nothing of one that is not there."""
    body = fetch(f"{url.rstrip('/')}/api/patches/?msgid={quote(name, safe='@.-_+=~')}", limits=Limits(total=20.0, size=1 << 20, waits=()))
    try:
        rows = json.loads(body or b"[]")
        # one that does not know the parameter answers with the newest patches of all
        return [_state(row) for row in rows if str(row["msgid"]).strip("<>") == name][:1]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise TriageError(f"{url} answers otherwise than a patchwork", "check [checks], patchwork in config.toml") from error


def _state(row: dict[str, Any]) -> CheckResult:
    delegate = (row.get("delegate") or {}).get("username") or "nobody"
    checks = str(row.get("check") or "pending")
    said = f"{str(row['state']).replace('-', ' ')}, delegate {delegate}, checks {checks}"
    result = _result({"tool": PATCHWORK, "summary": said, "url": row.get("web_url")}, PATCHWORK)
    return replace(result, status=_STATUS.get(checks, "pending"))
