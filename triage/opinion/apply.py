# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions laid over the index: read from git when a log moved, checked, and what they come to worked out for every touched series."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from triage.errors import TriageError
from triage.opinion.keylog import load_ring
from triage.opinion.keys import KeyRing
from triage.opinion.log import KEYS, Entry, OpinionLog, read_entry
from triage.opinion.record import CORRECTIONS
from triage.opinion.scene import Item, Scene, Voice
from triage.opinion.standing import Outcome, corrections, weigh
from triage.opinion.verify import Cache, Verifier
from triage.store import opinions as stored
from triage.store.corrections import store_corrections
from triage.store.write import transaction
from triage.testimony import Opinion

BATCH = 200
Voices = Callable[[str], Voice]
"""The project of a policy as far as opinions go."""


def refresh(connection: sqlite3.Connection, log: OpinionLog, voices: Voices) -> bool:
    """Bring the index up to the logs; returns whether anything moved. Cheap where nothing did."""
    tips, known = log.tips(), stored.tips_stored(connection)
    if tips == known:
        if stored.unsettled(connection, 1):  # a run was cut off between reading the logs and working out what they come to
            settle_standing(connection, voices)
        return False
    ring = trusted_ring(log)
    anew = tips.get(KEYS) != known.get(KEYS)
    cache = stored.load_verdicts(connection)
    before = set(cache)
    read: list[tuple[str, bool, list[Opinion]]] = []
    for ref in sorted((set(tips) | set(known)) - {KEYS}):
        tip, since = tips.get(ref, ""), known.get(ref, "")
        if tip and tip == since and not anew:
            continue
        goes_on = bool(tip) and not anew and log.is_behind(since, tip)
        read.append((ref, goes_on, read_log(log, ref, tip, since if goes_on else "", ring, cache) if tip else []))
    with transaction(connection):
        for ref, goes_on, opinions in read:
            if not goes_on:
                stored.forget_log(connection, ref)
            stored.add_opinions(connection, ref, opinions)
        stored.store_verdicts(connection, {key: cache[key] for key in set(cache) - before})
        stored.store_tips(connection, tips)
        said = stored.load_opinions(connection, (*CORRECTIONS, "withdraw"))
        store_corrections(connection, corrections(o for o in said if o.signed == "good" or not ring.keys))
    settle_standing(connection, voices)
    return True


def trusted_ring(log: OpinionLog) -> KeyRing:
    """Return the keys that are trusted here; keys that cannot be read trust nobody."""
    try:
        return load_ring(log)
    except TriageError:
        return KeyRing()


def read_log(log: OpinionLog, ref: str, tip: str, since: str, ring: KeyRing, cache: Cache) -> list[Opinion]:
    """Return the records of a log after `since`, each with what its form and its signature are worth."""
    found: list[tuple[Entry, Opinion]] = [(replace(entry, content=b""), read_entry(ref, entry)) for entry in log.entries(tip, since)]
    with Verifier(ring) as verifier:
        return verifier.judge_all(found, cache)


def settle_standing(connection: sqlite3.Connection, voices: Voices) -> None:
    """Work out where records stand for every series that they, its mails or its findings changed for."""
    while waiting := stored.unsettled(connection, BATCH):
        with transaction(connection):
            said = stored.concerned(connection, waiting)
            for series in said:
                lay_over(connection, series, voices)
            stored.settled(connection, [series for series in waiting if series not in said])
    if connection.execute("pragma query_only").fetchone()[0] == 0:
        with transaction(connection):
            stored.forget_unsettled(connection)


def lay_over(connection: sqlite3.Connection, series: int, voices: Voices) -> None:
    """Store what the records about one series come to; within a transaction."""
    scene = scene_of(connection, series, voices)
    if scene is None:
        stored.set_standing(connection, series, [], [], {})
        return
    outcome = outcome_of(connection, scene)
    rows = [(s.opinion.log, s.opinion.commit, s.about, s.message_id, s.state.value, s.why) for s in outcome.stands]
    places = [(row[0], row[1]) for row in stored.findings_of(connection, series)]
    findings = [(at, outcome.statuses[name].value, outcome.tallies[name]) for at, name in places]
    stored.set_standing(connection, series, rows, findings, outcome.totals)


def scene_of(connection: sqlite3.Connection, series: int, voices: Voices) -> Scene | None:
    """Return a series as far as opinions go, None where it is gone."""
    fingerprint = stored.fingerprint_of(connection, series)
    if fingerprint is None:
        return None
    older = stored.older_versions(connection, series)
    return Scene(
        places=tuple(stored.mails_of(connection, [series])),
        fingerprint=fingerprint,
        items=tuple(Item(*row[1:]) for row in stored.findings_of(connection, series)),
        older=tuple(stored.mails_of(connection, older)),
        older_fingerprints=frozenset(older.values()),
        voices=tuple(voices(policy) for policy in stored.policies_of(connection, series)),
    )  # fmt: skip


def outcome_of(connection: sqlite3.Connection, scene: Scene) -> Outcome:
    """Return what the records in the index come to for a series."""
    targets = {scene.fingerprint, *scene.older_fingerprints} | {item.target for item in scene.items}
    targets |= {place.target for place in (*scene.places, *scene.older)}
    mails = {place.message_id for place in (*scene.places, *scene.older)}
    return weigh(stored.opinions_about(connection, targets, {place.patch_id for place in scene.places} - {""}, mails), scene)
