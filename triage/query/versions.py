# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a series came to be: why its mails are together, which versions it has, what changed between them, what replies gave."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from triage.archive.reread import read_again, read_rows
from triage.mail.message import Read
from triage.mail.quotes import first_own_line
from triage.model import Link, rfc3339
from triage.model.errors import ArchiveError, TriageError
from triage.model.expression import expression
from triage.model.listed import link_dict
from triage.policy.evidence.machines import is_machine
from triage.series.compare import compare, difference
from triage.series.corrections import Corrections
from triage.series.followups import Followup, followups
from triage.series.grouping import explained, group
from triage.store import derive, listed, queries
from triage.store.corrections import corrections_naming
from triage.store.pool import load_pool, reach, threads_of
from triage.store.queries import Stored
from triage.store.schema import Index

if TYPE_CHECKING:
    from triage.model.shapes.series import ComparedPatchShape, FollowupShape, VersionShape, WhyShape


class Member(Struct, frozen=True):
    """A mail of a series, and why it is in it."""

    message_id: str
    subject: str
    why: str


class Grouped(Struct, frozen=True):
    """Why the mails of a series are together, and why it follows another."""

    series: str
    notes: tuple[str, ...]
    members: tuple[Member, ...]
    links: tuple[Link, ...]

    def to_dict(self) -> "WhyShape":
        """Return it in the shape of `triage show --why --json`."""
        return {
            "schema": 1, "series": self.series, "notes": list(self.notes),
            "members": [{"message_id": one.message_id, "subject": one.subject, "why": one.why} for one in self.members],
            "links": [link_dict(link) for link in self.links],
        }  # fmt: skip


def why_grouped(connection: Index, series: int) -> Grouped:
    """Return why the mails of a series are together and why it follows another: the same algorithm, run again on the same mails."""
    mails = queries.series_mails(connection, series)
    first = queries.series_head(connection, series).first
    pool = load_pool(connection, reach(connection, threads_of(connection, series)))
    corrections = Corrections(corrections_naming(connection, pool.names()))
    found = group((m for m in pool.messages().values() if m.is_member), corrections)
    blobs = {stored.message.blob for stored in mails}
    one = next(s for s in found if s.first.message_id == first and s.first.blob in blobs)
    subjects = {m.message_id: m.raw_subject for m in one.members}
    members = tuple(Member(name, subjects[name], why) for name, why in explained(one))
    return Grouped(first, tuple(one.notes), members, tuple(listed.links_of(connection, [series]).get(series, ())))


def effective_patches(connection: Index, series: int) -> list[tuple[Stored, bool]]:
    """Return the patches of a version in order, each with whether it was taken over from the version before."""
    again = derive.sent_again(connection, series)
    own = [
        (stored, False) for stored in queries.series_mails(connection, series)
        if stored.message.kind.value in {"patch", "reply-patch"} and stored.message.blob not in again
    ]  # fmt: skip
    carried = [(stored, True) for stored in queries.carried_mails(connection, series)]
    return sorted([*own, *carried], key=lambda item: (item[0].message.subject.n or 0, item[0].message.posted, item[0].row))


class PatchChange(Struct, frozen=True):
    """How one patch of a version differs from that of the version before."""

    n: int | None
    subject: str
    change: str
    """unchanged, message, changed, new or dropped."""
    old: str | None
    new: str | None
    difference: tuple[str, ...] | None = None
    """The lines of a diff between both texts, None where none was asked for or there is none."""
    rows: tuple[int, int] | None = None
    """The rows of both mails where their texts differ, for `differences`."""

    def to_dict(self) -> "ComparedPatchShape":
        """Return it in the shape of `triage show --versions --json`."""
        row: ComparedPatchShape = {"n": self.n, "subject": self.subject, "change": self.change, "old": self.old, "new": self.new}
        return row if self.difference is None else {**row, "difference": list(self.difference)}


class Version(Struct, frozen=True):
    """One version of a topic against the one it follows."""

    series: str
    number: int
    rfc: bool
    posted: int
    asked: bool
    """Whether it is the one that was asked about."""
    previous: str | None
    links: tuple[Link, ...]
    patches: tuple[PatchChange, ...]

    def to_dict(self) -> "VersionShape":
        """Return it in the shape of `triage show --versions --json`."""
        return {
            "schema": 1, "series": self.series, "version": self.number, "rfc": self.rfc, "posted": rfc3339(self.posted),
            "asked": self.asked, "previous": self.previous, "links": [link_dict(link) for link in self.links],
            "patches": [patch.to_dict() for patch in self.patches],
        }  # fmt: skip


def versions(connection: Index, series: int, with_diff: bool = False, newest_first: bool = False) -> Iterator[Version]:
    """Yield the versions of a series' topic, oldest first, each with how its patches changed since the version it follows.

    With `with_diff` each changed patch has the lines of a diff between both texts, read again from the archives.
    """
    kept: dict[int, list[Stored]] = {}

    def patches(one: int) -> list[Stored]:
        if one not in kept:
            if len(kept) > 1:  # a version is asked for as the newer one and as the older one, mostly one after the other
                kept.pop(next(iter(kept)))
            kept[one] = _patches(connection, one)
        return kept[one]

    every = queries.versions_of(connection, series)
    for one, first, version, rfc, posted in reversed(every) if newest_first else every:
        previous = queries.previous_of(connection, one)
        before = queries.series_head(connection, previous).first if previous is not None else None
        links = tuple(listed.links_of(connection, [one]).get(one, ()))
        mine = patches(one)
        changes = _changes(patches(previous) if previous is not None else None, mine)
        if with_diff:
            changes = _with_differences(connection, changes)
        yield Version(first, version, bool(rfc), posted, one == series, before, links, changes)


def compared(connection: Index, old: int, new: int) -> Version:
    """Return one version of a topic against any other, each changed patch with the lines of a diff between both texts."""
    head, before = queries.series_head(connection, new), queries.series_head(connection, old)
    rfc, posted = next((bool(rfc), posted) for one, _, _, rfc, posted in queries.versions_of(connection, new) if one == new)
    changes = _with_differences(connection, _changes(_patches(connection, old), _patches(connection, new)))
    return Version(head.first, head.version, rfc, posted, True, before.first, (), changes)


class Remark(Struct, frozen=True):
    """What somebody else said of a version by mail, and its author did not answer."""

    series: str
    message_id: str
    who: str
    n: int | None
    """The patch that it was said of."""
    total: int
    words: str
    """How it begins."""


def unanswered(connection: Index, series: int) -> Iterator[Remark]:
    """Yield what others said of the older versions of a topic and their authors did not answer by mail, oldest first.

    A mail that only gives trailers asks nothing; what a bot sent is left out.
    """
    for one, first, _, _, _ in queries.versions_of(connection, series):
        if one == series:
            return
        if not queries.has_replies(connection, one):
            continue
        mails = queries.series_mails(connection, one)
        by_id = {stored.message.message_id: stored for stored in mails}
        author = {stored.message.sender.email.casefold() for stored in mails if stored.message.is_member}
        replies = [stored for stored in mails if not stored.message.is_member]
        answered = {name for stored in replies if stored.message.sender.email.casefold() in author for name in stored.message.parents}
        total = queries.series_head(connection, one).total
        for stored in replies:
            message = stored.message
            if message.sender.email.casefold() in author or message.message_id in answered or is_machine(message.sender):
                continue
            if words := _first_words(connection, stored):
                above = next((by_id[name].message for name in message.parents if name in by_id and by_id[name].message.is_member), None)
                who = message.sender.name or message.sender.email
                yield Remark(first, message.message_id, who, above.subject.n if above else None, total, words)


def _first_words(connection: Index, stored: Stored) -> str:
    try:
        text = read_again(connection, stored).body.text
    except TriageError:
        return ""
    first = first_own_line(text)
    return "" if _GIVES.match(first) else first


_GIVES = expression(r"[A-Za-z-]+-by: ")


def _patches(connection: Index, series: int) -> list[Stored]:
    return list({stored.message.blob: stored for stored, _ in effective_patches(connection, series)}.values())


def _changes(old: list[Stored] | None, new: list[Stored]) -> tuple[PatchChange, ...]:
    """Return how patches became others; all are new where there are no older ones."""
    row_of = {stored.message.blob: stored.row for stored in (*(old or ()), *new)}
    changes = []
    for pair in compare([s.message for s in old or ()], [s.message for s in new]):
        shown = pair.new or pair.old
        assert shown is not None
        differ = pair.old and pair.new and pair.change in {"changed", "message"}
        changes.append(
            PatchChange(
                n=shown.subject.n, subject=shown.raw_subject, change=pair.change if old is not None else "new",
                old=pair.old.message_id if pair.old else None, new=pair.new.message_id if pair.new else None,
                rows=(row_of[pair.old.blob], row_of[pair.new.blob]) if differ and pair.old and pair.new else None,
            )
        )  # fmt: skip
    return tuple(changes)


def _with_differences(connection: Index, changes: tuple[PatchChange, ...]) -> tuple[PatchChange, ...]:
    told = differences(connection, [change.rows for change in changes if change.rows])
    return tuple(replace(change, difference=told[change.rows]) if change.rows else change for change in changes)


def differences(connection: Index, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return by rows of an older and a newer mail the lines of a diff between both texts, or the sentence why there is none."""
    wanted = list(pairs)
    reads = read_rows(connection, {row for pair in wanted for row in pair})
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for old, new in wanted:
        before, after = reads[old], reads[new]
        if isinstance(before, ArchiveError) or isinstance(after, ArchiveError):
            found[old, new] = (f"({before if isinstance(before, ArchiveError) else after})",)
            continue
        names = (before.message.message_id, after.message.message_id)
        found[old, new] = tuple(difference(_compared_text(before), _compared_text(after), names))
    return found


def _compared_text(read: Read) -> str:
    return f"{read.body.commit_message}---\n{read.body.diff}"


def effective_followups(connection: Index, series: int) -> list[Followup]:
    """Return the trailers that replies gave to the patches of a series; those on carried patches and their cover come along."""
    found = list(followups(*derive.stored_series(connection, series)))
    carried = {stored.message.message_id: stored for stored in queries.carried_mails(connection, series)}
    previous = queries.previous_of(connection, series)
    if not carried or previous is None:
        return found
    own = {stored.message.subject.n: stored.message.message_id for stored, taken in effective_patches(connection, series) if not taken}
    before = effective_followups(connection, previous)
    numbers = {stored.message.message_id: stored.message.subject.n for stored, _ in effective_patches(connection, previous)}
    for item in before:
        if item.patch in carried:
            found.append(item)
        elif item.on_cover and (mine := own.get(numbers.get(item.patch))):
            found.append(replace(item, patch=mine))
    return found


def followup_dict(item: Followup) -> "FollowupShape":
    """Return a trailer that a reply gave in the shape of `triage show --series --json`."""
    return {
        "patch": item.patch, "source": item.source, "key": item.trailer.key, "value": item.trailer.value, "line": item.trailer.line,
        "matches": item.matches, "on_cover": item.on_cover,
    }  # fmt: skip
