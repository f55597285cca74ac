# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`opinion give` and `opinion sync` killed (kill -9) at any moment: every record that was acknowledged is in every log at the end, by its id."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import DIFF, Inbox, mail, patch_body
from tests.reviewers import bare, make_key
from triage.admin.lists import add_list
from triage.config import load_config, load_lists
from triage.ingest.pipeline import ingest

KILLS, PATCHES = 200, 12


class Home:
    """One reviewer's machine: a data folder, an identity and a key."""

    def __init__(self, folder: Path, name: str, archive: Path) -> None:
        self.path = folder / name
        self.path.mkdir(parents=True)
        key = make_key(folder / "keys", name)
        text = f"[user]\n\tname = {name.title()}\n\temail = {name}@example.org\n\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n"
        (self.path / "gitconfig").write_text(text)
        self.env = os.environ | {"GIT_CONFIG_GLOBAL": str(self.path / "gitconfig"), "TRIAGE_HOME": str(self.path / "home")}
        config = load_config(str(self.path / "home"))
        add_list(config, "widgets", (str(archive),), "linux-kernel", "")
        ingest(config, load_lists(config.paths))

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "triage", *words], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2], start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str) -> str:
        process = self.start(*words)
        out, err = process.communicate()
        assert process.returncode == 0, f"{words}: {err}"
        return out

    def ids(self) -> set[str]:
        git = ["git", "-C", str(self.path / "home" / "opinions.git")]
        refs = subprocess.run([*git, "for-each-ref", "--format=%(refname)", "refs/opinions"], capture_output=True, text=True, check=True)
        found = set()
        for ref in (line for line in refs.stdout.splitlines() if line.endswith("/log")):
            listed = subprocess.run([*git, "rev-list", ref], capture_output=True, text=True, check=True).stdout.split()
            for commit in listed:
                record = subprocess.run([*git, "show", f"{commit}:m"], capture_output=True, text=True, check=True).stdout
                found.add(record.partition("Message-ID: <")[2].partition(">")[0])
        return found


def kill_many(folder: Path, kills: int = KILLS, seed: int = 7) -> None:
    """Let two reviewers give and exchange, each run killed after some time; then everything that was acknowledged must be everywhere."""
    chance = random.Random(seed)
    inbox = Inbox(folder / "inbox" / "git" / "0.git")
    for number in range(PATCHES):
        diff = DIFF.replace("return 1", f"return {number + 3}").replace("widget.c", f"w{number}.c")
        inbox.add(mail(patch_body(f"Number {number}.\n\n", diff=diff), key=f"p{number}", subject=f"[PATCH] item {number}: count"))
    homes = [Home(folder, name, inbox.path) for name in ("alice", "bob")]
    remote = bare(folder / "remote.git")
    alice, bob = homes
    alice.run("opinion", "keys", "add")
    alice.run("opinion", "keys", "add", "bob@example.org", str(folder / "keys" / "bob.pub"))
    alice.run("opinion", "sync", str(remote))
    bob.start("opinion", "sync", str(remote)).communicate()
    bob.run("opinion", "keys", "trust", "--yes")
    acknowledged: set[str] = set()
    done = 0
    while done < kills:
        home = chance.choice(homes)
        verdict = chance.choice(("agree", "unsure", "disagree"))
        words = (
            ("opinion", "sync")
            if chance.random() < 0.5
            else ("opinion", "give", f"p{chance.randrange(PATCHES)}@example.org", verdict, "-m", "x")
        )
        process = home.start(*words)
        time.sleep(chance.uniform(0.2, 2.0))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        done += process.returncode == -signal.SIGKILL
        if process.returncode == 0 and words[1] == "give":
            acknowledged.add(out.strip())
    time.sleep(6)  # git's locks of those that were killed count as left over after 5 s
    for home in (*homes, *homes):
        home.run("opinion", "sync")
    for home in homes:
        home.run("opinion", "verify")
        missing = acknowledged - home.ids()
        assert not missing, f"{home.path.name} lacks {sorted(missing)}"
        home.run("db", "rebuild")
        home.run("opinion", "list", "--json")
    assert homes[0].ids() == homes[1].ids()
    print(f"{done} runs killed; {len(acknowledged)} acknowledged records, all in both logs, {len(homes[0].ids())} in all", flush=True)
