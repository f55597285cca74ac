# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzing of the reader of statements and of forms: `python -m tests.soak.fuzz_statements [RUNS [SEED]]`, a million by default.

Texts are made of the reader's own words, names, marks and layouts in any order, since bytes at random hardly ever name a machine.
Whatever comes out must point at a line of the text, with a reason, in bounded time. An input that raises is printed and ends the run.
"""

import random
import sys
from collections.abc import Callable

from triage.model import Role, Says
from triage.policy.evidence import words
from triage.policy.evidence.statement import Setting
from triage.policy.evidence.texts import read_text
from triage.policy.evidence.tools import tools

_TABLES = [value for value in vars(words).values() if isinstance(value, frozenset)]
WORDS = sorted({word for table in _TABLES for word in table})
NAMES = sorted({name for tool in tools() for name in (*tool.names, *tool.shared, *tool.words)})
GENERIC = [
    "AI",
    "LLM",
    "LLMs",
    "AI tool",
    "AI-generated",
    "language model",
    "chatbot",
    "a model",
    "an agent",
    "vibe coded",
    "machine-written",
]
MARKS = [
    ",", ";", ":", ".", "?", "!", "(", ")", "[", "]", '"', "`", "*", "**", "_", "'s", "-", "--", "—", "…", "\n", "\n\n", "\n> ", "\n- ", "\n- [x] ", "\n- [ ] ", "\n☐ ",
    "\n☑ ", "\n| ", " | ", " |\n", "\n## ", "\n1. ", "\nv2: ", "\n    ", "\n---\n", "\n-- \n", "<!--", "-->", "```\n", "~~", "](", "https://claude.ai/code/session_01Ab",
    "\nAssisted-by: ", "\nAI used: ", "\nNotes (ai):\n", "(x)", "( )", ":x:", "✅", "\t", "\x00", "\ud800", "\u202e", "ß", "İ", "由", "  ", "   ", "0", "1/3", "%", "v3",
]  # fmt: skip


def make_text(chance: random.Random) -> str:
    """Return a text of some dozens of words, names and marks."""
    parts: list[str] = []
    for _ in range(chance.randint(1, 60)):
        kind = chance.random()
        if kind < 0.5:
            parts.append(chance.choice(WORDS))
        elif kind < 0.62:
            name = chance.choice(NAMES)
            parts.append(chance.choice((name, name.title(), name.upper(), f"{name.title()} {chance.randint(1, 9)}.{chance.randint(0, 9)}")))
        elif kind < 0.7:
            parts.append(chance.choice(GENERIC))
        else:
            parts.append(chance.choice(MARKS))
        parts.append("" if chance.random() < 0.1 else " ")
    return "".join(parts)


def one(text: str, chance: random.Random) -> int:
    """Read a text in some setting and hold what comes out to what every statement must be; returns how many there were."""
    setting = Setting(brief=chance.random() < 0.3, title=chance.random() < 0.1, topic=chance.random() < 0.2, headed=chance.random() < 0.5)
    found = list(read_text(text, setting))
    lines = text.count("\n") + 1
    for said in found:
        statement = said.statement
        assert isinstance(statement.says, Says)
        assert isinstance(statement.role, Role)
        assert 1 <= said.passage.line_at(statement.at) <= lines
        assert len(statement.why) <= 200
        assert all(name.count("/") == 2 for name in statement.tools)
    return len(found)


def run(count: int, seed: int, report: Callable[[str], None] = print) -> int:
    """Make and read `count` texts; returns how many statements they held."""
    chance = random.Random(seed)
    statements = 0
    for number in range(count):
        text = make_text(chance)
        try:
            statements += one(text, chance)
        except Exception:
            report(f"input {number} of seed {seed}: {text!r}")
            raise
    return statements


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{runs} texts, {run(runs, int(sys.argv[2]) if len(sys.argv) > 2 else 1)} statements, none uncaught")
