# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine is said to have done, and what a text tells of the use: by tables of verbs and nouns."""

import re
from collections.abc import Iterable

from triage.model import Role
from triage.model.expression import expression
from triage.policy.evidence import words
from triage.policy.evidence.sentences import Mention
from triage.policy.evidence.tools import has_model, usual_role
from triage.policy.evidence.words import word_set

_IRREGULAR = word_set(
    "rewrote overwrote redrew withdrew did wrote written gave took made got came went found caught put let had ran said told saw "
    "did spat drew grew kept left led lost met paid read sent set shut sat spoke spent stood taught thought understood won dug hit "
    "split cut redid drove drew hung spun chose broke began held built brought thought dealt leant"
)
_NOT_VERBS = word_set(
    "need seed feed speed indeed embed shed bed red based used-to hundred embedded detailed dedicated related so-called related "
    "signed unsigned shared advanced limited united"
)
_PRESENT = word_set(
    "turns puts fills types checks translates runs reads corrects polishes drafts completes looks does writes makes generates says "
    "gives did comes finds suggests helps notices has works acts reports claims thinks produces "
    "fixes catches reviews"
)


def is_finite(word: str) -> bool:
    """Say whether a word can be a verb of a sentence in the past, or one of the few in the present that machines take."""
    if (
        word in _IRREGULAR
        or word in words.BE
        or word in _PRESENT
        or word in words.DO
        or (word in words.MAKING and word.endswith("s") and word not in words.CONTRIBUTION)
    ):
        return True
    return word.endswith("ed") and len(word) > 3 and word not in _NOT_VERBS


_WORD = expression(r"[a-z]+(?:-[a-z]+)*")


def _classes(found: Iterable[str]) -> set[Role]:
    told: set[Role] = set()
    for word in found:
        for role, table in _TABLES:
            if word in table:
                told.add(role)
    return told


_TABLES = (
    (Role.TRANSLATE, words.TRANSLATING),
    (Role.FIND, words.FINDING),
    (Role.DEBUG, words.DEBUGGING),
    (Role.REVIEW, words.REVIEWING),
    (Role.RESEARCH, words.RESEARCHING),
    (Role.TEST, words.TESTING),
    (Role.DESCRIBE, words.DESCRIBING),
    (Role.GENERATE, words.MAKING),
)
_LOOKED = expression(r"\b(?:look(?:ed|s|ing)?|went|go|goes|gone|going|read) (?:over|through|at)\b")
_USED_TO = expression(r"\bused (?:to|for) (?:help(?: to)? |assist (?:in |with )?)?(\w+)")
_ASIDE = expression(
    r"\((?:please|see|explain|details)[^()]*\)"
    r"|[,;:]?\s*\b(?:(?:and|so|but|then|hence) )*(?:please|kindly|pls)\b[^.;(]*"
    r"|\b(?:i'd|i would|i'll|i will) (?:appreciate|welcome|be (?:glad|happy|grateful|thankful))\b[^.;]*"
    r"|,?\s*\b(?:take|have) (?:a|another) (?:\w+ )?(?:look|review)\b[^.;]*"
    r"|,? so (?:check|review|look|treat|read|consider|take|inspect)\b[^.;]*"
    r"|(?:,|;|\band\b|\bbut\b)\s*i(?: have|'ve|'d)? (?:(?:only|just|then|have|also|merely|never|carefully|thoroughly|did not|didn't|"
    r"haven't|have not) )*(?:check|review|debug|test|inspect|verif|understood|understand|proofread)\w*\b[^.;,]*"
    r"|\b(?:and|which|that) (?:also |it )?(?:fixe[sd]|cure[sd]|avoid(?:s|ed)|stopped)\b[^.;,]*|\band the \w+ (?:is|was) gone\b"
    r"|\bto make (?:the )?review easier\b"
)
"""What says what reviewers should do, what the writer looked at, or what came of it: nothing that the machine did."""
_OBJECTS = expression(
    r"\bchecks?(?= (?:was|were|is|are|comes?|came|that|which)\b)"
    r"|(?:(?<=\bfix)|(?<=atch)) (?:for|of|against|to) (?:(?:the|this|that|a|an) )?(?:\w+ )?(?:crash|hang|oops|leak|leaks|dump|deadlock)\b"
    r"|(?:(?<=around)|(?<=andling)) (?:for|of|against) (?:(?:the|this|that|a|an) )?(?:\w+ )?(?:crash|hang|oops|leak|leaks|dump|deadlock)\b"
)
"""Nouns of what was made that are also words for looking: "the NULL check was added", "a workaround for the hang"."""
_PUT_IN = word_set("add adds added introduce introduces introduced invent invented")
_MADE_IT = expression(
    r"\bcame up with (?:this|it|that|these|the|a)\b|\b(?:put|hammered|knocked|thrown) (?:\w+ )?together\b|\bmade (?:\w+ )?up\b"
    r"|\bput (?:in|there|into)\b|\bmade (?:this|these|them|that) (?:in|with|using|by)\b"
    r"|\b(?:did|done|doing|made) (?:all |most )?(?:of )?(?:the|this|that|a) (?:\w+ )?(?:conversion|port|rewrite|patch|patches|series|code|"
    r"refactoring|implementation|change|changes|coding|typing|rename|renaming|move|split)\b"
    r"|\b(?:address\w*|incorporat\w*|work(?:ed|s)? in|act(?:ed|s)? on|appl(?:y|ied)|implement\w*)\b[^.;]{0,40}"
    r"\b(?:review|comments?|feedback|remarks?)\b|\b(?:comments?|feedback|remarks?)\b[^.;]{0,30}\b(?:was|were) (?:addressed|worked in|"
    r"incorporated|applied)\b"
)
"""Making told in words that make nothing by themselves."""
_BY_HAND = expression(
    r"(?:[,;(]|\band\b|\bbut\b|\bwhile\b)\s*(?:and |but |while )?(?:"
    r"(?=[^,;()]{0,80}\b(?:(?:is|are|was|were) (?:all )?(?:mine|ours|my own|our own)\b|by (?:me|hand)\b))[^,;()]+"
    r"|(?:i|we) (?:(?:then|also|just|myself) )?(?:wrote|did|made|added)\b[^,;()]*)"
)
"""A part of a sentence that tells what a person did: "the tests are mine", "I wrote the tests"."""
_AND_MADE = expression(r"\band (?:then |also )?(?:wrote|generated|produced|implemented|coded) (?:the|this|a|most|all|it)\b")
"""What a machine that helped did besides, without another subject between."""
_ASKED = expression(r"\basked (?:\w+ ){1,3}?(?:how|what|why|when|where|about)\b")
_LIGHT = word_set("did do done made make ran run gave give got get put came come went had has have used using let asked told was is")
_LOOKS = (Role.FIND, Role.DEBUG, Role.REVIEW, Role.RESEARCH)
LOOKING = frozenset(_LOOKS)
"""Roles in which a machine made nothing of what is sent."""


def role_of(text: str, verb: str = "", mention: Mention | None = None) -> Role:
    """Return what a machine did by the words around it: the verb it goes with first, then what else the sentence tells.

    Where it both looked and made, the verb decides; making is never read out of a sentence in which the machine only looked.
    """
    text = _blanked(_OBJECTS, _blanked(_ASIDE, _machines_part(text.lower().replace("\u2019", "'"), mention), mention), mention)
    low = _LOOKED.sub(" reviewed ", text)
    if not verb and mention is None and (used := _USED_TO.search(low)):
        verb = used[1]
    every = _classes(_WORD.findall(low))
    own = _classes(word for word in _WORD.findall(verb.lower().replace("-", " ")) if word not in _LIGHT)
    if "assist" in verb.lower() and not (own & LOOKING):
        own = set()
    if not (own & LOOKING) and (_PUT_IN & set(verb.lower().split()) or _MADE_IT.search(low)):
        own |= {Role.GENERATE}
    near = _classes(_WORD.findall(_LOOKED.sub(" reviewed ", _near(text, mention)))) if mention else every
    if _translates(low, own, near):
        return Role.TRANSLATE
    looking = [role for role in _LOOKS if role in own] or [role for role in _LOOKS if role in near]
    made = Role.GENERATE in own and not (own & LOOKING)
    if looking and not made:
        also = _AND_MADE.search(low)
        return Role.GENERATE if also and not re.search(r"\b(?:i|we)\b", low[: also.start()]) else looking[0]
    if _ASKED.search(low) and not _AND_MADE.search(low):
        return Role.RESEARCH
    if Role.TEST in near and (made or Role.GENERATE in near or not own):
        return Role.TEST
    if Role.DESCRIBE in near and "code" not in low[: low.find("\n") if "\n" in low else None].split():
        return Role.DESCRIBE
    if made or (Role.GENERATE in near and not looking):
        return Role.GENERATE
    return next((role for role in (*looking, *_LOOKS) if role in looking or role in every), Role.UNKNOWN)


def _translates(low: str, own: set[Role], near: set[Role]) -> bool:
    """Whether a sentence tells of a translation: by its verb, its object, or the language it was brought into or from."""
    if Role.TRANSLATE in own or (Role.TRANSLATE in near and Role.GENERATE not in own):
        return True
    if any(words in low for words in (" into english", "put it into english", "make it english", "made it english", " in english")):
        return True
    return words_from_language(low) and bool((near | own) & {Role.TRANSLATE, Role.DESCRIBE})


def _machines_part(low: str, mention: Mention | None) -> str:
    """Return a sentence with blanks for the parts that tell what a person did, and that no machine is named in."""
    return low if mention is None else _blanked(_BY_HAND, low, mention)


def _blanked(pattern: re.Pattern[str], low: str, mention: Mention | None) -> str:
    """Return a sentence with blanks for what a pattern finds, unless a machine is named in it."""
    start = mention.start if mention else -1
    return pattern.sub(lambda m: m[0] if m.start() <= start < m.end() else " " * len(m[0]), low)


def words_from_language(low: str) -> bool:
    """Say whether a text speaks of a language that something was brought from."""
    return any(f"from {name}" in low or f"in {name}" in low for name in words.LANGUAGES)


def _near(low: str, mention: Mention) -> str:
    """Return the part of a sentence within reach of a machine's name, not across a semicolon."""
    begin = max(0, mention.start - 90, low.rfind(";", 0, mention.start) + 1)
    stop = low.find(";", mention.end)
    return low[begin : min(len(low), mention.end + 110, stop if stop >= 0 else len(low))]


_TELLS = {
    "how": expression(
        r"\b(?:assisted|generated|written|wrote|authored|produced|created|drafted|developed|coded|implemented|prepared|made|translated|"
        r"reworded|polished|built|done|did|found|identified|discovered|"
        r"spotted|reviewed|reported|helped|suggested|refactored|reworked|converted|used (?:it |this |them )?(?:to|for|as)|"
        r"using \S+(?: \S+)? (?:to|for)|-used-for)\b", re.I | re.A),
    "parts": expression(
        r"\b(?:all|entire(?:ly)?|whole|every|most(?:ly)?|only|parts?|portions?|first draft|functions?|files?|documentation|docs|code|"
        r"commit messages?|changelogs?|descriptions?|cover letter|this (?:patch|series|commit|change)|patch(?:es)? [0-9]+|"
        r"(?<![\w/-])[\w/-]{1,80}\.(?:c|h|py|rs|js|ts|go|md|rst|sh|S))\b|\btests?\b", re.I | re.A),
    "prompts": expression(r"\bprompt(?:s|ed|ing)?\b", re.I | re.A),
    "tests": expression(r"\btest(?:s|ed|ing)?\b", re.I | re.A),
}  # fmt: skip


def told_fields(text: str, tools: tuple[str, ...]) -> tuple[str, ...]:
    """Return which fields of a disclosure a text tells: tool, model, how, parts, prompts, tests."""
    told = [name for name, pattern in _TELLS.items() if pattern.search(text)]
    return tuple(["tool"] * bool(tools) + ["model"] * has_model(tools) + told)


def use_of(text: str) -> str:
    """Return the one use that several policies leave alone and that a text tells of, "" for none."""
    return next((name for name, told in words.USES.items() if told.search(text)), "")


def role_of_tools(tools: tuple[str, ...]) -> Role:
    """Return the role of tools that do one thing only, else unknown."""
    roles = {usual_role(tool) for tool in tools}
    return Role(roles.pop()) if len(roles) == 1 and "" not in roles else Role.UNKNOWN
