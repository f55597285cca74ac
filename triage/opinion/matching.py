# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A series as far as opinions go, and what of it a record is about: the same content, a moved patch, or what has changed since. Pure."""

from msgspec import Struct

from triage.model import Demand
from triage.model.opinion import Record, RecordTarget, Standing, series_carry
from triage.policy.context import ProjectContext
from triage.policy.rules.case import finding_id


class FindingContext(Struct, frozen=True):
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
    judged_by: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Other bases under which it was or is known."""
    demand: Demand | None = None

    @property
    def origin(self) -> str:
        """What raised it, as a record names it."""
        return f"{self.code} {self.pack}/{self.rule}"


class SeriesContext(Struct, frozen=True):
    """A series as far as opinions go: its mails, its findings, its older versions, and whose word counts."""

    places: tuple[RecordTarget, ...]
    fingerprint: str
    items: tuple[FindingContext, ...] = ()
    older: tuple[RecordTarget, ...] = ()
    older_fingerprints: frozenset[str] = frozenset()
    voices: tuple[ProjectContext, ...] = ()
    """The projects of the lists it came to."""

    def heard(self, item: FindingContext | None) -> tuple[ProjectContext, ...]:
        """Return the projects that a word is weighed by: the finding's own, all of them for one about no finding."""
        own = tuple(voice for voice in self.voices if item and voice.pack in {item.pack, *item.judged_by})
        return own or self.voices

    @property
    def carry(self) -> str:
        """What an opinion on the whole series carries by."""
        return series_carry((place.n, place.carry) for place in self.places if place.carry)


Spot = tuple[str, str, Standing, str]


def locate(opinion: Record, scene: SeriesContext) -> Spot | None:
    """Return what of a series a record is about, and whether that is still what it was given on; None where it is about something else."""
    here = {place.message_id for place in scene.places}
    kept = (Standing.COUNTS, "") if opinion.target_message in here else (Standing.CARRIED, _told(opinion))
    spot = _locate_finding(opinion, scene, kept) if opinion.finding else _locate_mail(opinion, scene, kept)
    return spot or _locate_older(opinion, scene, here)


def _locate_finding(opinion: Record, scene: SeriesContext, kept: tuple[Standing, str]) -> Spot | None:
    for item in scene.items:
        known = {item.id, *(finding_id(basis, item.target) for basis in item.also)}
        if opinion.finding.id in known and item.target == opinion.target:
            return item.id, item.message_id, *kept
    moved = _moved(opinion, scene)
    whole = bool(opinion.carry) and opinion.carry == scene.carry
    for item in scene.items if moved or whole else ():
        alike = (whole and item.target == scene.fingerprint) or (moved is not None and item.target == moved.target)
        if alike and opinion.finding.id in {finding_id(basis, opinion.target) for basis in (item.basis, *item.also)}:
            return item.id, item.message_id, Standing.CARRIED, _told(opinion)
    same = moved or next((place for place in scene.places if place.target == opinion.target), None)
    if same or opinion.target == scene.fingerprint:
        return "", same.message_id if same else "", Standing.OUTDATED, "the policy does not raise this finding any more"
    return None


def _locate_mail(opinion: Record, scene: SeriesContext, kept: tuple[Standing, str]) -> Spot | None:
    if opinion.target == scene.fingerprint:
        return "", "", *kept
    if opinion.target == opinion.series and opinion.carry and opinion.carry == scene.carry:
        return "", "", Standing.CARRIED, _told(opinion)
    for place in scene.places:
        if place.target == opinion.target:
            return "", place.message_id, *kept
    moved = _moved(opinion, scene)
    return ("", moved.message_id, Standing.CARRIED, _told(opinion)) if moved else None


def _locate_older(opinion: Record, scene: SeriesContext, here: set[str]) -> Spot | None:
    """Return where a record on what has changed since is shown: at the finding like the one it was about, else on the series."""
    old = next((place for place in scene.older if place.target == opinion.target), None)
    known = here | {place.message_id for place in scene.older}
    if old is None and opinion.target not in scene.older_fingerprints and opinion.target_message not in known:
        return None
    raised = [item for item in scene.items if item.origin == opinion.finding.origin]
    items = sorted(raised, key=lambda item: item.n != (old.n if old else None))
    why = f"given on {opinion.target_message}, which has changed since"
    if opinion.target == opinion.series and opinion.target_message in here:
        why = "given when the series had other mails"
    return (items[0].id if items else ""), (items[0].message_id if items else ""), Standing.OUTDATED, why


def _told(opinion: Record) -> str:
    return f"given on {opinion.target_message}, unchanged since"


def _moved(opinion: Record, scene: SeriesContext) -> RecordTarget | None:
    """Return the patch that differs from the one an opinion was given on in nothing but where it applies."""
    return next((place for place in scene.places if place.carry == opinion.carry), None) if opinion.carry else None
