# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`triage show` as an archive's page: head, thread, neighbours, replies, the thread as an mbox, and mails that a reader pipes in."""

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

from tests.conftest import DIFF, ROOT, Inbox, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.archive.mbox import split_mbox
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest

BO, CY = "Bo Sample <bo@example.org>", "Cy Test <cy@example.org>"
FLOWED = "This is a long line that \nwas broken softly.\n> quoted \n> too\nlast\n\nReviewed-by: Bo Sample <bo@example.org>\n"
MAILS = (
    mail("Cover.\n", key="c", subject="[PATCH 0/2] widget: pour", date="Mon, 02 Mar 2026 10:00:00 +0200", To="widgets@lists.example.org", Cc=f"{BO}, {CY}"),
    mail(patch_body(), key="p1", subject="[PATCH 1/2] widget: spout", In_Reply_To="<c@example.org>", To="widgets@lists.example.org"),
    mail(patch_body(diff=DIFF.replace("1;", "7;")), key="p2", subject="[PATCH 2/2] widget: lid", In_Reply_To="<c@example.org>"),
    mail(FLOWED, key="r", subject="Re: [PATCH 1/2] widget: spout", sender=BO, In_Reply_To="<p1@example.org>", References="<c@example.org> <p1@example.org>",
         date="Tue, 03 Mar 2026 09:00:00 -0500", Content_Type="text/plain; charset=utf-8; format=flowed", Reply_To="Bo at work <bo@work.example.org>",
         To="Ada Example <ada@example.org>", Cc="widgets@lists.example.org"),
    mail("From here on all is well.\n", key="r2", subject="Re: [PATCH 1/2] widget: spout", In_Reply_To="<r@example.org>", date="Wed, 04 Mar 2026 09:00:00 +0000"),
)  # fmt: skip


@pytest.fixture
def thread(config: Config, inbox: Inbox) -> Config:
    inbox.add(*MAILS)
    add_list(config, "widgets", (str(inbox.path),), "plain-dco", "https://lore.example.org/widgets")
    ingest(config, load_lists(config.paths))
    return config


def shown(run: Run, name: str) -> dict[str, Any]:
    row = json.loads(run("show", name, "--json").out)
    jsonschema.validate(row, json.loads((ROOT / "triage" / "schemas" / "show.json").read_text("utf-8")))
    assert isinstance(row, dict)
    return row


def test_a_mail_is_shown_as_its_page_has_it(thread: Config, run: Run) -> None:
    text = run("show", "r@example.org").out
    for line in (
        "From:       Bo Sample <bo@example.org>", "To:         Ada Example <ada@example.org>", "Cc:         widgets@lists.example.org",
        "Date:       Tue, 03 Mar 2026 09:00:00 -0500 (2026-03-03T14:00:00Z)", "In-Reply-To: p1@example.org",
        "Link:       https://lore.example.org/widgets/r@example.org/", "Thread: 5 mails; `triage show --mbox ID` prints them",
        "> 2026-03-03 14:00     Re: [PATCH 1/2] widget: spout  Bo Sample", "  2026-03-04 09:00       Re: [PATCH 1/2] widget: spout  Ada Example",
        "  parent:   p1@example.org", "  previous: p1@example.org", "  next:     r2@example.org",
    ):  # fmt: skip
        assert line in text, line
    row = shown(run, "r@example.org")
    assert [(one["message_id"], one["depth"]) for one in row["thread"]] == [
        ("c@example.org", 0), ("p1@example.org", 1), ("r@example.org", 2), ("r2@example.org", 3), ("p2@example.org", 1),
    ]  # fmt: skip
    assert (row["parent"], row["previous"], row["next"]) == ("p1@example.org", "p1@example.org", "r2@example.org")
    assert row["date_header"] == "Tue, 03 Mar 2026 09:00:00 -0500"
    assert row["references"] == ["c@example.org", "p1@example.org"]


def test_lines_are_numbered_as_the_archive_numbers_them_too(thread: Config, run: Run) -> None:
    (trailer,) = shown(run, "r@example.org")["trailers"]
    assert (trailer["line"], trailer["archive_line"]) == (5, 7)
    text = run("show", "r@example.org").out
    assert "    1 This is a long line that was broken softly." in text
    assert "    5 (7) Reviewed-by: Bo Sample" in text
    assert all(one["line"] == one["archive_line"] for one in shown(run, "p1@example.org")["trailers"])


def test_a_reply_goes_to_whom_it_has_to(thread: Config, run: Run) -> None:
    reply = shown(run, "r@example.org")["reply"]
    assert reply["to"] == ["bo@work.example.org"]
    assert reply["cc"] == ["ada@example.org", "widgets@lists.example.org"]
    assert reply["subject"] == "Re: [PATCH 1/2] widget: spout"
    assert reply["git_send_email"] == (
        "git send-email --in-reply-to=r@example.org --to=bo@work.example.org --cc=ada@example.org --cc=widgets@lists.example.org /path/to/YOUR_REPLY"
    )
    assert reply["mailto"].startswith("mailto:bo@work.example.org?In-Reply-To=%3Cr%40example.org%3E&Cc=ada%40example.org%2Cwidgets")
    assert shown(run, "c@example.org")["reply"]["subject"] == "Re: [PATCH 0/2] widget: pour"


def test_no_address_of_a_mail_reaches_a_shell_unquoted(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail(patch_body(), key="x", sender='"Evil" <a;touch${IFS}broken@example.org>', Cc="$(id)@example.org, x'y@example.org"))
    add_list(config, "widgets", (str(inbox.path),), "plain-dco", "")
    ingest(config, load_lists(config.paths))
    command = shown(run, "x@example.org")["reply"]["git_send_email"]
    done = subprocess.run(
        ["sh", "-c", command.replace("git send-email", "printf '%s\\n'", 1)], capture_output=True, text=True, cwd=inbox.path
    )
    assert done.stdout.splitlines()[-1] == "/path/to/YOUR_REPLY"
    assert all(line.startswith("--") for line in done.stdout.splitlines()[:-1])
    assert not (inbox.path / "broken").exists()


def test_thread_and_series_come_as_an_mbox_byte_for_byte(thread: Config, tmp_path: Path) -> None:
    def mbox(*words: str) -> list[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "triage", "show", "--mbox", *words],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        )
        return split_mbox(done.stdout)

    assert sorted(mbox("p2@example.org")) == sorted(MAILS)
    assert len(mbox("p2@example.org", "--series")) == 5


@pytest.mark.parametrize(
    "name", ["mid:p1@example.org", "mid:p1%40example.org", "id:p1@example.org", "https://lore.example.org/widgets/p1@example.org/T/#u"]
)
def test_a_mail_has_many_names(name: str, thread: Config, run: Run) -> None:
    assert shown(run, name)["message_id"] == "p1@example.org"


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: False))


def test_a_piped_mail_names_itself(thread: Config, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (
        MAILS[1],
        b"From x Mon Mar  2 09:00:00 2026\n" + MAILS[1],
        MAILS[1].replace(b"\n", b"\r\n").replace(b"Message-ID", b"message-id"),
    ):
        piped(monkeypatch, content)
        assert "Message-ID: p1@example.org" in run("show", "-").out
    piped(monkeypatch, MAILS[1])
    done = run("opinion", "ask", "-", "bo@example.org", "-m", "piped in", "--unsigned")
    assert done.code == 0, done.err
    piped(monkeypatch, MAILS[1])
    assert "piped in" in run("opinion", "list", "-").out
    for content, says in ((b"", "no mail on standard input"), (mail(key="other"), "no mail called")):
        piped(monkeypatch, content)
        done = run("show", "-")
        assert done.code == 2
        assert says in done.err


def test_the_terminal_opens_at_a_piped_mail(thread: Config, tmp_path: Path) -> None:
    """As mutt does it: the mail on standard input, the terminal on the others."""
    (tmp_path / "mail").write_bytes(MAILS[2])
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(PYTHONPATH=str(ROOT), TERM="xterm-256color", LINES="24", COLUMNS="80", TRIAGE_HOME=str(thread.paths.data))
        os.execvp("sh", ["sh", "-c", f"{sys.executable} -m triage tui - < {tmp_path / 'mail'}"])
    seen, end = b"", time.monotonic() + 30
    while b"widget: lid" not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536)
    time.sleep(0.5)
    for _ in range(4):
        os.write(terminal, b"q")
        time.sleep(0.3)
    os.write(terminal, b"Q")
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert b"widget: lid" in seen
