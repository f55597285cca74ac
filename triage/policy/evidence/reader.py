# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sentence says of the machines that it names: who did what with which tool to what, denied or asserted.

A sentence is read from each machine that it names, outwards: the clause and the noun phrase around the name (`clause`), polarity and
mood (`mood`), then how the machine stands to what was done (`relations`). The first grammar that fits decides, and the words that it
rests on are kept.
"""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from triage.model import Role, Says
from triage.model.expression import expression
from triage.policy.evidence import words as w
from triage.policy.evidence.clause import MACHINE, Clause, clause_of
from triage.policy.evidence.elsewhere import made_elsewhere
from triage.policy.evidence.mood import about_this, by_somebody_else, denial, irrealis
from triage.policy.evidence.relations import (
    Deed,
    by_whom,
    deed_of,
    described,
    instrument_made,
    made_before,
    possessed,
    subject,
    verb_before,
    worked_with,
)
from triage.policy.evidence.roles import role_of
from triage.policy.evidence.sentences import Mention, Sentence, is_workload
from triage.policy.evidence.statement import Reading, Setting, Statement
from triage.policy.evidence.tools import is_first_name, merge_tools, usual_role

_RANK = (Says.DECLARES, Says.DENIES, Says.REPORTS, Says.UNCLEAR, Says.DISCUSSES)
_YOURS = expression(r"\byour (?:\w+ )?$")
_YOU_USED = expression(r" (?:that |which )?you(?:'ve)? (?:have )?(?:used?|asked|ran|let|prompted)\b")
_OF_MACHINES = expression(r"\b(?:claude|sonnet|anthropic|llms?|ai|agents?|models?|assist\w*|prompt\w*|cursor|copilot)\b", re.IGNORECASE)
_PATCHES = frozenset(["patch", "patches", "series", "lifting"])
_MODELS = frozenset([MACHINE, "model", "models", "network", "net"])
_MY_OWN = expression(r"\bmy own\b|\bof (?:mine|my own|ours)\b|\bmy (?:(?:ai|llm|coding|local) )+", re.IGNORECASE)
"""Whose scan or review it is: one that the writer ran."""
_BEFORE_SENDING = expression(
    r"\b(?:before|prior to) (?:i|we|it|this|they|going|sending|posting|submi\w+|opening|git send-email|the (?:post|submission))\b"
)


def read_sentence(sentence: Sentence, setting: Setting) -> list[Statement]:
    """Return what a sentence says of machines: one statement for all that it asserts, and one for what it denies beside that."""
    readings = [(reading, number) for number in range(len(sentence.mentions)) if (reading := _read(clause_of(sentence, number), setting))]
    denied = {number for reading, number in readings if reading.says is Says.DENIES}
    made: list[Statement] = []
    for says in _RANK:
        reading, number = next(((reading, number) for reading, number in readings if reading.says is says), (None, -1))
        if reading is None:
            continue
        made.append(_statement(sentence, reading, number, denied))
        if says is not Says.DECLARES or not denied:
            break
    return made


def _statement(sentence: Sentence, reading: Reading, number: int, denied: set[int]) -> Statement:
    mention, says = sentence.mentions[number], reading.says
    named = (item.name for at, item in enumerate(sentence.mentions) if item.name is not None and (at not in denied or says is Says.DENIES))
    tools = merge_tools(named)
    role = role_of(sentence.text, reading.verb, mention) if says in {Says.DECLARES, Says.UNCLEAR} else Role.UNKNOWN
    if says is Says.DECLARES and tools and all(usual_role(tool) == Role.REVIEW for tool in tools):
        role = Role.REVIEW
    if says is Says.DECLARES and len(sentence.words) <= 4 and mention.name is not None and is_first_name(mention.name):
        says = Says.UNCLEAR  # "Written by Devin": more often a person
    alleges = reading.about or any(_is_yours(sentence, item) for item in sentence.mentions)
    return Statement(says, role, tools, reading.why, sentence.offset + mention.start, sentence.text, alleges)


def _is_yours(sentence: Sentence, mention: Mention) -> bool:
    """Whether a machine is given to the one who is spoken to: "your LLM", "the chatbot you used"."""
    low = sentence.text.lower()
    return bool(_YOURS.search(low[: mention.start]) or _YOU_USED.match(low[mention.end :]))


def _read(clause: Clause, setting: Setting) -> Reading | None:
    """Decide what one machine of a sentence is said to have done; None where the word stands for something else."""
    found = _read_clause(clause, setting)
    heard = {Says.DECLARES, Says.UNCLEAR} if setting.title else {Says.DECLARES}
    if found is not None and found.says in heard and (why := made_elsewhere(clause, setting.title)):
        return Reading(Says.DISCUSSES, why)
    if found is not None and found.says in {Says.DECLARES, Says.DENIES} and _is_another(clause):
        return replace(found, says=Says.UNCLEAR if found.says is Says.DECLARES else Says.DISCUSSES)
    return found


def _is_another(clause: Clause) -> bool:
    """Whether a word that names a tool names something else as often: Opus and Haiku, where nothing around them is of machines."""
    text, mention = clause.sentence.text, clause.mention
    return text[mention.start : mention.end].lower() in {"opus", "haiku"} and not _OF_MACHINES.search(text)


def _read_clause(clause: Clause, setting: Setting) -> Reading | None:
    about = about_this(clause) or clause.has(w.SECOND)
    if is_workload(clause.sentence.text, clause.mention.end):
        own = clause.mention.name is not None and clause.has(w.FIRST)
        return Reading(Says.UNCLEAR, clause.text(clause.first, clause.last + 2), "", about) if own else None
    if clause.sentence.asks:
        return Reading(Says.DISCUSSES, "a question")
    why, at = denial(clause)
    if (
        why
        and clause.mention.weak
        and clause.before not in {"by", "from", "with", "no", "any"}
        and not any(word in {"no", "any"} for word in clause.low[clause.first : clause.at])
    ):
        return None
    if why:
        return _denied(clause, setting, why, at, about)
    participle, head = described(clause, setting.brief)
    if participle:
        return _described(clause, setting, participle, head, about)
    verb, did = subject(clause), worked_with(clause, setting.title)
    return (
        _reported(clause, did)
        or _amended(clause, setting)
        or _not_told(clause, setting, verb, did, about)
        or _related(clause, setting, verb, did, about)
    )


def _denied(clause: Clause, setting: Setting, why: str, at: int, about: bool) -> Reading:
    """Read a denial: of this contribution where it is past and nobody else's."""
    rule = any(word in w.MODAL or word in w.CONDITION for word in clause.low[at : clause.at])
    general = any(word in w.JUDGING for word in clause.low[at : clause.end]) or by_somebody_else(clause)
    says = Says.DISCUSSES if rule or general or (setting.topic and not about) else Says.DENIES
    return Reading(says, why, about=about)


def _described(clause: Clause, setting: Setting, participle: str, head: str, about: bool) -> Reading:
    """Read "AI-generated": of the contribution where that is its subject or a determiner points at it, else of things in general."""
    low, words = clause.low, clause.left
    said = f"{participle} {head}".strip()
    before = low[clause.at - 1] if clause.at else ""
    predicate = not words or any(word in w.BE for word in words)
    determined = before in {"the", "this", "my", "our", "these", "those"} or (before in {"a", "an"} and clause.has(w.FIRST))
    if head in w.REPORT_HEADS and (own := _ran_it(clause, said)):
        return own
    scans = head in w.SCANNERS and clause.has(w.FIRST_SUBJECT)
    if head in w.REPORT_HEADS and not scans and not worked_with(clause, False).verb:
        return Reading(Says.REPORTS, said)
    if irrealis(clause, -1) or by_somebody_else(clause) or any(word in w.UNDOING for word in low[: clause.at]):
        return Reading(Says.DISCUSSES, said)
    if "by" in {clause.after, head} and _made_by_people(clause):
        return Reading(Says.DISCUSSES, said)
    if clause.mention.made and predicate and not setting.topic and head not in w.COLLECTIVE | w.TOPIC_HEADS:
        return Reading(Says.DECLARES, said, participle, True)
    if not head or head in w.BY or head in w.AFTER_PREDICATE:
        if setting.brief or len(low) <= 8 or about or (predicate and any(word in w.CONTRIBUTION for word in words)):
            return Reading(Says.DECLARES, said, participle, about)
        return Reading(Says.DISCUSSES if setting.topic else Says.UNCLEAR, said)
    if (
        clause.has(w.CONTRIBUTORS)
        or (setting.topic and not clause.has(w.FIRST) and not predicate)
        or (head in w.COLLECTIVE and not determined)
    ):
        return Reading(Says.DISCUSSES, said)
    if determined and not setting.revert:
        return Reading(Says.DECLARES, f"{before} {said}", participle, about)
    if predicate and any(word in w.FIRST or word in w.CONTRIBUTION for word in words):
        return Reading(Says.DECLARES, clause.text(clause.begin, clause.at + 3), participle, True)
    if not predicate and any(word in w.TOPIC_HEADS for word in low[clause.at + 1 : clause.at + 6]):
        return Reading(Says.DISCUSSES, said)
    if setting.brief or (not words and len(low) <= 9):
        return Reading(Says.DECLARES if setting.brief and len(low) <= 14 else Says.UNCLEAR, said, participle, about)
    if any(word in w.CONTAINING for word in words) and (about or not setting.topic):
        return Reading(Says.DECLARES, clause.text(clause.begin, clause.at + 3), participle, True)
    return Reading(Says.DISCUSSES, said)


def _ran_it(clause: Clause, said: str) -> Reading | None:
    """Read "my own AI review", "an AI scanner of mine": what the writer ran."""
    if not _MY_OWN.search(clause.sentence.text):
        return None
    return Reading(Says.DECLARES, said, "found" if clause.has(w.FINDING) else "review", True)


def _made_by_people(clause: Clause) -> bool:
    """Whether a word that tells of a machine goes on with who it was: "machine generated by a colleague", and no model."""
    return (clause.mention.made or clause.mention.weak) and not _MODELS & set(clause.low[clause.at + 1 : clause.at + 6])


def _reported(clause: Clause, did: Deed) -> Reading | None:
    """Read "the AI review says", "Sashiko reported": what came from outside, unless the writer ran it before sending."""
    low, name = clause.low, clause.mention.name
    if _is_report(low, clause.last) and (own := _ran_it(clause, clause.text(clause.first, clause.last + 1))):
        return own
    spoken = any(word in w.FIRST_SUBJECT for word in clause.left)
    if clause.at and low[clause.at - 1] in {"your", "his", "her", "their"} and not spoken:
        return Reading(Says.REPORTS, clause.text(clause.at - 1, clause.last))
    said = " ".join(low)
    before_sending = _BEFORE_SENDING.search(said) and not re.search(r"\bv[0-9]|\bthe list\b", said)
    if before_sending or (spoken and did.verb and did.verb not in w.TALK):
        return None
    index = clause.last
    while index < len(low) and low[index] in {"'s", "'", "s", "-", "code", "pull", "request", "patch", "auto"}:
        index += 1
    if (
        clause.before in {"from", "by", "of"}
        and clause.first > 1
        and low[clause.first - 2] in w.REPORT_HEADS | w.REPORTED
        and not clause.has(w.FIRST_SUBJECT)
    ):
        return Reading(Says.REPORTS, clause.text(clause.first - 2, clause.last))
    only_reviews = name is not None and usual_role(f"{name.vendor}/{name.tool}/") == Role.REVIEW
    if only_reviews or _is_report(low, index):
        return Reading(Says.REPORTS, clause.text(clause.first, index + 1))
    if any(word in {"bot", "reviewer", "reviewers", "bots"} for word in low[max(0, clause.first - 2) : clause.at]):
        return Reading(Says.REPORTS, clause.text(clause.first, clause.last))
    return None


def _is_report(low: list[str], index: int) -> bool:
    """Whether the noun here is a review or a report; a verb with its object is none: "AI reviewed this"."""
    head = low[index] if index < len(low) else ""
    verb = head in {"review", "reviews", "comment"} and low[index + 1 : index + 2] and low[index + 1] in w.DETERMINERS
    return head in w.REPORT_HEADS and head not in {"reports", "report"} and not verb


def _amended(clause: Clause, setting: Setting) -> Reading | None:
    """Read "add the Assisted-by line for Claude that I had forgotten"."""
    if clause.mention.name is None or setting.topic or by_somebody_else(clause) or not (clause.has(w.FORM_TALK) and clause.has(w.AMENDING)):
        return None
    if setting.brief or clause.has(w.FIRST):
        return Reading(Says.DECLARES, clause.text(0, clause.last), "", True)
    return None


def _not_told(clause: Clause, setting: Setting, verb: Deed, did: Deed, about: bool) -> Reading | None:
    """Read what is no fact of this contribution: conditions and plans, topics, what others did, what is taken back."""
    if why := irrealis(clause, verb.at):
        plain = why in {"whether", "how", "when", "tried"} and clause.mention.name is not None and clause.has(w.FIRST) and not setting.topic
        return Reading(Says.UNCLEAR if plain else Says.DISCUSSES, why, "", about)
    following = clause.low[clause.last + 1] if clause.after == "-" and clause.last + 1 < len(clause.low) else clause.after
    if (following in w.TOPIC_HEADS or _is_kind(clause)) and not did.verb:
        return Reading(Says.DISCUSSES, clause.text(clause.at, clause.last + 1))
    if by_somebody_else(clause):
        return Reading(Says.DISCUSSES, clause.text(clause.begin, clause.last))
    if setting.revert and not clause.has(w.FIRST):
        return Reading(Says.DISCUSSES, "of what is taken back")
    return None


def _is_kind(clause: Clause) -> bool:
    """Whether a bare "AI" only says of what kind other things are: "AI frameworks"."""
    after, bare = clause.after, clause.mention.generic and clause.mention.end - clause.mention.start <= 3
    verb = (
        after in w.BE
        or after in w.HAVE
        or after in w.DO
        or (clause.last + 1 < len(clause.low) and clause.low[clause.last + 1] in w.DETERMINERS)
    )
    return bare and after.isalpha() and after.endswith("s") and len(after) > 4 and after not in w.WORK_HEADS and not verb


def _related(clause: Clause, setting: Setting, verb: Deed, did: Deed, about: bool) -> Reading | None:
    """Read how the machine stands to the contribution: as its maker, as what the writer worked with, or not at all."""
    mention = clause.mention
    if why := instrument_made(clause):
        return Reading(Says.UNCLEAR, why, "", about)
    if mention.weak and not setting.warm and did.verb not in {"let", "asked", "told", "had", "got", "used"}:
        wrote = verb.verb in {"wrote", "generated", "coded", "did"} and _PATCHES & set(clause.low[verb.at : verb.at + 6])
        return Reading(Says.UNCLEAR, clause.text(clause.first, verb.at + 3), "", about) if wrote and clause.has(w.FIRST) else None
    if mention.weak and not setting.warm and did.verb == "let" and did.at == 0:
        return None  # "Let the agent restart": what the patch does
    if did.verb and setting.topic and not clause.has(w.FIRST):
        return Reading(Says.DISCUSSES, clause.text(did.at, clause.last))
    if did.verb and did.verb not in w.TALK and (_is_firm(mention) or not mention.many or did.verb in w.CAUSATIVE):
        return Reading(Says.DECLARES, clause.text(did.at, clause.last), deed_of(clause, did.verb), about)
    if verb.verb and (_is_firm(mention) or about or not (mention.many or mention.weak)) and (found := _did(clause, setting, verb, about)):
        return found
    if mention.weak and not setting.warm:
        return None
    return next((found for found in _worked(clause, setting, about) if found), None) or _doubtful(clause, setting, about)


def _is_firm(mention: Mention) -> bool:
    """Whether a mention is of one tool, or says all by itself."""
    return mention.name is not None or mention.made


def _did(clause: Clause, setting: Setting, verb: Deed, about: bool) -> Reading | None:
    """Read a machine that is the subject of a verb: "Claude wrote the parser"."""
    mention, person = clause.mention, clause.has(w.FIRST)
    why = clause.text(clause.first, verb.at + 1)
    past = not verb.verb.endswith("s") or verb.verb.startswith("was")
    if mention.generic and not past and not person and clause.low[clause.first] != "the":
        return Reading(Says.DISCUSSES, why)
    if verb.verb in w.REPORTING and not person:
        return Reading(Says.REPORTS if _is_firm(mention) else Says.DISCUSSES, why)
    if mention.weak and role_of(verb.verb) is Role.UNKNOWN and verb.verb not in {"did", "was used", "were used"}:
        return None
    passive = verb.verb.partition(" ")[0] in {"was", "were", "is"}
    if not (passive or mention.name is not None or about):
        return None if setting.topic else Reading(Says.DECLARES if past else Says.UNCLEAR, why, verb.verb, True)
    if mention.many and not (passive or person):
        return Reading(Says.DISCUSSES, why)
    if mention.generic and (_served(clause, verb) or (setting.topic and not about)):
        return Reading(Says.DISCUSSES, why)
    purpose = clause.low[verb.at + 2 : verb.at + 7] if verb.verb.endswith(" used") else []
    return Reading(Says.DECLARES, why, " ".join([verb.verb, *purpose]), True)


def _served(clause: Clause, verb: Deed) -> bool:
    """Whether a machine was used for something else than making: "The LLM was used to test the driver"."""
    purpose = clause.low[verb.at + 2 : verb.at + 4]
    if not verb.verb.endswith(" used") or purpose[:1] not in (["to"], ["as"]):
        return False
    return not (purpose[1:] and (purpose[1] in w.MAKING or purpose[1] in w.HELPING))


def _worked(clause: Clause, setting: Setting, about: bool) -> Iterator[Reading | None]:
    """Yield readings of a machine that is no subject, surest first: behind a colon, in brackets, by it, its own, alone."""
    low, mention = clause.low, clause.mention
    firm, person = _is_firm(mention), clause.has(w.FIRST)
    talk = any(word in w.TALK for word in low[clause.begin : clause.first])
    plain = not setting.topic
    if firm and plain and setting.brief and not setting.title and clause.before in {":", "|", "="} and clause.first:
        yield Reading(Says.DECLARES, clause.text(clause.first - 3, clause.last), "", about)
    made = made_before(clause)
    many = clause.at > 1 and low[clause.at - 2] in {"tools", "agents", "assistants", "models"}
    if firm and plain and clause.at and low[clause.at - 1] == "(" and (about or setting.brief or made) and not talk and not many:
        shared = mention.name is not None and mention.name.kind == "shared"
        credited = shared and setting.brief and len(low) <= 12 and (clause.after == "," or (clause.after == ")" and not made))
        yield Reading(Says.UNCLEAR if credited else Says.DECLARES, clause.text(clause.at - 2, clause.last), "", True)
    if (why := by_whom(clause)) and (made or person or not talk):
        if mention.many and not person and not any(word in w.BE for word in clause.left):
            yield Reading(Says.DISCUSSES, why)
        if firm or person or about or made or setting.brief:
            general = setting.topic and not person and not about
            verb = "created" if "made" in low[max(0, clause.first - 2) : clause.first] else verb_before(clause)
            yield Reading(Says.DISCUSSES if general else Says.DECLARES, why, verb, True)
    if (firm or about) and (why := possessed(clause)):
        yield Reading(Says.DECLARES, why, "", True)
    yield from _alone(clause, setting, about, talk) if plain else ()


def _alone(clause: Clause, setting: Setting, about: bool, talk: bool) -> Iterator[Reading]:
    """Yield readings of a machine without a verb: "Codex (first draft)", "LLM translation of the guide"."""
    low, firm = clause.low, _is_firm(clause.mention)
    participle = low[clause.last + 1 : clause.last + 2] and low[clause.last + 1].endswith("ed")
    if firm and clause.first == 0 and clause.after in {",", "(", ""} and (setting.brief or participle):
        yield Reading(Says.DECLARES, clause.text(0, clause.last + 3), "", about)
    if setting.brief and not talk and clause.after in w.WORKS and clause.first == clause.begin:
        yield Reading(Says.DECLARES, clause.text(clause.first, clause.last + 1), clause.after, about)
    edge = (clause.first == 0 and not clause.after.isalpha()) or clause.last >= sum(word.isalnum() or word == MACHINE for word in low)
    if firm and setting.brief and not talk and len(low) <= 12 and edge:
        yield Reading(Says.DECLARES, clause.text(clause.first, clause.last + 2), "", about)


def _doubtful(clause: Clause, setting: Setting, about: bool) -> Reading:
    """Read a machine whose part the grammar does not tell: unclear where the writer's own words name it, else talk."""
    mention, why = clause.mention, clause.text(clause.first, clause.last)
    talk = any(word in w.TALK for word in clause.low[clause.begin : clause.first])
    present = clause.after.endswith("s") and len(clause.after) > 3 and clause.after not in w.BE
    if setting.topic or talk or mention.weak or mention.many or (mention.generic and (present or clause.has(w.MODAL))):
        return Reading(Says.DISCUSSES, why)
    if setting.asked and mention.name is not None:
        return Reading(Says.DECLARES, why, "", about)
    if about or setting.brief or (_is_firm(mention) and not setting.title):
        return Reading(Says.UNCLEAR, why, "", about)
    return Reading(Says.DISCUSSES, why)
