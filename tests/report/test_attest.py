# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes and statements at commits: matched to mail, shown by git, verified by an outside library's reading of DSSE, forgeries refused."""

import base64
import json
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope

from tests.conftest import DIFF, Inbox, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.report.attest import NAMESPACE, OPINION, RESULT

CY = "Cy Test <cy@example.org>"


def git(path: Path, *words: str, stdin: str = "") -> str:
    return subprocess.run(["git", *words], cwd=path, input=stdin, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def tree(config: Config, inbox: Inbox, run: Run, tmp_path: Path) -> Path:
    """A repository whose last three commits are a patch by patch-id, one by its Link trailer, and one of nobody's mail."""
    git(tmp_path, "config", "--global", "gpg.format", "ssh")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    git(tmp_path, "config", "--global", "user.signingkey", str(tmp_path / "key.pub"))
    (tmp_path / "allowed").write_text(f"ada@example.org {(tmp_path / 'key.pub').read_text()}")
    git(tmp_path, "config", "--global", "gpg.ssh.allowedSignersFile", str(tmp_path / "allowed"))
    other = DIFF.replace("widget.c", "kettle.c")
    inbox.add(mail(patch_body(f"It was broken.\n\nSigned-off-by: {CY}\n"), key="p1", sender=CY, subject="[PATCH] widget: fix"),
              mail(patch_body("No sign-off.\n\n", diff=other), key="p2", sender=CY, subject="[PATCH] kettle: whistle"))  # fmt: skip
    add_list(config, "widgets", (str(inbox.path),), "plain-dco", "")
    ingest(config, load_lists(config.paths))
    assert run("opinion", "give", "p1@example.org", "agree", "-m", "Tried it.").code == 0
    path = tmp_path / "tree"
    git(tmp_path, "init", "-q", "-b", "main", str(path))
    for name in ("widget.c", "kettle.c"):
        (path / name).write_text("int widget(void)\n\treturn 0;\n/* end */\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "start")
    (path / "widget.c").write_text("int widget(void)\n\treturn 1;\n/* end */\n")
    git(path, "commit", "-q", "-a", "-m", "widget: fix\n\nIt was broken.")
    (path / "kettle.c").write_text("int widget(void)\n\treturn 5;\n/* end */\n")
    git(path, "commit", "-q", "-a", "-m", "kettle: whistle\n\nLink: https://lore.example.org/widgets/p2@example.org")
    (path / "other.c").write_text("int other;\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "other")
    return path


def words(tree: Path, *more: str) -> tuple[str, ...]:
    return ("attest", "HEAD~3..HEAD", "--repo", str(tree), *more)


def envelopes(tree: Path, commit: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in git(tree, "notes", "--ref=triage-attestations", "show", commit).splitlines()]


def test_commits_are_matched_and_noted_for_people(tree: Path, run: Run) -> None:
    done = run(*words(tree))
    assert done.code == 0, done.err
    assert "1 commit was applied from no mail that is here" in done.err
    log = git(tree, "log", "--notes=triage", "HEAD~3..HEAD")
    for line in ("Applied-from: p1@example.org (patch-id)", "Applied-from: p2@example.org (Link trailer)", "Policy: plain-dco@", "Findings: none open",
                 "Findings: DCO001 error", "Opinion: agree by Ada Example <ada@example.org>", "Tried it."):  # fmt: skip
        assert line in log, line
    before = git(tree, "notes", "--ref=triage", "show", "HEAD~2")
    assert run(*words(tree)).code == 0
    assert git(tree, "notes", "--ref=triage", "show", "HEAD~2") == before


def test_an_outside_library_reads_and_verifies_what_was_signed(tree: Path, run: Run, tmp_path: Path) -> None:
    assert run(*words(tree)).code == 0
    told = envelopes(tree, "HEAD~2")
    kinds = []
    for one in told:
        envelope = Envelope.from_dict(json.loads(json.dumps(one)) | {"signatures": []})
        (tmp_path / "sig").write_bytes(base64.b64decode(one["signatures"][0]["sig"]))  # type: ignore[index]
        verify = [
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            str(tmp_path / "allowed"),
            "-I",
            "ada@example.org",
            "-n",
            NAMESPACE,
            "-s",
            str(tmp_path / "sig"),
        ]
        assert subprocess.run(verify, input=envelope.pae(), capture_output=True).returncode == 0
        statement = json.loads(envelope.payload)
        kinds.append(statement["predicateType"])
        assert statement["subject"] == [{"name": "commit", "digest": {"gitCommit": git(tree, "rev-parse", "HEAD~2")}}]
    assert kinds == [RESULT, OPINION]
    result, opinion = (json.loads(base64.b64decode(one["payload"]))["predicate"] for one in told)  # type: ignore[arg-type]
    assert result["properties"] == ["TRIAGE_DCO_OK"]  # the pack asks nothing of AI
    assert len(result["policies"][0]["digest"]["sha256"]) == 64
    record = base64.b64decode(opinion["record"]["content"])
    assert sha256(record).hexdigest() == opinion["record"]["digest"]["sha256"]
    assert b"Tried it." in record
    assert f"{git(tree, 'rev-parse', 'HEAD~1')[:12]} no statement" in run(*words(tree, "--verify")).out  # a trailer alone is no proof


def test_what_was_forged_is_refused_with_its_reason(tree: Path, run: Run, tmp_path: Path) -> None:
    assert run(*words(tree)).code == 0
    done = run(*words(tree, "--verify"))
    assert done.code == 0, done.out
    assert "agree by Ada Example <ada@example.org>, signed by ada@example.org" in done.out
    told = envelopes(tree, "HEAD~2")

    def put(rows: list[dict[str, object]], commit: str = "HEAD~2") -> str:
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        git(tree, "notes", "--ref=triage-attestations", "add", "-f", "-F", "-", commit, stdin=text)
        done = run(*words(tree, "--verify"))
        assert done.code == 1
        return done.out

    assert "it speaks of another commit" in put(told, "HEAD")
    git(tree, "notes", "--ref=triage-attestations", "remove", "HEAD")
    payload = base64.b64decode(str(told[1]["payload"])).replace(b'"agree"', b'"waive"')
    assert "nobody whom git trusts signed it" in put([told[1] | {"payload": base64.b64encode(payload).decode()}])
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "mallory")], check=True)
    from triage.report.attest import _signature, encoding_of

    signature = base64.b64encode(_signature(encoding_of(payload), str(tmp_path / "mallory"))).decode()
    assert "nobody whom git trusts signed it" in put(
        [told[1] | {"payload": base64.b64encode(payload).decode(), "signatures": [{"sig": signature}]}]
    )
    signature = base64.b64encode(_signature(encoding_of(payload), str(tmp_path / "key"))).decode()
    assert "something else than the record" in put(
        [told[1] | {"payload": base64.b64encode(payload).decode(), "signatures": [{"sig": signature}]}]
    )
    assert "it is not signed" in put([told[1] | {"signatures": []}])
    git(tree, "notes", "--ref=triage-attestations", "add", "-f", "-F", "-", "HEAD~2", stdin="[" * 200_000 + "\n")
    assert "it is no statement" in run(*words(tree, "--verify")).out
    for odd in ({}, {"payload": "!!", "payloadType": "x", "signatures": []}):
        assert "bad:" in put([odd])


def test_without_a_key_it_says_what_to_do(tree: Path, run: Run, tmp_path: Path) -> None:
    git(tmp_path, "config", "--global", "--unset", "user.signingkey")
    done = run(*words(tree))
    assert done.code == 78
    assert "user.signingkey" in done.err
    assert run(*words(tree, "--unsigned")).code == 0
    assert run(*words(tree, "--verify")).code == 1


def test_a_commit_leads_to_its_mail_and_a_patch_to_what_it_became(tree: Path, run: Run) -> None:
    """The commits are of today, and the mails of the past: what was merged is found either way."""
    named = run("show", "HEAD~2", "--repo", str(tree))
    assert "Message-ID: p1@example.org" in named.out, named.err
    assert "Message-ID: p2@example.org" in run("show", git(tree, "rev-parse", "HEAD~1"), "--repo", str(tree)).out
    nobody = run("show", "HEAD", "--repo", str(tree))
    assert (nobody.code, nobody.out) == (2, "")
    assert "was applied from no mail that is here" in nobody.err
    first = git(tree, "rev-parse", "HEAD~2")
    assert f"= commit {first[:12]} of 20" in (told := run("show", "--series", "p1@example.org", "--repo", str(tree)).out)
    assert "by patch-id" in told
    rows = [json.loads(run("show", "--series", f"p{n}@example.org", "--repo", str(tree), "--json").out)["commits"] for n in (1, 2)]
    assert [(row["message_id"], row["commit"], row["how"]) for (row,) in rows] == [
        ("p1@example.org", first, "patch-id"), ("p2@example.org", git(tree, "rev-parse", "HEAD~1"), "Link trailer"),
    ]  # fmt: skip
    git(tree, "reset", "-q", "--hard", "HEAD~3")
    assert "= not in HEAD" in run("show", "--series", "p1@example.org", "--repo", str(tree)).out


def test_a_patch_that_was_changed_on_the_way_is_found_by_its_title(tree: Path, run: Run) -> None:
    git(tree, "reset", "-q", "--hard", "HEAD~3")
    (tree / "widget.c").write_text("int widget(void)\n\treturn 12;\n/* end */\n")
    git(tree, "commit", "-q", "-a", "-m", "widget: fix\n\nIt was broken.", "--author", CY)
    assert "by title and author" in run("show", "--series", "p1@example.org", "--repo", str(tree)).out


def test_the_surest_sign_of_a_commit_counts_before_the_newest(tree: Path, run: Run, inbox: Inbox, config: Config) -> None:
    """A patch of 1970 with a path outside, put into the series' thread, hides nothing either."""
    strange = DIFF.replace("a/widget.c", "a/../../etc/x").replace("b/widget.c", "b/../../etc/x")
    inbox.add(mail(patch_body(diff=strange), key="odd", sender=CY, subject="[PATCH] odd", date="Thu, 01 Jan 1970 00:00:10 +0000"))
    ingest(config, load_lists(config.paths))
    (tree / "kettle.c").write_text("int widget(void)\n\treturn 6;\n/* end */\n")
    git(tree, "commit", "-q", "-a", "-m", "kettle: whistle", "--author", CY)  # newer, and told by title and author alone
    (row,) = json.loads(run("show", "--series", "p2@example.org", "--repo", str(tree), "--json").out)["commits"]
    assert (row["commit"], row["how"]) == (git(tree, "rev-parse", "HEAD~2"), "Link trailer")
    assert "= not in HEAD" in run("show", "--series", "odd@example.org", "--repo", str(tree)).out


def test_a_commit_that_was_reverted_on_a_branch_is_in_its_history(tree: Path, run: Run) -> None:
    git(tree, "reset", "-q", "--hard", "HEAD~3")
    git(tree, "checkout", "-q", "-b", "topic")
    (tree / "widget.c").write_text("int widget(void)\n\treturn 1;\n/* end */\n")
    git(tree, "commit", "-q", "-a", "-m", "widget: fix\n\nIt was broken.")
    git(tree, "revert", "--no-edit", "HEAD")
    git(tree, "checkout", "-q", "main")
    git(tree, "merge", "-q", "--no-ff", "--no-edit", "topic")
    assert (
        f"= commit {git(tree, 'rev-parse', '--short=12', 'topic~1')}" in run("show", "--series", "p1@example.org", "--repo", str(tree)).out
    )


def test_a_patch_is_found_from_a_folder_below_and_under_a_quoted_name(tree: Path, run: Run, inbox: Inbox, config: Config) -> None:
    (tree / "sub").mkdir()
    (tree / "sub" / "\u00e4.c").write_text("int a;\n")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "add \u00e4", "--author", CY)
    body = git(tree, "format-patch", "-1", "--stdout").partition("\n\n")[2] + "\n"
    assert "\\303\\244.c" in body
    inbox.add(mail(body, key="q", sender=CY, subject="[PATCH] add"))
    ingest(config, load_lists(config.paths))
    told = run("show", "--series", "q@example.org", "--repo", str(tree / "sub")).out
    assert f"= commit {git(tree, 'rev-parse', '--short=12', 'HEAD')} of 20" in told
    assert "by patch-id" in told


def test_a_folder_that_is_no_repository_is_said(tree: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for words in (("show", "HEAD"), ("show", "--series", "p1@example.org")):
        done = run(*words, "--repo", str(tmp_path / "empty"))
        assert (done.code, f"{tmp_path / 'empty'} is no git repository" in done.err) == (2, True), done.err
    assert run("attest", "HEAD~1..HEAD", "--verify", "--dry-run", "--repo", str(tree)).code == 2


def test_a_dry_run_says_what_would_be_noted_and_writes_nothing(tree: Path, run: Run) -> None:
    done = run(*words(tree, "--dry-run"))
    assert "Applied-from: p2@example.org (Link trailer)" in done.out
    assert not git(tree, "for-each-ref", "refs/notes")
