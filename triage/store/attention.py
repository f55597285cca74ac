# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order series need one person: what waits for their word first, then what is graver, then what is newer."""

import json
from collections.abc import Mapping

from triage.store.personal import Turn
from triage.store.schema import Index

FRESH = 90 * 86400
"""Seconds without mail, before the newest mail here, after which a series goes behind the others; what is asked of somebody never does."""


def order_by(connection: Index, turns: Mapping[int, Turn], me: str) -> tuple[str, list[object]]:
    """Return the order of attention as SQL over `series s`, with its parameters.

    Asked of me, overdue, split or outdated where I said something, error, warning, question, any of these that is old, the rest; within
    each newest first.
    """
    asked = [series for series, turn in turns.items() if turn.mine]
    overdue = [series for series, turn in turns.items() if not turn.mine and turn.overdue is not None]
    said = connection.execute(
        "select distinct t.series from standing t join opinion o using (log, commit_id) where o.reviewer_email = ?"
        " and t.state not in ('withdrawn', 'replaced')", (me.casefold(),),
    ) if me else ()  # fmt: skip
    mine = [row[0] for row in said]
    newest = connection.execute("select coalesce(max(activity), 0) from series").fetchone()[0]
    within = "s.id in (select value from json_each(?))"
    rank = (
        f"case when {within} then 0 when {within} then 1 when s.split and {within} then 2 when s.outdated > 0 and {within} then 3"
        " when s.error + s.warn + s.ask = 0 then 20 else case when s.error > 0 then 4 when s.warn > 0 then 5 else 6 end"
        " + case when s.activity < ? then 5 else 0 end end"
    )
    parameters: list[object] = [json.dumps(asked), json.dumps(overdue), json.dumps(mine), json.dumps(mine), newest - FRESH]
    return f"s.superseded, {rank}, s.activity desc, s.id desc", parameters
