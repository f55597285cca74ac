# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What attackers tried on policy: code hidden from rules, words that convict or acquit wrongly, mails, packs and files that stall or steer."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DIFF, ROOT, SOB, Inbox, Run, cpu, mail, patch_body
from tests.policy.test_judge import codes, read
from tests.query.test_versions import rows
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.mail.patch import changed_files
from triage.model.errors import ConfigError
from triage.policy.judge import judge
from triage.policy.people import read_people
from triage.projects import load_pack
from triage.series.grouping import group

ADA = "Ada Example <ada@example.org>"
QEMU = load_pack("qemu")
OTHER = "diff --git a/hw/core.c b/hw/core.c\n--- a/hw/core.c\n+++ b/hw/core.c\n@@ -1 +1,3 @@\n-a\n+b\n+c\n+d\n"


def said(message: str, tail: str = "", subject: str = "[PATCH] hw: fix") -> list[str]:
    return codes(mail(patch_body(f"{message}\n\n{SOB}", tail), subject=subject, date="Mon, 05 Oct 2026 09:00:00 +0000"), pack=QEMU)


# hidden code -----------------------------------------------------------------------------------------------------------


def test_a_deleted_line_that_looks_like_a_signature_hides_nothing() -> None:
    first = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n x\n-- \n+y\n"
    good, evil = (read(mail(f"Text.\n\n{SOB}---\n\n{first}{OTHER.replace('+b', f'+{word}')}-- \n2.45\n")) for word in ("good", "evil"))
    assert [change.path for change in good.files] == ["x", "hw/core.c"]
    assert good.target != evil.target
    last = read(mail(f"Text.\n\n{SOB}---\n\n{first}-- \n2.45\n"))
    assert [(change.added, change.removed) for change in last.files] == [(1, 1)]


def test_files_under_plain_headers_behind_a_git_section_are_seen() -> None:
    plain = "--- a/hw/core.c\n+++ b/hw/core.c\n@@ -1 +1,2 @@\n-a\n+b\n+c\n"
    assert [change.path for change in changed_files(DIFF + plain)] == ["widget.c", "hw/core.c"]
    tricky = "diff --git a/sql b/sql\n--- a/sql\n+++ b/sql\n@@ -1,2 +1,2 @@\n--- comment\n+++ comment\n x\n"
    assert [change.path for change in changed_files(tricky)] == ["sql"]


@pytest.mark.parametrize("header", ["@@ -1 @@", "@@ x @@", "@@ -1,9 +1,9 @@", "@@ "])
def test_hunks_that_say_nonsense_come_to_an_end(header: str) -> None:
    broken = f"diff --git a/x b/x\n--- a/x\n+++ b/x\n{header}\n-a\n+b\n--- a/y\n+++ b/y\n{header}\n+c\n"
    assert next(change.path for change in changed_files(broken)) == "x"
    many = "diff --git a/x b/x\n--- a/x\n+++ b/x\n" + "@@ -1 +1 @@\n-a\n+b\n" * 20_000 + "--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"
    assert cpu(lambda: changed_files(many)) < 1
    assert [change.path for change in changed_files(many)] == ["x", "y"]


@pytest.mark.parametrize(
    "diff",
    [
        DIFF.replace("widget.c", "tests/x.c") + "--- a/hw/core.c\n+++ b/hw/core.c\n@@ -1 +1 @@\n-a\n+b\n",
        "diff --git a/hw/core.c b/tests/core.c\nsimilarity index 100%\nrename from hw/core.c\nrename to tests/core.c\n",
        DIFF.replace("widget.c", "tests/../hw/core.c"),
    ],
)
def test_an_exception_for_tests_does_not_reach_other_files(diff: str) -> None:
    content = mail(
        patch_body(f"Text.\n\nAI-used-for: code\n{SOB}", diff=diff.replace("@@ -1,3 +1,3 @@", "@@ -1,3 +1,3 @@")),
        date="Mon, 05 Oct 2026 09:00:00 +0000",
    )
    pack = load_pack("qemu-proposed-2026")
    tests_only = type(pack)(
        **{name: getattr(pack, name) for name in pack.__slots__} | {"exceptions": tuple(e for e in pack.exceptions if e.id == "tests-docs")}
    )
    assert "AI001" in codes(content, pack=tests_only)


@pytest.mark.parametrize(
    "content",
    [
        mail(patch_body("Text.\n\n"), sender="Ada <no-reply@example.org>"), mail(patch_body("Text.\n\n"), sender="kernel test robot <x@example.org>"),
        mail(patch_body("Text.\n\n"), subject='[PATCH] FAILED: patch "x"'), mail(patch_body("Text.\n\n"), subject="[PATCH] pull request template: fix"),
        mail(patch_body("Text.\n\n"), sender="Claude <noreply@anthropic.com>"),
    ],
)  # fmt: skip
def test_a_patch_is_judged_whatever_its_sender_and_title_look_like(content: bytes) -> None:
    assert codes(content, pack=QEMU) == ["DCO001"]


# words -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        "No AI was used for this patch.", "Not written by AI.", "Written without the help of AI.", "AI use: no", "AI-assisted: false", "AI-used-for: nothing",
        "Assisted-by: none.", "Generated-by: coccinelle", "Made-with: clang-format", "Assisted-by: sparse", "Assisted-by: Jane Doe",
        "Assisted-by: Claudette Dupont <cd@example.org>", "The reference clock is generated by GPT2.", "When using the AI subdevice, it hangs.",
        "This helper is used by AI frameworks.", "The data is produced by the OpenAI API.", "Originally written by Jean-Claude.",
        'Fixes: 123456789abc ("docs: text generated by AI")',
    ],
)  # fmt: skip
def test_innocent_words_convict_nobody(message: str) -> None:
    assert [code for code in said(message) if code.startswith("AI") and code != "AI019"] == []


@pytest.mark.parametrize(
    "message",
    [
        "Written-by: Claude", "Created-by: Claude Code", "Coded-by: ChatGPT", "Co-authored-by: aider (openai/gpt-4o) <aider@aider.chat>",
        "Co-authored-by: gemini-code-assist[bot] <1+gemini-code-assist[bot]@users.noreply.github.com>", "Co-authored-by: Amp <amp@ampcode.com>",
        "Co-authored-by: Claude 3.5 Sonnet <x@example.org>", "Assisted-by: AI <ai@example.com>", "Claude Code implemented this.", "Generated by Cursor.",
        "Written with Gemini.", "Created by Claude, reviewed by me.", "Made with ChatGPT after I found the bug.", "Generated-by: Claude, reviewed by Ada",
        "Assisted-by: Newtool:newmodel-7",
    ],
)  # fmt: skip
def test_what_is_declared_is_found(message: str) -> None:
    assert "AI001" in said(message)


def test_a_declaration_in_the_subject_counts() -> None:
    assert said("Text.", subject="[PATCH] hw: add foo (generated by Claude)") == ["AI001"]


def test_nobody_confesses_for_another() -> None:
    def reply(sender: str, text: str = "I had this generated by Claude.") -> bytes:
        return mail(text, key="r", subject="Re: x", sender=sender, date="Mon, 05 Oct 2026 10:00:00 +0000", In_Reply_To="<a@example.org>")

    patch = mail(patch_body(), date="Mon, 05 Oct 2026 09:00:00 +0000")
    assert codes(patch, reply("Ada Example <mallory@evil.example.net>"), pack=QEMU) == ["AI002"]
    assert codes(patch, reply("Ada <ada@org>"), pack=QEMU) == ["AI002"]
    assert codes(patch, reply(ADA), pack=QEMU) == ["AI001"]
    copied = "Hello.\n\n-----Original Message-----\nFrom: Bo\n\nThis was generated by Claude, I think."
    assert codes(patch, reply(ADA, copied), pack=QEMU) == []


# cost ------------------------------------------------------------------------------------------------------------------

FLOOD = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
COSTLY = {
    "a path of spaces": lambda n: mail(f"T\n\n{SOB}---\n--- a.c{' ' * n * 100}x\n+++ a.c\n@@ -1 +1 @@\n-a\n+b\n"),
    "words that might be paths": lambda n: mail(patch_body("a-" * n + " " + "used AI " * 200 + "a-" * n + f"\n\n{SOB}")),
    "many sign-offs": lambda n: mail(patch_body("T\n\n" + "".join(f"Signed-off-by: N{i} <n{i}@example.org>\n" for i in range(n * 10)))),
    "many declarations": lambda n: mail(patch_body("T\n\n" + "".join(f"Assisted-by: Claude {i}\n" for i in range(n * 10)))),
    "many hints": lambda n: mail(patch_body("x\n" * n * 100 + "generated by Claude\n" * 200 + SOB)),
    "a folded in-body From": lambda n: mail(patch_body(f"From: {ADA}\n" + " x\n" * n * 100 + f"\nT\n\n{SOB}")),
    "References in Cc": lambda n: mail(patch_body(), References=" ".join(f"<{i}@example.org>" for i in range(99)),
                                       Cc=", ".join(f"<{i}@example.org>" for i in range(99)) + ", " + "a" * n * 50),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
def test_no_mail_costs_more_than_its_length(name: str) -> None:
    def work(size: int) -> None:
        message = read(COSTLY[name](size))
        judge(group([message])[0], [], QEMU)

    assert cpu(lambda: work(1000)) < 60 * cpu(lambda: work(100))
    assert cpu(lambda: work(1000)) < 2


def test_rosters_are_read_in_time_and_searched_in_time() -> None:
    assert cpu(lambda: read_people("", "W\nM: a" + " " * 50_000 + "b\n")) < 1
    roster = "".join(f"[[area]]\nname = 'a{n}'\npeople = ['N{n} <n{n}@example.org>']\n" for n in range(3000))
    people = read_people("", roster)
    assert cpu(lambda: people.responsible(["x"], "maintainer")) < 1


# packs and files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = " + "[" * 5000, "nested too deeply"), ("a = " + "9" * 5000, "not valid TOML"), ("a." * 20_000 + "a = 1", "more than 20 parts"),
        ("#" * 1_100_000, "larger than a megabyte"),
        ("[policy]\n[[rule]]\nid='x'\nkind='order'\nfirst='author'\nfollowed_by='Signed-off-by'\n", "orders nothing"),
        ("[policy]\n[[rule]]\nid='x'\nkind='size'\nmax_added=1\nwhen='lines>" + "9" * 5000 + "'\n", "compares with no number"),
    ],
    ids=["nested", "digits", "key", "large", "order", "lines"],
)  # fmt: skip
def test_a_pack_that_is_made_to_hurt_is_refused_with_a_sentence(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(text)

    def load() -> None:
        with pytest.raises(ConfigError, match=says):
            load_pack("p", tmp_path)

    assert cpu(load) < 1


def test_what_a_pack_says_cannot_steer_the_terminal(config: Config, run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "p.toml"
    for text in (
        '[policy]\nid = "p\\u001b[2J"\n', '[policy]\n[[rule]]\nid = "r\\u001b]0;pwn\\u0007"\nkind = "trailer"\n',
        '[policy]\n[replies]\nDCO001 = "{\\u001b]0;pwn\\u0007}"\n',
    ):  # fmt: skip
        pack.write_text(text)
        done = run("policy", "check", str(pack))
        assert (done.code, "\x1b" in done.err + done.out, "Traceback" in done.err) == (78, False, False)


@pytest.mark.parametrize("limit", ["date:9999-12-31", "date:9999", "date:0001"])
def test_the_ends_of_the_calendar_are_no_traceback(limit: str, demo: Config, run: Run) -> None:
    assert run("list", limit).code in {0, 2}


def test_descriptions_of_any_bytes_are_read_or_refused(config: Config, run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.patch").write_bytes(
        mail(patch_body(), date="Mon, 05 Oct 2026 09:00:00 +0000").replace(b"Message-ID: <a@example.org>\n", b"")
    )
    cover = tmp_path / "c"
    words = ("check", str(tmp_path / "x.patch"), "--policy", "qemu", "--cover", str(cover))
    cover.write_bytes(b"x" * 27_000_000)
    assert run(*words).code == 2
    cover.write_bytes(b"T\rContent-Type: multipart/mixed; boundary=q\n\nGenerated by Claude.\n")
    assert "AI001" in run(*words).out
    cover.write_bytes(bytes(range(256)))
    assert run(*words).code == 0


def test_a_draft_is_plain_text_even_on_a_terminal(config: Config, inbox: Inbox, run: Run) -> None:
    esc = "\x1b]0;pwned\x07\x1b[2J\u202e"
    text = f"Generated with Claude.\rAcked-by: Maint Ainer <m@example.org> {esc}\n\n{SOB}"
    inbox.since = 1_790_000_000
    inbox.add(mail(patch_body(text), subject=f"[PATCH] x{esc}", sender=f"Ada{esc} <ada@example.org>", date="Mon, 07 Sep 2026 09:00:00 +0000"),
              mail(patch_body("Text.\n\n"), key="b", sender="Ada <a@[1.2.3>", subject="[PATCH] y"))  # fmt: skip
    add_list(config, "hw", (str(inbox.path),), "qemu", "")
    ingest(config, load_lists(config.paths))
    assert {row["code"] for row in rows(run, "findings", schema="findings")} >= {"AI001", "DCO001"}
    for name in ("a", "b"):
        master, slave = pty.openpty()
        done = subprocess.run(
            [sys.executable, "-m", "triage", "draft", f"{name}@example.org"], stdout=slave, stderr=subprocess.PIPE, check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        os.close(slave)
        shown = os.read(master, 65536)
        os.close(master)
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
        assert b"\x1b" not in shown
        assert "\u202e".encode() not in shown
        assert not re.search(rb"^Acked-by", shown, re.MULTILINE)
