# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes which AI tool, and what names one: the table `tools.toml` read, trailers' values and addresses told apart."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from triage.model import Person, Role

_AI_ADDRESS = re.compile(
    r"^(?:no-?reply|claude|codex|chatgpt|gpt|cursoragent|cursor-agent|agent|bot|assistant|devin|copilot|gemini)(?:\+[\w.-]*)?"
    r"@(?:anthropic\.com|openai\.com|cursor\.(?:com|sh)|devin\.ai|aider\.chat|kiro\.dev)$"
    r"|^(?:copilot@github\.com|gemini@google\.com|aider@aider\.chat|kiro@amazon\.com)$"
    r"|^(?:\d+\+)?(?:copilot|claude|codex|cursoragent|devin-ai-integration|gemini-code-assist|google-labs-jules|jules|amazon-q-developer|"
    r"copilot-swe-agent|sweep-ai|openhands-agent)(?:\[bot\])?@users\.noreply\.",
    re.IGNORECASE | re.ASCII,
)
_AI_NAME = re.compile(
    r"^(?:claude (?:code|opus|sonnet|haiku|fable|[0-9])[\w. -]*|ai|amp|chat ?gpt[\w. -]*|gpt-[0-9][\w. -]*|github copilot|openai codex|"
    r"google gemini[\w. -]*|gemini (?:cli|code assist|[0-9.]+ (?:pro|flash))[\w. -]*|cursor agent|aider(?: \(.*\))?|kiro|llm|ai assistant|"
    r"devin ai|(?:google-labs-)?jules\[bot\]|gemini-code-assist\[bot\]|copilot-swe-agent\[bot\]|claude\[bot\])$",
    re.IGNORECASE | re.ASCII,
)
_AI_BARE_NAME = re.compile(r"^(?:claude|copilot|codex|gemini|cursor)$", re.IGNORECASE | re.ASCII)  # people are called Claude
_MODEL = re.compile(
    r"(?<![a-z])(?:claude-[a-z]+|gpt|gemini|gemma|qwen|llama|deepseek|grok|codestral|mistral)[- ]?v?[0-9][\w.]*(?:-[\w.]+)*", re.I
)


_AI_WORD = re.compile(r"(?-i:\bAI\b)|\bLLMs?\b|\bagents?\b|\bchatbot|\bassistant\b|\blanguage model|\bcopilot", re.IGNORECASE | re.ASCII)
_AGENT_MODEL = re.compile(r"[A-Za-z][\w .-]{1,40}:[A-Za-z][\w.-]*[0-9][\w.-]*(?:\s|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tool:
    """One row of `tools.toml`."""

    tool: str
    vendor: str
    words: tuple[str, ...]
    prose: str
    role: Role


@lru_cache(maxsize=1)
def tools() -> tuple[Tool, ...]:
    """Return the tool table."""
    data = tomllib.loads(files("triage.policy").joinpath("tools.toml").read_text("utf-8"))
    return tuple(
        Tool(
            row["tool"], row["vendor"], tuple(row["words"]),
            row.get("prose", "|".join(re.escape(word) + r"[-\w.:]*" for word in row["words"])), Role(row.get("role", "generate")),
        )
        for row in data["tool"]
    )  # fmt: skip


@lru_cache(maxsize=1)
def prose_tool() -> re.Pattern[str]:
    """The names by which tools are known in prose."""
    return re.compile("|".join(rf"\b(?:{tool.prose})(?!\w)" for tool in tools() if tool.prose), re.IGNORECASE | re.ASCII)


def is_ai(person: Person) -> bool:
    """Say whether a name or an address is that of a known AI agent (whole name or vendor's address, never a part of a surname)."""
    if _AI_ADDRESS.search(person.email) or _AI_NAME.match(person.name):
        return True
    return not person.email and bool(_AI_BARE_NAME.match(person.name))


def name_tool(text: str) -> str:
    """Return `vendor/tool/model` for the first tool that `text` names, "" where it names none."""
    match = _named().search(text)
    if not match:
        return ""
    tool = next((tool for tool in tools() if match[0].lower() in tool.words), None)
    if tool is None:
        return ""
    model = _MODEL.search(text)
    return f"{tool.vendor}/{tool.tool}/{model[0].replace('.', '-').replace(' ', '-').lower() if model else ''}"


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    words = sorted((word for tool in tools() for word in tool.words), key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, words))})(?:(?![a-z])|(?=v[0-9]))", re.IGNORECASE | re.ASCII)


def names_ai(text: str) -> bool:
    """Say whether a trailer's value names an AI tool: a known one, a word for one, or `AGENT:MODEL` as the kernel has it."""
    return bool(name_tool(text) or _AI_WORD.search(text) or _AGENT_MODEL.match(text))


def has_model(text: str) -> bool:
    """Say whether a text names a model, such as `gpt-5`."""
    return bool(_MODEL.search(text))


def vendors_of(tool: str) -> list[str]:
    """Return the vendors that a `vendor/tool/model` involves: the tool's, and the model's where it is another's; "" for one not known."""
    vendor, _, model = (*tool.split("/"), "", "")[:3]
    maker = next((row for prefix, row in _makers().items() if model.startswith(prefix)), "") if model else ""
    if vendor and model and not maker:
        return [vendor, ""]
    return list(dict.fromkeys(item for item in (vendor, maker) if item)) or [""]


@lru_cache(maxsize=1)
def _makers() -> dict[str, str]:
    data = tomllib.loads(files("triage.policy").joinpath("tools.toml").read_text("utf-8"))
    return {row["prefix"]: row["vendor"] for row in data["model"]}


def is_bot(person: Person) -> bool:
    """Say whether an address is a robot's: `…[bot]@…`, or a whole word bot in its local part; surnames are people's."""
    local = person.email.partition("@")[0].lower()
    return local.endswith("[bot]") or bool({"bot", "robot", "syzbot", "lkp"} & set(re.split(r"[-_.+]", local)))
