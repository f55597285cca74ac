# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that instruct AI agents, by the names that tools read, and whether one only keeps agents away."""

import re
from functools import lru_cache

from triage.model.expression import expression
from triage.policy.evidence.words import word_set
from triage.policy.pack import glob_matches

AGENT_FILES = (
    "**/agents.md", "**/agent.md", "**/agents.override.md", "**/claude.md", "**/claude.local.md", "**/gemini.md", "**/qwen.md",
    "**/copilot.md", "**/warp.md", "**/crush.md", "**/.cursorrules", "**/.cursor/**", "**/.rules", "**/.rules/**", "**/.zed/rules",
    "**/.windsurfrules", "**/.windsurf/**", "**/.clinerules", "**/.clinerules/**", "**/.roorules", "**/.roorules-*", "**/.roo/**",
    "**/.github/copilot-instructions.md", "**/.github/instructions/**", "**/.github/prompts/**", "**/.github/agents/**",
    "**/.github/chatmodes/**", "**/.agents/**", "**/.agent/**", "**/.claude/**", "**/.gemini/**", "**/.codex/**", "**/.kiro/**",
    "**/.junie/**", "**/.augment/**", "**/.augment-guidelines", "**/.continue/**", "**/.kilocode/**", "**/.openhands/**",
    "**/.opencode/**", "**/.goosehints", "**/.devin/**", "**/.amazonq/**", "**/.trae/**", "**/.aider.conf.yml", "**/.mcp.json",
)  # fmt: skip
"""In small letters: tools on some systems read them in any."""
_FIRST = [glob.split("/")[1] for glob in AGENT_FILES]
_NAMES = frozenset(name for name in _FIRST if "*" not in name)
_STARTS = tuple(name.rstrip("*") for name in _FIRST if "*" in name)
"""Of which every such path has one: making one expression of all the globs takes longer than a day's mail."""
NAMED = "builtin:agent-files"
"""What stands for all of them in the globs of a rule."""

_KEEPS_AWAY = expression(
    r"\b(?:do not|don'?t|must not|mustn'?t|never|may not|should not|shouldn'?t|cannot|can not|can'?t|not (?:\w+ )?(?:allowed|permitted|"
    r"accepted|welcome|wanted)|prohibited|forbidden|banned|declined?|rejected|refuse|stop|abort|halt|rejects?|bans?|prohibits?|forbids?|"
    r"no (?:ai|llms?|agents?|bots?|machine|generated))\b",
    re.IGNORECASE,
)
_TWICE = expression(
    r"\b(?:not|never|n'?t|no)\b[^.;:\n]{0,20}\b(?:hesitate|refuse|decline|stop|banned|forbidden|prohibited|reject\w*|abort)\b", re.I
)
"""What forbids to forbid."""
_WORDS = word_set(
    "a an and any anything are as at be by for from here how if in instead into is it its no none nor not of on only or our please so "
    "such that the their them then these they this those to up us we what where which who whose why with without you your all also "
    "do don dont does done must mustn may should shouldn cannot can t never allowed permitted accept accepts accepted welcome wanted "
    "prohibited forbidden banned decline declined declines rejected reject rejects refuse refuses stop abort halt ban bans prohibit "
    "prohibits forbid forbids strictly expressly explicitly currently generally fully entirely wholly immediately politely kindly "
    "ai artificial intelligence llm llms large language model models agent agents bot bots machine machines assistant assistants tool "
    "tools chatbot chatbots copilot claude chatgpt gemini codex cursor generative automated autonomous generated assisted written made "
    "content output text code patch patches pr prs pull request requests merge issue issues bug report reports comment comments review "
    "reviews commit commits contribution contributions contribute contributing contributor contributors change changes message messages "
    "mail mails mailing list description descriptions documentation docs file files repository repo project codebase tree "
    "write generate create open submit send make post produce propose edit modify continue proceed work help assist push "
    "human humans person people user users maintainer maintainers owner tell inform explain point direct ask see read refer about "
    "policy policies license copyright reason notice note md contributing readme instructions rule rules following of behalf his her "
    "task session working accordingly result results under no circumstances circumstance will there have been has was were new "
)
"""All that a file may say which only keeps agents away: what says more, instructs."""


@lru_cache(maxsize=2048)
def is_agent_file(path: str) -> bool:
    """Say whether a path is one from which an AI agent takes instructions."""
    small = path.lower()
    hinted = not _NAMES.isdisjoint(small.split("/")) or any(start in small for start in _STARTS)
    return hinted and glob_matches(small, AGENT_FILES)


def keeps_agents_away(text: str) -> bool:
    """Say whether a text forbids agents to contribute and says nothing else but why and whom to turn to."""
    if "```" in text or "<!--" in text or _TWICE.search(text):
        return False
    words = re.findall(r"[^\W_]+", re.sub(r"https?://\S+|[\w./-]+\.(?:md|rst|txt|html)\b", " ", text).replace("\u2019", "'").lower())
    told = any(
        _KEEPS_AWAY.search(sentence) and _IMPERATIVE_ELSE.search(sentence) is None for sentence in re.split(r"(?<=[.!?])\s+|\n", text)
    )
    return told and len(words) < 400 and all(word in _WORDS for word in words) and not _ORDERS.search(text)


_IMPERATIVE_ELSE = expression(r"^\W*(?:write|generate|create|submit|commit|push|edit|modify|produce|proceed|continue)\b", re.IGNORECASE)
_ORDERS = expression(
    r"(?:^|[.!?;:,]\s+|\n|\band\s+|\bthen\s+|\bplease\s+)(?:please\s+)?(?:write|generate|create|submit|commit|push|edit|modify|produce|"
    r"proceed|continue|open|send|post|make|use)\b(?![^.\n]{0,40}\b(?:is|are) (?:not|strictly|prohibited|forbidden|banned))", re.IGNORECASE,
)  # fmt: skip
"""An order to do something, in a place where no word forbids it."""


def added_text(diff: str, path: str, added: int) -> str:
    """Return the lines that a diff adds to one file, "" where they are not as many as were counted: then the diff is no plain one."""
    starts = list(re.finditer(rf"^\+\+\+ (?:b/)?{re.escape(path)}\s*$", diff, re.MULTILINE))
    if len(starts) != 1:
        return ""
    lines = re.split(r"^diff --git ", diff[starts[0].end() :], maxsplit=1, flags=re.MULTILINE)[0].split("\n")
    found = [line[1:].rstrip("\r") for line in lines if line.startswith("+") and not line.startswith("+++ ")]
    return "\n".join(found) if len(found) == added else ""
