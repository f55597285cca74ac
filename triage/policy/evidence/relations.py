# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a machine stands in its clause: what was worked with, who did something, what somebody set to work, whose the work is."""

from msgspec import Struct

from triage.model import Role
from triage.policy.evidence import words as w
from triage.policy.evidence.clause import MACHINE, Clause
from triage.policy.evidence.roles import is_finite, role_of


class Deed(Struct, frozen=True):
    """A verb and where it stands; `verb` is "" for none."""

    verb: str = ""
    at: int = -1


NO_DEED = Deed()


def by_whom(clause: Clause) -> str:
    """Return "by Claude", "thanks to Copilot": the machine as what was worked with, "" for none."""
    index = clause.first - 1
    if index < 0:
        return ""
    low, word = clause.low, clause.before
    before = low[index - 1] if index else ""
    if word == "by" and low[clause.first : clause.first + 1] == [MACHINE] and before in w.SPEECH:
        return ""
    held = (
        word in {"by", "using", "via", "through"}
        or (word in {"with", "from"} and before not in w.APART)
        or (word == "to" and any(item in w.GIVING for item in low[max(clause.begin, index - 9) : index]))
        or (word == "of" and before in w.MEANS)
        or (word == "in" and clause.mention.name is not None and before in w.MAKING)
    )
    return clause.text(max(clause.begin, index - 2), clause.last) if held else ""


def instrument_made(clause: Clause) -> str:
    """Return "the tool was developed", where what the machine made is what the writer worked with and may not be what is sent; else ""."""
    low = clause.low
    for at in range(max(1, clause.first - 8), clause.first):
        verb = at + 2 if low[at + 1 : at + 2] and low[at + 1].endswith("ly") else at + 1
        made = low[verb : verb + 1] and low[verb] in w.MAKING
        if not (low[at] in w.BE and made):
            continue
        head = next((i for i in range(clause.begin, min(clause.begin + 4, at)) if low[i] in w.INSTRUMENTS), at)
        noun = head if low[head + 1] in {"that", "which", "i", "we"} else at - 1  # "the checker that found it was written"
        if low[noun] in w.INSTRUMENTS and "this" not in low[max(0, noun - 3) : noun]:
            return clause.text(noun, verb + 1)
    return ""


def made_before(clause: Clause) -> bool:
    """Say whether a participle stands before the machine: made, converted, "was run by"."""
    found = clause.low[max(clause.begin - 2, clause.first - 12, 0) : clause.first]
    if any(word in w.MAKING or word.endswith("ed") or word in {"comes", "stems", "originates"} for word in found):
        return True
    return found[-1:] == ["by"] and any(word in w.BE for word in found)


def verb_before(clause: Clause) -> str:
    """Return the nearest verb before the machine, "" for none."""
    return next((word for word in reversed(clause.low[clause.begin : clause.first]) if is_finite(word) and word not in w.BE), "")


def subject(clause: Clause) -> Deed:
    """Return the verb that the machine is the subject of: "Claude, given the log, named the culprit"."""
    low, index = clause.low, _past_relative(clause)
    for at in range(index, min(index + 5, len(low))):
        word = low[at]
        if word in w.ADVERBS or word.endswith("ly"):
            continue
        if word in {"has", "had", "have", "did", "was", "were", "is"} and low[at + 1 : at + 2]:
            return _with_auxiliary(clause, at)
        if (is_finite(word) and word not in w.BE) or word in {"did", "wrote", "say", "make", "write", "put", "get", "come", "give"}:
            return Deed(word, at)
        break
    return NO_DEED


def _past_relative(clause: Clause) -> int:
    """Return where the verb is looked for: behind "which I had asked," or ", given the log,"."""
    low, index = clause.low, clause.last
    word = clause.after
    comma = next((at for at in range(index + 1, min(index + 18, len(low))) if low[at] == "," and at > index + 1), -1)
    following = low[index + 1] if index + 1 < len(low) else ""
    if word == ",":
        return comma + 1 if comma > 0 and following not in w.FIRST_SUBJECT | {"and", "but", "so"} else index
    if word.endswith("ing"):
        return next((at for at in range(index + 1, min(index + 9, len(low))) if is_finite(low[at]) and low[at] not in w.BE), index)
    if word in {"which", "who", "that"} and following:
        if following == "," or following in w.FIRST_SUBJECT:
            return comma + 1 if comma > 0 else index
        return index + 1
    return index


def _with_auxiliary(clause: Clause, at: int) -> Deed:
    low, word = clause.low, clause.low[at]
    following = next((item for item in low[at + 1 : at + 4] if not (item in w.ADVERBS or item.endswith("ly"))), "")
    if word in {"was", "were", "is"}:
        return Deed(f"{word} {following}", at) if following in w.EMPLOYED else NO_DEED
    if word != "did" or is_finite(following) or following in w.MAKING:
        return Deed(following, at + 1)
    return Deed(word, at)


def worked_with(clause: Clause, title: bool) -> Deed:
    """Return what the writer did with the machine: "I asked Claude", "let Devin redo it"; in a title only what is past."""
    low = clause.low
    person = next((at for at in range(clause.first - 1, clause.begin - 1, -1) if low[at] in w.FIRST_SUBJECT), -1)
    start = person + 1 if person >= 0 else clause.begin
    verbs = [at for at in range(start, clause.first) if is_finite(low[at]) or low[at] in w.CAUSATIVE or low[at] in w.HAVE]
    for at in verbs:
        word = low[at]
        if word in w.HAVE and word not in w.CAUSATIVE:
            continue
        if word in w.TALK:
            return NO_DEED
        if word == "made" and low[at + 1] in {"with", "by", "using"}:
            continue
        if word.endswith("ing") and word in w.CAUSATIVE and at and low[at - 1] in w.EXCEPTING | {"by", "of", "after", "through", "from"}:
            return Deed(word, at)
        if person < 0 and (clause.mention.many or (title and word in w.IMPERATIVE)):
            return NO_DEED
        alone = person < 0 and at == start and word in w.CAUSATIVE and not _continues(clause)
        if (person >= 0 or alone) and not (word in {"have", "has", "had"} and any(other > at for other in verbs)):
            return Deed(word, at)
    return NO_DEED


def _continues(clause: Clause) -> bool:
    """Whether a clause goes on from one that has another subject than the writer: "users came and asked Claude"."""
    low, begin = clause.low, clause.begin
    joined = begin > 0 and low[begin - 1] in {"and", "so", "but", ",", "which", "who"}
    return joined and not any(word in w.FIRST_SUBJECT for word in low[max(0, begin - 14) : begin])


def deed_of(clause: Clause, did: str) -> str:
    """Return what a machine that somebody set to work then did: "write" of "I had Claude write"."""
    for word in clause.low[clause.last : clause.last + 4]:
        if word not in {"to", "also", "then", "help", "me", "us", "itself", "a", "quickly", "first"}:
            return word if role_of(word) is not Role.UNKNOWN else did
    return did


def possessed(clause: Clause) -> str:
    """Return words that make the contribution the machine's: "Copilot's work", "is Claude output", "" for none."""
    low = clause.low
    following = low[clause.at + 1 : clause.at + 3]
    owns = following[:1] in (["'s"], ["'"])
    index = clause.at + (3 if following == ["'", "s"] else 2 if owns else 1)
    head = low[index] if index < len(low) else ""
    copula = clause.before in w.BE or (clause.first > 1 and low[clause.first - 2] in w.BE and clause.before in w.DEGREE)
    named = clause.mention.name is not None
    if owns and (copula or head in w.WORK_HEADS or head in w.CONTRIBUTION):
        return clause.text(clause.first - 1 if copula else clause.first, index + 1)
    if head in w.WORK_HEADS and (copula or clause.before in {"is", "by", "with", "of", "from"}):
        return clause.text(clause.first - 1, index + 1)
    if copula and named and (head in {"", ".", ",", ";", "and", "with", "in", "(", "for"} or head.endswith("ing")):
        return clause.text(clause.first - 1, index)
    return clause.text(clause.first, index + 1) if owns and named else ""


def described(clause: Clause, brief: bool) -> tuple[str, str]:
    """Return ("AI-generated", head noun) where the machine only describes a noun, ("", "") where it does not."""
    low = clause.low
    if clause.mention.made:
        return clause.sentence.words[clause.at].text, _head(low, clause.at + 1)
    index = max(clause.last, clause.at + 1)
    hyphen = 1 if low[index : index + 1] == ["-"] else 0
    word = low[index + hyphen] if index + hyphen < len(low) else ""
    participle = word.rpartition("-")[2]
    if participle not in w.PARTICIPLE_AFTER or (not hyphen and participle in {"suggested", "found", "completed", "spotted", "discovered"}):
        return "", ""
    if not hyphen:
        following = low[index + 1] if index + 1 < len(low) else ""
        before = low[clause.at - 1] if clause.at else ""
        modifies = before in w.DETERMINERS or before in w.BE or (clause.at == 0 and brief)
        if following in w.DETERMINERS | {"it", "them", "us", "me", "half", "up", "through"} or (
            clause.mention.name is not None and not modifies
        ):
            return "", ""
    return clause.text(clause.at, index + hyphen + 1), _head(low, index + hyphen + 1)


def _head(low: list[str], index: int) -> str:
    if low[index : index + 1] and not low[index].replace("-", "").isalpha():
        return ""
    return next((word for word in low[index : index + 3] if word not in {"and", "pretty", "new"} and word.isalpha()), "")
