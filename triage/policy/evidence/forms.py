# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms that people fill in: what asks about AI, `Key: value` fields, rows of tables, and what an answer says."""

import re
from collections.abc import Iterator

from triage.model import Role, Says
from triage.model.expression import expression
from triage.policy.evidence.passages import Passage, choices_in
from triage.policy.evidence.roles import role_of
from triage.policy.evidence.sentences import find_mentions, is_workload, sentence_spans
from triage.policy.evidence.statement import Statement
from triage.policy.evidence.tools import tools_in
from triage.policy.evidence.words import NO, YES

_ASKS = expression(
    r"(?<![\w.#/-])(?:AI|A\.I\.|IA|KI|LLMs?|GPT|[Gg]en(?:erative )?AI)(?![\w/;=])|\b(?:generative|language model|chat ?bot|"
    r"machine translat\w+|copilot|chatgpt|assistants?|"
    r"(?:ai|llm)[- ](?:use|usage|used|tools?|assist\w*|disclosure|level)|uses-ai|coding agents?)\b"
)
_ASKS_ANY = expression(_ASKS.pattern, re.IGNORECASE)
_TOOL_KEY = expression(
    r".{0,30}\bwhich (?:ai )?tools?\b.{0,30}|(?:ai |llm )?(?:tools?|models?|assistants?|agents?)(?: used)?(?: and .{1,40})?$", re.IGNORECASE
)
_HAND = expression(
    r"\b(?:entirely|all|only|completely|fully)? ?by hand\b|\bI (?:am the (?:sole )?author|wrote (?:this|it|all|every|the (?:patch|"
    r"code))|typed)|\bwrote (?:all of )?(?:it|this|them) (?:all )?(?:myself|ourselves)\b|"
    r"\bhand[- ]?written\b|\ba human\b|\bhuman work\b|\b(?:have |'ve )?written (?:\w+ ){0,2}myself\b|\bhuman[- ](?:written|made|"
    r"authored)\b|\bfrom my (?:own )?(?:keyboard|hands?)\b|\bmy own (?:work|code|typing)\b|\b(?:typed|written|made|done) by (?:me|us|"
    r"myself|"
    r"hand)\b|\b(?:I|we) wrote (?:this|it|each|every|the first|all)\b|\bI am (?:a )?real person\b|"
    r"\b(?:is|are|'s) (?:all )?(?:mine|my own)\b",
    re.IGNORECASE,
)
PLAIN_ANSWER = (
    "(?:(?:yes|yep|yeah|no|hi|hello|sure|indeed|of course|well|i (?:can say|confirm|assure you|am comfortable saying|promise))"
    "[,.:! ]{0,3}){0,2}[\"\u201c*_ ]{0,3}(?:I(?:'m|\u2019m| am) the (?:sole |only |original )?author|I wrote (?:this|it|all of (?:this|it)|"
    "every (?:line|bit|word) of (?:this|it)))(?: of (?:this|these|the|it|both|all of (?:this|it)))?(?: (?:patch(?:es)?|series|code|change|"
    "commits?|contribution|description|pull request|PR|work))?(?: (?:myself|by hand|all by myself|alone))?"
    "(?:,? (?:and (?:I (?:understand|stand behind) (?:it|the|this|every)(?: [a-z]+)?|no tools? (?:was|were) used)|sorry[a-z ]{0,40}|"
    "English is not my [a-z ]{3,20}))?"
)
"""The plain words with which people answer for their work, as a sentence of their own."""
_PLAIN_ANSWER = expression(rf"[\s>*_\"'\u201c(-]*{PLAIN_ANSWER}[\s*_\"'\u201d).,!;:-]*", re.IGNORECASE)
_EMPTY = expression(
    r"[-\s._*:()\[\]]*$|<[^>]*>$|\[[^\]]*\]$|\(?(?:name|please|e\.g\.|for example|describe|list)\b[^.]{0,120}\)?$|"
    r"\(.{0,80}\bor [\"'\u201c]none[\"'\u201d].{0,20}\)$",
    re.IGNORECASE,
)
_QUESTION_LIKE = expression(
    r"\?|\bwhich (?:applies|of)\b|\b(?:reads?|looks?|feels?|smells?|sounds?|seems?) (?:like|of|very|auto|as)\b|\btypical\b|\bfeeling\b|"
    r"\bimpression\b|"
    r"\bgenerated\b|"
    r"\bplease (?:tell|clarify|say|disclose|declare|state|confirm|don't|do not)\b|\bwonder\b|\bassum|\bprobably\b|\bsure\b|\btag\b|"
    r"\bsay so\b|\bask everybody\b|"
    r"\bi'd like a clear statement\b",
    re.I,
)
AUTHORSHIP = expression(
    r"\b(?:which|what|some|an?|the|any) (?:language |coding )?(?:model|assistant|agent|bot|machine)\b[^.?!]{0,40}\b(?:wr[io]te|written|"
    r"did|do|made|make|behind|is this|produced|generated?)\b|"
    r"\b(?:written|done|made|generated|produced|translated) (?:by|with|via|from) (?:an?|some|the|which) (?:model|machine|agent|"
    r"assistant|bot|generator|script|tool)\b|"
    r"\b(?:through|behind|from|by) (?:an?|some) (?:(?:AI |language )?model|machine|assistant|generator|tool)\b|\bwhich (?:assistant|"
    r"model|agent|tool)\b|\btalking to a bot\b|"
    r"\b(?:is|are|was|were) (?:any|some|all|parts?) of (?:this|it|these|that|the \w+) (?:auto-?)?generated\b|"
    r"\b(?:looks?|reads?|seems?|smells?|feels?) (?:\w+ )?(?:auto|machine)?-?generated\b|\bsend (?:us )?generated\b|"
    r"\b(?:did )?you write (?:this|it)\b|\bwrote (?:this|the)\b[^.]{0,30}\?|wrote,? or what|"
    r"\bwho,? or what\b|\bhand-?written or\b|\bgenerator of some kind\b|\bpartially generated\b",
    re.I,
)
"""Questions about who made something, in words that name no AI."""
_REVIEWED = expression(
    r"\b(?:AI|LLM|automated|automatic) (?:AI |LLM )?(?:review|reviewer|bot|report)|\breview bot\b|-reviewer\b|\bsyzbot\b|"
    r"\bhas the following\b|\bbot\b.{0,20}\b(?:found|reported|says)",
    re.I,
)


def asks_of_ai(text: str) -> bool:
    """Say whether a heading, a field's key or a question asks about the use of AI."""
    if _REVIEWED.search(text) or _NOT_ASKED.search(text):
        return False
    if re.search(r"\b(?:ai|ki|ia)\b", text):
        return bool(_ASKS.search(text) or _SMALL_AI.search(text))
    return bool(_ASKS_ANY.search(text))


_NOT_ASKED = expression(
    r"\b(?:reviewer|scanner|findings?|report|inference|serving|workloads?|tokens?|registers?|channels?|"
    r"convert)\b",
    re.I,
)
_SMALL_AI = expression(r"\b(?:ai|llm)[- ](?:use|tool|assist)", re.I)


def suspects(text: str) -> bool:
    """Say whether a quoted text asks, or supposes, that a machine wrote what the answer is about."""
    if _REVIEWED.search(text):
        return False
    if AUTHORSHIP.search(text):
        return True
    named = [item for item in find_mentions(text) if not is_workload(text, item.end)]
    if not named or (_THINKS.search(text) and tools_in(text)):
        return False
    return bool(_QUESTION_LIKE.search(text)) or len(text.split()) <= 8


_THINKS = expression(r"\b(?:thinks|says|found|reports|complains|flagged|noticed)\b")


def made(says: Says, text: str, why: str, at: int = 0, tools: tuple[str, ...] = (), role: Role | None = None) -> Statement:
    """Return a statement that a form makes."""
    kind = role if role is not None else (role_of(text) if says is Says.DECLARES else Role.UNKNOWN)
    return Statement(says, kind, tools, why[:120], at, text[:400], True)


_SAVE = expression(r"\b(?:but|except|apart|besides|other than|beyond)\b", re.IGNORECASE)


def answer(text: str, asked: str, at: int = 0, tools: tuple[str, ...] = ()) -> Statement | None:
    """Read a value or an answer: no, none, 0 % deny; yes, a name, a part of the work declare; nothing filled in says nothing."""
    bare = text.strip(" \t*_`|~")
    bare = re.sub(r"^(?:\[[ xX]\]|\([xX]\))\s*", "", bare)
    if not bare or _EMPTY.match(bare):
        return None
    names = tools_in(bare)
    field = asked.strip()[:60]
    said = bare if len(bare) <= 50 else f"{bare[:50].rpartition(' ')[0] or bare[:50]}…"
    why = f"{field}{'' if field.endswith((':', '?')) else ':'} {said}"
    if (NO.match(bare) and not _SAVE.search(bare[:80])) or re.match(r"0(?:\s*%|\b)", bare):
        return made(Says.DENIES, asked, why, at)
    if YES.match(bare) or names or re.match(r"[1-9][0-9]{0,2}\s*%?$", bare) or find_mentions(bare):
        role = None if len(bare.split()) > 2 else Role.UNKNOWN
        first = next(first_sentences(bare, 1), bare)
        return made(Says.DECLARES, first if names else f"{first} {asked}", why, at, names or tools, role)
    return None


_ASKING = expression(r"(?:did|do|does|was|were|is|are|has|have|which|what|how|any|used?)\b", re.IGNORECASE)


def is_open_field(passage: Passage) -> bool:
    """Say whether a passage is a field about AI that nobody filled in."""
    return (
        bool(re.fullmatch(r"[^:?.]{1,80}[:?][\s*_]*", passage.text))
        and len(passage.text.split()) <= 5
        and "," not in passage.text
        and asks_of_ai(passage.text)
    )


_UNUSED = expression(r"[^:]{2,40}:\s*(?:not used|none|nothing|n/?a|no ai)\b", re.I)
_SESSION = expression(r"(?:[^:,]{0,30}\b)(?:session|run|task|thread|transcript|conversation)s?:\s*<?https?://\S+$", re.I)
LINK_ONLY = "a link to a session"


def read_session(text: str) -> Statement | None:
    """Read `Link to Devin run: https://…`: the address of a session with the tool that the key names."""
    if _SESSION.match(text) and (names := tools_in(text.partition(":")[0])):
        return made(Says.DECLARES, "", LINK_ONLY, 0, names, Role.UNKNOWN)
    return None


def read_unused(text: str) -> Statement | None:
    """Read `Extent: not used at all`, where the section asks about AI."""
    return made(Says.DENIES, text, text) if _UNUSED.match(text) else None


def read_field(passage: Passage) -> Statement | None:
    """Read `AI used: yes`, `Tools: Cursor 2.4`, `Did you use AI? **Yes**`; None where a passage is not a such field."""
    text = passage.text
    cut = re.match(
        r"\s*(?:[-*+]\s+)?(?:\*\*|__)?(?P<key>(?:(?![.!]\s)[^:?\n]){1,300}?(?:\([^)]{0,300}\))?)(?:\*\*|__)?\s*(?P<end>[:?])(?:\*\*|"
        r"__)?(?:\s+(?P<value>.*))?$",
        text,
        re.DOTALL,
    )
    if cut is None or len(text) > 1200:
        return None
    key, value = cut["key"].strip(" *_").replace("(s)", "s"), (cut["value"] or "").strip()
    asked = asks_of_ai(key)
    tool_key = bool(_TOOL_KEY.fullmatch(key))
    if not asked and not tool_key:
        return None
    if len(key.split()) > (24 if "(" in key else 14 if cut["end"] == "?" else 7):
        return None
    if cut["end"] == "?" and len(key.split()) > 6 and not _ASKING.match(key):
        return None
    if re.match(r"\b(?:not|no|add|document|describe|explain|mention|extend|update)\b", key, re.I) or (
        not asked and not any(item.name for item in find_mentions(value))
    ):
        return None
    at = cut.start("value") if cut["value"] else 0
    if choices := choices_in(value):
        chosen = [word for on, word in choices if on]
        return answer(chosen[0], key, at) if chosen else None
    found = answer(value, key, at, tools_in(key))
    if found is None and cut["end"] == ":" and value and asked and not _EMPTY.match(value) and len(value.split()) <= 30:
        return made(Says.DECLARES, value, f"{key}: {value}"[:100], at, tools_in(value))
    return found


def read_row(passage: Passage, asks: bool) -> Statement | None:
    """Read a row of a table: a statement with a tick or a cross behind it, or under a heading about AI a tool and what it did."""
    cells = [cell.strip() for cell in passage.text.strip("| ").split("|")]
    if len(cells) < 2 or re.fullmatch(r"[-: ]+", cells[0]):
        return None
    first, last = cells[0], cells[-1]
    named = find_mentions(first)
    on = re.match(
        r":(?:white_check_mark|heavy_check_mark):|[\u2705\u2714\u2713\u2611]|\[?[xX]\]?$|yes\b|ja\b|oui\b", last, re.I
    ) and not re.match(r":x:", last)
    off = re.match(r":(?:x|negative_squared_cross_mark):|[\u274c\u2717\u2718\u2610]|no\b|none\b|\[ \]", last, re.I)
    if named or asks_of_ai(first):
        if off:
            return made(Says.DENIES, first, passage.text.strip())
        if on:
            return made(Says.DECLARES, first, passage.text.strip(), 0, tools_in(passage.text))
    if (
        asks_of_ai(first)
        and len(first.split()) <= 8
        and last
        and not _EMPTY.match(last)
        and not tools_in(first)
        and not re.match(r"answer|what|tool", last, re.I)
    ):
        return made(Says.DECLARES, last, passage.text.strip(), 0, tools_in(last))
    if asks and named and tools_in(first) and len(last.split()) > 1:
        return made(Says.DECLARES, last, passage.text.strip(), 0, tools_in(first))
    return None


def attests(text: str) -> bool:
    """Say whether a text says that a person wrote the contribution."""
    return bool(_HAND.search(text))


def is_plain_answer(text: str) -> bool:
    """Say whether one of the first sentences of a text says in plain words, and nothing else, that its writer is the author."""
    sentences = list(first_sentences(text, 3))
    return any(
        _PLAIN_ANSWER.fullmatch(f"{before} {one}" if before.lower().strip(" .,!") in {"no", "yes"} else one)
        for before, one in zip(["", *sentences], sentences, strict=False)
    )


def first_sentences(text: str, count: int = 2) -> Iterator[str]:
    """Yield the first sentences of a passage."""
    for number, (begin, end) in enumerate(sentence_spans(text)):
        if number == count:
            return
        yield text[begin:end].strip()
