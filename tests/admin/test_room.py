# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that is full at any size leaves whole databases or none, and no record that was told as failed."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from triage.config import Config
from triage.model.errors import ArchiveError
from triage.store.schema import is_personal, make_whole, open_index, open_personal

ATTACKS = ROOT.parent / "shared" / "cases" / "attacks"


def can_mount(folder: Path) -> bool:
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)
    return done.returncode == 0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder with little room: a file system of its own where that may be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    if not can_mount(folder):
        pytest.skip("no right to mount a small file system here")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def leave(folder: Path, room: int) -> Path:
    """Fill a folder until `room` bytes are left; returns the file that does."""
    stat = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(b"x" * (stat.f_bavail * stat.f_frsize - room))
    return filler


@pytest.mark.parametrize("room", range(8, 400, 28))
def test_a_database_is_made_whole_or_not_at_all(small: Path, room: int) -> None:
    filler = leave(small, room * 1024)
    for name, opener in (("personal.db", open_personal), ("index.db", open_index)):
        try:
            opener(small / name, write=True).close()
        except ArchiveError as error:
            assert "full" in str(error) or "cannot" in str(error)
            assert not (small / name).exists()
        assert not list(small.glob(".*.new*"))
    filler.unlink()
    for name, opener in (("personal.db", open_personal), ("index.db", open_index)):
        connection = opener(small / name, write=True)
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        connection.close()


@pytest.mark.parametrize("room", [4, 40, 90, 120, 140, 156, 172, 200, 260])
def test_an_opinion_is_given_or_not_and_every_command_works_afterwards(
    small: Path, demo: Config, room: int, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    home = small / "home"
    home.mkdir()
    shutil.copy(demo.paths.index, home / "index.db")
    shutil.copy(demo.paths.archives, home / demo.paths.archives.name)
    monkeypatch.setenv("TRIAGE_HOME", str(home))
    series = run("list", "--json").out.splitlines()[0].partition('"series": "')[2].partition('"')[0]
    filler = leave(small, room * 1024)
    done = run("opinion", "give", series, "disagree", "-m", "no")
    assert "Traceback" not in done.err
    count = subprocess.run(["git", "-C", str(home / "opinions.git"), "rev-list", "--all", "--count"], capture_output=True, text=True)
    written = int(count.stdout or 0) if count.returncode == 0 else 0
    assert (done.code == 0) == (written == 1), done.err
    filler.unlink()
    for words in (("list",), ("opinion", "list"), ("db", "check"), ("opinion", "verify")):
        assert run(*words).code == 0, (words, run(*words).err)


def test_a_database_whose_log_cannot_be_brought_in_takes_no_others_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.db"
    open_index(path, write=True).close()
    reader = sqlite3.connect(path)
    reader.execute("begin")
    reader.execute("select count(*) from list").fetchone()
    writer = sqlite3.connect(path)
    writer.execute("create table more (x)")
    writer.commit()
    monkeypatch.setattr("triage.store.schema.BUSY_MS", 10)
    with pytest.raises(ArchiveError, match="the disk is full"):
        make_whole(path)
    reader.close()
    writer.close()
    make_whole(path)


def test_a_rebuild_puts_a_damaged_personal_database_aside(demo: Config, run: Run) -> None:
    assert run("opinion", "list").code == 0
    demo.paths.personal.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert "run `triage db rebuild`" in run("db", "check").err + run("db", "check").out
    done = run("db", "rebuild")
    assert "personal.db was damaged" in done.err
    assert run("opinion", "list").code == 0
    assert run("db", "check").code == 0
    assert len(list(demo.paths.data.glob("personal.db.damaged-*"))) == 1


# what a backup may hold ------------------------------------------------------------------------------------------------------------------


def backup(path: Path, parts: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), int(time.time())
            import io

            tar.addfile(entry, io.BytesIO(content))
    return path


def test_parts_that_no_backup_has_are_left_out_in_a_sentence(config: Config, run: Run, tmp_path: Path) -> None:
    nested = b"[" * 100_000
    done = run("db", "restore", str(backup(tmp_path / "a.tar", {"archives.json": nested, "config/config.toml": b"a = " + nested})))
    assert (done.code, "damaged and was left out" in done.out) == (0, True)
    odd = b'{"lists": [{"name": "a", "policy": "none", "url": "", "archives": [{"kind": "v2", "path": "x/..", "source": "stdin:"}]}]}'
    assert "damaged and was left out" in run("db", "restore", str(backup(tmp_path / "b.tar", {"archives.json": odd}))).out
    many = {f"config/policies/p{number}.toml": b"x = 1\n" for number in range(5000)}
    run("db", "restore", str(backup(tmp_path / "c.tar", {"archives.json": b'{"lists": []}'} | many)))
    assert len(list(config.paths.policies.glob("*.toml"))) < 2500


def test_a_personal_database_with_a_view_without_end_is_left_out(config: Config, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "personal.db"
    open_personal(path, write=True).close()
    assert is_personal(path)
    with sqlite3.connect(path) as connection:
        connection.execute("drop table draft")
        connection.execute(
            "create view draft as with recursive n(key) as (select 1 union all select key + 1 from n) select key, '' as body, 0 as at from n"
        )
    connection.close()
    assert not is_personal(path)
    done = run("db", "restore", str(backup(tmp_path / "a.tar", {"personal.db": path.read_bytes()})))
    assert "personal.db: it is damaged and was left out" in done.out
    assert not config.paths.personal.exists()


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["restore-sparse-4GiB.tar", "restore-nested-json.tar"])
def test_backups_that_an_attacker_made_are_a_sentence(run: Run, name: str) -> None:
    done = run("db", "restore", str(ATTACKS / name))
    assert "Traceback" not in done.err
    assert done.code in {0, 78}


def test_what_is_on_a_read_only_file_system_can_be_read(small: Path, demo: Config, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    home = small / "home"
    home.mkdir()
    assert run("list").code == 0
    for path in (demo.paths.index, demo.paths.archives):
        shutil.copy(path, home / path.name)
    monkeypatch.setenv("TRIAGE_HOME", str(home))
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    for words in (("list",), ("findings",), ("report",), ("db", "check"), ("show", "unsigned@example.org")):
        assert run(*words).code == 0, (words, run(*words).err)
    assert run("ingest").code == 74


def test_a_link_of_somebody_else_in_a_shared_folder_is_not_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from triage import config

    shared, target = tmp_path / "shared", tmp_path / "target"
    shared.mkdir()
    shared.chmod(0o1777)
    target.write_text("mine")
    link = shared / "report.md"
    link.symlink_to(target)
    config.write_file(link, "own link")
    assert target.read_text() == "own link"
    real = Path.lstat

    def foreign(self: Path) -> os.stat_result:
        told = real(self)
        return os.stat_result((*told[:4], told.st_uid + 1000, *told[5:])) if self == link else told

    monkeypatch.setattr(Path, "lstat", foreign)
    with pytest.raises(ArchiveError, match="is a link of somebody else's"):
        config.write_file(link, "through")
    assert target.read_text() == "own link"


def test_a_limit_of_thousands_of_words_is_a_sentence(demo: Config, run: Run) -> None:
    done = run("list", *(["word"] * 700))
    assert done.code == 2
    assert "it takes at most 200" in done.err
