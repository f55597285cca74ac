# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of series as one person sees it: what speaks for each, whose turn it is, and what others said that stays hidden."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from triage.model import State
from triage.model.verdicts import SAID
from triage.store import lines, personal
from triage.store.lines import SeriesLine, Turns
from triage.store.schema import Index, Personal


def rows(connection: Index, notes: Personal, ids: list[int], now: int, turns: Turns, me: str) -> dict[int, SeriesLine]:
    """Return the lines of some series by id, with what only `me`, an address, can be told."""
    found = lines.series_lines(connection, notes, ids, now, turns)
    tops, names = lines.gravest_codes(connection, found), lines.list_names(connection, found)
    revealed = personal.revealed(notes)
    told = {one: line._replace(top=tops.get(one, ""), lists=names.get(one, ())) for one, line in found.items()}
    for one in lines.with_records(connection, found):
        mine, hidden = _said(connection, one, me, revealed)
        told[one] = told[one]._replace(mine=mine, hidden=hidden)
    return told


def _said(connection: Index, series: int, me: str, revealed: Iterable[str]) -> tuple[bool, int]:
    """Return whether somebody said anything of a series, and how many opinions of others are hidden from them."""
    from triage.model.opinion import PAST
    from triage.opinion.blind import Blind
    from triage.store.opinions import standing_of

    stands = [stand for stand in standing_of(connection, series) if stand.state not in PAST]
    blind = Blind.of(stands, me, revealed)
    hidden = {stand.record.id for stand in stands if blind.hides(stand)}
    return any(stand.is_by(me) and stand.record.kind in SAID for stand in stands), len(hidden)


def reason(line: SeriesLine, now: int) -> str:
    """Return in a word or two why a series is in the list, what waits for the user first; "" where nothing speaks for it."""
    today = datetime.fromtimestamp(now, UTC).date()
    if line.turn and line.turn.mine:
        return _until(line.turn.due, today) or "asked"
    if line.turn and line.turn.overdue is not None:
        return "overdue"
    if line.superseded:
        return ""
    if line.split and line.mine and not line.hidden:
        return "split"
    if line.outdated and line.mine:
        return "outdated"
    if line.top:
        return line.top
    if line.asked:
        return "waiting"
    return line.state.value if line.state in {State.NEW, State.UPDATED} else ""


def _until(due: str, today: date) -> str:
    """Return until when an answer is wanted, as `due 3d` or `late`; "" where no day is named."""
    try:
        left = (date.fromisoformat(due) - today).days
    except ValueError:
        return ""
    return "late" if left < 0 else "due today" if not left else f"due {left}d"
