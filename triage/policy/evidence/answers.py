# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers: what stands below a heading that asks about AI, or below a quote that asks or supposes that a machine wrote it."""

import re

from msgspec import Struct

from triage.model import Role, Says
from triage.model.expression import expression
from triage.policy.evidence.forms import AUTHORSHIP, answer, attests, first_sentences, made
from triage.policy.evidence.roles import role_of
from triage.policy.evidence.sentences import find_mentions, sentence_spans
from triage.policy.evidence.statement import Statement
from triage.policy.evidence.tools import tools_in
from triage.policy.evidence.words import NO, YES, word_set

_OPTION = expression(r"\W{0,2}([a-e])[).]?\W{0,3}")
_NOT_GENERATED = expression(r"\b(?:nothing|not|isn't|wasn't|weren't|aren't|no|none)\b[^.]{0,20}\bgenerated\b", re.I)
_NEVER_USED = expression(r"\b(?:I|we) (?:could|did|have|do|would)(?:n't| not| never)\b.{0,15}\b(?:used?|using|touch\w*)\b", re.I)
_IT_DID = expression(r"(?<!of )\bit (?:did|wrote|made|helped|generated|gave|translated|found|does|typed)\b", re.I)
_WHICH_PARTS = expression(r"\b(?:which parts?|how much|what parts?)\b", re.I)
_EXCEPT = expression(r"\b(?:but|except|apart|besides)\b", re.I)
_OTHER_NO = expression(r"\W{0,3}no (\w+)\W{0,3}$", re.I)
_OF_MACHINES = word_set("ai llm llms no one way sir tool tools model machine chatbot")
_PARTLY_NO = expression(r"\W{0,3}no[t ,]+(?:really )?(?:the|mine|all|everything|only|with|long|just|entirely)\b|\W{0,3}wrong", re.I)
_SUPPOSES = expression(
    r"\b(?:looks?|reads?|seems?|smells?|feels?|suspect|guess|think|assume|believe|sure|clearly|obviously|evidently|was|were|impression|"
    r"suspicion)\b", re.I
)  # fmt: skip
_ASKS_OTHER = expression(
    r"\b(?:should|shall|would|will|could|can|may|might|must)\b(?! (?:write|produce|generate|say|do|make|come|have written)\b)"
    r"(?! (?:you|i|we|it be fair to) (?:please |kindly |also )?(?:confirm|tell|say|"
    r"clarify|state|disclose|declare|ask|assume|take it|conclude|admit)\b)|"
    r"\bhave you (?:read|seen|heard|looked at|thought|considered|tried)\b|\bdid you (?:read|see|hear|get)\b|\bare you aware\b|"
    r"\b(?:polic(?:y|ies)|guidelines?)\b|\brules? (?:for|about|on|against)\b|\bdo we (?:need|want|have|allow|accept|take)\b|"
    r"\bworks? (?:\w+ )?with\b|"
    r"(?-i:[A-Z])[\w-]*['\u2019]s (?:\w+ )?(?:version|patch|patches|series|commit|fix|review|comments?|reply|mail)\b", re.I
)  # fmt: skip
"""What a question is about that names a machine and asks not whether one made this: a rule, a plan, a thread, another's patch."""
_ADMITS = expression(
    r"\W{0,3}(?:(?:yes|oh|ah|ok|well)[,. ]+)?(?:you(?:['\u2019]re| are) (?:not wrong|right)|your (?:impression|guess|suspicion|hunch|"
    r"feeling|assumption|nose) (?:is|was) (?:right|correct|spot on|not wrong)|you(?:['\u2019]ve| have)? caught me|"
    r"that(?:['\u2019]s| is) (?:right|correct|true)|well spotted)\b", re.I
)  # fmt: skip
_A_PART = expression(
    r"\W{0,3}(?:(?:only|just|merely|mainly) (?:for |in |with )?(?:the|a|an|one|two|some|patch|patches|parts?|my)\b|in parts?\b|"
    r"for (?:patch|patches|parts?|some|the) |(?:i|we) did (?:for|in|with) |some of |parts? of |"
    r"the (?:[\w-]+ ){1,4}?(?:is|are|was|were|did)\s*[,.;]|[^.?!]{1,40},? yes\b)", re.I
)  # fmt: skip
_FOR_A_PART = expression(r"[a-z0-9],? yes\W*$", re.I)
"""How an answer ends that says yes of a part: "For the tests, yes." """
_THE_AGENT = expression(
    r"\W*(?:from |by )?(?:the|my|an?|some) (?:coding |ai )?(?:agent|model|assistant|bot|chatbot|llm)(?: (?:did|wrote|made|added))?"
    r"(?: (?:it|that|them|those|this|these))?\W*", re.I
)  # fmt: skip
_WILL_REDO = expression(
    r"\b(?:i(?:['\u2019]ll| will| am going to| can)|let me) (?:\w+ ){0,2}(?:rewrite|redo|re-do|withdraw|drop|retract)\b|"
    r"\b(?:was|were) (?:not|un)[ -]?aware of (?:the|this|that|your) (?:rule|policy)|\b(?:didn['\u2019]t|did not) know\b", re.I
)  # fmt: skip
"""What only those say whom the rule concerns, though they admit nothing."""
_FLAT_NO = expression(r"\W{0,3}(?:you assume wrong|not? (?:at all|me|here))", re.I)


class Answer(Struct, frozen=True):
    """What an answer says, and up to where it reaches; `whole` where nothing behind it is to be read."""

    said: Statement
    end: int = 0
    whole: bool = False


def below_heading(heading: str, text: str) -> Answer | None:
    """Return how the first passage below a heading answers it; None where it only goes on in sentences."""
    first = next(first_sentences(text, 1), "")
    names = tools_in(text)
    if re.match(r"not? [a-z ]{1,20}:", text, re.I):
        return None
    if NO.match(first):
        said = answer(first, heading)
        return Answer(said, len(first)) if said else None
    if YES.match(first) or (names and len(text.split()) <= 4):
        said = answer(text if len(text.split()) < 40 else first, heading)
        return Answer(said) if said else None
    if re.match(r"\W{0,3}(?:\(|nothing)", text) and NO.match(text.strip("( ")):
        return Answer(made(Says.DENIES, heading, text), whole=True)
    return None


def below_quote(quote: str, text: str, people: frozenset[str], denies: bool) -> Answer | None:
    """Return how a passage answers the quote above it; `denies` is whether its sentences deny. None where they are to be read alone."""
    if chosen := _OPTION.fullmatch(text):
        option = re.search(rf"\b{chosen[1]}\)\s*(.*?)(?=\s+[a-e]\)|$)", quote)
        said = answer(option[1], "", 0) if option else None
        return Answer(said, whole=True) if said else None
    if not _asks_of_this(quote):
        return None
    if _NOT_GENERATED.search(text) and not find_mentions(text):
        return Answer(made(Says.DENIES, text, "nothing generated"), whole=True)
    if (unused := _NEVER_USED.search(text)) and not find_mentions(text):
        return Answer(made(Says.DENIES, text, unused[0]), whole=True)
    sentences = list(first_sentences(text, 3))
    if not sentences:
        return None
    first, named = sentences[0], find_mentions(sentences[0], people)
    where = f"{quote[-60:].strip()} {first[:60]}"
    if AUTHORSHIP.search(quote) and _THE_AGENT.fullmatch(first):
        return Answer(made(Says.DECLARES, first, where, 0, (), Role.GENERATE), len(first))
    if _asks_who_wrote(quote):
        return _of_who_wrote(first, text, where)
    if (_IT_DID.search(first) or _WHICH_PARTS.search(quote)) and not named and not NO.match(first) and not attests(first):
        return Answer(made(Says.DECLARES, text[:300], where, 0, tools_in(quote) or tools_in(text)))
    if (not named or (NO.match(first) and not _EXCEPT.search(first))) and (found := _yes_or_no(quote, sentences, where, denies)):
        return found
    if (names := tools_in(first)) and len(first.split()) <= 3:
        return Answer(made(Says.DECLARES, first, first, 0, names, Role.UNKNOWN), whole=True)
    if _WILL_REDO.search(text) and not named:
        return Answer(made(Says.UNCLEAR, text[:300], where, 0, (), Role.UNKNOWN), whole=True)
    if attests(text) and not named:
        return Answer(made(Says.ATTESTS, text, first))
    return None


def _asks_of_this(quote: str) -> bool:
    """Say whether a quote that names a machine asks or supposes that one made what is answered for, and not of something else."""
    named = [one for begin, end in sentence_spans(quote) if find_mentions(one := quote[begin:end])]
    return not named or any(not _ASKS_OTHER.search(one) for one in named)


_WROTE_IT = expression(
    r"\b(?:did|have|were) you (?:really |actually |personally )?(?:write|written|author(?:ed)?|code|type|make)\b[^?]{0,40}\?|"
    r"\bare you the author\b[^?]{0,40}\?|\b(?:is|was) (?:this|it|that) (?:all )?(?:really )?your own\b[^?]{0,60}\?|"
    r"\bwho wrote (?:this|it)\b[^?]{0,20}\?", re.I
)  # fmt: skip


def _asks_who_wrote(quote: str) -> bool:
    """Say whether the last question of a quote asks whether the person wrote it, and not whether a tool did."""
    found = list(_WROTE_IT.finditer(quote))
    return bool(found) and "?" not in quote[found[-1].end() :] and not re.search(r"\b(?:with|using|by)\b", found[-1][0], re.I)


def _of_who_wrote(first: str, text: str, where: str) -> Answer | None:
    """Return how a passage answers whether the person wrote it: Yes attests, No with a tool's name declares, and a bare No is not clear."""
    names = tools_in(text)
    if NO.match(first) and not attests(first):
        says = Says.DECLARES if names else Says.UNCLEAR
        return Answer(made(says, text[:300], where, 0, names, Role.UNKNOWN), whole=True)
    if (YES.match(first) or attests(first)) and not find_mentions(first):
        return Answer(made(Says.ATTESTS, first, where), len(first))
    return None


def _yes_or_no(quote: str, sentences: list[str], where: str, denies: bool) -> Answer | None:
    first = sentences[0]
    yes = YES.match(first) or _ADMITS.match(first)
    if yes and "?" not in quote and not AUTHORSHIP.search(quote) and not _SUPPOSES.search(quote):
        return None  # it agrees with something else
    other = _OTHER_NO.match(first)
    no = NO.match(first) and not (other and other[1].lower() not in _OF_MACHINES) and not _PARTLY_NO.match(first)
    if not yes and "?" in quote and not NO.match(first) and not attests(first):
        yes = _A_PART.match(first)
    if not yes and "?" in quote and (part := next((one for one in sentences if _FOR_A_PART.search(one)), "")):
        return Answer(made(Says.DECLARES, part, f"{quote[-60:].strip()} {part}", 0, tools_in(quote)), whole=True)
    if (no or _FLAT_NO.match(first)) and not yes:
        return Answer(made(Says.DENIES, first, where), len(first))
    if yes and not (NO.match(first) and not _ADMITS.match(first)) and not attests(first) and not denies:
        more = " ".join(sentences)
        role = role_of(more) if len(more.split()) > 4 and not _ADMITS.match(first) else Role.UNKNOWN
        return Answer(made(Says.DECLARES, more, where, 0, tools_in(more) or tools_in(quote), role), len(first))
    return None
