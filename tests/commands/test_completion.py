# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell completion in a real bash, and the schemas that the program prints."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT, Inbox, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.model.codes import CODES


@pytest.fixture
def program(tmp_path: Path) -> dict[str, str]:
    """An environment whose PATH begins with this very program."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "triage").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage "$@"\n')
    (tmp_path / "bin" / "triage").chmod(0o755)
    return os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}


def bash(line: str, env: dict[str, str]) -> list[str]:
    """Return what bash offers at the end of a line."""
    words = line.split(" ")
    script = (
        'eval "$(triage completion bash)"\n'
        f"COMP_WORDS=({' '.join(w or chr(39) * 2 for w in words)}); COMP_CWORD={len(words) - 1}\n"
        '_triage_completion triage\nprintf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    return [word for word in done.stdout.splitlines() if word]


def test_bash_offers_lists_packs_codes_limits_and_series(demo: Config, program: dict[str, str]) -> None:
    env = program | {"TRIAGE_HOME": str(demo.paths.data)}
    assert {"ingest", "report", "completion"} <= set(bash("triage ", env))
    assert bash("triage remove ", env) == ["emulator", "widgets"]
    assert {"qemu", "linux-kernel"} <= set(bash("triage policy show ", env))
    assert bash("triage policy explain DCO00", env) == [code for code in CODES if code.startswith("DCO00")]
    assert bash("triage list sev", env) == ["severity:"]
    assert "llm-0@example.org" in bash("triage show llm", env)
    assert bash("triage ingest --exec", env) == ["--executor"]


def test_completion_says_nothing_where_nothing_can_be_read(program: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "archives.json").write_text("[")
    env = program | {"TRIAGE_HOME": str(tmp_path / "home")}
    assert bash("triage remove ", env) == []
    assert bash("triage show ", env) == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_their_scripts(shell: str, run: Run, tmp_path: Path) -> None:
    text = run("completion", shell).out
    assert "_TRIAGE_COMPLETE" in text
    if found := shutil.which(shell):
        (tmp_path / "script").write_text(text)
        assert subprocess.run([found, "-n", str(tmp_path / "script")], capture_output=True).returncode == 0


def test_every_schema_is_printed_and_says_where_it_is_kept(run: Run) -> None:
    names = run("schema").out.split()
    assert {"list", "show", "policy-pack"} <= set(names)
    for name in names:
        schema = json.loads(run("schema", name).out)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"https://patch-triage.readthedocs.io/en/stable/schemas/{name}.json"
    assert run("schema", "nothing").code == 2


def test_no_stranger_completes_a_command(config: Config, inbox: Inbox, program: dict[str, str], tmp_path: Path) -> None:
    inbox.add(mail(patch_body(), key="a$(touch${IFS}broken)*"), mail(patch_body(), key="good", subject="[PATCH] other"))
    add_list(config, "w", (str(inbox.path),), "plain-dco", "")
    ingest(config, load_lists(config.paths))
    assert bash("triage show ", program | {"TRIAGE_HOME": str(config.paths.data)}) == ["good@example.org"]
