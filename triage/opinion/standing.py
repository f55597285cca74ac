# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts: from all records about a series to where each of them stands, and from that to where its findings stand. Pure."""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from msgspec import Struct, field
from msgspec.structs import replace

from triage.model import MessageId, Person, Status
from triage.model.corrections import Correction, Named
from triage.model.opinion import COUNTING, Record, Stand, Standing
from triage.model.verdicts import CORRECTIONS, DECISIONS, OPINIONS
from triage.opinion.matching import FindingContext, SeriesContext, locate
from triage.opinion.record import against, asked_of, others_of
from triage.opinion.trust import why_not_counted
from triage.policy.context import ProjectContext
from triage.policy.people import People

_DECIDED = {"confirm": Status.CONFIRMED, "dismiss": Status.DISMISSED, "waive": Status.WAIVED}


class Outcome(Struct):
    """What the records about a series come to."""

    stands: list[Stand]
    statuses: dict[str, Status] = field(default_factory=dict)
    """By finding."""
    tallies: dict[str, dict[str, int]] = field(default_factory=dict)
    """Opinions that count, by finding."""
    totals: dict[str, int] = field(default_factory=dict)


def weigh(opinions: Iterable[Record], scene: SeriesContext) -> Outcome:
    """Return where the records about a series stand; `opinions` come in the order of their logs, withdrawals among them."""
    found = _located(_live(opinions), scene)
    stands = [_trusted(stand, scene) for stand in _nearest(found)]
    deciders = deciders_of(stands, scene)
    asking = {item.id: askers(stands, item.id) for item in scene.items if item.demand}
    stands = [_eligible(stand, scene, deciders, asking) for stand in stands]
    speaking = _by_reviewer(stands)
    stands = [_asked(stand, speaking) for stand in stands]
    outcome = Outcome(stands)
    counting: dict[str, list[Stand]] = {}
    for stand in stands:
        if stand.state in COUNTING:
            counting.setdefault(stand.finding, []).append(stand)
    for item in scene.items:
        about = counting.get(item.id, [])
        outcome.tallies[item.id] = _persons(about, scene.heard(item)) if item.demand else _tally(stand.record for stand in about)
        outcome.statuses[item.id] = _status(item, about, outcome.tallies[item.id])
    outcome.totals = _totals(outcome)
    return outcome


def standing(opinions: Iterable[Record]) -> list[Record]:
    """Return the records that nobody took back or replaced: of each reviewer the last one on a target and finding.

    Order is that of each log, never a clock's. Records that broke the rules of their log (`bad`) do not count.
    """
    return [opinion for opinion, state, _ in _live(opinions) if state is Standing.COUNTS]


def corrections(opinions: Iterable[Record]) -> list[Correction]:
    """Return what people corrected and still stands: who corrected in sight of another comes after them, else the later one does.

    The last one has the last word, so that no date of somebody's keeps others from taking back what they said.
    """
    stands = {o.id: o for o in standing(opinions) if o.kind in CORRECTIONS}
    ordered = [stands[name] for name in _in_sight({o.id: (o.time, against(o)) for o in stands.values()})]
    return [Correction(o.id, o.kind, Named(o.target_message, o.target), others_of(o)) for o in ordered]


def _in_sight(said: dict[MessageId, tuple[str, tuple[str, ...]]]) -> list[MessageId]:
    """Return records in the order of time, but each after those that it was made in sight of; those in a ring come last."""
    waits = {name: {MessageId(one) for one in seen} & set(said) - {name} for name, (_, seen) in said.items()}
    follow: dict[MessageId, list[MessageId]] = {}
    for name, seen in waits.items():
        for one in seen:
            follow.setdefault(one, []).append(name)
    free = [(said[name][0], name) for name, seen in waits.items() if not seen]
    heapify(free)
    ordered: list[MessageId] = []
    while free:
        name = heappop(free)[1]
        ordered.append(name)
        for later in follow.get(name, ()):
            waits[later].discard(name)
            if not waits[later]:
                heappush(free, (said[later][0], later))
    done = set(ordered)
    return ordered + sorted((name for name in said if name not in done), key=lambda name: (said[name][0], name))


Live = tuple[Record, Standing, str]


def _live(opinions: Iterable[Record]) -> list[Live]:
    """Say of each record whether its own log took it back or replaced it; withdrawals themselves are left out."""
    rows: list[Live] = []
    last: dict[tuple[str, str, str, str], int] = {}
    by_id: dict[tuple[str, str], int] = {}
    for opinion in opinions:
        who = opinion.reviewer.email.casefold()
        if why := why_not_counted(opinion):
            rows.append((opinion, Standing.UNTRUSTED, why))
            continue
        if opinion.kind == "withdraw":
            at = by_id.get((who, opinion.replaces), -1)
            if at >= 0 and rows[at][1] is Standing.COUNTS:
                rows[at] = (rows[at][0], Standing.WITHDRAWN, opinion.reason)
            continue
        if (who, opinion.id) in by_id:
            rows.append((opinion, Standing.UNTRUSTED, "it repeats an earlier record"))
            continue
        key = (who, opinion.target, opinion.finding.id, opinion.slot)
        before = last.get(key, -1)
        if before >= 0 and rows[before][1] is Standing.COUNTS:
            rows[before] = (rows[before][0], Standing.REPLACED, f"by {opinion.id}")
        last[key] = by_id[(who, opinion.id)] = len(rows)
        rows.append((opinion, Standing.COUNTS, ""))
    return rows


def _located(rows: Iterable[Live], scene: SeriesContext) -> list[Stand]:
    found: list[Stand] = []
    for opinion, state, why in rows:
        spot = locate(opinion, scene)
        if spot is not None:
            about, message_id, moved, reason = spot
            found.append(Stand(opinion, about, message_id, moved if state is Standing.COUNTS else state, why or reason))
    return found


_NEARNESS = {Standing.COUNTS: 0, Standing.CARRIED: 1, Standing.OUTDATED: 2}


def _nearest(stands: Sequence[Stand]) -> list[Stand]:
    """Of what one reviewer said of one question on several versions, let what was said nearest to this one stand."""
    best: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    for number, stand in enumerate(stands):
        if stand.state in _NEARNESS:
            key = _question(stand)
            rank = (_NEARNESS[stand.state], -number)
            best[key] = min(best.get(key, rank), rank)
    return [
        replace(stand, state=Standing.REPLACED, why=f"by {stands[-best[_question(stand)][1]].record.id}")
        if stand.state in _NEARNESS and stand.state is not Standing.OUTDATED and -best[_question(stand)][1] != number
        else stand
        for number, stand in enumerate(stands)
    ]


def _question(stand: Stand) -> tuple[str, str, str, str]:
    return stand.record.reviewer.email.casefold(), stand.finding, stand.message_id, stand.record.slot


def _trusted(stand: Stand, scene: SeriesContext) -> Stand:
    signed_only = any(voice.signed_only for voice in scene.heard(_item(stand, scene)))
    why = why_not_counted(stand.record, signed_only) if stand.state in COUNTING else ""
    return replace(stand, state=Standing.UNTRUSTED, why=why) if why else stand


def _item(stand: Stand, scene: SeriesContext) -> FindingContext | None:
    return next((item for item in scene.items if item.id == stand.finding), None)


def askers(stands: Iterable[Stand], about: str) -> set[str]:
    """Return who asks for an opinion on a finding, by address."""
    asking = (*COUNTING, Standing.ASKED, Standing.ANSWERED)
    found = (stand for stand in stands if stand.record.kind == "ask" and stand.finding == about and stand.state in asking)
    return {stand.record.reviewer.email.casefold() for stand in found}


def deciders_of(stands: Iterable[Stand], scene: SeriesContext) -> dict[str, tuple[str, ...]]:
    """Return who decided on what a demand is about, by finding: on any finding of the same rule, and whether or not they decided again.

    All of them, since no clock of theirs tells who was first.
    """
    origins = {item.id: f"{item.pack}/{item.rule}" for item in scene.items}
    who: dict[str, set[str]] = {}
    for stand in stands:
        if stand.record.kind in DECISIONS and stand.state in (*COUNTING, Standing.REPLACED) and stand.finding in origins:
            who.setdefault(origins[stand.finding], set()).add(stand.record.reviewer.email.casefold())
    return {item.id: tuple(sorted(who.get(origins[item.id], ()))) for item in scene.items if item.demand}


def _eligible(stand: Stand, scene: SeriesContext, deciders: dict[str, tuple[str, ...]], asking: dict[str, set[str]]) -> Stand:
    if stand.state not in COUNTING or stand.record.kind not in (*OPINIONS, "waive"):
        return stand
    others = Others(deciders.get(stand.finding, ()), tuple(asking.get(stand.finding, ())))
    why = barred(stand.record.reviewer, scene, stand.message_id, _item(stand, scene), stand.record.kind, others)
    return replace(stand, state=Standing.EXCLUDED, why=why) if why else stand


class Others(Struct, frozen=True):
    """Who had a part in a question already, by address."""

    deciders: tuple[str, ...] = ()
    askers: tuple[str, ...] = ()


def barred(who: Person, scene: SeriesContext, message_id: str, item: FindingContext | None, kind: str, others: Others) -> str:
    """Say why somebody's opinion of a kind would not count, "" where it would.

    Author and sender speak for their own patch, so they neither give a second opinion on it nor waive anything for it. Where a policy
    demands a second opinion, who decided on it, who granted the exception, and who lacks the role cannot give it either.
    """
    demand = item.demand if item else None
    own = [place for place in scene.places if place.message_id == message_id] if not demand else []
    voices = scene.heard(item) or (ProjectContext(""),)

    def same(other: Person) -> bool:
        return any(voice.people.same(who, other) for voice in voices)

    for place in own or scene.places:
        if same(place.author):
            return "they are the author"
        if same(place.sender):
            return "they sent it"
    if demand is None or kind not in OPINIONS:
        return ""
    if any(same(Person("", address)) for address in others.deciders):
        return "they decided on it"
    if any(same(Person("", address)) for address in demand.not_by):
        return "they granted the exception"
    if "requester" in demand.distinct_from and any(same(Person("", address)) for address in others.askers):
        return "they asked for it"
    rosters = [voice.people for voice in voices if voice.people.areas]
    if demand.role and rosters and not any(_holds(people, who, demand.role) for people in rosters):
        return f"the project's roster does not name them as {demand.role}"
    return ""


def _holds(people: People, who: Person, role: str) -> bool:
    """Say whether the roster gives somebody a role, by the very address or an alias: a name or a like host gives no right.

    A maintainer is a reviewer too.
    """
    enough = {role, "maintainer"} if role == "reviewer" else {role}
    known = people.known_as(who).email.casefold()
    mine = {who.email.casefold(), known}
    return any(area.role in enough and any(people.known_as(p).email.casefold() in mine for p in area.people) for area in people.areas)


def _by_reviewer(stands: Iterable[Stand]) -> dict[str, list[Stand]]:
    """Return what may answer a request, by who said it."""
    found: dict[str, list[Stand]] = {}
    for stand in stands:
        if stand.record.kind in OPINIONS + DECISIONS and stand.state not in {Standing.WITHDRAWN, Standing.UNTRUSTED}:
            found.setdefault(stand.record.reviewer.email.casefold(), []).append(stand)
    return found


def _asked(stand: Stand, speaking: dict[str, list[Stand]]) -> Stand:
    if stand.record.kind != "ask" or stand.state not in COUNTING:
        return stand
    waiting = [address for address in asked_of(stand.record) if not _answered(stand.record, stand, speaking.get(address, ()))]
    return replace(stand, state=Standing.ASKED if waiting else Standing.ANSWERED, waiting=tuple(waiting))


def _answered(request: Record, stand: Stand, said: Sequence[Stand]) -> bool:
    """A request is answered by who names it, or who says something of the same question at the same time or later."""
    question = (stand.finding, stand.message_id)
    return any(
        other.record.fields.get("Answers") == request.id
        or ((other.finding, other.message_id) == question and other.record.time >= request.time)
        for other in reversed(said)
    )


def _tally(opinions: Iterable[Record]) -> dict[str, int]:
    counts = dict.fromkeys(OPINIONS, 0)
    for opinion in opinions:
        if opinion.kind in counts and opinion.slot == "opinion":  # a remark on a line is not a verdict
            counts[opinion.kind] += 1
    return counts


def _persons(about: Sequence[Stand], voices: Sequence[ProjectContext]) -> dict[str, int]:
    """Return how many people said what, each once whatever their addresses."""
    found: dict[str, list[Person]] = {kind: [] for kind in OPINIONS}
    for stand in about:
        who, people = stand.record.reviewer, found.get(stand.record.kind)
        if people is None or stand.record.slot != "opinion":
            continue
        if not any(voice.people.same(who, other) for voice in voices or (ProjectContext(""),) for other in people):
            people.append(who)
    return {kind: len(people) for kind, people in found.items()}


def _status(item: FindingContext, about: Sequence[Stand], counts: dict[str, int]) -> Status:
    """Return where a finding stands; where it demands a second opinion, decisions alone never close it."""
    kinds = {stand.record.kind for stand in about if stand.record.kind in DECISIONS}
    if item.demand:
        if (counts["agree"] and counts["disagree"]) or len(kinds) > 1:
            return Status.DISPUTED
        if counts["agree"] >= item.demand.needs and not counts["disagree"]:
            return Status.MET
        return Status.CONFIRMED if kinds == {"confirm"} else Status.CURED if item.cured and not kinds else Status.OPEN
    if len(kinds) > 1:
        return Status.DISPUTED
    return _DECIDED[kinds.pop()] if kinds else Status.CURED if item.cured else Status.OPEN


def _totals(outcome: Outcome) -> dict[str, int]:
    counted = [stand for stand in outcome.stands if stand.state in COUNTING]
    questions: dict[tuple[str, str], set[str]] = {}
    for stand in counted:
        if stand.record.slot not in {"opinion", "decision"}:
            continue
        questions.setdefault((stand.finding, stand.message_id), set()).add(stand.record.kind)
    split = sum({"agree", "disagree"} <= kinds or len(kinds & set(DECISIONS)) > 1 for kinds in questions.values())
    relevant = (*OPINIONS, *DECISIONS)
    states = [stand.state for stand in outcome.stands if stand.record.kind in relevant]
    return _tally(stand.record for stand in counted) | {
        "carried": states.count(Standing.CARRIED), "outdated": states.count(Standing.OUTDATED), "split": split,
        "untrusted": sum(stand.state is Standing.UNTRUSTED for stand in outcome.stands), "excluded": states.count(Standing.EXCLUDED),
        "asked": sum(stand.state is Standing.ASKED for stand in outcome.stands),
    }  # fmt: skip
