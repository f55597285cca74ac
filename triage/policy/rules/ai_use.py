# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule kinds about machines: `human-only`, `ai-stance`, `disclosure` and `tools`.

They judge what somebody declared, admitted or alleged. What nobody says is not seen, and style is never looked at.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from triage.mail.identity import parse_person
from triage.model import Evidence, EvidenceClass, Finding, Region, Role, Says, Severity, Trailer
from triage.policy.evidence import declares_ai
from triage.policy.evidence.machines import agent_mark, is_ai
from triage.policy.evidence.tools import vendors_of
from triage.policy.pack import Rule, day_of
from triage.policy.rules.case import DECLARED, MAKING, Case, finding, from_evidence
from triage.policy.rules.exceptions import BY_POLICY, claims_of, weigh
from triage.policy.rules.opinions import agreement


def human_only(case: Case, rule: Rule) -> Iterator[Finding]:
    """Trailers, or the authorship itself (`From`), that only a person may give."""
    keys = [key.lower() for key in rule.parameters["keys"]]
    for message in case.patches(rule):
        for item in message.trailers:
            if item.key.lower() in keys and item.region is Region.MESSAGE and is_ai(parse_person(item.value)):
                says = f"{item.key} names an AI agent; only a person can certify."
                yield finding(case, rule, "AI008", message, says, line=item.line, quote=item.raw)
        for who, person in (("sender", message.sender), ("author", message.author)) if "from" in keys else ():
            if is_ai(person) or agent_mark(person):
                says = (
                    f"The {who}, {person}, is an AI agent."
                    if is_ai(person)
                    else f"The {who}, {person}, names an AI tool beside the person."
                )
                yield finding(case, rule, "AI016", message, says, quote=f"From: {person}", region="header", key="automated")
                break


# stance ----------------------------------------------------------------------------------------------------------------


def ai_stance(case: Case, rule: Rule) -> Iterator[Finding]:
    """What a project does with AI use that was declared, admitted or alleged."""
    stance = rule.parameters["stance"]
    if stance == "allow":
        return
    classes = {EvidenceClass(word) for word in rule.parameters["evidence"]}
    exempt = {*rule.parameters.get("exempt_roles", []), *rule.parameters.get("exempt", [])}
    weighed = False
    for item in case.allegations:
        if item.klass in classes and _concerns(case, rule, item) and not _exempt(item, exempt):
            yield _alleged(case, rule, item)
    for item in case.declarations:
        if item.klass not in classes or not _concerns(case, rule, item):
            continue
        if item.role not in MAKING and item.role.value not in exempt:
            continue  # what looked and made nothing is no generated content
        if item.link:
            says = f"{said(case, item)} Only a link to a session says so; it does not tell what for."
            yield from_evidence(case, rule, "AI001", item, says, Severity.ASK)
        elif why := _exempt(item, exempt):
            says = f"Declared for a use that the policy leaves alone ({why})."
            yield from_evidence(case, rule, "AI015", item, says, Severity.INFO)
        elif stance == "conditions":
            yield from_evidence(case, rule, "AI001", item, f"{said(case, item)} The policy takes it on conditions.", Severity.ASK)
        elif stance == "decline":
            yield from_evidence(case, rule, "AI001", item, said(case, item), rule.severity)
        else:
            weighed = True
            yield from _declined(case, rule, item)
    if stance == "decline-unless-exception" and not weighed:
        yield from _idle_claims(case, rule)


def _alleged(case: Case, rule: Rule, item: Evidence) -> Finding:
    """One person's word about a contribution, answered where its own people declare as much, or say that they wrote it."""
    who = item.actor.name or item.actor.email
    if told := next((one for one in case.declarations if one.role in {Role.GENERATE, Role.UNKNOWN, item.role}), None):
        says = f"{who} says so, and {told.actor.name or told.actor.email} declares it."
        return replace(from_evidence(case, rule, "AI002", item, says, Severity.ASK), cured=told.message_id)
    says = f"{who} says so; nobody who sent the patch does."
    answer = case.answered()
    made = from_evidence(case, rule, "AI002", item, says, Severity.ASK)
    return replace(made, cured=answer.message_id) if answer is not None else made


def unclear(case: Case, rule: Rule) -> Iterator[Finding]:
    """Words of the series' own people that name a machine and do not tell what for: shown, never more than asked about."""
    if case.declarations:
        return
    severity = Severity(rule.parameters.get("unclear", "info"))
    for item in case.evidence:
        if item.klass in DECLARED and item.says is Says.UNCLEAR and _concerns(case, rule, item):
            why = f" ({item.why})" if item.why else ""
            says = f"An AI tool is named, and what it did is not clear{why}."
            yield from_evidence(case, rule, "AI019", item, says, severity)


def _exempt(item: Evidence, words: set[str]) -> str:
    """Return the word for which a use is left alone: its role, or what it was for; "" where it is not."""
    if item.role.value in words:
        return item.role.value
    if item.role is Role.TRANSLATE and "translation" in words:
        return "translation"
    return item.use if item.use in words else ""


def _concerns(case: Case, rule: Rule, item: Evidence) -> bool:
    """Whether a rule speaks of a piece of evidence: in force when it came, and `when` holds for the mail it is about."""
    return rule.in_force(day_of(case.posted(item))) and case.speaks_of(rule, case.anchor(item))


def said(case: Case, item: Evidence) -> str:
    """Return in a sentence what was declared, and where."""
    tool = f" ({', '.join(name.strip('/') for name in item.tools)})" if item.tool else ""
    where = f"in the {item.klass.value.replace('-', ' ')}" if item.message_id in case.mails else "of an earlier version, and not taken back"
    return f"AI use{tool} is declared {where}."


def _declined(case: Case, rule: Rule, item: Evidence) -> Iterator[Finding]:
    result = weigh(case, rule, item)
    yield from result.findings
    if result.covers is None or result.covers.granted_by != BY_POLICY:
        yield from_evidence(case, rule, "AI001", item, said(case, item), rule.severity)
    else:
        says = f"{said(case, item)} It relies on the exception {result.covers.id}."
        found = from_evidence(case, rule, "AI015", item, says, Severity.INFO, key=f"{result.covers.id} {item.quote}")
        yield replace(found, exception=result.covers.id)
        if result.covers.agreed_by:
            yield agreement(case, rule, result.covers)


def _idle_claims(case: Case, rule: Rule) -> Iterator[Finding]:
    """Exceptions claimed by trailer where nothing was declared that would need one."""
    for message in case.patches(rule):
        for claim in claims_of(message):
            if claim.grantor:
                says = "An exception is claimed and no AI use is declared: what is it for?"
                yield finding(case, rule, "AI010", message, says, line=claim.line, quote=claim.quote, severity=Severity.ASK)


# disclosure ------------------------------------------------------------------------------------------------------------


def disclosure(case: Case, rule: Rule) -> Iterator[Finding]:
    """A declaration that is not where the policy wants it (AI003), will be lost (AI005), or tells too little (AI004)."""
    exempt = set(rule.parameters.get("exempt", []))
    roles = {Role(word) for word in rule.parameters["roles"]} if "roles" in rule.parameters else MAKING
    where = {EvidenceClass(word) for word in rule.parameters["where"]}
    items = [item for item in case.declarations if _concerns(case, rule, item)]
    for item in items:
        if item.klass is EvidenceClass.TAIL:
            if item.klass not in where and item.role in MAKING | {Role.FIND}:
                says = "This stands below the line where git am stops reading, and will not be in the commit."
                severity = Severity.WARN if _weighs(rule, item) and not _exempt(item, exempt) else Severity.INFO
                yield from_evidence(case, rule, "AI005", item, says, severity)
        elif item.role is not Role.REVIEW and (why := _exempt(item, exempt)):
            says = f"Declared for a use that needs no disclosure ({why})."
            yield from_evidence(case, rule, "AI015", item, says, Severity.INFO)
    making = [item for item in items if item.role in roles and not _exempt(item, exempt)]
    severity = rule.severity if rule.parameters.get("threshold", "any") == "any" else Severity.ASK
    if {"key", "any_of"} & set(rule.parameters):
        yield from _without_key(case, rule, making, severity)
        return
    counting = [item for item in making if item.klass in where or (item.klass is EvidenceClass.TRAILER and EvidenceClass.MESSAGE in where)]
    elsewhere = [item for item in making if item.klass is not EvidenceClass.TAIL]
    if elsewhere and not counting:
        says = f"{said(case, elsewhere[0])} The policy wants it in the {' or '.join(rule.parameters['where'])}."
        yield from_evidence(case, rule, "AI003", elsewhere[0], says, severity)
    elif counting:
        yield from _incomplete(case, rule, counting)


def _without_key(case: Case, rule: Rule, making: list[Evidence], severity: Severity) -> Iterator[Finding]:
    """One finding a series: the first declaration that speaks of patches without the trailer."""
    keys = [rule.parameters["key"]] if "key" in rule.parameters else rule.parameters["any_of"]
    silent = [m for m in case.patches(rule) if not any(_discloses(t, key) for key in keys for t in m.trailers)]
    ids = {message.message_id for message in silent}
    for item in making:
        if item.klass is EvidenceClass.TAIL:
            continue  # what stands below the cut is AI005
        about_one = item.klass in {EvidenceClass.MESSAGE, EvidenceClass.TRAILER} and item.message_id in case.mails
        if not silent or (about_one and item.message_id not in ids):
            continue
        count = 1 if about_one else len(silent)
        says = f"{said(case, item)} {count} of {len(case.series.patches)} patches carry no {' or '.join(keys)}."
        yield from_evidence(case, rule, "AI003", item, says, severity)
        return


def _weighs(rule: Rule, item: Evidence) -> bool:
    """Whether a loss matters: the rule does, and more than a description came from a machine."""
    return rule.severity in {Severity.ERROR, Severity.WARN} and item.role in MAKING - {Role.DESCRIBE}


def _discloses(item: Trailer, key: str) -> bool:
    return item.key.lower() == key.lower() and item.region is Region.MESSAGE and declares_ai(item)


def _incomplete(case: Case, rule: Rule, counting: list[Evidence]) -> Iterator[Finding]:
    if rule.severity is Severity.INFO and all(item.klass is EvidenceClass.TRAILER for item in counting):
        return  # a note is not worth it where the project's own form was used
    told = {name for item in counting for name in item.fields}
    lacking = [name for name in rule.parameters.get("fields", []) if name not in told]
    if lacking:
        says = f"The disclosure does not say {_one_of([_ASKED[name] for name in lacking])}."
        severity = Severity.INFO if rule.severity is Severity.INFO else Severity.ASK
        yield from_evidence(case, rule, "AI004", counting[0], says, severity, key="fields")


_ASKED = {
    "tool": "which tool was used", "model": "which model it was", "how": "how the tool was used", "parts": "which parts it made",
    "prompts": "what it was asked to do", "tests": "how the result was tested",
}  # fmt: skip


def _one_of(words: list[str]) -> str:
    """Return `a`, `a or b`, `a, b, or c`."""
    if len(words) < 3:
        return " or ".join(words)
    return f"{', '.join(words[:-1])}, or {words[-1]}"


# tools -----------------------------------------------------------------------------------------------------------------


def tools(case: Case, rule: Rule) -> Iterator[Finding]:
    """A declared tool against the project's list; a tool of one vendor that runs another's model counts for both."""
    allow = [_plain(word) for word in rule.parameters.get("allow", [])]
    for item in case.declarations:
        if item.role not in MAKING or not _concerns(case, rule, item):
            continue
        names = [name for tool in item.tools or ("",) for name in _names(tool, rule.parameters.get("by", "vendor"))]
        refused = [name for tool in item.tools or ("",) for name in refused_tools(rule, tool)]
        if refused:
            yield from_evidence(case, rule, "AI009", item, _not_listed(rule, item, refused, allow), rule.severity)
        elif not names or "" in names:
            unknown = rule.parameters.get("unknown", "ask" if allow else "ok")  # a list of what may not be used asks nothing of the rest
            if unknown != "ok":
                says = f"Which {rule.parameters.get('by', 'vendor')} this tool is of is not known; listed: {', '.join(allow)}."
                yield from_evidence(case, rule, "AI009", item, says, Severity(unknown))


def _not_listed(rule: Rule, item: Evidence, refused: list[str], allow: list[str]) -> str:
    by = rule.parameters.get("by", "vendor")
    which = [_called(tool) for tool in item.tools or ("",) if set(_names(tool, by)) & set(refused)]
    whose = "" if refused == which else f", from {', '.join(dict.fromkeys(refused))},"
    verb = "is" if len(which) == 1 else "are"
    listed = f"on the project's list: {', '.join(allow)}" if allow else "taken by the project"
    return f"{', '.join(which)}{whose} {verb} not {listed}."


def refused_tools(rule: Rule, tool: str) -> list[str]:
    """Return what of a tool, `vendor/tool/model`, a rule about tools does not take, by the names that its lists use."""
    allow = [_plain(word) for word in rule.parameters.get("allow", [])]
    deny = [_plain(word) for word in rule.parameters.get("deny", [])]
    names = _names(tool, rule.parameters.get("by", "vendor"))
    return [name for name in names if name and (_listed(name, deny) or (allow and not _listed(name, allow)))]


def _plain(word: str) -> str:
    """Return a name as evidence has it: small, and claude-opus-4.6 as claude-opus-4-6."""
    return word.lower().replace(".", "-").replace(" ", "-")


def _called(tool: str) -> str:
    """Return the most exact name of a tool: its model, else itself, else its vendor."""
    return next((name for name in reversed(tool.split("/")) if name), tool)


def _listed(name: str, words: list[str]) -> bool:
    """Say whether a list names something; a model is also named by its family, gemma for gemma-4."""
    return any(name == word or name.startswith(f"{word}-") for word in words)


def _names(tool: str, by: str) -> list[str]:
    """Return what a list names by vendor, tool or model; "" stands for something that is there and not known."""
    if not tool:
        return []
    _, name, model = (*tool.split("/"), "", "")[:3]
    match by:
        case "tool":
            return [name]
        case "model":
            return [model]
        case _:
            return vendors_of(tool)
