# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts: from all records about a series to where each of them stands, and from that to where its findings stand. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from triage.mail.identity import same_email
from triage.model import Demand, Person, Status, finding_id
from triage.opinion.record import CORRECTIONS, DECISIONS, NEWER, OPINIONS, UNREADABLE, asked_of, others_of
from triage.policy.people import NOBODY, People
from triage.series.corrections import Correction, Named
from triage.testimony import Opinion, Place

_DECIDED = {"confirm": Status.CONFIRMED, "dismiss": Status.DISMISSED, "waive": Status.WAIVED}


class Standing(StrEnum):
    """What a record is worth for a series now."""

    COUNTS = "counts"
    CARRIED = "carried"
    """It was given on an older posting of the same change, and counts here."""
    OUTDATED = "outdated"
    """What it was given on has changed since."""
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    UNTRUSTED = "untrusted"
    EXCLUDED = "excluded"
    ASKED = "asked"
    """A request that nobody of those asked has answered, or not all."""
    ANSWERED = "answered"


COUNTING = (Standing.COUNTS, Standing.CARRIED)


@dataclass(frozen=True, slots=True)
class Item:
    """A finding as far as opinions go."""

    id: str
    code: str
    pack: str
    rule: str
    target: str
    basis: str
    message_id: str
    n: int | None
    cured: str = ""
    demand: Demand | None = None

    @property
    def origin(self) -> str:
        """What raised it, as a record names it."""
        return f"{self.code} {self.pack}/{self.rule}"


@dataclass(frozen=True, slots=True)
class Scene:
    """A series as far as opinions go: its mails, its findings, its older versions, and whose word counts."""

    places: tuple[Place, ...]
    fingerprint: str
    items: tuple[Item, ...] = ()
    older: tuple[Place, ...] = ()
    older_fingerprints: frozenset[str] = frozenset()
    people: People = NOBODY
    signed_only: bool = False
    """Whether the policy counts signed opinions alone."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one record stands for one series."""

    opinion: Opinion
    about: str
    """The finding of this series that it is about, "" for the series or a patch."""
    message_id: str
    """The mail of this series that it is about, "" for the whole of it."""
    state: Standing
    why: str = ""


@dataclass(slots=True)
class Outcome:
    """What the records about a series come to."""

    stands: list[Stand]
    statuses: dict[str, Status] = field(default_factory=dict)
    """By finding."""
    tallies: dict[str, dict[str, int]] = field(default_factory=dict)
    """Opinions that count, by finding."""
    totals: dict[str, int] = field(default_factory=dict)


def weigh(opinions: Iterable[Opinion], scene: Scene) -> Outcome:
    """Return where the records about a series stand; `opinions` come in the order of their logs, withdrawals among them."""
    found = _located(_live(opinions), scene)
    stands = [_trusted(stand, scene) for stand in _nearest(found)]
    deciders = first_deciders(stands, scene)
    stands = [_eligible(stand, scene, deciders, stands) for stand in stands]
    stands = [_asked(stand, stands) for stand in stands]
    outcome = Outcome(stands)
    for item in scene.items:
        about = [stand for stand in stands if stand.about == item.id and stand.state in COUNTING]
        outcome.tallies[item.id] = _tally(stand.opinion for stand in about)
        outcome.statuses[item.id] = _status(item, about, outcome.tallies[item.id], scene.people)
    outcome.totals = _totals(outcome)
    return outcome


def standing(opinions: Iterable[Opinion]) -> list[Opinion]:
    """Return the records that nobody took back or replaced: of each reviewer the last one on a target and finding.

    Order is that of each log, never a clock's. Records that broke the rules of their log (`bad`) do not count.
    """
    return [opinion for opinion, state, _ in _live(opinions) if state is Standing.COUNTS]


def corrections(opinions: Iterable[Opinion]) -> list[Correction]:
    """Return what people corrected and still stands, in the order of time: the later one has the last word."""
    stands = [opinion for opinion in standing(opinions) if opinion.kind in CORRECTIONS]
    return [
        Correction(opinion.id, opinion.kind, Named(opinion.target_message, opinion.target), others_of(opinion))
        for opinion in sorted(stands, key=lambda opinion: (opinion.time, opinion.id))
    ]


Live = tuple[Opinion, Standing, str]


def _live(opinions: Iterable[Opinion]) -> list[Live]:
    """Say of each record whether its own log took it back or replaced it; withdrawals themselves are left out."""
    rows: list[Live] = []
    last: dict[tuple[str, str, str, str], int] = {}
    by_id: dict[tuple[str, str], int] = {}
    for opinion in opinions:
        who = opinion.reviewer.email.casefold()
        if opinion.signed == "bad" or opinion.kind in {NEWER, UNREADABLE}:
            rows.append((opinion, Standing.UNTRUSTED, opinion.trouble))
            continue
        if opinion.kind == "withdraw":
            at = by_id.get((who, opinion.replaces), -1)
            if at >= 0 and rows[at][1] is Standing.COUNTS:
                rows[at] = (rows[at][0], Standing.WITHDRAWN, opinion.reason)
            continue
        if (who, opinion.id) in by_id:
            rows.append((opinion, Standing.UNTRUSTED, "it repeats an earlier record"))
            continue
        key = (who, opinion.target, opinion.question, opinion.slot)
        before = last.get(key, -1)
        if before >= 0 and rows[before][1] is Standing.COUNTS:
            rows[before] = (rows[before][0], Standing.REPLACED, f"by {opinion.id}")
        last[key] = by_id[(who, opinion.id)] = len(rows)
        rows.append((opinion, Standing.COUNTS, ""))
    return rows


def _located(rows: Iterable[Live], scene: Scene) -> list[Stand]:
    found: list[Stand] = []
    for opinion, state, why in rows:
        spot = _locate(opinion, scene)
        if spot is not None:
            about, message_id, moved, reason = spot
            found.append(Stand(opinion, about, message_id, moved if state is Standing.COUNTS else state, why or reason))
    return found


Spot = tuple[str, str, Standing, str]


def _locate(opinion: Opinion, scene: Scene) -> Spot | None:
    """Return what of a series a record is about, and whether that is still what it was given on; None where it is about something else."""
    name, origin = opinion.question, opinion.finding.partition(" ")[2].partition("@")[0]
    here = {place.message_id for place in scene.places}
    kept = Standing.COUNTS if opinion.target_message in here else Standing.CARRIED
    told = "" if kept is Standing.COUNTS else f"given on {opinion.target_message}, unchanged since"
    same = [place for place in scene.places if place.target == opinion.target]
    whole = opinion.target == scene.fingerprint
    if name:
        for item in scene.items:
            if item.id == name and item.target == opinion.target:
                return item.id, item.message_id, kept, told
        if moved := _moved(opinion, scene):
            for item in scene.items:
                if item.target == moved.target and name == finding_id(item.basis, opinion.target):
                    return (
                        item.id,
                        moved.message_id,
                        Standing.CARRIED,
                        f"given on {opinion.target_message}; patch-id and message are unchanged",
                    )
        if same or whole:
            return "", same[0].message_id if same else "", Standing.OUTDATED, "the policy does not raise this finding any more"
    elif whole or same:
        return "", "" if whole else same[0].message_id, kept, told
    elif moved := _moved(opinion, scene):
        return "", moved.message_id, Standing.CARRIED, _told(opinion)
    old = next((place for place in scene.older if place.target == opinion.target), None)
    if old is None and opinion.target not in scene.older_fingerprints:
        return None
    items = [item for item in scene.items if item.origin == origin]
    items.sort(key=lambda item: item.n != (old.n if old else None))
    why = f"given on {opinion.target_message}, which has changed since"
    return (items[0].id if items else ""), (items[0].message_id if items else ""), Standing.OUTDATED, why


def _told(opinion: Opinion) -> str:
    return f"given on {opinion.target_message}; patch-id and message are unchanged"


def _moved(opinion: Opinion, scene: Scene) -> Place | None:
    """Return the patch that differs from the one an opinion was given on in nothing but where it applies."""
    if not opinion.patch_id or not opinion.words:
        return None
    return next((place for place in scene.places if (place.patch_id, place.words) == (opinion.patch_id, opinion.words)), None)


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
        replace(stand, state=Standing.REPLACED, why=f"by {stands[-best[_question(stand)][1]].opinion.id}")
        if stand.state in _NEARNESS and stand.state is not Standing.OUTDATED and -best[_question(stand)][1] != number
        else stand
        for number, stand in enumerate(stands)
    ]


def _question(stand: Stand) -> tuple[str, str, str, str]:
    return stand.opinion.reviewer.email.casefold(), stand.about, stand.message_id, stand.opinion.slot


def _trusted(stand: Stand, scene: Scene) -> Stand:
    if scene.signed_only and stand.state in COUNTING and stand.opinion.signed != "good":
        why = "the policy counts signed opinions alone, and this one is " + stand.opinion.signed
        return replace(stand, state=Standing.UNTRUSTED, why=why)
    return stand


def first_deciders(stands: Iterable[Stand], scene: Scene) -> dict[str, str]:
    """Return who decided first on what a demand is about: on a finding of the same rule, by time."""
    origins = {item.id: f"{item.pack}/{item.rule}" for item in scene.items}
    first: dict[str, tuple[str, str, str]] = {}
    for stand in stands:
        if stand.opinion.kind in DECISIONS and stand.state in COUNTING and stand.about in origins:
            entry = (stand.opinion.time, stand.opinion.id, stand.opinion.reviewer.email.casefold())
            origin = origins[stand.about]
            first[origin] = min(first.get(origin, entry), entry)
    return {item.id: first[origins[item.id]][2] for item in scene.items if origins[item.id] in first}


def _eligible(stand: Stand, scene: Scene, deciders: dict[str, str], stands: Sequence[Stand]) -> Stand:
    if stand.state not in COUNTING or stand.opinion.kind not in (*OPINIONS, "waive"):
        return stand
    item = next((item for item in scene.items if item.id == stand.about), None)
    askers = {s.opinion.reviewer.email.casefold() for s in stands if s.opinion.kind == "ask" and s.about == stand.about}
    why = barred(stand.opinion.reviewer, scene, stand.message_id, item, stand.opinion.kind, deciders.get(stand.about, ""), askers)
    return replace(stand, state=Standing.EXCLUDED, why=why) if why else stand


def barred(
    who: Person, scene: Scene, message_id: str, item: Item | None, kind: str, decider: str = "", askers: Iterable[str] = ()
) -> str:  # fmt: skip
    """Say why somebody's opinion of a kind would not count, "" where it would.

    Author and sender speak for their own patch, so they neither give a second opinion on it nor waive anything for it. Where a policy
    demands a second opinion, who decided first, who granted the exception, and who lacks the role cannot give it either.
    """
    demand = item.demand if item else None
    own = [place for place in scene.places if place.message_id == message_id] if not demand else []
    people = scene.people
    for place in own or scene.places:
        if people.same(who, place.author):
            return "they are the author"
        if people.same(who, place.sender):
            return "they sent it"
    if demand is None or kind not in OPINIONS:
        return ""
    if decider and same_email(decider, who.email):
        return "they decided on it first"
    if any(same_email(address, who.email) for address in demand.not_by):
        return "they granted the exception"
    if "requester" in demand.distinct_from and any(same_email(address, who.email) for address in askers):
        return "they asked for it"
    if demand.role and people.areas and not any(role.startswith(f"{demand.role} of ") for role in _roles(people, who)):
        return f"the project's roster does not name them as {demand.role}"
    return ""


def _roles(people: People, who: Person) -> list[str]:
    """A maintainer is a reviewer too."""
    roles = people.roles(who)
    return roles + [role.replace("maintainer of ", "reviewer of ", 1) for role in roles if role.startswith("maintainer of ")]


def _asked(stand: Stand, stands: Sequence[Stand]) -> Stand:
    if stand.opinion.kind != "ask" or stand.state not in COUNTING:
        return stand
    waiting = [address for address in asked_of(stand.opinion) if not _answered(stand.opinion, stand, address, stands)]
    return replace(stand, state=Standing.ASKED if waiting else Standing.ANSWERED, why=" ".join(waiting))


def _answered(request: Opinion, stand: Stand, address: str, stands: Sequence[Stand]) -> bool:
    """A request is answered by who names it, or who says something of the same question at the same time or later."""
    for other in stands:
        said = other.opinion
        if said.reviewer.email.casefold() != address or said.kind not in OPINIONS + DECISIONS or other.state is Standing.WITHDRAWN:
            continue
        same = (other.about, other.message_id) == (stand.about, stand.message_id) and said.time >= request.time
        if said.fields.get("Answers") == request.id or (same and other.state is not Standing.UNTRUSTED):
            return True
    return False


def _tally(opinions: Iterable[Opinion]) -> dict[str, int]:
    counts = dict.fromkeys(OPINIONS, 0)
    for opinion in opinions:
        if opinion.kind in counts:
            counts[opinion.kind] += 1
    return counts


def _status(item: Item, about: Sequence[Stand], counts: dict[str, int], people: People) -> Status:
    """Return where a finding stands; where it demands a second opinion, decisions alone never close it."""
    kinds = {stand.opinion.kind for stand in about if stand.opinion.kind in DECISIONS}
    if item.demand:
        if counts["agree"] and counts["disagree"]:
            return Status.DISPUTED
        agreed = {people.known_as(stand.opinion.reviewer).email.casefold() for stand in about if stand.opinion.kind == "agree"}
        if len(agreed) >= item.demand.needs and not counts["disagree"]:
            return Status.MET
        return Status.CONFIRMED if kinds == {"confirm"} else Status.CURED if item.cured and not kinds else Status.OPEN
    if len(kinds) > 1:
        return Status.DISPUTED
    return _DECIDED[kinds.pop()] if kinds else Status.CURED if item.cured else Status.OPEN


def _totals(outcome: Outcome) -> dict[str, int]:
    counted = [stand for stand in outcome.stands if stand.state in COUNTING]
    questions: dict[tuple[str, str], set[str]] = {}
    for stand in counted:
        questions.setdefault((stand.about, stand.message_id), set()).add(stand.opinion.kind)
    split = sum({"agree", "disagree"} <= kinds or len(kinds & set(DECISIONS)) > 1 for kinds in questions.values())
    relevant = (*OPINIONS, *DECISIONS)
    states = [stand.state for stand in outcome.stands if stand.opinion.kind in relevant]
    return _tally(stand.opinion for stand in counted) | {
        "carried": states.count(Standing.CARRIED), "outdated": states.count(Standing.OUTDATED), "split": split,
        "untrusted": sum(stand.state is Standing.UNTRUSTED for stand in outcome.stands), "excluded": states.count(Standing.EXCLUDED),
        "asked": sum(stand.state is Standing.ASKED for stand in outcome.stands),
    }  # fmt: skip
