# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy packs with the people of their projects, loaded from disk, each once."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from triage.config import Config, ProjectFiles
from triage.model import Evidence, Finding, Message, Series
from triage.model.errors import ConfigError
from triage.policy.pack import load_pack
from triage.policy.project import Project

if TYPE_CHECKING:
    from triage.policy.context import ProjectContext
    from triage.policy.people import People


MAX_FILE = 16 * 1024 * 1024


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


class Judges:
    """The projects that series are judged by, each read once; one that cannot be read judges nothing and stops no other."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loaded: dict[str, Project | ConfigError] = {}

    def of(self, policy: str) -> Project | ConfigError:
        """Return the project of a list's policy, or why it cannot be had."""
        if policy not in self._loaded:
            try:
                project = self._loaded[policy] = load_project(policy, self._config)
                if not project.pack.enabled:
                    self._loaded[policy] = ConfigError(f"{policy} is a proposal that is not in force", "`triage policy use` names another")
            except ConfigError as error:
                self._loaded[policy] = error
        return self._loaded[policy]

    def broken(self) -> list[str]:
        """Return the policies that were asked for and cannot be had."""
        return [policy for policy, loaded in self._loaded.items() if isinstance(loaded, ConfigError)]

    def voices(self, policy: str) -> "ProjectContext":
        """Return a project as far as opinions go; one that cannot be read takes nobody's word unsigned."""
        from triage.policy.context import ProjectContext
        from triage.policy.people import NOBODY

        project = self.of(policy)
        if not isinstance(project, Project):
            return ProjectContext(policy, NOBODY, True)
        return ProjectContext(project.pack.id, project.people, project.pack.signed_opinions)

    def people(self, policies: Iterable[str]) -> "People":
        """Return who is who by the files that config.toml names for some policies; one that cannot be read adds nobody."""
        from triage.policy.people import NOBODY, together

        if not self._config.projects:
            return NOBODY
        return together(project.people for project in map(self.of, policies) if isinstance(project, Project))

    def judge(self, policies: set[str], series: Series, replies: Sequence[Message], earlier: Sequence[Evidence]) -> tuple[Finding, ...]:
        """Return what the projects of all lists that a series came to say of it."""
        found: list[Finding] = []
        for policy in sorted(policies):
            project = self.of(policy)
            if isinstance(project, Project):
                found += project.judge(series, replies, earlier)
        return tuple(found)
