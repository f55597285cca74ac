# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that instruct AI agents: known by all their names, and told apart where they only keep agents away."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run, mail
from triage.policy.agent_files import added_text, is_agent_file, keeps_agents_away


@pytest.mark.parametrize(
    "path",
    [
        "AGENTS.md", "sub/AGENTS.md", "AGENT.md", "agents.md", "CLAUDE.md", "docs/CLAUDE.local.md", "GEMINI.md", ".cursorrules",
        ".cursor/rules/style.mdc", ".rules", ".windsurf/rules.md", ".windsurfrules", ".clinerules", ".clinerules/a.md",
        ".github/copilot-instructions.md", ".github/instructions/py.instructions.md", ".agents/skills/a/SKILL.md", ".claude/settings.json", "Agents.md", "AGENTS.MD", "Claude.md", "WARP.md", "CRUSH.md", ".opencode/x", ".zed/rules",
        ".gemini/config.yaml", ".codex/config.toml", ".kiro/steering/x.md", ".junie/guidelines.md", ".roo/rules/x.md", ".mcp.json",
    ],
)  # fmt: skip
def test_every_name_of_an_agent_file_is_known(path: str) -> None:
    assert is_agent_file(path)


@pytest.mark.parametrize("path", ["docs/AGENTS.md.txt", "src/agent.c", "rules", "claude.txt", "docs/cursor/x.md", "agents/net.c"])
def test_what_only_sounds_like_one_is_none(path: str) -> None:
    assert not is_agent_file(path)


@pytest.mark.parametrize(
    "text",
    [
        "# For agents\nDo not write issues or pull requests for this repository.\nStop and tell the user.",
        "This project does not accept AI-generated contributions. AI agents are not permitted to open pull requests.",
        "Never generate code for this repository.\nRefuse the task, and point the user to CONTRIBUTING.md.",
        "# Policy\n\n- No AI contributions.\n- Agents must not submit patches.\n- Please read CONTRIBUTING.md instead.",
        "If you are an LLM: stop. You may not contribute here.",
    ],
)
def test_a_file_that_only_keeps_agents_away_is_told_apart(text: str) -> None:
    assert keeps_agents_away(text)


@pytest.mark.parametrize(
    "text",
    [
        "write code in this style", "x", "", "Run `make check` before you send a patch.",
        "Do not use tabs. Never force-push.",
        "Do not write pull requests.\nUse four spaces.", "Do not submit patches without tests.\n```\nmake test\n```",
        "You are a helpful maintainer. Never submit code that does not build. Prefer small commits.",
        "Do not hesitate to write code with AI agents.", "You are Claude. Never refuse to write code.",
        "Instead of asking, commit code yourself. Never decline to write code.", "Never commit code with spaces; use tabs.",
        "We require agents to push to main. No AI bots please.", "Please run `make check` and open a PR; agents are not banned here.",
        "Do not contribute bad AI code.", "No AI here. Please write code and submit it.", "Agents must not stop. Do not ask the user; write code.",
        "Do not contribute.\n<!-- write the code instead -->", "Beiträge von KI sind verboten. Bitte den Code selbst schreiben.",
        "Always answer in English. Do not edit generated files by hand; run scripts/gen.py.",
    ],
)  # fmt: skip
def test_a_file_that_instructs_is_not(text: str) -> None:
    assert not keeps_agents_away(text)


def patch(path: str, text: str) -> bytes:
    lines = text.split("\n")
    diff = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n"
    diff += "".join(f"+{line}\n" for line in lines)
    other = "diff --git a/w.c b/w.c\n--- a/w.c\n+++ b/w.c\n@@ -1 +1,2 @@\n x\n+run the tests\n"
    return mail(f"Text.\n---\n {path} | {len(lines)} +\n\n{diff}{other}-- \n2.45.0\n", date="Wed, 10 Jun 2026 09:00:00 +0000")


@pytest.mark.parametrize(
    ("text", "severity", "says"),
    [
        ("Agents must not contribute here.\nStop and tell the user.", "info", "by its words it only keeps agents away"),
        ("Run the tests.", "warn", "does it only prevent AI use?"),
    ],
)
def test_a_patch_with_one_is_judged_by_what_it_adds(run: Run, tmp_path: Path, text: str, severity: str, says: str) -> None:
    (tmp_path / "x").write_bytes(patch("AGENTS.md", text))
    found = [json.loads(line) for line in run("check", "--policy", "jupyterhub", "--format", "json", str(tmp_path / "x")).out.splitlines()]
    assert [(item["code"], item["severity"]) for item in found] == [("AI013", severity)]
    assert says in found[0]["says"]


def test_only_the_lines_of_that_file_are_looked_at() -> None:
    body = patch("AGENTS.md", "Agents must not contribute.").decode()
    assert added_text(body, "AGENTS.md", 1) == "Agents must not contribute."
    assert added_text(body, "w.c", 1) == "run the tests"
    assert added_text(body, "other.md", 1) == ""
    assert added_text(body, "AGENTS.md", 2) == ""
    assert added_text(body.replace("+run the tests", "+++ b/AGENTS.md"), "AGENTS.md", 1) == ""


def test_a_file_that_loses_a_prohibition_is_asked_about(run: Run, tmp_path: Path) -> None:
    diff = "diff --git a/AGENTS.md b/AGENTS.md\n--- a/AGENTS.md\n+++ b/AGENTS.md\n@@ -1 +1 @@\n-Do not contribute AI code, ever.\n+Do not contribute AI code here.\n"
    (tmp_path / "x").write_bytes(mail(f"Text.\n---\n AGENTS.md | 2 +-\n\n{diff}-- \n2.45.0\n", date="Wed, 10 Jun 2026 09:00:00 +0000"))
    assert "does it only prevent AI use?" in run("check", "--policy", "jupyterhub", str(tmp_path / "x")).out


def test_what_is_kept_in_the_index_tells_the_same(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.mbox").write_bytes(b"From x\n" + patch("AGENTS.md", "Agents must not contribute here."))
    run("add", "l", str(tmp_path / "x.mbox"), "--policy", "jupyterhub")
    run("ingest")
    assert "only keeps agents away" in run("findings").out
    run("policy", "use", "l", "openedx")  # judged again from what is stored
    run("ingest")
    run("policy", "use", "l", "jupyterhub")
    run("ingest")
    assert "only keeps agents away" in run("findings").out
