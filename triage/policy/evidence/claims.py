# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences of a patch or cover letter that rely on an exception from a rule about AI."""

import re
from itertools import islice

from triage.model import Body, Kind, Line, Message
from triage.model.expression import expression
from triage.policy.evidence.passages import Layout, passages
from triage.policy.evidence.sentences import find_mentions, sentence_spans

MAX_CLAIMS = 10
MAX_QUOTE = 200
_AI = r"(?-i:\bAI\b|\bLLMs?\b)"
_CLAIM = expression(
    r"\b(?:under|per|by|using|within|via|on) (?:the |an |its |our )?['\"`]?[\w -]{3,60}?['\"`]? exception\b(?! (?:process|mechanism|"
    r"policy|rule)s?)|\bexception (?:was |is |has been )?granted (?:by|on|in|for)\b|"
    r"\b(?:falls? under|fits|relies on|claims?|covered by|qualif\w+ (?:for|as)|uses) (?:the |an )?[\w \"'`-]{0,60}?exception\b|"
    r"^ai-exception: ", re.IGNORECASE,
)  # fmt: skip
_OWN = expression(
    rf"{_AI}|\b(?:this|these|the) (?:patch(?:es)?|series|change|code|tests?|file|commit|work)\b|\b(?:I|we|my|our)\b|\bit\b", re.IGNORECASE
)
_GENERAL = expression(
    r"\b(?:policy|policies|process|could|would|should|may|might|can|if|whether|propos\w+|request|requests|contributors?|maintainers?|"
    r"define|document\w*|text|rules?|flesh|wants?)\b",
    re.IGNORECASE,
)
_WHY = expression(r"[:;]|\b(?:because|since) ", re.IGNORECASE)
"""What stands behind it tells why the exception fits."""


def find_claims(message: Message, body: Body) -> tuple[Line, ...]:
    """Return the lines of a patch or cover letter in which its writer relies on an exception: asserted, and of this contribution."""
    if message.kind not in {Kind.PATCH, Kind.COVER, Kind.REPLY_PATCH} or "xception" not in body.text:
        return ()
    prose = body.text[: len(body.text) - len(body.diff)]
    return tuple(islice(_claims(prose), MAX_CLAIMS))


def _claims(prose: str) -> list[Line]:
    found: list[Line] = []
    for passage in passages(prose):
        if passage.layout in {Layout.QUOTE, Layout.EXAMPLE, Layout.HEADING} or "xception" not in passage.text or passage.ticked is False:
            continue
        for begin, end in sentence_spans(passage.text):
            text = passage.text[begin:end]
            claim = _CLAIM.search(text)
            if claim is None or text.rstrip().endswith("?"):
                continue
            head = text[: why.start()] if (why := _WHY.search(text, claim.end())) else text
            if _GENERAL.search(head) or not (_OWN.search(text) or len(head.split()) <= 14):
                continue
            if not (_OWN.search(text) or find_mentions(passage.text) or text.lower().lstrip(" ([").startswith(("under", "ai-"))):
                continue
            number = passage.line_at(begin + claim.start())
            found.append(Line(number, " ".join(text.split())[:MAX_QUOTE]))
    return found
