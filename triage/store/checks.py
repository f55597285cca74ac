# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other tools said of patches: kept on this machine beside what was looked at, forgotten with the mail."""

from collections.abc import Iterable
from pathlib import Path

from triage.model.checks import STATUSES, CheckResult
from triage.store.schema import Index, Personal
from triage.store.statement import chunks, marks
from triage.store.transaction import transaction


def save_results(connection: Personal, message_id: str, source: str, words: str, at: int, results: Iterable[CheckResult]) -> None:
    """Keep what a source said of a mail when it was asked in these words, be it nothing; what it said before is forgotten.

    Of several results of one tool the worst is kept.
    """
    worst: dict[str, CheckResult] = {}
    for one in results:
        if one.tool not in worst or _badness(one) > _badness(worst[one.tool]):
            worst[one.tool] = one
    with transaction(connection, Path("personal.db")):
        connection.execute("delete from check_result where message_id = ? and source = ?", (message_id, source))
        connection.execute(
            "insert or replace into check_asked (message_id, source, words, at) values (?, ?, ?, ?)", (message_id, source, words, at)
        )
        connection.executemany(
            "insert into check_result (message_id, source, tool, status, summary, details, url) values (?, ?, ?, ?, ?, ?, ?)",
            [(message_id, source, one.tool, one.status, one.summary, one.details, one.url) for one in worst.values()],
        )


def _badness(result: CheckResult) -> int:
    return STATUSES.index(result.status)


def results_of(connection: Personal, message_ids: Iterable[str]) -> dict[str, tuple[CheckResult, ...]]:
    """Return what tools said of some mails, those with anything alone."""
    found: dict[str, list[CheckResult]] = {}
    for part in chunks(message_ids):
        rows = connection.execute(
            "select message_id, tool, status, summary, details, url, at from check_result join check_asked using (message_id, source)"
            f" where message_id in ({marks(part)}) order by message_id, source, tool", part,
        )  # fmt: skip
        for name, *row in rows:
            found.setdefault(name, []).append(CheckResult(*row))
    return {name: tuple(results) for name, results in found.items()}


def asked(connection: Personal, source: str, words: str) -> dict[str, int]:
    """Return when a source was asked in these words, by Message-ID."""
    return dict(connection.execute("select message_id, at from check_asked where source = ? and words = ?", (source, words)).fetchall())


def forget_results(connection: Personal, index: Index, since: int) -> None:
    """Forget what was said before `since`, and of mails that their archive withdrew: it may quote them."""
    gone = [row[0] for row in index.execute("select message_id from message where gone = 'withdrawn'")]
    with transaction(connection, Path("personal.db")):
        connection.execute(
            "delete from check_result where exists (select 1 from check_asked a where a.message_id = check_result.message_id"
            " and a.source = check_result.source and a.at < ?)", (since,),
        )  # fmt: skip
        connection.execute("delete from check_asked where at < ?", (since,))
        for part in chunks(gone):
            connection.execute(f"delete from check_result where message_id in ({marks(part)})", part)


def to_check(index: Index, since: int, most: int) -> list[str]:
    """Return the patches of newest versions that had mail since a moment, newest first."""
    rows = index.execute(
        "select m.message_id from series s cross join message m on m.series = s.id where s.activity >= ? and not s.superseded"
        " and m.kind in ('patch', 'reply-patch') and m.gone = '' order by m.posted desc, m.message_id, m.blob limit ?", (since, most),
    )  # fmt: skip
    return [row[0] for row in rows]
