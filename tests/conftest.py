# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test gets: a home of its own, git that knows nobody else's configuration, and the sample archives."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from triage.admin.demo import make_demo
from triage.archive.pipe import split_mails
from triage.cli import main
from triage.config import Config, load_config, load_lists
from triage.git import patch_ids
from triage.ingest.pipeline import ingest
from triage.policy.check import Checked, check_mails
from triage.policy.project import Project, Projects
from triage.store.personal import save_place
from triage.store.schema import open_personal
from triage.store.transaction import transaction

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "corpora"

GITCONFIG = "[user]\n\tname = Ada Example\n\temail = ada@example.org\n[init]\n\tdefaultBranch = master\n"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-screens", action="store_true", help="write the text screens again")


def pytest_configure() -> None:
    """Take signals back that were ignored by whoever started this, nohup or a runner: what is started here is to be stopped by them."""
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGHUP else signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason="the shared corpora do not lie beside the repository")
    for item in items:
        if "corpus" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own home, git configuration, time zone and working folder."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "gitconfig").write_text(GITCONFIG, "utf-8")
    for name in list(os.environ):
        if name.startswith(("GIT_", "XDG_", "TRIAGE_", "NO_COLOR")) or name in {"COLUMNS", "LINES"}:  # the last two are xdist's
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TRIAGE_HOME", str(home / "triage"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def config(isolated: Path) -> Config:
    """The configuration of the test's own home."""
    return load_config()


@dataclass
class Outcome:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, through its real edge."""

    def call(*words: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["triage", *words])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archives, ingested once; tests copy it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    config = load_config(str(home))
    ingest(config, make_demo(config))
    with closing(open_personal(config.paths.personal, write=True)) as connection, transaction(connection, config.paths.personal):
        save_place(connection, "view", "")  # it was left with all series on the screen
    return home


@pytest.fixture
def demo(demo_home: Path, isolated: Path) -> Config:
    """A copy of the ingested sample archives as this test's home; the archives' paths still point to the first."""
    shutil.copytree(demo_home, isolated / "triage")
    config = load_config()
    assert load_lists(config.paths)
    return config


def mail(body: str = "Text.\n", *, key: str = "a", subject: str = "[PATCH] widget: fix", sender: str = "Ada Example <ada@example.org>",
         date: str = "Mon, 02 Mar 2026 09:00:00 +0000", **headers: str) -> bytes:  # fmt: skip
    """Return a mail's bytes; other headers by keyword, `_` for `-`."""
    head = f"From: {sender}\nSubject: {subject}\nDate: {date}\nMessage-ID: <{key}@example.org>\n"
    head += "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return (head + "\n" + body).encode("utf-8", "surrogateescape")


def cpu(work: Callable[[], None]) -> float:
    """Return the least CPU time of three tries: for telling a quadratic cost (a hundredfold for ten times the size) from a linear one."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return max(best, 0.001)


DIFF = """\
diff --git a/widget.c b/widget.c
index 1111111..2222222 100644
--- a/widget.c
+++ b/widget.c
@@ -1,3 +1,3 @@
 int widget(void)
-\treturn 0;
+\treturn 1;
 /* end */
"""
SOB = "Signed-off-by: Ada Example <ada@example.org>\n"


def patch_body(message: str = f"It was broken.\n\n{SOB}", tail: str = "", diff: str = DIFF) -> str:
    """Return the text of a patch mail."""
    return f"{message}---\n{tail} widget.c | 2 +-\n 1 file changed\n\n{diff}-- \n2.45.0\n"


class Inbox:
    """A public-inbox v2 epoch being written by git, one commit a mail."""

    def __init__(self, path: Path, since: int = 1772442000) -> None:
        self.path = path
        self.count = 0
        self.since = since
        """When the first mail is taken in, in seconds; a mail is judged by the earlier of this and its own date."""
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--bare")

    def git(self, *args: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["git", f"--git-dir={self.path}", *args], input=stdin, capture_output=True, check=True, env=os.environ | (env or {})
        )
        return done.stdout.decode().strip()

    def commit(self, files: dict[str, bytes], mode: str = "100644") -> str:
        """Commit a tree of the given files on top; returns the commit."""
        rows = "".join(f"{mode} blob {self.git('hash-object', '-w', '--stdin', stdin=c)}\t{name}\n" for name, c in files.items())
        tree = self.git("mktree", stdin=rows.encode())
        return self.commit_tree(tree)

    def commit_tree(self, tree: str) -> str:
        self.count += 1
        when = f"{self.since + self.count * 60} +0000"
        parent = subprocess.run(
            ["git", f"--git-dir={self.path}", "rev-parse", "-q", "--verify", "refs/heads/master"], capture_output=True, text=True
        )
        parents = ["-p", parent.stdout.strip()] if parent.returncode == 0 else []
        dates = {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
        commit = self.git("commit-tree", tree, *parents, "-m", "mail", env=dates)
        self.git("update-ref", "refs/heads/master", commit)
        return commit

    def add(self, *mails: bytes) -> None:
        for content in mails:
            self.commit({"m": content})


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """An empty epoch."""
    return Inbox(tmp_path / "inbox" / "git" / "0.git")


def check_content(content: bytes, project: Project) -> list[Checked]:
    """Return what a project says of the mails in a file."""
    return check_mails(split_mails(content), Projects((project,)), patch_ids)
