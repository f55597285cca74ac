# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passages cut into sentences and words; in each, the places that name a machine, and whether it is one that writes."""

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from triage.model.expression import expression
from triage.policy.evidence.tools import Name, find_names
from triage.policy.evidence.words import PERSON_CUES, TOOL_HEADS

MAX_SENTENCE = 1200
MAX_MENTIONS = 12
MAX_NAMES, MAX_LOOKED = 24, 3000
"""Names of tools in one sentence, and in one text, that are looked at: each is weighed by the words around it."""


class Budget(Struct):
    """How many names of a text may still be looked at."""

    left: int = MAX_LOOKED


_GENERIC = expression(
    r"(?<![\w.#/-])(?:(?:gen(?:erative)?[ -]?)?AI(?![\w/=]|[;.]\w)(?:[ -](?:coding|code|programming|chat|language|based|powered)(?=[ -]))?"
    r"(?:[ -](?:assistants?|agents?|tools?|tooling|models?|chat ?bots?|bots?|systems?|companions?|helpers?|llms?))?\b"
    r"|(?:coding|code|autonomous|software) (?:agents?|assistants?)\b)"
)
_GENERIC_ANY = expression(
    r"(?<![\w.#/-])(?:an? |the |some |any |no |by |with )?(?:(?:large |small |big |local |generative )?language[ -]models?|"
    r"chat[ -]?bots?|artificial intelligence|generative (?:tools?|models?)|genai|"
    r"machine(?= (?:translation|translator))|"
    r"neural[ -](?:net|network|model)s?|(?:code|coder|coding) models?|"
    r"(?:(?<=by a )|(?<=with a )|(?<=from a ))local models?)\b",
    re.IGNORECASE | re.ASCII,
)
_LLM = expression(
    r"(?<![\w.#/-])(?:LLM(?:'?s)?(?!\w)|(?:(?<=an )|(?<=by )|(?<=with )|(?<=no )|(?<=any )|(?<=the ))llms?(?![\w_]))(?:[ -](?:tools?|"
    r"agents?|assistants?|models?|chat ?bots?))?"
)
_LOWER_AI = expression(
    r"(?:(?<=\bby )|(?<=\bwith )|(?<=\buse )|(?<=\bused )|(?<=\busing )|(?<=\bno )|(?<=\bfrom ))ai\b|\bai(?=[- ](?:assisted|generated|"
    r"tools?|written|made|agent|assistant)\b)"
)
_GENERICS = (
    (_GENERIC, ("ai", "agent", "assistant")),
    (_LLM, ("llm",)),
    (
        _GENERIC_ANY,
        ("language", "bot", "artificial", "generative", "genai", "machine", "neural", "code model", "coder model", "coding model"),
    ),
    (_LOWER_AI, ("ai",)),
)
"""Each pattern with the parts of words that it cannot do without: most sentences have none."""
_MADE = expression(
    r"\bmachine[- ](?:written|generated|made|authored|translated|produced)\b|\bvibe[- ]?cod(?:ed|ing|e)\b",
    re.IGNORECASE | re.ASCII,
)
_WEAK = expression(
    r"(?<![\w-])(?:(?<=\ba )|(?<=\ban )|(?<=\bthe )|(?<=\bno )|(?<=\bany )|(?<=\bsome )|(?<=\bwhich )|(?<=\bthis )|(?<=\bmy )|"
    r"(?<=\bthree )|(?<=\btwo )|(?<=\blocal )|(?<=\bdifferent ))"
    r"(?:agents?|assistants?|models?|bots?|generator)(?![\w-])|\b(?:content|text) generator\b|(?:(?<=by a )|(?<=by the )|(?<=from a )|"
    r"(?<=of a ))machine\b|\btab completion\b|"
    r"\b(?:an? tool|any tool|such tools?|these tools|tools? of that sort)\b|(?<=\btold )it\b|(?<=\basked )(?:it|one)\b|"
    r"(?<=\blet )(?:it|one)\b|(?<=\bhad )it\b",
    re.IGNORECASE | re.ASCII,
)
_REGISTER = expression(r" (?:registers?|bits?|masks?|fields?|mode|state)\b", re.IGNORECASE)
_NO_MACHINE = expression(
    r"(?:,| and|/) ?AO\b|[ -]?(?:channels?|subdevices?|convert|converters?|timing|inputs?|outputs?|lines?|signals?|boards?|pins?|core|"
    r"engines?|soc|chips?|accelerators?|blocks?|headers?|/AO|samples?|ranges?)\b|[ -]?commands? (?:without|on|for)\b|"
    r"\s*\(a|[/(=]",
    re.IGNORECASE | re.ASCII,
)
_WORKLOAD = expression(
    r"[ -](?:workloads?|inference|training|servers?|serving|decod\w+|benchmarks?|kernels?|clusters?|acceleration|apis?|providers?|"
    r"clients?|chat apps?|compatible|serving)\b|[^.;]{0,20}\b(?:serving|inference|tokens?/s|tokens per)\b",
    re.IGNORECASE | re.ASCII,
)
_HARDWARE = expression(
    r"\b(?:soc|board|sl35\d\d|cortina|lake|nas|platform|dns-\d|chipset|plane|pointer|blink\w*|caret|screen|vt|cable modem|soundcard|"
    r"speaker|volt\w*|i2s|mp3|tube|pda|uart|tablet|telescope|stream|codec)\b",
    re.IGNORECASE | re.ASCII,
)
_QUOTED = expression('["\u201c][^"\u201c\u201d]{1,600}["\u201d]|(?<![`\\w])`[^`]{1,100}`')
_ARTICLE = expression(r"(?:an?|the|some|any|no|by|with) ", re.IGNORECASE)
_MANY = expression(r"(?:tools|tooling|agents|assistants|models|bots|llm'?s|systems|networks)$", re.IGNORECASE)
_SPELLED = expression(r"\s*\((?:all|analog|link|active)", re.IGNORECASE)
_END = expression(r"[.!?\u3002\uff01\uff1f](?=[\"')\]*_\u201d]*(?:\s|$))|(?<=[\u3002\uff01\uff1f])")
_ABBREVIATED = expression(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|resp|approx|nr|sec|fig|ver|incl|dr|mr|mrs|a\.k\.a|w\.r\.t|b\.t\.w|p\.s)|(?:^|\s)[A-Za-z])$", re.IGNORECASE
)
_ON_FILE = expression(r"\.(?:md|txt|rst|toml|json|yml|yaml)\b|[/=]")
_SUGGESTED = expression(r"\b(?:as (?:\w+ )?(?:suggested|proposed|noted|asked|pointed out)|requested|reported|acked) by $", re.IGNORECASE)
_TAG_QUESTION = expression(r", (?:is|was|are|were|did|do|does|have|has)(?:n.t)? (?:it|you|they|this|he|she)(?: not)?\s*\?", re.IGNORECASE)
_WORD = expression(r"[A-Za-z][A-Za-z]*(?:['\u2019][A-Za-z]{1,3})?(?:-[A-Za-z]+)*|[0-9][\w.%/-]*|--|[^\w\s]|\w+")


class Mention(Struct, frozen=True):
    """A place of a sentence that names a machine; `generic` where it is a word such as AI, `many` where it means machines in general."""

    start: int
    end: int
    name: Name | None
    generic: bool
    many: bool
    weak: bool = False
    """A word that means a machine only where the text around it speaks of AI."""
    made: bool = False
    """A word that says all by itself: machine-written, vibe-coded."""


class Word(Struct):
    """One word of a sentence; `at` is the number of the mention that it stands for, -1 for none."""

    text: str
    start: int
    end: int
    at: int = -1


class Sentence(Struct):
    """A sentence of a passage: its text, where it begins there, its words and mentions."""

    text: str
    offset: int
    words: list[Word]
    mentions: list[Mention]
    asks: bool


@lru_cache(maxsize=1)
def _nothing() -> frozenset[str]:
    return frozenset()


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the sentences of a passage begin and end; at most `MAX_SENTENCE` characters each."""
    begin = 0
    for match in _END.finditer(text):
        end = match.end()
        if match[0] == "." and _ABBREVIATED.search(text, max(begin, match.start() - 8), match.start()):
            continue
        yield from _bounded(begin, end)
        begin = end
    if text[begin:].strip():
        yield from _bounded(begin, len(text))


def _bounded(begin: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(begin, end, MAX_SENTENCE):
        yield at, min(at + MAX_SENTENCE, end)


def find_mentions(
    text: str, people: frozenset[str] = frozenset(), weak: bool = False, budget: Budget | None = None
) -> list[Mention]:  # fmt: skip
    """Return the machines that a sentence names, in order; `people` are first names of persons of this mail, small.

    A name that people bear is a person's where a surname follows, where the mail knows such a person, or where the sentence
    speaks of one (`he`, `his lab`). What stands in quotation marks is not the writer's.
    """
    names = [name for name in find_names(text, MAX_NAMES) if not _OLD_NUMBER.fullmatch(text, name.start, name.end)]
    if budget is not None:
        budget.left -= len(names)
    named = (name for name in names if name.kind == "named" or _is_tool(text, name, people))
    found = [Mention(name.start, name.end, name, False, False) for name in named]
    low = text.lower()
    found += (item for item in _generic(text, low) if "ai" not in people or text[item.start : item.end].upper() != "AI")
    if "machine" in low or "vibe" in low:
        found += [Mention(match.start(), match.end(), None, True, False, made=True) for match in _MADE.finditer(text)]
    if weak:
        found += [Mention(m.start(), m.end(), None, True, m[0].lower().endswith("s"), weak=True) for m in _WEAK.finditer(text)]
    quoted = list(_quotations(text))
    found.sort(key=lambda item: (item.start, -item.end))
    kept: list[Mention] = []
    for item in found:
        inside = any(begin < item.start and item.end < end for begin, end in quoted)
        if not inside and (not kept or item.start >= kept[-1].end):
            kept.append(item)
    return kept[:MAX_MENTIONS]


def _generic(text: str, low: str) -> Iterator[Mention]:
    """Yield words for machines that name no tool: AI, an LLM, a language model; `low` is the text, small."""
    for pattern, parts in _GENERICS:
        if not any(part in low for part in parts):
            continue
        for match in pattern.finditer(text):
            start = match.start()
            while pattern is _GENERIC_ANY and (skip := _ARTICLE.match(text, start)):
                start = skip.end()
            if _is_machine(text, match[0], match.end()):
                yield Mention(start, match.end(), None, True, bool(_MANY.search(match[0])))


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a sentence quotes: three words or more in quotation marks, code in backquotes."""
    for match in _QUOTED.finditer(text):
        inner = match[0][1:-1]
        if len(match[0].split()) > 2 or (match[0][0] == "`" and not inner.isalpha() and not _is_name(inner)):
            yield match.span()


def _is_name(text: str) -> bool:
    """Whether all that stands in backquotes is the name of a tool: `Claude Code` is named, not quoted."""
    return any(text[name.start : name.end] == text for name in find_names(text))


def _is_machine(text: str, word: str, end: int) -> bool:
    """Whether a generic word is not hardware and no abbreviation of something else."""
    if word in {"AI", "ai"} and _NO_MACHINE.match(text, end):
        return False
    if word[:3].upper() == "LLM" and _REGISTER.match(text, end):
        return False
    return not (word[:2].lower() in {"ai", "ll"} and _SPELLED.match(text, end)) and not text[:end].endswith(f'spell out "{word}')


def is_workload(text: str, end: int) -> bool:
    """Say whether what a generic word names is what a program runs or serves, not what wrote it."""
    return bool(_WORKLOAD.match(text, end))


_SMALL_AFTER = expression(r"\b(?:by|with|using|via|from|let|asked|had|used|run|ran|told|got)\s[`*_]?$", re.IGNORECASE)
_SURNAME = expression(r"(?:\s+|-)(?:[A-Z]\.\s+)?([A-Z][a-z\u00df-\u024f]+)")
_FORENAME = expression(r"(?:[A-Z][a-z]+-|\b(?:Jean|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)\s)$")
_EXPLAINED = expression(
    r"\s*\((?!(?:Code|with|v|the|a|an|via|from|which|Opus|Sonnet|Haiku|Fable|Pro|in|for|on|running|using|local|my|as|first|code|model|not)\b)"
    r"[A-Z][a-z]+[,)]"
)
"""What explains a person in brackets: "Claude (Bertrand, that is)"."""
_NOT_SURNAMES = frozenset(["Code", "CLI", "AI", "Pro", "Max", "Desktop"])
_SET_TO_WORK = expression(r"\b(?:by|let|had|asked|thanks to)\s(?:the )?$")
_EMPLOYED = expression(r"\b(?:used|using|consulted|let|told)\s(?:the )?$")
_THANKED = expression(r"\bthanks to (?:[A-Z]\w+ and )?$", re.IGNORECASE)
_FOR_HELP = expression(r" (?:and [A-Z]\w+ )?for (?:the )?(?:test|report|review|loan|help|hint|idea|suggest|quick|patien|catch|spot)")
_ASKED_FOR = expression(r"(?: and [A-Z]\w+)? asked for\b")
_OLD_NUMBER = expression(r"(?:opus|haiku) v?[0-2](?:\.[0-9]+)*|haiku r[0-9]\w*|warp [0-9]+", re.IGNORECASE)
"""What is numbered as the codec, the system and a processor's warps are, and no model."""
_PRONOUN = expression(r"\b(?:he|him|his|she|her)\b")


def _is_tool(text: str, name: Name, people: frozenset[str]) -> bool:
    """Whether a name that people bear, or that is a word, stands for the tool here."""
    word, before, after = text[name.start : name.end], text[: name.start], text[name.end :]
    if re.split(r"[ -]", word.lower())[0] in people or _ON_FILE.match(after):
        return False
    common = name.kind == "word"
    if not _can_be_name(before, after, common) or (common and not word[:1].isupper()):
        return False
    if name.kind == "shared" and ((word.islower() and not _SMALL_AFTER.search(before)) or _SUGGESTED.search(before)):
        return False
    if _is_hardware(text, word) and not _SET_TO_WORK.search(before):
        return False
    return not _is_person(before, after) and not _has_person_cues(text, name, before)


def _can_be_name(before: str, after: str, word: bool) -> bool:
    """Whether a word with a capital can be a name here: at the beginning of a sentence any word has one ("Grok the code first")."""
    verbs = "the|a|an|this|it|was|is|were|are" if word else "the|a|an|this|it"
    return bool(before.strip(" \"'(*_[")) or not re.match(rf"\s+(?:{verbs})\b", after)


@lru_cache(maxsize=256)  # a sentence names one tool many times where somebody wants to keep its reader busy
def _is_hardware(text: str, word: str) -> bool:
    """Whether what is called so is a board, a chip or a thing on a screen: near any place that names it."""
    places = (match.start() for match in re.finditer(re.escape(word), text))
    return any(_HARDWARE.search(text[max(0, at - 25) : at + len(word) + 25]) for at in places)


def _is_person(before: str, after: str) -> bool:
    """Whether what stands around a name makes a person of it: a surname, a forename, thanks for a report."""
    surname = _SURNAME.match(after)
    if surname and surname[1].lower() not in TOOL_HEADS and surname[1] not in _NOT_SURNAMES:
        return True
    thanked = _THANKED.search(before) and _FOR_HELP.match(after)
    return bool(_FORENAME.search(before) or _EXPLAINED.match(after) or thanked or _ASKED_FOR.match(after))


def _has_person_cues(text: str, name: Name, before: str) -> bool:
    """Whether the words around a name speak of a person; of one who was used or let do something only a pronoun does."""
    around = _around(text, name)
    return bool(_PRONOUN.search(around) if _EMPLOYED.search(before) else PERSON_CUES.search(around))


def _around(text: str, name: Name) -> str:
    """Return the part of a sentence in which a pronoun would speak of the name: not across a colon or a semicolon."""
    begin = max(text.rfind(char, 0, name.start) for char in ";:") + 1
    ends = [at for char in ";:" if (at := text.find(char, name.end)) >= 0]
    return text[begin : min(ends, default=len(text))]


def cut_words(text: str, mentions: list[Mention]) -> list[Word]:
    """Return the words of a sentence; a mention is one word."""
    words: list[Word] = []
    at = 0
    for number, item in enumerate([*mentions, None]):
        stop = item.start if item else len(text)
        words += [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text, at, stop)]
        if item:
            words.append(Word(text[item.start : item.end], item.start, item.end, number))
            at = item.end
    return words


def read_sentences(
    text: str, people: frozenset[str] = frozenset(), weak: bool = False, budget: Budget | None = None
) -> Iterator[Sentence]:  # fmt: skip
    """Yield the sentences of a passage that name a machine, as long as the budget of its text lasts."""
    for begin, end in sentence_spans(text):
        if budget is not None and budget.left <= 0:
            return
        part = text[begin:end]
        mentions = find_mentions(part, people, weak, budget)
        if mentions:
            asks = part.rstrip("\"')]*_ ").endswith(("?", "\uff1f")) and not _TAG_QUESTION.search(part)
            yield Sentence(part, begin, cut_words(part, mentions), mentions, asks)
