# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project as it judges: its policy pack with the people its own files name. The one place where these files are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from triage.config import Config, ProjectFiles
from triage.model import Evidence, Finding, Message, Series
from triage.model.errors import ConfigError
from triage.policy.pack import Pack, load_pack

if TYPE_CHECKING:
    from triage.policy.people import People

MAX_FILE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Project:
    """A pack and the people it is applied with."""

    pack: Pack
    people: "People"

    def judge(self, series: Series, replies: Sequence[Message], earlier: Sequence[Evidence] = ()) -> list[Finding]:
        """Return the findings on a series."""
        from triage.policy.judge import judge

        return judge(series, replies, self.pack, self.people, earlier)


def load_project(name: str, config: Config, files: ProjectFiles | None = None) -> Project:
    """Return the pack called `name`, or in the file `name`, with the files that config.toml names for it, or `files`.

    Raises `ConfigError` for a pack, an alias file or a roster that cannot be read.
    """
    from triage.policy.people import read_people

    pack = load_pack(name, config.paths.policies)
    given = files or config.projects.get(pack.id, ProjectFiles())
    names = (str(given.aliases or "aliases"), str(given.roster or "roster"))
    return Project(pack, read_people(_text(given.aliases), _text(given.roster), names))


def project_digest(name: str, config: Config) -> str:
    """Return sha256 over all that judging by a pack depends on, without reading more than bytes; raises `ConfigError`."""
    pack = load_pack(name, config.paths.policies)
    given = config.projects.get(pack.id, ProjectFiles())
    if not given.aliases and not given.roster:
        return pack.digest
    return sha256("\0".join((pack.digest, _text(given.aliases), _text(given.roster))).encode("utf-8", "surrogatepass")).hexdigest()


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "put it right in config.toml, [projects]") from error
    if len(content) > MAX_FILE:
        raise ConfigError(f"{path} is larger than 16 MiB", "name a mailmap or a MAINTAINERS file")
    return content.decode("utf-8", "replace")
