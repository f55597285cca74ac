# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail from where it does not last: Maildir, standard input, notmuch, a server; copied once, byte for byte, whatever happens."""

import errno
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate

from tests.conftest import ROOT, Inbox, Run, mail, patch_body
from tests.servers import Server, answers, misbehaving
from triage.archive.fetch import pull
from triage.archive.local import OwnInbox, arrived
from triage.archive.lore import source_of
from triage.archive.maildir import Maildir
from triage.archive.publicinbox import PublicInbox
from triage.archive.sources import day_start, since_day
from triage.config import Config, load_lists
from triage.files import write_lock
from triage.ingest.cron import sweep
from triage.model.archive import Entry, Place
from triage.model.errors import ArchiveError, BusyError, UsageError
from triage.store.schema import open_index

PATCHES = [mail(patch_body(), key=f"p{n}", subject=f"[PATCH] widget: part {n}", To="test@example.org") for n in range(5)]


def maildir(path: Path, *mails: bytes) -> Path:
    for folder in ("cur", "new", "tmp"):
        (path / folder).mkdir(parents=True)
    for number, content in enumerate(mails):
        (path / "new" / f"{number}.x").write_bytes(content)
    return path


def kept(inbox: Path) -> list[bytes]:
    archive = PublicInbox(inbox, "v2")
    items = [item for unit in archive.units() for item in archive.walk(unit, "").items if item.entry is Entry.MAIL]
    return [content or b"" for _, content in archive.read("0.git", items)]


def subjects(run: Run) -> list[str]:
    return sorted(json.loads(line)["subject"] for line in run("list", "--json").out.splitlines())


def source_path(config: Config) -> Path:
    (place,) = (place for spec in load_lists(config.paths) for place in spec.places)
    return place.path


# our own inbox ---------------------------------------------------------------------------------------------------------


def test_an_inbox_of_our_own_keeps_every_byte_and_nothing_twice(tmp_path: Path) -> None:
    odd = [b"no header at all", b"Subject: crlf\r\n\r\nbody\r\n", b"From x\n\nfrom line\n", bytes(range(256)), mail()]
    own = OwnInbox(tmp_path / "own")
    assert own.add([*odd, b"", *odd]) == len(odd)
    assert own.add(reversed(odd)) == 0
    assert own.add([mail(key="b")]) == 1
    assert kept(tmp_path / "own") == [*odd, mail(key="b")]


def test_what_a_killed_import_left_without_a_commit_is_added_again(tmp_path: Path) -> None:
    own = OwnInbox(tmp_path / "own")
    own.add([mail()])
    subprocess.run(
        ["git", f"--git-dir={own.git_dir}", "hash-object", "-w", "--stdin"], input=mail(key="b"), check=True, capture_output=True
    )
    assert own.add([mail(), mail(key="b")]) == 1
    assert kept(own.path) == [mail(), mail(key="b")]


def test_what_a_killed_import_goes_on_writing_keeps_the_next_one_out(tmp_path: Path) -> None:
    """git reads what it was handed before it sees that nobody writes any more; its commits must be there when mail is told new from known."""
    begin = (
        "import sys, time; from pathlib import Path; from triage.archive.local import OwnInbox; from triage.files import write_lock\n"
        f"inbox = OwnInbox(Path({str(tmp_path / 'inbox')!r})); inbox.make()\n"
        "from triage import git\n"
        "with write_lock(inbox.path) as inbox.lock:\n"
        "    stream = git.FastImport(inbox.git_dir, inbox.lock)\n"
        "    print(stream._process.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", begin], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        importer = int(run.stdout.readline())
        os.kill(importer, signal.SIGSTOP)
        run.kill()
    with pytest.raises(BusyError), write_lock(tmp_path / "inbox"):
        pass
    os.kill(importer, signal.SIGCONT)
    with write_lock(tmp_path / "inbox", wait=20):
        assert OwnInbox(tmp_path / "inbox").add([PATCHES[0]]) == 1


@pytest.mark.parametrize(("head", "when"), [
    (b"Received: by a; Mon, 02 Mar 2026 10:00:00 +0000\nReceived: by b; Mon, 02 Mar 2020 10:00:00 +0000\nDate: Sun, 01 Mar 2026 10:00:00 +0000", 1772445600),
    (b"received: from x\n\tby a (y;z)\n ; Mon, 02 Mar 2026\n 10:00:00 +0000\nDate: x", 1772445600),
    (b"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nSubject: x", 1772445600),
    (b"Date: Mon, 02 Mar 2099 10:00:00 +0000", 1800000000), (b"Date: 99999999999999999999", 1800000000), (b"", 1800000000),
    (b"Received: " + b"(;" * 30000 + b"\nDate: Mon, 02 Mar 2026 10:00:00 +0000", 1772445600),
])  # fmt: skip
def test_a_mail_came_when_its_last_hop_says(head: bytes, when: int) -> None:
    assert arrived(head + b"\n\nbody\nDate: Mon, 02 Mar 1999 10:00:00 +0000\n", 1800000000) == when


# Maildir ---------------------------------------------------------------------------------------------------------------


def test_a_maildir_is_read_and_what_is_expunged_there_stays_here(run: Run, config: Config, tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", *PATCHES[:3])
    assert run("add", "w", str(folder), "--policy", "linux-kernel").code == 0
    assert run("ingest").out.startswith("w: 3 mails, 3 series")
    (folder / "new" / "0.x").rename(folder / "cur" / "0.x:2,S")
    (folder / "new" / "1.x").unlink()
    (folder / "cur" / "9.x:2,").write_bytes(PATCHES[4])
    assert run("ingest").out.startswith("w: 1 mails, 1 series")
    assert run("ingest").out == ""
    assert subjects(run) == ["[PATCH] widget: part 0", "[PATCH] widget: part 1", "[PATCH] widget: part 2", "[PATCH] widget: part 4"]
    assert "widget: part 1" in run("show", "p1@example.org").out
    assert f"the mail copied to {config.paths.inboxes} is not in it" in run("db", "backup", str(tmp_path / "backup.tar")).out
    validate(json.loads(run("ingest", "--json").out), json.loads((ROOT / "triage" / "schemas" / "ingest.json").read_text("utf-8")))
    (config.paths.data / "index.db").unlink()
    assert run("db", "rebuild").code == 0
    assert len(subjects(run)) == 4


def test_no_mail_is_lost_or_doubled_while_another_program_moves_and_flags_all(tmp_path: Path) -> None:
    mails = [mail(key=f"m{n}") for n in range(40)]
    folder = maildir(tmp_path / "mail", *mails)
    stop = threading.Event()
    renames = 0

    def flag() -> None:
        nonlocal renames
        flags = 0
        while not stop.is_set():
            for number in range(40):
                for where in ("new", "cur"):
                    for name in [n for n in os.listdir(folder / where) if n.partition(":")[0] == f"{number}.x"]:
                        flags += 1
                        (folder / where / name).rename(folder / "cur" / f"{number}.x:2,{'RS'[flags % 2]}{'' if flags % 3 else 'T'}")
                        renames += 1

    mover = threading.Thread(target=flag)
    mover.start()
    own = OwnInbox(tmp_path / "own")
    try:
        cursor = ""
        while renames < 1000:
            source = Maildir(folder)
            own.add(source.mails(cursor))
            assert source.left == []
            cursor = source.cursor()
    finally:
        stop.set()
        mover.join()
    assert sorted(kept(own.path)) == sorted(mails)


def test_what_is_no_mail_in_a_maildir_is_named_and_stops_nothing(run: Run, config: Config, tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", PATCHES[0])
    (tmp_path / "secret").write_bytes(PATCHES[1])
    (folder / "new" / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "cur" / "pipe:2,S")
    (folder / "cur" / "folder").mkdir()
    (folder / "tmp" / "half").write_bytes(PATCHES[2])
    run("add", "w", str(folder), "--policy", "linux-kernel")
    outcome = run("ingest")
    assert outcome.code == 74
    assert "3 files there cannot be read as mail, first" in outcome.err
    assert subjects(run) == ["[PATCH] widget: part 0"]


def test_a_maildir_that_is_gone_says_so_and_its_mail_stays(run: Run, config: Config, tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", PATCHES[0])
    run("add", "w", str(folder), "--policy", "linux-kernel")
    run("ingest")
    folder.rename(tmp_path / "elsewhere")
    for count in (1, 2, 3):
        outcome = run("ingest")
        assert outcome.code == 74
        assert f"cannot read {folder}" in outcome.err
        assert f"failed {count} time" in run("ingest", "--status").out
    assert run("ingest", "--status").code == 1
    assert "!!  w: freshness: last read 2" in run("doctor").out
    assert subjects(run) == ["[PATCH] widget: part 0"]
    (tmp_path / "elsewhere").rename(folder)
    assert run("ingest").code == 0
    assert run("ingest", "--status").code == 0


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.ESTALE])
def test_passing_trouble_with_one_file_loses_no_mail(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = maildir(tmp_path / "mail", *PATCHES)
    own, real = OwnInbox(tmp_path / "own"), os.open
    place = Place("v2", own.path, f"maildir:{folder}")

    def failing(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if path == "1.x":
            raise OSError(number, os.strerror(number))
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(ArchiveError, match=r"1\.x'?: "):
        pull(place)
    monkeypatch.setattr(os, "open", real)
    pull(place)
    assert sorted(kept(own.path)) == sorted(PATCHES)


def test_a_clock_that_was_ahead_loses_no_mail(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", *PATCHES[:2])
    cursor = str(time.time_ns() + 3600 * 10**9)
    assert len(list(Maildir(folder).mails(cursor))) == 2


# standard input --------------------------------------------------------------------------------------------------------


def give(run: Run, monkeypatch: pytest.MonkeyPatch, content: bytes, *words: str) -> Any:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    return run("ingest", "--stdin", *words)


def test_one_mail_or_an_mbox_comes_by_standard_input(run: Run, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "w", "-", "--policy", "linux-kernel")
    assert give(run, monkeypatch, PATCHES[0], "w").out.startswith("w: 1 mails, 1 series")
    mbox = b"".join(b"From x@example.org Mon Mar  2 09:00:00 2026\n" + content + b"\n" for content in PATCHES[:4])
    give(run, monkeypatch, mbox, "w", "--mbox")
    assert len(subjects(run)) == 4
    inner = mail(
        "Look:\n\nFrom 0123 Mon Sep 17 00:00:00 2001\nFrom: Eve <eve@example.org>\nMessage-ID: <forged@example.org>\n\n>From me\n", key="in"
    )
    give(run, monkeypatch, b"From x@example.org Mon Mar  2 09:00:00 2026\n" + inner, "w")
    assert inner in kept(source_path(config))
    assert not any(content.startswith(b"From: Eve") for content in kept(source_path(config)))
    assert give(run, monkeypatch, b"", "w").code == 2
    assert give(run, monkeypatch, PATCHES[0]).code == 2


def test_a_list_that_was_not_added_for_it_takes_nothing_from_standard_input(
    run: Run, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.add(mail())
    run("add", "w", str(inbox.path), "--policy", "none")
    outcome = give(run, monkeypatch, PATCHES[0], "w")
    assert outcome.code == 2
    assert "triage add w -" in outcome.err


def test_a_delivered_mail_is_kept_whatever_else_is_wrong(run: Run, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "w", "-", str(maildir(tmp_path / "mail")), "--policy", "linux-kernel")
    (tmp_path / "mail" / "new").rmdir()
    outcome = give(run, monkeypatch, PATCHES[0], "w")
    assert outcome.code == 0
    assert "cannot read" in outcome.err
    assert subjects(run) == ["[PATCH] widget: part 0"]


def test_twenty_deliveries_at_once_lose_nothing(run: Run, config: Config) -> None:
    run("add", "w", "-", "--policy", "linux-kernel")
    mails = [mail(patch_body(), key=f"d{n}", subject=f"[PATCH] widget: delivery {n}") for n in range(20)]
    started = [subprocess.Popen([sys.executable, "-m", "triage", "ingest", "-q", "--stdin", "w"], stdin=subprocess.PIPE) for _ in mails]
    for process, content in zip(started, mails, strict=True):
        assert process.stdin is not None
        process.stdin.write(content)
        process.stdin.close()
    assert {process.wait() for process in started} == {0}
    run("ingest")
    assert sorted(kept(source_path(config))) == sorted(mails)
    assert len(subjects(run)) == 20


# a server --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A real public-inbox with five patches behind its real server."""
    made = Server(tmp_path / "server")
    made.deliver(*PATCHES)
    made.start()
    yield made
    made.stop()


def test_a_list_on_a_server_is_mirrored_and_followed(server: Server, run: Run, config: Config) -> None:
    assert run("add", "w", server.url, "--policy", "linux-kernel").code == 0
    assert run("ingest").out.startswith("w: 5 mails, 5 series")
    assert run("ingest").out == ""
    server.deliver(mail(patch_body(), key="late", subject="[PATCH] widget: late"))
    server.call("public-inbox-learn", "rm", stdin=PATCHES[0])
    server.restart()
    assert run("ingest").out.startswith("w: 1 mails, 1 series")
    with closing(open_index(config.paths.index)) as connection:
        gone = connection.execute("select message_id from message where gone = 'deleted'").fetchall()
    assert gone == [("p0@example.org",)]
    assert f"{server.url}p1@example.org/" in run("report", "id:p1@example.org").out


def test_a_thread_is_fetched_by_its_address(server: Server, run: Run) -> None:
    assert run("add", "w", f"{server.url}p3@example.org/", "--policy", "linux-kernel").code == 0
    assert run("ingest").out.startswith("w: 1 mails, 1 series")
    server.deliver(mail("Looks fine.\n", key="r", subject="Re: [PATCH] widget: part 3", In_Reply_To="<p3@example.org>"))
    server.restart()
    assert run("ingest").out.startswith("w: 1 mails, 0 series")
    assert subjects(run) == ["[PATCH] widget: part 3"]


def test_what_came_since_a_day_is_searched_without_a_clone(run: Run, config: Config, tmp_path: Path) -> None:
    server = Server(tmp_path / "server", "medium")
    server.deliver(*PATCHES, mail(patch_body(), key="old", subject="[PATCH] widget: old", To="test@example.org"))
    server.index()
    server.start()
    try:
        assert run("add", "w", server.url, "--policy", "linux-kernel", "--since", "2026-01-01").code == 0
        assert run("ingest").out.startswith("w: 6 mails, 6 series")
        assert run("ingest").out == ""
        came = f"from a by b; {formatdate()}"
        server.deliver(mail(patch_body(), key="late", subject="[PATCH] widget: late", To="test@example.org", Received=came))
        server.index()
        server.restart()
        assert run("ingest").out.startswith("w: 1 mails, 1 series")
        assert run("ingest", "--since", "2026-01-01").out == ""
        assert run("add", "later", server.url, "--policy", "linux-kernel", "--since", "2999-01-01").code == 0
        assert run("ingest", "later").code == 0
    finally:
        server.stop()


def test_a_server_without_a_search_says_so(server: Server, run: Run) -> None:
    run("add", "w", server.url, "--policy", "linux-kernel", "--since", "2026-01-01")
    outcome = run("ingest")
    assert outcome.code == 75
    assert "it has no search: leave --since out" in outcome.err


def test_a_server_that_is_away_keeps_the_mail_says_since_when_and_asks_to_try_again(server: Server, run: Run) -> None:
    run("add", "w", server.url, "--policy", "linux-kernel")
    run("ingest")
    server.stop()
    outcome = run("ingest")
    assert outcome.code == 75
    assert "cannot reach" in outcome.err
    assert len(subjects(run)) == 5
    assert "stale, failed 1 time since" in run("ingest", "--status").out
    server.start()
    assert run("ingest").code == 0


@pytest.mark.parametrize(("address", "source"), [
    ("https://lore.example.org/netdev", "mirror:https://lore.example.org/netdev/"),
    ("https://lore.example.org/netdev/20260302.1@example.org/", "thread:https://lore.example.org/netdev/20260302.1@example.org/"),
    ("https://lore.example.org/netdev/20260302.1%40example.org/T/", "thread:https://lore.example.org/netdev/20260302.1%40example.org/"),
    ("https://lore.example.org/", None), ("https://user:word@lore.example.org/netdev", None), ("https://lore.example.org/netdev?x=1", None),
    ("https:///netdev", None), ("https://lore.example.org:0/x", None), ("https://lore.example.org:99999/x", None), ("https://a b/c", None),
])  # fmt: skip
def test_an_address_names_a_list_or_a_thread(address: str, source: str | None) -> None:
    if source is None:
        with pytest.raises(UsageError, match="not an address of a list"):
            source_of(address, "")
    else:
        assert source_of(address, "") == source


# servers that misbehave (threat A7) ------------------------------------------------------------------------------------


def test_a_search_never_leaves_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("triage.archive.lore.search", lambda url, begin: asked.append(begin) or iter(()))
    place, now = Place("v2", tmp_path / "own", "search:2026-01-01:https://lore.example.org/w/"), int(time.time())
    first = day_start("2026-01-01")
    pull(place, since=day_start("2026-03-01"))
    assert asked.pop() == first
    pull(place)
    assert now - 3 * 86400 < asked.pop() <= now
    pull(place, since=now - 3600)
    assert asked.pop() < now - 86400
    (place.path / "source.json").write_text(json.dumps({"source": place.source, "cursor": str(now + 9999999)}), "utf-8")
    pull(place)
    assert asked.pop() == first


def test_a_list_removed_while_its_mail_is_fetched_stays_removed(
    run: Run, config: Config, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.add(*PATCHES)
    run("add", "a", str(inbox.path), "--policy", "linux-kernel")
    run("add", "b", str(inbox.path), "--policy", "linux-kernel")
    before = load_lists(config.paths)
    run("remove", "a")
    assert [one.name for one in sweep(config, before).runs] == ["b"]
    with closing(open_index(config.paths.index)) as connection:
        assert connection.execute("select name from list").fetchall() == [("b",)]


def test_an_index_of_another_reader_is_made_anew_though_an_archive_is_gone(run: Run, config: Config, inbox: Inbox, tmp_path: Path) -> None:
    inbox.add(*PATCHES)
    other = Inbox(tmp_path / "other" / "git" / "0.git")
    other.add(mail(key="o"))
    run("add", "a", str(inbox.path), "--policy", "linux-kernel")
    run("add", "b", str(other.path), "--policy", "linux-kernel")
    run("ingest")
    with closing(open_index(config.paths.index, write=True)) as connection:
        connection.execute("update meta set value = 'older' where key = 'derived'")
    other.path.rename(tmp_path / "away")
    outcome = run("ingest")
    assert outcome.code == 74
    assert "rebuilt" in outcome.err
    assert len(subjects(run)) == 5
    assert "stale, failed 1 time" in run("ingest", "--status").out


def test_a_backup_brings_lists_back_whose_mail_was_copied(run: Run, config: Config, tmp_path: Path) -> None:
    run("add", "w", str(maildir(tmp_path / "mail", *PATCHES)), "--policy", "linux-kernel")
    run("ingest")
    run("db", "backup", str(tmp_path / "backup.tar"))
    there = ("--home", str(tmp_path / "there"))
    assert run(*there, "db", "restore", str(tmp_path / "backup.tar")).code == 0
    assert run(*there, "db", "rebuild").code == 0
    assert run(*there, "ingest").out.startswith("w: 5 mails")
    assert str(config.paths.data) not in run(*there, "doctor").out


@pytest.mark.parametrize("manifest", [b"[]", b"{}", b'{"/test/git/0.git": 5}', b'{"/other/git/0.git": {}}', b"not json", b"[" * 100_000])
def test_a_page_that_is_no_manifest_of_this_list_is_one_sentence(manifest: bytes, run: Run) -> None:
    with misbehaving(answers("200 OK", gzip.compress(manifest))) as url:
        run("add", "w", url, "--policy", "linux-kernel")
        outcome = run("ingest")
    assert outcome.code == 75
    assert "is this the address of a list" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_manifest_leads_nowhere_else(run: Run, tmp_path: Path) -> None:
    manifest = json.dumps(
        {"/test/git/../../../etc.git": {}, "http://127.0.0.2/git/0.git": {}, "/test/git/0.git": {"fingerprint": "x"}}
    ).encode()
    with misbehaving(answers("200 OK", gzip.compress(manifest, mtime=0))) as url:
        run("add", "w", url, "--policy", "linux-kernel")
        outcome = run("ingest")
    assert outcome.code == 75
    assert f"{url}git/0.git has no mail" in outcome.err


# cron ------------------------------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_there_is_and_writes_nothing(run: Run, config: Config, inbox: Inbox, tmp_path: Path) -> None:
    inbox.add(*PATCHES)
    run("add", "w", str(inbox.path), str(maildir(tmp_path / "mail", PATCHES[0])), "--policy", "linux-kernel")
    before = sorted(path for path in config.paths.data.rglob("*") if path.is_file())
    assert "5 entries to read" in run("ingest", "--dry-run").out
    rows = json.loads(run("ingest", "--dry-run", "--json").out)["archives"]
    assert [(row["kind"], row["would_read"]) for row in rows] == [("git", 5), ("maildir", 1)]
    assert sorted(path for path in config.paths.data.rglob("*") if path.is_file()) == before
    run("ingest")
    assert "0 entries to read" in run("ingest", "--dry-run").out


def test_one_bad_source_stops_no_other_list(run: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.add(*PATCHES)
    run("add", "a", str(maildir(tmp_path / "mail", PATCHES[0])), "--policy", "linux-kernel")
    run("add", "b", str(inbox.path), "--policy", "linux-kernel")
    (tmp_path / "mail" / "cur").rename(tmp_path / "cur")
    outcome = run("ingest")
    assert outcome.code == 74
    assert outcome.out.startswith("b: 5 mails")


def test_unknown_words_are_one_sentence(run: Run, tmp_path: Path) -> None:
    assert run("add", "w", str(maildir(tmp_path / "mail")), "--policy", "linux-kernel", "--since", "2026-01-01").code == 2
    assert run("add", "w", "http://127.0.0.1/x/", "--policy", "linux-kernel", "--since", "yesterday").code == 2
    assert run("add", "w", "notmuch: ", "--policy", "linux-kernel").code in {2, 78}


@pytest.mark.parametrize(("text", "day"), [("90d", "2026-03-03"), ("2w", "2026-05-18"), ("2026-03-31", "2026-03-31")])
def test_a_day_is_named_by_how_long_ago_it_was(text: str, day: str) -> None:
    assert since_day(text, 1_780_300_000) == day


@pytest.mark.parametrize("text", ["yesterday", "<3d", "999999y", "2026-13-01", ""])
def test_what_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="90d"):
        since_day(text, 1_780_300_000)


def test_a_path_holds_when_the_folder_is_gone_in_which_it_was_typed(
    run: Run, inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    inbox.add(PATCHES[0])
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert run("add", "test", "../inbox", "--policy", "linux-kernel").code == 0
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").rmdir()
    assert run("ingest").code == 0
    assert subjects(run) == ["[PATCH] widget: part 0"]
