# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole text read for what it says of machines: passage by passage as forms and answers, and what is neither sentence by sentence."""

import re
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from triage.model import Role, Says
from triage.model.expression import expression
from triage.policy.evidence import forms
from triage.policy.evidence.answers import Answer, below_heading, below_quote
from triage.policy.evidence.boxes import read_boxes
from triage.policy.evidence.denials import unlimited
from triage.policy.evidence.forms import LINK_ONLY, made
from triage.policy.evidence.gate import may_tell
from triage.policy.evidence.passages import Layout, Passage, passages
from triage.policy.evidence.reader import read_sentence
from triage.policy.evidence.roles import use_of
from triage.policy.evidence.sentences import Budget, Sentence, find_mentions, read_sentences
from triage.policy.evidence.statement import Setting, Statement
from triage.policy.evidence.tools import merge_tools, session_link, tools_in
from triage.policy.evidence.topic import is_about_machines, is_served, speaks_of_machines
from triage.policy.evidence.words import ENGLISH, NO

MAX_SAID = 100
MAX_BOXES = 100
"""Boxes of one section that are read: no form has more."""
LONG = 100
"""Passages from which on a text is a log or an announcement rather than a mail to somebody."""
_REVERTS = expression(r"this reverts\b|revert \"", re.I)
_PLAIN_LAYOUTS = frozenset([Layout.PROSE, Layout.ITEM, Layout.ROW])
_LINK = expression(r"!?\[([^\[\]]{1,120})\]\((?:[^()\s]|\([^()\s]*\)){1,500}\)")
_FOOTER = expression(
    r"[^\w\[]{0,8}(?:automatic(?:ally)? )?(?:\w+ )?(?:generated|made|written|created|built|co-?authored|authored|coded|fix generated) "
    r"(?:with|by|using|via)\s+\[?[A-Z][\w.-]*(?: [A-Z][\w.]*){0,2}\]?(?P<link>\(https?://[^)\s]+\))?\W{0,6}$", re.IGNORECASE,
)  # fmt: skip
_MARKS = expression("[\U0001f916\U0001f47e\U0001f498\u2728\U0001f64c\U0001f6e0]")
_NONE_OF_IT = expression(
    r"\b(?:nothing|none|no (?:part|line)) of (?:it|its (?:output|work)|that|this|these|them) (?:did|was|is|are|were|came|made|survived|"
    r"remains|ended|has)\b",
    re.IGNORECASE,
)
_AN_EXAMPLE = expression(r"\b(?:for (?:instance|example)|e\.g|such as|form|like this)\b", re.I)
_MISSING = expression(r"\b(?:missing|forg[eo]t\w*|should have|lost|left out|will add|i'll add|please add|to be added)\b", re.I)
_KEY_OF_AI = expression(r"[\w-]+-(?:by|for)\s*:|(?:ai|llm)-", re.I)
_ASKED_WHETHER = expression(
    r"\b(?:asked|asks|question\b.{0,40}|wonder\w*)\s+(?:if|whether)\b.{0,120}?[:;,]\s*(?P<answer>[^.;]{1,60})", re.I
)
_THEY_ARE_NOT = expression(r"(?:they|it|these|those|none) (?:aren|isn|weren|wasn|are|is|were|was)(?:['\u2019]t| not|n't)", re.I)
_BY_HUMANS = expression(r"\b(?:human[- ](?:written|made|authored)|hand-?written by me)\b|^\W*hand-?written\b", re.IGNORECASE)
_FOREIGN = expression(r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LATIN = expression(r"[a-z\u00df-\u024f]+", re.IGNORECASE)


class Said(Struct, frozen=True):
    """A statement with the passage that it stands in."""

    statement: Statement
    passage: Passage
    box: bool = False


class Section(Struct):
    """What stands under one heading: what that asks, whether it asks about AI, its boxes, and whether it is answered."""

    text: str = ""
    asks: bool = False
    answered: bool = False
    boxes: list[Passage] = field(default_factory=list)


class TextReader:
    """Reads one text of one mail; `people` are first names of persons that the mail knows."""

    def __init__(self, text: str, setting: Setting, people: frozenset[str]) -> None:
        self.found: list[Said] = []
        self.setting, self.people = setting, people
        self.passages = passages(text)
        self.head = _title(self.passages) if setting.headed else None
        if is_served(text) or (self.head is not None and is_about_machines(self.head.text)):
            self.setting = replace(setting, topic=True)
        self.section = Section()
        self.quote = ""
        self.question = False
        """Whether the last quote asks anything."""
        self.asked = False
        """Whether the last quote asks or supposes that a machine wrote it."""
        self.headed = False
        self.filled: bool | None = None
        self.warm = speaks_of_machines(text)
        """Whether the text has spoken of machines: then `the model` or `an agent` mean one."""
        self.last: tuple[str, ...] = ()
        self.budget = Budget()
        self.gone: tuple[Passage | None, str] = (None, "")

    @property
    def cold(self) -> bool:
        """Whether a passage that names no machine says nothing of one: in a very long text that has not spoken of them."""
        return len(self.passages) > LONG and not self.warm

    def read(self) -> list[Said]:
        """Return what the text says, in order."""
        for index, passage in enumerate(self.passages):
            if len(self.found) >= MAX_SAID:
                break
            self.passage(index, passage)
        self.end_section()
        return self.found

    def passage(self, index: int, passage: Passage) -> None:
        """Read one passage by its layout."""
        self.headed = index > 0 and self.passages[index - 1].layout is Layout.HEADING
        layout = self.layout(passage)
        if layout is Layout.QUOTE:
            self.quote = passage.text
            return
        quote, self.quote = self.quote, ""
        self.question = "?" in quote if quote else self.question
        if quote and (named := tools_in(quote)):
            self.warm, self.last = True, named
        if self.cold and not quote and layout in _PLAIN_LAYOUTS and self.tells_nothing(passage.text):
            return
        if layout is Layout.HEADING:
            self.open_section(passage.text)
        elif layout is Layout.EXAMPLE:
            self.example(index, passage)
        elif layout is Layout.BOX:
            if len(self.section.boxes) < MAX_BOXES:
                self.section.boxes.append(_plain(passage))
        elif not (self.setting.titles and layout is Layout.ITEM) and not self.form(index, passage, layout, quote):
            self.sentences(_plain(passage))

    def tells_nothing(self, text: str) -> bool:
        """Whether a passage neither names a machine, nor answers a question, nor says that something is reverted."""
        return not self.asked and not self.section.asks and not may_tell(text) and not _REVERTS.match(text)

    def layout(self, passage: Passage) -> Layout:
        """Return what a passage is here: an answer may be set as a block quote, and a line of code's comment looks like a heading."""
        if passage.layout is Layout.QUOTE and self.section.asks and self.headed:
            return Layout.PROSE
        if (
            passage.layout is Layout.HEADING
            and "?" not in passage.text
            and (passage.text.endswith(".") or forms.is_plain_answer(passage.text))
        ):
            return Layout.PROSE
        return passage.layout

    # forms -------------------------------------------------------------------------------------------------------------

    def open_section(self, heading: str, asks: bool | None = None) -> None:
        """Begin what stands under a heading, and read the boxes of the section before."""
        self.end_section()
        self.section = Section(heading, forms.asks_of_ai(heading) if asks is None else asks)

    def end_section(self) -> None:
        """Read the boxes of a section together."""
        boxes, self.section.boxes = self.section.boxes, []
        if boxes:
            if self.filled is None:
                self.filled = any(passage.ticked for passage in self.passages)
            free = {item.statement.says for item in self.found if not item.box}
            rows = read_boxes(boxes, self.section.text, self.section.asks, self.filled, free, self.people)
            self.found += [Said(said, passage, True) for said, passage in rows]

    def form(self, index: int, passage: Passage, layout: Layout, quote: str) -> bool:
        """Read a passage as a footer, an answer, a row or a field; whether it was one, so that its sentences are not read again."""
        if said := self.footer(passage):
            return self.add(said, passage)
        self.link(passage)
        passage = _plain(passage)
        if quote:
            self.asked = forms.suspects(quote)
            if self.asked and self.answers(passage, quote):
                return True
        if layout is Layout.ROW:
            self.add(forms.read_row(passage, self.section.asks), passage)
            return True
        if self.opens_boxes(index, passage):
            return True
        if not self.setting.title and self.field(passage):
            return True
        open_question = self.section.asks and not self.section.answered and not any(box.ticked for box in self.section.boxes)
        return open_question and self.take(below_heading(self.section.text, passage.text), passage)

    def opens_boxes(self, index: int, passage: Passage) -> bool:
        """Whether a line is only the question over the boxes that follow."""
        following = next(iter(self.passages[index + 1 : index + 2]), None)
        if following is None or following.layout is not Layout.BOX or len(passage.text.split()) > 14:
            return False
        if passage.layout not in {Layout.ITEM, Layout.PROSE}:
            return False
        if forms.asks_of_ai(passage.text):
            self.open_section(passage.text, True)
            return True
        return following.indent > passage.indent

    def field(self, passage: Passage) -> bool:
        """Read a `Key: value` line about AI; whether it is one."""
        if forms.is_open_field(passage):
            self.open_section(passage.text, True)
            return True
        said = (forms.read_unused(passage.text) if self.section.asks else None) or forms.read_session(passage.text)
        if said is not None:
            return self.add(said, passage)
        said = forms.read_field(passage) if "ai" not in self.people or tools_in(passage.text) else None
        return self.add(said, passage) and said is not None and self.rest(passage, said.at)

    def answers(self, passage: Passage, quote: str) -> bool:
        """Read a passage as the answer to the quote above it."""
        self.last = tools_in(quote)
        peek = (said for sentence in read_sentences(passage.text, self.people) for said in read_sentence(sentence, self.setting))
        return self.take(below_quote(quote, passage.text, self.people, any(said.says is Says.DENIES for said in peek)), passage)

    def take(self, found: Answer | None, passage: Passage) -> bool:
        """Keep an answer and read what stands behind it; whether the passage is done."""
        if found is None:
            return False
        self.add(found.said, passage)
        if found.whole or found.end:
            self.rest(passage, found.end if not found.whole else len(passage.text))
            return True
        return self.section.asks and found.said.says is Says.DECLARES and self.rest(passage, 0)

    def add(self, said: Statement | None, passage: Passage) -> bool:
        """Keep a statement, if there is one; whether there is."""
        if said is None:
            return False
        said = unlimited(said, passage.text)
        self.found.append(Said(said, passage))
        self.section.answered = self.section.answered or said.says is not Says.ATTESTS
        self.warm = True
        return True

    def example(self, index: int, passage: Passage) -> None:
        """Read a trailer that is set apart as an example: where the text before it says that it is missing here, it declares."""
        lead = next((item.text for item in reversed(self.passages[:index]) if item.layout is not Layout.EXAMPLE), "")
        if self.setting.topic or _AN_EXAMPLE.search(lead[-160:]) or not _MISSING.search(lead) or not _KEY_OF_AI.match(passage.text):
            return
        if names := tools_in(passage.text):
            self.found.append(Said(made(Says.DECLARES, passage.text, lead[-60:], 0, names, Role.UNKNOWN), passage))

    def footer(self, passage: Passage) -> Statement | None:
        """Read "Generated with [Name](address)" on a line of its own, also of a tool that is not in the table."""
        match = _FOOTER.fullmatch(passage.text) if len(passage.text) < 300 else None
        if match is None or find_mentions(_plain(passage).text, self.people) or not (match["link"] or _MARKS.search(passage.text)):
            return None
        return made(Says.DECLARES, passage.text, passage.text.strip())

    def link(self, passage: Passage) -> None:
        """Keep the address of a session: on a line of its own it declares, inside other prose it is unclear."""
        if found := session_link(passage.text):
            start, _, tool = found
            before = passage.text[:start].strip(" <*_[(-")
            alone = not before or (len(before.split()) <= 4 and before.rstrip(" *_([").endswith((":", "work", "task", "session", "thread")))
            says = Says.DECLARES if alone else Says.UNCLEAR
            self.found.append(Said(Statement(says, Role.UNKNOWN, (tool,), LINK_ONLY, start, passage.text), passage))

    # sentences -----------------------------------------------------------------------------------------------------------

    def rest(self, passage: Passage, begin: int) -> bool:
        """Read the sentences behind an answer too: "Yes. Claude wrote the tests." """
        if len(passage.text) > begin + 12:
            self.sentences(passage, begin)
        return True

    def sentences(self, passage: Passage, begin: int = 0) -> None:
        """Read a passage sentence by sentence."""
        if _REVERTS.match(passage.text):
            self.setting = replace(self.setting, revert=True)
        setting = self.setting
        if passage is self.head or (self.head is not None and passage.numbers == self.head.numbers):
            setting = replace(setting, title=True, brief=True)
        listed = passage.layout in {Layout.ITEM, Layout.ROW} or len(passage.text) < 60
        brief = self.headed or listed or self.setting.brief or self.section.asks or self.asked
        for sentence in read_sentences(passage.text, self.people, True, self.budget):
            if not begin or sentence.offset + len(sentence.text) > begin + 1:
                warm = self.section.asks or self.asked or self.warm
                self.sentence(passage, sentence, replace(setting, brief=brief, warm=warm, asked=self.section.asks))
        if (self.warm or self.asked) and (gone := _NONE_OF_IT.search(passage.text)):
            self.keep(made(Says.DENIES, passage.text, gone[0], gone.start()), passage)
        human = _BY_HUMANS.search(passage.text)
        if (
            ((self.asked or self.section.asks or human) and forms.attests(passage.text))
            or (forms.is_plain_answer(passage.text) and (self.asked or not self.question))
        ) and not any(item.passage is passage for item in self.found):
            self.found.append(Said(made(Says.ATTESTS, passage.text, passage.text[:80]), passage))

    def sentence(self, passage: Passage, sentence: Sentence, setting: Setting) -> None:
        """Read one sentence that names a machine."""
        firm = any(not mention.weak for mention in sentence.mentions)
        first = sentence.offset + sentence.mentions[0].start
        names = merge_tools(mention.name for mention in sentence.mentions if mention.name)
        if firm and not setting.title and ":" in sentence.text and (names or "ai" not in self.people):
            inner = forms.read_field(replace(passage, text=sentence.text.strip()))
            if inner is not None:
                self.keep(replace(inner, at=first), passage)
                return
        if firm and not setting.title and _unread(sentence):
            self.keep(Statement(Says.UNCLEAR, Role.UNKNOWN, names, "written in a language that is not read", first, sentence.text), passage)
            return
        denial = _asked_and_denied(sentence)
        gone = self.thrown_away(passage) if _EARLIER_VERSION.search(sentence.text) else ""
        for heard in [denial] if denial else read_sentence(sentence, setting):
            said = replace(heard, says=Says.DISCUSSES, why=gone) if gone and heard.says is Says.DECLARES else heard
            if firm or said.says in {Says.DECLARES, Says.DENIES, Says.UNCLEAR}:
                carried = said.says is Says.DECLARES and not said.tools and not firm
                self.keep(replace(said, tools=self.last) if carried else said, passage)
        self.warm, self.last = self.warm or firm, names or self.last

    def thrown_away(self, passage: Passage) -> str:
        """Return what says that an earlier version was thrown away and made anew by hand, "" for nothing; looked for once a passage."""
        if self.gone[0] is not passage:
            gone = _THROWN_AWAY.search(passage.text)
            self.gone = passage, gone[0] if gone and _BY_HAND.search(passage.text) else ""
        return self.gone[1]

    def keep(self, said: Statement, passage: Passage) -> None:
        """Keep what a sentence says."""
        said = unlimited(said, passage.text)
        self.found.append(Said(said, passage))
        if said.says in {Says.DECLARES, Says.DENIES}:
            self.section.answered = True


def _title(found: list[Passage]) -> Passage | None:
    """Return the first line of a text where it stands alone, as the title of a commit does."""
    if len(found) < 2 or found[0].layout is not Layout.PROSE or len(found[0].numbers) > 1:
        return None
    alone = len(found[0].text) < 80 and found[1].numbers[0] > found[0].numbers[0] + 1
    return found[0] if alone and not found[0].text.endswith((".", ":", ",", "!", "?")) else None


def _plain(passage: Passage) -> Passage:
    """Return a passage with links written as their words, letter for letter in the same place."""
    if "](" not in passage.text:
        return passage
    return replace(passage, text=_LINK.sub(lambda m: f" {m[1]}{' ' * (len(m[0]) - len(m[1]) - 1)}", passage.text))


_EARLIER_VERSION = expression(
    r"\bv[0-9]{1,2}\b|\b(?:first|earlier|previous|initial|original|prior) (?:version|attempt|try|series|posting)\b", re.IGNORECASE
)
_THROWN_AWAY = expression(
    r"\b(?:thrown|threw) (?:\w+ ){0,2}away\b|\bdiscard(?:ed|ing)\b|\bis gone\b|\bscrapped\b|\bbinned\b|\bfrom scratch\b|"
    r"\bstart(?:ed|ing)? (?:all )?(?:over|anew|afresh)\b|\b(?:re)?written anew\b", re.IGNORECASE
)  # fmt: skip
_BY_HAND = expression(r"\b(?:by hand|myself|hand-?written|thrown away|is gone|discarded)\b", re.IGNORECASE)


def _asked_and_denied(sentence: Sentence) -> Statement | None:
    """Read "she asked whether it is from an AI: it is not"."""
    match = _ASKED_WHETHER.search(sentence.text)
    if match is None or not (NO.match(match["answer"]) or _THEY_ARE_NOT.match(match["answer"])):
        return None
    return made(Says.DENIES, sentence.text, match[0][-100:], sentence.offset + sentence.mentions[0].start)


def _unread(sentence: Sentence) -> bool:
    """Whether a sentence is in a language that the reader does not know."""
    if len(_FOREIGN.findall(sentence.text)) >= 3:
        return True
    found = [word.lower() for word in _LATIN.findall(sentence.text)]
    return len(found) >= 6 and not any(word in ENGLISH for word in found)


def read_text(text: str, setting: Setting, people: frozenset[str] = frozenset()) -> Iterator[Said]:
    """Yield what a text says of machines, in order of lines; of equal statements on one line the weightiest, with the tools of all."""
    kept: dict[tuple[int, Says], Said] = {}
    for item in sorted(TextReader(text, setting, people).read(), key=lambda said: said.passage.numbers[0]):
        one = item.statement
        key = item.passage.line_at(one.at), one.says
        if key in kept:
            tools = tuple(dict.fromkeys((*kept[key].statement.tools, *one.tools)))
            said = min(kept[key], item, key=_order)
            kept[key] = replace(said, statement=replace(said.statement, tools=tools))
        else:
            kept[key] = item
    yield from kept.values()


_WEIGHTY = (Role.GENERATE, Role.UNKNOWN, Role.TEST, Role.DESCRIBE, Role.TRANSLATE)


def _order(said: Said) -> tuple[bool, int, bool]:
    """Order statements of a line: a bare link last, what made something before what only helped, any use before an exempt one."""
    one = said.statement
    weight = _WEIGHTY.index(one.role) if one.role in _WEIGHTY else len(_WEIGHTY)
    return one.why == LINK_ONLY, weight, bool(use_of(one.text))
