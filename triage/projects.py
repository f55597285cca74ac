# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy packs with the people of their projects, loaded from disk, each once."""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from triage.config import Config, ProjectFiles
from triage.model import Evidence, Finding, Message, Series
from triage.model.archive import PackUsed
from triage.model.errors import ConfigError
from triage.policy.pack import Pack, parse_pack
from triage.policy.project import Project, Projects, together
from triage.policy.validate import MAX_TOML

if TYPE_CHECKING:
    from triage.policy.context import ProjectContext
    from triage.policy.people import People
    from triage.policy.rules.case import Before


SUBSCRIBED = "subscribed"
"""The folder, below that of the user's own packs, for those that come from a repository."""
MAX_FILE = 16 * 1024 * 1024


def builtin_packs() -> list[str]:
    """Return the ids of the packs that come with the program."""
    return sorted(item.name.removesuffix(".toml") for item in files("triage.policy.packs").iterdir() if item.name.endswith(".toml"))


def load_pack(name: str, folder: Path | None = None, seen: set[str] | None = None) -> Pack:
    """Return the pack called `name`, the user's own folder first, or the one in the file `name`.

    The files that it is read from are added to `seen`. Raises `ConfigError` naming file, rule and the nearest valid word.
    """
    known = _PARSED.get((name, folder))
    if known is None or any(_find(*asked) != found for asked, found in known.read):
        known = _PARSED[name, folder] = _parsed(name, folder)
    if seen is not None:
        seen |= {where for _, (_, where) in known.read}
    return known.pack


class _Parsed(Struct, frozen=True):
    """A pack, with the files that it was read from: what `_find` was asked for, and what it returned."""

    pack: Pack
    read: tuple[tuple[tuple[str, Path | None, Path | None], tuple[bytes, str]], ...]


_PARSED: dict[tuple[str, Path | None], _Parsed] = {}
"""What was parsed in this process: a run asks for its lists' packs several times, and holds what it was given to the files each time."""


def _parsed(name: str, folder: Path | None) -> _Parsed:
    read: list[tuple[tuple[str, Path | None, Path | None], tuple[bytes, str]]] = []

    def find(name: str, where: str) -> tuple[bytes, str]:
        beside = Path(where)
        asked = (name, folder, beside if beside.is_absolute() else None)
        read.append((asked, _find(*asked)))
        return read[-1][1]

    content, where = find(name, "")
    return _Parsed(parse_pack(content, where, find), tuple(read))


def known_packs(folder: Path | None = None) -> list[str]:
    """Return the ids of the packs that come with the program and of the user's own."""
    own = [path.stem for place in (folder, folder / SUBSCRIBED) for path in place.glob("*.toml")] if folder else []
    return sorted({*builtin_packs(), *own})


def _find(name: str, folder: Path | None, beside: Path | None = None) -> tuple[bytes, str]:
    """Return a pack's bytes and where they are: a file, relative to the pack `beside` that extends it, then the user's own, then ours."""
    own = [beside.parent / name if beside else Path(name).absolute()] if name.endswith(".toml") else []
    places = (folder.absolute(), folder.absolute() / SUBSCRIBED) if folder and re.fullmatch(r"[\w.-]+", name) else ()
    own += [place / f"{name}.toml" for place in places]
    for path in own:
        if path.is_file() and path != beside:  # one of the user's own may extend ours of the same name
            try:
                return _content(path), str(path)
            except OSError as error:
                raise ConfigError(f"cannot read {path}", error.strerror or str(error)) from error
    if beside in own and name not in builtin_packs():
        raise ConfigError(f"{beside} extends itself", "break the circle")
    if name in builtin_packs():
        return files("triage.policy.packs").joinpath(f"{name}.toml").read_bytes(), f"{name}.toml"
    near = get_close_matches(name, known_packs(folder), 1)
    hint = f"did you mean {near[0]}?" if near else f"known packs: {', '.join(known_packs(folder))}"
    raise ConfigError(f"no policy pack called {name!r}", hint)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_TOML + 1)


def load_project(name: str, config: Config, given: ProjectFiles | None = None) -> Project:
    """Return the pack called `name`, or in the file `name`, with the files that config.toml names for it, or `given`.

    Raises `ConfigError` for a pack, an alias file or a roster that cannot be read.
    """
    from triage.policy.people import read_people

    pack = load_pack(name, config.paths.policies)
    given = given or _files(pack, config)
    names = (str(given.aliases or "aliases"), str(given.roster or "roster"))
    return Project(pack, read_people(_text(given.aliases), _text(given.roster), names))


def load_projects(names: Iterable[str], config: Config, given: ProjectFiles | None = None) -> Projects:
    """Return the packs called so and those that they must satisfy, each once, with their files; `given` are those of the first.

    Raises `ConfigError` as `load_project` does.
    """
    found: dict[str, Project] = {}
    for name, _ in packs_of(names, config):
        project = load_project(name, config, None if found else given)
        found[project.pack.id] = project
    return Projects(tuple(found.values()))


def packs_of(names: Iterable[str], config: Config, seen: set[str] | None = None) -> list[tuple[str, Pack]]:
    """Return the packs called so and those that they must satisfy, each once, the first asked for first; raises `ConfigError`.

    The files that they were read from are added to `seen`.
    """
    found: dict[str, tuple[str, Pack]] = {}
    waiting = list(names)
    while waiting:
        pack = load_pack(name := waiting.pop(0), config.paths.policies, seen)
        if pack.id not in found:
            found[pack.id] = (name, pack)
            waiting += pack.must_satisfy
        elif found[pack.id][1].digest != pack.digest:
            raise ConfigError(f"two packs are called {pack.id}: {found[pack.id][1].where} and {pack.where}", "rename one")
    return list(found.values())


def packs_used(names: Iterable[str], config: Config) -> list[PackUsed]:
    """Return what judging by some packs depends on, a row each, without reading more than bytes; raises `ConfigError`."""
    return [PackUsed(name, pack.id, _digest(pack, config), _tag(pack)) for name, pack in packs_of(names, config)]


def files_behind(config: Config, names: Iterable[str]) -> set[Path]:
    """Return the files and folders that decide how some packs judge: while none of these changes, judging does not either."""
    folder = config.paths.policies.absolute()
    ours = {f"{name}.toml" for name in builtin_packs()}
    found = {folder, folder / SUBSCRIBED, folder / SUBSCRIBED / "sources.json", config.paths.config / "config.toml"}
    seen: set[str] = set()
    for _, pack in packs_of(names, config, seen):
        given = _files(pack, config)
        found |= {path for path in (given.aliases, given.roster) if path}
    return found | {Path(one) if one not in ours else Path(str(files("triage.policy.packs").joinpath(one))) for one in seen}


def _tag(pack: Pack) -> str:
    """Return the tag that a pack was taken from, with its commit; "" for one that was not subscribed to, or was changed by hand."""
    path = Path(pack.where)
    if path.parent.name != SUBSCRIBED:
        return ""
    try:
        rows = json.loads((path.parent / "sources.json").read_text("utf-8"))["sources"]
        digest = sha256(path.read_bytes()).hexdigest()
        return next((f"{row['tag']} {row['commit'][:12]}" for row in rows if [path.stem, digest] in row["packs"]), "")
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _files(pack: Pack, config: Config) -> ProjectFiles:
    """Return the files that config.toml names for a pack, else for the nearest that it extends."""
    return next((config.projects[name] for name in (pack.id, *pack.above) if name in config.projects), ProjectFiles())


def _digest(pack: Pack, config: Config) -> str:
    given = _files(pack, config)
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
        self.config = config
        self._loaded: dict[str, Project | ConfigError] = {}

    def of(self, policy: str) -> Project | ConfigError:
        """Return the project of a list's policy, or why it cannot be had."""
        if policy not in self._loaded:
            try:
                project = self._loaded[policy] = load_project(policy, self.config)
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

        if not self.config.projects:
            return NOBODY
        return together(project.people for project in map(self.of, policies) if isinstance(project, Project))

    def judge(
        self, policies: Iterable[tuple[str, ...]], series: Series, replies: Sequence[Message], earlier: Sequence[Evidence],
        before: "Before | None" = None,
    ) -> tuple[Finding, ...]:  # fmt: skip
        """Return what the projects of all lists that a series came to say of it; `policies` are those of each list."""
        found = [item for names in sorted(set(policies)) for item in self.all_of(names).judge(series, replies, earlier, before)]
        return tuple(together(found, one_list=False))

    def all_of(self, names: Iterable[str]) -> Projects:
        """Return the projects of some policies, and those that their packs must satisfy; what cannot be read is left out."""
        found: dict[str, Project] = {}
        waiting = list(names)
        while waiting:
            project = self.of(waiting.pop(0))
            if isinstance(project, Project) and project.pack.id not in found:
                found[project.pack.id] = project
                waiting += project.pack.must_satisfy
        return Projects(tuple(found.values()))

    def why_not(self, names: Iterable[str]) -> ConfigError | None:
        """Return why one of some policies, or one that they must satisfy, cannot be had; None where all can."""
        for project in self.all_of(names := tuple(names)).each:
            names += project.pack.must_satisfy
        return next((error for name in names if isinstance(error := self.of(name), ConfigError)), None)


def read_test_mails(pack: Pack) -> bytes:
    """Return the mbox beside a pack, empty where there is none; raises `ConfigError` where it cannot be read."""
    if pack.where.removesuffix(".toml") in builtin_packs():
        item = files("triage.policy.packs").joinpath(pack.where.removesuffix(".toml") + ".mbox")
        return item.read_bytes() if item.is_file() else b""
    path = Path(pack.where).with_suffix(".mbox")
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError as error:
        raise ConfigError(f"cannot read {path}", error.strerror or str(error)) from error
