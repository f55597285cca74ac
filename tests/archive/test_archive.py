# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives: every entry in order from a cursor, hostile repositories read without harm."""

import gzip
import os
import subprocess
import threading
from pathlib import Path

import pytest

from tests.conftest import Inbox, mail, patch_body
from triage.archive import Archive
from triage.archive.detect import detect
from triage.archive.mbox import Mbox
from triage.archive.publicinbox import PublicInbox
from triage.model.archive import Entry, Item
from triage.model.errors import ArchiveError, UsageError


def items(archive: Archive, unit: str, cursor: str = "") -> list[Item]:
    return list(archive.walk(unit, cursor).items)


def contents(archive: Archive, unit: str, found: list[Item]) -> list[bytes | None]:
    return [content for _, content in archive.read(unit, [item for item in found if item.entry is Entry.MAIL])]


def test_an_epoch_gives_each_commit_once_and_goes_on_from_a_cursor(inbox: Inbox) -> None:
    mails = [mail(patch_body(), key=f"k{i}") for i in range(5)]
    inbox.add(*mails[:3])
    archive = PublicInbox(inbox.path, "git")
    first = items(archive, "0.git")
    assert contents(archive, "0.git", first) == mails[:3]
    inbox.add(*mails[3:])
    rest = items(archive, "0.git", archive.cursor_after("0.git", first[-1]))
    assert contents(archive, "0.git", rest) == mails[3:]
    assert archive.walk("0.git", archive.cursor_after("0.git", first[-1])).rewritten is False


def test_epochs_are_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 2, 0):
        Inbox(tmp_path / "v2" / "git" / f"{number}.git").add(mail(key=str(number)))
    assert detect(str(tmp_path / "v2")).units() == ["0.git", "2.git", "10.git"]


def test_deletions_repeats_and_oddities_are_entries_of_their_own(inbox: Inbox) -> None:
    inbox.add(mail(key="a"))
    inbox.commit({"d": mail(key="a")})
    inbox.add(mail(key="b"))
    inbox.add(mail(key="b"))
    inbox.commit({"m": b"elsewhere"}, mode="120000")
    inbox.commit({"m": b""})
    inbox.commit({"x": b"what"})
    found = items(PublicInbox(inbox.path, "git"), "0.git")
    kinds = [item.entry for item in found]
    assert kinds == [Entry.MAIL, Entry.DELETE, Entry.MAIL, Entry.SAME, Entry.ODD, Entry.DELETE, Entry.ODD]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("triage.archive.publicinbox.AT_ONCE", 2)
        assert items(PublicInbox(inbox.path, "git"), "0.git") == found


def test_v1_keeps_each_mail_at_a_path_of_its_own_and_removes_it_there(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "v1.git")
    first, second = mail(key="a"), mail(key="b")
    blobs = [inbox.git("hash-object", "-w", "--stdin", stdin=content) for content in (first, second)]

    def tree(*rows: tuple[str, str, str]) -> str:
        return inbox.git("mktree", stdin="".join(f"{mode} {kind} {oid}\t{name}\n" for mode, kind, oid, name in [
            (m, "blob" if m == "100644" else "tree", o, n) for m, o, n in rows]).encode())  # fmt: skip

    folder_a = tree(("100644", blobs[0], "b" * 38))
    folder_b = tree(("100644", blobs[1], "d" * 38))
    inbox.commit_tree(tree(("040000", folder_a, "aa")))
    inbox.commit_tree(tree(("040000", folder_a, "aa"), ("040000", folder_b, "cc")))
    inbox.commit_tree(tree(("040000", folder_b, "cc")))
    archive = detect(str(inbox.path))
    found = items(archive, "v1.git")
    assert [item.entry for item in found] == [Entry.MAIL, Entry.MAIL, Entry.DELETE]
    assert found[2].blob == blobs[0]
    assert contents(archive, "v1.git", found) == [first, second]


def test_rewritten_history_is_noticed_and_read_whole(inbox: Inbox) -> None:
    inbox.add(mail(key="a"), mail(key="b"))
    archive = PublicInbox(inbox.path, "git")
    cursor = items(archive, "0.git")[-1].locator
    inbox.git("update-ref", "-d", "refs/heads/master")
    inbox.add(mail(key="a"), mail(key="c"))
    walk = archive.walk("0.git", cursor)
    assert walk.rewritten
    assert len(list(walk.items)) == 2


def test_a_hostile_repository_runs_nothing(inbox: Inbox, tmp_path: Path) -> None:
    inbox.add(mail(key="a"), mail(key="b"))
    canary = tmp_path / "canary"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {canary}\ncat\n")
    script.chmod(0o755)
    for key in ("core.pager", "core.editor", "core.fsmonitor", "core.sshCommand", "diff.external", "credential.helper", "gpg.program"):
        inbox.git("config", key, str(script))
    inbox.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    inbox.git("config", "remote.evil.url", f"ext::{script}")
    inbox.git("config", "remote.evil.promisor", "true")
    inbox.git("config", "extensions.partialClone", "evil")
    (tmp_path / "hooks").mkdir()
    for hook in ("reference-transaction", "post-checkout", "pre-auto-gc", "post-index-change"):
        (tmp_path / "hooks" / hook).write_text(script.read_text())
        (tmp_path / "hooks" / hook).chmod(0o755)
    archive = PublicInbox(inbox.path, "git")
    found = items(archive, "0.git")
    assert len(contents(archive, "0.git", found)) == 2
    assert archive.fetch("0.git", found[0].locator, found[0].blob) == mail(key="a")
    next(path for path in inbox.path.glob(f"objects/{found[1].blob[:2]}/*")).unlink()
    with pytest.raises(ArchiveError):
        archive.fetch("0.git", found[1].locator, found[1].blob)
    assert not canary.exists()


@pytest.mark.parametrize("when", ["", "99999999999999999999", "-5"])
def test_a_commit_of_no_time_stops_nothing(when: str, inbox: Inbox) -> None:
    tree = inbox.git("mktree", stdin=f"100644 blob {inbox.git('hash-object', '-w', '--stdin', stdin=mail())}\tm\n".encode())
    commit = f"tree {tree}\nauthor a <a@example.org> {when} +0000\ncommitter a <a@example.org> {when} +0000\n\nx\n".encode()
    made = inbox.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=commit)
    inbox.git("update-ref", "refs/heads/master", made)
    inbox.add(mail(key="b"))
    found = items(PublicInbox(inbox.path, "git"), inbox.path.name)
    assert [item.entry for item in found] == [Entry.MAIL, Entry.MAIL]
    assert all(0 <= item.archived < 10**11 for item in found)


def test_a_tree_that_names_far_too_much_is_refused(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    children = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children")
    before = children.read_text()
    monkeypatch.setattr("triage.archive.publicinbox.MAX_ENTRIES", 50)
    inbox.commit({f"f{n}": b"x" for n in range(60)})
    with pytest.raises(ArchiveError, match="more than 50 entries") as kept:  # as a run keeps it
        items(PublicInbox(inbox.path, "git"), inbox.path.name)
    assert kept.value
    assert children.read_text() == before  # git is gone; what other tests' workers left is theirs


def test_a_full_disk_under_the_list_of_commits_ends_its_archive_alone(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.add(mail(key="a"))

    def full() -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("triage.archive.publicinbox.TemporaryFile", full)
    with pytest.raises(ArchiveError, match=r"0\.git cannot be listed: .*No space"):
        items(PublicInbox(inbox.path, "git"), "0.git")


def test_a_missing_object_is_told_and_what_stands_behind_it_is_read(inbox: Inbox) -> None:
    inbox.add(mail(key="a"), mail(key="b"), mail(key="c"))
    archive = PublicInbox(inbox.path, "git")
    found = items(archive, "0.git")
    path = next(inbox.path.glob(f"objects/{found[1].blob[:2]}/{found[1].blob[2:]}"))
    sound = path.read_bytes()
    path.unlink()
    assert [(item.entry, content) for item, content in archive.read("0.git", found)] == [
        (Entry.MAIL, mail(key="a")), (Entry.LOST, None), (Entry.MAIL, mail(key="c")),
    ]  # fmt: skip
    assert not archive.has_any("0.git", [found[1].blob])
    path.write_bytes(sound)
    assert archive.has_any("0.git", [found[1].blob])


def test_a_corrupt_repository_is_an_error_that_says_what_to_do(inbox: Inbox) -> None:
    inbox.add(mail(key="a"), mail(key="b"))
    tip = inbox.git("rev-parse", "master")
    path = inbox.path / "objects" / tip[:2] / tip[2:]
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    with pytest.raises(ArchiveError, match=r"git fsck|damaged|failed"):
        items(PublicInbox(inbox.path, "git"), "0.git")


def test_a_shallow_clone_is_refused_because_mail_is_missing(inbox: Inbox, tmp_path: Path) -> None:
    inbox.add(mail(key="a"), mail(key="b"))
    subprocess.run(["git", "clone", "-q", "--bare", "--depth=1", f"file://{inbox.path}", tmp_path / "s.git"], check=True, env=os.environ)
    archive = PublicInbox(tmp_path / "s.git", "git")
    with pytest.raises(ArchiveError, match="unshallow"):
        archive.stamp("s.git")


@pytest.mark.parametrize("make", ["missing", "folder", "notmuch:x", "https://lore.example.org/x/", "maildir"])
def test_what_is_no_archive_is_named_with_what_was_expected(make: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "maildir" / "cur").mkdir(parents=True)
    location = make if ":" in make else str(tmp_path / make)
    with pytest.raises(UsageError) as caught:
        detect(location)
    assert caught.value.hint


# mbox ------------------------------------------------------------------------------------------------------------------


def mboxrd(*mails: bytes) -> bytes:
    import re

    out = b""
    for content in mails:
        out += b"From mboxrd@z Mon Mar  2 09:00:00 2026\n" + re.sub(rb"^(>*From )", rb">\1", content, flags=re.MULTILINE) + b"\n"
    return out


QUOTED = mail("He said:\n\nFrom here on it is mine.\n>From there it was.\nFrom 1 Mon Mar  2 09:00:00 2026\nnot a header\n", key="q")


@pytest.mark.parametrize("packed", [False, True])
def test_an_mbox_gives_back_the_bytes_that_went_in(packed: bool, tmp_path: Path) -> None:
    mails = [mail(key="a"), QUOTED, mail(patch_body(), key="b")]
    path = tmp_path / "x.mbox"
    path.write_bytes(gzip.compress(mboxrd(*mails)) if packed else mboxrd(*mails))
    archive = Mbox(path)
    found = items(archive, "x.mbox")
    assert contents(archive, "x.mbox", found) == mails
    assert [archive.fetch("x.mbox", item.locator, item.blob) for item in found] == mails
    assert found[0].archived == 1772442000


def test_a_line_that_looks_like_many_starts_costs_no_more_than_its_bytes(tmp_path: Path) -> None:
    import time

    path = tmp_path / "m"
    path.write_bytes(b"From a Mon Mar  2 09:00:00 2026\nSubject: x\n\nFrom " + b"00:00 " * 200_000 + b"x\n")
    started = time.process_time()
    assert len(items(Mbox(path), "m")) == 1
    assert time.process_time() - started < 5  # quadratic: many minutes


def test_an_mbox_that_grew_is_read_from_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox"
    path.write_bytes(mboxrd(mail(key="a"), mail(key="b")))
    archive = Mbox(path)
    cursor = archive.cursor_after("x.mbox", items(archive, "x.mbox")[-1])
    with path.open("ab") as file:
        file.write(mboxrd(mail(key="c")))
    walk = archive.walk("x.mbox", cursor)
    assert not walk.rewritten
    assert [item.content for item in walk.items] == [mail(key="c")]


def test_an_mbox_that_was_rewritten_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox"
    path.write_bytes(mboxrd(mail(key="a"), mail(key="b")))
    archive = Mbox(path)
    cursor = archive.cursor_after("x.mbox", items(archive, "x.mbox")[-1])
    path.write_bytes(mboxrd(mail(key="z"), mail(key="b"), mail(key="c")))
    walk = archive.walk("x.mbox", cursor)
    assert walk.rewritten
    assert len(list(walk.items)) == 3


def test_a_truncated_gz_gives_its_whole_mails_and_then_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox.gz"
    packed = gzip.compress(mboxrd(*(mail(os.urandom(3000).hex(), key=f"k{i}") for i in range(2000))))
    path.write_bytes(packed[: len(packed) // 2])
    taken = []
    with pytest.raises(ArchiveError, match="cut short"):
        taken.extend(Mbox(path).walk("x.mbox.gz", "").items)
    assert 900 < len(taken) < 1100


def test_a_gzip_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox.gz"
    path.write_bytes(gzip.compress(mboxrd(mail(key="a")) + b"\0" * (100 * 1024 * 1024)))
    assert path.stat().st_size < 200_000
    with pytest.raises(ArchiveError, match=r"200 times|no mbox"):
        items(Mbox(path), "x.mbox.gz")


def test_a_file_that_is_no_mbox_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"hello\n" * 100)
    with pytest.raises(ArchiveError, match="not an mbox"):
        items(Mbox(path), "x")


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox.gz"
    path.write_bytes(gzip.compress(mboxrd(mail(key="a"))) + gzip.compress(mboxrd(mail(key="b"))))
    assert len(items(Mbox(path), "x.mbox.gz")) == 2


def test_whoever_stops_reading_early_is_not_kept_waiting(inbox: Inbox) -> None:
    inbox.add(*(mail("x" * 200_000, key=f"m{n}") for n in range(60)))
    archive = PublicInbox(inbox.path, "git")
    every = items(archive, "0.git") * 400
    reading = archive.read("0.git", every)  # more than a pipe holds, of names and of mail
    next(reading)
    closing = threading.Thread(target=reading.close, daemon=True)
    closing.start()
    closing.join(20)
    assert not closing.is_alive()
