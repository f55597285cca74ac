# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series, their patches and versions, as `triage list` and `triage show --series|--versions|--why` print them."""

from typing import Annotated, Literal, NotRequired, TypedDict

from triage.model.shapes.words import (
    AtLeastOne,
    ChangeText,
    CheckText,
    Count,
    GivenText,
    LinkText,
    MessageIdText,
    NoteText,
    ObjectText,
    PatchIdText,
    StateText,
    TimeText,
)  # fmt: skip


class PersonShape(TypedDict):
    """A person by name and address."""

    name: str
    email: str


class LinkShape(TypedDict):
    """What ties a series to an older one."""

    to: MessageIdText
    kind: LinkText
    evidence: str


class PatchShape(TypedDict):
    """A patch of a series; `carried` is one that a partial reroll takes over from the version before."""

    n: Count | None
    message_id: MessageIdText
    subject: str
    patch_id: PatchIdText | None
    carried: bool


class FindingCountsShape(TypedDict):
    """How many findings are open, by severity."""

    error: Count
    warn: Count
    ask: Count
    info: Count


class OpinionCountsShape(TypedDict):
    """How many opinions stand, by what they say and by where they stand."""

    agree: Count
    disagree: Count
    unsure: Count
    carried: Count
    outdated: Count
    untrusted: Count
    excluded: Count
    split: Count
    asked: Count


class VouchedShape(TypedDict):
    """How many people acked, reviewed and tested every patch; machines and a patch's own author are not counted."""

    acked: Count
    reviewed: Count
    tested: Count
    some: Annotated[GivenText, "The letters a, r, t of what any patch got."]
    unreviewed: Annotated[Count, "How many patches got none of it."]


class ListedShape(TypedDict):
    """A series as lists and reports have it."""

    schema: Literal[1]
    series: MessageIdText
    lists: list[str]
    subject: str
    version: Count
    rfc: bool
    resend: bool
    author: PersonShape
    submitter: PersonShape
    posted: TimeText | None
    activity: TimeText | None
    total: Count
    received: Count
    complete: bool
    cover: MessageIdText | None
    patches: list[PatchShape]
    topic: MessageIdText
    previous: MessageIdText | None
    answers: Annotated[MessageIdText | None, "The series that this one was sent in reply to."]
    notes: list[NoteText]
    links: list[LinkShape]
    findings: FindingCountsShape
    opinions: OpinionCountsShape
    tools: list[str]
    superseded: bool
    vouched: VouchedShape


class FollowupShape(TypedDict):
    """A trailer that was given in a reply."""

    patch: MessageIdText
    source: MessageIdText
    key: str
    value: str
    line: AtLeastOne
    matches: Annotated[bool, "Whether the sender is the person named; others do not count."]
    on_cover: bool


class CommitShape(TypedDict):
    """What a patch became in a clone's HEAD, null for nothing."""

    message_id: MessageIdText
    commit: ObjectText | None
    how: Annotated[str, "By what it was found: patch-id, the trailer that names the mail, or title and author."]
    time: TimeText | None


class CheckShape(TypedDict):
    """What another tool said of a patch, and when it was asked."""

    tool: str
    status: CheckText
    summary: str
    details: str
    url: str
    at: TimeText


class PatchCheckShape(CheckShape):
    """What another tool said of one patch of a series."""

    message_id: MessageIdText


class SeriesShape(ListedShape):
    """One line of `triage list --json`, and `triage show --series --json`: a series."""

    state: StateText
    earlier_by_author: NotRequired[Count]
    followups: NotRequired[Annotated[list[FollowupShape], "With `triage show --series`."]]
    checks: NotRequired[Annotated[list[PatchCheckShape], "With `triage show --series`; see [checks] in docs/config.md."]]
    commits: NotRequired[Annotated[list[CommitShape], "With `triage show --series --repo`."]]


class MemberShape(TypedDict):
    """A mail of a series, and why it is one."""

    message_id: MessageIdText
    subject: str
    why: str


class WhyShape(TypedDict):
    """`triage show --why --json`: why the mails of a series are together, and what ties it to an older one."""

    schema: Literal[1]
    series: MessageIdText
    notes: list[NoteText]
    members: list[MemberShape]
    links: list[LinkShape]


class ComparedPatchShape(TypedDict):
    """A patch against that of the version before."""

    n: int | None
    subject: str
    change: ChangeText
    old: MessageIdText | None
    new: MessageIdText | None
    difference: NotRequired[Annotated[list[str], "With `--diff`."]]


class VersionShape(TypedDict):
    """One line of `triage show --versions --json`: a version of a topic, patch by patch against the one it follows."""

    schema: Literal[1]
    series: MessageIdText
    version: Count
    rfc: bool
    posted: TimeText | None
    asked: bool
    previous: MessageIdText | None
    links: list[LinkShape]
    patches: list[ComparedPatchShape]
