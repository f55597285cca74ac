# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A full disk at many sizes, inside git's own writes too: a record is told as given if and only if it is there, and all works afterwards."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.soak.kills_exchange import Home
from triage.config import load_config

SIZES = 60


def fill_all(folder: Path, sizes: int = SIZES) -> None:
    """Give, exchange and take in with ever more room; needs the right to mount a tmpfs."""
    from tests.conftest import DIFF, Inbox, mail, patch_body
    from tests.reviewers import bare

    inbox = Inbox(folder / "inbox" / "git" / "0.git")
    for number in range(6):
        diff = DIFF.replace("return 1", f"return {number + 3}").replace("widget.c", f"w{number}.c")
        inbox.add(mail(patch_body(f"Number {number}.\n\n", diff=diff), key=f"p{number}", subject=f"[PATCH] item {number}: count"))
    whole = Home(folder, "alice", inbox.path)
    whole.run("opinion", "keys", "add")
    whole.run("opinion", "sync", str(bare(folder / "remote.git")))
    told = {"given": 0, "refused": 0}
    for step in range(sizes):
        room = 4096 * (step + 1) if step < sizes // 2 else 4096 * (sizes // 2) + 16384 * (step - sizes // 2)
        _at(folder, whole, room, told)
    print(f"{sizes} sizes: {told['given']} records given, {told['refused']} refused, none told otherwise than it was", flush=True)


def _at(folder: Path, whole: Home, room: int, told: dict[str, int]) -> None:
    small = folder / "small"
    small.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)], check=True)
    try:
        shutil.copytree(whole.path / "home", small / "home", symlinks=True)
        env = whole.env | {"TRIAGE_HOME": str(small / "home")}
        stat = os.statvfs(small)
        filler = small / "filler"
        with filler.open("wb") as file:
            file.write(b"x" * max(0, stat.f_bavail * stat.f_frsize - room))

        def triage(*words: str) -> subprocess.CompletedProcess[str]:
            done = subprocess.run(
                [sys.executable, "-m", "triage", *words],
                env=env,
                capture_output=True,
                text=True,
                check=False,
                cwd=Path(__file__).parents[2],
            )
            assert "Traceback" not in done.stderr, (room, words, done.stderr)
            return done

        def count() -> int:
            git = ["git", "-C", str(small / "home" / "opinions.git"), "rev-list", "--count", "--glob=refs/opinions/alice*"]
            return int(subprocess.run(git, capture_output=True, text=True, check=False).stdout or 0)

        given = triage("opinion", "give", "p1@example.org", "unsure", "-m", "x")
        assert (given.returncode == 0) == (count() == 1), (room, given.returncode, given.stderr, count())
        told["given" if given.returncode == 0 else "refused"] += 1
        for words in (("opinion", "sync"), ("ingest",), ("opinion", "ask", "p2@example.org", "bo@example.org", "-m", "x")):
            triage(*words)
        filler.unlink()
        for words in (
            ("list",),
            ("opinion", "list"),
            ("opinion", "verify"),
            ("db", "check"),
            ("ingest",),
            ("opinion", "sync"),
            ("db", "rebuild"),
        ):
            done = triage(*words)
            assert done.returncode == 0, (room, words, done.stderr)
        assert load_config(str(small / "home")).paths.index.exists()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
