# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that takes a while, in a real terminal: mail looked for, opinions exchanged, a key that wants its passphrase."""

import subprocess
from contextlib import closing
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.conftest import Run, mail, patch_body
from tests.e2e.terminal import TRIAGE, Terminal
from triage.archive.local import OwnInbox
from triage.config import Config
from triage.opinion.give import give_opinion
from triage.opinion.index import refreshed
from triage.store.opinions import load_records
from triage.store.schema import open_index


@pytest.fixture
def long_list(tmp_path: Path, run: Run) -> int:
    today = formatdate()  # all of it is new: there is nothing to leave to a later run
    OwnInbox(tmp_path / "long").add(mail(patch_body(), key=f"n{n}", subject=f"[PATCH] widget {n}", date=today) for n in range(3000))
    assert run("add", "widgets", str(tmp_path / "long"), "--policy", "linux-kernel").code == 0
    return 3000


def test_a_first_ingest_says_how_far_it_is_and_esc_stops_it(terminal: Terminal, long_list: int, config: Config) -> None:
    terminal.start(TRIAGE)
    terminal.goes("=No mail yet", "u", "=widgets: reading")
    terminal.until(lambda shown: "of 3.0k" in shown and "%" in shown and "Esc stops it" in shown, "how much there is")
    terminal.goes("Escape", "=stopped; what was stored is whole", "u", "=new series")
    terminal.goes("=of 3000 series by attention")
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select count(*) from series").fetchone()[0] == long_list


def test_opinions_are_exchanged_from_the_list_and_those_that_came_are_told(
    terminal: Terminal, demo: Config, tmp_path: Path, isolated: Path, run: Run
) -> None:
    remote = tmp_path / "opinions.git"
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    assert run("opinion", "sync", str(remote)).code == 0
    give_opinion(demo, "unsigned@example.org", "agree", "DCO001", "yes")
    terminal.start(TRIAGE)
    terminal.goes("=series by attention", "U", "=opinions: 0 received, 1 sent")


def test_git_is_lent_the_terminal_for_a_passphrase(terminal: Terminal, demo: Config, isolated: Path) -> None:
    key = isolated / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "correct horse", "-f", key], check=True)
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[user]\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    terminal.start(TRIAGE)
    terminal.goes("=series by attention", "l", "=limit:", "+arr[i]", "Enter", "=1 of 40 series", "o", "=Opinion on", "C-y", "=passphrase")
    terminal.goes("+correct horse", "Enter", "=recorded: agree on DCO001, signed")
    with closing(refreshed(demo)) as connection:
        assert [(one.kind, one.signed) for one in load_records(connection)] == [("agree", "unverified")]
