# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads with all that judging them takes, read from what is stored."""

from collections.abc import Mapping

from msgspec import Struct

from triage.model import Evidence
from triage.model.corrections import Correction
from triage.policy.rules.case import Before, declared
from triage.store import derive
from triage.store.corrections import corrections_naming
from triage.store.pool import Pool, load_pool
from triage.store.schema import Index


class Batch(Struct, frozen=True):
    """Threads with what judging them needs to know beside their mails."""

    pool: Pool
    lists: Mapping[int, frozenset[int]]
    """By row, the lists that hold a mail."""
    older: Mapping[int, tuple[tuple[Evidence, ...], Before | None]]
    """By series as it was, what its older versions declare, and the version before."""
    corrections: tuple[Correction, ...]
    """Those that name one of its mails."""


def load_batch(connection: Index, threads: set[int]) -> Batch:
    """Return the mails of some threads, as they are at one moment, with what judging them needs to know beside."""
    pool = load_pool(connection, threads)
    old = {series for series in pool.series_of.values() if series is not None}
    older = {one: (earlier_evidence(connection, one), version_before(connection, one)) for one in derive.followers(connection, old)}
    corrections = corrections_naming(connection, pool.names())
    return Batch(pool, _freeze(derive.lists_of(connection, pool.rows)), older, corrections)


def _freeze(items: Mapping[int, set[int]]) -> dict[int, frozenset[int]]:
    """Return sets that may be shared: mails that are on the same lists share one."""
    known: dict[frozenset[int], frozenset[int]] = {}
    return {key: known.setdefault(one := frozenset(value), one) for key, value in items.items()}


def version_before(connection: Index, series_id: int) -> Before | None:
    """Return the version before a series, None where there is none or likeness alone ties them."""
    found = derive.version_before(connection, series_id)
    return Before(found[0], found[1]) if found else None


def earlier_evidence(connection: Index, series_id: int) -> tuple[Evidence, ...]:
    """Return what the nearest older version that declares anything declares; a link of likeness alone hands nothing on."""
    for older in derive.older_with_tools(connection, series_id):
        series, replies = derive.stored_series(connection, older)
        if series.members:  # one whose mails were withdrawn a moment ago is still to be rebuilt
            return tuple(declared(series, replies))
    return ()
