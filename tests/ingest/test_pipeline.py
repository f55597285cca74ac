# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ingest: every entry accounted for, nothing lost when it is cut off, the same answers when it is rebuilt."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import DIFF, Inbox, mail, patch_body
from triage.admin.lists import add_list, check_index, remove_list
from triage.commands.output import run_lines
from triage.config import Config, load_lists
from triage.files import write_lock
from triage.ingest.pipeline import ingest
from triage.ingest.rebuild import rebuild
from triage.ingest.summary import RunOptions
from triage.ingest.uptodate import nothing_new
from triage.model.archive import ListSpec
from triage.model.errors import ArchiveError, BusyError, ConfigError
from triage.store.schema import Index, open_index
from triage.store.tables import INDEX_VERSION


def dump(path: Path) -> list[str]:
    """Return what the index says, without row numbers and order of arrival."""
    queries = (
        "select m.message_id, m.blob, m.kind, m.subject, m.patch_id, m.evidence, m.trailers, m.gone, s.message_id, t.n from message m"
        " left join series s on s.id = m.series join (select thread, count(*) as n from message group by thread) t on t.thread = m.thread",
        "select message_id, subject, version, total, received, complete, topic, previous, superseded, fingerprint, tools, error, warn, ask, info,"
        " agree, disagree, unsure, activity from series",
        "select s.message_id, f.id, f.code, f.severity, f.message, f.n, f.line, f.quote, f.status from finding f join series s on s.id = f.series",
        "select s.message_id, target, l.kind, evidence from link l join series s on s.id = l.series",
        "select list.name, m.blob from message_list l join list on list.id = l.list join message m on m.id = l.message",
        "select list.name, u.name, u.cursor, u.entries, u.parsed, u.duplicate, u.deleted, u.quarantined from unit u join archive a on"
        " a.id = u.archive join list on list.id = a.list",
        "select id, kind, target, finding, reason from opinion",
        "select outcome, blob, reason from entry",
    )
    with closing(open_index(path)) as connection:
        return [
            f"{number}|{row!r}" for number, query in enumerate(queries) for row in sorted(connection.execute(query).fetchall(), key=repr)
        ]


def settled(config: Config) -> bool:
    with closing(open_index(config.paths.index)) as connection:
        return not connection.execute("select count(*) from dirty").fetchone()[0]


def lists(config: Config, *inboxes: Inbox, policy: str = "linux-kernel") -> list[ListSpec]:
    for number, inbox in enumerate(inboxes):
        add_list(config, f"list{number}", (str(inbox.path),), policy, "")
    return load_lists(config.paths)


def test_the_sum_of_outcomes_is_the_number_of_entries(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        rows = connection.execute("select entries, parsed, duplicate, deleted, quarantined from unit order by entries").fetchall()
    assert rows == [(12, 12, 0, 0, 0), (50, 46, 2, 1, 1)]
    assert all(row[0] == sum(row[1:]) for row in rows)


def test_a_second_run_does_nothing_and_knows_it_beforehand(demo: Config) -> None:
    before = dump(demo.paths.index)
    assert set(nothing_new(demo, load_lists(demo.paths))) == {spec.name for spec in load_lists(demo.paths)}
    runs = ingest(demo, load_lists(demo.paths))
    assert [run.counts.entries for run in runs] == [0, 0]
    assert [run.total["entries"] for run in runs] == [12, 50]
    assert dump(demo.paths.index) == before


def test_piece_by_piece_gives_what_one_go_gives(config: Config, inbox: Inbox, tmp_path: Path, demo: Config) -> None:
    source = next(place.path for spec in load_lists(demo.paths) if spec.name == "widgets" for place in spec.places)
    commits = subprocess.run(
        ["git", f"--git-dir={source}/git/0.git", "rev-list", "--reverse", "master"], capture_output=True, text=True, check=True
    ).stdout.split()
    shutil.copytree(source, tmp_path / "copy")
    epoch = tmp_path / "copy" / "git" / "0.git"

    def upto(commit: str) -> None:
        subprocess.run(["git", f"--git-dir={epoch}", "update-ref", "refs/heads/master", commit], check=True)

    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    from triage.config import load_config

    for home, steps in ((whole, [commits[-1]]), (pieces, commits)):
        there = load_config(str(home))
        upto(commits[0])
        add_list(there, "widgets", (str(tmp_path / "copy"),), "linux-kernel", "")
        for commit in steps:
            upto(commit)
            ingest(there, load_lists(there.paths))
    assert dump(pieces / "index.db") == dump(whole / "index.db")


def test_rebuilding_gives_the_same_answers(demo: Config) -> None:
    before = dump(demo.paths.index)
    rebuild(demo)
    assert dump(demo.paths.index) == before
    demo.paths.index.unlink()
    carried = rebuild(demo).carried
    assert not carried
    assert dump(demo.paths.index) == before


def test_a_rebuild_that_cannot_read_an_archive_leaves_the_index_as_it_was(config: Config, inbox: Inbox) -> None:
    inbox.add(mail(patch_body()))
    ingest(config, lists(config, inbox))
    before = dump(config.paths.index)
    inbox.path.rename(inbox.path.with_name("away"))
    with pytest.raises(ArchiveError, match="as it was"):
        rebuild(config)
    assert dump(config.paths.index) == before


def test_workers_and_one_process_give_the_same_rows(config: Config, inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import triage.ingest.intake as intake
    from triage.config import load_config
    from triage.ingest import derive

    inbox.add(*(mail(patch_body(), key=f"k{i}", subject=f"[PATCH {i % 3 + 1}/3] t{i // 3}") for i in range(30)))
    inbox.add(
        *(mail("Reviewed-by: Bo <bo@example.org>\n", key=f"r{i}", subject="Re: t", In_Reply_To=f"<k{i}@example.org>") for i in range(9))
    )
    results = []
    for number, workers in enumerate((1, 2)):
        there = load_config(str(tmp_path / f"h{number}"))
        monkeypatch.setattr(intake, "PARALLEL_FROM", 10)
        monkeypatch.setattr(intake, "CHUNK", 4)
        monkeypatch.setattr(derive, "MANY", 1)
        monkeypatch.setattr(derive, "BATCH", 3)
        ingest(there, lists(there, inbox), RunOptions(workers=workers))
        results.append(dump(there.paths.index))
    assert results[0] == results[1]


def test_a_mail_in_two_lists_is_one_message_in_both(config: Config, tmp_path: Path) -> None:
    one, two = Inbox(tmp_path / "one.git"), Inbox(tmp_path / "two.git")
    same, listed = mail(patch_body(), key="a"), mail(patch_body(), key="a", List_Id="<two>")
    one.add(same)
    two.add(listed)
    runs = ingest(config, lists(config, one, two))
    assert [run.counts.duplicate for run in runs] == [0, 1]
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select count(*) from message").fetchone()[0] == 1
        assert connection.execute("select count(*) from series_list").fetchone()[0] == 2


def test_the_same_id_with_other_content_is_another_message(config: Config, inbox: Inbox) -> None:
    inbox.add(mail(patch_body(), key="a"), mail(patch_body("Swapped.\n\n"), key="a"))
    ingest(config, lists(config, inbox))
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select count(*), count(distinct target) from message").fetchone() == (2, 2)


def test_a_cover_that_comes_late_keeps_the_series_row(config: Config, inbox: Inbox) -> None:
    inbox.add(*(mail(patch_body(), key=f"p{n}", subject=f"[PATCH {n}/2] x", In_Reply_To="<c@example.org>") for n in (1, 2)))
    specs = lists(config, inbox)
    ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        (before,) = connection.execute("select id, message_id from series").fetchall()
    inbox.add(mail("Cover.\n", key="c", subject="[PATCH 0/2] x"))
    (run,) = ingest(config, specs)
    assert (run.series_new, run.series_changed) == (0, 1)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select id, message_id, cover from series").fetchall() == [(before[0], "c@example.org", 1)]


def test_deleted_mail_leaves_its_series_and_stays_known(config: Config, inbox: Inbox) -> None:
    content = mail(patch_body("Text.\n\n"), key="a")
    inbox.add(content)
    specs = lists(config, inbox)
    ingest(config, specs)
    inbox.commit({"d": content})
    (run,) = ingest(config, specs)
    assert run.counts.deleted == 1
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select gone from message").fetchall() == [("deleted",)]
        assert connection.execute("select count(*) from series").fetchone()[0] == 0
        assert connection.execute("select count(*) from finding").fetchone()[0] == 0
    inbox.add(content)
    ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select gone from message").fetchall() == [("",)]
        assert connection.execute("select count(*) from series").fetchone()[0] == 1


def test_mail_taken_back_and_sent_again_is_there_in_one_go_too(config: Config, inbox: Inbox) -> None:
    content = mail(patch_body(), key="a")
    inbox.add(content)
    inbox.commit({"d": content})
    inbox.add(content)
    (run,) = ingest(config, lists(config, inbox))
    assert (run.counts.parsed, run.counts.deleted, run.counts.duplicate) == (1, 1, 1)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select gone from message").fetchall() == [("",)]
        assert connection.execute("select count(*) from series").fetchone()[0] == 1


def test_a_patch_taken_back_leaves_its_unthreaded_series_incomplete(config: Config, inbox: Inbox) -> None:
    one, two = (mail(patch_body("Text.\n\n"), key=f"p{n}", subject=f"[PATCH {n}/2] x{n}") for n in (1, 2))
    inbox.add(one, two)
    specs = lists(config, inbox)
    ingest(config, specs)
    inbox.commit({"d": two})
    ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select received, complete from series").fetchall() == [(1, 0)]
        assert connection.execute("select message from finding").fetchall() == [("p1@example.org",)]


def test_a_version_taken_back_replaces_nothing(config: Config, inbox: Inbox) -> None:
    second = mail(patch_body(), key="v2", subject="[PATCH v2] x")
    inbox.add(mail(patch_body("Other.\n\n"), key="v1", subject="[PATCH] x"), second)
    specs = lists(config, inbox)
    ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select message_id from series where superseded").fetchall() == [("v1@example.org",)]
    inbox.commit({"d": second})
    ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select message_id, superseded from series").fetchall() == [("v1@example.org", 0)]


@pytest.mark.parametrize("order", ["A B d", "A d B"])
def test_a_mail_taken_back_from_one_list_stays_in_the_other(order: str, config: Config, tmp_path: Path) -> None:
    content = mail(patch_body(), key="a")
    one, two = Inbox(tmp_path / "one.git"), Inbox(tmp_path / "two.git")
    specs = lists(config, one, two)
    for step in order.split():
        if step == "d":
            one.commit({"d": content})
        else:
            (one if step == "A" else two).add(content)
        ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select gone from message").fetchall() == [("",)]
        names = connection.execute("select list.name from series_list join list on list.id = series_list.list").fetchall()
        assert names == [("list1",)]


def test_cut_off_while_reading_a_rewritten_unit_the_purged_mail_still_goes(
    config: Config, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    import triage.ingest.intake as intake

    inbox.add(mail(patch_body(), key="kept"), mail(patch_body(), key="purged", subject="[PATCH] secret"))
    specs = lists(config, inbox)
    ingest(config, specs)
    inbox.git("update-ref", "-d", "refs/heads/master")
    inbox.add(mail(patch_body(), key="kept"), mail(key="new"))

    def cut(*args: object) -> None:
        raise AbortError

    with monkeypatch.context() as patched:
        patched.setattr(intake, "store_chunk", cut)
        with pytest.raises(AbortError):
            ingest(config, specs)
    (run,) = ingest(config, specs)
    assert run.withdrawn == 1
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select gone from message where message_id = 'purged@example.org'").fetchone()[0] == "withdrawn"


def test_a_commit_of_two_mails_is_read_again_whole_when_one_cannot_be(config: Config, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "v1.git")
    blobs = [inbox.git("hash-object", "-w", "--stdin", stdin=mail(key=key)) for key in "ab"]
    folders = [inbox.git("mktree", stdin=f"100644 blob {blob}\t{'c' * 38}\n".encode()) for blob in blobs]
    inbox.commit_tree(
        inbox.git("mktree", stdin="".join(f"040000 tree {f}\t{n}\n" for f, n in zip(folders, ("aa", "bb"), strict=True)).encode())
    )
    specs = lists(config, inbox)
    path = inbox.path / "objects" / blobs[1][:2] / blobs[1][2:]
    sound = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(b"x")
    (run,) = ingest(config, specs)
    assert isinstance(run.error, ArchiveError)
    path.write_bytes(sound)
    (run,) = ingest(config, specs)
    assert run.total["parsed"] == run.total["entries"] == 2


def test_no_diff_can_speak_for_another() -> None:
    from triage.git import patch_ids

    honest, forged = DIFF, "commit " + "0" * 39 + "1\n\n" + DIFF.replace("1;", "9;")
    alone = patch_ids([(1, honest.encode())])
    assert patch_ids([(0, forged.encode()), (1, honest.encode())])[1] == alone[1]


def test_rewritten_history_gives_no_new_rows_and_a_tombstone(config: Config, inbox: Inbox) -> None:
    kept, purged = mail(patch_body(), key="kept"), mail(patch_body("Secret.\n\n"), key="purged", subject="[PATCH] secret")
    inbox.add(kept, purged)
    specs = lists(config, inbox)
    ingest(config, specs)
    inbox.git("update-ref", "-d", "refs/heads/master")
    inbox.add(kept)
    inbox.commit({"m": b""})
    inbox.add(mail(key="new"))
    (run,) = ingest(config, specs)
    assert (run.counts.parsed, run.counts.deleted, run.withdrawn) == (2, 1, 1)
    assert run.total == {"entries": 3, "parsed": 2, "duplicate": 0, "deleted": 1, "quarantined": 0, "unreadable": 0, "withdrawn": 1}
    with closing(open_index(config.paths.index)) as connection:
        rows = dict(connection.execute("select message_id, gone from message").fetchall())
        assert rows == {"kept@example.org": "", "purged@example.org": "withdrawn", "new@example.org": ""}
        assert "secret" not in repr(connection.execute("select * from message where gone = 'withdrawn'").fetchall()).lower()
        assert connection.execute("select count(*) from series where message_id = 'purged@example.org'").fetchone()[0] == 0
    before = dump(config.paths.index)
    assert rebuild(config).carried
    assert dump(config.paths.index) == before


def test_one_bad_archive_stops_no_other(config: Config, tmp_path: Path) -> None:
    bad, good = Inbox(tmp_path / "bad.git"), Inbox(tmp_path / "good.git")
    bad.add(mail(key="a"))
    good.add(mail(key="b"))
    specs = lists(config, bad, good)
    shutil.rmtree(bad.path)
    runs = ingest(config, specs)
    assert isinstance(runs[0].error, ArchiveError)
    assert runs[1].error is None
    assert runs[1].counts.parsed == 1


def test_a_corrupt_object_is_passed_over_and_read_once_it_is_mended(config: Config, inbox: Inbox) -> None:
    inbox.add(*(mail(key=f"k{i}") for i in range(6)))
    specs = lists(config, inbox)
    blob = inbox.git("rev-parse", "master~2:m")
    path = inbox.path / "objects" / blob[:2] / blob[2:]
    sound = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(b"x" * len(sound))
    (run,) = ingest(config, specs)
    assert isinstance(run.error, ArchiveError)
    assert (run.counts.parsed, run.counts.unreadable) == (5, 1)
    path.write_bytes(sound)
    (run,) = ingest(config, specs)
    assert run.error is None
    assert run.total["entries"] == run.total["parsed"] == 6


def test_a_second_writer_is_told_at_once(config: Config, inbox: Inbox) -> None:
    inbox.add(mail())
    specs = lists(config, inbox)
    with write_lock(config.paths.data), pytest.raises(BusyError):
        ingest(config, specs)


def test_a_changed_pack_judges_its_lists_again(config: Config, inbox: Inbox) -> None:
    inbox.add(mail(patch_body("Text.\n\n"), key="a"))
    config.paths.policies.mkdir(parents=True)
    pack = config.paths.policies / "mine.toml"
    rule = '[policy]\n[[rule]]\nid = "sob"\nkind = "trailer"\nkey = "Signed-off-by"\nop = "require"\nseverity = "{}"\n'
    pack.write_text(rule.format("warn"))
    specs = lists(config, inbox, policy="mine")
    ingest(config, specs)
    pack.write_text(rule.format("error"))
    assert nothing_new(config, specs) == {}
    (run,) = ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select severity from finding where code = 'DCO001'").fetchall() == [("error",)]
    assert [(item["code"], item["change"], item["series"]) for item in run.policy_changes] == [("DCO001", "was warn", "a@example.org")]
    assert [line for line in run_lines([run]) if "policy changed" in line]
    pack.write_text(rule.format("error").replace("Signed-off-by", "Checked-by"))
    assert [item["change"] for item in ingest(config, specs)[0].policy_changes] == ["gone", "new"]
    assert ingest(config, specs)[0].policy_changes == []


def test_a_broken_pack_stops_its_own_list_alone_and_is_made_up_for(config: Config, inbox: Inbox, tmp_path: Path) -> None:
    inbox.add(mail(patch_body("Text.\n\n"), key="a"))
    other = Inbox(tmp_path / "other.git")
    other.add(mail(patch_body("Text.\n\n"), key="b"))
    config.paths.policies.mkdir(parents=True)
    pack = config.paths.policies / "mine.toml"
    good = '[policy]\n[[rule]]\nid = "sob"\nkind = "trailer"\nkey = "Signed-off-by"\nop = "require"\n'
    pack.write_text(good)
    add_list(config, "broken", (str(inbox.path),), "mine", "")
    add_list(config, "whole", (str(other.path),), "linux-kernel", "")
    pack.write_text(good.replace("require", "requier"))
    broken, whole = ingest(config, load_lists(config.paths))
    assert "mine.toml:2, rule 'sob', op 'requier' is unknown: did you mean 'require'?" in str(broken.error)
    assert (whole.error, whole.series_new, whole.findings_new) == (None, 1, 1)
    pack.write_text(good)
    broken, whole = ingest(config, load_lists(config.paths))
    assert (broken.error, broken.series_new, broken.findings_new, whole.series_new) == (None, 1, 1, 0)


def test_removing_a_list_forgets_what_only_it_held(demo: Config) -> None:
    remove_list(demo, "widgets")
    with closing(open_index(demo.paths.index)) as connection:
        names = {row[0] for row in connection.execute("select message_id from series")}
        assert all(name.startswith("hw-") for name in names)
        assert connection.execute("select count(*) from message").fetchone()[0] == 12
        assert connection.execute("pragma foreign_key_check").fetchall() == []
    assert check_index(demo) == []
    assert [spec.name for spec in load_lists(demo.paths)] == ["emulator"]


class AbortError(Exception):
    """Thrown where a run is cut off."""


def test_cut_off_at_any_statement_the_next_run_finishes(
    config: Config, inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from triage.config import load_config
    from triage.store import schema

    inbox.add(
        mail("Cover.\n", key="c", subject="[PATCH 0/2] x"),
        *(mail(patch_body("Text.\n\n"), key=f"p{n}", subject=f"[PATCH {n}/2] x{n}", In_Reply_To="<c@example.org>") for n in (1, 2)),
        mail("Hm.\n", key="r", subject="Re: [PATCH 1/2] x1", In_Reply_To="<p1@example.org>"),
        mail(patch_body(), key="v2", subject="[PATCH v2] x"),
    )
    inbox.commit({"d": mail("Hm.\n", key="r", subject="Re: [PATCH 1/2] x1", In_Reply_To="<p1@example.org>")})
    reference = load_config(str(tmp_path / "reference"))
    ingest(reference, lists(reference, inbox))
    expected = dump(reference.paths.index)
    real = schema._connect
    left = [0]

    class Watched(Index):
        def execute(self, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
            left[0] -= 1
            if left[0] == 0:
                raise AbortError
            return super().execute(*args)  # type: ignore[arg-type]

    def connect(handle: type[Index], path: Path, write: bool) -> Index:
        if not write:
            return real(handle, path, write)
        connection = sqlite3.connect(path, isolation_level=None, factory=Watched)
        return connection

    aborted = 0
    for statement in range(1, 400):
        there = load_config(str(tmp_path / f"cut{statement}"))
        specs = lists(there, inbox)
        open_index(there.paths.index, write=True).close()
        with monkeypatch.context() as patched:
            patched.setattr(schema, "_connect", connect)
            left[0] = statement
            try:
                ingest(there, specs)
                finished = True
            except AbortError:
                finished = False
        aborted += not finished
        ingest(there, specs)
        assert dump(there.paths.index) == expected, f"cut off at statement {statement}"
        assert settled(there)
        if finished:
            break
    assert aborted > 50


def test_killed_without_warning_nothing_is_lost(config: Config, inbox: Inbox, tmp_path: Path) -> None:
    import random
    import time

    inbox.add(*(mail(patch_body(), key=f"k{i}", subject=f"[PATCH {i % 3 + 1}/3] t{i // 3}") for i in range(60)))
    specs = lists(config, inbox)
    script = "import triage.ingest.pipeline as p, triage.ingest.intake, triage.ingest.derive; triage.ingest.intake.CHUNK = 2; triage.ingest.derive.BATCH = 2; from triage.config import *; c = load_config(); p.ingest(c, load_lists(c.paths), p.RunOptions(workers=1))"
    whole = subprocess.run([sys.executable, "-c", script], env=os.environ | {"TRIAGE_HOME": str(tmp_path / "whole")}, check=False)
    assert whole.returncode == 0
    for seed in range(8):
        child = subprocess.Popen([sys.executable, "-c", script], env=os.environ)
        time.sleep(random.Random(seed).uniform(0.15, 0.45))
        child.send_signal(signal.SIGKILL)
        child.wait()
    ingest(config, specs)
    expected = len([1 for _ in range(60)])
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select count(*), count(distinct blob) from message").fetchone() == (expected, expected)
        assert connection.execute("pragma integrity_check").fetchone()[0] == "ok"
    again = dump(config.paths.index)
    rebuild(config)
    assert dump(config.paths.index) == again


@pytest.mark.parametrize("spare", [1, 4, 8, 12])
def test_a_full_disk_is_one_sentence_and_loses_nothing(spare: int, config: Config, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from triage.store import schema

    inbox.add(*(mail(patch_body("x" * 20_000), key=f"k{i}") for i in range(40)))
    specs = lists(config, inbox)
    with closing(open_index(config.paths.index, write=True)) as made:
        pages = made.execute("pragma page_count").fetchone()[0]
    real = schema._connect

    def small(handle: type[Index], path: Path, write: bool) -> Index:
        connection = real(handle, path, write)
        connection.execute(f"pragma max_page_count = {pages + spare}")
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(schema, "_connect", small)
        try:
            said = str(ingest(config, specs)[0].error)
        except ArchiveError as error:
            said = str(error)
    assert "the disk is full" in said
    assert check_index(config) == []
    ingest(config, specs)
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select count(*) from message").fetchone()[0] == 40


def test_a_newer_schema_a_foreign_file_and_damage_are_refused_with_advice(demo: Config) -> None:
    index = demo.paths.index
    sound = index.read_bytes()
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(ConfigError, match=f"schema 99, this triage knows {INDEX_VERSION}"):
        open_index(index)
    index.write_bytes(sound[:100] + b"\xff" * 4000 + sound[4100:])
    with pytest.raises(ConfigError, match="triage db rebuild"), closing(open_index(index)) as connection:
        connection.execute("select * from message").fetchall()
    index.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ConfigError, match="damaged"):
        open_index(index)
    index.unlink()
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("create table x (y)")
    with pytest.raises(ConfigError, match="not a database of triage"):
        open_index(index)


def test_damage_anywhere_never_ends_in_anything_but_a_sentence(demo: Config) -> None:
    sound = demo.paths.index.read_bytes()
    for offset in range(0, len(sound), max(1, len(sound) // 60)):
        damaged = bytearray(sound)
        damaged[offset : offset + 8] = b"\xde\xad\xbe\xef\xde\xad\xbe\xef"
        demo.paths.index.write_bytes(bytes(damaged))
        for problem in check_index(demo):
            assert str(demo.paths.index) in problem


def test_real_public_inbox_removal_and_purge(config: Config, tmp_path: Path) -> None:
    """A real public-inbox delivers, removes and purges; the index follows (threats A3 and A4)."""
    inbox = tmp_path / "pi"
    env = os.environ | {"PI_CONFIG": str(tmp_path / "pi.config"), "ORIGINAL_RECIPIENT": "test@example.com", "TMPDIR": str(tmp_path)}

    def call(*words: str, stdin: bytes = b"") -> None:
        subprocess.run(words, input=stdin, env=env, check=True, capture_output=True)

    call("public-inbox-init", "-V2", "-L", "basic", "test", str(inbox), "http://127.0.0.1/test", "test@example.com")
    call("git", "config", "-f", env["PI_CONFIG"], "publicinboxmda.spamcheck", "none")
    mails = [mail(patch_body("Text.\n\n"), key=f"m{n}", subject=f"[PATCH] t{n}", To="test@example.com") for n in range(3)]
    for content in mails:
        call("public-inbox-mda", "--no-precheck", stdin=content)
    add_list(config, "test", (str(inbox),), "linux-kernel", "")
    specs = load_lists(config.paths)
    assert ingest(config, specs)[0].total["parsed"] == 3
    call("public-inbox-learn", "rm", stdin=mails[0])
    (run,) = ingest(config, specs)
    assert (run.counts.deleted, run.counts.parsed) == (1, 0)
    call("public-inbox-purge", str(inbox), stdin=mails[1])
    (run,) = ingest(config, specs)
    assert run.withdrawn == 1
    with closing(open_index(config.paths.index)) as connection:
        gone = dict(connection.execute("select message_id, gone from message").fetchall())
        assert gone == {"m0@example.org": "deleted", "m1@example.org": "withdrawn", "m2@example.org": ""}
        total = run.total
        assert total["entries"] == total["parsed"] + total["duplicate"] + total["deleted"] + total["quarantined"]
