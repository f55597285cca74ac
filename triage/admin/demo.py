# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample archives of `triage demo`, made from the fast-import streams that come with the program."""

from importlib.resources import files
from pathlib import Path

from triage import git
from triage.admin.lists import add_list
from triage.config import Config
from triage.model.archive import ListSpec
from triage.model.errors import ArchiveError

LISTS = (("widgets", "linux-kernel"), ("emulator", "qemu"))


def make_demo(config: Config) -> list[ListSpec]:
    """Make the sample archives under the data directory and add them as lists; raises `ArchiveError` where git fails."""
    specs: list[ListSpec] = []
    config.paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, policy in LISTS:
        epoch = config.paths.data / "archives" / name / "git" / "0.git"
        unpack(stream(name), epoch)
        specs.append(add_list(config, name, (str(epoch.parent.parent),), policy, f"https://lists.example.org/{name}"))
    return specs


def stream(name: str) -> bytes:
    """Return the fast-import stream of one sample list, from the wheel or from a source tree."""
    packed = files("triage").joinpath("demo", f"{name}.fast-import")
    if packed.is_file():
        return packed.read_bytes()
    return (Path(__file__).parents[2] / "fixtures" / "demo" / f"{name}.fast-import").read_bytes()


def unpack(content: bytes, epoch: Path) -> None:
    """Make a bare repository from a fast-import stream."""
    epoch.mkdir(parents=True, exist_ok=True)
    for args, stdin in ((["init", "--quiet", "--bare", "--template="], b""), (["fast-import", "--quiet"], content)):
        done = git.run(git.command(epoch, *args), git.isolated_env(), stdin)
        if done.returncode:
            raise ArchiveError(f"cannot make {epoch}", git.first_line(done.stderr))
