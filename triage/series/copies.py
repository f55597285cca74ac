# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was sent again under its numbers: it joins the fuller posting."""

from collections.abc import Mapping

from triage.model import Kind, MessageId, Placement
from triage.model.series import COPY_GAP, title_key
from triage.series.gathering import APART_GAP, Gathering, Outline

MAX_FULLER = 64
"""Fuller postings that are looked at for each part: a flood of equal subjects must not cost its square."""


def join_copies(gatherings: list[Gathering], thread_of: Mapping[MessageId, int]) -> list[Gathering]:
    """Put what was sent again, a cover or some of the patches, to the fuller posting of the same sender, version and total.

    A number is sent again where its title or its patch is the fuller posting's; a complete posting is nobody's copy. Both stand in one
    thread, have covers of one title, or came less than a day apart.
    """
    by_key: dict[tuple[object, ...], list[Gathering]] = {}
    for one in gatherings:
        first = one.head()
        subject = first.subject
        if subject.n is not None and (subject.total or 0) > 1 and first.kind is not Kind.REPLY_PATCH:
            key = (first.sender.email.casefold(), subject.version, subject.minor, subject.total, first.kind is Kind.PULL)
            by_key.setdefault(key, []).append(one)
    gone: set[int] = set()
    for bucket in by_key.values():
        if len(bucket) > 1:
            gone |= _joined(bucket, thread_of)
    return [one for one in gatherings if id(one) not in gone]


def _joined(bucket: list[Gathering], thread_of: Mapping[MessageId, int]) -> set[int]:
    """Join the parts in one bucket to the fullest nearest posting; returns which are gone. Looks at a few fuller ones for each part."""
    full = sorted((one for one in bucket if len(one.by_number) > 1), key=lambda one: (-len(one.by_number), one.order()))
    outlines = {id(one): Outline(one, thread_of) for one in bucket}
    gone: set[int] = set()
    for part in sorted(bucket, key=lambda one: (len(one.by_number), one.order())):
        if not part.is_short():
            continue
        fuller = [
            one for one in full[:MAX_FULLER] if id(one) not in gone and len(one.by_number) > len(part.by_number)
            and _near(part, one, outlines) and _again(part, one)
        ]  # fmt: skip
        if fuller:
            best = min(fuller, key=lambda one: (-len(one.by_number), one.apart(part), one.order()))
            for number, message in [*part.by_number.items(), *((m.subject.n or 0, m) for m, _ in part.again)]:
                near = best.by_number[number]
                best.again.append((message, Placement(message.message_id, "copy", near.message_id, abs(message.posted - near.posted))))
            best.notes |= part.notes | {"sent-again"}
            gone.add(id(part))
    return gone


def _near(part: Gathering, whole: Gathering, outlines: Mapping[int, Outline]) -> bool:
    """Whether a part may be another posting's by where and when it was sent; as far as any run of ingest sees both."""
    one, other = outlines[id(part)], outlines[id(whole)]
    if not one.threads.isdisjoint(other.threads):
        return part.apart(whole) <= COPY_GAP
    cover, once_more = whole.by_number.get(0), part.by_number.get(0)
    if cover and once_more and title_key(cover.subject.title) == title_key(once_more.subject.title):
        return abs(cover.posted - once_more.posted) <= COPY_GAP
    return one.is_near(other)


def _again(part: Gathering, whole: Gathering) -> bool:
    """Whether each mail of a part has its like, by title or patch, under its number in another posting."""
    for number, message in part.by_number.items():
        like = whole.by_number.get(number)
        if like is None or (like.kind is Kind.COVER) != (message.kind is Kind.COVER):
            return False
        same_patch = bool(message.patch_id) and message.patch_id == like.patch_id
        if not same_patch and title_key(message.subject.title) != title_key(like.subject.title):
            return False
        if not same_patch and number and part.apart(whole) > APART_GAP:
            return False
    return True
