# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is released: a wheel that works in an empty environment, an sdist that has all, and a site that builds."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Run
from triage.model.codes import CODES, page_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and sdist."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "-q", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True)
    return folder


def opened(program: Path, env: dict[str, str]) -> bytes:
    """Return what the terminal UI drew of the demo before it was left."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.clear()
        os.environ.update(env, TERM="xterm-256color", LINES="30", COLUMNS="100")
        os.execv(program, [str(program), "tui"])
    seen, end = b"", time.monotonic() + 60
    while b"Stale" not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536)
    time.sleep(0.5)
    os.write(terminal, b"Q")
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return seen


def test_the_wheel_alone_does_the_main_things(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    subprocess.run([venv / "bin" / "pip", "install", "-q", "--disable-pip-version-check", wheel], check=True, capture_output=True)
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | {"TRIAGE_HOME": str(tmp_path / "home")}

    def triage(*words: str, name: str = "triage") -> str:
        done = subprocess.run([venv / "bin" / name, *words], env=env, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    version = wheel.name.split("-")[1]
    assert all(version in triage("--version", name=name) for name in ("triage", "patch-triage", "git-triage"))
    assert "DCO001" in triage("--home", str(tmp_path / "home"), "demo", "--no-tui")
    assert triage("report", "--format", "html").startswith("<!DOCTYPE html>")
    (tmp_path / "one.patch").write_text("From: A <a@example.org>\nSubject: [PATCH] x\nDate: Mon, 02 Mar 2026 09:00:00 +0000\n\nText.\n---\n"
                                        "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n")  # fmt: skip
    assert "DCO001" in triage("check", "--policy", "qemu", "one.patch")
    assert b"Stale" in opened(venv / "bin" / "triage", env)
    assert "policy-pack" in triage("schema")
    for file in re.findall(r"--(?:metadata|config) (\S+)", triage("db", "datasette")):
        assert Path(file).is_file()
    assert (venv / "share" / "man" / "man1" / "triage.1").is_file()
    assert "datasette" not in {path.name for path in (venv / "lib").glob("python*/site-packages/*")}


def test_the_sdist_has_all_that_the_repository_has(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        there = {name.partition("/")[2] for name in archive.getnames()}
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True)
    tracked = {name for name in listed.stdout.split("\0") if name and not name.startswith(".github/")}
    missing = {name for name in tracked if (ROOT / name).is_file() and not (ROOT / name).is_symlink()} - there
    assert not missing


def test_the_man_page_is_sound() -> None:
    done = subprocess.run(
        ["man", "--warnings", "-l", str(ROOT / "docs" / "man" / "triage.1")],
        env=os.environ | {"MANPAGER": "cat", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert "triage opinion give" in done.stdout
    assert "--newest-first" in done.stdout


def test_the_site_builds_and_has_every_address_that_is_printed(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-f", str(ROOT / "mkdocs.yml"), "-d", str(tmp_path / "site")]
    done = subprocess.run(words, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    base = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["site_url"]
    readme = (ROOT / "README.md").read_text("utf-8")
    printed = {page_of(code) for code in CODES} | {page_of("")} | set(PROJECT["urls"].values())
    printed |= {address for address in re.findall(r"\]\(([^)\s]+)\)", readme) if "readthedocs" in address}
    assert not re.findall(r"\]\((?!https://)", readme)
    for address in sorted(printed):
        assert address.startswith(base)
        path = tmp_path / "site" / address.removeprefix(base)
        assert path.is_file() or (path / "index.html").is_file(), address
    for name in (ROOT / "triage" / "schemas").glob("*.json"):
        assert (tmp_path / "site" / "schemas" / name.name).is_file()
    text = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert not re.findall(r'(?:src|href)="https?://(?!patch-triage\.readthedocs\.io|squidfunk|developercertificate)', text)


def test_another_program_of_this_name_is_told_of(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "environment" not in run("doctor").out
    info = tmp_path / "triage-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: triage\nVersion: 9.9\n")
    (info / "top_level.txt").write_text("triage\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    done = run("doctor")
    assert "environment: triage installs packages of the same names" in done.out
    assert done.code == 1


def test_a_release_is_that_of_its_tag_and_has_its_changes(tmp_path: Path) -> None:
    """A copy of this tree, tagged, built, and built again from its sdist."""
    tree = tmp_path / "tree"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__", ".site", "dist"))

    def check(tag: str, dist: str = "dist") -> tuple[int, str]:
        done = subprocess.run(["sh", str(tree / ".ci" / "release-check"), tag, dist], capture_output=True, text=True)
        return done.returncode, done.stderr

    def build(source: Path, dist: Path) -> None:
        subprocess.run([sys.executable, "-m", "build", "-q", "--outdir", str(dist), str(source)], check=True, capture_output=True)

    for words in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "all"], ["tag", "v9.8.7"]):
        subprocess.run(["git", "-C", str(tree), *words], check=True, capture_output=True)
    build(tree, tree / "dist")
    assert "and dist/patch_triage-9.8.7" in check("v9.9.9")[1]
    code, said = check("v9.8.7")
    assert (code, "no section" in said) == (1, True)
    (tree / "CHANGELOG.md").write_text("# Changes\n\n## 9.8.7 (2026-12-31)\n")
    assert check("v9.8.7") == (0, "")
    with tarfile.open(tree / "dist" / "patch_triage-9.8.7.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    build(tmp_path / "unpacked" / "patch_triage-9.8.7", tmp_path / "again")
    assert check("v9.8.7", str(tmp_path / "again")) == (0, "")
