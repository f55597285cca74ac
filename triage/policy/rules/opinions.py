# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule kinds `second-opinion` and `attest`, and whom a project's roster names: what only people can say."""

from collections.abc import Iterator

from msgspec.structs import replace

from triage.mail.identity import parse_person
from triage.model import Demand, Finding, Message, MessageId, Person, Region, Severity
from triage.policy.pack import ExceptionRule, Rule
from triage.policy.rules.case import Case, finding, is_senders, on_series

MOST = 6
"""Groups of patches, and patches of one, that are told of."""


def second_opinion(case: Case, rule: Rule) -> Iterator[Finding]:
    """A series that the policy lets nobody take alone."""
    message = _first(case, rule)
    if message is None:
        return
    needs, role = rule.parameters["needs"], rule.parameters.get("role", "reviewer")
    excluded = rule.parameters.get("distinct_from", [])
    says = f"{needs} {role}{'s' if needs > 1 else ''} must agree{', not the ' + ' or the '.join(excluded) if excluded else ''}."
    if reasons := rule.parameters.get("reasons"):
        says += f" Reasons to choose from: {', '.join(reasons)}."
    says += who_may(case, role)
    demand = Demand(needs, rule.parameters.get("role", ""), tuple(excluded))
    made = on_series(case, finding(case, rule, "AI012", message, says, region="series", key="opinion"), demand)
    tags = _tags(case, rule, needs) if rule.parameters.get("record") == "trailer" else []
    yield replace(made, cured=tags[-1][1]) if len(tags) == needs else made


def _tags(case: Case, rule: Rule, needs: int) -> list[tuple[Person, MessageId]]:
    """Return the first `needs` who gave the tag that a rule takes for a second opinion, in a reply of their own or in a patch, and where.

    Machines, and who wrote or sent the series, do not count; where there is a roster it must give them the role.
    """
    key, paths = str(rule.parameters["trailer"]).lower(), [change.path for patch in _with_files(case) for change in patch.files]
    given = [(one.trailer, one.reply.message_id) for one in case.said]
    for message in case.series.patches:
        given += [(one, message.message_id) for one in message.trailers if one.region is Region.MESSAGE]
    able = case.people.responsible(paths, rule.parameters.get("role", "reviewer")) if case.people.areas else None
    found: list[tuple[Person, MessageId]] = []
    for trailer, source in given:
        person = parse_person(trailer.value)
        own = (case.author, case.series.first.sender, *(one for one, _ in found))
        if (
            trailer.key.lower() != key
            or not person.email
            or case.people.is_machine(person)
            or any(case.people.same(person, one) for one in own)
        ):
            continue
        if able is None or any(case.people.same(person, one) for one in able):
            found.append((person, source))
        if len(found) == needs:
            break
    return found


def who_may(case: Case, role: str) -> str:
    """Say whom the roster names for the patches of a series, in a role and beside each patch's own author and sender, and who is left out.

    Returns "" where the project gave no roster; patches for which it names the same people are told together.
    """
    if not case.people.areas:
        return ""
    told: dict[tuple[str, ...], list[Message]] = {}
    left_out: dict[str, None] = {}
    for patch in _with_files(case):
        named = case.people.responsible([change.path for change in patch.files], role)
        own = [person for person in named if is_senders(case.people, patch, person)]
        left_out |= dict.fromkeys(person.name or person.email for person in own)
        told.setdefault(tuple(person.name or person.email for person in named if person not in own), []).append(patch)
    groups = [f"{_people(names)}{f' for {_patches(patches)}' if len(told) > 1 else ''}" for names, patches in list(told.items())[:MOST]]
    more = f", and others for {len(told) - MOST} more groups of patches" if len(told) > MOST else ""
    without = f" {_people(tuple(left_out))}, who wrote or sent a patch that they look after, cannot agree to it." if left_out else ""
    return f" The roster names {'; '.join(groups)}{more}.{without}" if groups else ""


def _with_files(case: Case) -> list[Message]:
    """Return the patches of a series; a pull request carries them as mails of its own kind."""
    return [message for message in case.series.members if message.files]


def _people(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}" if names else "nobody"


def _patches(patches: list[Message]) -> str:
    numbers = [str(patch.subject.n) for patch in patches if patch.subject.n is not None][:MOST]
    more = " and others" if len(patches) > MOST else ""
    return f"patch{'es' if len(patches) > 1 else ''} {', '.join(numbers)}{more}"


def agreement(case: Case, rule: Rule, one: ExceptionRule) -> Finding:
    """Ask for somebody, not the author or the sender, to agree that an exception fits a series."""
    says = f"A {one.agreed_by}, not the author or the sender, must agree that the exception {one.id} fits." + who_may(case, one.agreed_by)
    asked = finding(case, rule, "AI012", case.series.first, says, region="series", key=f"agree {one.id}")
    asked = replace(asked, severity=Severity.ASK, exception=one.id)
    return on_series(case, asked, Demand(1, one.agreed_by if case.people.areas else "", ("author", "sender")))


def attest(case: Case, rule: Rule) -> Iterator[Finding]:
    """Something that somebody must be able to say; it is asked, never inferred."""
    message = _first(case, rule)
    if message is None:
        return
    code, who = ("AI004", "the contributor") if rule.parameters["by"] == "contributor" else ("AI012", "a maintainer")
    answers = f" ({', '.join(rule.parameters['values'])})" if "values" in rule.parameters else ""
    says = f"Can {who} say: “{rule.parameters['statement']}”?{answers}"
    made = finding(case, rule, code, message, says, region="series", key="attest")
    answer = case.answered() if code == "AI004" else None
    yield replace(made, cured=answer.message_id) if answer is not None else made


def _first(case: Case, rule: Rule) -> Message | None:
    """Return the first mail of the series that a rule speaks of; what a rule asks of a series, it asks once."""
    return next((message for message in (*case.series.patches, case.series.first) if case.speaks_of(rule, message)), None)
