# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile mail (threats M1 to M12): read, cut with a note or quarantined, by a process that has 2 s of CPU and 300 MiB."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DIFF, ROOT, Inbox, mail
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.model.errors import ArchiveError

READER = """
import json, resource, sys
from triage.mail.message import read_mail
from triage.mail.mime import UnreadableError
from triage.model import RawMail, blob_id
from triage.policy.evidence import find_evidence
from triage.series.grouping import group
from triage.model.text import safe
resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
content = sys.stdin.buffer.read()
used = resource.getrusage(resource.RUSAGE_SELF)
spent = int(used.ru_utime + used.ru_stime) + 1
resource.setrlimit(resource.RLIMIT_CPU, (spent + 2, spent + 2))
try:
    read = read_mail(RawMail(content, "", blob_id(content), 0))
except UnreadableError as error:
    print(json.dumps({"reason": error.reason}))
else:
    find_evidence(read.message, read.body)
    group([read.message] if read.message.is_member else [])
    safe(read.message.raw_subject)
    print(json.dumps({"kind": read.message.kind.value, "notes": read.message.notes, "version": read.message.subject.version,
                      "parents": len(read.message.parents), "n": read.message.subject.n}))
"""


def nested(depth: int, lines: int = 0) -> bytes:
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"From: x@example.org\nMessage-ID: <n@example.org>\nSubject: [PATCH] x\n" + head + b"\n\n" + b"line\n" * lines


def parts(count: int) -> bytes:
    head = b"From: x@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
    return head + b"--b\nContent-Type: text/plain\n\nx\n" * count + b"--b--\n"


def with_header(name: str, value: str) -> bytes:
    return mail("text\n", **{name: value})


def long_text(line: str, size: int) -> bytes:
    return mail((line * (size // len(line) + 1))[:size] + f"\n---\n{DIFF}")


READ = {
    "M2 a million references": with_header("References", " ".join(f"<{n}@x>" for n in range(1_000_000))),
    "M2 a subject of 30 000 encoded words": mail("x\n", subject=" ".join(["=?utf-8?q?a?="] * 30_000)),
    "M2 ten thousand recipients": with_header("To", ", ".join(f"a{n}@example.org" for n in range(10_000))),
    "M3 nested comments": mail("x\n", sender="(" * 50_000 + "x" + ")" * 50_000 + " <a@example.org>"),
    "M4 a year no clock knows": mail("x\n", date="Fri, 9 Mar 71685 18:45:56 +0000"),
    "M5 a charset that is a path": mail("x\n", Content_Type="text/plain; charset=../../etc/passwd"),
    "M5 a charset that runs a codec": mail("x\n", Content_Type='text/plain; charset="zlib"'),
    "M6 a patch in base64": mail("cGF0Y2gK" * 1000, Content_Type="text/plain", Content_Transfer_Encoding="base64"),
    "M8 an id that is a path": mail("x\n", key="../../../etc/passwd"),
    "M10 a version beyond belief": mail(f"x\n---\n{DIFF}", subject="[PATCH v99999999999999999999 99999999999/99999999999] x"),
    "M11 quoted From lines": long_text(">From x\n", 1 << 20),
    "blank lines": long_text("\n", 1 << 20),
    "lines like trailers": long_text("foo: bar\n", 1 << 20),
    "lines like a diffstat": long_text(" a | 1 +\n", 1 << 20),
    "blanks in one line": long_text(" ", 1 << 20),
    "dashes": long_text("-", 1 << 20),
    "scissors": long_text("8< ", 1 << 20),
    "brackets": mail("x\n", subject="[" * 60_000),
    "open brackets with words": mail("x\n", subject="[PATCH " * 9_000),
    "Re: again and again": mail("x\n", subject="Re: " * 15_000),
    "sign-off look-alikes": long_text("  Signed_of_by: x@y\n", 1 << 20),
    "urls of older versions": long_text("- Link to v1: https://x/y/z@", 1 << 20),
    "pull urls": mail("are available in the git repository at\n" + "git://x/" * 100_000, subject="[GIT PULL] x"),
    "hunks": mail(f"x\n---\n{DIFF}" + "@@ -1 +1 @@\n-a\n+b\n" * 60_000),
    "files": mail("x\n---\n" + DIFF * 5_000),
    "HTML tags": mail("<" * 500_000 + "x" + ">" * 500_000, Content_Type="text/html"),
    "HTML comments": mail("<!--" * 250_000, Content_Type="text/html"),
    "flowed lines": mail("> x \n" * 200_000, Content_Type="text/plain; format=flowed"),
    "a long line": long_text("x", 5 << 20),
    "emails": long_text("Signed-off-by: a@", 1 << 20),
    "stable preamble": long_text("5.10-stable review patch. \n----------\n", 1 << 20),
    "AI words": long_text("generated with claude, chatgpt and copilot ", 1 << 20),
}  # fmt: skip

REFUSED = {
    "M1 300 deep": (nested(300), "mime-depth"),
    "M1 3000 deep": (nested(3000), "mime-depth"),
    "M1 300 deep and 100 000 lines": (nested(300, 100_000), "mime-depth"),
    "M1 50 000 parts": (parts(50_000), "mime-parts"),
    "M2 more than 25 MiB": (mail("x" * (26 << 20)), "size"),
    "an empty mail": (b"\n\n", "empty"),
}


def reading(content: bytes) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", READER], input=content, capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-400:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", READ)
def test_it_is_read(name: str) -> None:
    found = reading(READ[name])
    assert "kind" in found
    if name == "M2 a million references":
        assert isinstance(found["parents"], int)
        assert found["parents"] <= 2000
    if name.startswith("M10"):
        assert (found["version"], found["n"]) == (1, None)
    if name.startswith("M5"):
        assert "charset-unknown" in str(found["notes"])


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_quarantined_with_a_reason(name: str) -> None:
    content, reason = REFUSED[name]
    assert str(reading(content)["reason"]).startswith(reason)


def test_the_rest_of_a_list_is_ingested(config: Config, inbox: Inbox) -> None:
    inbox.add(*(content for content, _ in REFUSED.values() if len(content) < 5 << 20), mail(f"x\n---\n{DIFF}", key="good"))
    add_list(config, "widgets", (str(inbox.path),), "none", "")
    (run,) = ingest(config, load_lists(config.paths))
    assert (run.counts.parsed, run.counts.quarantined) == (1, 5)


def test_a_gzip_bomb_is_refused_before_it_fills_anything(config: Config, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.mbox.gz"
    with gzip.open(bomb, "wb") as file:
        file.write(b"From x@y Thu Jan  1 00:00:00 1970\nSubject: x\n\n")
        for _ in range(300):
            file.write(b"\0" * (1 << 20))
    with pytest.raises(ArchiveError, match="unpacks to more than 200 times its size"):
        add_list(config, "bomb", (str(bomb),), "none", "")
