# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clause around one machine of a sentence: where it begins and ends, and which of its words are the machine's noun phrase."""

from msgspec import Struct

from triage.model.expression import expression
from triage.policy.evidence import words as w
from triage.policy.evidence.roles import is_finite
from triage.policy.evidence.sentences import Mention, Sentence

MACHINE = "\0"
"""What stands for a machine in the list of small words."""
MAX_WHY = 120
_MADE_OF = expression(r"\w+-(?:based|hosted|run|trained|powered)")


class Clause(Struct):
    """A sentence seen from one machine, by numbers of its words.

    `low` are the words, small; `at` is the machine, `begin` to `end` its clause, `first` to `last` its noun phrase.
    """

    sentence: Sentence
    mention: Mention
    low: list[str]
    at: int
    begin: int = 0
    end: int = 0
    first: int = 0
    last: int = 0

    @property
    def left(self) -> list[str]:
        """The words of the clause before the machine."""
        return self.low[self.begin : self.at]

    @property
    def before(self) -> str:
        """The word before the noun phrase, "" at the beginning."""
        return self.low[self.first - 1] if self.first else ""

    @property
    def after(self) -> str:
        """The word behind the noun phrase, "" at the end."""
        return self.low[self.last] if self.last < len(self.low) else ""

    def has(self, table: frozenset[str]) -> bool:
        """Whether any word of the sentence is of a class."""
        return any(word in table for word in self.low)

    def text(self, begin: int, end: int) -> str:
        """Return the words from one to another as they were written."""
        begin, end = max(0, begin), min(end, len(self.low))
        if begin >= end:
            return ""
        found = self.sentence.words
        return " ".join(self.sentence.text[found[begin].start : found[end - 1].end].split())[:MAX_WHY]


def clause_of(sentence: Sentence, number: int) -> Clause:
    """Return the clause around the machine of this number."""
    low = [word.text.lower().replace("\u2019", "'") if word.at < 0 else MACHINE for word in sentence.words]
    at = next(index for index, word in enumerate(sentence.words) if word.at == number)
    clause = Clause(sentence, sentence.mentions[number], low, at)
    clause.begin, clause.end = _begin(clause), _end(clause)
    clause.first, clause.last = _noun_start(clause), _noun_end(clause)
    return clause


def _begin(clause: Clause) -> int:
    low, begin = clause.low, clause.at
    while begin > 0:
        word = low[begin - 1]
        if word == "(" and begin > 1 and begin == clause.at and (low[begin - 2] in w.KINDS or low[begin - 2] == MACHINE):
            begin -= 1
            continue
        if (
            word in w.BREAKS
            or (word in w.JOINTS and (word != "so" or opens(clause, begin)))
            or (word in {",", "and"} and opens(clause, begin))
        ):
            break
        begin -= 1
    return begin


def _end(clause: Clause) -> int:
    low, end = clause.low, clause.at + 1
    while end < len(low):
        word = low[end]
        if word in w.BREAKS or (word in w.JOINTS and word not in {"which", "who"}) or (word in {",", "and"} and opens(clause, end + 1)):
            break
        end += 1
    return end


def opens(clause: Clause, index: int) -> bool:
    """Say whether a new clause begins here: a subject with its verb."""
    low = clause.low
    for word in low[index : index + 2]:
        if (
            word in w.FIRST_SUBJECT
            or word in {"he", "she", "they", "it", "you", "there", "please"}
            or word in w.JOINTS
            or word in w.CONDITION
        ):
            return True
        if word not in {"and", "then", "also", "in"}:
            break
    head = low[index : index + 6]
    if not head or not (head[0] in w.DETERMINERS or head[0] == MACHINE or clause.sentence.words[index].text[:1].isupper()):
        return False
    verb = next((at for at in range(1, min(4, len(head))) if head[at] in w.BE or head[at] in w.HAVE or is_finite(head[at])), 0)
    return verb > 0 and not any(word in w.BY for word in head[1:verb])


def _noun_start(clause: Clause) -> int:
    """Return where the noun phrase begins: articles, adjectives, and a noun that the name explains in brackets."""
    low, index = clause.low, clause.at
    while index > clause.begin:
        word = low[index - 1]
        if word == "of" and not (index > 1 and low[index - 2] in w.PORTION):
            break
        if word in w.DETERMINERS or word in w.ADJECTIVES or word in w.QUOTES or _MADE_OF.fullmatch(word):
            index -= 1
        elif word == "(" and index > 1 and (low[index - 2] in w.KINDS or low[index - 2] == MACHINE):
            index -= 2
        else:
            break
    return index


def _is_joined_writer(low: list[str], index: int) -> bool:
    """Whether the writer is a subject together with the machine: "Claude and I wrote", and not "by Claude, and I checked"."""
    following = low[index + 1] if index + 1 < len(low) else ""
    return low[index] in {"i", "me", "myself", "we"} and (following in w.HAVE or following in {"wrote", "made", "did", "built", "worked"})


def _noun_end(clause: Clause) -> int:
    """Return where the noun phrase ends: nouns such as agent, numbers, a remark in brackets, another machine joined by "and"."""
    low, index = clause.low, clause.at + 1
    while index < len(low):
        word = low[index]
        if word in w.PRODUCT_NOUNS or word in w.QUOTES or word[:1].isdigit():
            index += 1
        elif word in {"(", "["} and (close := next((at for at in range(index, min(index + 14, len(low))) if low[at] in {")", "]"}), 0)):
            index = close + 1
        elif word in {"and", "/", "+"} and low[index + 1 : index + 2] and (low[index + 1] == MACHINE or _is_joined_writer(low, index + 1)):
            index += 2
        else:
            break
    return index
