# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow-up trailers: what people gave in replies, on which patch each counts, and whether the sender may give it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from triage.mail.identity import parse_person, same_email, same_name
from triage.model import Message, MessageId, Person, Series, Trailer
from triage.model.series import Given
from triage.series.replies import nearest_above

NOT_GIVEN = frozenset(["signed-off-by", "reported-by", "suggested-by", "co-developed-by", "cc", "obsoleted-by", "closes-by"])
"""Trailers in replies that are no review; a sign-off counts when the author gives it, see `Followup.certifies`."""


@dataclass(frozen=True, slots=True)
class Followup:
    """One trailer from a reply, on the patch it counts for."""

    patch: MessageId
    source: MessageId
    trailer: Trailer
    matches: bool
    """Whether its address or name is the sender's: what one gives in another's name is shown, and does not count."""
    on_cover: bool
    """Whether it was given on the cover, and so for each patch."""


def followups(series: Series, replies: Iterable[Message]) -> list[Followup]:
    """Return the trailers that replies give to the patches of a series, in the order the replies were sent.

    A reply speaks about the nearest mail above it that is a patch or the cover; a trailer on the cover counts for every patch. One that the
    patch carries already, or that came before, is left out. The sender must be the person named, by address or by name, as b4 checks it.
    """
    ordered = sorted(replies, key=lambda m: (m.posted, m.message_id, m.blob))
    members = {m.message_id: series.cover if m in series.copies and series.cover else m for m in series.members}
    targets = nearest_above(ordered, members)
    found: list[Followup] = []
    seen = {(patch.message_id, _key(t)) for patch in series.patches for t in patch.trailers if t.region == "message"}
    for reply in ordered:
        target = targets.get(reply.message_id)
        if target is None:
            continue
        whole = target is series.cover
        for trailer in reply.trailers:
            if trailer.key.lower() in NOT_GIVEN or not trailer.key.endswith("-by"):
                continue
            person = parse_person(trailer.value)
            matches = same_email(person.email, reply.sender.email) or same_name(person.name, reply.sender.name)
            for patch in series.patches if whole else [target]:
                if (patch.message_id, _key(trailer)) not in seen:
                    seen.add((patch.message_id, _key(trailer)))
                    found.append(Followup(patch.message_id, reply.message_id, trailer, matches, whole))
    return found


def _key(trailer: Trailer) -> tuple[str, str]:
    return trailer.key.lower(), " ".join(trailer.value.split()).casefold()


KINDS = ("acked-by", "reviewed-by", "tested-by")


def reviewed(series: Series, replies: Iterable[Message], is_machine: Callable[[Person], bool]) -> Given:
    """Return how many people acked, reviewed and tested a series.

    What a patch carries counts, and what replies gave it; what is given in another's name, by a machine or by the patch's author does not.
    """
    people: dict[str, dict[MessageId, set[str]]] = {kind: {} for kind in KINDS}
    carried = [(patch.message_id, trailer) for patch in series.patches for trailer in patch.trailers if trailer.region == "message"]
    if not carried and not series.patches:
        return Given()
    given = [(one.patch, one.trailer) for one in followups(series, replies) if one.matches]
    authors = {patch.message_id: patch.author for patch in series.patches}
    for patch, trailer in (*carried, *given):
        kind = trailer.key.lower()
        if kind in people and not is_machine(person := parse_person(trailer.value)) and not same_email(person.email, authors[patch].email):
            people[kind].setdefault(patch, set()).add(person.email.casefold())
    copies: dict[object, list[MessageId]] = {}  # a patch may be sent twice under one number, and be looked at once
    for one in series.patches:
        copies.setdefault(one.subject.n or one.message_id, []).append(one.message_id)
    counts = [[len(set().union(*(people[kind].get(name, ()) for name in every))) for kind in KINDS] for every in copies.values()]
    acked, tried, tested = (min((row[at] for row in counts), default=0) for at in range(len(KINDS)))
    without = sum(not any(row) for row in counts)
    return Given((acked, tried, tested), "".join(kind[0] for kind in KINDS if people[kind]), without)
