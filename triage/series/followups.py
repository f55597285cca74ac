# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow-up trailers: what people gave in replies, on which patch each counts, and whether the sender may give it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.mail.identity import parse_person, same_email, same_name
from triage.model import Message, MessageId, Series, Trailer

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
    above = {m.message_id: m for m in ordered}
    found: list[Followup] = []
    seen = {(patch.message_id, _key(t)) for patch in series.patches for t in patch.trailers if t.region == "message"}
    for reply in ordered:
        target = _target(reply, members, above)
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


def _target(reply: Message, members: Mapping[MessageId, Message], above: Mapping[MessageId, Message]) -> Message | None:
    """Return the member that a reply is about: the nearest one above it, through other replies where References were cut."""
    seen: set[MessageId] = set()
    waiting = list(reply.parents)
    while waiting:
        parent = waiting.pop(0)
        if parent in members:
            return members[parent]
        if parent in above and parent not in seen:
            seen.add(parent)
            waiting += [item for item in above[parent].parents if item not in waiting]
    return None


def _key(trailer: Trailer) -> tuple[str, str]:
    return trailer.key.lower(), " ".join(trailer.value.split()).casefold()
