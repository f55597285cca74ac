# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other tools asked about patches: a command that speaks b4's check protocol, and a patchwork for a patch's state and delegate.

Source: https://b4.docs.kernel.org/ (review-perpatch-check-cmd), https://patchwork.readthedocs.io/en/latest/api/rest/
"""

import json
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from triage.archive.http import Limits, fetch
from triage.archive.reread import raw_mail
from triage.config import Checks, Config
from triage.model.checks import STATUSES, CheckResult
from triage.model.errors import TriageError
from triage.programs import ask_program
from triage.store import checks as stored
from triage.store import queries
from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import Index, Personal, open_index, open_personal

SECONDS = 60.0
"""How long the command may take for one patch."""
BUDGET = 60.0
"""How long a scheduled run may ask; the next one goes on."""
MOST = 500
FAILURES = 3
"""So many in a row mean that the tool is broken, and nothing more is asked of it in this run."""
DAY = 86400
KEPT = 180 * DAY
PATCHWORK = "patchwork"
MAX_WORDS, MAX_DETAILS = 300, 8000
_STATUS = {"fail": "fail", "warning": "warn"}


def run_checks(config: Config) -> str:
    """Ask about recent patches what was not asked yet, and patchwork again after a day; returns why it could not be, "" where it was."""
    begin = int(time.time())
    try:
        with closing(open_index(config.paths.index)) as index, closing(open_personal(config.paths.personal, write=True)) as notes:
            known = stored.asked(notes, begin - KEPT)
            stored.forget_withdrawn(notes, index)
            names = stored.to_check(index, begin - config.checks.days * DAY, MOST)
            own = {name for name, tool in known if tool != PATCHWORK}
            late = {name for (name, tool), at in known.items() if tool == PATCHWORK and begin - at < DAY}
            return ask(
                index, notes, config.checks, [name for name in names if name not in own], [n for n in names if n not in late], BUDGET
            )
    except (TriageError, *DATABASE_ERRORS) as error:
        return str(error)


def ask(
    index: Index, notes: Personal, checks: Checks, for_command: Sequence[str], for_patchwork: Sequence[str], seconds: float
) -> str:  # fmt: skip
    """Ask the command and the patchwork about mails, and keep what they say; returns the last reason for which one could not be asked."""
    end = time.monotonic() + seconds
    why = ""
    for tool, names in (("", for_command if checks.command else ()), (PATCHWORK, for_patchwork if checks.patchwork else ())):
        failed = 0
        for name in names:
            if time.monotonic() > end or failed == FAILURES:
                break
            try:
                results = _from_patchwork(checks.patchwork, name) if tool else _from_command(index, checks.command, name)
            except TriageError as error:
                why, failed = str(error), failed + 1
                continue
            failed = 0
            stored.save_results(notes, name, results)
    return why


def _from_command(index: Index, words: Sequence[str], name: str) -> list[CheckResult]:
    """Return what the command says of a mail; raises `TriageError` where it says nothing that can be read."""
    said, trouble = ask_program(words, raw_mail(index, queries.find_message(index, name)), SECONDS)
    try:
        return read_results(said, PurePath(words[0]).name, int(time.time()))
    except ValueError:
        raise TriageError(
            f"the command of [checks] said nothing of {name}", trouble or "it printed no JSON of b4's check protocol"
        ) from None


def read_results(said: bytes, program: str, at: int) -> list[CheckResult]:
    """Read what a check command printed: an object or a list of them; raises `ValueError` for anything else."""
    data = json.loads(said)
    rows = data if isinstance(data, list) else [data]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("no objects")
    found = [_result(row, program, at) for row in rows]
    return found or [CheckResult(program, "pass", "", "", "", at)]


def _result(row: dict[str, Any], program: str, at: int) -> CheckResult:
    def word(key: str, size: int, default: str = "") -> str:
        return str(row.get(key) or default)[:size].encode("utf-8", "replace").decode()

    status = row.get("status")
    return CheckResult(
        word("tool", 60, program), status if status in STATUSES else "fail", word("summary", MAX_WORDS), word("details", MAX_DETAILS),
        word("url", MAX_WORDS), at,
    )  # fmt: skip


def _from_patchwork(url: str, name: str) -> list[CheckResult]:
    """Return how a patch stands in a patchwork: its state, its delegate, and the sum of its checks; nothing of one that is not there."""
    at = int(time.time())
    body = fetch(f"{url.rstrip('/')}/api/patches/?msgid={quote(name, safe='@.-_+=~')}", limits=Limits(total=20.0, size=1 << 20, waits=()))
    try:
        rows = json.loads(body or b"[]")
        return [_state(row, at) for row in rows[:1]]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise TriageError(f"{url} answers otherwise than a patchwork", "check [checks], patchwork in config.toml") from error


def _state(row: dict[str, Any], at: int) -> CheckResult:
    delegate = (row.get("delegate") or {}).get("username") or "nobody"
    checks = str(row.get("check") or "pending")
    said = f"{str(row['state']).replace('-', ' ')}, delegate {delegate}, checks {checks}"
    return _result(
        {"tool": PATCHWORK, "status": _STATUS.get(checks, "pass"), "summary": said, "url": row.get("web_url")}, PATCHWORK, at
    )  # fmt: skip


def ask_about(config: Config, index: Index, message_ids: Iterable[str]) -> str:
    """Ask everything about some mails now, whatever was said before; returns why it could not be asked, "" where it was."""
    names = list(message_ids)
    with closing(open_personal(config.paths.personal, write=True)) as notes:
        return ask(index, notes, config.checks, names, names, SECONDS * max(1, len(names)))
