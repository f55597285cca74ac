# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits checked as they are: author, committer and message from git, merges by what they hold of their own, empty ones too."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run

SOB = "Signed-off-by: Ada Example <ada@example.org>"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work tree with one commit, in which the test stands."""
    path = tmp_path / "tree"
    git(tmp_path, "init", "-q", "-b", "main", str(path))
    (path / "a.c").write_text("int a;\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", f"start\n\n{SOB}")
    monkeypatch.chdir(path)
    return path


def git(path: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=path, capture_output=True, text=True, check=True).stdout.strip()


def commit(path: Path, name: str, message: str, *words: str) -> None:
    (path / name).write_text(f"int {name[0]};\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", message, *words)


def check(run: Run, words: str = "main..HEAD") -> tuple[int, str]:
    done = run("check", words, "--policy", "plain-dco", "--fail-on", "error")
    assert "Traceback" not in done.err
    return done.code, done.out + done.err


def test_each_commit_is_judged_by_its_own_author_and_message(tree: Path, run: Run) -> None:
    git(tree, "switch", "-q", "-c", "side")
    commit(tree, "b.c", f"b: one\n\nText.\n\n{SOB}")
    assert check(run)[0] == 0
    commit(tree, "c.c", "c: two\n\nText.\n\nFrom: Mal Example <mal@example.org>\n")
    code, text = check(run)
    assert code == 3
    assert "DCO001" in text
    assert "c: two" in text


def test_what_looks_like_a_mail_in_a_message_is_none(tree: Path, run: Run) -> None:
    git(tree, "switch", "-q", "-c", "side")
    commit(tree, "b.c", f"b: one\n\nFrom: Mal Example <mal@example.org>\n\nText\n---\nof b/a.c\n-- \nmore\n\n{SOB}")
    assert check(run) == (0, "")
    commit(tree, "c.c", f"c: two\n\ndiff --git a/x b/x\n\n{SOB}")
    assert check(run) == (0, "")


def test_an_empty_commit_is_judged(tree: Path, run: Run) -> None:
    git(tree, "switch", "-q", "-c", "side")
    git(tree, "commit", "-q", "--allow-empty", "-m", "nothing")
    code, text = check(run)
    assert code == 3
    assert "DCO001" in text


def test_a_merge_is_judged_by_what_it_holds_of_its_own(tree: Path, run: Run) -> None:
    git(tree, "switch", "-q", "-c", "side")
    commit(tree, "b.c", f"b: one\n\n{SOB}")
    git(tree, "switch", "-q", "-c", "other", "main")
    commit(tree, "c.c", f"c: one\n\n{SOB}")
    git(tree, "merge", "-q", "side", "-m", "Merge side")
    code, text = check(run)
    assert code == 0
    assert "1 merge without content of its own was not judged" in text
    git(tree, "switch", "-q", "-c", "evil", "main")
    commit(tree, "d.c", f"d: one\n\n{SOB}")
    git(tree, "merge", "-q", "--no-commit", "side")
    commit(tree, "evil.c", "Merge side")
    code, text = check(run)
    assert code == 3
    assert "DCO001" in text


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("parents", [("main", "side"), ("main", "main~1")])
def test_a_merge_that_takes_back_what_a_parent_has_is_judged(tree: Path, run: Run, parents: tuple[str, str], fresh: bool) -> None:
    git(tree, "switch", "-q", "-c", "side")
    commit(tree, "b.c", f"b: one\n\n{SOB}")
    git(tree, "switch", "-q", "main")
    commit(tree, "sec.c", f"sec: fix a hole\n\n{SOB}")
    merge = git(tree, "commit-tree", "-p", parents[0], "-p", parents[1], "-m", "Merge", f"{parents[1]}^{{tree}}").strip()
    done = run("check", *(("--new", merge) if fresh else (f"main..{merge}",)), "--policy", "plain-dco", "--fail-on", "error")
    assert done.code == 3
    assert "DCO001" in done.out


def test_a_merge_that_settles_a_conflict_is_judged(tree: Path, run: Run) -> None:
    git(tree, "switch", "-q", "-c", "side")
    commit(tree, "b.c", f"b: one\n\n{SOB}")
    git(tree, "switch", "-q", "-c", "other", "main")
    (tree / "b.c").write_text("int other;\n")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", f"b: two\n\n{SOB}")
    merge = git(tree, "commit-tree", "-p", "other", "-p", "side", "-m", "Merge", "side^{tree}").strip()
    assert run("check", f"main..{merge}", "--policy", "plain-dco", "--fail-on", "error").code == 3
    before = git(tree, "count-objects").split()[0]
    run("check", f"main..{merge}", "--policy", "plain-dco")
    assert git(tree, "count-objects").split()[0] == before  # nothing was written for it


def test_a_message_ends_where_git_ends_it(tree: Path, run: Run) -> None:
    parent, files = (git(tree, "rev-parse", name).strip() for name in ("main", "main^{tree}"))
    who = "A B <a@example.org> 1772000000 +0000"
    raw = f"tree {files}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nfix\n\0\n\nSigned-off-by: A B <a@example.org>\n".encode()
    made = subprocess.run(["git", "-C", str(tree), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"], input=raw,
                          capture_output=True, check=True).stdout.decode().strip()  # fmt: skip
    assert run("check", f"main..{made}", "--policy", "plain-dco", "--fail-on", "error").code == 3


def test_an_empty_range_is_fine_and_an_unknown_one_is_said(tree: Path, run: Run) -> None:
    assert check(run, "main..main") == (0, "")
    code, text = check(run, "nowhere..HEAD")
    assert code == 2
    assert "git knows no such commits here" in text
    assert run("check", "--new", "--policy", "plain-dco", "--", "--output=x").code == 2


def test_the_hook_of_the_readme_lets_no_unsigned_commit_in(tree: Path, tmp_path: Path, isolated: Path) -> None:
    server = tmp_path / "server.git"
    git(tmp_path, "init", "-q", "--bare", str(server))
    git(tree, "push", "-q", str(server), "main")
    hook = re.search(r"```sh\n(#!/bin/sh\n.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert hook
    triage = ROOT / ".venv" / "bin"
    script = server / "hooks" / "pre-receive"
    script.parent.mkdir(exist_ok=True)
    import sys

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "triage").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m triage "$@"\n')
    (tmp_path / "bin" / "triage").chmod(0o755)
    script.write_text(hook[1].replace("#!/bin/sh\n", f"#!/bin/sh\nPATH={tmp_path / 'bin'}:{triage}:$PATH\n"))
    script.chmod(0o755)

    def push(branch: str) -> int:
        return subprocess.run(["git", "push", "-q", str(server), branch], cwd=tree, capture_output=True, check=False).returncode

    git(tree, "switch", "-q", "-c", "good", "main")
    commit(tree, "b.c", f"b: one\n\n{SOB}")
    assert push("good") == 0
    for name, words in (("empty", ("commit", "-q", "--allow-empty", "-m", "x")), ("plain", ("commit", "-q", "--allow-empty", "-m", "y"))):
        git(tree, "switch", "-q", "-c", name, "main")
        git(tree, *words)
        assert push(name) == 1
    git(tree, "switch", "-q", "-c", "evil", "main")
    commit(tree, "d.c", f"d: one\n\n{SOB}")
    git(tree, "merge", "-q", "--no-commit", "good")
    commit(tree, "evil.c", "Merge good")
    assert push("evil") == 1


def test_mails_that_a_mail_reader_joins_are_all_judged(run: Run, tmp_path: Path) -> None:
    head = "From: Ann Author <ann@example.org>\nDate: Mon, 02 Mar 2026 09:00:0{n} +0000\nSubject: [PATCH {n}/2] w: {n}\n{id}\n"
    diff = "---\n a.c | 2 +-\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b\n-- \n2.45.0\n\n"
    for given in ("", "Message-ID: <{n}@example.org>\n"):
        first = head.format(n=1, id=given.format(n=1)) + f"Text.\n\nSigned-off-by: Ann Author <ann@example.org>\n{diff}"
        second = head.format(n=2, id=given.format(n=2)) + f"Text.\n\n{diff}"
        (tmp_path / "joined").write_text(first + second)
        done = run("check", str(tmp_path / "joined"), "--policy", "plain-dco", "--fail-on", "error")
        assert done.code == 3
        assert "DCO001" in done.out
        (tmp_path / "one").write_text(first + "On second thoughts:\n\nFrom: Bo <bo@example.org>\nSubject: quoted\n\nText.\n")
        assert run("check", str(tmp_path / "one"), "--policy", "plain-dco", "--fail-on", "error").code == 0


def test_standard_input_without_end_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        assert endless.stdout
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": endless.stdout})())
        monkeypatch.setattr("triage.archive.local.MAX_COPIED", 1 << 20)
        done = run("check", "-", "--policy", "plain-dco")
        endless.kill()
    assert done.code == 2
    assert "more than 1 MiB on standard input" in done.err


@pytest.mark.parametrize("form", ["plain", "base64", "multipart"])
@pytest.mark.parametrize("fields", ["", "Message-ID: <{n}@example.org>\n", "Date: Mon, 02 Mar 2026 09:00:0{n} +0000\n"])
@pytest.mark.parametrize("gap", ["", "\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_unsigned_mail_hides_behind_no_other(run: Run, tmp_path: Path, form: str, fields: str, gap: str, end: str) -> None:
    import base64

    def one(n: int, signed: bool) -> str:
        head = f"From: Ann Author <ann@example.org>\nSubject: [PATCH {n}/2] w: {n}\n" + fields.format(n=n)
        body = f"Text.\n\n{'Signed-off-by: Ann Author <ann@example.org>' if signed else 'And more.'}\n---\n"
        body += f"diff --git a/{n}.c b/{n}.c\n--- a/{n}.c\n+++ b/{n}.c\n@@ -1 +1 @@\n-a\n+b\n-- \n2.45.0\n\n"
        if form == "base64":
            head, body = f"{head}Content-Transfer-Encoding: base64\n", base64.encodebytes(body.encode()).decode()
        elif form == "multipart":
            head, body = f'{head}Content-Type: multipart/mixed; boundary="bb"\n', f"--bb\nContent-Type: text/plain\n\n{body}\n--bb--\n"
        return f"{head}\n{body}"

    for signed in ((True, False), (False, True)):
        (tmp_path / "joined").write_bytes((one(1, signed[0]) + gap + one(2, signed[1])).replace("\n", end).encode())
        assert run("check", str(tmp_path / "joined"), "--policy", "plain-dco", "--fail-on", "error").code == 3


def test_a_detached_head_hides_no_new_commit(tree: Path, run: Run) -> None:
    git(tree, "switch", "-q", "--detach")
    git(tree, "commit", "-q", "--allow-empty", "-m", "unsigned")
    new = git(tree, "rev-parse", "HEAD")
    assert run("check", "--new", new, "--policy", "plain-dco", "--fail-on", "error").code == 3
    git(tree, "switch", "-q", "-c", "known")
    assert run("check", "--new", new, "--policy", "plain-dco", "--fail-on", "error").code == 0


@pytest.mark.parametrize("file", ["shallow", "info/grafts"])
def test_history_that_is_cut_is_said(tree: Path, run: Run, file: str) -> None:
    git(tree, "switch", "-q", "-c", "side")
    git(tree, "commit", "-q", "--allow-empty", "-m", "unsigned")
    git(tree, "commit", "-q", "--allow-empty", "-m", f"signed\n\n{SOB}")
    (tree / ".git" / file).parent.mkdir(exist_ok=True)
    (tree / ".git" / file).write_text(git(tree, "rev-parse", "HEAD") + "\n")
    code, text = check(run)
    assert code in {2, 3}
    assert "history is cut" in text or "DCO001" in text


def patch_mail(n: int, title: str, signed: bool, fields: str = "") -> str:
    sob = f"{SOB}\n" if signed else ""
    head = f"From: Ada Example <ada@example.org>\nSubject: {title}\nMessage-ID: <{n}@example.org>\n{fields}\n"
    return f"{head}Text {n}.\n\n{sob}---\n a.c | 1 +\n\ndiff --git a/{n}.c b/{n}.c\n--- a/{n}.c\n+++ b/{n}.c\n@@ -1 +1,2 @@\n int a;\n+int {'b' * n};\n"


def judged(run: Run, path: Path, text: str) -> int:
    path.write_text(text)
    return run("check", str(path), "--policy", "plain-dco", "--fail-on", "error").code


@pytest.mark.parametrize("line", [f"From {'1' * 40} Mon Sep 17 00:00:00 2001", "From ada@example.org Mon Mar  2 10:00:00 2026", "From x"])
@pytest.mark.parametrize("gap", ["", "\n", "-- \n2.43.0\n\n"])
@pytest.mark.parametrize("first", [True, False])
def test_an_unsigned_mail_hides_behind_no_from_line(run: Run, tmp_path: Path, line: str, gap: str, first: bool) -> None:
    one, two = (patch_mail(n, f"[PATCH] item {n}: count", n == 1) for n in (1, 2))
    assert judged(run, tmp_path / "x", (f"{line}\n" if first else "") + one + gap + f"{line}\n{two}") == 3
    assert (
        judged(run, tmp_path / "y", (f"{line}\n" if first else "") + one + gap + f"{line}\n" + two.replace("---\n", f"\n{SOB}\n---\n", 1))
        == 0
    )


def test_a_formatted_patch_is_judged_whatever_its_subject_says(run: Run, tmp_path: Path) -> None:
    for title in ("Re: [PATCH] item: count", "Re: item", "item", "bug: item"):
        answers = "In-Reply-To: <elsewhere@example.org>\n" if title.startswith("Re") else ""
        assert judged(run, tmp_path / "x", patch_mail(1, title, False, answers)) == 3, title
        assert judged(run, tmp_path / "x", patch_mail(1, title, True, answers)) == 0, title


def test_a_sketch_in_a_thread_that_is_at_hand_is_no_patch(run: Run, tmp_path: Path) -> None:
    date = "From ada@example.org Mon Mar  2 10:00:00 2026\n"
    thread = date + patch_mail(1, "[PATCH] item: count", True) + "\n" + date
    thread += patch_mail(2, "Re: [PATCH] item: count", False, "In-Reply-To: <1@example.org>\n")
    assert judged(run, tmp_path / "x", thread) == 0


FORMATTED = "Text.\n\n---\n a.c | 1 +\n 1 file changed, 1 insertion(+)\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n int a;\n+int b;\n-- \n2.39\n"


@pytest.mark.parametrize(
    "subject",
    [
        "[PATCH 0/1] item",
        "[GIT PULL] item",
        'Patch "item" has been added to the 6.1-stable tree',
        "FAILED: patch item",
        "Out of office",
        "Re: item",
    ],
)
@pytest.mark.parametrize(
    "fields",
    ["", "Auto-Submitted: auto-generated\n", "Content-Type: image/png\n", "Content-Type: multipart/mixed\n",
     "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 8bit\n"],
)  # fmt: skip
def test_a_patch_that_git_am_takes_is_judged_whatever_its_head_says(run: Run, tmp_path: Path, subject: str, fields: str) -> None:
    head = f"From: Ada Example <ada@example.org>\nSubject: {subject}\nMessage-ID: <x@example.org>\nDate: Mon, 02 Mar 2026 09:00:00 +0000\n"
    assert judged(run, tmp_path / "x", f"{head}{fields}\n{FORMATTED}") == 3
    assert judged(run, tmp_path / "x", f"{head}{fields}\n" + FORMATTED.replace("Text.\n", f"Text.\n\n{SOB}\n")) == 0


def test_an_octopus_that_drops_what_a_parent_brings_is_judged(tree: Path, run: Run) -> None:
    for name in "xyz":
        git(tree, "switch", "-q", "-c", name, "main")
        commit(tree, f"{name}.c", f"{name}: one\n\n{SOB}")
    git(tree, "switch", "-q", "-c", "all", "x")
    git(tree, "merge", "-q", "y", "z", "-m", "Merge")
    assert check(run, "main..all")[0] == 0
    parents = [word for name in "xyz" for word in ("-p", name)]
    for files in ("x", "main", "x^{tree}"):
        merge = git(tree, "commit-tree", *parents, "-m", "Merge", git(tree, "rev-parse", f"{files.removesuffix('^{tree}')}^{{tree}}"))
        assert check(run, f"main..{merge}")[0] == 3, files


def test_a_patch_that_answers_a_mail_elsewhere_is_judged_under_any_subject(run: Run, tmp_path: Path) -> None:
    for title in ("item: count", "[FOO] item: count"):
        assert judged(run, tmp_path / "x", patch_mail(1, title, False, "In-Reply-To: <elsewhere@example.org>\n")) == 3, title
        assert judged(run, tmp_path / "x", patch_mail(1, title, True, "In-Reply-To: <elsewhere@example.org>\n")) == 0, title


def test_of_two_froms_the_one_that_git_takes_must_sign(run: Run, tmp_path: Path) -> None:
    mal = "From: Mal Example <mal@example.org>\n"
    assert judged(run, tmp_path / "x", patch_mail(1, "[PATCH] item", True, mal)) == 3
    assert judged(run, tmp_path / "x", mal + patch_mail(1, "[PATCH] item", True)) == 0


def test_a_patch_that_answers_a_cover_letter_is_read_as_git_reads_it(run: Run, tmp_path: Path) -> None:
    cover = "From: Ada Example <ada@example.org>\nSubject: [PATCH 0/1] item\nMessage-ID: <0@example.org>\n\nText.\n"
    mal = "From: Mal Example <mal@example.org>\n"
    patch = patch_mail(1, "[PATCH 1/1] item", True, f"In-Reply-To: <0@example.org>\n{mal}")
    assert judged(run, tmp_path / "x", f"From x Mon Sep 17 00:00:00 2001\n{cover}\nFrom y Mon Sep 17 00:00:00 2001\n{patch}") == 3


def test_exported_patches_without_ids_stay_one_series(run: Run, tmp_path: Path) -> None:
    mails = [patch_mail(n, f"[PATCH {n}/2] item: {n}", False).replace(f"Message-ID: <{n}@example.org>\n", "") for n in (1, 2)]
    (tmp_path / "x").write_text("".join(f"From {n} Mon Sep 17 00:00:00 2001\n{mail}\n" for n, mail in enumerate(mails)))
    found = [json.loads(line) for line in run("check", "--format", "json", "--policy", "qemu", str(tmp_path / "x")).out.splitlines()]
    assert len({one["series"] for one in found}) == 1
    assert {one["n"] for one in found} == {1, 2}


@pytest.mark.parametrize("line", ["Index: x", "diff -u a"])
def test_what_git_takes_for_the_begin_of_a_diff_hides_no_patch(run: Run, tmp_path: Path, line: str) -> None:
    text = patch_mail(1, "item: count", True).replace("Text 1.", f"Text.\n\n{line}")
    assert judged(run, tmp_path / "x", text) == 3


@pytest.mark.parametrize("kind", ["text/x-patch", "application/x-patch"])
def test_a_sign_off_in_a_part_that_git_am_has_left_behind_is_none(run: Run, tmp_path: Path, kind: str) -> None:
    head = "From: Ada Example <ada@example.org>\nSubject: [PATCH] item: count\nMessage-ID: <x@example.org>\nMIME-Version: 1.0\n"
    head += "Content-Type: multipart/mixed; boundary=zz\n\n"

    def mail_of(inside: str) -> str:
        return f"{head}--zz\nContent-Type: {kind}\n\n{inside}\n--zz\nContent-Type: text/plain\n\n{SOB}\n\n--zz--\n"

    assert judged(run, tmp_path / "x", mail_of(FORMATTED)) == 3
    assert judged(run, tmp_path / "x", mail_of(FORMATTED.replace("Text.\n", f"Text.\n\n{SOB}\n"))) == 0


def test_what_stands_above_scissors_is_heard_since_git_am_keeps_it(run: Run, tmp_path: Path) -> None:
    text = patch_mail(1, "[PATCH] item: count", True).replace("Text 1.", "Generated with Claude Code.\n\n-- >8 --\nText 1.")
    (tmp_path / "x").write_text(text)
    assert "AI001" in run("check", str(tmp_path / "x"), "--policy", "qemu").out


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ("Subject: Generated with Claude Code\n", ""),
        ("", "Subject: =?utf-8?q?Generated_with_Claude_Code?=\n\n"),
        ("Subject: Assisted-by: Claude:opus\n", ""),
    ],
)
def test_the_subject_that_git_takes_is_judged(run: Run, tmp_path: Path, fields: str, line: str) -> None:
    text = patch_mail(1, "[PATCH] item: count", True, fields).replace("Text 1.", f"{line}Text 1.")
    (tmp_path / "x").write_text(text)
    assert "AI001" in run("check", str(tmp_path / "x"), "--policy", "qemu").out


def test_a_mail_without_a_date_is_judged_by_the_rules_of_today(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(patch_mail(1, "[PATCH] item: count", True).replace("Text 1.", "Generated with Claude Code."))
    assert "AI001" in run("check", str(tmp_path / "x"), "--policy", "qemu").out


@pytest.mark.parametrize("line", ["Assisted-by: Claude:claude-opus", "Co-developed-by: Claude <noreply@anthropic.com>"])
def test_a_trailer_above_scissors_is_judged(run: Run, tmp_path: Path, line: str) -> None:
    text = patch_mail(1, "[PATCH] item: count", True).replace("Text 1.", f"Text.\n\n{line}\n\n-- >8 --\nText 1.")
    (tmp_path / "x").write_text(text)
    assert "AI001" in run("check", str(tmp_path / "x"), "--policy", "qemu").out


@pytest.mark.parametrize("title", ["item: count", "[PATCH 0/1] item: count", "[PULL 0/1] item", "Re: [PATCH] item: count"])
@pytest.mark.parametrize("cut", ["", "---\n"])
def test_a_diff_that_git_am_takes_is_judged_without_stat_or_dashes(run: Run, tmp_path: Path, title: str, cut: str) -> None:
    assert judged(run, tmp_path / "x", patch_mail(1, title, False).replace("---\n a.c | 1 +\n\n", cut)) == 3
    assert judged(run, tmp_path / "x", patch_mail(1, title, True).replace("---\n a.c | 1 +\n\n", cut)) == 0


@pytest.mark.parametrize("title", ["[PATCH 0/1] item: count", "[PULL 0/1] item", "Re: [PATCH] item"])
def test_a_patch_answers_only_what_it_says_it_answers(run: Run, tmp_path: Path, title: str) -> None:
    first = patch_mail(1, "[PATCH] item: first", True)
    answer = "2" if title.startswith("Re") else "1"
    second = patch_mail(2, title, False, f"In-Reply-To: <{answer}@example.org>\n")
    assert judged(run, tmp_path / "x", f"From x Mon Sep 17 00:00:00 2001\n{first}\nFrom y Mon Sep 17 00:00:00 2001\n{second}") == 3


@pytest.mark.parametrize("line", ["Coauthored-by: Claude <noreply@anthropic.com>", "Generated with `Claude Code`"])
def test_other_spellings_of_a_declaration_are_heard(run: Run, tmp_path: Path, line: str) -> None:
    (tmp_path / "x").write_text(patch_mail(1, "[PATCH] item: count", True).replace("Text 1.\n", f"Text 1.\n\n{line}"))
    assert "AI001" in run("check", str(tmp_path / "x"), "--policy", "qemu").out
