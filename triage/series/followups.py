# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow-up trailers: what people gave in replies, on which patch each counts, and whether the sender may give it."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct

from triage.mail.identity import mailbox, parse_person, same_email, same_name
from triage.model import Message, MessageId, Person, Series, Trailer
from triage.model.series import Given
from triage.series.replies import nearest_above

NOT_GIVEN = frozenset(["signed-off-by", "reported-by", "suggested-by", "co-developed-by", "cc", "obsoleted-by", "closes-by"])
"""Trailers in replies that are no review; a sign-off counts when the author gives it, see `Followup.certifies`."""


class Followup(Struct, frozen=True):
    """One trailer from a reply, on the patch it counts for."""

    patch: MessageId
    source: MessageId
    trailer: Trailer
    matches: bool
    """Whether its address or name is the sender's: what one gives in another's name is shown, and does not count."""
    on_cover: bool
    """Whether it was given on the cover, and so for each patch."""


class Said(NamedTuple):
    """One trailer from a reply, on what the reply speaks about: a patch, or the cover and so each patch."""

    reply: Message
    trailer: Trailer
    target: Message
    matches: bool
    """As in `Followup`."""


def said(series: Series, replies: Iterable[Message]) -> Iterator[Said]:
    """Yield the trailers that replies give to a series, in the order the replies were sent.

    A reply speaks about the nearest mail above it that is a patch or the cover; what is given to a cover without patches is given to
    nothing. The sender must be the person named, by address or by name, as b4 checks it.
    """
    ordered = sorted(replies, key=lambda m: (m.posted, m.message_id, m.blob))
    copies = {id(m) for m in series.copies}
    targets = nearest_above(ordered, {m.message_id: series.cover if id(m) in copies and series.cover else m for m in series.members})
    for reply in ordered:
        target = targets.get(reply.message_id)
        if target is None or (target is series.cover and not series.patches):
            continue
        for trailer in reply.trailers:
            if trailer.key.lower() not in NOT_GIVEN and trailer.key.endswith("-by"):
                person = parse_person(trailer.value)
                matches = same_email(person.email, reply.sender.email) or same_name(person.name, reply.sender.name)
                yield Said(reply, trailer, target, matches)


def followups(series: Series, replies: Iterable[Message]) -> list[Followup]:
    """Return the trailers that replies give to the patches of a series, in the order the replies were sent.

    A trailer on the cover counts for every patch. One that the patch carries already, or that came before, is left out; what another
    sent in a person's name does not come before what that person sends.
    """
    found: list[Followup] = []
    theirs = {(patch.message_id, said_key(t)) for patch in series.patches for t in patch.trailers if t.region == "message"}
    others: set[tuple[MessageId, tuple[str, str]]] = set()
    for reply, trailer, target, matches in said(series, replies):
        whole, key = target is series.cover, said_key(trailer)
        for patch in series.patches if whole else [target]:
            one = patch.message_id, key
            if one not in theirs and (matches or one not in others):
                (theirs if matches else others).add(one)
                found.append(Followup(patch.message_id, reply.message_id, trailer, matches, whole))
    return found


def said_key(trailer: Trailer) -> tuple[str, str]:
    """Return by what two trailers are one: key and value, whatever their case and blanks."""
    return trailer.key.lower(), " ".join(trailer.value.split()).casefold()


KINDS = ("acked-by", "reviewed-by", "tested-by")


def reviewed(series: Series, replies: Iterable[Message], is_machine: Callable[[Person], bool]) -> Given:
    """Return how many people acked, reviewed and tested a series.

    What a patch carries counts, and what replies gave it; what is given in another's name, by a machine or by the patch's author does not.
    """
    carried = [(patch, trailer) for patch in series.patches for trailer in patch.trailers if trailer.region == "message"]
    if not carried and not series.patches:
        return Given()
    own: dict[tuple[str, MessageId], set[str]] = {}  # by kind and patch, who gave it to that patch
    whole: dict[str, set[str]] = {kind: set() for kind in KINDS}  # who gave it to the cover
    called: dict[str, set[str]] = {}  # all these by what stands before the @
    given = [(one.target, one.trailer) for one in said(series, replies) if one.matches]
    for target, trailer in (*carried, *given):
        kind = trailer.key.lower()
        if kind in whole and not is_machine(person := parse_person(trailer.value)):
            email = person.email.casefold()
            if target is series.cover:
                whole[kind].add(email)
                called.setdefault(mailbox(email)[0], set()).add(email)
            elif not same_email(email, target.author.email):
                own.setdefault((kind, target.message_id), set()).add(email)
    authors = {patch.author.email for patch in series.patches}
    themselves = {one: {email for email in called.get(mailbox(one.casefold())[0], ()) if same_email(email, one)} for one in authors}
    copies: dict[object, list[Message]] = {}  # a patch may be sent twice under one number, and be looked at once
    for patch in series.patches:
        copies.setdefault(patch.subject.n or patch.message_id, []).append(patch)

    def count(kind: str, every: list[Message]) -> int:
        theirs = set.intersection(*(themselves[patch.author.email] for patch in every)) & whole[kind]
        named = {one for patch in every for one in own.get((kind, patch.message_id), ())}
        return len(whole[kind]) - len(theirs) + len({one for one in named if one not in whole[kind] or one in theirs})

    counts = [[count(kind, every) for kind in KINDS] for every in copies.values()]
    acked, tried, tested = (min((row[at] for row in counts), default=0) for at in range(len(KINDS)))
    some = "".join(kind[0] for at, kind in enumerate(KINDS) if any(row[at] for row in counts))
    return Given((acked, tried, tested), some, sum(not any(row) for row in counts))
