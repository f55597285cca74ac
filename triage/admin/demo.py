# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample archives of `triage demo`, made from the fast-import streams that come with the program."""

import os
from importlib.resources import files
from pathlib import Path

from triage import git
from triage.admin.lists import add_list
from triage.config import Config
from triage.model import Person
from triage.model.archive import ListSpec
from triage.model.errors import ArchiveError, ConfigError
from triage.opinion.give import ask_opinion, give_opinion
from triage.opinion.person import reviewer

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


CORA = Person("Cora Placeholder", "cora@example.org")
GREGOR = Person("Gregor Müller", "gregor@example.org")


def let_others_speak(config: Config) -> None:
    """Have the people of the sample lists say something once it is ingested: a request to the user, a split, an outdated opinion."""
    give_opinion(config, "unsigned@example.org", "agree", "DCO001", "A rebase slip, I would think.", sign=False, person=CORA)
    give_opinion(config, "unsigned@example.org", "disagree", "DCO001", "He signed the one before.", sign=False, person=GREGOR)
    give_opinion(config, "teapot-v1-0@example.org", "unsure", "", "Does it pour uphill?", sign=False, person=CORA)
    question = "May this be taken as it is?"
    ask_opinion(config, "pair@example.org", (reviewer().email,), question, "DCO007", "3d", sign=False, person=CORA)


def lend_identity() -> None:
    """Have git know the user as you@example.org in this process and those it starts, where it knows nobody: a demo is to be tried whole."""
    try:
        reviewer()
    except ConfigError:
        count = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
        for at, (key, value) in enumerate((("user.name", "You"), ("user.email", "you@example.org")), count):
            os.environ |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}
        os.environ["GIT_CONFIG_COUNT"] = str(count + 2)


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
