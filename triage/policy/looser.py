# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a pack asks for less than the one it extends: allowed, but nobody should do it without noticing."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.policy.pack import ExceptionRule, Rule

_STANCES = ("decline", "decline-unless-exception", "conditions", "allow")
_UNKNOWN = ("error", "ask", "ok")
"""The strictest first."""


def looser(rules: Iterable["Rule"], exceptions: Iterable["ExceptionRule"], above: Sequence["Rule"]) -> Iterator[str]:
    """Yield in a sentence each how some rules ask for less than those `above` that they replace, and what exceptions free from."""
    for rule in rules:
        for old in (one for one in above if one.id == rule.id):
            yield from _less(rule, old)
    known = {rule.id for rule in above}
    for one in exceptions:
        if freed := [granted for granted in one.grants if granted in known]:
            yield f"exception {one.id} frees from {', '.join(freed)}"


def _less(rule: "Rule", old: "Rule") -> Iterator[str]:
    if rule.kind != old.kind:
        yield f"rule {rule.id} is of kind {rule.kind}, not {old.kind}"
        return
    if rule.severity.rank > old.severity.rank:
        yield f"rule {rule.id} gives {rule.severity.value}, not {old.severity.value}"
    new, was = rule.parameters, old.parameters
    if more := [word for word in new.get("allow", ()) if was.get("allow") and word not in was["allow"]]:
        yield f"rule {rule.id} allows {', '.join(more)}, too"
    if was.get("allow") and not new.get("allow"):
        yield f"rule {rule.id} lists nothing that is allowed, so all is"
    if fewer := [word for word in was.get("deny", ()) if word not in new.get("deny", ())]:
        yield f"rule {rule.id} does not deny {', '.join(fewer)}"
    if rule.kind == "ai-stance" and _STANCES.index(new["stance"]) > _STANCES.index(was["stance"]):
        yield f"rule {rule.id} has the stance {new['stance']}, not {was['stance']}"
    if _UNKNOWN.index(new.get("unknown", "ask")) > _UNKNOWN.index(was.get("unknown", "ask")):
        yield f"rule {rule.id} takes unknown tools for {new.get('unknown', 'ask')}, not {was.get('unknown', 'ask')}"
    for name in ("needs", "max_added"):
        if name in was and name in new and (new[name] < was[name] if name == "needs" else new[name] > was[name]):
            yield f"rule {rule.id} has {name} = {new[name]}, not {was[name]}"
    if old.valid_until is None and rule.valid_until is not None:
        yield f"rule {rule.id} ends on {rule.valid_until}"
