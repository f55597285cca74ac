# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics: which series is the next version of which, with the evidence for it; what people said comes first."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from triage.mail.identity import same_email, same_name
from triage.model import BRANCH, Kind, Link, Series
from triage.model.expression import expression
from triage.model.series import Posting, title_key
from triage.series.corrections import Corrections

EVIDENCE = {
    "human": "a person said so, in a record",
    "change-id": "both name the same b4 change-id",
    "supersedes": "a line names the other: Supersedes, Obsoleted-by, or a link to an older version (`v1: URL`, `Previous version: URL`)",
    "reply": "the same people's next version in reply to the older one's cover or to one of its patches",
    "subject-author": "the same people under the same patch titles (a cover's title alone only with a higher number, and where no other of "
    "theirs is called so), or the next number on the same files under titles alike",
    "patch-id": "the same people and at least half of the diffs equal",
    "similar": "titles alike: only a suggestion, nothing is linked by it",
}
"""Kinds of evidence for a version, strongest first."""
KINDS = tuple(EVIDENCE)
RESEND_WITHIN = 120 * 86400
"""Seconds within which the same title and version by the same author is a resend rather than another patch of that name."""
ONE_RUN = 600
"""Seconds within which mails of several versions were sent together: the order of their numbers holds then."""
NEXT_WITHIN = 250 * 86400
"""Seconds within which the next number of the same people may be the next version by likeness alone."""
AGAIN_WITHIN = 90 * 86400
"""The same for a posting without a higher number."""
_MARGIN = 15
_BRANCH = expression(r"v?[0-9]{1,2}\.[0-9]{1,3}(?:\.[0-9]{1,3})?(?:[.-](?:y|stable|rc[0-9]+))?|autosel.*|stable.*", re.IGNORECASE)
_PART = expression(r"part[-_]?([0-9]{1,3})(?:/[0-9]{1,3})?")
_FEW = 12
"""Postings of one title that are compared with each other."""
_SMALL_TITLE = 8
"""Letters under which a title says too little to stand for a series; a patch of one needs half as many more."""


def branch_of(series: Series) -> str:
    """Return what the tags of a series say it is for or a part of: stable branches, `[PART 2]`; "" for nothing."""
    subject = series.first.subject
    words = [word.lower() for word in subject.prefixes]
    found = [word for word in words if _BRANCH.fullmatch(word)]
    if "sru" in words:  # Ubuntu's kernel list: a patch goes to several series of the distribution, each under its letter or name
        found += [word for word in words if re.fullmatch(r"[a-z]|[a-z]{4,9}(?:[:/]linux[\w-]*)?", word)]
    found += [f"part {number}" for word, number in pairwise(words) if word == "part" and number.isdigit()]
    found += [f"part {match[1]}" for word in words if (match := _PART.fullmatch(word))]
    if BRANCH in series.notes:
        found.append(f"v{subject.version}.{subject.minor}")
    return " ".join(sorted(found))


def posting_of(series: Series) -> Posting:
    """Return what linking needs to know of `series`, without what replies say."""
    first = series.first
    members = frozenset(m.message_id for m in series.members)
    return Posting(
        first=first.message_id,
        members=members,
        parents=frozenset(parent for m in series.members for parent in m.parents) - members,
        supersedes=frozenset(item for m in series.members for item in m.supersedes),
        obsoleted_by=frozenset(item for m in series.members for item in m.obsoleted_by),
        author=series.author,
        sender=first.sender,
        version=series.version,
        minor=series.minor,
        rfc=any(m.subject.rfc for m in series.members),
        resend=first.subject.resend,
        kind=first.kind,
        branch=branch_of(series),
        title=title_key(first.subject.title),
        titles=frozenset(title_key(m.subject.title) for m in series.patches),
        change_ids=frozenset(m.change_id for m in series.members[:1] if m.change_id),
        patch_ids=frozenset(m.patch_id for m in series.patches if m.patch_id),
        posted=first.posted,
        total=series.total,
        numbered=first.subject.versioned and BRANCH not in series.notes,
        files=frozenset(change.path for m in series.patches for change in m.files),
    )


def same_people(one: Posting, other: Posting) -> bool:
    """Whether author or sender of two postings is one person, by address or by name."""
    ours, theirs = (one.author, one.sender), (other.author, other.sender)
    return any(same_email(a.email, b.email) or same_name(a.name, b.name) for a in ours for b in theirs)


def previous(series: Posting, candidates: Iterable[Posting], corrections: Corrections | None = None) -> tuple[Link, ...]:
    """Return the links from a series to the version before it, strongest first; empty where nothing speaks for one.

    What a person linked is linked, what a person unlinked is not. Otherwise the nearest lower version that is named (a change-id, a
    line) or under whose title it goes on wins, then the nearest that most of it comes from. Nothing follows what it is a part of.
    """
    found: list[tuple[tuple[bool, bool, tuple[int, int, int, str], int], tuple[Link, ...]]] = []
    others = list(candidates)
    recurring = _recurring(series, others)
    for other in others:
        word = corrections.link_of(series.members, other.members) if corrections else None
        if word and word[0] == "unlink":
            continue
        if word:
            return (Link(other.first, "human", f"record {word[1]}"),)
        links = tuple(_evidence(series, other, recurring)) if _may_be(series, other) else ()
        if links and not _is_part(other, others):
            mostly = _mostly_from(series, other, links)
            explicit = links[0].kind in {"change-id", "supersedes"}
            goes_on = mostly and any(link.kind == "subject-author" for link in links)
            order = (other.version if series.numbered and other.version <= series.version else 0, *other.order[1:])
            found.append(((explicit or goes_on, mostly, order, -KINDS.index(links[0].kind)), links))
    return max(found, key=lambda item: item[0])[1] if found else ()


def _recurring(series: Posting, others: Sequence[Posting]) -> bool:
    """Whether a cover is called as older ones of the same people are that have nothing in common: weekly fixes, parts of one plan."""
    if series.title in series.titles:
        return False
    called = [other for other in others if other.title == series.title and series.may_follow(other) and same_people(series, other)]
    called = sorted((other for other in called if other.titles), key=lambda other: other.order, reverse=True)[:_FEW]
    return any(
        a.version == b.version and not (a.titles & b.titles or a.patch_ids & b.patch_ids)
        for at, a in enumerate(called)
        for b in called[at + 1 :]
    )


def _is_part(posting: Posting, others: Sequence[Posting]) -> bool:
    """Whether a posting is a part of another one that was sent again: what follows follows the whole."""
    return posting.total > 1 and any(other.is_fuller(posting) and same_people(other, posting) for other in others)


def _may_be(series: Posting, other: Posting) -> bool:
    """Whether `other` may be the version before by date, number and size: never where `series` is a part of it that was sent again."""
    if not series.may_follow(other) or other.is_fuller(series):
        return False
    return other.version <= series.version or (other.rfc and not series.rfc) or _lost_number(series, other)


def _lost_number(series: Posting, other: Posting) -> bool:
    """Whether an unnumbered posting may go on a numbered one: by one sender under the whole title, and not sent along with it.

    A batch that takes in some of its patches, or a part that is sent by itself, is not a version of it.
    """
    one_sender = same_email(series.sender.email, other.sender.email) or same_name(series.sender.name, other.sender.name)
    titled = series.title == other.title or (series.title in series.titles & other.titles and series.total == other.total)
    return one_sender and titled and series.posted - other.posted > ONE_RUN


def _mostly_from(series: Posting, other: Posting, links: tuple[Link, ...]) -> bool:
    """Whether the whole of a posting, rather than some patches that it took in, comes from another."""
    if links[0].kind == "reply" or series.title == other.title:
        return True
    shared = max(len(series.titles & other.titles), len(series.patch_ids & other.patch_ids))
    return 2 * shared >= len(series.titles)


def _evidence(series: Posting, other: Posting, recurring: bool) -> Iterable[Link]:
    """Yield what speaks for `other` being an older version of `series`, strongest first; `recurring` covers lend their name to nothing."""
    if common := series.change_ids & other.change_ids:
        yield Link(other.first, "change-id", min(common))
    people = same_people(series, other)
    if people and (named := (series.supersedes & other.members) or (other.obsoleted_by & series.members)):
        yield Link(other.first, "supersedes", min(named))
    newer = (series.version, series.minor) > (other.version, other.minor)
    above = series.parents & other.members
    if above and newer and (people or series.title == other.title):
        yield Link(other.first, "reply", min(above))
    if not people:
        if newer and series.version == other.version + 1 and _taken_over(series, other):
            yield Link(other.first, "subject-author", f"the next number under the same title, sent by another: {series.title}")
        return
    if _same_titles(series, other, newer, recurring) and (newer or _sent_again(series, other)):
        yield Link(other.first, "subject-author", series.title)
    both = series.patch_ids & other.patch_ids
    if both and 2 * len(both) >= min(len(series.patch_ids), len(other.patch_ids)):
        yield Link(other.first, "patch-id", f"{len(both)} of {len(series.patch_ids)} patches are equal")


def _taken_over(series: Posting, other: Posting) -> bool:
    """Whether somebody else seems to go on with a posting: its whole title, which must say something, soon after."""
    return series.title == other.title and len(series.title) >= 3 * _SMALL_TITLE and 0 < series.posted - other.posted <= RESEND_WITHIN


def _same_titles(series: Posting, other: Posting, newer: bool, recurring: bool) -> bool:
    """Whether two postings have one title, or share patch titles.

    Half of the smaller one's do for a higher number by one sender, since series are split and joined; else more than half of the larger.
    A cover's title alone tells only with a higher number, and not where other postings of those people are called so too.
    """
    shared = series.titles & other.titles
    if series.title == other.title and len(series.title) >= _SMALL_TITLE:
        bare = not (series.titles and other.titles) or series.title in series.titles | other.titles
        if shared or bare or (series.patch_ids & other.patch_ids) or (newer and not recurring):
            return True
    both = len({title for title in shared if 2 * len(title) >= 3 * _SMALL_TITLE})
    one_sender = same_email(series.sender.email, other.sender.email) or same_name(series.sender.name, other.sender.name)
    if newer and one_sender:
        return both > 0 and 2 * both >= min(len(series.titles), len(other.titles))
    return 2 * both > max(len(series.titles), len(other.titles))


def _sent_again(series: Posting, other: Posting) -> bool:
    """Whether a posting of no higher version may be the same thing once more, rather than another of that name on other files."""
    if Kind.PULL in {series.kind, other.kind}:
        return False
    if series.resend:
        return True
    if series.files and other.files and not (series.files & other.files) and not (series.patch_ids & other.patch_ids):
        return False
    return series.posted - other.posted <= RESEND_WITHIN or bool(series.patch_ids & other.patch_ids)


class _Likeness(Struct, frozen=True, order=True):
    """How alike two postings are that nothing else joins: titles by rapidfuzz's token_sort_ratio, files by their share, 0 to 100."""

    whole: float
    title: float
    files: float

    def evidence(self) -> str:
        return f"titles alike by {self.title:.0f} of 100, files by {self.files:.0f} of 100"


def suggestions(series: Posting, candidates: Iterable[Posting], corrections: Corrections | None = None) -> tuple[Link, ...]:
    """Return a link to the one older posting that is plainly the version before, else links of kind `similar`, which only suggest.

    For a posting of which nothing else tells. It is plain where one person sent both, the number is the next one (or an RFC became a
    patch), titles or files are alike, and no other posting of theirs comes near.
    """
    scored: list[tuple[_Likeness, int, Posting]] = []
    for other in candidates:
        if not series.may_follow(other) or not same_people(series, other):
            continue
        if corrections and corrections.link_of(series.members, other.members):
            continue
        scored.append((_likeness(series, other), other.posted, other))
    scored.sort(key=lambda row: row[:2], reverse=True)
    if scored and not _recurring(series, [other for *_, other in scored]) and _plain(series, scored):
        best, _, other = scored[0]
        return (Link(other.first, "subject-author", f"the next number; {best.evidence()}", alike=True),)
    if series.version == 1:
        return ()
    return tuple(Link(other.first, "similar", like.evidence()) for like, _, other in scored[:3] if like.title >= 75 or like.whole >= 120)


def _plain(series: Posting, scored: list[tuple[_Likeness, int, Posting]]) -> bool:
    best, posted, other = scored[0]
    apart = series.posted - posted
    if Kind.PULL in {series.kind, other.kind} or (len(scored) > 1 and best.whole - scored[1][0].whole < _MARGIN):
        return False
    if series.version == other.version + 1:
        alike = best.title >= 90 or (best.title >= 60 and best.files >= 50) or (best.title >= 40 and best.files >= 80)
        return alike and apart <= NEXT_WITHIN
    if other.rfc and not series.rfc and series.version >= other.version:
        return (best.title >= 90 or (best.title >= 70 and best.files >= 50)) and apart <= NEXT_WITHIN
    ours, theirs = set(series.title.split()), set(other.title.split())
    extended = best.title >= 85 and (ours <= theirs or theirs <= ours)
    return series.version == other.version and extended and best.files >= 80 and apart <= AGAIN_WITHIN


def _likeness(series: Posting, other: Posting) -> _Likeness:
    from rapidfuzz.fuzz import token_sort_ratio

    ours, theirs = sorted({series.title, *series.titles})[:20], sorted({other.title, *other.titles})[:20]
    title = max((token_sort_ratio(a, b) for a in ours for b in theirs if a and b), default=0.0)
    least = min(len(series.files), len(other.files))
    files = 100 * len(series.files & other.files) / least if least else 0.0
    return _Likeness(title + files, title, files)
