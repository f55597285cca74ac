# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Denials that leave something out, or speak of a part or a habit: they answer nothing, and what they leave out is declared."""

import re

from msgspec.structs import replace

from triage.model import Role, Says
from triage.model.expression import expression
from triage.policy.evidence.statement import Statement
from triage.policy.evidence.tools import tools_in

_BUT = expression(
    r"\b(?:except(?:ing)?(?: for)?|other than|apart from|aside from|besides|beyond|unless you count|not counting|but for|only|just|"
    r"save for)\b", re.I
)  # fmt: skip
_SOME = expression(
    r"\bfor (?:(?:most|all|everything|every|much)\b|(?:the|these|those|some) (?:tests?|docs?|documentation|cover letter|"
    r"description)\b(?! nor))|\b(?:in|of|for) (?:the|an|my|its) (?:old|other|previous|earlier|first|last|original|former)\b|"
    r"\bby upstream\b|\balone\b|\bunmodified\b|\b(?:my|an)other (?:patch|series|work|part)|\bmy other\b|"
    r"\buse \w+(?: \w+)? at (?:work|home)\b|\b(?:usually|normally|generally|ordinarily|as a rule)\b|\bno \w+(?: tools?)? could\b|"
    r"\b(?:all )?by itself\b|\bexclusively\b|\bentirely\b|\bsolely\b|\bwithout (?:my |a )?(?:review|check)\w*", re.I
)  # fmt: skip
"""What makes a denial one of a part, or of a habit."""


def unlimited(said: Statement, passage: str) -> Statement:
    """Return a denial as it is; one that names what it leaves out declares that, and one that is about a part, or a habit, is not clear."""
    if said.says is not Says.DENIES or len(said.text) > 1000:
        return said
    text = said.text if len(said.text) > 3 else passage
    if (but := _BUT.search(text)) and (names := tools_in(text[but.end() :])):
        return replace(said, says=Says.DECLARES, role=Role.UNKNOWN, tools=names, why=f"{but[0]} {text[but.end() :].strip()}"[:120])
    if _SOME.search(text) and not re.search(r"\b(?:at all|in any part|by hand|myself)\b", text, re.I):
        return replace(said, says=Says.UNCLEAR, why="a denial of a part, or of a habit")
    return said
