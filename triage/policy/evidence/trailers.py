# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trailers that declare AI use: which keys and values do, and what machine or person each names."""

import re
from functools import lru_cache

from triage.mail.identity import parse_person
from triage.model import Person, Role, Says, Trailer
from triage.model.expression import expression
from triage.policy.evidence.machines import agent_mark, is_ai, is_person, tools_of_person
from triage.policy.evidence.roles import role_of, role_of_tools
from triage.policy.evidence.tools import find_names, is_plain_tool, names_ai, session_link, tools_in
from triage.policy.evidence.words import word_set

AI_KEYS = word_set(
    "assisted-by generated-by written-by created-by coded-by authored-by created-with written-with helped-by "
    "ai-assisted-by ai-assisted ai-agent ai-generated ai-generated-by "
    "llm-assisted-by assisted-by-ai co-developed-by-ai coding-agent ai-assistant commit-generated-by generated-with made-with "
    "ai-used-for claude-session agent-logs-url amp-thread-id entire-checkpoint agent claude-session-path claude-sessions-id "
    "turbocommit-session agent-conversation agent-transcript ai-used ai-usage ai-tool ai-tools ai-model llm-generated llm-used "
    "assited-by asisted-by assissted-by genai-used uses-ai ai-assistance"
)
GENERIC_KEYS = word_set(
    "assisted-by generated-by generated-with made-with commit-generated-by written-by created-by coded-by agent assited-by "
    "authored-by created-with written-with helped-by "
    "asisted-by assissted-by"
)
"""Keys that also name people and tools that are no AI: coccinelle, a code formatter."""
_NOTHING = expression(r"(?:none?|no|n/?a|no ai|false|nothing|not used|nobody|never|0|nil|-)?[\s.!-]*(?:\(.*\))?$", re.IGNORECASE)
LOG_KEYS = word_set(
    "claude-session agent-logs-url amp-thread-id entire-checkpoint claude-session-path claude-sessions-id turbocommit-session "
    "agent-conversation agent-transcript"
)
"""Keys of links to the log of a session with an agent."""
_LOG = expression(r"([a-z]+)-(?:session|sessions|thread|conversation|run|task|transcript)(?:-(?:id|path|url|link))?")
PERSON_KEYS = frozenset(["co-authored-by", "coauthored-by", "co-author", "co-developed-by", "codeveloped-by", "signed-off-by"])


def declares_ai(trailer: Trailer) -> bool:
    """Say whether a trailer declares that a machine took part; `Assisted-by` of a person and "none" do not."""
    return says_of(trailer) is Says.DECLARES


def is_log_key(key: str) -> bool:
    """Say whether a trailer's key is that of a link to the log of a session with an agent, such as `Claude-Session`."""
    named = _LOG.fullmatch(key.lower())
    return key.lower() in LOG_KEYS or (named is not None and bool(tools_in(named[1])))


def says_of(trailer: Trailer) -> Says | None:
    """Return what a trailer says of machines; None where it names people or tools that are no AI, or nothing."""
    key = trailer.key.lower()
    if key in PERSON_KEYS:
        return Says.DECLARES if _names_machine(trailer.value) else None
    if key not in AI_KEYS:
        return Says.DECLARES if trailer.value and not key.endswith("-by") and is_log_key(key) else None
    return _says_of_ai_key(key, trailer.value.strip())


@lru_cache(maxsize=4096)
def _names_machine(value: str) -> bool:
    """Whether a trailer that names people names a machine, or a person for whom one acted."""
    person = parse_person(value)
    return is_ai(person) or bool(agent_mark(person)) or _among_people(person.name)


def _says_of_ai_key(key: str, value: str) -> Says | None:
    if key in LOG_KEYS:
        return Says.DECLARES if value else None
    if not value or (key in GENERIC_KEYS and _SENTENCE.match(value) and not tools_in(value)):
        return None  # an empty field, or a sentence that begins with the key
    if _NOTHING.fullmatch(value):
        return None if key in _OF_PEOPLE else Says.DENIES
    person = parse_person(value)
    if person.email:
        if value.partition("<")[0].strip().upper() in {"AI", "LLM"}:
            return Says.DECLARES
        return Says.DECLARES if is_ai(person) or agent_mark(person) or not is_person(person) else None
    if key not in GENERIC_KEYS or names_ai(value):
        return None if _surname(value) else Says.DECLARES
    if key in _OF_PEOPLE or is_plain_tool(value):
        return None
    # two words with capitals and no address: a person, or a tool that nobody knows
    return Says.UNCLEAR if _FULL_NAME.fullmatch(value) else Says.DECLARES


_OF_PEOPLE = frozenset(["agent", "written-by", "created-by", "coded-by", "authored-by", "helped-by"])
_SENTENCE = expression(r"[a-z]+,? (?:and|that|is|which|with the|lines?|tags?)\b")
_FULL_NAME = expression(r"[A-Z][\w'-]+(?: [A-Z]\.?)?(?: [A-Z][\w'-]+)+")


def _surname(value: str) -> bool:
    """Whether a value without an address is a person's first name and surname: Claude Shannon."""
    names = find_names(value)
    shared = bool(names) and all(name.kind == "shared" and not name.model for name in names)
    return shared and bool(_TWO_NAMES.fullmatch(value)) and value.split()[1].lower() not in _PRODUCTS


_TWO_NAMES = expression(r"(?:Jean-)?[A-Z][a-z]+(?:-[A-Z][a-z]+)? [A-Z][a-z]{2,}")
_PRODUCTS = word_set(
    "code opus sonnet haiku fable agent assistant pro flash desktop max cli copilot codex gemini cody coder chat composer ai "
    "claude kimi large small medium build"
)


def _among_people(name: str) -> bool:
    """Whether one of several names joined by "and" is a tool's: "Jane Doe and Claude"."""
    parts = re.split(r" and | & |, ", name)
    return len(parts) > 1 and any(is_ai(Person(part.strip(), "")) for part in parts)


def tools_of(trailer: Trailer) -> tuple[str, ...]:
    """Return the tools that a trailer names, as `vendor/tool/model`."""
    key = trailer.key.lower()
    if key in PERSON_KEYS:
        person = parse_person(trailer.value)
        return tools_of_person(person) if is_ai(person) or not agent_mark(person) else (agent_mark(person),)
    if found := tools_in(trailer.value):
        return found
    if re.match(r"gpt\b", trailer.value, re.I):
        return ("openai/chatgpt/",)
    if link := session_link(trailer.value):
        return (link[2],)
    return tools_in(trailer.key.replace("-", " ").replace("session", "")) or tools_of_person(parse_person(trailer.value))


def role_of_trailer(trailer: Trailer, tools: tuple[str, ...]) -> Role:
    """Return the role that a trailer tells: a bare `Assisted-by` none, a co-author's that of who makes."""
    key = trailer.key.lower()
    usual = role_of_tools(tools)
    if usual is Role.REVIEW:
        return usual  # a tool that only reviews wrote nothing
    if (
        key in PERSON_KEYS
        or "generated" in key
        or key in {"made-with", "written-by", "coded-by", "created-by", "authored-by", "created-with", "written-with"}
    ):
        return Role.GENERATE if usual is Role.UNKNOWN else usual
    if is_log_key(key):
        return Role.UNKNOWN
    told = re.sub(r"[\w.:/-]*[0-9][\w.:/-]*", " ", trailer.value)
    return role_of(told) if len(told.split()) > 1 or key == "ai-used-for" else Role.UNKNOWN
