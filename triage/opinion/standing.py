# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts: from all records to the opinions that stand, and from those to where a finding stands. Pure, never stored."""

from collections.abc import Iterable

from triage.model import Opinion, Status
from triage.opinion.record import CORRECTIONS, DECISIONS, OPINIONS, others_of
from triage.series.corrections import Correction, Named

_DECIDED = {"confirm": Status.CONFIRMED, "dismiss": Status.DISMISSED, "waive": Status.WAIVED}


def finding_id(opinion: Opinion) -> str:
    """Return the id of the finding that a record is about, "" for none."""
    return opinion.finding.partition(" ")[0]


def standing(opinions: Iterable[Opinion]) -> list[Opinion]:
    """Return the records that stand: of each reviewer the last one on a target and finding, unless withdrawn.

    Order is that of each log, never a clock's. Records that broke the rules of their log (`bad`) do not count.
    """
    last: dict[tuple[str, str, str, str], Opinion] = {}
    by_id: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for opinion in opinions:
        if opinion.signed == "bad":
            continue
        who = opinion.reviewer.email.casefold()
        if opinion.kind == "withdraw":
            key = by_id.get((who, opinion.replaces))
            if key and last.get(key) and last[key].id == opinion.replaces:
                del last[key]
            continue
        key = (who, opinion.target, finding_id(opinion), opinion.slot)
        last[key] = opinion
        by_id[(who, opinion.id)] = key
    return list(last.values())


def status(opinions: Iterable[Opinion]) -> Status:
    """Return where a finding stands by the decisions among standing records about it; several kinds are a dispute."""
    kinds = {opinion.kind for opinion in opinions if opinion.kind in DECISIONS}
    if len(kinds) > 1:
        return Status.DISPUTED
    return _DECIDED[kinds.pop()] if kinds else Status.OPEN


def tally(opinions: Iterable[Opinion]) -> dict[str, int]:
    """Return how many standing opinions agree, disagree and are unsure."""
    counts = dict.fromkeys(OPINIONS, 0)
    for opinion in opinions:
        if opinion.kind in counts:
            counts[opinion.kind] += 1
    return counts


def corrections(opinions: Iterable[Opinion]) -> list[Correction]:
    """Return what people corrected and still stands, in the order of time: the later one has the last word."""
    stands = [opinion for opinion in standing(opinions) if opinion.kind in CORRECTIONS]
    return [
        Correction(opinion.id, opinion.kind, Named(opinion.target_message, opinion.target), others_of(opinion))
        for opinion in sorted(stands, key=lambda opinion: (opinion.time, opinion.id))
    ]
