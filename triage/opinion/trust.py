# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""May this record count? One answer for opinions, decisions, requests, corrections and withdrawals alike. Pure."""

from triage.model.opinion import Record
from triage.opinion.keys import KeyRing
from triage.opinion.log import Entry
from triage.opinion.record import NEWER, UNREADABLE
from triage.opinion.refs import ref_of

UNREAD_KEYS = "keys cannot be read"
"""What bars every record while the keys that were here cannot be read."""


def why_not_counted(opinion: Record, signed_only: bool = False) -> str:
    """Say why a record does not count, "" where it may; `signed_only` is a policy's that counts signed opinions alone."""
    if opinion.signed == "bad" or opinion.kind in {NEWER, UNREADABLE}:
        return opinion.trouble or "it cannot be read"
    if opinion.barred:
        return opinion.barred
    if signed_only and opinion.signed != "good":
        return f"the policy counts signed opinions alone, and this one is {opinion.signed}"
    return ""


def barred_by(ring: KeyRing, opinion: Record, entry: Entry) -> str:
    """Say why the keys in force do not let a record count, "" where they do; `opinion` carries the verdict on its signature.

    Where there are keys a record counts if one of them signed it and it names this project. What was said before there were keys, or
    before records named their project, counts as far as the logs reached that the keys have written down. Without keys a record that
    names a project cannot be told to be of this one.
    """
    project = opinion.fields.get("Project", "")
    if not ring.keys:
        return "it was given under keys that are not here" if project else ""
    if not project and _covered(ring.before, entry, opinion.log):
        return ""
    if opinion.signed != "good":
        return "it is not signed with a key that is trusted here"
    if project == ring.project or (not project and (not ring.bound or _covered(ring.unbound, entry, opinion.log))):
        return ""
    return "it was given in another project" if project else "it names no project, and came after records had to"


def _covered(tips: tuple[tuple[str, str], ...], entry: Entry, ref: str) -> bool:
    return any(name == ref and tip not in entry.after for name, tip in tips)


def marks_of(ring: KeyRing, ref: str) -> frozenset[str]:
    """Return the tips that the keys have written down for a log."""
    ends = {key.until for key in ring.keys if key.until and ref_of(key.email) == ref}
    return frozenset(ends | {tip for name, tip in (*ring.before, *ring.unbound) if name == ref})
