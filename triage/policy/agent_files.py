# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that instruct AI agents, by the names that tools read, and whether one only keeps agents away."""

import re

from triage.policy.pack import glob_matches

AGENT_FILES = (
    "**/AGENTS.md", "**/AGENT.md", "**/agents.md", "**/agent.md", "**/AGENTS.override.md", "**/CLAUDE.md", "**/CLAUDE.local.md",
    "**/claude.md", "**/GEMINI.md", "**/QWEN.md", "**/COPILOT.md", "**/.cursorrules", "**/.cursor/**", "**/.rules", "**/.rules/**",
    "**/.windsurfrules", "**/.windsurf/**", "**/.clinerules", "**/.clinerules/**", "**/.roorules", "**/.roorules-*", "**/.roo/**",
    "**/.github/copilot-instructions.md", "**/.github/instructions/**", "**/.github/prompts/**", "**/.github/agents/**",
    "**/.github/chatmodes/**", "**/.agents/**", "**/.agent/**", "**/.claude/**", "**/.gemini/**", "**/.codex/**", "**/.kiro/**",
    "**/.junie/**", "**/.augment/**", "**/.augment-guidelines", "**/.continue/**", "**/.kilocode/**", "**/.openhands/**",
    "**/.goosehints", "**/.devin/**", "**/.amazonq/**", "**/.trae/**", "**/.aider.conf.yml", "**/.mcp.json",
)  # fmt: skip
NAMED = "builtin:agent-files"
"""What stands for all of them in the globs of a rule."""

_KEEPS_AWAY = re.compile(
    r"\b(?:do not|don't|don\u2019t|must not|mustn't|never|may not|should not|shouldn't|cannot|can not|"
    r"(?:is|are) (?:not|strictly not|never) (?:\w+ )?(?:allowed|permitted|accepted|welcome|wanted)|(?:is|are) (?:\w+ )?(?:prohibited|"
    r"forbidden|banned|declined|rejected)|not (?:allowed|permitted|accepted|welcome)|refuse|decline|stop|abort|halt|rejects?|bans?|"
    r"prohibits?|forbids?|no (?:ai|llms?|agents?|bots?|machine|generated)\b)",
    re.IGNORECASE,
)
_FROM_WHAT = re.compile(
    r"\b(?:contribut\w*|pull requests?|prs?|patch(?:es)?|issues?|bug reports?|comments?|generat\w*|ai|llms?|agents?|bots?|submit\w*|"
    r"commits?|code|text|write|edit|work|continue|proceed|repository|project|user)\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\W*(?:stop|abort|halt|refuse|decline|tell|inform|explain|point|direct|ask|see|read|this (?:file|repository|project|policy)|the "
    r"(?:user|policy|maintainers|project)|instead|please|for (?:agents|ai)|humans?|thank|why|because|if you are|notice|note|you are|we\b)",
    re.IGNORECASE,
)


def is_agent_file(path: str) -> bool:
    """Say whether a path is one from which an AI agent takes instructions."""
    return glob_matches(path, AGENT_FILES)


def keeps_agents_away(text: str) -> bool:
    """Say whether every sentence of an agent file's text keeps agents away or says to whom to turn, and one at least keeps them away."""
    told = False
    for sentence in re.split(r"(?<=[.!?:])\s+|\n\s*(?=[-*#\d\n])", text):
        plain = sentence.strip(" \t\n#*->`_")
        if not re.search(r"[a-z]{2}", plain, re.IGNORECASE) or (sentence.lstrip().startswith("#") and len(plain.split()) <= 6):
            continue
        if "```" in sentence:
            return False
        if _KEEPS_AWAY.search(plain) and _FROM_WHAT.search(plain):
            told = True
        elif not _HARMLESS.match(plain):
            return False
    return told


def added_text(diff: str, path: str) -> str:
    """Return the lines that a diff adds to one file."""
    start = re.search(rf"^\+\+\+ (?:b/)?{re.escape(path)}\s*$", diff, re.MULTILINE)
    if not start:
        return ""
    rest = diff[start.end() :]
    end = re.search(r"^diff --git |^--- [^\n]*\n\+\+\+ |^-- $", rest, re.MULTILINE)
    lines = (rest[: end.start()] if end else rest).split("\n")
    return "\n".join(line[1:] for line in lines if line.startswith("+"))
