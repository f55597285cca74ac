# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series: which patches and covers were posted together. One algorithm, the same answer for any order of arrival, with reasons.

Mails of one sender, version and total form a bucket. Inside it, replies hold together what was threaded, a number that
comes twice starts another posting, and pieces join by sending run, thread or time. Then what several people sent under one
cover is put together, what was sent again under its numbers joins the fuller posting, and what people corrected is done last.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from triage.model import BRANCH, Kind, Message, MessageId, Placement, Series
from triage.series.copies import join_copies
from triage.series.corrections import Corrections
from triage.series.gathering import Gathering
from triage.series.likeness import sending_run
from triage.series.pieces import THREAD_GAP, join_pieces
from triage.series.threads import join

REPLY_GAP = 30 * 86400
"""A mail that replies to a posting later than this belongs to another one."""
_BESIDE = 64
"""Postings that reply to one mail, begun before and after it, that are looked at for one more reply to it: as for pieces."""

WHY = {
    "alone": "it has no counter: a series of its own",
    "reply-patch": "a patch in a reply: a series of its own",
    "first": "the first mail of its sender, version and total here",
    "reply": "replies to {by}, which has the same sender, version and total",
    "beside": "replies to the same mail as {by}, {gap} apart",
    "run": "the same run of git send-email as {by}",
    "thread": "in the same thread as {by}, {gap} apart",
    "time": "unthreaded, {gap} from {by}",
    "alike": "unthreaded, {gap} from {by}, whose files and title are nearest to its own",
    "guess": "unthreaded, {gap} from {by}; another series fits as well, so this is a guess",
    "rest": "the numbers that {by}'s part lacks, all of them, {gap} later in a thread of their own",
    "sender": "another sender's, in reply to {by}, where its number was missing",
    "cover": "tagged as a patch but without counter and diff; {by} replies to it",
    "copy": "sent again under its number; {by}'s posting is fuller",
    "merged": "put here by a person, record {by}",
    "split": "taken out of another series by a person, record {by}",
}
"""What each reason for a placement says."""

NOTES = {
    "ambiguous": "another series would fit a mail as well: its place is a guess, for a person to confirm or correct",
    "several-senders": "another sender sent some of its patches",
    "extra-patches": "a number is higher than the total says",
    "same-id": "a Message-ID of it came more than once, with other content",
    "human": "a person put it together or took it apart",
    "sent-again": "some of its mails came again under their numbers",
    BRANCH: "its number is that of a stable branch: nothing of that version is above it",
}
"""What each note on a series says."""

_Key = tuple[str, int, int, int | None, bool]


def group(members: Iterable[Message], corrections: Corrections | None = None) -> list[Series]:
    """Return the series that patches, covers and pull requests form, oldest first; every mail ends in exactly one.

    A patch without a counter is a series of its own. More patches than the total are kept and noted, as is what is doubtful:
    the words of `NOTES`. What people corrected is as they said.
    """
    ordered = sorted(members, key=lambda m: (m.posted, m.subject.n or 0, m.message_id, m.blob))
    buckets: dict[_Key, list[Message]] = {}
    found: list[Gathering] = []
    thread_of = join(((m.message_id, m.parents) for m in ordered), {}, 0).thread_of
    covers, runs = _bare_covers(ordered), _versions_of_runs(ordered, thread_of)
    for message in ordered:
        if message.subject.n is None or message.kind is Kind.REPLY_PATCH:
            posting = Gathering()
            posting.add(_number(message), message, "reply-patch" if message.kind is Kind.REPLY_PATCH else "alone")
            found.append(posting)
        else:
            buckets.setdefault(_key(message, covers, runs, thread_of), []).append(message)
    for bucket in buckets.values():
        found += _postings(bucket, thread_of)
    postings = join_copies(_join_senders(_with_bare_covers(found)), thread_of)
    known = {m.message_id: m for m in ordered}
    series = [_series(posting, known) for posting in postings]
    if corrections:
        series = corrections.applied(series)
    twice = _shared_ids(ordered)
    if twice:
        series = [_noted(one, "same-id") if any(m.message_id in twice for m in one.members) else one for one in series]
    return sorted(series, key=lambda s: (s.first.posted, s.first.message_id, s.first.blob))


def _number(message: Message) -> int:
    return 0 if message.kind in {Kind.COVER, Kind.PULL} else 1


def _shared_ids(members: list[Message]) -> set[MessageId]:
    """Return the Message-IDs that several mails of different content carry (threat M7)."""
    counted = Counter(m.message_id for m in members)
    return {message_id for message_id, count in counted.items() if count > 1}


def _noted(series: Series, note: str) -> Series:
    return replace(series, notes=(*series.notes, note))


def _bare_covers(members: list[Message]) -> dict[MessageId, Message]:
    """Return the covers of vN to which no patch of vN replies: their patches may have left the version out."""
    covers = {m.message_id: m for m in members if m.kind is Kind.COVER and m.subject.versioned}
    for message in members:
        if message.kind is not Kind.COVER and message.subject.versioned:
            for parent in message.parents[:1]:
                covers.pop(parent, None)
    return covers


_Run = tuple[str, int | None, int]
"""A run of git send-email, the total, and the thread."""


def _versions_of_runs(members: list[Message], thread_of: Mapping[MessageId, int]) -> dict[_Run, int]:
    """Return the one version that the numbered patches of a run of git send-email have in a thread: some may have left it out."""
    found: dict[_Run, set[int]] = {}
    for message in members:
        subject = message.subject
        if subject.versioned and subject.n is not None and not subject.minor and (run := sending_run(message.message_id)):
            found.setdefault((run, subject.total, thread_of[message.message_id]), set()).add(subject.version)
    return {run: versions.pop() for run, versions in found.items() if len(versions) == 1}


def _key(message: Message, covers: dict[MessageId, Message], runs: dict[_Run, int], thread_of: Mapping[MessageId, int]) -> _Key:
    subject = message.subject
    sender = message.sender.email.casefold()
    version = subject.version
    cover = covers.get(message.parents[0]) if message.parents and not subject.versioned else None
    if cover and cover.subject.total == subject.total and cover.sender.email.casefold() == sender:
        version = cover.subject.version
    elif runs and not subject.versioned:
        version = runs.get((sending_run(message.message_id), subject.total, thread_of[message.message_id]), version)
    return (sender, version, subject.minor, subject.total, message.kind is Kind.PULL)


def _postings(bucket: list[Message], thread_of: Mapping[MessageId, int]) -> list[Gathering]:
    """Split one bucket into postings: first by who replies to whom, then joining pieces that fit."""
    home: dict[MessageId, tuple[Gathering, Message]] = {}
    by_parent: dict[MessageId, _Beside] = {}
    pieces: list[Gathering] = []
    waiting = sorted(bucket, key=lambda m: (len(m.parents), m.posted, m.subject.n or 0, m.message_id, m.blob))
    for message in waiting:
        number = message.subject.n or 0
        posting, why, by = _place(message, number, home, by_parent)
        if posting is None:
            posting = Gathering()
            pieces.append(posting)
        posting.add(number, message, why, by)
        home.setdefault(message.message_id, (posting, message))
        if message.parents:
            by_parent.setdefault(message.parents[0], _Beside()).add(posting)
    return join_pieces(sorted(pieces, key=Gathering.order), thread_of)


class _Beside:
    """The postings of which a mail replies to one and the same mail, in the order in which they began."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._begun: list[tuple[int, int, Gathering]] = []

    def add(self, posting: Gathering) -> None:
        if id(posting) not in self._known:
            self._known.add(id(posting))
            insort(self._begun, (posting.first(), len(self._begun), posting))

    def near(self, message: Message) -> Iterator[Gathering]:
        at = bisect_left(self._begun, (message.posted + 1,))
        return (posting for _, _, posting in self._begun[max(0, at - _BESIDE) : at + _BESIDE])


def _place(
    message: Message,
    number: int,
    home: Mapping[MessageId, tuple[Gathering, Message]],
    by_parent: Mapping[MessageId, _Beside],
) -> tuple[Gathering | None, str, Message | None]:
    """Find the posting a mail belongs to by what it replies to: a member, else the mail that a member replies to as well."""
    for parent in message.parents:
        posting, above = home.get(parent, (None, None))
        if posting and number not in posting.by_number and _within_reply(posting, message):
            return posting, "reply", above
    if message.parents:
        run = sending_run(message.message_id)
        near = by_parent[message.parents[0]].near(message) if message.parents[0] in by_parent else ()
        beside = [p for p in near if number not in p.by_number and _within_reply(p, message)]
        if beside:
            best = min(beside, key=lambda p: (not run or run not in p.runs, abs(p.nearest(message).posted - message.posted), p.order()))
            return best, "beside", best.nearest(message)
    return None, "first", None


def _within_reply(posting: Gathering, message: Message) -> bool:
    return posting.first() - REPLY_GAP <= message.posted <= posting.last() + REPLY_GAP


def _with_bare_covers(postings: list[Gathering]) -> list[Gathering]:
    """Give a posting without cover the tagged mail without counter and diff that its first patch replies to."""
    alone = {
        p.by_number[0].message_id: p for p in postings if len(p.by_number) == 1 and 0 in p.by_number and p.by_number[0].kind is Kind.COVER
    }
    gone: set[int] = set()
    for posting in sorted(postings, key=Gathering.order):
        head = posting.head()
        bare = alone.get(head.parents[0]) if head.parents and 0 not in posting.by_number and head.kind is Kind.PATCH else None
        if bare is None or id(bare) in gone or bare.by_number[0].subject.n is not None:
            continue
        cover = bare.by_number[0]
        if cover.sender.email.casefold() == head.sender.email.casefold() and posting.apart(bare) <= THREAD_GAP:
            posting.put(0, cover)
            posting.why[0] = Placement(cover.message_id, "cover", head.message_id)
            gone.add(id(bare))
    return [posting for posting in postings if id(posting) not in gone]


def _join_senders(postings: list[Gathering]) -> list[Gathering]:
    """Put together what several people sent as one series: a reply under another's cover, whose number was missing there."""
    home = _by_id(postings)
    taken: dict[int, Gathering] = {}

    def holder(posting: Gathering) -> Gathering:
        while id(posting) in taken:
            above = taken[id(posting)]
            taken[id(posting)] = taken.get(id(above), above)
            posting = above
        return posting

    for posting in sorted(postings, key=Gathering.order):
        head = posting.head()
        if (
            not head.parents
            or head.parents[0] not in home
            or head.subject.n is None
            or head.kind is Kind.REPLY_PATCH
            or 0 in posting.by_number
        ):
            continue
        began, mails = home[head.parents[0]]
        owner = holder(began)
        above = next((m for m in mails[:_BESIDE] if _same_shape(head, m)), None)
        if owner is posting or above is None:
            continue
        if owner.lacks(posting) and posting.apart(owner) <= THREAD_GAP:
            owner.take(posting, "sender", above)
            owner.notes.add("several-senders")
            if above.kind is not Kind.COVER:
                owner.notes.add("ambiguous")
            taken[id(posting)] = owner
    return [posting for posting in postings if id(posting) not in taken]


def _by_id(postings: list[Gathering]) -> dict[MessageId, tuple[Gathering, list[Message]]]:
    """Return by Message-ID the posting that holds it, and the mails there that carry it, as they were sent."""
    home: dict[MessageId, tuple[Gathering, list[Message]]] = {}
    for posting in postings:
        for message in posting.by_number.values():
            if home.get(message.message_id, (None, []))[0] is not posting:
                home[message.message_id] = (posting, [])
            home[message.message_id][1].append(message)
    for _, mails in home.values():
        mails.sort(key=lambda m: (m.posted, m.blob))
    return home


def _same_shape(one: Message, other: Message) -> bool:
    a, b = one.subject, other.subject
    return (
        (a.version, a.minor, a.total) == (b.version, b.minor, b.total)
        and one.sender.email.casefold() != other.sender.email.casefold()
        and (one.kind is Kind.PULL) == (other.kind is Kind.PULL)
    )


def _series(posting: Gathering, known: Mapping[MessageId, Message]) -> Series:
    numbers = sorted(posting.by_number)
    cover = posting.by_number.get(0)
    copies = sorted(posting.again, key=lambda one: (one[0].subject.n or 0, one[0].posted, one[0].message_id, one[0].blob))
    again = [m for m, _ in copies]
    patches = sorted([*(posting.by_number[n] for n in numbers if n), *(m for m in again if m.subject.n)], key=lambda m: m.subject.n or 0)
    head = posting.by_number[numbers[-1]]
    total = posting.total() or max(numbers)
    if head.subject.n is None or head.kind is Kind.REPLY_PATCH:
        total = len(patches)
    notes = set(posting.notes)
    if any((p.subject.n or 0) > total for p in patches) and head.kind is not Kind.REPLY_PATCH:
        notes.add("extra-patches")
    if any(m.subject.minor for m in posting.by_number.values()) and not _replaces_some(posting, known):
        notes.add(BRANCH)
    placements = (*(posting.why[n] for n in numbers), *(why for _, why in copies))
    return Series(cover, tuple(patches), total, tuple(sorted(notes)), placements, tuple(m for m in again if not m.subject.n))


def _replaces_some(posting: Gathering, known: Mapping[MessageId, Message]) -> bool:
    """Say whether a vN.M stands below a mail of vN, whose patches it replaces; elsewhere such a number names a stable branch."""
    for message in posting.by_number.values():
        for parent in message.parents:
            above = known.get(parent)
            if above and above.subject.version == message.subject.version and above.subject.minor != message.subject.minor:
                return True
    return False


def explained(series: Series) -> Iterator[tuple[MessageId, str]]:
    """Yield each member with the reason for its place, as a sentence."""
    for placement in series.placements:
        yield placement.message_id, WHY[placement.why].format(by=placement.by, gap=_gap(placement.seconds))


def _gap(seconds: int) -> str:
    for size, word in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {word}"
    return f"{seconds} s"
