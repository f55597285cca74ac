# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text is about: machines as a topic, machines that are served, or no machine at all."""

import re

from triage.model.expression import expression

_SPEAKS = expression(r"AI(?<![\w/]AI)(?![\w/=])|LLM(?<![\w/]LLM)s?(?![\w/=])")
_SPEAKING = ("Assisted-by", "assisted-by", "Generated-by", "generated-by", "language model", "of a machine")
_SERVED = expression(
    r"(?:LLM(?<!\wLLM)|AI(?<!\wAI)|model(?<!\wmodel)) (?:inference|serving|workloads?)\b|"
    r"(?:inference(?<!\winference)|serving(?<!\wserving)) (?:of|with) (?:an )?LLMs?\b"
)
"""Begins with letters, which a regex finds many times as fast as a `\\b`."""
_TOPIC = expression(
    r"(?<![\w-])(?:AI|LLMs?)[- ](?:generated|assisted) (?:content|code|contributions|patches|tests|text)|"
    r"(?<![\w-])(?:AI|LLMs?)[- ](?:polic|tool|assistant|agent|contribution|review|use\b|usage|model|disclosure|trailer|tag|bot)|"
    r"\b(?:polic|contribut|disclos)\w*\b.{0,40}(?<![\w-])(?:AI|LLMs?)\b|(?<![\w-])(?:AI|LLMs?)\b.{0,30}\b(?:polic|contribut|exception)\w*|"
    r"\b(?:agents?\.md|claude\.md|copilot-instructions|mcp|coding agents?|assisted-by|generated-by|language models?|assistants?|"
    r"chat ?bots?|review-prompts)\b",
    re.IGNORECASE,
)


def speaks_of_machines(text: str) -> bool:
    """Say whether a text speaks of machines: by a word, or in a trailer."""
    return any(words in text for words in _SPEAKING) or _SPEAKS.search(text) is not None


def is_served(text: str) -> bool:
    """Say whether a text is about machines that are served, which is a workload like any other."""
    may = " inference" in text or " serving" in text or " workload" in text or "LLM" in text
    return may and _SERVED.search(text) is not None


def is_about_machines(title: str) -> bool:
    """Say whether a title says that machines are what a patch deals with: a policy, a file for agents, a checker of tags."""
    return bool(_TOPIC.search(title))
