# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other tools asked about patches: a real command that speaks b4's check protocol, and a stand-in of patchwork's API on loopback."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from textual.pilot import Pilot

from tests.conftest import DIFF, ROOT, Inbox, Run, mail, patch_body
from tests.driving import drive, screen_text, settle
from triage.admin.lists import add_list
from triage.config import Config
from triage.programs import ask_program, feed_program

TODAY = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - 3600))
PROGRAM = """#!/bin/sh
cat > {folder}/seen.$$
echo run >> {folder}/runs
cat <<'END'
[{{"tool": "checkpatch", "status": "warn", "summary": "2 warnings", "details": "line one\\nline \\u001b[31mtwo", "url": "https://ci.example.org/1"}}]
END
"""


@pytest.fixture
def checked(config: Config, inbox: Inbox, tmp_path: Path) -> Path:
    """A list with a new patch, an old one and a reply, and a program that is asked about patches; the folder it notes its runs in."""
    (tmp_path / "program").write_text(PROGRAM.format(folder=tmp_path))
    (tmp_path / "program").chmod(0o755)
    configure(config, f'command = ["{tmp_path / "program"}"]')
    inbox.add(mail(patch_body("Text.\n\n", diff=DIFF.replace("widget.c", "old.c")), key="old", subject="[PATCH] old"))
    inbox.since = int(time.time()) - 3000
    inbox.add(mail(patch_body("Text.\n\n"), key="new", date=TODAY))
    inbox.add(mail("Fine.\n", key="r", subject="Re: [PATCH] x", date=TODAY, In_Reply_To="<new@example.org>"))
    add_list(config, "widgets", (str(inbox.path),), "plain-dco", "")
    return tmp_path


def configure(config: Config, *lines: str) -> None:
    config.paths.config.mkdir(parents=True, exist_ok=True)
    (config.paths.config / "config.toml").write_text("[checks]\n" + "".join(f"{line}\n" for line in lines))


def shown(run: Run, *words: str) -> Any:
    row = json.loads(run("show", *words, "--json").out)
    name = "list" if "--series" in words else "show"
    jsonschema.validate(row, json.loads((ROOT / "triage" / "schemas" / f"{name}.json").read_text("utf-8")))
    return row["checks"]


def test_new_patches_are_asked_about_once_and_shown_with_their_age(checked: Path, run: Run) -> None:
    assert run("ingest").code == 0
    (seen,) = checked.glob("seen.*")
    assert b"Message-ID: <new@example.org>" in seen.read_bytes()
    (result,) = shown(run, "new@example.org")
    assert (result["tool"], result["status"], result["summary"], result["url"]) == (
        "checkpatch",
        "warn",
        "2 warnings",
        "https://ci.example.org/1",
    )
    text = run("show", "new@example.org").out
    assert "Checks:     checkpatch: warn, 2 warnings (just now) https://ci.example.org/1" in text
    assert "line two" not in text
    assert "\x1b" not in text  # what a tool says is shown like any outside text
    assert [row["message_id"] for row in shown(run, "--series", "new@example.org")] == ["new@example.org"]
    assert "checkpatch: warn, 2 warnings" in run("show", "--series", "new@example.org").out
    assert run("ingest").code == 0
    assert (checked / "runs").read_text() == "run\n"
    assert run("show", "--checks", "old@example.org").code == 0  # asked for by name, whatever its age
    assert (checked / "runs").read_text() == "run\nrun\n"


def test_results_outlive_the_index_and_are_forgotten_after_half_a_year(checked: Path, run: Run, config: Config) -> None:
    run("ingest")
    assert run("db", "rebuild").code == 0
    assert len(shown(run, "new@example.org")) == 1
    with closing(sqlite3.connect(config.paths.personal)) as notes, notes:
        notes.execute("update check_asked set at = at - 181 * 86400")
    configure(config, 'command = ["true"]')
    run("ingest")
    assert shown(run, "new@example.org") == []


def test_the_terminal_shows_what_tools_said_of_a_patch(checked: Path, run: Run, config: Config) -> None:
    run("ingest")

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("0", "l", *"id:new@example.org", "enter")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "checkpatch: warn, 2 warnings (just now)" in screen_text(pilot.app)

    drive(config, steps)


def test_a_tool_that_cannot_be_started_is_a_warning_and_asked_again(checked: Path, run: Run, config: Config) -> None:
    configure(config, 'command = ["/nowhere/program"]')
    done = run("ingest")
    assert (done.code, "cannot run /nowhere/program of [checks]: " in done.err) == (0, True)
    assert shown(run, "new@example.org") == []
    configure(config, f'command = ["{checked / "program"}"]')
    assert (run("ingest").err, len(shown(run, "new@example.org"))) == ("", 1)


@pytest.mark.parametrize(
    ("script", "status", "summary"),
    [
        ("cat >/dev/null; echo no tree >&2; exit 2", "fail", "exited with error code 2"), ("echo fine", "fail", "invalid JSON output: "),
        ("head -c 3000000 /dev/zero", "fail", "it printed more than 1 MiB"), ("exec yes", "fail", "it printed more than 1 MiB"),
        ("printf '[%.0s' $(seq 100000)", "fail", "invalid JSON output: "), ("true", None, ""), ("echo '[]'", None, ""), ("echo '[1]'", None, ""),
    ],
)  # fmt: skip
def test_what_a_command_says_is_taken_as_b4_takes_it(
    script: str, status: str | None, summary: str, checked: Path, run: Run, config: Config
) -> None:
    configure(config, f'command = ["sh", "-c", {json.dumps(script)}]')
    done = run("ingest")
    assert (done.code, done.err) == (0, "")
    rows = shown(run, "new@example.org")
    assert [(row["status"], row["summary"][: len(summary)]) for row in rows] == ([(status, summary)] if status else [])


def test_a_patch_with_which_the_command_fails_holds_up_no_other(checked: Path, run: Run, config: Config, inbox: Inbox) -> None:
    script = f"cat > {checked}/got; echo run >> {checked}/runs; grep -q '^Message-ID: <new@' {checked}/got && exit 2; echo '{{\"status\": \"pass\"}}'"
    configure(config, f'command = ["sh", "-c", {json.dumps(script)}]')
    inbox.add(mail(patch_body("Other.\n\n", diff=DIFF.replace("widget.c", "b.c")), key="b", subject="[PATCH] b", date=TODAY))
    run("ingest")
    assert [shown(run, f"{name}@example.org")[0]["status"] for name in ("new", "b")] == ["fail", "pass"]
    run("ingest")
    assert (checked / "runs").read_text() == "run\nrun\n"
    configure(config, 'command = ["echo", "{\\"tool\\": \\"t\\", \\"status\\": \\"warn\\"}"]')
    run("ingest")  # another command is asked of what the first one answered for, and the first one's word is gone
    assert [(row["tool"], row["status"]) for row in shown(run, "new@example.org")] == [("t", "warn")]


def test_a_program_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    answer = ask_program(["sh", "-c", f"sleep 300 & echo $! > {tmp_path / 'pid'}; wait"], b"x" * 200_000, 0.5)
    assert answer.why == "it took more than 0 seconds"
    assert time.monotonic() - began < 30
    for _ in range(100):
        if not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/cmdline").exists():
            return
        time.sleep(0.1)
    pytest.fail("what it started is still there")


def test_a_program_is_ended_with_the_run_that_asked_it(tmp_path: Path) -> None:
    asks = f"from triage.programs import ask_program; ask_program(['sh', '-c', 'echo $$ > {tmp_path / 'pid'}; exec sleep 300'], b'', 200)"
    with subprocess.Popen([sys.executable, "-c", asks], cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_what_is_told_of_new_findings_may_print_and_leave_something_behind() -> None:
    began = time.monotonic()
    assert feed_program(["sh", "-c", "cat > /dev/null; head -c 3000000 /dev/zero; sleep 5 2>/dev/null &"], "x", 20) == ""
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("status", ['["pass"]', "{}", "7", '"success"'])
def test_an_odd_status_is_taken_as_a_failure_and_said(status: str, checked: Path, run: Run, config: Config) -> None:
    configure(config, f'command = [\'echo\', \'{{"status": {status}, "summary": "built"}}\']')
    assert run("ingest").code == 0
    (row,) = shown(run, "new@example.org")
    assert row["status"] == "fail"
    assert row["summary"].startswith("unknown status ")
    assert row["summary"].endswith(", taken as fail: built")


def test_mail_that_is_away_keeps_no_other_from_being_checked(checked: Path, run: Run, config: Config, inbox: Inbox, tmp_path: Path) -> None:
    mails = (
        mail(patch_body("Text.\n\n", diff=DIFF.replace("widget.c", f"z{n}.c")), key=f"z{n}", subject=f"[PATCH] z{n}", date=TODAY)
        for n in range(4)
    )
    (tmp_path / "away").write_bytes(b"".join(b"From x\n" + one + b"\n" for one in mails))
    add_list(config, "away", (str(tmp_path / "away"),), "plain-dco", "")
    configure(config)
    run("ingest")
    (tmp_path / "away").rename(tmp_path / "gone")
    configure(config, f'command = ["{checked / "program"}"]')
    run("ingest")
    assert len(shown(run, "new@example.org")) == 1


def test_of_several_results_the_worst_is_kept(checked: Path, run: Run, config: Config) -> None:
    said = '[{"tool": "t", "status": "fail", "summary": "a"}, {"tool": "t", "status": "pass"}, 3, {"status": "odd"}]'
    configure(config, f"command = ['echo', '{said}']")
    run("ingest")
    assert [(row["tool"], row["status"], row["summary"]) for row in shown(run, "new@example.org")] == [
        ("echo", "fail", "unknown status 'odd', taken as fail"),
        ("t", "fail", "a"),
    ]


def test_what_was_said_is_forgotten_with_a_mail_that_is_withdrawn(checked: Path, run: Run, config: Config, inbox: Inbox) -> None:
    run("ingest")
    configure(config)
    inbox.git("update-ref", "refs/heads/master", "master~2")
    inbox.add(mail("Other.\n", key="o", subject="other", date=TODAY))
    run("ingest")
    with closing(sqlite3.connect(config.paths.personal)) as notes:
        assert notes.execute("select count(*) from check_result").fetchone()[0] == 0


class Patchwork(BaseHTTPRequestHandler):
    """The one answer of patchwork's API that is asked for."""

    state, check, msgid = "under-review", "warning", "<new@example.org>"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        name = parse_qs(urlsplit(self.path).query)["msgid"][0]
        self.asked.append(name)
        row = {
            "msgid": self.msgid, "state": self.state, "delegate": {"username": "jane"}, "check": self.check, "web_url": "https://pw.example.org/7",
        }  # fmt: skip
        body = json.dumps([row] if name == "new@example.org" else []).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def patchwork() -> Iterator[str]:
    Patchwork.state, Patchwork.check, Patchwork.msgid, Patchwork.asked = "under-review", "warning", "<new@example.org>", []
    with HTTPServer(("127.0.0.1", 0), Patchwork) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_patchs_state_and_delegate_are_read_and_asked_again_after_a_day(patchwork: str, checked: Path, run: Run, config: Config) -> None:
    configure(config, f'patchwork = "{patchwork}"')
    assert run("ingest").code == 0
    (result,) = shown(run, "new@example.org")
    assert (result["tool"], result["status"], result["url"]) == ("patchwork", "warn", "https://pw.example.org/7")
    assert result["summary"] == "under review, delegate jane, checks warning"
    Patchwork.state = "accepted"
    run("ingest")
    assert Patchwork.asked == ["new@example.org"]
    with closing(sqlite3.connect(config.paths.personal)) as notes, notes:
        notes.execute("update check_asked set at = at - 90000")
    run("ingest")
    assert shown(run, "new@example.org")[0]["summary"] == "accepted, delegate jane, checks warning"


def test_what_patchwork_does_not_know_is_asked_again_after_a_day(
    patchwork: str, checked: Path, run: Run, config: Config, inbox: Inbox
) -> None:  # fmt: skip
    Patchwork.msgid = "<another@example.org>"  # a server that does not know the parameter answers with what it has
    configure(config, f'patchwork = "{patchwork}"')
    run("ingest")
    run("ingest")
    assert shown(run, "new@example.org") == []
    assert Patchwork.asked == ["new@example.org"]
    Patchwork.msgid, Patchwork.check = "<new@example.org>", "pending"
    run("show", "--checks", "new@example.org")
    assert shown(run, "new@example.org")[0]["status"] == "pending"


def test_a_patchwork_that_is_none_is_a_warning(checked: Path, run: Run, config: Config) -> None:
    configure(config, 'patchwork = "http://127.0.0.1:1"')
    done = run("ingest")
    assert done.code == 0
    assert "cannot reach http://127.0.0.1:1/api/patches/" in done.err


@pytest.mark.parametrize("line", ['patchwork = "example.org"', "days = 0", 'command = ""', 'commands = ["a"]'])
def test_what_cannot_be_is_refused(line: str, checked: Path, run: Run, config: Config) -> None:
    configure(config, line)
    assert run("ingest").code == 78


def test_what_is_no_patch_is_not_asked_about(checked: Path, run: Run) -> None:
    run("ingest")
    done = run("show", "--checks", "r@example.org")
    assert (done.code, "is no patch" in done.err) == (2, True)


def test_asking_needs_a_tool(checked: Path, run: Run, config: Config) -> None:
    configure(config)
    run("ingest")
    done = run("show", "--checks", "new@example.org")
    assert (done.code, "no tool is configured" in done.err) == (78, True)
