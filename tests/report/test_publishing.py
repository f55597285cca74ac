# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions brought to the list and to b4: b4's own code reads what is written, and what comes back is known."""

import email
import email.policy
import json
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import b4
import b4.review._review as b4_review
import patatt
import pytest

from tests.conftest import DIFF, SOB, Inbox, Run, mail, patch_body
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.model import Person
from triage.model.errors import TriageError
from triage.opinion.give import Said, give_opinion
from triage.opinion.index import refreshed
from triage.query.review_trailers import Voucher, reviews
from triage.report.answer import reply_to
from triage.report.outgoing import mboxrd
from triage.store.queries import find_series
from tui.session import Session

CORA = Person("Cora Example", "cora@example.org")


@pytest.fixture
def series(config: Config, inbox: Inbox, run: Run, isolated: Path) -> Inbox:
    """A cover and two patches by Ada; Cora gives opinions."""
    inbox.add(
        mail("About two patches.\n", key="v1-0", subject="[PATCH 0/2] widget: pour", To="widgets@example.org", Cc="Dan <dan@example.org>"),
        mail(patch_body("Not signed.\n\n"), key="v1-1", subject="[PATCH 1/2] widget: fill", In_Reply_To="<v1-0@example.org>",
             References="<v1-0@example.org>", To="widgets@example.org", Cc="Dan <dan@example.org>, cora@example.org",
             change_id="ignored"),
        mail(patch_body(f"Change-Id: none\n\n{SOB}", diff=DIFF.replace("widget.c", "cup.c")), key="v1-2", subject="[PATCH 2/2] widget: empty",
             In_Reply_To="<v1-0@example.org>", References="<v1-0@example.org>", To="widgets@example.org"),
    )  # fmt: skip
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel", "--url", "https://lore.example.org/widgets").code == 0
    ingest(config, load_lists(config.paths))
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    return inbox


def parsed(path: Path) -> Any:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_a_reply_is_addressed_as_b4_does_and_b4_reads_it(series: Inbox, config: Config, run: Run, tmp_path: Path) -> None:
    record = give_opinion(config, "v1-1@example.org", "confirm", "DCO001", "Nobody signed.\nFrom here on it is clear.")
    outcome = run("opinion", "publish", record, "-o", str(tmp_path / "reply.eml"), "--trailer", "Acked-by")
    assert outcome.code == 0, outcome.err
    reply = parsed(tmp_path / "reply.eml")
    assert reply["In-Reply-To"] == "<v1-1@example.org>"
    assert reply["References"] == "<v1-0@example.org> <v1-1@example.org>"
    assert reply["To"] == "Ada Example <ada@example.org>"
    assert [a.addr_spec for a in reply["Cc"].addresses] == ["widgets@example.org", "dan@example.org"]
    assert reply["Subject"] == "Re: [PATCH 1/2] widget: fill"
    body = reply.get_content()
    assert body.rstrip().splitlines()[-1] == "Acked-by: Cora Example <cora@example.org>"
    assert "DCO001 missing-signoff" in body
    assert "return 1" not in body
    message = b4.LoreMessage(reply)
    assert (message.reply, message.in_reply_to, message.fromemail) == (True, "v1-1@example.org", "cora@example.org")
    trailers, mismatches = message.get_trailers()
    assert [(t.name, t.addr) for t in trailers] == [("Acked-by", ("Cora Example", "cora@example.org"))]
    assert mismatches == set()
    assert f"git send-email --confirm=always --suppress-cc=self --suppress-cc=body {tmp_path / 'reply.eml'}" in outcome.err


def test_several_go_into_an_mboxrd_that_git_splits_into_the_same_mails(series: Inbox, config: Config, run: Run, tmp_path: Path) -> None:
    one = give_opinion(config, "v1-1@example.org", "agree", "DCO001", "From one\n>From two")
    two = give_opinion(config, "v1-2@example.org", "unsure", "", "I cannot tell.")
    assert run("opinion", "publish", one, two, "-o", str(tmp_path / "out.mbox")).code == 0
    subprocess.run(["git", "mailsplit", "--mboxrd", f"-o{tmp_path}", tmp_path / "out.mbox"], check=True, capture_output=True)
    assert "\nFrom one\n>From two\n" in (tmp_path / "0001").read_text()
    assert parsed(tmp_path / "0002")["In-Reply-To"] == "<v1-2@example.org>"


def test_a_published_opinion_that_comes_back_is_known_and_not_counted_twice(
    series: Inbox, config: Config, run: Run, tmp_path: Path
) -> None:
    record = give_opinion(config, "v1-1@example.org", "agree", "", "Good.")
    assert run("opinion", "publish", record, "-o", str(tmp_path / "reply.eml"), "--trailer", "Reviewed-by").code == 0
    head = b"Authentication-Results: mail.example.org; dkim=pass (2048-bit key) header.d=example.org header.i=@example.org\n"
    series.add(head + (tmp_path / "reply.eml").read_bytes())
    ingest(config, load_lists(config.paths))
    with closing(refreshed(config)) as connection:
        number = find_series(connection, "v1-0@example.org")
        (review,) = reviews(connection, number)
        assert connection.execute("select agree from series where id = ?", (number,)).fetchone() == (1,)
    assert (review.key, review.opinion, review.matches) == ("Reviewed-by", record, True)
    assert review.vouched == (Voucher("dkim", "pass", "example.org", "mail.example.org", ""),)
    listed = run("opinion", "list", "v1-0@example.org").out
    assert f"dkim=pass example.org, says mail.example.org; published opinion {record}" in listed


def test_what_others_give_by_mail_is_shown_with_who_vouches_and_is_no_opinion(series: Inbox, config: Config, run: Run) -> None:
    series.add(
        mail("Nacked-by: Dan Example <dan@example.org>\n", key="nack", subject="Re: [PATCH 1/2] widget: fill", sender="Dan Example <dan@example.org>",
             In_Reply_To="<v1-1@example.org>"),
        mail("Reviewed-by: Dan Example <dan@example.org>\n", key="fake", subject="Re: [PATCH 2/2] widget: empty", sender="Eve <eve@example.com>",
             In_Reply_To="<v1-2@example.org>"),
    )  # fmt: skip
    ingest(config, load_lists(config.paths))
    report = json.loads(run("report", "id:v1-0@example.org", "--format", "json").out)["series"][0]
    assert sorted((r["key"], r["matches"], [p["n"] for p in r["patches"]]) for r in report["reviews"]) == [
        ("Nacked-by", True, [1]),
        ("Reviewed-by", False, [2]),
    ]
    assert report["opinion_list"] == []
    listed = run("opinion", "list", "v1-0@example.org").out
    assert "nothing vouches for it" in listed
    assert "sent by somebody else: does not count" in listed


def test_what_bots_and_tools_said_is_shown_apart(series: Inbox, config: Config, run: Run, isolated: Path) -> None:
    (config.paths.config / "roster.toml").write_text(
        '[[area]]\nname = "bots"\npeople = ["Kettle Check <ci@example.org>"]\nmachine = true\n'
    )
    (config.paths.config / "config.toml").write_text('[projects.linux-kernel]\nroster = "roster.toml"\n')
    for key, who in {
        "bot": "Kettle Check <ci@example.org>",
        "tool": "Claude <noreply@anthropic.com>",
        "person": "Dan <dan@example.org>",
    }.items():
        series.add(
            mail(f"Tested-by: {who}\n", key=key, subject="Re: [PATCH 1/2] widget: fill", sender=who, In_Reply_To="<v1-1@example.org>")
        )
    ingest(config, load_lists(config.paths))
    listed = [line for line in run("opinion", "list", "v1-0@example.org").out.splitlines() if "Tested-by: " in line]
    assert [line.split()[0] for line in sorted(listed, key=lambda line: line.split("by: ")[1])] == ["machines", "by", "machines"]
    report = json.loads(run("report", "id:v1-0@example.org", "--format", "json").out)["series"][0]
    assert {row["name"]: row["machine"] for row in report["reviews"]} == {"Kettle Check": True, "Claude": True, "Dan": False}
    assert run("report", "id:v1-0@example.org", "--format", "md").out.count("machines said") == 2
    view = Session(load_config()).view("v1-0@example.org")
    assert {row.name for row in view.reviews if row.machine} == {"Kettle Check", "Claude"}


def test_developer_signatures_are_checked_with_patatts_keyring(series: Inbox, config: Config, run: Run, isolated: Path) -> None:
    keyring = isolated / "keyring"
    signer = patatt_key(isolated, keyring, "dan@example.org")
    good = mail("Tested-by: Dan Example <dan@example.org>\n", key="t", subject="Re: [PATCH 1/2] widget: fill", sender="Dan Example <dan@example.org>",
                In_Reply_To="<v1-1@example.org>")  # fmt: skip
    signed = patatt.sign_message(good, "ed25519", signer, "dan@example.org", "default")
    forged = signed.replace(b"<t@example.org>", b"<u@example.org>").replace(b"Tested-by", b"Reviewed-by")
    series.add(signed, forged)
    ingest(config, load_lists(config.paths))
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[patatt]\n\tkeyringsrc = {keyring}\n")
    patatt.CONFIGCACHE.clear()
    listed = run("opinion", "list", "v1-0@example.org").out
    assert "patatt dan@example.org: valid" in listed
    assert "patatt dan@example.org: bad signature" in listed


def patatt_key(folder: Path, keyring: Path, identity: str) -> bytes:
    """Make an ed25519 key as patatt genkey does; returns the private part."""
    import base64

    from nacl.signing import SigningKey

    key = SigningKey.generate()
    path = keyring / patatt.make_pkey_path("ed25519", identity, "default")
    path.parent.mkdir(parents=True)
    path.write_bytes(base64.b64encode(key.verify_key.encode()))
    return base64.b64encode(bytes(key))


def test_a_reply_is_signed_where_patatt_is_configured(series: Inbox, config: Config, run: Run, isolated: Path, tmp_path: Path) -> None:
    keyring, data = isolated / "keyring", isolated / "patatt"
    secret = patatt_key(isolated, keyring, "cora@example.org")
    (data / "private").mkdir(parents=True)
    (data / "private" / "cora.key").write_bytes(secret)
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"[patatt]\n\tsigningkey = ed25519:{data / 'private' / 'cora.key'}\n\tkeyringsrc = {keyring}\n")
    patatt.CONFIGCACHE.clear()
    patatt.KEYCACHE.clear()
    record = give_opinion(config, "v1-1@example.org", "agree", "", "Good.")
    assert run("opinion", "publish", record, "-o", str(tmp_path / "reply.eml")).code == 0
    results = patatt.validate_message((tmp_path / "reply.eml").read_bytes(), [str(keyring)])
    assert [(r[0], r[1]) for r in results] == [(patatt.RES_VALID, "cora@example.org")]


@pytest.mark.parametrize("head", [
    "To: a@[\n", "Cc: " + "(" * 500 + "\n", "Reply-To: =?utf-8?q?=0a=0dBcc:_eve@example.com?= <a@example.org>\n", "References: <\n",
    "Subject: =?utf-8?b?Cg==?=\n", "To: undisclosed-recipients:;\n", "From: \n",
])  # fmt: skip
def test_no_hostile_head_breaks_a_reply_or_adds_a_header(head: str) -> None:
    content = (head + "From: Ada <ada@example.org>\nMessage-ID: <a@example.org>\nSubject: [PATCH] x\n\nbody\n").encode()
    try:
        reply = reply_to(content, "Yes.\n", CORA, "r@example.org")
    except TriageError:
        return
    text = bytes(reply).decode()
    names = [line.partition(":")[0] for line in text.partition("\n\n")[0].splitlines() if not line.startswith((" ", "\t"))]
    assert len(names) == len(set(names))
    assert set(names) <= {
        "From", "To", "Cc", "Subject", "In-Reply-To", "References", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    }  # fmt: skip


def test_only_own_opinions_are_published_and_what_says_nothing_is_not(series: Inbox, config: Config, run: Run, isolated: Path) -> None:
    record = give_opinion(config, "v1-1@example.org", "agree", "", "Good.")
    taken_back = run("opinion", "give", record, "withdraw").out.strip()
    assert "is a withdraw" in run("opinion", "publish", taken_back).err
    (isolated / "gitconfig").write_text("[user]\n\tname = Dan Example\n\temail = dan@example.org\n")
    assert "is an opinion of cora@example.org" in run("opinion", "publish", record).err


def test_mboxrd_quotes_every_from_line() -> None:
    assert mboxrd([b"A: b\n\nFrom x\n>>From y\nFromage\n"]) == (
        b"From mboxrd@z Thu Jan  1 00:00:00 1970\nA: b\n\n>From x\n>>>From y\nFromage\n\n"
    )


def git(tree: Path, *args: str) -> str:
    done = subprocess.run(["git", "-C", str(tree), *args], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def review_tree(tmp_path: Path) -> Path:
    """A work tree in which b4 tracks the series: its own code writes the tracking commit."""
    tree = tmp_path / "linux"
    subprocess.run(["git", "init", "--quiet", tree], check=True)
    (tree / "widget.c").write_text("int widget(void)\n\treturn 0;\n/* end */\n")
    (tree / "cup.c").write_text("int widget(void)\n\treturn 0;\n/* end */\n")
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "-m", "base")
    git(tree, "checkout", "--quiet", "-b", "b4/review/20260302-pour")
    for name in ("widget.c", "cup.c"):
        (tree / name).write_text("int widget(void)\n\treturn 1;\n/* end */\n")
        git(tree, "commit", "--quiet", "-am", f"change {name}")
    tracking = {"series": {"change-id": "20260302-pour", "revision": 1}, "patches": [{}, {}]}
    cover = "cover\n\n" + b4_review.make_review_magic_json(tracking)
    subprocess.run(["git", "-C", str(tree), "commit", "--quiet", "--allow-empty", "-F", "-"], input=cover, text=True, check=True)
    return tree


def test_b4_reads_an_exported_review_as_another_reviewers(
    series: Inbox, config: Config, run: Run, review_tree: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = give_opinion(config, "v1-0@example.org", "agree", "", "Worth having.")
    flag = give_opinion(config, "v1-1@example.org", "confirm", "DCO001", "Nobody signed.")
    with closing(refreshed(config)) as connection:
        from triage.archive.reread import read_again
        from triage.store.queries import find_message

        text = read_again(connection, find_message(connection, "v1-2@example.org")).body.text
    at = 1 + text.splitlines().index("+\treturn 1;")
    line = give_opinion(config, "v1-2@example.org", "unsure", said=Said("Why one?", line=at))
    branch = "b4/review/20260302-pour"
    outcome = run("opinion", "publish", whole, flag, line, "--b4", str(review_tree), "--branch", branch)
    assert outcome.code == 0, outcome.err
    folder = Path(outcome.out.strip())
    assert sorted(path.name for path in folder.iterdir()) == ["0001.txt", "0002.txt", "identity.txt", "series.txt"]
    monkeypatch.chdir(review_tree)
    cover, tracking = b4_review.load_tracking(str(review_tree), branch)
    commits = git(review_tree, "rev-list", "--reverse", f"{branch}~3..{branch}~1").split()
    assert b4_review._integrate_agent_reviews(str(review_tree), cover, tracking, commits, tracking["patches"], branch)
    _, kept = b4_review.load_tracking(str(review_tree), branch)
    (review,) = kept["series"]["reviews"].items()
    assert review[0] == "cora@example.org"
    assert "Worth having." in review[1]["note"]
    assert "Nobody signed." in kept["patches"][0]["reviews"]["cora@example.org"]["note"]
    (comment,) = kept["patches"][1]["reviews"]["cora@example.org"]["comments"]
    assert "Why one?" in comment["text"]
    assert comment["line"] == 2
    assert comment["path"].endswith("cup.c")


def test_without_a_review_branch_an_export_says_which_there_are(series: Inbox, config: Config, run: Run, review_tree: Path) -> None:
    record = give_opinion(config, "v1-1@example.org", "agree", "", "Good.")
    outcome = run("opinion", "publish", record, "--b4", str(review_tree))
    assert outcome.code == 2
    assert "b4/review/20260302-pour" in outcome.err


def test_a_review_of_another_is_never_mixed_with_what_waits_for_b4(
    series: Inbox, config: Config, run: Run, review_tree: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "b4/review/20260302-pour"
    mine = give_opinion(config, "v1-1@example.org", "confirm", "DCO001", "Nobody signed.")
    also = give_opinion(config, "v1-1@example.org", "agree", "", "Otherwise fine.")
    (isolated / "gitconfig").write_text("[user]\n\tname = Dan Example\n\temail = dan@example.org\n")
    other = give_opinion(config, "v1-1@example.org", "disagree", "", "Not fine.")
    folder = Path(run("opinion", "publish", mine, "--b4", str(review_tree), "--branch", line).out.strip())
    refused = run("opinion", "publish", other, "--b4", str(review_tree), "--branch", line)
    assert refused.code == 2
    assert "a review of Cora Example <cora@example.org> waits in" in refused.err
    assert "Not fine" not in (folder / "0001.txt").read_text()
    for _ in range(2):  # the same again adds nothing
        assert run("opinion", "publish", also, "--b4", str(review_tree), "--branch", line).code == 0
    assert (folder / "0001.txt").read_text().count("Otherwise fine.") == 1
    assert "Nobody signed." in (folder / "0001.txt").read_text()
    monkeypatch.chdir(review_tree)
    cover, tracking = b4_review.load_tracking(str(review_tree), line)
    commits = git(review_tree, "rev-list", "--reverse", f"{line}~3..{line}~1").split()
    assert b4_review._integrate_agent_reviews(str(review_tree), cover, tracking, commits, tracking["patches"], line)
    _, kept = b4_review.load_tracking(str(review_tree), line)
    assert {*kept["series"].get("reviews", {}), *kept["patches"][0]["reviews"]} == {"cora@example.org"}


def test_a_linked_work_tree_is_refused_since_b4_reads_no_review_there(
    series: Inbox, config: Config, run: Run, review_tree: Path, tmp_path: Path
) -> None:
    record = give_opinion(config, "v1-1@example.org", "agree", "", "Good.")
    git(review_tree, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    outcome = run("opinion", "publish", record, "--b4", str(tmp_path / "linked"), "--branch", "b4/review/20260302-pour")
    assert outcome.code == 2
    assert f"name the main one, {review_tree}" in outcome.err
