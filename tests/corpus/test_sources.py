# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same real mails by every way they can come: the same series, the same findings."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.corpus.test_archives import mails
from tests.ingest.test_pipeline import dump
from tests.servers import Server
from triage.admin.lists import add_list
from triage.config import load_config, load_lists
from triage.ingest.executors import open_executor
from triage.ingest.pipeline import ingest
from triage.ingest.summary import RunOptions

pytestmark = pytest.mark.corpus
NUMBER = 3509
SERIES = ("subject", "version", "total", "received", "patches", "topic")
FINDINGS = ("code", "severity", "quote", "message_id")


@pytest.fixture(scope="module")
def epoch(mirrors: dict[str, Path]) -> Path:
    return mirrors["util-linux"]


@pytest.fixture(scope="module")
def expected(epoch: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    home = tmp_path_factory.mktemp("expected")
    command(home, "add", "ul", str(epoch), "--policy", "plain-dco")
    command(home, "ingest", "-q")
    found = answers(home)
    assert len(found[0]) > 500
    assert len(found[1]) > 50
    return found


def command(home: Path, *words: str, stdin: Any = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "triage", "--home", str(home), *words], capture_output=True, text=True, stdin=stdin or subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "" or words[0] == "add"
    return done.stdout


def answers(home: Path) -> tuple[list[str], list[str]]:
    """Return what `list` and `findings` say, but for ids and links that name an archive."""

    def rows(words: str, keys: tuple[str, ...]) -> list[str]:
        found = (json.loads(line) for line in command(home, words, "--json").splitlines())
        return sorted(json.dumps({key: row[key] for key in keys}, sort_keys=True) for row in found)

    return rows("list", SERIES), rows("findings", FINDINGS)


def fill(folder: Path, epoch: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, raw in enumerate(mails(epoch)):
        (folder / "cur" / f"{number:06}.x:2,S").write_bytes(raw.content)
    assert number == NUMBER - 1
    return folder


def write_mbox(path: Path, epoch: Path) -> Path:
    quoted = __import__("re").compile(rb"^(>*From )", 8)
    with path.open("wb") as out:
        for raw in mails(epoch):
            out.write(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + quoted.sub(rb">\1", raw.content))
            out.write(b"\n" if raw.content.endswith(b"\n") else b"\n\n")
    return path


@contextmanager
def served(folder: Path, epoch: Path, level: str) -> Iterator[Server]:
    server = Server(folder, level)
    shutil.rmtree(server.inbox / "git" / "0.git")
    shutil.copytree(epoch, server.inbox / "git" / "0.git")
    server.index()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("way", ["mbox", "mbox.gz", "maildir", "notmuch", "stdin", "mirror", "search"])
def test_whatever_way_they_come_they_say_the_same(
    way: str, epoch: Path, expected: tuple[list[str], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, policy = tmp_path / "triage", ("--policy", "plain-dco")
    if way in {"mbox", "mbox.gz", "stdin"}:
        path = write_mbox(tmp_path / "all.mbox", epoch)
        if way == "stdin":
            command(home, "add", "ul", "-", *policy)
            with path.open("rb") as file:
                command(home, "ingest", "-q", "--mbox", "ul", stdin=file)
        else:
            if way == "mbox.gz":
                subprocess.run(["gzip", path], check=True)
                path = tmp_path / "all.mbox.gz"
            command(home, "add", "ul", str(path), *policy)
    elif way in {"maildir", "notmuch"}:
        folder = fill(tmp_path / "mail" / "all", epoch)
        address = str(folder)
        if way == "notmuch":
            (tmp_path / "config").write_text(f"[database]\npath={tmp_path / 'mail'}\n", "utf-8")
            monkeypatch.setenv("NOTMUCH_CONFIG", str(tmp_path / "config"))
            subprocess.run(["notmuch", "new", "--quiet"], check=True)
            address = "notmuch:*"
        command(home, "add", "ul", address, *policy)
    else:
        with served(tmp_path / "server", epoch, "medium" if way == "search" else "basic") as server:
            command(home, "add", "ul", server.url, *policy, *(["--since", "2005-01-01"] if way == "search" else []))
            command(home, "ingest", "-q")
            assert answers(home) == expected
            assert command(home, "ingest") == ""
        return
    command(home, "ingest", "-q")
    assert answers(home) == expected
    assert command(home, "ingest") == ""


def test_a_dask_cluster_reads_what_processes_read(epoch: Path, tmp_path: Path, run: Run) -> None:
    """A scheduler and two worker processes of their own, each given chunks of the commits."""

    def read(name: str, executor: str) -> list[str]:
        config = load_config(str(tmp_path / name))
        add_list(config, "ul", (str(epoch),), "plain-dco", "")
        with open_executor(executor) as pool:
            (done,) = ingest(config, load_lists(config.paths), RunOptions(workers=2, executor=pool))
        assert done.counts.entries == NUMBER
        return dump(config.paths.index)

    from tests.servers import free_port

    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", address.rpartition(":")[2], "--no-dashboard",
                                  "--host", "127.0.0.1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    workers = [
        subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--no-dashboard", "--nthreads", "1",
                          "--local-directory", str(tmp_path / f"w{n}")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for n in range(2)
    ]  # fmt: skip
    try:
        assert read("cluster", f"dask:{address}") == read("processes", "")
    finally:
        for process in (*workers, scheduler):
            process.kill()  # a worker whose scheduler is gone first may wait for it
        for process in (*workers, scheduler):
            process.wait()
