# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other tools said of patches: kept on this machine beside what was looked at, forgotten with the mail."""

from collections.abc import Iterable, Mapping

from triage.model.checks import CheckResult
from triage.store.schema import Index, Personal
from triage.store.statement import chunks, marks


def save_results(connection: Personal, message_id: str, results: Iterable[CheckResult]) -> None:
    """Keep what tools said of a mail; what each said before is forgotten."""
    connection.executemany(
        "insert or replace into check_result (message_id, tool, status, summary, details, url, at) values (?, ?, ?, ?, ?, ?, ?)",
        [(message_id, one.tool, one.status, one.summary, one.details, one.url, one.at) for one in results],
    )


def results_of(connection: Personal, message_ids: Iterable[str]) -> dict[str, tuple[CheckResult, ...]]:
    """Return what tools said of some mails, those with anything alone."""
    found: dict[str, list[CheckResult]] = {}
    for part in chunks(message_ids):
        rows = connection.execute(
            "select message_id, tool, status, summary, details, url, at from check_result"
            f" where message_id in ({marks(part)}) order by message_id, tool", part,
        )  # fmt: skip
        for name, *row in rows:
            found.setdefault(name, []).append(CheckResult(*row))
    return {name: tuple(results) for name, results in found.items()}


def asked(connection: Personal, since: int) -> Mapping[tuple[str, str], int]:
    """Return when each tool was asked of each mail, by Message-ID and tool, and forget what is older than `since`."""
    connection.execute("delete from check_result where at < ?", (since,))
    return {(row[0], row[1]): row[2] for row in connection.execute("select message_id, tool, at from check_result")}


def forget_withdrawn(connection: Personal, index: Index) -> None:
    """Forget what was said of mails that their archive withdrew: it may quote them."""
    for part in chunks(row[0] for row in index.execute("select message_id from message where gone = 'withdrawn'")):
        connection.execute(f"delete from check_result where message_id in ({marks(part)})", part)


def to_check(index: Index, since: int, most: int) -> list[str]:
    """Return the patches of newest versions that had mail since a moment, newest first."""
    rows = index.execute(
        "select m.message_id from message m join series s on s.id = m.series where m.kind in ('patch', 'reply-patch') and m.gone = ''"
        " and not s.superseded and s.activity >= ? order by m.posted desc, m.id desc limit ?", (since, most),
    )  # fmt: skip
    return [row[0] for row in rows]
