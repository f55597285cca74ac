# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No mail stops intake: readers are linear in what they read, and what still costs too much is quarantined and tried again."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.nastiness import KINDS, work
from tests.conftest import Inbox, Run, mail, patch_body
from triage.config import Config
from triage.ingest import reading
from triage.ingest.watch import TooCostlyError, watched
from triage.mail.message import read_mail
from triage.model import RawMail

SIZE = 96 * 1024


def steps(do: Callable[[], object]) -> int:
    """Count the Python lines that some work runs: the same on every machine."""
    count = 0

    def trace(frame: object, event: str, arg: object) -> Callable[..., object]:
        nonlocal count
        count += 1
        return trace

    sys.settrace(trace)
    try:
        do()
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_three_times_as_long_takes_few_more_than_three_times_the_steps(kind: str) -> None:
    small, large = KINDS[kind](SIZE // 6), KINDS[kind](SIZE // 2)
    work(small)
    assert steps(lambda: work(large)) < 4 * steps(lambda: work(small)) + 20_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_mail_is_read_within_the_watch(kind: str) -> None:
    assert work(KINDS[kind](1024 * 1024)) < 10


def test_fifty_mails_beside_one_of_each_kind_are_all_read(inbox: Inbox, run: Run) -> None:
    for name, make in KINDS.items():
        inbox.add(make(64 * 1024).replace(b"<a@example.org>", f"<{name.replace(' ', '-')}@nasty.example>".encode(), 1))
    for number in range(50):
        inbox.add(mail(patch_body(), key=f"good{number}", subject=f"[PATCH] good: {number}"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    row = json.loads(run("ingest", "--json").out)["archives"][0]
    assert row["parsed"] + row["quarantined"] == row["entries"] == 50 + len(KINDS)
    listed = run("list", "--json").out
    assert all(f'"good{number}@example.org"' in listed for number in range(50))


def endless(raw: RawMail, fast: bool = True) -> object:
    if b"x" * SIZE in raw.content:
        while True:
            pass
    return read_mail(raw, fast)


def hungry(raw: RawMail, fast: bool = True) -> object:
    if b"x" * SIZE in raw.content:
        return bytearray(1 << 31)
    return read_mail(raw, fast)


@pytest.mark.parametrize(("reader", "says"), [(endless, "more than 1 s"), (hungry, "of memory")])
def test_what_costs_too_much_is_quarantined_and_the_rest_goes_on(
    inbox: Inbox, run: Run, config: Config, monkeypatch: pytest.MonkeyPatch, reader: Callable[..., object], says: str
) -> None:
    monkeypatch.setattr("triage.ingest.watch.SECONDS", 1.0)
    inbox.add(
        mail(patch_body(), key="before"), mail("x" * SIZE + "\n", key="costly"), mail(patch_body(), key="after", subject="[PATCH] b: c")
    )
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    with monkeypatch.context() as patched:
        patched.setattr(reading, "read_mail", reader)
        done = run("ingest", "--json")
        assert done.code == 65
        row = json.loads(done.out)["archives"][0]
        assert (row["parsed"], row["quarantined"]) == (2, 1)
        assert says in run("report").out
        assert run("ingest", "--json").code == 0  # the next run does not meet it again
    assert json.loads(run("ingest", "--json").out)["archives"][0]["total"]["quarantined"] == 1
    row = json.loads(run("ingest", "--retry", "--json").out)["archives"][0]
    assert (row["total"]["parsed"], row["total"]["quarantined"]) == (3, 0)
    assert "costly@example.org" in run("show", "costly@example.org").out


def test_a_watch_leaves_nothing_behind() -> None:
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF)
    with pytest.raises(TooCostlyError, match="of memory"), watched(1 << 20):
        bytearray(1 << 40)
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF)) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


# archives --------------------------------------------------------------------------------------------------------------------------------


def tree(path: Path, *rows: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(path), "mktree"], input="".join(f"{row}\n" for row in rows), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def bomb(path: Path, levels: int = 5, width: int = 1000) -> str:
    """Return a tree that names `width` to the power of `levels` files in some kilobytes."""
    done = subprocess.run(["git", "-C", str(path), "hash-object", "-w", "--stdin"], input=b"x", capture_output=True, check=True)
    found, kind, mode = done.stdout.decode().strip(), "blob", "100644"
    for _ in range(levels):
        found, kind, mode = tree(path, *(f"{mode} {kind} {found}\t{number:04}" for number in range(width))), "tree", "040000"
    return found


@pytest.mark.parametrize("place", ["m", "ab", "odd"])
def test_a_tree_that_names_billions_of_files_is_one_entry(inbox: Inbox, run: Run, place: str) -> None:
    for number in range(25):
        inbox.add(mail(patch_body(), key=f"good{number}", subject=f"[PATCH] good: {number}"))
    inbox.commit_tree(tree(inbox.path, f"040000 tree {bomb(inbox.path)}\t{place}"))
    for number in range(25, 50):
        inbox.add(mail(patch_body(), key=f"good{number}", subject=f"[PATCH] good: {number}"))
    run("add", "widgets", str(inbox.path), "--policy", "none")
    row = json.loads(run("ingest", "--json").out)["archives"][0]
    assert row["parsed"] == 50
    assert 1 <= row["quarantined"] <= 1000
    assert row["entries"] == sum(row[name] for name in ("parsed", "duplicate", "deleted", "quarantined", "unreadable"))
