# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine is said to have made that is no part of the contribution: others' work, earlier commits, a program's output, a load."""

import re

from triage.model.expression import expression
from triage.policy.evidence import words as w
from triage.policy.evidence.clause import Clause

_WORK = r"(?:series|patch(?:es)?|patchset|fix(?:es)?|commits?|version|attempt|code|work|change|changes|driver|rework|rewrite)"
_ITS_MAKING = (
    r"(?: (?:of|from|in|on) [\w ]{1,20}?)?(?P<made>,? (?:which|that) $|"
    r",?(?: (?:which|that))?(?: (?:was|were|is|are|had been|has been))?(?: \w+ly)? (?:written|generated|made|produced|created|authored|"
    r"done|drafted|coded)\b[^;.]{0,40}$| (?:is|are|was|were|came|comes|stems) (?:\w+ly )?(?:by|from) (?:an? |the )?$)"
)
_NOT_FOR = "".join(rf"(?<!\b{word} )(?<!\b{word} the )" for word in ("in", "by", "for", "to", "with", "from", "on", "fixes", "reverts"))
"""It is their patch that was made so, and nothing for it."""
_HE_MADE = expression(r" (?:had |has |have )?(?:\w+ly )?(?:wrote|written|generated|made|produced|created|coded|did|done)\b")
_THEIRS = expression(
    rf"{_NOT_FOR}(?:(?:\b(?!(?:It|That|This|Here|What|There|Let|Who|He|She|Today)['\u2019]s)[A-Z][\w-]*['\u2019]s|\b(?:his|her|their|"
    rf"somebody['\u2019]s|else['\u2019]s)) (?:[\w-]+ ){{0,2}}?{_WORK}|\b(?:[Aa]n?|[Tt]he|[Aa]nother|[Oo]ne) (?:[\w-]+ )?{_WORK} "
    rf"(?:by|from) [A-Z][a-z]+){_ITS_MAKING}"
)
"""Somebody's patch, and how it was made: "Bo's series, which was written with"."""
_FOR_SOMEBODY = expression(r" (?:\w+ ){0,2}(?:wrote|written|generated|made|did|produced) for [A-Z][a-z]+\b")
_EARLIER_COMMIT = expression(
    rf"{_NOT_FOR}(?<!of )\b(?:(?:offending|buggy|culprit|blamed|guilty) {_WORK}|(?:previous|earlier|original|older|preceding) commits?|"
    rf"commits? [0-9a-f]{{7,40}})(?: \([\"\u201c][^\"\u201d]{{0,100}}[\"\u201d]\))?{_ITS_MAKING}", re.IGNORECASE
)  # fmt: skip
_HANDED_IN = expression(
    r"\b(?:reporter|researcher|customer|user|vendor|he|she|they|somebody|someone)\b[^.;]{0,60}\b(?:attached|sent|posted|reported|submitted|"
    r"proposed|provided|supplied|suggested)\b[^.;]{0,40}$", re.IGNORECASE
)  # fmt: skip
_IN_GENERAL = expression(
    r"\b(?:these days|nowadays|out there)\b|\b(?:we|i) (?:heard|read|learned|learnt) that\b|\breportedly\b|\bit is said\b", re.IGNORECASE
)
_MANY_PATCHES = expression(r"\b(?:patches|commits|contributions|submissions|code)\b[^.;]{0,6} (?:is|are|were|was|get|gets) ", re.IGNORECASE)
_PUT_OUT = expression(
    r"(?<!commit )(?<!these )(?<!this )\b(?:summar(?:y|ies)|completions?|responses?|repl(?:y|ies)|answers?|captions?|labels?|images?|"
    r"embeddings?|transcripts?|predictions?|notes|messages|suggestions)(?P<said> (?:is|are|gets?|being))? (?:generated|written|produced|"
    r"created|made|returned|sent|given) (?:by|with) (?:the )?$", re.IGNORECASE
)  # fmt: skip
"""What a program shows its users that a machine wrote; told in the present, or of which something else is said."""
_GOES_ON = expression(r"\W*(?:\w+ ){0,5}?(?:was|were|is|are|had|has|got|\w+ed)\b")
_LOAD = expression(
    r"(?:\b(?:tested|measured|benchmarked|profiled|verified|validated|timed)\b(?: (?:by|with|on|using|against|it|this))*(?: running)?|"
    r"^\W*(?:running|serving|loading)) (?:[\w.-]+(?: [0-9]\w*)? (?:and|or|,) )?$", re.IGNORECASE
)  # fmt: skip
_SET_TO_WORK = expression(r"[^.;]*\b(?:over|through|to (?:review|write|find|check|generate|fix|help))\b")
_WEIGHTS = w.word_set("llama qwen deepseek mistral gemma phi gpt-oss olmo granite falcon yi glm kimi")
"""Models that people run on the hardware that they write drivers for."""
_SENT_WITH = expression(r"\W*sent (?:with|from|via|using) ", re.IGNORECASE)
_TITLE = expression(r"(?:\[[^\]]*\] *)*(?:[\w./,*{}() +-]{1,60}?: +)*(?P<verb>[A-Za-z-]+)")
_MADE_BY = expression(
    r"\b(?:written|generated|made|created|assisted|produced|authored|translated|converted|by) (?:by |with )?(?:an? |the )?$", re.IGNORECASE
)
_REMARK = expression(
    r"(?:[,;]|--?|\u2014)\s*(?:\w+ly )?(?:(?:written|generated|made|created|produced|found|done|courtesy|all|"
    r"mostly) )?(?:by |with |of )?$", re.IGNORECASE
)  # fmt: skip
_FOUND_WITH = expression(
    r"\b(?:found|spotted|identified|discovered|diagnosed|caught) (?:by|with|using|via) (?:an? |the )?$|\b(?:help|assistance|aid) of $|"
    r"\b(?:thanks to|courtesy of) $", re.IGNORECASE,
)  # fmt: skip
_WITH = expression(r"\b(?:with|using|via|from) (?:an? |the |some )?$", re.IGNORECASE)
_WAS_MADE = expression(r"\b(?:generated|(?:re-?)?written|made|created|authored|coded|drafted|produced|assisted|output)\b", re.IGNORECASE)
_DEALS_WITH = w.word_set(
    "accept add allow avoid cope deal detect disallow document drop exclude explain fix flag forbid handle ignore list mark mention "
    "recommend reject remove require skip stop support teach tell treat use warn"
)
_MAKES = w.word_set(
    "convert port rewrite refactor generate regenerate translate rename clean redo reformat replace write draft modernise modernize "
    "implement simplify split rework optimise optimize"
)


def made_elsewhere(clause: Clause, title: bool) -> str:
    """Return the words by which what a machine made is no part of the contribution, "" where nothing says so."""
    text, mention = clause.sentence.text, clause.mention
    before, after = text[: mention.start], text[mention.end :]
    if title:
        return "" if clause.has(w.FIRST) else _in_title(before, after, mention.made or after[:1] == "-")
    if _SENT_WITH.match(text):
        return text.strip()[:60]
    own = any(word in w.FIRST for word in clause.low[: clause.at])
    if not own and (found := _of_others(before, after)):
        return found
    if (many := _MANY_PATCHES.search(before)) and (general := _IN_GENERAL.search(text)):
        return f"{many[0]}… {general[0]}"
    put_out = _PUT_OUT.search(before)
    if put_out and not clause.has(w.FIRST) and (put_out["said"] or _GOES_ON.match(after)):
        return put_out[0].strip()
    load = _LOAD.search(before) if mention.name is not None and mention.name.tool in _WEIGHTS else None
    return load[0].strip() if load and not _SET_TO_WORK.match(after) else ""


def _of_others(before: str, after: str) -> str:
    """Return what makes the work somebody else's, or an earlier commit."""
    for pattern in (_THEIRS, _EARLIER_COMMIT):
        found = pattern.search(before)
        if found and (not found["made"].endswith(("which ", "that ")) or _HE_MADE.match(after)):
            return found[0][:100]
    if handed := _HANDED_IN.search(before):
        return handed[0][:100]
    return after.strip()[:60] if before.rstrip().endswith(("that", "which")) and _FOR_SOMEBODY.match(after) else ""


def _in_title(before: str, after: str, described: bool) -> str:
    """Return a title in which a tool is what the patch deals with: "ignore the files written by Cursor", "fix the build with Cursor"."""
    if not before.strip() and after[:1] == ":" and not _WAS_MADE.search(after):
        return "a subsystem's name"
    head = _TITLE.match(before)
    verb = head["verb"].lower() if head else ""
    aside = before.rfind("(") > before.rfind(")") or _REMARK.search(before)
    if described or aside or not verb:
        return ""
    if _FOUND_WITH.search(before):
        return ""
    ends = not any(letter.isalnum() for letter in after)
    if ends and (_MADE_BY.search(before) and verb not in _DEALS_WITH):
        return ""
    if ends and _WITH.search(before) and verb in _MAKES:
        return ""
    return before.strip()[-60:] or "a title"
