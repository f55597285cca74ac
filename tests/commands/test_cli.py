# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: what it prints, how it ends, and one sentence for every mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT, Inbox, Outcome, Run, mail, patch_body
from triage.admin.lists import add_list
from triage.config import Config
from triage.files import write_lock


def schema(name: str) -> dict[str, object]:
    found = json.loads((ROOT / "triage" / "schemas" / f"{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    return dict(found)


@pytest.mark.parametrize(
    ("words", "name", "at_least"),
    [
        (["list"], "list", 40), (["findings"], "findings", 26), (["show", "teapot-v1-1@example.org"], "show", 1),
        (["show", "no-id", "--series"], "list", 0), (["show", "teapot-v2-0@example.org", "--series"], "list", 1), (["ingest"], "ingest", 1),
        (["opinion", "list"], "opinion", 1), (["policy", "list"], "policy-list", 22), (["policy", "show", "qemu-proposed-2026"], "policy-show", 1),
        (["policy", "explain", "AI001"], "policy-explain", 1), (["policy", "check", "qemu"], "policy-check", 1),
        (["policy", "compare", "linux-kernel", "qemu"], "policy-compare", 5),
    ],
)  # fmt: skip
def test_json_is_what_its_schema_says(words: list[str], name: str, at_least: int, demo: Config, run: Run) -> None:
    if name == "opinion":
        run("opinion", "give", "unsigned@example.org", "agree", "--finding", "DCO001")
    outcome = run(*words, "--json")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert len(rows) >= at_least
    for row in rows:
        jsonschema.validate(row, schema(name))
    assert outcome.out.isascii()


def test_every_mail_of_the_sample_can_be_shown(demo: Config, run: Run) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(demo.paths.index)) as connection:
        ids = [row[0] for row in connection.execute("select message_id from message where gone = ''")]
    assert len(ids) == 57
    for name in ids:
        outcome = run("show", name, "--json")
        assert outcome.code == 0, outcome.err
        jsonschema.validate(json.loads(outcome.out), schema("show"))


def test_reports_fit_their_schema(demo: Config, run: Run) -> None:
    jsonschema.validate(json.loads(run("report", "--format", "json").out), schema("report"))


def test_nothing_printed_can_steer_a_terminal(demo: Config, run: Run) -> None:
    hostile = "hostile@example.org"
    for words in (["list"], ["list", "--json"], ["show", hostile], ["show", hostile, "--json"], ["show", hostile, "--series"], ["findings"],
                  ["show", hostile, "--diff"], ["report"], ["report", "--format", "html"], ["doctor"], ["list", "\x1b[2J"]):  # fmt: skip
        outcome = run(*words)
        for text in (outcome.out, outcome.err):
            bad = [char for char in text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) <= 0x9F or char in "\u202e\u200d"]
            assert bad == [], (words, bad)


@pytest.mark.parametrize("name", ["<teapot-v1-1@example.org>", "teapot-v1-1", "https://lists.example.org/widgets/teapot-v1-1@example.org/"])
def test_a_mail_is_found_by_id_prefix_and_url(name: str, demo: Config, run: Run) -> None:
    assert json.loads(run("show", name, "--json").out)["message_id"] == "teapot-v1-1@example.org"


def test_a_mail_without_id_is_found_by_its_blob(demo: Config, run: Run) -> None:
    rows = [json.loads(line) for line in run("list", "--json").out.splitlines()]
    (name,) = [row["series"] for row in rows if row["series"].startswith("blob:")]
    assert json.loads(run("show", name, "--json").out)["blob"] == name.removeprefix("blob:")


def test_show_gives_raw_bytes(demo: Config) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "triage", "show", "teapot-v1-1@example.org", "--raw"], capture_output=True, check=True, env=os.environ
    )
    assert done.stdout.startswith(b"From: Ada Example <ada@example.org>\n")
    assert b"\ndiff --git" in done.stdout


def test_check_judges_a_mail_without_a_database(tmp_path: Path, run: Run, isolated: Path) -> None:
    good, bad = tmp_path / "good.eml", tmp_path / "bad.eml"
    good.write_bytes(mail(patch_body()))
    bad.write_bytes(mail(patch_body("Text.\n\n")))
    assert run("check", str(good), "--policy", "linux-kernel", "--fail-on", "info").code == 0
    outcome = run("check", str(bad), "--policy", "linux-kernel", "--fail-on", "error")
    assert outcome.code == 3
    assert "DCO001" in outcome.out
    (row,) = [json.loads(line) for line in run("check", str(bad), "--policy", "linux-kernel", "--format", "json").out.splitlines()]
    jsonschema.validate(row, schema("findings"))
    assert not (isolated / "triage").exists()


def test_check_speaks_b4s_protocol(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "bad.eml"
    path.write_bytes(mail(patch_body("Text.\n\n")))
    (row,) = json.loads(run("check", str(path), "--policy", "linux-kernel", "--format", "b4").out)
    assert {key: type(value) for key, value in row.items()} == dict.fromkeys(("tool", "status", "summary", "url", "details"), str)
    assert row["status"] == "fail"
    path.write_bytes(mail(patch_body()))
    assert json.loads(run("check", str(path), "--policy", "linux-kernel", "--format", "b4").out)[0]["status"] == "pass"


def test_check_reads_an_mbox_as_the_series_it_is(tmp_path: Path, run: Run) -> None:
    mails = [mail("Generated with Claude.\n", key="c", subject="[PATCH 0/2] x", date="Mon, 04 May 2026 09:00:00 +0000")]
    mails += [
        mail(patch_body(), key=f"p{n}", subject=f"[PATCH {n}/2] x", In_Reply_To="<c@example.org>", date="Mon, 04 May 2026 09:01:00 +0000")
        for n in (1, 2)
    ]
    path = tmp_path / "x.mbox"
    path.write_bytes(b"".join(b"From z Mon May  4 09:00:00 2026\n" + content + b"\n" for content in mails))
    rows = [json.loads(line) for line in run("check", str(path), "--policy", "linux-kernel", "--format", "json").out.splitlines()]
    row = rows[0]
    assert [item["code"] for item in rows] == ["AI003", "AI004"]
    assert (row["code"], row["series"], row["says"].partition(".")[2]) == (
        "AI003",
        "c@example.org",
        " 2 of 2 patches carry no Assisted-by.",
    )


def test_cron_is_quiet_when_nothing_is_new_and_says_one_line_when_something_is(inbox: Inbox, run: Run) -> None:
    inbox.add(mail(patch_body("Text.\n\n")))
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    outcome = run("ingest")
    assert (outcome.code, outcome.out, outcome.err) == (0, "widgets: 1 mails, 1 series, 1 new findings\n", "")
    again = run("ingest")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_quarantined_mail_shows_in_the_exit_code(inbox: Inbox, run: Run) -> None:
    inbox.add(mail())
    inbox.commit({"m": mail()}, mode="120000")
    run("add", "widgets", str(inbox.path), "--policy", "linux-kernel")
    assert run("ingest").code == 65
    assert run("ingest").code == 0


HEAVY = ["sqlite_utils", "textual", "b4", "liblore", "jinja2", "concurrent.futures.process", "email.policy", "triage.opinion.record"]
MAIL = ["email.parser", "triage.mail.message", "triage.model.mail", "triage.ingest.pipeline", "triage.policy.pack"]


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["ingest"], [*HEAVY, *MAIL, "rich"]),
        (["list"], [*HEAVY, *MAIL]),
        (["--version"], [*HEAVY, *MAIL, "sqlite3"]),
        (["ingest", "--retry"], HEAVY),
    ],
    ids=["nothing new", "a list", "the version", "a few mails"],
)
def test_a_command_loads_what_it_needs(words: list[str], heavy: list[str], demo: Config) -> None:
    if "--retry" in words:
        box = demo.paths.data / "few.mbox"
        box.write_bytes(b"From x\n" + mail(patch_body(), key="few"))
        add_list(demo, "few", (str(box),), "linux-kernel", "")
    script = (
        f"import sys; sys.argv = ['triage', *{words}]\nfrom triage.cli import main\nmain()\n"
        f"print(sorted(set({heavy}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stderr == "[]\n"
    assert ("few: 1 mails" in done.stdout) == ("--retry" in words)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["ingest"], 2, "no list to ingest"), (["add", "x", "/nowhere", "--policy", "none"], 2, "no such archive"),
        (["add", "x", ".", "--policy", "none"], 2, "is not an archive"), (["add", "x", ".", "--policy", "linx-kernel"], 78, "linux-kernel"),
        (["add", "../x", ".", "--policy", "none"], 2, "will not do as a name"), (["remove", "x"], 2, "no list called"),
        (["show", "nobody@example.org"], 2, "no mail called"), (["list", "flg:error"], 2, "flag"), (["list", "--jsn"], 2, "--jsn"),
        (["check", "/nowhere", "--policy", "none"], 2, "/nowhere"), (["frobnicate"], 2, "frobnicate"), (["opinion", "give", "x", "agree"], 2, "no mail called"),
        (["lst"], 2, "Did you mean 'list'?"), (["list", "author:ada"], 2, "did you mean from?"), (["list", "lid:x"], 2, "Quote text with a colon"),
        (["check", "a1b2c3d", "--policy", "none"], 2, "a1b2c3d~1..a1b2c3d"), (["check", "../no.patch", "--policy", "none"], 2, "check the name"),
        (["check", "empty", "--policy", "none"], 2, "no mail to check"), (["check", "empty"], 2, "add --policy with one of"),
        (["add", "x", "passwd", "--policy", "none"], 74, "is not an mbox"), (["add", "x", "source.git", "--policy", "none"], 2, "holds no mail"),
        (["findings", "rule:DOC"], 2, "DCO"), (["list", "age:<300"], 2, "age:<7d"), (["check", "trunc.gz", "--policy", "none"], 2, "zcat"),
        (["add", "x", "trunc.gz", "--policy", "none", "--url", "javascript:x"], 2, "not a web address"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_and_the_right_exit_code(words: list[str], code: int, says: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "trunc.gz").write_bytes(b"\x1f\x8b\x08\x00")
    (tmp_path / "passwd").write_text("root:x:0:0\n")
    Inbox(tmp_path / "source.git").commit({"main.c": b"int main;"})
    outcome = run(*words)
    assert outcome.code == code
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert len(outcome.err.strip().splitlines()) <= 5
    assert outcome.out == ""


def test_a_list_added_twice_is_refused_and_a_second_archive_is_welcome(inbox: Inbox, tmp_path: Path, run: Run) -> None:
    assert run("add", "w", str(inbox.path), "--policy", "none").code == 0
    assert run("add", "w", str(inbox.path), "--policy", "none").code == 2
    other = Inbox(tmp_path / "other.git")
    assert run("add", "w", str(other.path), "--policy", "qemu").code == 2
    outcome = run("add", "w", str(other.path), "--policy", "none")
    assert (outcome.code, "2 archives" in outcome.err) == (0, True)


def test_an_empty_list_is_fine(inbox: Inbox, run: Run) -> None:
    run("add", "w", str(inbox.path), "--policy", "none")
    assert (run("ingest").code, run("list").out, run("findings").out) == (0, "", "")
    assert run("report").code == 0


def test_a_truncated_gz_keeps_its_whole_mails_and_exits_74(tmp_path: Path, run: Run) -> None:
    import gzip

    content = b"".join(b"From z Mon May  4 09:00:00 2026\n" + mail(os.urandom(3000).hex(), key=f"k{i}") + b"\n" for i in range(600))
    path = tmp_path / "x.mbox.gz"
    path.write_bytes(gzip.compress(content)[:-500_000])
    run("add", "w", str(path), "--policy", "none")
    outcome = run("ingest")
    assert outcome.code == 74
    assert "cut short" in outcome.err
    path.write_bytes(gzip.compress(content))
    assert run("ingest").code == 0
    total = json.loads(run("ingest", "--json").out)["archives"][0]["total"]
    assert total["entries"] == total["parsed"] == 600


@pytest.mark.parametrize("lock", ["lock", "sweep.lock"])
def test_a_second_run_exits_75_quietly_and_says_why_where_it_is_asked(lock: str, inbox: Inbox, run: Run, config: Config) -> None:
    inbox.add(mail())
    run("add", "w", str(inbox.path), "--policy", "none")
    with write_lock(config.paths.data, lock):
        assert run("ingest") == Outcome(75, "", "")
        outcome = run("ingest", "--json")
    assert outcome.code == 75
    assert "try again" in outcome.err


def test_a_damaged_index_says_rebuild_and_rebuild_mends_it(demo: Config, run: Run) -> None:
    give = run("opinion", "give", "unsigned@example.org", "agree", "--finding", "DCO001")
    assert give.code == 0
    demo.paths.index.write_bytes(b"junk" * 5000)
    outcome = run("list")
    assert outcome.code == 78
    assert "triage db rebuild" in outcome.err
    assert run("db", "check").code == 1
    assert run("db", "rebuild").code == 65  # the sample holds one mail that cannot be read
    assert run("db", "check").out == "sound\n"
    assert "unsigned@example.org" in run("opinion", "list").out


def test_a_folder_that_cannot_be_written_is_one_sentence(inbox: Inbox, run: Run, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (isolated / "file").write_text("")
    monkeypatch.setenv("TRIAGE_HOME", str(isolated / "file" / "sub"))
    outcome = run("add", "w", str(inbox.path), "--policy", "none")
    assert outcome.code == 74
    assert "TRIAGE_HOME" in outcome.err


def test_no_home_is_one_sentence() -> None:
    env = {"PATH": os.environ["PATH"], "HOME": "", "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run([sys.executable, "-m", "triage", "list"], capture_output=True, text=True, env=env, check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 78}


def test_a_dash_is_standard_output(demo: Config, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("report", "-o", "-").out == run("report").out
    assert not list(tmp_path.glob("-"))


def test_a_report_is_written_whole_or_not_at_all(demo: Config, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert run("report", "--format", "html", "-o", str(target)).code == 0
    assert target.read_text("utf-8").endswith("</html>\n")
    (tmp_path / "folder").mkdir()
    outcome = run("report", "-o", str(tmp_path / "missing" / "r.md"))
    assert (outcome.code, (tmp_path / "missing").exists()) == (74, False)
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")
    assert run("report", "-o", str(tmp_path / "link.md")).code == 0
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text("utf-8").startswith("# Review report")
    assert run("report", "-o", os.devnull).code == 0
    assert Path(os.devnull).is_char_device()
    outcome = run("report", "-o", "/proc/r.md")
    assert outcome.code == 74
    assert [p.name for p in tmp_path.glob(".report*")] == []


def test_a_closed_pipe_is_quiet(demo: Config) -> None:
    done = subprocess.run(
        f"{sys.executable} -m triage findings | head -1", shell=True, capture_output=True, text=True, env=os.environ, check=False
    )  # fmt: skip
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_the_demo_prints_where_there_is_no_terminal(run: Run) -> None:
    outcome = run("demo")
    assert outcome.code == 0
    assert "AI001 ai-forbidden-declared" in outcome.out
    assert "widgets: 46 mails" in outcome.err


def test_doctor_says_what_to_do(demo: Config, run: Run) -> None:
    outcome = run("doctor")
    assert outcome.code == 0, outcome.out
    demo.paths.data.chmod(0o755)
    assert "chmod 700" in run("doctor").out
    assert run("doctor").code == 1


def test_doctor_looks_further_where_the_configuration_cannot_be_read(demo: Config, run: Run) -> None:
    (demo.paths.config / "config.toml").write_text("[tui\n")
    outcome = run("doctor")
    assert outcome.code == 1
    assert "!!  configuration: cannot read" in outcome.out
    assert "ok  git: " in outcome.out


def test_findings_name_the_series_and_who_sent_it(demo: Config, run: Run) -> None:
    assert "    Gregor Müller: [PATCH] hw/spoon: stir  hw-unsigned@example.org" in run("findings", "id:hw-unsigned@example.org").out


def test_db_path_makes_nothing(run: Run, isolated: Path) -> None:
    assert run("db", "path").out == f"{isolated}/triage/index.db\n"
    assert not (isolated / "triage").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [("[tiu]\n", "did you mean 'tui'"), ('[tui]\nglyph = "x"\n', "glyphs"), ('[tui]\nglyphs = "emoji"\n', "ascii, unicode"), ("[tui]\nmouse = 1\n", "bool"),
     ("x", "cannot read"), ("tui = 1\n", "[tui]")],
)  # fmt: skip
def test_a_wrong_configuration_is_named(text: str, says: str, run: Run, isolated: Path) -> None:
    (isolated / "triage").mkdir()
    (isolated / "triage" / "config.toml").write_text(text)
    outcome = run("list")
    assert outcome.code == 78
    assert says in outcome.err


def shell(line: str, home: Path) -> tuple[int, str]:
    """Return how the first command of a pipe ended, and what stood on standard error."""
    words = ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"]
    env = os.environ | {"TRIAGE_HOME": str(home), "PYTHONPATH": str(ROOT), "TRIAGE": f"{sys.executable} -m triage"}
    done = subprocess.run(words, env=env, capture_output=True, text=True)
    return done.returncode, done.stderr


def test_a_reader_that_stops_early_is_no_failure_and_hides_none(demo: Config, tmp_path: Path) -> None:
    (tmp_path / "one.patch").write_bytes(mail(patch_body("Text.\n\n")))
    for line in ("$TRIAGE list | head -0", "$TRIAGE findings | head -1", "$TRIAGE report --format html | head -1"):
        assert shell(line, demo.paths.data) == (0, ""), line
    for rows in (0, 1):
        assert shell(f"$TRIAGE check --policy qemu --fail-on error {tmp_path / 'one.patch'} | head -{rows}", demo.paths.data) == (3, "")


def test_an_index_that_was_never_filled_is_said_not_shown_as_empty(
    demo: Config, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.paths.index.unlink()
    for words in (["list"], ["findings"], ["report"], ["feed"], ["site", str(tmp_path / "site")], ["list", "--json"]):
        done = run(*words)
        assert (done.code, done.out) == (1, ""), words
        assert "no archive was ever read into this index: run `triage ingest`" in done.err
    done = run("doctor")
    assert done.code == 1
    assert "run `triage ingest`" in done.out
    assert run("ingest").code in {0, 65}
    assert run("list").code == 0
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "new"))
    done = run("list")
    assert (done.code, done.out) == (0, "")
    assert "there is no list yet" in done.err


def test_rows_fit_a_terminal_and_are_whole_in_a_pipe(demo: Config, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from triage.commands import output
    from triage.model.text import safe, width

    whole = run("list").out.splitlines()
    for cells in (80, 120):
        monkeypatch.setattr(output, "terminal_cells", lambda cells=cells: cells)
        rows = run("list").out.splitlines()
        assert len(rows) == len(whole)
        assert all(width(safe(row)) <= cells for row in rows)
        assert all(row.split()[0] == other.split()[0] for row, other in zip(rows, whole, strict=True))
    assert any(width(safe(row)) > 120 for row in whole)


def test_what_is_printed_to_a_closed_output_is_no_failure() -> None:
    done = subprocess.run(["sh", "-c", f"{sys.executable} -m triage --version >&-"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
