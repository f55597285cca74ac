# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is by open requests: asked of nobody where nobody asked, which is nearly always."""

from datetime import UTC, date, datetime

from triage.store.personal import Turn
from triage.store.schema import Index


def any_requests(connection: Index) -> bool:
    """Say whether anybody ever asked for an opinion."""
    return connection.execute("select 1 from opinion where kind = 'ask' limit 1").fetchone() is not None


def turns(connection: Index, me: str, now: int) -> dict[int, Turn]:
    """Return whose turn it is for the series with open requests that concern `me`, an address: asked, or asking and overdue at `now`."""
    if not me or not any_requests(connection):
        return {}
    from triage.model.opinion import Standing
    from triage.store.opinions import requests

    found: dict[int, Turn] = {}
    today = datetime.fromtimestamp(now, UTC).date()
    for series, stand in requests(connection):
        due = stand.record.due
        if stand.state is not Standing.ASKED:
            continue
        if me.casefold() in stand.waiting:
            known = found.get(series)
            sooner = not known or not known.mine or not known.due or (due and due < known.due)
            found[series] = Turn(True, due=due or "") if sooner else known or Turn(True)
        elif stand.is_by(me) and due and _day(due) < today and series not in found:
            found[series] = Turn(False, int(datetime.combine(_day(due), datetime.min.time(), UTC).timestamp()) + 86400, due)
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.max
