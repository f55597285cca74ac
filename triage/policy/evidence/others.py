# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What words say where somebody speaks who did not send the patch: an allegation is of this contribution alone."""

import re

from triage.model import Says
from triage.model.expression import expression
from triage.policy.evidence.roles import LOOKING
from triage.policy.evidence.statement import Statement
from triage.policy.evidence.words import FIRST_SUBJECT, MODAL, OTHERS

_THIS = expression(
    r"\b(?:this|the|your|these|that|those|both|each|whole|his|her|its) (?:[\w-]+ ){0,3}(?:patch|patches|series|commit|code|message|"
    r"description|function|fix|change|changes|comment|comments|driver|test|tests|text|document|"
    r"thing|submission|mail|changelog|table|answer|explanation|v[0-9]+|work|rest|diff|hunk|workaround|page|one|loop|parser)\b|"
    r"\b(?:this|that)(?: is|'s| was) |\bit (?:looks|reads|seems|smells|sounds|was|were)\b|\bmade (?:this|these|that)\b|\byou(?:r|'ve)?\b",
    re.IGNORECASE,
)
_MACHINE = r"(?:(?-i:AI|LLM)|chat ?gpt|claude|copilot|gemini|a (?:large )?language model|an? (?:ai|llm|chat ?bot|bot|model|agent))"
_BLUNT = expression(
    rf"^\W*(?:this is |that is |that's |pure |clearly |obvious(?:ly)? |plain(?:ly)? |more )?(?:pure )?(?-i:AI|LLM)[ -](?:slop|garbage|"
    rf"generated|genrated|written|output|nonsense)\b[^a-z]*$|"
    rf"\b(?:this|that|the|your|these|it|all three|both) ?(?:[\w-]+ ){{0,3}}(?:looks?|smells?|reads?|sounds?|reeks?) (?:very |a lot |"
    rf"much )?(?:like|of|as (?:if|though)) (?:something )?{_MACHINE}|"
    rf"\byou(?:'ve)? (?:have )?(?:asked|used|let|had|prompted|fed) (?:the )?{_MACHINE}|"
    rf"\b(?:impression|feeling|suspect|suspicion|sure|think|believe)\b.{{0,90}}\b(?:from|by) {_MACHINE}\b|\b(?:this|that) (?:is|"
    rf"was) (?:a |an )?{_MACHINE} (?:patch|series|commit)|"
    rf"\b(?:suspect|sure|obvious|clear|convinced|evident) that {_MACHINE} (?:has |had )?(?:\w+ed|wrote|made|written)\b",
    re.IGNORECASE,
)
_CONFESSED = expression(
    r"\b(?:I|we) (?:\w+ )?(?:had|got|let|made|wrote|generated) (?:all of )?(?:this|the (?:patch|series|code))\b", re.IGNORECASE
)
_ELSEWHERE = expression(
    r"\b(?:polic(?:y|ies)|project|projects|contributors?|exception|our|anyone|generally?|in general|last (?:month|week|year))\b",
    re.IGNORECASE,
)


_YOURS = expression(
    r"\b(?:your (?:\w+ )?(?:llms?|ai|chat ?bot|agent|model|assistant)|(?:llm|ai|model|chat ?bot|agent) (?:that |"
    r"which )?you(?:'ve)? (?:have )?used)\b",
    re.IGNORECASE,
)
_I_THINK = expression(
    r"\b(?:I|we)(?:'m| am)? (?:\w+ly )?(?:think|suspect|believe|guess|assume|sure|fear|bet|see|can|cannot|can't|have to|must|would)\b",
    re.IGNORECASE,
)


def heard_of_others(one: Statement) -> Says:
    """Return what words say where somebody speaks who did not send the patch: an allegation is of this contribution alone."""
    asks = one.text.rstrip().endswith("?")
    if _YOURS.search(one.text) and not asks:
        return Says.ALLEGES
    if one.says is Says.REPORTS:
        return Says.REPORTS
    if _BLUNT.search(one.text) and not asks and not _ELSEWHERE.search(one.text):
        return Says.ALLEGES
    if one.says is not Says.DECLARES:
        return Says.DISCUSSES
    if not (_THIS.search(one.text) or len(one.text.split()) <= 7) or _ELSEWHERE.search(one.text):
        return Says.DISCUSSES
    if _CONFESSED.search(one.text) and one.role not in LOOKING:
        return Says.ALLEGES
    words = set(re.findall(r"[a-z']+", one.text.lower()))
    if words & (MODAL - {"may", "please", "can't", "i'll"}) or words & (OTHERS - {"he", "his", "him", "she", "her", "their", "they"}):
        return Says.DISCUSSES
    if words & FIRST_SUBJECT and not _I_THINK.search(one.text):
        return Says.REPORTS if one.role in LOOKING else Says.DISCUSSES
    if one.role in LOOKING or not one.alleges:
        return Says.REPORTS if one.role in LOOKING else Says.DISCUSSES
    return Says.ALLEGES
