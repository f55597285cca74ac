# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A series and a finding as everybody reads them: lists, reports, the terminal UI, and, by `to_dict`, the JSON contract.

The keys of `to_dict` are that contract: add keys freely, and raise `schema` when one changes its meaning.
"""

from typing import TYPE_CHECKING, cast

from msgspec import Struct, field

from triage.model import OPEN, Link, Person, Severity, State, Status, rfc3339
from triage.model.opinion import Stand

if TYPE_CHECKING:
    from triage.model.shapes.opinion import FindingShape, SaidShape, SecondOpinionShape
    from triage.model.shapes.series import (
        FindingCountsShape,
        LinkShape,
        OpinionCountsShape,
        PatchShape,
        PersonShape,
        SeriesShape,
        VouchedShape,
    )  # fmt: skip


class SecondOpinion(Struct, frozen=True):
    """Who must agree to what a finding asks, and who did."""

    needs: int
    role: str
    """"" for any."""
    agree: int
    disagree: int
    met: bool

    def to_dict(self) -> "SecondOpinionShape":
        """Return it in the shape of `triage findings --json`."""
        return {"needs": self.needs, "role": self.role, "agree": self.agree, "disagree": self.disagree, "met": self.met}


class ListedFinding(Struct, frozen=True):
    """A finding of a series, where it stands, and what people said of it."""

    series: str
    id: str
    code: str
    name: str
    severity: Severity
    rule: str
    pack: str
    n: int | None
    region: str
    line: int | None
    quote: str
    says: str
    misses: str
    source: str
    status: Status
    question: str
    target: str
    exception: str
    message_id: str
    judged_by: tuple[str, ...] = ()
    """The packs of its lists that hold the rule; `pack` is the one that defines it."""
    second_opinion: SecondOpinion | None = None
    opinions: tuple[Stand, ...] = ()
    """By time; without what was replaced or withdrawn."""

    @property
    def policy(self) -> str:
        """The pack of a list that judged it: that one, with all that it extends, has the words to explain it."""
        return self.judged_by[0] if self.judged_by and self.pack not in self.judged_by else self.pack

    @property
    def packs(self) -> str:
        """The pack that defines its rule; where several packs of the list say the same, those as well."""
        return f"{self.pack} (judged by {', '.join(self.judged_by)})" if len(self.judged_by) > 1 else self.pack

    @property
    def is_open(self) -> bool:
        """Whether nothing that counts closed it."""
        return self.status in OPEN

    def to_dict(self) -> "FindingShape":
        """Return it in the shape of `triage findings --json`."""
        return {
            "schema": 1, "series": self.series, "id": self.id, "code": self.code, "name": self.name, "severity": self.severity.value,
            "rule": self.rule, "pack": self.pack, "n": self.n, "region": self.region, "line": self.line, "quote": self.quote,
            "says": self.says, "misses": self.misses, "source": self.source, "status": self.status.value, "question": self.question,
            "target": self.target, "exception": self.exception, "message_id": self.message_id, "judged_by": list(self.judged_by),
            "second_opinion": self.second_opinion.to_dict() if self.second_opinion else None,
            "opinions": [said_dict(stand) for stand in self.opinions],
        }  # fmt: skip


def said_dict(stand: Stand) -> "SaidShape":
    """Return what somebody said of a series in the shape of a finding's `opinions`."""
    record = stand.record
    return {
        "id": record.id, "reviewer": person_dict(record.reviewer), "kind": record.kind, "reason": record.reason, "time": record.time,
        "signed": record.signed, "finding": stand.finding, "message_id": stand.message_id, "state": stand.state.value,
        "why": stand.why or " ".join(stand.waiting), "code": record.code, "ai_assisted": record.ai_assisted, "revealed": record.revealed,
        "line": record.line, "quote": record.quote, "to": list(record.asked), "due": record.due, "given_on": record.target_message,
        "about": record.finding.text.partition(" ")[2],
    }  # fmt: skip


def person_dict(person: Person) -> "PersonShape":
    """Return a person as all JSON shows one."""
    return {"name": person.name, "email": person.email}


class ListedPatch(Struct, frozen=True):
    """A patch of a series."""

    n: int | None
    message_id: str
    subject: str
    patch_id: str | None
    carried: bool = False
    """Whether a partial reroll takes it over from the version before."""

    def to_dict(self) -> "PatchShape":
        """Return it in the shape of `triage list --json`."""
        return {"n": self.n, "message_id": self.message_id, "subject": self.subject, "patch_id": self.patch_id, "carried": self.carried}


class ListedSeries(Struct, frozen=True):
    """A series with its patches, what ties it to others, and how much was found and said."""

    message_id: str
    lists: tuple[str, ...]
    subject: str
    version: int
    rfc: bool
    resend: bool
    author: Person
    submitter: Person
    posted: int
    activity: int
    total: int
    received: int
    complete: bool
    has_cover: bool
    patches: tuple[ListedPatch, ...]
    topic: str
    previous: str | None
    answers: str | None
    """The series to one of whose mails it was sent as a reply."""
    notes: tuple[str, ...]
    links: tuple[Link, ...]
    findings: dict[str, int]
    """How many are open, by severity."""
    opinions: dict[str, int]
    """How many records stand how."""
    tools: tuple[str, ...]
    superseded: bool
    state: State
    vouched: dict[str, int | str] = field(default_factory=dict)
    """How many people acked, reviewed and tested every patch of it, what `some` patches got at all: a, r, t; how many got none of it."""

    @property
    def byline(self) -> Person:
        """Whose name stands on the series: who sent its cover, else who wrote its first patch."""
        return self.submitter if self.has_cover else self.author

    def to_dict(self) -> "SeriesShape":
        """Return it in the shape of `triage list --json`."""
        return {
            "schema": 1, "series": self.message_id, "lists": list(self.lists), "subject": self.subject, "version": self.version,
            "rfc": self.rfc, "resend": self.resend, "author": person_dict(self.author), "submitter": person_dict(self.submitter),
            "posted": rfc3339(self.posted), "activity": rfc3339(self.activity), "total": self.total, "received": self.received,
            "complete": self.complete, "cover": self.message_id if self.has_cover else None,
            "patches": [patch.to_dict() for patch in self.patches], "topic": self.topic, "previous": self.previous,
            "answers": self.answers, "notes": list(self.notes), "links": [link_dict(link) for link in self.links],
            "findings": cast("FindingCountsShape", dict(self.findings)),
            "opinions": cast("OpinionCountsShape", dict(self.opinions)), "tools": list(self.tools),
            "superseded": self.superseded, "state": self.state.value, "vouched": cast("VouchedShape", dict(self.vouched)),
        }  # fmt: skip


def link_dict(link: Link) -> "LinkShape":
    """Return what ties a series to an older version in the shape of `triage list --json`."""
    return {"to": link.to, "kind": link.kind, "evidence": link.evidence}
