# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with policies on the command line: packs tried on their mails, compared, explained; exports checked; replies drafted."""

import json
import os
import stat
import subprocess
import sys
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from tests.conftest import DIFF, ROOT, SOB, Inbox, Run, mail, patch_body
from tests.query.test_versions import rows
from triage.admin.lists import add_list
from triage.archive.mbox import split_mbox
from triage.config import Config, load_lists
from triage.git import patch_ids
from triage.ingest.pipeline import ingest
from triage.model.codes import CODES
from triage.policy.packtest import try_pack
from triage.projects import builtin_packs, load_pack
from triage.projects import read_test_mails as mails_of
from triage.report.drafts import check_replies, replies

JULY = 1_782_864_000
MAY = "Mon, 04 May 2026 09:00:00 +0000"
PACK = '[policy]\nid = "mine"\n[[rule]]\nid = "sob"\nkind = "trailer"\nkey = "Signed-off-by"\nop = "require"\n'


# packs and their mails -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", builtin_packs())
def test_every_rule_of_every_pack_has_a_mail_that_passes_and_one_that_fails(name: str) -> None:
    pack = load_pack(name)
    check_replies(pack)
    tried = try_pack(pack, split_mbox(mails_of(pack)), patch_ids)
    assert (tried.wrong, tried.untested) == ((), ())
    assert tried.cases >= 2 * len([rule for rule in pack.rules if rule.own])


def test_the_example_of_the_documentation_holds(config: Config, run: Run) -> None:
    done = run("policy", "check", str(ROOT / "fixtures" / "policies" / "teapot.toml"))
    assert (done.code, done.out, done.err) == (0, "teapot: 5 rules, 6 cases, 0 wrong\n", "")


def test_the_mails_of_packs_are_those_that_the_script_writes() -> None:
    subprocess.run([sys.executable, ROOT / "fixtures" / "make_pack_mails.py", "--check"], check=True)


def test_a_pack_that_does_not_do_what_its_mails_say_is_told(config: Config, run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(PACK)
    signed, unsigned = patch_body(f"Text.\n\n{SOB}"), patch_body("Text.\n\n")
    passes, fails = mail(signed, X_Triage_Test="sob passes"), mail(unsigned, key="b", X_Triage_Test="sob fails DCO001")
    mbox = tmp_path / "mine.mbox"
    mbox.write_bytes(b"".join(b"From t Mon May  4 09:00:00 2026\n" + one + b"\n" for one in (passes, fails)))
    done = run("policy", "check", str(tmp_path / "mine.toml"))
    assert (done.code, done.out) == (0, "mine: 1 rule, 2 cases, 0 wrong\n")
    (tmp_path / "mine.toml").write_text(PACK + 'when = "rfc"\n')
    done = run("policy", "check", str(tmp_path / "mine.toml"))
    assert (done.code, "the case that fails gives nothing, expected DCO001" in done.err) == (1, True)
    mbox.unlink()
    assert "without a test mail: sob (passes), sob (fails)" in run("policy", "check", str(tmp_path / "mine.toml")).err
    mbox.write_bytes(mail(signed, X_Triage_Test="sub passes"))
    done = run("policy", "check", str(tmp_path / "mine.toml"))
    assert (done.code, "unknown rule 'sub'" in done.err) == (78, True)
    for says in ("sob fials DCO001", "sob fails", "sob fails DCO099", "sob"):
        mbox.write_bytes(mail(signed, X_Triage_Test=says))
        done = run("policy", "check", str(tmp_path / "mine.toml"))
        assert (done.code, f"a test mail says '{says}'" in done.err) == (78, True)


def test_a_proposal_can_be_compared_and_checked_but_judges_no_list(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail(patch_body()))
    done = run("add", "widgets", str(inbox.path), "--policy", "qemu-proposed-2026")
    assert (done.code, "proposal that is not in force" in done.err) == (78, True)
    assert "a proposal, off" in run("policy", "list").out


# compare ---------------------------------------------------------------------------------------------------------------


def test_compare_shows_what_a_proposed_rule_would_have_done(config: Config, inbox: Inbox, run: Run, tmp_path: Path) -> None:
    def made(key: str, path: str, trailer: str = "AI-used-for: tests\n", date: str = MAY) -> bytes:
        return mail(patch_body(f"Text.\n\n{trailer}{SOB}").replace("widget.c", path), key=key, subject=f"[PATCH] {key}", date=date)

    inbox.since = JULY
    inbox.add(made("tested", "tests/a.c"), made("core", "hw/a.c", "Assisted-by: Claude:opus\n"), made("plain", "hw/b.c", ""),
              made("before", "tests/a.c", date="Mon, 05 May 2025 09:00:00 +0000"))  # fmt: skip
    add_list(config, "widgets", (str(inbox.path),), "qemu", "")
    ingest(config, load_lists(config.paths))
    row, other = rows(run, "policy", "compare", "qemu", "qemu-proposed-2026", "date:2026", "--codes", "AI", schema="policy-compare")
    if row["series"] != "tested@example.org":
        row, other = other, row
    assert (other["series"], other["a"]["outcome"], other["b"]["outcome"]) == ("core@example.org", "error", "error")
    assert [item["code"] for item in other["b"]["findings"]] == ["AI007", "AI018"]
    assert (row["series"], row["a"]["outcome"], row["b"]["outcome"]) == ("tested@example.org", "error", "fine")
    assert [item["code"] for item in row["a"]["findings"]] == ["AI001"]
    assert [(item["code"], item["quote"]) for item in row["b"]["findings"]] == [("AI015", "AI-used-for: tests")]
    own = tmp_path / "strict.toml"
    own.write_text('[policy]\nid = "strict"\nextends = "qemu"\n[[rule]]\nid = "small"\nkind = "size"\nmax_added = 0\nseverity = "error"\n')
    done = run("policy", "compare", "qemu", str(own), "date:2026")
    assert "fine  → error  [PATCH] plain  plain@example.org" in done.out
    assert "3 of 3 series would have ended otherwise" in done.err
    assert [r["series"] for r in rows(run, "findings", schema="findings")].count("plain@example.org") == 0  # nothing was stored
    assert run("policy", "compare", "qemu", str(own), "--codes", "XY").code == 2
    assert run("policy", "compare", "qemu", "nothing").code == 78


@pytest.mark.parametrize(
    ("limit", "names"),
    [
        ("date:2026", {"may", "june"}), ("date:2026-05", {"may"}), ("date:2026-05-04", {"may"}), ("date:2026-05-05", set()), ("date:..2025", {"old"}),
        ("date:2026-05-04..", {"may", "june"}), ("date:2025-12..2026-05", {"old", "may"}), ("-date:2026-06-30", {"old", "may"}),
    ],
)  # fmt: skip
def test_series_are_found_by_the_day_they_were_posted(limit: str, names: set[str], config: Config, inbox: Inbox, run: Run) -> None:
    inbox.since = JULY
    for key, date in (("old", "Wed, 31 Dec 2025 23:59:59 +0000"), ("may", MAY), ("june", "Tue, 30 Jun 2026 23:59:59 +0000")):
        inbox.add(mail(patch_body(), key=key, subject=f"[PATCH] {key}", date=date))
    add_list(config, "widgets", (str(inbox.path),), "none", "")
    ingest(config, load_lists(config.paths))
    assert {row["series"].partition("@")[0] for row in rows(run, "list", limit)} == names


@pytest.mark.parametrize("limit", ["date:yesterday", "date:..", "date:2026-13", "date:2026-02-30", "date:2026-1-1-1"])
def test_a_day_that_is_none_is_refused(limit: str, demo: Config, run: Run) -> None:
    done = run("list", limit)
    assert (done.code, "date" in done.err, "Traceback" in done.err) == (2, True, False)


def test_a_list_can_be_judged_by_another_pack_and_what_changed_is_kept(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail(patch_body("Text.\n\n")))
    add_list(config, "widgets", (str(inbox.path),), "none", "")
    ingest(config, load_lists(config.paths))
    assert run("add", "widgets", str(inbox.path), "--policy", "qemu").err.endswith("`triage policy use widgets qemu` changes that\n")
    assert run("policy", "use", "widgets", "qemu").code == 0
    assert "the policy changed, and with it 1 open findings" in run("ingest").out
    assert run("policy", "changes", "widgets").out == "  new       ! DCO001 [PATCH] widget: fix  a@example.org\n"
    assert json.loads(run("policy", "changes", "widgets", "--json").out)["changes"][0]["code"] == "DCO001"
    assert run("policy", "use", "widgets", "qemu-proposed-2026").code == 78
    assert run("policy", "use", "wigdets", "qemu").code == 2


def test_a_list_that_goes_takes_its_policy_from_mails_that_another_keeps(config: Config, inbox: Inbox, tmp_path: Path, run: Run) -> None:
    both = mail(patch_body("Text.\n\n"))
    other = Inbox(tmp_path / "other.git")
    inbox.add(both)
    other.add(both)
    add_list(config, "widgets", (str(inbox.path),), "plain-dco", "")
    add_list(config, "kettles", (str(other.path),), "qemu", "")
    ingest(config, load_lists(config.paths))
    assert {row["pack"] for row in rows(run, "findings", schema="findings")} == {"plain-dco", "qemu"}
    assert run("remove", "kettles").code == 0
    assert {row["pack"] for row in rows(run, "findings", schema="findings")} == {"plain-dco"}


# explain ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str, config: Config, run: Run) -> None:
    row = json.loads(run("policy", "explain", code, "--json").out)
    assert row["question"].endswith("?")
    assert all(row[key] for key in ("says", "misses", "cure"))
    assert bool(row["rules"]) or row["any_pack"] or code in {"DCO009", "FMT004", "FMT005"}


def test_a_code_is_found_by_its_name_and_a_wrong_one_named_with_the_nearest(config: Config, run: Run) -> None:
    assert run("policy", "explain", "missing-signoff", "--policy", "qemu").out.startswith("DCO001 missing-signoff\n")
    assert "did you mean missing-signoff?" in run("policy", "explain", "missing-sign-off").err


# exports of code-hosting sites -----------------------------------------------------------------------------------------


def exported(repository: Path, messages: list[str], name: str = "widget.c") -> bytes:
    """Return what git format-patch --stdout writes, which is what code-hosting sites give as `.patch`."""
    repository.mkdir()

    def git(*words: str) -> bytes:
        return subprocess.run(["git", "-C", repository, *words], check=True, capture_output=True, env=os.environ).stdout

    git("init", "-q", "-b", "main")
    git("config", "user.name", "Ada Example")
    git("config", "user.email", "ada@example.org")
    git("commit", "-q", "--allow-empty", "-m", "start")
    for number, message in enumerate(messages):
        (repository / name).write_text(f"{number}\n")
        git("add", "-A")
        git("commit", "-q", "-m", message)
    return git("format-patch", "--stdout", f"HEAD~{len(messages)}")


def test_a_pull_request_is_judged_with_the_description_that_came_with_it(config: Config, run: Run, tmp_path: Path) -> None:
    (tmp_path / "pr.patch").write_bytes(exported(tmp_path / "repo", ["widget: one\n\nIt leaked.", "widget: two\n\nStill."]))
    words = ("check", str(tmp_path / "pr.patch"), "--policy", "jupyterhub", "--format", "json")
    assert run(*words).out == ""
    cover = tmp_path / "description.md"
    cover.write_text("Fix the lid\n\nSome of it was made with an AI assistant.\n")
    (row,) = [json.loads(line) for line in run(*words, "--cover", str(cover)).out.splitlines()]
    assert (row["code"], row["region"], row["quote"]) == ("AI004", "cover", "Some of it was made with an AI assistant.")
    cover.write_text("Fix the lid\n\nI wrote the function fill() with ChatGPT; every line is reviewed.\n")
    assert run(*words, "--cover", str(cover)).out == ""
    words = ("check", str(tmp_path / "pr.patch"), "--policy", "openedx", "--cover", str(cover))
    assert run(*words).out == ""
    cover.write_text("Fix the lid\n\nI wrote the function fill() with DeepSeek.\n")
    done = run(*words, "--fail-on", "error")
    assert (done.code, "AI009 tool-not-allowed" in done.out) == (3, True)


def test_the_first_line_of_a_description_counts_too(config: Config, run: Run, tmp_path: Path) -> None:
    (tmp_path / "pr.patch").write_bytes(exported(tmp_path / "repo", [f"widget: one\n\n{SOB}"]))
    (tmp_path / "c.md").write_text("Written with ChatGPT.\n")
    words = ("check", str(tmp_path / "pr.patch"), "--policy", "qemu", "--cover", str(tmp_path / "c.md"), "--format", "json")
    (row,) = [json.loads(line) for line in run(*words).out.splitlines()]
    assert (row["code"], row["line"], row["quote"]) == ("AI001", 1, "Written with ChatGPT.")


def test_the_files_of_git_format_patch_are_one_series_too(config: Config, run: Run, tmp_path: Path) -> None:
    content = exported(tmp_path / "repo", [f"widget: one\n\n{SOB}", "widget: two"])
    paths = []
    for number, part in enumerate(content.split(b"\nFrom ")):
        paths.append(tmp_path / f"{number}.patch")
        paths[-1].write_bytes((b"From " if number else b"") + part)
    done = run("check", *map(str, paths), "--policy", "plain-dco")
    assert "patch 2: Ada Example gave no Signed-off-by" in done.out
    assert "[PATCH 2/2] widget: two" in done.out


def test_patches_of_one_export_are_one_series_whatever_their_dates(config: Config, run: Run, tmp_path: Path) -> None:
    (tmp_path / "pr.patch").write_bytes(exported(tmp_path / "repo", [f"widget: one\n\n{SOB}", "widget: two", f"widget: three\n\n{SOB}"]))
    done = run("check", str(tmp_path / "pr.patch"), "--policy", "plain-dco", "--format", "json", "--fail-on", "error")
    (row,) = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, row["code"], row["n"]) == (3, "DCO001", 2)
    assert json.loads(run("check", str(tmp_path / "pr.patch"), "--policy", "plain-dco", "--format", "b4").out)[0]["status"] == "fail"


def test_the_readmes_pre_receive_hook_refuses_an_unsigned_push(config: Config, tmp_path: Path) -> None:
    exported(tmp_path / "work", ["widget: one"])
    central = tmp_path / "central.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", central], check=True)
    hook = central / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\n" + (ROOT / "README.md").read_text("utf-8").partition("#!/bin/sh\n")[2].partition("```")[0])
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "triage").write_text(f'#!/bin/sh\nexec {sys.executable} -m triage "$@"\n')
    (bin_ / "triage").chmod(0o755)
    env = os.environ | {"PYTHONPATH": str(ROOT), "PATH": f"{bin_}:{os.environ['PATH']}"}

    def push(*what: str) -> tuple[int, str]:
        words = ["git", "-C", str(tmp_path / "work"), "push", "-q", str(central), *what]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
        return done.returncode, done.stderr

    code, said = push("main")
    assert (code != 0, "DCO001 missing-signoff" in said, "Traceback" in said) == (True, True, False)
    subprocess.run(["git", "-C", str(tmp_path / "work"), "rebase", "-q", "--signoff", "--root"], check=True, env=env, capture_output=True)
    assert push("main") == (0, "")
    assert push("main:again") == (0, "")
    assert push(":again") == (0, "")


# reply drafts ----------------------------------------------------------------------------------------------------------


def drafted(run: Run, *words: str) -> list[tuple[dict[str, str], str]]:
    done = run("draft", *words)
    assert done.code == 0, done.err
    mails = [BytesParser(policy=default).parsebytes(one) for one in split_mbox(done.out.encode())]
    return [({name.lower(): str(value) for name, value in one.items()}, one.get_content()) for one in mails]


def test_every_code_that_needs_the_contributor_has_a_polite_text() -> None:
    notes = {"DCO003", "DCO008", "DCO009", "DCO012", "AI011", "AI012", "AI015", "AI017", "AI019", "POL001", "POL002", "POL003"}
    assert {name.partition(".")[0] for name in replies()} == set(CODES) - notes


def test_a_draft_answers_the_mail_and_quotes_the_line(demo: Config, run: Run) -> None:
    ((head, text),) = drafted(run, "unsigned@example.org")
    assert (head["in-reply-to"], head["references"]) == ("<unsigned@example.org>", "<unsigned@example.org>")
    assert head["subject"].startswith("Re: [PATCH]")
    assert "Signed-off-by: " in text
    assert "no need to send the patch again" in text
    ((_, text),) = drafted(run, "below@example.org")
    assert "> Signed-off-by: " in text
    assert "Developer's Certificate" not in text


def test_one_reply_speaks_of_all_patches_and_goes_to_who_got_them(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail("Parts.", key="p0", subject="[PATCH 0/3] w", To="widgets@example.org, Ada Example <ada@example.org>"))
    for n in (1, 2, 3):
        body = patch_body("Text.\n\n" if n > 1 else f"Text.\n\n{SOB}")
        inbox.add(mail(body, key=f"p{n}", subject=f"[PATCH {n}/3] w", In_Reply_To="<p0@example.org>"))
    for name, place in (("widgets", "linux-kernel"), ("again", "qemu")):
        add_list(config, name, (str(inbox.path),), place, "")
    ingest(config, load_lists(config.paths))
    ((head, text),) = drafted(run, "p2@example.org")
    assert (head["in-reply-to"], head["cc"]) == ("<p0@example.org>", "widgets@example.org")
    assert text.count("On each of patches 2 and 3:") == 1
    assert text.count("has no Signed-off-by line") == 1


def test_a_draft_names_everybody_that_it_is_about(config: Config, inbox: Inbox, run: Run) -> None:
    """Findings of one code that say unlike things are told apart; what they rest on is quoted of each."""
    inbox.add(mail("Parts.", key="p0", subject="[PATCH 0/3] w"))
    for n, name in ((1, "Bo"), (2, "Cy"), (3, "Cy")):
        body = patch_body(f"Text.\n\nCo-developed-by: {name} Example <{name.lower()}@example.org>\n{SOB}Assisted-by: Tool v{n}\n")
        inbox.add(mail(body, key=f"p{n}", subject=f"[PATCH {n}/3] w", In_Reply_To="<p0@example.org>"))
    add_list(config, "widgets", (str(inbox.path),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    ((_, text),) = drafted(run, "p0@example.org")
    assert text.count("Bo Example is named Co-developed-by") == 1
    assert "On each of patches 2 and 3:\n\nCy Example is named Co-developed-by" in text


def test_a_projects_own_words_come_first(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.since = JULY
    inbox.add(mail(patch_body("Text.\n\n"), date="Mon, 01 Jun 2026 09:00:00 +0000"),
              mail("Was this generated by ChatGPT? It reads like ChatGPT.", key="r", subject="Re: x", sender="Bo <bo@example.org>", date="Mon, 01 Jun 2026 09:00:00 +0000", In_Reply_To="<a@example.org>"))  # fmt: skip
    add_list(config, "hub", (str(inbox.path),), "jupyterhub", "")
    ingest(config, load_lists(config.paths))
    found = rows(run, "findings", schema="findings")
    text = "\n".join(body for _, body in drafted(run, "a@example.org"))
    assert {row["code"] for row in found} >= {"AI002", "AI004"}
    assert "Did you write this?" in text


def test_what_others_said_is_asked_of_the_author(demo: Config, run: Run) -> None:
    ((head, text),) = drafted(run, "hw-doubted@example.org")
    assert head["in-reply-to"] == "<hw-doubted@example.org>"
    assert "did you write this yourself" in text
    row = next(row for row in rows(run, "list", "id:hw-doubted@example.org"))
    assert head["to"].endswith(f"<{row['author']['email']}>")


def test_a_pack_of_ones_own_may_extend_the_one_that_it_stands_in_for(config: Config, run: Run) -> None:
    folder = config.paths.policies
    folder.mkdir(parents=True)
    (folder / "qemu.toml").write_text(
        '[policy]\nid = "qemu"\nextends = "qemu"\n[[rule]]\nid = "sob-order"\nkind = "order"\nlast = "sender"\n'
    )
    assert "in place of the one that comes with triage" in run("policy", "list").out
    shown = json.loads(run("policy", "show", "qemu", "--json").out)
    assert [rule["severity"] for rule in shown["rules"] if rule["id"] == "sob-order"] == ["warn"]
    assert len(shown["rules"]) == 8
    (folder / "mine.toml").write_text('[policy]\nid = "mine"\nextends = "qemu.toml"\n')
    assert run("policy", "show", "mine").code == 0
    (folder / "deep.toml").write_text("x = " + "[" * 5000)
    assert "nested too deeply" in run("policy", "check", "deep").err


def test_nothing_to_mend_is_said_and_a_wrong_finding_refused(demo: Config, run: Run) -> None:
    done = run("draft", "teapot-v1-0@example.org")
    assert (done.code, done.out, "nothing here" in done.err) == (0, "", True)
    assert run("draft", "unsigned@example.org", "--finding", "ffff").code == 2
    assert run("draft", "nobody@example.org").code == 2


def test_a_hostile_mail_stays_inside_its_draft(config: Config, inbox: Inbox, run: Run) -> None:
    subject = "=?utf-8?q?=5BPATCH=5D_x=0ABcc=3A_evil=40example=2Eorg?="
    name = "=?utf-8?q?Eve=0AX-Evil=3A_1_=22=3Cb=3E?= <eve@example.org>"
    body = patch_body("{name.__class__} {0} %s\nFrom nobody Thu Jan  1 00:00:00 1970\nX-Evil: 2\n\n", diff=DIFF)
    inbox.add(
        mail(body, subject=subject, sender=name, date=MAY), mail(patch_body("Text.\n\n"), key="b", sender='x@y@z <"@example.org>', date=MAY)
    )
    add_list(config, "widgets", (str(inbox.path),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    for name_ in ("a", "b"):
        for head, _ in drafted(run, f"{name_}@example.org"):
            assert set(head) <= {
                "from",
                "to",
                "subject",
                "in-reply-to",
                "references",
                "mime-version",
                "content-type",
                "content-transfer-encoding",
            }


def test_a_word_in_braces_that_no_draft_has_is_refused(config: Config, run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    for text, says in (("{nmae}", "is unknown"), ("{name.__class__}", "is unknown"), ("{", "write {{")):
        pack.write_text(f'{PACK}[replies]\nDCO001 = "{text}"\n')
        done = run("policy", "check", str(pack))
        assert (done.code, says in done.err, "Traceback" in done.err) == (78, True, False)


def test_a_draft_names_the_cover_too_and_never_greets_its_writer(config: Config, inbox: Inbox, run: Run, isolated: Path) -> None:
    made, bo = "I generated the lid with ChatGPT.\n", "Bo Sample <bo@example.net>"
    inbox.add(mail(made, key="p0", subject="[PATCH 0/2] w", sender=bo))
    for n in (1, 2):
        body = "From: Ada Example <ada@example.org>\n\n" + patch_body(f"{made}{n}.\n\n{SOB}Signed-off-by: {bo}\n")
        inbox.add(mail(body, key=f"p{n}", subject=f"[PATCH {n}/2] w", In_Reply_To="<p0@example.org>", sender=bo))
    add_list(config, "widgets", (str(inbox.path),), "qemu", "")
    ingest(config, load_lists(config.paths))
    ((_, text),) = drafted(run, "p0@example.org")
    assert "On the cover and each of patches 1 and 2:\n" in text
    (isolated / "gitconfig").write_text("[user]\n\tname = Bo Sample\n\temail = bo@example.net\n")
    one = next(row["id"] for row in rows(run, "findings", schema="findings") if row["n"] == 2)
    ((head, text),) = drafted(run, "p2@example.org", "--finding", one)
    assert (head["to"], text[:8]) == ("Ada Example <ada@example.org>", "Hi Ada,\n")


def test_a_draft_greets_who_sent_the_mail_and_says_which_patch(config: Config, inbox: Inbox, run: Run) -> None:
    """Who passes on another's patch is who is answered; a reply to the cover says which patch it speaks of."""
    inbox.add(mail("Parts.", key="p0", subject="[PATCH 0/2] w", sender="Bo Sample <bo@example.net>"))
    for n in (1, 2):
        body = "From: Ada Example <ada@example.org>\n\n" + patch_body(f"Text {n}.\n\n" if n == 2 else f"Text.\n\n{SOB}")
        inbox.add(mail(body, key=f"p{n}", subject=f"[PATCH {n}/2] w", In_Reply_To="<p0@example.org>", sender="Bo Sample <bo@example.net>"))
    add_list(config, "widgets", (str(inbox.path),), "linux-kernel", "")
    ingest(config, load_lists(config.paths))
    ((_, text),) = drafted(run, "p0@example.org")
    assert text.startswith("Hi Bo,\n")
    assert "On patch 2:\n\nThis patch has no Signed-off-by line" in text
