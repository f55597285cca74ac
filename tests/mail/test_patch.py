# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut: message, tail and diff as git mailinfo cuts them, checked against git itself."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import DIFF, SOB, mail, patch_body
from triage.mail.message import read_mail
from triage.mail.patch import changed_files, cut, is_scissors_line
from triage.model import RawMail, blob_id

BODIES = {
    "plain": patch_body(),
    "in-body from": patch_body(f"From: Bo Sample <bo@example.org>\n\nText.\n\n{SOB}"),
    "in-body all": patch_body(f"From: Bo Sample <bo@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: other\n\nText.\n{SOB}"),
    "folded in-body": patch_body(f"Subject: a long\n one\nFrom: Bo Sample <bo@example.org>\n\nText.\n{SOB}"),
    "blank lines first": "\n\n\n" + patch_body(),
    "from twice": patch_body(f"From: Bo Sample <bo@example.org>\nFrom: Eva Beispiel <eva@example.org>\n\nText.\n{SOB}"),
    "separator quoted": ">From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\n" + patch_body(),
    "no separator": f"Text.\n\n{SOB}\n{DIFF}",
    "dashes with blanks": f"Text.\n{SOB}---  \t\n\n{DIFF}",
    "file header first": f"Text.\n{SOB}--- a/widget.c\n+++ b/widget.c\n@@ -1 +1 @@\n-a\n+b\n",
    "index": f"Text.\n{SOB}Index: widget.c\n--- widget.c\n+++ widget.c\n@@ -1 +1 @@\n-a\n+b\n",
    "four dashes stay": f"A table\n----\nrow\n\n{SOB}---\n{DIFF}",
    "snippet in message": f"It says\n--- a/x\n+++ b/x\n\n{SOB}---\n{DIFF}",
    "body is diff": DIFF,
    "note in brackets": patch_body(f"[PATCH] inner subject\n\nText.\n{SOB}"),
    "lower case": patch_body(f"from: bo@example.org (Bo Sample)\n\nText.\n{SOB}"),
}


def mailinfo(content: bytes, folder: Path, *options: str) -> tuple[dict[str, str], str]:
    done = subprocess.run(["git", "mailinfo", *options, folder / "m", folder / "p"], input=content, capture_output=True, check=True)
    info = dict(line.split(": ", 1) for line in done.stdout.decode().splitlines() if ": " in line)
    return info, (folder / "m").read_text("utf-8")


@pytest.mark.parametrize("name", BODIES)
def test_author_subject_and_message_are_those_of_git(name: str, tmp_path: Path) -> None:
    content = mail(BODIES[name])
    info, message = mailinfo(content, tmp_path)
    read = read_mail(RawMail(content, "", blob_id(content), 0))
    assert read.body.commit_message == message
    assert (read.message.author.name or read.message.author.email, read.message.author.email) == (info["Author"], info["Email"])
    assert read.message.subject.title == info["Subject"]


@pytest.mark.parametrize("line", ["-- >8 -- cut --", "--- 8< ---"])
def test_scissors_cut_as_git_does(line: str, tmp_path: Path) -> None:
    body = f"Chat.\n\n{line}\nSubject: [PATCH] inner\nFrom: Bo Sample <bo@example.org>\n\nText.\n{SOB}---\n{DIFF}"
    info, message = mailinfo(mail(body), tmp_path, "--scissors")
    done = cut(body, scissors=True)
    assert done.message == message
    assert done.in_body["subject"] == "[PATCH] inner"
    assert info["Author"] == "Bo Sample"


@pytest.mark.parametrize(
    ("line", "is_cut"),
    [("-- >8 --", True), ("- - - 8< - - -", True), (">8", False), ("-- 8< -- cut here please and mind the gap thanks a lot", False),
     ("----", False), ("-->8--", False), ("--- >8 ---", True), ("8<--------", True)],
)  # fmt: skip
def test_scissors_lines_are_told_by_gits_rule(line: str, is_cut: bool) -> None:
    assert is_scissors_line(line) is is_cut


def test_tail_and_diff_are_apart() -> None:
    done = cut(patch_body(tail="v2: less\n\n"))
    assert done.tail.startswith("v2: less")
    assert done.diff == DIFF
    assert done.broke_at is not None
    assert done.broke_at.number == 4


def test_line_numbers_point_into_the_text() -> None:
    body = patch_body(f"From: Bo Sample <bo@example.org>\n\nText.\n\n{SOB}", tail="note\n")
    done = cut(body)
    lines = body.split("\n")
    assert lines[done.message_line - 1] == "Text."
    assert done.broke_at is not None
    assert lines[done.broke_at.number - 1] == "---"
    assert lines[done.tail_line - 1] == "note"
    assert lines[done.diff_line - 1].startswith("diff --git")


def test_files_and_counts() -> None:
    diff = DIFF + (
        "diff --git a/old.c b/new.c\nsimilarity index 100%\nrename from old.c\nrename to new.c\n"
        "diff --git a/gone.c b/gone.c\ndeleted file mode 100644\n--- a/gone.c\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n--- b\n"
        "diff --git a/logo.png b/logo.png\nnew file mode 100644\nGIT binary patch\nliteral 3\nzcmZ\n"
    )
    files = [(f.path, f.status, f.added, f.removed) for f in changed_files(diff)]
    assert files == [("widget.c", "modified", 1, 1), ("new.c", "renamed", 0, 0), ("gone.c", "deleted", 0, 2), ("logo.png", "added", 0, 0)]


def test_files_of_a_diff_without_git_headers() -> None:
    diff = "--- a/x.c\t2026-01-01\n+++ b/x.c\t2026-01-02\n@@ -1 +1,2 @@\n-a\n+b\n+c\n"
    assert [(f.path, f.added, f.removed) for f in changed_files(diff)] == [("x.c", 2, 1)]


@pytest.mark.parametrize(
    ("old", "new", "path", "status"),
    [
        ("a/lib/x.c", "b/lib/x.c", "lib/x.c", "modified"),
        ("tree.orig/lib/x.c\t2024-04-08 20:55:03", "tree/lib/x.c\t2024-04-08 20:55:04", "lib/x.c", "modified"),
        ("tree.orig/x y.c   2024-04-08 20:55:03.998 +0200", "tree/x y.c   2024-04-08 20:56:03.998 +0200", "x y.c", "modified"),
        ("lib/x.c\t1.2", "lib/x.c\t1.3", "lib/x.c", "modified"),
        ("/dev/null", "b/lib/x.c", "lib/x.c", "added"),
        ("a/lib/x.c", "/dev/null", "lib/x.c", "deleted"),
        ("x.c", "x.c", "x.c", "modified"),
    ],
)
def test_diffs_of_other_tools_name_their_files(old: str, new: str, path: str, status: str) -> None:
    (change,) = changed_files(f"--- {old}\n+++ {new}\n@@ -1 +1 @@\n-a\n+b\n")
    assert (change.path, change.status) == (path, status)
