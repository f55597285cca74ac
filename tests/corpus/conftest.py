# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archives as mirrors of git and as one index, made once for the tests of all workers."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SHARED
from triage.admin.lists import add_list
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest

NAMES = ("linux-fpga", "linux-modules", "util-linux")


@pytest.fixture(scope="session")
def mirrors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each archive as public-inbox keeps an epoch."""

    def clone(folder: Path) -> None:
        for name in NAMES:
            bundle = SHARED / "archives" / f"{name}.bundle"
            subprocess.run(["git", "clone", "-q", "--mirror", bundle, folder / f"{name}.git"], check=True)

    folder = made_once(tmp_path_factory, "mirrors", clone)
    return {name: folder / f"{name}.git" for name in NAMES}


@pytest.fixture(scope="session")
def three(mirrors: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The three archives in one index, judged by linux-kernel; tests read it, or copy it."""

    def fill(folder: Path) -> None:
        config = load_config(str(folder))
        for name in NAMES:
            add_list(config, name, (str(mirrors[name]),), "linux-kernel", "")
        ingest(config, load_lists(config.paths))

    return load_config(str(made_once(tmp_path_factory, "three", fill)))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first worker to come has made, as pytest-xdist advises: the others wait for it."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / f"{name}.made").exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed
            folder.mkdir()
            make(folder)
            (shared / f"{name}.made").touch()
    return folder
