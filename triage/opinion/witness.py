# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts withhold: compared with the keys and with each other, so that none can keep a record from its readers unnoticed."""

from triage.opinion.damage import short
from triage.opinion.keys import NOTHING, KeyRing
from triage.opinion.log import OpinionLog
from triage.opinion.refs import LOGS, SEEN, ref_of
from triage.opinion.remotes import Incoming, listed, remotes


def missing_marks(log: OpinionLog, ring: KeyRing) -> list[str]:
    """Return which logs lack a record that the keys have written down: whoever gave them here left their end out."""
    tips = log.tips()
    ends = {(ref_of(key.email), key.until) for key in ring.keys if key.until} | {*ring.before, *ring.unbound}
    lacking = [(ref, mark) for ref, mark in sorted(ends) if mark != NOTHING and not log.is_behind(mark, tips.get(ref, ""))]
    return [f"log {short(ref)} lacks record {mark[:12]}, which the keys say was in it: `triage opinion sync`" for ref, mark in lacking]


def withheld(log: OpinionLog) -> list[str]:
    """Return what each remote lacks of what another shows, or showed before; nothing is fetched.

    Raises `BusyError` for a remote that is out of reach.
    """
    shown: dict[str, Incoming] = {name: listed(log, name, url) for name, url in sorted(remotes(log).items())}
    known = log.repository.refs(SEEN)
    seen = {name: {LOGS + ref.split("/", 3)[3]: tip for ref, tip in known.items() if ref.split("/")[2] == name} for name in shown}
    said: list[str] = []
    for name, own in shown.items():
        for ref in sorted({ref for rows in (*shown.values(), *seen.values()) for ref in rows}):
            others = {other: rows[ref] for other, rows in shown.items() if other != name and ref in rows}
            if before := seen[name].get(ref):
                others[f"{name} itself before"] = before
            said += _lacks(log, name, ref, own.get(ref, ""), others)
    return list(dict.fromkeys(said))


def _lacks(log: OpinionLog, name: str, ref: str, tip: str, others: dict[str, str]) -> list[str]:
    said = []
    for other, there in others.items():
        if there == tip or (tip and not log.repository.has(there)):
            continue  # which of two is longer is told once both were fetched
        if not tip:
            said.append(f"{name} does not show {short(ref)}, which {other} shows")
        elif log.is_behind(tip, there):
            said.append(f"{name} withholds records of {short(ref)} that {other} shows")
        elif log.repository.has(tip) and not log.is_behind(there, tip):
            said.append(f"{name} shows another {short(ref)} than {other}")
        elif not log.repository.has(tip):
            said.append(f"{name} shows records of {short(ref)} that are not here yet: `triage opinion sync {name}`")
    return said
