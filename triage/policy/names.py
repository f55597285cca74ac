# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in a pack that nobody bears: vendors, tools, models and roles that are misspelt would match nothing and never be noticed."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from triage.policy.evidence.tools import tools
from triage.policy.pack import Pack
from triage.policy.people import MAINTAINER, REVIEWER, People

_CALLED = {"vendor": "vendor of AI tools", "tool": "AI tool", "model": "AI model"}


def unknown_names(pack: Pack, people: People) -> list[str]:
    """Return a sentence for each name in a pack's rules and exceptions that neither the tool table nor the project's roster knows."""
    return [*_tools(pack), *_roles(pack, people), *_globs(pack)]


def _tools(pack: Pack) -> Iterator[str]:
    rows = tools()
    known = {
        "vendor": {row.vendor for row in rows if row.vendor},
        "tool": {row.tool for row in rows},
        "model": {model for row in rows for model in row.models},
    }
    for rule in pack.rules:
        by = rule.parameters.get("by", "vendor") if rule.kind == "tools" else ""
        for key in ("allow", "deny") if by else ():
            yield from _unknown(rule.parameters.get(key, ()), known[by], f"rule {rule.id}, {key}", _CALLED[by], by == "model")
    everything = set().union(*known.values())
    for item in pack.exceptions:
        if "tool" in item.scope:
            yield from _unknown([item.scope["tool"]], everything, f"exception {item.id}, tool", "AI tool", True)


def _unknown(words: Iterable[str], known: set[str], spot: str, what: str, family: bool) -> Iterator[str]:
    """Yield a sentence for each word that is not known; with `family` a model is known by how its name begins."""
    plain = {name.replace(" ", "-").replace(".", "-") for name in known}
    for word in words:
        small = word.lower().replace(" ", "-").replace(".", "-")
        if small in plain or (family and any(small.startswith(name) for name in plain)):
            continue
        near = get_close_matches(small, sorted(plain), 1)
        hint = f"did you mean {near[0]!r}?" if near else "a new one goes into [tools] of config.toml first"
        if kin := next(
            (row for row in tools() if small in {row.tool, *(name.replace(" ", "-") for name in (*row.names, *row.models))}), None
        ):
            hint = f"it is {kin.tool}, a tool of {kin.vendor or 'nobody that is known'}"
        yield f"{spot}: no {what} is called {word!r}; {hint}"


def _roles(pack: Pack, people: People) -> Iterator[str]:
    named = [(rule.parameters["role"], f"rule {rule.id}") for rule in pack.rules if rule.parameters.get("role")]
    named += [(item.agreed_by, f"exception {item.id}") for item in pack.exceptions if item.agreed_by]
    known = sorted({area.role for area in people.areas} or {MAINTAINER, REVIEWER})
    for role, spot in named:
        near = get_close_matches(role, known, 1, 0.6 if people.areas else 0.8)
        if role in known or (not people.areas and not near):  # without a roster any role may be meant
            continue
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}"
        yield f"{spot}: {'the roster gives nobody the' if people.areas else 'a MAINTAINERS file has no'} role {role!r}; {hint}"


def without_roster(pack: Pack, people: People) -> list[str]:
    """Return a sentence for each role of a pack's own rules that nobody can have, since no roster is named for the project."""
    roles = dict.fromkeys(rule.parameters["role"] for rule in pack.rules if rule.own and rule.parameters.get("role"))
    where = f"config.toml names no roster for it: [projects.{pack.id}]"
    return [] if people.areas else [f"nobody has the role {role!r}: {where}" for role in roles]


def _globs(pack: Pack) -> Iterator[str]:
    named = [(glob, f"rule {rule.id}") for rule in pack.rules for key in ("globs", "exclude") for glob in rule.parameters.get(key, ())]
    named += [(name[5:], f"rule {rule.id}, when") for rule in pack.rules for _, name in rule.when if name.startswith("path:")]
    named += [
        (glob, f"exception {item.id}") for item in pack.exceptions for key in ("paths", "exclude") for glob in item.scope.get(key, ())
    ]
    for glob, spot in named:
        if glob.startswith(("/", "./")):
            yield f"{spot}: {glob!r} matches nothing; paths begin at the top of the tree, without a slash"
