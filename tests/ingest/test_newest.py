# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new list whose newest mail is read first: useful at once, and in the end as if it had been read in order."""

import json
import sqlite3
import time
from contextlib import closing
from email.utils import formatdate
from pathlib import Path

import pytest
from click.testing import CliRunner

import triage.ingest.intake as intake
import triage.ingest.pipeline as pipeline
from tests.conftest import Inbox, mail, patch_body
from tests.ingest.test_pipeline import AbortError, dump
from triage.admin.lists import add_list, check_index
from triage.archive.mbox import Mbox
from triage.archive.publicinbox import PublicInbox
from triage.commands.program import cli
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild
from triage.ingest.summary import RunOptions
from triage.model.errors import UsageError
from triage.store import schema
from triage.store.schema import Index, open_index

DAY = 86400
NOW = int(time.time())
FIRST = RunOptions(workers=1, newest=NOW - 90 * DAY)


def days_ago(day: int, key: str, subject: str = "", body: str = "", **headers: str) -> tuple[int, bytes]:
    when = NOW - day * DAY
    return when, mail(body or patch_body(), key=key, subject=subject or f"[PATCH] part {key}", date=formatdate(when), **headers)


def story() -> list[list[tuple[int, bytes, bool]]]:
    """Return two epochs of mails with their times; True where an entry takes a mail back."""
    old, new = days_ago(350, "old"), days_ago(20, "again")
    reply = days_ago(12, "late", "Re: [PATCH] part old", "Looks good.\n", In_Reply_To="<old@example.org>")
    copy = (NOW - 30 * DAY, old[1].replace(b"\n\n", b"\nX-Copy: yes\n\n", 1))
    first = [days_ago(400 - day, f"a{day}") for day in range(0, 300, 10)]
    second = [days_ago(80 - day, f"b{day}") for day in range(0, 80, 5)]
    versions = [days_ago(200, "v1", "[PATCH] widget: turn"), days_ago(8, "v2", "[PATCH v2] widget: turn")]
    early = sorted([*first, old, versions[0], days_ago(110, "gone")])
    late = sorted([*second, new, reply, copy, versions[1]])
    gone = next(one for one in early if b"<gone@" in one[1])
    return [
        [(*one, False) for one in early],
        [*((*one, False) for one in late[:9]), (late[9][0], gone[1], True), (late[9][0], new[1], True), *((*one, False) for one in late[9:]),
         (NOW - DAY, new[1], False)],
    ]  # fmt: skip


def fill_epochs(path: Path) -> None:
    for number, mails in enumerate(story()):
        inbox = Inbox(path / "git" / f"{number}.git")
        for when, content, is_removal in mails:
            inbox.since = when - (inbox.count + 1) * 60
            inbox.commit({"d" if is_removal else "m": content})


def fill_mbox(path: Path) -> None:
    lines = [b"From x " + time.asctime(time.gmtime(when)).encode() + b"\n" + content + b"\n"
             for epoch in story() for when, content, is_removal in epoch if not is_removal]  # fmt: skip
    path.write_bytes(b"".join(lines))


@pytest.fixture(scope="module")
def epochs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("newest") / "inbox"
    fill_epochs(path)
    return path


def home(path: Path, archive: Path) -> Config:
    config = load_config(str(path))
    add_list(config, "widgets", (str(archive),), "linux-kernel", "")
    return config


@pytest.mark.parametrize("kind", ["epochs", "mbox"])
@pytest.mark.parametrize("at_once", [1, 7, 25])
def test_the_answer_in_the_end_is_that_of_reading_in_order(
    kind: str, at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / kind
    (fill_epochs if kind == "epochs" else fill_mbox)(archive)
    whole = home(tmp_path / "whole", archive)
    ingest(whole, load_lists(whole.paths))
    expected = dump(whole.paths.index)
    monkeypatch.setattr(intake, "AT_ONCE", at_once)
    monkeypatch.setattr(pipeline, "AT_ONCE", at_once)
    there = home(tmp_path / "there", archive)
    (run,) = ingest(there, load_lists(there.paths), FIRST)
    with closing(open_index(there.paths.index)) as connection:
        seen = {row[0] for row in connection.execute("select message_id from message")}
    assert {"b75@example.org", "b0@example.org", "v2@example.org"} <= seen
    assert "a0@example.org" not in seen
    assert run.pending > 20
    assert run.total["entries"] + run.pending == sum(len(epoch) for epoch in story()) - 2 * (kind == "mbox")
    assert not check_index(there)
    (run,) = ingest(there, load_lists(there.paths), FIRST)
    assert run.pending == 0
    assert dump(there.paths.index) == expected
    assert not check_index(there)
    (run,) = ingest(there, load_lists(there.paths), FIRST)
    assert not run.took_in


def said(there: Config) -> list[str]:
    """Return what the command line says of all mails, byte for byte."""
    with closing(open_index(there.paths.index)) as connection:
        names = [row[0] for row in connection.execute("select distinct message_id from message order by message_id")]
    every = [["list", "--json"], ["findings", "--json"], *(["show", name, "--json"] for name in names)]
    return [CliRunner().invoke(cli, ["--home", str(there.paths.data), *words]).output for words in every]


def test_what_was_sent_in_one_second_or_under_one_id_is_told_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest of them are read first, and may not come first for that."""
    monkeypatch.setattr(pipeline, "AT_ONCE", 4)
    inbox = Inbox(tmp_path / "0.git")
    second = formatdate(NOW - 95 * DAY)
    mails = [
        days_ago(200, "twice", "[PATCH] old words", patch_body("Old.\n\n")),
        *((NOW - day * DAY, mail(patch_body(f"{key}.\n\n"), key=key, subject=f"[PATCH] {key}", date=second))
          for day, key in ((94, "m"), (93, "c"), (20, "x"), (19, "a"))),
        days_ago(18, "twice", "[PATCH] new words", patch_body("New.\n\n")),
    ]  # fmt: skip
    for when, content in mails:
        inbox.since = when - (inbox.count + 1) * 60
        inbox.add(content)
    whole, there = home(tmp_path / "whole", inbox.path), home(tmp_path / "there", inbox.path)
    ingest(whole, load_lists(whole.paths))
    assert ingest(there, load_lists(there.paths), FIRST)[0].pending > 0
    ingest(there, load_lists(there.paths), FIRST)
    assert said(there) == said(whole)


def test_which_mail_was_read_first_decides_nothing(tmp_path: Path) -> None:
    """One Change-Id in two patches, one Message-ID under two texts, series of one second: read forwards and backwards."""
    change = "Change-Id: I0123456789abcdef0123456789abcdef01234567"
    mails = [
        days_ago(30, "one", "[PATCH] one", patch_body(f"One.\n\n{change}\n")),
        days_ago(29, "two", "[PATCH] two", patch_body(f"Two.\n\n{change}\n")),
        days_ago(20, "same", "[PATCH] old words", patch_body("Old.\n\nAssisted-by: Claude\n")),
        days_ago(19, "same", "[PATCH] new words", patch_body("New.\n\n")),
        days_ago(10, "b", "[PATCH] bee", patch_body("B.\n\n")), days_ago(10, "a", "[PATCH] ape", patch_body("A.\n\n")),
    ]  # fmt: skip
    told = []
    for name, every in (("forwards", mails), ("backwards", mails[::-1])):
        box = tmp_path / f"{name}.mbox"
        box.write_bytes(b"".join(b"From x " + time.asctime(time.gmtime(when)).encode() + b"\n" + text + b"\n" for when, text in every))
        there = home(tmp_path / name, box)
        ingest(there, load_lists(there.paths))
        shown = CliRunner().invoke(cli, ["--home", str(there.paths.data), "show", change.partition(" ")[2], "--json"]).output
        assert '"subject"' in shown
        told.append([shown, *said(there)])
    assert told[0] == told[1]


def test_the_newest_are_judged_before_the_rest_is_read(epochs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AT_ONCE", 5)
    there = home(tmp_path / "there", epochs)
    shown: list[int] = []
    real = pipeline.look

    def counted(job: intake.Job, since: int, most: int) -> bool:
        with closing(open_index(there.paths.index)) as connection:
            shown.append(connection.execute("select count(*) from series").fetchone()[0])
        return real(job, since, most)

    monkeypatch.setattr(pipeline, "look", counted)
    ingest(there, load_lists(there.paths), FIRST)
    assert shown[0] == 0
    assert 0 < shown[1] <= 5


def test_cut_off_at_any_statement_it_ends_the_same(epochs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = epochs
    whole = home(tmp_path / "whole", archive)
    ingest(whole, load_lists(whole.paths))
    expected = dump(whole.paths.index)
    monkeypatch.setattr(pipeline, "AT_ONCE", 6)
    real, left = schema._connect, [0]

    class Watched(Index):
        def execute(self, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
            left[0] -= 1
            if left[0] == 0:
                raise AbortError
            return super().execute(*args)  # type: ignore[arg-type]

    def connect(handle: type[Index], path: Path, write: bool) -> Index:
        return sqlite3.connect(path, isolation_level=None, factory=Watched) if write else real(handle, path, write)

    for statement in range(20, 3000, 331):
        there = home(tmp_path / f"cut{statement}", archive)
        open_index(there.paths.index, write=True).close()
        finished = 0
        with monkeypatch.context() as patched:
            patched.setattr(schema, "_connect", connect)
            left[0] = statement
            for _ in range(2):  # the look, and the whole
                try:
                    ingest(there, load_lists(there.paths), FIRST)
                    finished += 1
                except AbortError:
                    break
        while not finished or ingest(there, load_lists(there.paths), FIRST)[0].took_in:
            finished = 1
        assert dump(there.paths.index) == expected, f"cut off at statement {statement}"


def test_what_was_seen_can_be_shown_while_the_whole_is_read(epochs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = home(tmp_path / "there", epochs)
    monkeypatch.setattr(pipeline, "AT_ONCE", 6)
    ingest(there, load_lists(there.paths), FIRST)

    def cut(*args: object) -> None:
        raise AbortError

    with monkeypatch.context() as patched:
        patched.setattr(intake, "store_chunk", cut)
        with pytest.raises(AbortError):
            ingest(there, load_lists(there.paths), FIRST)
    shown = CliRunner().invoke(cli, ["--home", str(there.paths.data), "show", "v2@example.org"])
    assert shown.exit_code == 0, shown.output
    assert "turn" in shown.output


def test_a_list_may_ask_for_it_and_a_rebuild_reads_all(epochs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AT_ONCE", 6)
    where = ["--home", str(tmp_path / "there")]
    words = ["add", "widgets", str(epochs), "--policy", "linux-kernel", "--newest-first", "90d"]
    assert CliRunner().invoke(cli, [*where, *words]).exit_code == 0
    told = CliRunner().invoke(cli, [*where, "ingest"])
    assert "older entries left to the next run" in told.output
    assert "older entries are not read yet" in CliRunner().invoke(cli, [*where, "report", "--format", "json"]).output
    status = json.loads(CliRunner().invoke(cli, [*where, "ingest", "--status", "--json"]).output)
    assert status["archives"][0]["pending"] > 20
    assert "older entries" in CliRunner().invoke(cli, [*where, "ingest", "--status"]).output
    config = load_config(str(tmp_path / "there"))
    rebuild(config)
    (row,) = json.loads(CliRunner().invoke(cli, [*where, "ingest", "--json"]).output)["archives"]
    assert (row["pending"], row["entries"]) == (0, 0)


@pytest.mark.parametrize("span", ["90", "soon", "<90d", "2026-01-01"])
def test_a_span_that_is_none_is_refused(span: str, tmp_path: Path) -> None:
    fill_mbox(tmp_path / "mbox")
    words = ["add", "widgets", str(tmp_path / "mbox"), "--policy", "linux-kernel", "--newest-first", span]
    told = CliRunner().invoke(cli, ["--home", str(tmp_path / "there"), *words])
    assert isinstance(told.exception, UsageError)
    assert "write 90d" in str(told.exception)


def test_all_that_is_new_enough_is_read_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AT_ONCE", 4)
    inbox = Inbox(tmp_path / "0.git", NOW - DAY)
    inbox.add(*(mail(patch_body(), key=f"k{number}") for number in range(9)))
    there = home(tmp_path / "there", inbox.path)
    (run,) = ingest(there, load_lists(there.paths), FIRST)
    assert (run.pending, run.counts.parsed, run.total["entries"]) == (0, 9, 9)


def test_a_few_old_mails_among_the_new_end_nothing(tmp_path: Path) -> None:
    mails = [days_ago(400, "first"), days_ago(50, "x"), days_ago(4000, "dug-out"), days_ago(40, "y")]
    path = tmp_path / "mbox"
    path.write_bytes(b"".join(b"From x " + time.asctime(time.gmtime(when)).encode() + b"\n" + content + b"\n" for when, content in mails))
    cursor, number = Mbox(path).newest("mbox", NOW - 90 * DAY, 1 << 60) or ("", 0)
    assert (number, [item.content is not None and b"<x@" in item.content for item in Mbox(path).walk("mbox", cursor).items]) == (
        3, [True, False, False],
    )  # fmt: skip
    inbox = Inbox(tmp_path / "0.git")
    for when, content in mails:
        inbox.since = when - (inbox.count + 1) * 60
        inbox.add(content)
    archive = PublicInbox(inbox.path, "git")
    cursor, number = archive.newest("0.git", NOW - 90 * DAY, 1 << 60) or ("", 0)
    assert (number, len(list(archive.walk("0.git", cursor).items)), archive.size("0.git")) == (3, 3, 4)
    assert Mbox(path).size("mbox") == 4


def test_the_end_of_a_long_file_is_found_without_reading_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mbox"
    fill_mbox(path)
    monkeypatch.setattr("triage.archive.mbox._BLOCK", 997)
    starts = [int(item.locator.partition("+")[0]) for item in Mbox(path).walk("mbox", "").items]
    assert list(Mbox(path)._backwards()) == starts[::-1]
    assert Mbox(path).size("mbox") == len(starts)
    read: list[int] = []
    real = Mbox._when
    monkeypatch.setattr(Mbox, "_when", lambda self, start: read.append(start) or real(self, start))
    Mbox(path).newest("mbox", 0, 5)
    assert len(read) == 6
