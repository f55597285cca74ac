# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words go out as they were written: the printed commands are run with a real git send-email and a server that keeps what it gets."""

import email
import email.policy
import os
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.conftest import Inbox, Run, mail, patch_body
from triage.config import Config
from triage.report.outgoing import set_text, split_and_send, wrapped


@pytest.fixture
def unsigned(config: Config, inbox: Inbox, run: Run, isolated: Path) -> list[str]:
    """Three patches of three people that lack a sign-off, judged; Cora is at the keyboard, and gave an opinion on each."""
    for number, name in enumerate(("Ann", "Bo", "Dan")):
        body = patch_body("Not signed, whatever\nSigned-off says.\n\n").replace("return 1", f"return {number + 3}")
        inbox.add(mail(body, key=f"p{number}", subject=f"[PATCH] {name.lower()}: count the {'x' * (number + 3)} frames",
                       sender=f"{name} Éxample <{name.lower()}@example.org>", To="widgets@example.org", Cc="emu@example.org"))  # fmt: skip
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    run("ingest")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    records = []
    for number in range(3):
        words = f"From here on.\nSigned-off-by: Nobody <nobody{number}@example.com>\nCc: wrong{number}@example.com"
        done = run("opinion", "give", f"p{number}@example.org", "disagree", "-m", words)
        assert done.code == 0, done.err
        records.append(done.out.strip())
    return records


def sent(folder: Path, lines: list[str]) -> list[tuple[set[str], email.message.EmailMessage]]:
    """Run the commands that were printed, and return what a server got: to whom, and the mail."""
    got = folder / "got"
    got.mkdir()
    server = folder / "server"
    server.write_text(f'#!/bin/sh\nn=$(ls {got} | wc -l)\nprintf "%s\\n" "$@" > {got}/$n.to\ncat > {got}/$n.eml\n')
    server.chmod(0o755)
    for printed in lines:
        line = printed.replace("--confirm=always", f"--confirm=never --quiet --smtp-server={server}")
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, cwd=folder, env=os.environ, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr
    mails = []
    for path in sorted(got.glob("*.eml")):
        people = {word for word in path.with_suffix(".to").read_text().split() if "@" in word}
        mails.append((people, email.message_from_bytes(path.read_bytes(), policy=email.policy.default)))
    return mails


def commands(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith(("git send-email", "mkdir "))]


def check(mails: list[tuple[set[str], email.message.EmailMessage]]) -> None:
    """Check that there are three mails, each to its own people alone."""
    assert len(mails) == 3
    seen = set()
    for people, one in mails:
        (name,) = people & {"ann@example.org", "bo@example.org", "dan@example.org"}
        seen.add(name)
        assert people - {"cora@example.org"} == {name, "widgets@example.org", "emu@example.org"}
        assert [key for key in one if key.lower() == "subject"] == ["Subject"]
        assert name.partition("@")[0] in one["Subject"]
        assert "From mboxrd@z" not in one.get_content()
    assert len(seen) == 3


@pytest.mark.parametrize("place", ["out/", "out.mbox", "odd name.mbox"])
def test_opinions_go_out_one_by_one(unsigned: list[str], run: Run, tmp_path: Path, place: str) -> None:
    done = run("opinion", "publish", *unsigned, "-o", str(tmp_path / place) + ("/" if place.endswith("/") else ""))
    assert done.code == 0, done.err
    mails = sent(tmp_path, commands(done.err))
    check(mails)
    assert all("Signed-off-by: Nobody" in one.get_content() for _, one in mails)
    assert all("\nFrom here on.\n" in one.get_content() for _, one in mails)


@pytest.mark.parametrize("place", ["out/", "out.mbox"])
def test_drafts_of_a_report_go_out_one_by_one(unsigned: list[str], run: Run, tmp_path: Path, place: str) -> None:
    done = run("report", "--format", "mbox", "-o", str(tmp_path / place) + ("/" if place.endswith("/") else ""))
    assert done.code == 0, done.err
    check(sent(tmp_path, commands(done.err)))


@pytest.mark.parametrize("place", ["out/", "out.mbox", "out.eml"])
def test_a_draft_goes_out_alone(unsigned: list[str], run: Run, tmp_path: Path, place: str) -> None:
    done = run("draft", "p1@example.org", "-o", str(tmp_path / place) + ("/" if place.endswith("/") else ""))
    assert done.code == 0, done.err
    ((people, one),) = sent(tmp_path, commands(done.err))
    assert people - {"cora@example.org"} == {"bo@example.org", "widgets@example.org", "emu@example.org"}
    assert one["To"] == "Bo Éxample <bo@example.org>"


def test_a_folder_that_holds_something_is_refused_before_anything_is_noted(unsigned: list[str], run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.eml").write_text("x")
    done = run("opinion", "publish", *unsigned, "-o", str(tmp_path / "out"))
    assert done.code == 2
    assert "is not an empty folder" in done.err
    assert "published" not in run("opinion", "log").out
    assert run("opinion", "publish", *unsigned, "-o", str(tmp_path / "a.eml")).code == 2


def test_an_mbox_is_split_before_it_is_sent() -> None:
    assert split_and_send("a b.mbox") == [
        "mkdir 'a b.mbox.d' && git mailsplit --mboxrd -o'a b.mbox.d' 'a b.mbox'",
        "git send-email --confirm=always --suppress-cc=self --suppress-cc=body 'a b.mbox.d'/*",
    ]


# what comes out of libraries -------------------------------------------------------------------------------------------------------------

ESCAPES = "\x1b]52;c;QUFB\x07\x1b[2J\x1b]0;OWNED\x07"


@pytest.mark.parametrize("field", ["date", "subject", "To", "Cc", "Reply_To", "References", "In_Reply_To"])
def test_no_field_reaches_the_terminal_raw(config: Config, inbox: Inbox, run: Run, tmp_path: Path, isolated: Path, field: str) -> None:
    words = {field: ESCAPES if field not in {"subject"} else f"[PATCH] {ESCAPES}"}
    inbox.add(mail(patch_body("No.\n\n"), key="esc", **words))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    record = run("opinion", "give", "esc@example.org", "agree").out.strip()
    for line in (
        ("opinion", "publish", record), ("opinion", "ask", "esc@example.org", "z@example.org", "-m", "hi", "--mail", str(tmp_path / "f")),
        ("report", "--format", "mbox"), ("draft", "esc@example.org"),
    ):  # fmt: skip
        script = "import sys; from triage.cli import main; sys.argv[0] = 'triage'; main()"
        import sys

        done = subprocess.run([sys.executable, "-c", script, *line], capture_output=True, check=False)
        assert done.returncode in {0, 1}, done.stderr
        assert b"\x1b" not in done.stdout + done.stderr
        assert b"\x07" not in done.stdout + done.stderr


@pytest.mark.parametrize("field", ["From", "To", "Cc", "Reply-To", "Message-ID", "References"])
@pytest.mark.parametrize("filling", ["(" * 2000, '"' * 20_000, "=?utf-8?b?KA==?= " * 1100, "<" * 3000])
def test_a_head_that_libraries_end_on_is_a_sentence_everywhere(
    config: Config, inbox: Inbox, run: Run, tmp_path: Path, isolated: Path, field: str, filling: str
) -> None:
    head = {
        "From": "Ann <ann@example.org>",
        "Message-ID": "<odd@example.org>",
        "Subject": "[PATCH] w: x",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
    }
    head[field] = filling if field not in {"From", "Message-ID"} else f"{filling} {head[field]}"
    inbox.add(("".join(f"{key}: {value}\n" for key, value in head.items()) + "\n" + patch_body("No.\n\n")).encode())
    inbox.add(mail(patch_body("No.\n\n"), key="other", subject="[PATCH] other: y"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    name = next(line.split('"series": "')[1].partition('"')[0] for line in run("list", "--json").out.splitlines() if "other@" not in line)
    record = run("opinion", "give", name, "agree").out.strip()
    before = run("opinion", "log").out
    for words in (
        ("opinion", "publish", record), ("report", "--format", "mbox"), ("draft", name),
        ("opinion", "ask", name, "z@example.org", "-m", "hi", "--mail", str(tmp_path / "f")),
    ):  # fmt: skip
        done = run(*words)
        assert "Traceback" not in done.err, words
        assert done.code in {0, 1}, done.err
    assert "Subject: Re: [PATCH] other: y" in run("report", "--format", "mbox").out
    assert (run("opinion", "log").out.count("ask ") == 1) == (tmp_path / "f").exists()
    assert before in run("opinion", "log").out


@pytest.mark.parametrize("address", ["-X/tmp/log@example.org", "--to=evil@example.org"])
def test_no_address_is_an_option_of_a_mailer(config: Config, inbox: Inbox, run: Run, isolated: Path, address: str) -> None:
    inbox.add(mail(patch_body("No.\n\n"), key="opt", sender=f"E V <{address}>", To=f"l@example.org, {address}"))
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    record = run("opinion", "give", "opt@example.org", "agree").out.strip()
    for words in (("draft", "opt@example.org"), ("opinion", "publish", record), ("report", "--format", "mbox")):
        done = run(*words)
        heads = done.out.partition("\n\n")[0]
        assert f"<{address}" not in heads
        assert f" {address}" not in heads
    assert run("opinion", "ask", "opt@example.org", address, "-m", "x").code == 2


def test_prose_is_wrapped_and_what_is_quoted_stays_whole() -> None:
    long = "word " * 40
    text = (
        f"{long}\n\n> {long}\n\nhttps://example.org/{'x' * 90} is where\n\nSigned-off-by: A Very Long Name Indeed <{'a' * 60}@example.org>"
    )
    lines = wrapped(text).split("\n")
    assert max(len(line) for line in lines if line.startswith("word")) <= 72
    assert f"> {long}" in lines
    assert any(f"https://example.org/{'x' * 90}" in line for line in lines)
    assert lines[-1].startswith("Signed-off-by: A Very Long Name Indeed <aaa")


@pytest.mark.parametrize(("text", "form"), [("Plain.\n", "7bit"), ("Grüße “you”.\n" + "é" * 200 + "\n", "quoted-printable")])
def test_a_draft_is_plain_text_that_every_mailer_shows(text: str, form: str) -> None:
    made = EmailMessage()
    set_text(made, text)
    assert made["Content-Transfer-Encoding"] == form
    assert made.get_content() == text
    assert max(map(len, bytes(made).split(b"\n"))) <= 78
