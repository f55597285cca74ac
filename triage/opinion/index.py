# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions laid over the index: read from git when a log moved, checked, and what they come to worked out for every touched series."""

import os
import re
from collections.abc import Callable

from msgspec.structs import replace

from triage.config import Config, Paths
from triage.model.errors import ArchiveError, KeysError
from triage.model.opinion import Record
from triage.model.verdicts import CORRECTIONS
from triage.opinion.damage import is_lost
from triage.opinion.keyring import in_force
from triage.opinion.keys import KeyRing
from triage.opinion.log import Entry, OpinionLog, read_entry
from triage.opinion.matching import FindingContext, SeriesContext
from triage.opinion.memory import indexed_tips, note_tips, seen_tips
from triage.opinion.refs import KEYS
from triage.opinion.signatures import Cache, Verifier
from triage.opinion.standing import Outcome, corrections, weigh
from triage.opinion.trust import UNREAD_KEYS, barred_by, marks_of
from triage.policy.context import ProjectContext
from triage.projects import Judges
from triage.store import opinions as stored
from triage.store.corrections import store_corrections
from triage.store.schema import Index, open_index
from triage.store.transaction import transaction

BATCH = 200
Voices = Callable[[str], ProjectContext]
"""The project of a policy as far as opinions go."""


def open_log(paths: Paths) -> OpinionLog:
    """Return the logs of a data directory, with what is remembered of their tips: beside them, else in the index."""
    return OpinionLog(paths.opinions, indexed_tips(paths) | seen_tips(paths.opinions))


def refresh(connection: Index, log: OpinionLog, voices: Voices) -> bool:
    """Bring the index up to the logs; returns whether anything moved. Cheap where nothing did.

    While keys that were here cannot be read, what the index says stands as it was; an index that says nothing yet holds all records as
    ones that do not count. A log that is lost, cut back or damaged stands as it was too: mail goes on being taken in.
    """
    known = stored.tips_stored(connection)
    log.remembered = known | log.remembered
    _remember(log, log.remembered)
    try:
        tips = log.tips()
    except ArchiveError:  # git cannot open the repository: `doctor` says so, and mail goes on
        return False
    if tips == known:
        _remember(log, tips)
        if stored.unsettled(connection, 1):  # a run was cut off between reading the logs and working out what they come to
            settle_standing(connection, voices)
        return False
    try:
        ring = in_force(log)
    except KeysError:
        return _hold(connection, log, tips, voices)
    cache = stored.load_verdicts(connection)
    before = set(cache)
    read, lost = _read_moved(log, tips, known, ring, cache)
    if not ring.keys and (project := _project_of(read)):  # so there were keys
        note_tips(log.path, {KEYS: project})
        log.remembered[KEYS] = project
        return _hold(connection, log, log.tips(), voices)
    with transaction(connection):
        for ref, goes_on, opinions in read:
            if not goes_on:
                stored.forget_log(connection, ref)
            stored.add_records(connection, ref, opinions)
        stored.store_verdicts(connection, {key: cache[key] for key in set(cache) - before})
        stored.store_tips(connection, tips)
        store_corrections(connection, corrections(stored.load_records(connection, (*CORRECTIONS, "withdraw"))))
    note_tips(log.path, {ref: tip for ref, tip in tips.items() if ref not in lost})
    settle_standing(connection, voices)
    return True


Moved = list[tuple[str, bool, list[Record]]]
"""Logs that moved: the ref, whether its records follow those in the index, and the records."""


def _read_moved(log: OpinionLog, tips: dict[str, str], known: dict[str, str], ring: KeyRing, cache: Cache) -> tuple[Moved, set[str]]:
    """Return what moved since the index was made from `known`, and which logs are lost or damaged: in `tips` these stay where they were."""
    anew = tips.get(KEYS) != known.get(KEYS) or not known
    read: Moved = []
    lost: set[str] = set()
    for ref in sorted((set(tips) | set(known)) - {KEYS}):
        tip, since = tips.get(ref, ""), known.get(ref, "")
        if tip == since and not anew:
            continue
        try:
            if is_lost(log, ref, tip):
                raise ArchiveError("lost")
            goes_on = not anew and log.is_behind(since, tip) and all(log.is_behind(mark, since) for mark in marks_of(ring, ref))
            read.append((ref, goes_on, read_log(log, ref, tip, since if goes_on else "", ring, cache)))
        except ArchiveError:  # `opinion verify` and `doctor` say so
            lost.add(ref)
            tips.pop(ref, None)
            tips |= {ref: since} if since else {}
    return read, lost


def _remember(log: OpinionLog, tips: dict[str, str]) -> None:
    """Note beside the repository what is not noted there yet, as in a home that an older version made."""
    seen = seen_tips(log.path)
    note_tips(log.path, {ref: tip for ref, tip in tips.items() if ref not in seen})


def _project_of(read: Moved) -> str:
    """Return the project that records name, "" where none does."""
    named = (opinion.fields.get("Project", "") for _, _, opinions in read for opinion in opinions)
    return next((project for project in named if re.fullmatch("[0-9a-f]{40}", project)), "")


def _hold(connection: Index, log: OpinionLog, tips: dict[str, str], voices: Voices) -> bool:
    """Leave standing as it was while keys cannot be read; with nothing to leave, store what is in the logs as not to be believed."""
    fresh = not stored.any_records(connection)
    if fresh:
        with transaction(connection):
            for ref in sorted(set(tips) - {KEYS}):
                try:
                    found = [read_entry(ref, entry) for entry in log.entries(tips[ref])]
                except ArchiveError:
                    continue
                stored.add_records(connection, ref, [replace(opinion, barred=UNREAD_KEYS) for opinion in found])
            keys = tips.get(KEYS) or log.remembered.get(KEYS) or UNREAD_KEYS
            stored.store_tips(connection, {KEYS: keys})  # and of no log: all are read again once keys can be
    if fresh or stored.unsettled(connection, 1):
        settle_standing(connection, voices)
    return fresh


def read_log(log: OpinionLog, ref: str, tip: str, since: str, ring: KeyRing, cache: Cache) -> list[Record]:
    """Return the records of a log after `since`, each with what its form, its signature and the keys in force make of it."""
    return [opinion for _, opinion in read_entries(log, ref, tip, since, ring, cache)]


def read_entries(log: OpinionLog, ref: str, tip: str, since: str, ring: KeyRing, cache: Cache) -> list[tuple[Entry, Record]]:
    """Return what `read_log` does, each record with the commit it was read from."""
    marks = marks_of(ring, ref)
    found = [(replace(entry, content=b""), read_entry(ref, entry)) for entry in log.entries(tip, since, marks)]
    with Verifier(ring) as verifier:
        judged = verifier.judge_all(found, cache)
    return [(entry, replace(o, barred=barred_by(ring, o, entry))) for o, (entry, _) in zip(judged, found, strict=True)]


def settle_standing(connection: Index, voices: Voices) -> None:
    """Work out where records stand for every series that they, its mails or its findings changed for."""
    while waiting := stored.unsettled(connection, BATCH):
        with transaction(connection):
            said = stored.concerned(connection, waiting)
            for series in said:
                lay_over(connection, series, voices)
            stored.settled(connection, [series for series in waiting if series not in said])


def lay_over(connection: Index, series: int, voices: Voices) -> None:
    """Store what the records about one series come to; within a transaction."""
    scene = scene_of(connection, series, voices)
    if scene is None:
        stored.set_standing(connection, series, [], [], {})
        return
    outcome = outcome_of(connection, scene)
    places = [(row[0], row[1]) for row in stored.findings_of(connection, series)]
    findings = [(at, outcome.statuses[name].value, outcome.tallies[name]) for at, name in places]
    stored.set_standing(connection, series, outcome.stands, findings, outcome.totals)


def scene_of(connection: Index, series: int, voices: Voices) -> SeriesContext | None:
    """Return a series as far as opinions go, None where it is gone."""
    fingerprint = stored.fingerprint_of(connection, series)
    if fingerprint is None:
        return None
    older = stored.older_versions(connection, series)
    return SeriesContext(
        places=tuple(stored.mails_of(connection, [series])),
        fingerprint=fingerprint,
        items=tuple(FindingContext(*row[1:]) for row in stored.findings_of(connection, series)),
        older=tuple(stored.mails_of(connection, older)),
        older_fingerprints=frozenset(older.values()),
        voices=tuple(voices(policy) for policy in stored.policies_of(connection, series)),
    )  # fmt: skip


def outcome_of(connection: Index, scene: SeriesContext) -> Outcome:
    """Return what the records in the index come to for a series."""
    targets = {scene.fingerprint, *scene.older_fingerprints} | {item.target for item in scene.items}
    targets |= {place.target for place in (*scene.places, *scene.older)}
    mails = {place.message_id for place in (*scene.places, *scene.older)}
    return weigh(stored.records_about(connection, targets, {place.patch_id for place in scene.places} - {""}, mails), scene)


def refreshed(config: Config, log: OpinionLog | None = None, judges: Judges | None = None) -> Index:
    """Return the index with the logs as they are now laid over it; `log` and `judges` are those that the caller has anyway."""
    there = config.paths.index.exists()
    connection = open_index(config.paths.index, write=os.access(config.paths.index, os.W_OK) if there else config.paths.opinions.exists())
    refresh(connection, log or open_log(config.paths), (judges or Judges(config)).voices)
    return connection
