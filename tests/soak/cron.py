# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.soak.cron`: 200 kills of a cron run, an hour of a person's writes beside it, 50 sizes of a full disk."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

from tests.conftest import GITCONFIG, Inbox, mail, patch_body
from tests.ingest.test_pipeline import dump, settled
from triage.admin.lists import add_list
from triage.config import Config, load_config
from triage.model import State
from triage.model.errors import TriageError
from triage.store.schema import open_index, open_personal
from tui.session import Session

RUN = """
import sys, triage.ingest.intake as reading, triage.ingest.derive as judging, triage.archive.local as own
judging.MANY, judging.BATCH = 5, 7
reading.CHUNK, reading.PARALLEL_FROM, own.BATCH, own.CHECKPOINT = 7, 40, 5, 2
from triage.cli import main
sys.argv = ["triage", "ingest", "--json", "--workers", "2"]
main()
"""


def mails(start: int, count: int) -> list[bytes]:
    """Return patches in series of three, each with a reply."""
    found = []
    for n in range(start, start + count):
        found.append(mail(patch_body(), key=f"k{n}", sender="Bo Sample <bo@example.org>", subject=f"[PATCH {n % 3 + 1}/3] t{n // 3}: part"))
        found.append(mail("Hm.\n", key=f"r{n}", subject=f"Re: [PATCH {n % 3 + 1}/3] t{n // 3}: part", In_Reply_To=f"<k{n}@example.org>"))
    return found


def made(folder: Path, count: int) -> tuple[Inbox, Path]:
    """Make an epoch and a Maildir with different mails."""
    inbox = Inbox(folder / "inbox" / "git" / "0.git")
    inbox.add(*mails(0, count))
    for name in ("cur", "new", "tmp"):
        (folder / "mail" / name).mkdir(parents=True)
    for number, content in enumerate(mails(10_000, count)):
        (folder / "mail" / "new" / f"{number:04}.x").write_bytes(content)
    return inbox, folder / "mail"


def home(folder: Path, inbox: Inbox, maildir: Path) -> Config:
    """Make a home that has both archives in one list."""
    config = load_config(str(folder))
    add_list(config, "w", (str(inbox.path), str(maildir)), "linux-kernel", "")
    return config


def start(config: Config, file_size: int = 0) -> "subprocess.Popen[str]":
    """Start a cron run in a process group of its own, in which no file may grow beyond a size where one is given."""
    env = os.environ | {"TRIAGE_HOME": str(config.paths.data)}
    words = [*(["prlimit", f"--fsize={file_size}"] if file_size else []), sys.executable, "-c", RUN]
    return subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def finish(config: Config) -> None:
    """Run until nothing is left to do, undisturbed."""
    process = start(config)
    out, err = process.communicate()
    assert process.returncode == 0, (process.returncode, out, err)


def kills(folder: Path, count: int) -> str:
    """Kill runs at random moments; the end is that of a run left alone, and no worker stays behind."""
    chance = random.Random(20261122)
    inbox, maildir = made(folder, 60)
    whole = home(folder / "whole", inbox, maildir)
    begun = time.monotonic()
    finish(whole)
    lasts = time.monotonic() - begun
    expected = dump(whole.paths.index)
    done = ended = 0
    while done < count:
        config = home(folder / f"killed{done}", inbox, maildir)
        for _ in range(5):
            process = start(config)
            time.sleep(chance.uniform(0.1, lasts * 1.1))
            ended += process.poll() is not None
            with suppress(ProcessLookupError):
                os.kill(process.pid, chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))
            _, err = process.communicate()
            assert "Traceback" not in err, err
            done += 1
        finish(config)
        assert dump(config.paths.index) == expected, config.paths.index
        assert settled(config)
    deadline = time.monotonic() + 20
    while left := subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, text=True).stdout.split():
        assert time.monotonic() < deadline, f"processes stayed behind: {left}"
        time.sleep(0.2)
    return f"{done} kills, {ended} of them of a run that had ended: the index is that of a run left alone each time"


def beside(folder: Path, writes: int, gap: float) -> str:
    """Write as a person does while cron runs go on and on; no write fails, none is lost, the runs lose no mail."""
    inbox, maildir = made(folder, 30)
    config = home(folder / "beside", inbox, maildir)
    finish(config)
    stop = threading.Event()
    runs: list[int] = []
    added = 0

    def cron() -> None:
        nonlocal added
        while not stop.is_set():
            inbox.add(*mails(20_000 + added * 3, 3))
            added += 1
            process = start(config)
            out, err = process.communicate()
            runs.append(process.returncode)
            if process.returncode not in {0, 75}:
                print(out, err, file=sys.stderr)

    thread = threading.Thread(target=cron)
    thread.start()
    session = Session(config)
    states = [State.SEEN, State.DONE]
    given = regrouped = 0
    expected: dict[str, str] = {}
    try:
        for number in range(writes):
            keys = session.series("", "activity")
            series = keys[number % len(keys)]
            session.listing("", "attention")
            if not (named := session.names([series])):
                regrouped += 1  # a run joined it with another between the two questions; a person's screen is read anew then
                continue
            name = named[0]
            row = session.view(name)
            state = states[number // len(keys) % 2]
            session.act([name], state)
            expected[row.line.message_id] = state.value
            if number % 50 == 0:
                session.give(row.line.message_id, "unsure", "", f"thought {number}")
                given += 1
            time.sleep(gap)
    except TriageError as error:
        raise AssertionError(f"a write failed beside a run: {error}") from error
    finally:
        stop.set()
        thread.join()
    finish(config)
    lines = session.lines(session.series("", "activity"))
    for line in lines.values():
        wanted = expected.get(line.message_id)
        assert wanted is None or line.state.value in {wanted, "updated", "seen"}, (line.message_id, wanted, line.state)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select count(*) from opinion").fetchone()[0] == given
        assert connection.execute("select count(*) from message").fetchone()[0] == 2 * 60 + added * 6
    assert set(runs) <= {0, 75}, runs
    assert regrouped < writes / 100
    return f"{writes - regrouped} writes and {given} opinions beside {len(runs)} runs that took {added * 6} new mails in: none failed, none lost"


def full(folder: Path, sizes: int) -> str:
    """Run where no file may grow beyond a size, one size after the other; then without the bound: nothing is lost or broken."""
    inbox, maildir = made(folder, 60)
    whole = home(folder / "whole", inbox, maildir)
    finish(whole)
    expected = dump(whole.paths.index)
    largest = max(path.stat().st_size for path in whole.paths.data.rglob("*") if path.is_file())
    said = 0
    for number in range(sizes):
        config = home(folder / f"full{number}", inbox, maildir)
        process = start(config, file_size=1 + largest * (number + 1) // (sizes + 1))
        _, err = process.communicate()
        assert "Traceback" not in err, err
        if process.returncode:
            assert process.returncode in {74, 75}, (process.returncode, err)
            assert len(err.strip().splitlines()) <= 3, err
            said += 1
        for name, opener in (("index", open_index), ("personal", open_personal)):
            with closing(opener(getattr(config.paths, name))) as connection:
                assert connection.execute("pragma quick_check").fetchone()[0] == "ok"
        finish(config)
        assert dump(config.paths.index) == expected, number
    return f"{sizes} sizes of a full disk, {said} said so: nothing broken, nothing lost"


def main() -> None:
    """Run all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "gitconfig").write_text(GITCONFIG, "utf-8")
        os.environ |= {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC"}
        for what, work in (
            ("kills", lambda there: kills(there, 200)), ("beside", lambda there: beside(there, 3600, 0.02)), ("full", lambda there: full(there, 50)),
        ):  # fmt: skip
            if len(sys.argv) < 2 or what in sys.argv[1:]:
                (folder / what).mkdir()
                print(json.dumps({what: work(folder / what)}), flush=True)


if __name__ == "__main__":
    main()
