# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists: the frozen values that cross module lines. The words are those of the field (see docs/words.md).

The modules are loaded when one of their names is asked for: a run with nothing to do needs none of them, and making their classes takes
longer than its work.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.model.days import rfc3339
    from triage.model.evidence import Evidence, EvidenceClass, Role, Says
    from triage.model.finding import OPEN, Demand, Finding, Severity, State, Status
    from triage.model.links import Link, version_label
    from triage.model.mail import (
        MAX_MAIL,
        Body,
        Bound,
        FileChange,
        Kind,
        Line,
        Message,
        RawMail,
        Region,
        Subject,
        Trailer,
        blob_id,
    )
    from triage.model.people import BlobId, MessageId, PatchId, Person
    from triage.model.series import BRANCH, Placement, Series, without_repeats

_MODULES = {
    "days": ("rfc3339",),
    "evidence": (
        "Evidence",
        "EvidenceClass",
        "Role",
        "Says",
    ),
    "finding": (
        "Demand",
        "Finding",
        "OPEN",
        "Severity",
        "State",
        "Status",
    ),
    "links": (
        "Link",
        "version_label",
    ),
    "mail": (
        "Body",
        "Bound",
        "FileChange",
        "Kind",
        "Line",
        "MAX_MAIL",
        "Message",
        "RawMail",
        "Region",
        "Subject",
        "Trailer",
        "blob_id",
    ),
    "people": (
        "BlobId",
        "MessageId",
        "PatchId",
        "Person",
    ),
    "series": (
        "BRANCH",
        "Placement",
        "Series",
        "without_repeats",
    ),
}


def __getattr__(name: str) -> object:
    """Return a name of one of the modules."""
    for module, names in _MODULES.items():
        if name in names:
            value: object = getattr(import_module(f"triage.model.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "BRANCH",
    "MAX_MAIL",
    "OPEN",
    "BlobId",
    "Body",
    "Bound",
    "Demand",
    "Evidence",
    "EvidenceClass",
    "FileChange",
    "Finding",
    "Kind",
    "Line",
    "Link",
    "Message",
    "MessageId",
    "PatchId",
    "Person",
    "Placement",
    "RawMail",
    "Region",
    "Role",
    "Says",
    "Series",
    "Severity",
    "State",
    "Status",
    "Subject",
    "Trailer",
    "blob_id",
    "rfc3339",
    "version_label",
    "without_repeats",
]  # fmt: skip
