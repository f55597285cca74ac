# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions laid over the index: read from git when a log moved, then every touched finding gets its status anew."""

import sqlite3
from collections.abc import Iterable

from triage.model import Opinion, Status
from triage.opinion.log import OpinionLog
from triage.opinion.standing import corrections, finding_id, standing, status, tally
from triage.store import opinions as stored
from triage.store.corrections import store_corrections
from triage.store.write import transaction


def refresh(connection: sqlite3.Connection, log: OpinionLog) -> bool:
    """Bring the index up to the logs; returns whether anything moved. Cheap where nothing did."""
    tips = log.tips()
    if tips == stored.tips_stored(connection):
        return False
    with transaction(connection):
        before = set(stored.touched_series(connection))
        opinions = list(log.read_all())
        stored.store_opinions(connection, opinions, tips)
        store_corrections(connection, corrections(opinions))
        lay_over(connection, before | set(stored.touched_series(connection)))
    return True


def lay_over(connection: sqlite3.Connection, series_ids: Iterable[int]) -> None:
    """Give the findings of some series their status from the opinions that stand; to be called inside a transaction."""
    for series_id in series_ids:
        targets = stored.targets_of(connection, series_id)
        valid = standing(stored.load_opinions(connection, targets))
        about: dict[str, list[Opinion]] = {}
        for opinion in valid:
            about.setdefault(finding_id(opinion), []).append(opinion)
        statuses: dict[int, str] = {}
        for position, finding, target, cured in stored.findings_of(connection, series_id):
            decided = status(o for o in about.get(finding, ()) if o.target == target)
            statuses[position] = (Status.CURED if cured and decided is Status.OPEN else decided).value
        stored.set_standing(connection, series_id, statuses, tally(valid))
