# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polarity and mood of a clause: denied, conditional, wished for, planned, done by somebody else, or of this contribution."""

from triage.model.expression import expression
from triage.policy.evidence import words as w
from triage.policy.evidence.clause import MACHINE, Clause
from triage.policy.evidence.roles import is_finite

_WHOEVER = frozenset(["somebody", "someone", "else", "people", "contributors", "those", "anybody", "developers", "users", "others"])
_NONE_WAS = expression(r"\bnone (?:of (?:them|these|it|those) )?(?:was|were|is|has been) (?:involved|used)|\bhow none\b")
_RULING = w.word_set("forbid ban decline reject allow accept discourage permit disallow avoid stop see have")
_TAKEN = w.word_set(
    "use used using take taken took keep kept include included includes copy copied contain contains send sent any anything"
)
_LISTED = frozenset([",", "or", "nor", "and", "neither"])


def denial(clause: Clause) -> tuple[str, int]:
    """Return the words that deny that the machine took part, and where the denying one stands; ("", -1) for none."""
    if _NONE_WAS.search(" ".join(clause.low[clause.at :])):
        return clause.text(clause.at, len(clause.low)), clause.begin
    if clause.begin > 1 and clause.low[clause.begin - 1] == "because" and clause.low[clause.begin - 2] in w.NEGATION:
        return clause.text(clause.begin - 2, clause.last), clause.begin
    at = _denied_before(clause)
    if at >= 0:
        return clause.text(at, clause.last), at
    if after := _denied_after(clause):
        return after, clause.begin
    return "", -1


def _denied_before(clause: Clause) -> int:
    """Return where a word denies what comes after it, -1 for nowhere: "no part of it was made by AI"."""
    low, index = clause.low, clause.at - 1
    supposes = low[clause.at - 1 : clause.at][:1] in (["that"], ["which"], ["what"]) and is_finite(clause.after)
    while index >= clause.begin or (index >= 0 and low[index] in _LISTED):
        word = low[index]
        if _ends_denial(clause, index):
            return -1
        if is_negation(word) and low[index + 1] not in w.NOT_NEGATING and not _idle(clause, index):
            return -1 if supposes and not _leaves_out(low[index : clause.first]) else index
        if word == "of" and index and low[index - 1] in {"free", "instead"}:
            return index - 1
        index -= 1
    return -1


def _leaves_out(words: list[str]) -> bool:
    """Whether what is denied is that anything of the machine's is here, and not something said of it: "I like not what Claude chose"."""
    return words[0] in {"no", "none", "nothing", "without", "neither"} or bool(_TAKEN & set(words))


def is_negation(word: str) -> bool:
    """Say whether a word denies: no, never, isn't."""
    return word in w.NEGATION or word.endswith("n't")


def _ends_denial(clause: Clause, index: int) -> bool:
    """Whether nothing before this word can deny what the machine did: "not by me but by Claude", "I had no idea and asked Claude"."""
    low, word = clause.low, clause.low[index]
    if word == "other" and low[index + 1] != "than":
        return False  # "no LLM or other AI tool"
    if word in w.EXCEPTING and not (word == "than" or (word == "but" and index == clause.begin)):
        return True
    if word in w.BREAKS and not (word == "(" and index == clause.begin):
        return True
    if word == "," and any(is_finite(item) or item in w.BE for item in low[index + 1 : clause.at]):
        return True
    joined = word == "and" and index + 1 < clause.first
    return joined and any(item in w.CAUSATIVE or is_finite(item) for item in low[index + 1 : index + 3])


def _idle(clause: Clause, index: int) -> bool:
    """Whether a denying word denies something else: "no longer", "no doubt", "no hardship to leave it to a model"."""
    low, following = clause.low, clause.low[index + 1]
    if low[index] == "no" and (
        "to" in low[index + 2 : clause.at] or following in {"longer", "doubt", "matter", "idea", "one's", "small", "less"}
    ):
        return True
    return low[index - 1 : index] == ["why"] or following in {"sure", "until", "surprising"}


def _denied_after(clause: Clause) -> str:
    """Return the words of a denial behind the machine: "AI was not used", "Copilot: none"."""
    after = clause.low[clause.last : clause.last + 5]
    if after[:1] and after[0] in {"disabled", "blocked", "uninstalled", "forbidden"}:
        return clause.text(clause.at, clause.last + 1)
    for offset, word in enumerate(after):
        if is_negation(word) and (offset or word.endswith("n't") or word in {"not", "never"}):
            if after[offset + 1 : offset + 2] in (["only"], ["just"], ["yet"]):
                return ""
            return clause.text(clause.at, clause.last + offset + 1)
        if (
            word not in w.BE
            and word not in w.HAVE
            and word not in w.DO
            and word not in w.USAGE
            and word not in {":", "-", "in", "any", "way", "at", "all"}
        ):
            return ""
    return ""


def irrealis(clause: Clause, verb_at: int) -> str:
    """Return the word that makes a clause a condition, a wish, a rule or a plan, "" where it tells what happened."""
    low = clause.low
    for index in range(clause.begin, min(max(clause.at, verb_at) + 1, clause.end)):
        word = low[index]
        if (word in w.CONDITION or word in w.MODAL) and not _past_modal(clause, index):
            return word
        if index < clause.at and (word in w.SHORT_OF or word in w.INTENT):
            return word
        if word == "to" and index < clause.first and _purpose(clause, index):
            return clause.text(index, index + 2)
        if word in {"how", "when", "who"} and index == clause.begin and not any(item in w.FIRST for item in clause.left):
            return word
    if (
        clause.begin
        and low[clause.begin - 1] in {"and", "or", "so"}
        and any(word in w.CONDITION for word in low[max(0, clause.begin - 8) : clause.begin])
    ):
        return "if"
    if low[0] in w.CONDITION and not any(word in {",", ":", ";"} for word in low[: clause.at]):
        return low[0]
    if low[clause.at - 1 : clause.at] == [MACHINE]:
        return ""
    return clause.after if clause.last < clause.end and clause.after in w.MODAL else ""


def _past_modal(clause: Clause, index: int) -> bool:
    """Whether a word that looks like a modal is none here: "I'd made", "I should mention that"."""
    low, following = clause.low, clause.low[index + 1 : index + 2]
    if low[index].endswith("'d") and following and is_finite(following[0]) and following[0] not in w.BE:
        return True
    if low[index] in {"may", "might", "must"} and following == ["have"]:
        return True  # "may have been created"
    if low[index] == "if" and low[index - 1 : index] == ["as"]:
        return True
    if following == ["like"] and low[index + 3 : index + 4] and low[index + 3] in _RULING:
        return False  # "we would like to forbid"
    if following and following[0] in w.SPEECH:
        return True
    return "which" in low[clause.begin : index] and clause.at < index


def _purpose(clause: Clause, index: int) -> bool:
    """Whether "to" opens a purpose with no person of the writer's before it: "to let assistants query"."""
    low = clause.low
    word, before = low[index + 1], low[clause.begin : index]
    writer = any(item in w.FIRST for item in before)
    if word == "be":
        return not writer
    if word in w.DETERMINERS or word in w.FIRST or word == MACHINE or word in w.CONTRIBUTION - w.MAKING:
        return False
    return not writer and MACHINE not in before and (word in w.TALK or word in w.CAUSATIVE or word in w.PURPOSE)


def by_somebody_else(clause: Clause) -> bool:
    """Say whether somebody else does what the clause tells: "users asked ChatGPT", "its author has said"."""
    low = clause.low
    if any(word in w.FIRST for word in clause.left):
        return False
    if (
        clause.begin > 1
        and low[clause.begin - 1] in {"which", "that", "who"}
        and _WHOEVER & set(low[max(0, clause.begin - 14) : clause.begin])
    ):
        return True
    for index in range(clause.begin, clause.at):
        word, following = low[index], low[index + 1]
        passive = word in {"they", "them", "their"} and (following in w.BE or following in w.HAVE)
        if word in w.OTHERS and following not in w.BY and not passive and low[index - 1 : index] not in (["as"], ["from"], ["to"], ["by"]):
            return True
    return False


def about_this(clause: Clause) -> bool:
    """Say whether the sentence speaks of the writer or of the contribution at hand."""
    low = clause.low
    if clause.has(w.FIRST):
        return True
    for index, word in enumerate(low):
        if word[:1] == "v" and word[1:].isdigit():
            return True
        if word not in w.CONTRIBUTION:
            continue
        pointed = (
            index == 0
            or word in {"this", "it", "these", "everything"}
            or any(item in w.DEFINITE for item in low[max(0, index - 3) : index])
        )
        if pointed or low[index - 1][:1].isdigit() or (low[index + 1 : index + 2] and low[index + 1][:1].isdigit()):
            return True
    return False
