# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attacker made: each input as it was handed over."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.bench.nastiness import work
from tests.conftest import SHARED, Run
from triage.config import Config

ATTACKS = SHARED.parent / "cases" / "attacks"
pytestmark = pytest.mark.corpus


@pytest.mark.parametrize("name", ["dos-codev-pairs-500.eml", "dos-hunks-64k.eml", "dos-part-ctype-64k.eml", "dos-part-disp-64k.eml"])
def test_a_mail_made_to_be_slow_is_read_at_once(name: str) -> None:
    assert work((ATTACKS / name).read_bytes()) < 2


@pytest.mark.parametrize(("name", "message"), [("esc-date.mbox", "esc@x"), ("crash-parens.mbox", "parens@x")])
def test_a_head_made_to_break_a_reply_breaks_none(
    config: Config, run: Run, isolated: Path, tmp_path: Path, name: str, message: str
) -> None:
    assert run("add", "w", str(ATTACKS / name), "--policy", "linux-kernel").code == 0
    run("ingest")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    given = run("opinion", "give", message, "agree")
    assert given.code == 0, given.err
    for words in (
        ("opinion", "publish", given.out.strip()), ("report", "--format", "mbox"), ("draft", message),
        ("opinion", "ask", message, "z@example.org", "-m", "hi", "--mail", str(tmp_path / "f")),
    ):  # fmt: skip
        done = run(*words)
        assert done.code in {0, 1}, done.err
        assert "Traceback" not in done.err
        assert "\x1b" not in done.out + done.err


def test_a_tree_of_billions_of_files_is_a_sentence(config: Config, run: Run, tmp_path: Path) -> None:
    with tarfile.open(ATTACKS / "tree-bomb.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    (path,) = [entry for entry in tmp_path.iterdir() if (entry / "HEAD").exists() or (entry / ".git").exists() or (entry / "git").exists()]
    done = run("add", "l", str(path), "--policy", "none")
    if done.code == 0:
        row = json.loads(run("ingest", "--json").out)["archives"][0]
        assert row["quarantined"] <= 1000
    else:
        assert "Traceback" not in done.err
    assert subprocess.run(["git", "-C", str(path), "rev-parse", "HEAD"], capture_output=True, check=False).returncode in {0, 128}
