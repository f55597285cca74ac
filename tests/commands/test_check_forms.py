# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`triage check` where other programs start it: their formats, git's configuration, hooks, and the recipes that the repository carries."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from sarif_pydantic import Sarif

from tests.commands.test_check import SOB, commit, git, tree
from tests.conftest import ROOT, Run, mail, patch_body

__all__ = ["tree"]


def checked(run: Run, form: str, *words: str) -> str:
    done = run("check", *(words or ("main..HEAD",)), "--policy", "linux-kernel", "--format", form)
    assert done.code == 0, done.err
    return done.out


@pytest.fixture
def side(tree: Path) -> Path:
    git(tree, "switch", "-q", "-c", "side")
    commit(tree, "b.c", f"b: one\n\nText.\n\n{SOB}")
    commit(tree, "c.c", "c: two: 100%, and\n\nGenerated with Claude Code\n")
    return tree


def test_terse_lines_are_those_of_checkpatch_and_b4_reads_them(
    side: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = checked(run, "terse").splitlines()
    assert all(re.fullmatch(r"commit [0-9a-f]{12}:[0-9]+: (?:ERROR|WARNING|CHECK): [A-Z]+[0-9]{3} [a-z-]+: .+", line) for line in lines)
    assert [line.split(": ")[1] for line in lines if "DCO001" in line] == ["ERROR"]
    (tmp_path / "one.patch").write_bytes(mail(patch_body("Text.\n\n")))
    assert checked(run, "terse", str(tmp_path / "one.patch")).startswith(f"{tmp_path / 'one.patch'}:1: ERROR: DCO001 ")
    import email
    import email.policy

    import b4

    (tmp_path / "triage").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage "$@"\n')
    (tmp_path / "triage").chmod(0o755)
    words = [str(tmp_path / "triage"), "check", "--policy", "linux-kernel", "--format", "terse", "-"]
    monkeypatch.setattr(b4, "MAIN_CONFIG", dict(b4.DEFAULT_CONFIG))
    message = email.message_from_bytes(mail(patch_body("Text.\n\n")), policy=email.policy.EmailPolicy())
    found = b4.LoreMessage.run_local_check(words, "a@example.org", message)
    assert [flag for flag, line in found if "DCO001" in line] == ["fail"]


def test_github_shows_each_finding_as_one_escaped_line(side: Path, run: Run) -> None:
    lines = checked(run, "github").splitlines()
    assert all(re.match(r"::(?:error|warning|notice) title=[A-Z0-9]+ [a-z-]+::", line) for line in lines)
    (line,) = [line for line in lines if "DCO001" in line]
    assert line.startswith("::error title=DCO001 missing-signoff::commit ")
    assert "100%25, and" in line
    assert line.endswith("%0Ahttps://patch-triage.readthedocs.io/en/stable/findings/DCO001/")


def test_sarif_is_valid_and_names_commit_rule_and_finding(side: Path, run: Run) -> None:
    log = json.loads(checked(run, "sarif"))
    Sarif.model_validate(log)
    (ran,) = log["runs"]
    assert {rule["id"] for rule in ran["tool"]["driver"]["rules"]} == {result["ruleId"] for result in ran["results"]}
    (result,) = [one for one in ran["results"] if one["ruleId"] == "DCO001"]
    assert (result["level"], result["kind"]) == ("error", "fail")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "c.c"
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == f"commit {git(side, 'rev-parse', 'HEAD')[:12]}"
    assert json.loads(checked(run, "sarif", "HEAD..HEAD"))["runs"][0]["results"] == []


def test_nothing_on_standard_input_is_nothing_to_check(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as empty:
        monkeypatch.setattr("sys.stdin", empty)
        done = run("check", "-", "--policy", "linux-kernel", "--fail-on", "error")
    assert (done.code, done.out) == (0, "")
    assert "nothing to check" in done.err


def test_a_repository_may_lie_elsewhere(side: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = checked(run, "json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))  # as in a hook of another repository
    assert checked(run, "json", "main..HEAD", "--repo", str(side)) == here


def test_git_configuration_says_what_applies_and_the_tree_does_not(side: Path, run: Run, tmp_path: Path) -> None:
    git(side, "config", "triage.policy", "plain-dco")
    (tmp_path / "mailmap").write_text("Ada Example <ada@example.org> <ada@work.example.org>\n")
    git(side, "config", "triage.aliases", str(tmp_path / "mailmap"))
    commit(side, "d.c", "d: three\n\nSigned-off-by: Ada Example <ada@work.example.org>")
    found = [json.loads(line) for line in run("check", "HEAD~1..HEAD", "--format", "json").out.splitlines()]
    assert [row["code"] for row in found if row["code"] in {"DCO004", "DCO005"}] == []
    assert {row["pack"] for row in found} <= {"plain-dco"}
    for inside in ("MAINTAINERS", str(side / "MAINTAINERS")):
        git(side, "config", "triage.roster", inside)
        done = run("check", "HEAD~1..HEAD")
        assert done.code == 2
        assert "tree under review" in done.err


def test_a_commit_message_is_checked_before_there_is_a_commit(tree: Path, run: Run, tmp_path: Path) -> None:
    (tree / ".git" / "hooks" / "commit-msg").write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage check --policy plain-dco --fail-on error --message "$1"\n'
    )
    (tree / ".git" / "hooks" / "commit-msg").chmod(0o755)
    (tree / "b.c").write_text("int b;\n")
    git(tree, "add", "b.c")
    words = ["git", "-c", "commit.verbose=true", "commit", "-m", "b: one\n\nText."]
    done = subprocess.run(words, cwd=tree, capture_output=True, text=True)
    assert done.returncode == 1
    assert "DCO001" in done.stdout + done.stderr
    assert subprocess.run([*words[:-1], f"b: one\n\nText.\n\n{SOB}"], cwd=tree, capture_output=True).returncode == 0
    message = tmp_path / "message"
    message.write_text(f"c: two\n\n# {SOB}\n# ------------------------ >8 ------------------------\n{SOB}\n")
    assert "DCO001" in run("check", "--message", str(message), "--policy", "plain-dco").out
    assert run("check", "--policy", "plain-dco").code == 2
    assert run("check", "x", "--message", str(message), "--policy", "plain-dco").code == 2


def recipe(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def test_the_action_runs_the_script_and_no_outside_text_is_a_part_of_it(side: Path, tmp_path: Path) -> None:
    action = recipe("action.yml")
    steps = action["runs"]["steps"]
    assert not any("${{" in step["run"] for step in steps)
    (tmp_path / "triage").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage "$@"\n')
    (tmp_path / "triage").chmod(0o755)
    script = ["sh", str(ROOT / ".ci" / "check-commits"), str(tmp_path / "triage")]
    head, base = git(side, "rev-parse", "HEAD"), git(side, "rev-parse", "main")
    env = {"TRIAGE_POLICY": "plain-dco", "TRIAGE_HEAD": head, "TRIAGE_FORMAT": "github", "TRIAGE_DESCRIPTION": "$(touch broken) `x`\n"}

    def act(**more: str) -> tuple[int, str]:
        done = subprocess.run(script, cwd=side, env=os.environ | env | more, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    code, text = act(TRIAGE_BASE=base)
    assert code == 3
    assert text.startswith("::error title=DCO001")
    assert act(TRIAGE_BASE=base, TRIAGE_HEAD=f"{head}~1") == (0, "")
    assert act(TRIAGE_BASE=base, TRIAGE_FAIL_ON="never")[0] == 0
    assert act(TRIAGE_BASE="0" * 40)[0] == 3  # a new branch
    assert act(TRIAGE_RANGE=f"{head}..{head}") == (0, "")
    code, text = act(TRIAGE_BASE="1" * 40)
    assert code == 1
    assert "fetch-depth: 0" in text
    assert not (side / "broken").exists()


def test_the_other_recipes_start_what_there_is(side: Path, tmp_path: Path) -> None:
    hooks = {hook["id"]: hook for hook in recipe(".pre-commit-hooks.yaml")}
    assert hooks["triage-message"]["stages"] == ["commit-msg"]
    (tmp_path / "triage").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage "$@"\n')
    (tmp_path / "triage").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PRE_COMMIT_FROM_REF": "main"}
    import shlex

    push = [*shlex.split(hooks["triage-push"]["entry"]), "--policy", "plain-dco"]
    for to, code in (("HEAD", 3), ("HEAD~1", 0)):
        assert subprocess.run(push, cwd=side, env=env | {"PRE_COMMIT_TO_REF": to}, capture_output=True).returncode == code
    spec, job = yaml.safe_load_all((ROOT / "templates" / "check.yml").read_text("utf-8"))
    assert set(spec["spec"]["inputs"]) == {"policy", "source", "revision", "fail-on", "stage", "image"}
    assert any(".ci/check-commits" in line for line in job["triage check"]["script"])
    assert "templates" not in str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"])


def test_no_file_of_the_tree_stands_for_the_commits(side: Path, run: Run) -> None:
    (side / "main..HEAD").write_text("From: A <a@example.org>\nSubject: hello\n\nnothing\n")
    assert run("check", "main..HEAD", "--policy", "plain-dco", "--fail-on", "error").code == 3
    (side / "one..patch").write_bytes(mail(patch_body("Text.\n\n")))
    assert "DCO001" in run("check", "one..patch", "--policy", "plain-dco").out


def test_a_plain_merge_is_let_by_and_colours_change_nothing(tree: Path, run: Run, tmp_path: Path) -> None:
    git(tree, "switch", "-q", "-c", "side")
    commit(tree, "b.c", f"b: one\n\nText.\n\n{SOB}")
    git(tree, "switch", "-q", "main")
    commit(tree, "c.c", f"c: two\n\nText.\n\n{SOB}")
    git(tree, "merge", "-q", "--no-commit", "side")
    message = tmp_path / "message"
    message.write_text("Merge branch 'side'\n")
    words = ("check", "--message", str(message), "--policy", "plain-dco", "--fail-on", "error")
    assert run(*words).code == 0
    (tree / "evil.c").write_text("int evil;\n")
    git(tree, "add", "-A")
    assert run(*words).code == 3
    git(tree, "merge", "--abort")
    git(tree, "config", "color.ui", "always")
    (tree / "AGENTS.md").write_text("Do this.\n")
    git(tree, "add", "-A")
    message.write_text(f"agents: add\n\nText.\n\n{SOB}\n")
    assert "AI013" in run("check", "--message", str(message), "--policy", "jupyterhub").out


def test_no_merge_driver_of_the_repository_runs(tree: Path, run: Run, tmp_path: Path) -> None:
    lines = [f"{number}\n" for number in range(20)]
    (tree / "list.txt").write_text("".join(lines))
    (tree / ".gitattributes").write_text("list.txt merge=own filter=own\n")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", f"list: add\n\nText.\n\n{SOB}")
    git(tree, "switch", "-q", "-c", "side")
    (tree / "list.txt").write_text("".join(["first\n", *lines[1:]]))
    git(tree, "commit", "-q", "-a", "-m", f"list: change the first\n\nText.\n\n{SOB}")
    git(tree, "switch", "-q", "main")
    (tree / "list.txt").write_text("".join([*lines[:-1], "last\n"]))
    git(tree, "commit", "-q", "-a", "-m", f"list: change the last\n\nText.\n\n{SOB}")
    git(tree, "merge", "-q", "--no-edit", "side")
    ran = tmp_path / "ran"
    for setting in ("merge.own.driver", "filter.own.clean", "filter.own.smudge"):
        git(tree, "config", setting, f"touch {ran}; cat; true")
    git(tree, "config", "merge.renormalize", "true")
    done = run("check", "HEAD~1..HEAD", "--policy", "plain-dco", "--fail-on", "error")
    assert (done.code, ran.exists()) == (0, False), done.out  # the plain merge is seen as one, and nothing of theirs ran


def test_a_new_branch_is_judged_by_what_is_its_own(tree: Path, tmp_path: Path) -> None:
    commit(tree, "old.c", "old: unsigned")
    commit(tree, "older.c", "older: unsigned too")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(tree), str(clone))
    git(clone, "switch", "-q", "-c", "side")
    commit(clone, "b.c", f"b: one\n\nText.\n\n{SOB}")
    (tmp_path / "triage").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage "$@"\n')
    (tmp_path / "triage").chmod(0o755)
    env = os.environ | {
        "TRIAGE_POLICY": "plain-dco",
        "TRIAGE_HEAD": git(clone, "rev-parse", "HEAD"),
        "TRIAGE_BASE": "0" * 40,
        "TRIAGE_DEFAULT": "main",
    }
    done = subprocess.run(
        ["sh", str(ROOT / ".ci" / "check-commits"), str(tmp_path / "triage")], cwd=clone, env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
