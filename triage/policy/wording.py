# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project wants written where a tool took part, on a given day: its lines, where they go, or that it takes no such work. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from triage.model import Finding, Message, Role, Severity
from triage.model.listed import ListedFinding
from triage.policy.evidence.tools import name_tool
from triage.policy.pack import Pack, Rule, day_of
from triage.policy.rules.ai_use import refused_tools
from triage.policy.rules.case import MAKING, SIGNOFF
from triage.policy.validate import compile_value

_MESSAGE = "in the commit message, directly above your Signed-off-by"


class Wording(Struct, frozen=True):
    """The lines that a project wants, or why it takes no such work."""

    lines: tuple[str, ...]
    """Empty where it asks for nothing."""
    where: str
    refused: str
    """The rule in the project's words, "" where it takes the work."""
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return it in the shape of `triage policy trailer --json`."""
        return {"schema": 1, "lines": list(self.lines), "where": self.where, "refused": self.refused, "source": self.source}


def wording(pack: Pack, tool: str, model: str, role: Role, day: date) -> Wording:
    """Return what a pack's rules in force on a day want of work in which a tool had a role; the strictest rule speaks first."""
    rules = [rule for rule in pack.rules if rule.in_force(day)]
    for rule in rules:
        if why := _refused(rule, tool, model, role):
            return Wording((), "", why, rule.source)
    for rule in rules:
        if rule.kind == "disclosure" and _speaks_of(rule, role):
            if "trailer" in rule.parameters["where"]:
                return Wording(
                    (_line(rules, rule.parameters.get("key") or rule.parameters.get("any_of", ["Assisted-by"])[0], tool, model),),
                    _MESSAGE,
                    "",
                    rule.source,
                )
            places = " or ".join({"cover": "the cover letter", "message": "the commit message", "tail": "the notes below ---"}.get(one, one)
                                 for one in rule.parameters["where"])  # fmt: skip
            return Wording((_sentence(rule, tool, model),), f"in {places}", "", rule.source)
    return Wording((), "", "", "")


def suggested(item: Finding | ListedFinding, message: Message, pack: Pack) -> str:
    """Return the line that cures a finding on a mail, "" where no line does."""
    match item.code:
        case "DCO001" | "DCO002" | "DCO003" | "DCO004" | "DCO010":
            return f"{SIGNOFF}: {message.author}"
        case "DCO006":
            return f"{SIGNOFF}: {message.sender}"
        case "DCO007":
            return f"{SIGNOFF}: {item.quote.partition(':')[2].strip()}" if ":" in item.quote else ""
        case "AI003" | "AI006":
            tool = next((one.tool for one in message.evidence if one.declares and one.tool), "")
            vendor, name, model = (*tool.split("/"), "", "", "")[:3]
            told = wording(pack, (name or vendor).replace("-", " ").title(), model, Role.GENERATE, day_of(message.posted))
            return next(iter(told.lines), "") if name or vendor else ""
    return ""


def _refused(rule: Rule, tool: str, model: str, role: Role) -> str:
    """Return a rule's words where it takes no such work, "" where it does or speaks of something else."""
    if rule.kind == "ai-stance" and rule.parameters["stance"].startswith("decline"):
        return "" if role.value in rule.parameters.get("exempt_roles", ()) or role not in MAKING else rule.text
    if rule.kind == "tools" and rule.severity in {Severity.ERROR, Severity.WARN} and role in MAKING:
        return rule.text if refused_tools(rule, name_tool(f"{tool} {model}".strip())) else ""
    return ""


def _speaks_of(rule: Rule, role: Role) -> bool:
    roles, exempt = rule.parameters.get("roles"), rule.parameters.get("exempt", ())
    return role.value not in exempt and (role.value in roles if roles else role in MAKING)


def _line(rules: list[Rule], key: str, tool: str, model: str) -> str:
    """Return a trailer in the form that the project's grammar asks for."""
    grammars = [
        compile_value(rule.parameters["value"])
        for rule in rules
        if rule.kind == "trailer" and rule.parameters["op"] == "grammar" and rule.parameters.get("key", "").lower() == key.lower()
    ]
    for value in _values(tool, model):
        if all(grammar.fullmatch(value) for grammar in grammars):
            return f"{key}: {value}"
    return f"{key}: {next(_values(tool, model))}"


def _values(tool: str, model: str) -> Iterator[str]:
    yield from (f"{tool}:{model}",) if model else ()
    yield f"{tool} {model}".strip()
    yield "LLM"
    yield tool


def _sentence(rule: Rule, tool: str, model: str) -> str:
    name = f"{tool} {model}".strip()
    fields = rule.parameters.get("fields", ())
    parts = "WHICH PARTS of this" if "parts" in fields else "This"
    how = ", HOW" if "how" in fields else ""
    return f"{parts} was made with the help of {name}{how}."
