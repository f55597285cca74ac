# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are kept and what the user set: flags, then environment, then config.toml, then what is built in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from triage.files import typed_path, write_file
from triage.model.days import SPAN
from triage.model.errors import ConfigError, UsageError
from triage.model.expression import expression

if TYPE_CHECKING:
    from triage.model.archive import ListSpec, Place

_SECTIONS: dict[str, dict[str, type]] = {
    "tui": {"glyphs": str, "mouse": bool, "theme": str}, "notmuch": {"tags": bool}, "keys": {}, "views": {}, "projects": {}, "tools": {},
    "commands": {}, "notify": {"command": list}, "checks": {"command": list, "patchwork": str, "days": int},
}  # fmt: skip


class Paths(Struct, frozen=True):
    """The two folders of a user, and the files in them; asking for one never makes it."""

    data: Path
    config: Path

    @property
    def home(self) -> Path | None:
        """The one folder that holds all of it, None where data and configuration lie apart."""
        return self.data if self.data == self.config else None

    @property
    def index(self) -> Path:
        """The derived database."""
        return self.data / "index.db"

    @property
    def personal(self) -> Path:
        """What one person saw, did and drafted on one machine."""
        return self.data / "personal.db"

    @property
    def opinions(self) -> Path:
        """The git repository of opinions: the one precious thing here."""
        return self.data / "opinions.git"

    @property
    def archives(self) -> Path:
        """Which lists there are: written by `triage add` and `triage remove`."""
        return self.data / "archives.json"

    @property
    def inboxes(self) -> Path:
        """The public-inboxes that this program keeps: mirrors, and copies of mail that has no lasting archive."""
        return self.data / "inboxes"

    @property
    def runs(self) -> Path:
        """How the last runs went with each archive."""
        return self.data / "runs.json"

    @property
    def policies(self) -> Path:
        """The user's own policy packs."""
        return self.config / "policies"


class ProjectFiles(Struct, frozen=True):
    """Files of a project that say who is who: a mailmap, and a MAINTAINERS file or a roster in TOML."""

    aliases: Path | None = None
    roster: Path | None = None


_PLACE = expression(r"{([a-z]+)}")
PLACES = ("id", "mail", "list", "mbox")
"""What an own command may be given: the series' first Message-ID, that of the mail at the cursor, the list, a file with the mails."""


class OwnCommand(Struct, frozen=True):
    """A program of the user's that the terminal UI starts on a key; no shell reads its words."""

    name: str
    run: tuple[str, ...]
    """The program and its words, `{id}`, `{mail}`, `{list}` and `{mbox}` among them."""
    key: str = ""
    confirm: bool = False
    """Whether it is asked about before it runs."""
    shown: bool = True
    """Whether its output stays until Enter."""


class Checks(Struct, frozen=True):
    """Which other tools are asked about patches."""

    command: tuple[str, ...] = ()
    """A program that speaks b4's check protocol, and its words."""
    patchwork: str = ""
    """The address of the patchwork that knows the list."""
    days: int = 14
    """Series that had mail in so many days are asked about."""


class Config(Struct, frozen=True):
    """Everything a run needs to know that is not in its arguments."""

    paths: Paths
    glyphs: str = "auto"
    mouse: bool = True
    theme: str = ""
    """The terminal UI's theme, "" for the one that was chosen there last."""
    keys: Mapping[str, str] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    """The user's own saved views: name and limit."""
    stale: str = "90d"
    """How long a series has no mail and no record before it leaves Attention."""
    projects: Mapping[str, ProjectFiles] = field(default_factory=dict)
    """By the id of the pack that the project is judged by."""
    notmuch_tags: bool = False
    """Whether flags are written to notmuch as tags."""
    commands: tuple[OwnCommand, ...] = ()
    tools: tuple[Mapping[str, object], ...] = ()
    """The user's own rows of the table of AI tools, unread."""
    notify: tuple[str, ...] = ()
    """The program that is told once a run which findings are new, and its words."""
    checks: Checks = Checks()


def find_paths(home: str | None = None) -> Paths:
    """Return the folders: `home`, else TRIAGE_HOME, puts all under one; else where the platform keeps such things.

    Raises `ConfigError` where there is no home directory to look under.
    """
    chosen = home or os.environ.get("TRIAGE_HOME")
    if chosen:
        folder = typed_path(chosen).absolute()
        if folder.exists() and not folder.is_dir():
            raise ConfigError(f"{folder} is not a folder", "give --home or TRIAGE_HOME the name of a folder")
        return Paths(folder, folder)
    import platformdirs

    data = Path(os.environ.get("XDG_DATA_HOME") or platformdirs.user_data_dir()) / "triage"
    config = Path(os.environ.get("XDG_CONFIG_HOME") or platformdirs.user_config_dir()) / "triage"
    if not data.is_absolute() or not config.is_absolute():
        raise ConfigError("there is no home directory", "set HOME, or TRIAGE_HOME to a folder of yours")
    return Paths(data, config)


def load_config(home: str | None = None) -> Config:
    """Read config.toml strictly; an unknown key is an error that names the nearest one. Raises `ConfigError`."""
    paths = find_paths(home)
    path = paths.config / "config.toml"
    if not path.is_file():
        return Config(paths)
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"cannot read {path}", str(error)) from error
    _check_sections(data, path)
    tui = data.get("tui", {})
    if tui.get("glyphs", "auto") not in {"auto", "ascii", "unicode"}:
        raise ConfigError(f"{path}, [tui], glyphs {tui['glyphs']!r} is unknown", "one of auto, ascii, unicode")
    keys = {name: str(value) for name, value in data.get("keys", {}).items()}
    projects = {name: _project(row, f"{path}, [projects.{name}]", paths.config) for name, row in data.get("projects", {}).items()}
    views, stale = _views(data.get("views", {}), path)
    return Config(
        paths,
        glyphs=tui.get("glyphs", "auto"),
        mouse=tui.get("mouse", True),
        theme=tui.get("theme", ""),
        keys=keys,
        views=views,
        stale=stale,
        projects=projects,
        notmuch_tags=data.get("notmuch", {}).get("tags", False),
        commands=tuple(_command(name, row, f"{path}, [commands.{name}]") for name, row in data.get("commands", {}).items()),
        notify=_words(data.get("notify", {}).get("command", []), f"{path}, [notify], command"),
        checks=_checks(data.get("checks", {}), f"{path}, [checks]"),
        tools=tuple({"tool": name, **_row(row, f"{path}, [tools.{name}]")} for name, row in data.get("tools", {}).items()),
    )


def _check_sections(data: Mapping[str, object], path: Path) -> None:
    """Raise `ConfigError` for a section, a key or a type that is none."""
    for section, rows in data.items():
        _known(section, _SECTIONS, f"{path}: section")
        if not isinstance(rows, dict):
            raise ConfigError(f"{path}: {section} is not a section", f"write [{section}]")
        for key, value in rows.items():
            if section not in {"keys", "views", "projects", "tools", "commands"}:
                _known(key, _SECTIONS[section], f"{path}, [{section}]: key")
                _typed(value, _SECTIONS[section][key], f"{path}, [{section}], {key}")


def _views(rows: Mapping[str, object], path: Path) -> tuple[dict[str, str], str]:
    """Return the user's own views, and the time after which a series is stale."""
    stale = str(rows.get("stale", "90d"))
    if not SPAN.fullmatch(f"<{stale}"):
        raise ConfigError(f"{path}, [views], stale {stale!r} is unknown", "write a time as 90d, 12w or 1y")
    views: dict[str, str] = {}
    for name, limit in rows.items():
        if name != "stale":
            _typed(limit, str, f"{path}, [views], {name}")
            views[name] = str(limit)
    return views, stale


def _command(name: str, row: object, spot: str) -> OwnCommand:
    """Read an own command, each word of it checked at the start."""
    if not isinstance(row, dict):
        raise ConfigError(f"{spot} is not a section", 'write [commands.NAME] with run = ["program", "{id}"]')
    for key, value in row.items():
        _known(key, {"run": list, "key": str, "confirm": bool, "output": bool}, f"{spot}: key")
        _typed(value, {"run": list, "key": str, "confirm": bool, "output": bool}[key], f"{spot}, {key}")
    words = tuple(row.get("run", ()))
    if not words or not all(isinstance(word, str) and word for word in words):
        raise ConfigError(f"{spot} has no program", 'write run = ["program", "{id}"]')
    for place in (place for word in words for place in _PLACE.findall(word)):
        _known(place, dict.fromkeys(PLACES), f"{spot}, run: place")
    read = next((word for flag, word in pairwise(words) if flag in {"-c", "-e", "-lc", "-ec"} and _PLACE.search(word)), "")
    if read:
        raise ConfigError(f"{spot}: a program would read {read!r} as commands", 'write "$1" in it and give the place as a word of its own')
    if "{" in words[0]:
        raise ConfigError(f"{spot}: the program is not known before it runs", "write its name as the first word")
    return OwnCommand(name, words, row.get("key", ""), row.get("confirm", False), row.get("output", True))


def _words(words: list[object], spot: str) -> tuple[str, ...]:
    if not all(isinstance(word, str) and word for word in words):
        raise ConfigError(f"{spot} is not a list of words", 'write ["program", "argument"]')
    return tuple(str(word) for word in words)


def _checks(row: Mapping[str, Any], spot: str) -> Checks:
    url, days = str(row.get("patchwork", "")), row.get("days", 14)
    if url and not re.fullmatch(r"https?://[^\s?#]+", url):
        raise ConfigError(f"{spot}, patchwork {url!r} is not an address", 'write "https://patchwork.example.org"')
    if not 0 < days <= 3650:
        raise ConfigError(f"{spot}, days {days} is out of range", "write 1 to 3650")
    return Checks(_words(row.get("command", []), f"{spot}, command"), url, days)


def _row(row: object, spot: str) -> dict[str, object]:
    if not isinstance(row, dict):
        raise ConfigError(f"{spot} is not a section", 'write [tools.NAME] with vendor = "…" and names = ["…"]')
    return row


def _project(row: object, spot: str, folder: Path) -> ProjectFiles:
    if not isinstance(row, dict):
        raise ConfigError(f"{spot} is not a section", "write [projects.PACK] with aliases = FILE and roster = FILE")
    for key, value in row.items():
        _known(key, {"aliases": str, "roster": str}, f"{spot}: key")
        _typed(value, str, f"{spot}, {key}")
    files = {key: folder / typed_path(value) for key, value in row.items()}
    return ProjectFiles(files.get("aliases"), files.get("roster"))


def _known(word: str, known: Mapping[str, object], spot: str) -> None:
    if word not in known:
        from difflib import get_close_matches

        near = get_close_matches(word, known, 1)
        raise ConfigError(f"{spot} {word!r} is unknown", f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}")


def _typed(value: object, wanted: type, spot: str) -> None:
    if not isinstance(value, wanted):
        raise ConfigError(f"{spot} has the wrong type", f"expected {wanted.__name__}")


def load_lists(paths: Paths) -> list[ListSpec]:
    """Return the lists that were added, in order of their names; raises `ConfigError` for a damaged file."""
    try:
        return read_lists(paths, paths.archives.read_text("utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read {paths.archives}", "restore it, or move it away and `triage add` the lists again") from error


def read_lists(paths: Paths, text: str) -> list[ListSpec]:
    """Return the lists that a file of them holds, in order of their names; raises `ValueError` for one that holds none."""
    from triage.model.archive import ListSpec

    try:
        data = json.loads(text)
        return [
            ListSpec(
                row["name"],
                (row["policy"], *row.get("also", ())),
                row["url"],
                tuple(_place(paths, a) for a in row["archives"]),
                str(row.get("newest_first", "")),
            )
            for row in sorted(data["lists"], key=lambda row: str(row["name"]))
        ]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it holds no lists") from error


def _place(paths: Paths, row: dict[str, str]) -> Place:
    """Read one place; an inbox of our own lies under this data folder, wherever that was when the list was added."""
    from triage.model.archive import Place

    path, source = Path(row["path"]), row.get("source", "")
    if source and path.name in {"", "..", "."}:
        raise ValueError(f"{path} is not an inbox")
    return Place(row["kind"], paths.inboxes / path.name if source else path, source)


def save_lists(paths: Paths, lists: list[ListSpec]) -> None:
    """Write the lists whole and at once; raises `ArchiveError` where the disk refuses."""
    rows = [
        {"name": s.name, "policy": s.policies[0], **({"also": list(s.policies[1:])} if s.policies[1:] else {}), "url": s.url,
         **({"newest_first": s.newest} if s.newest else {}), "archives": [
            {"kind": p.kind, "path": str(p.path), **({"source": p.source} if p.source else {})} for p in s.places]}
        for s in lists
    ]  # fmt: skip
    write_file(paths.archives, json.dumps({"schema": 1, "lists": rows}, indent=1) + "\n", private=True)


def find_list(lists: list[ListSpec], name: str) -> ListSpec:
    """Return the list called `name`; raises `UsageError` with the nearest name."""
    for spec in lists:
        if spec.name == name:
            return spec
    from difflib import get_close_matches

    near = get_close_matches(name, [spec.name for spec in lists], 1)
    known = ", ".join(spec.name for spec in lists) or "none yet; `triage add` makes one"
    raise UsageError(f"no list called {name!r}", f"did you mean {near[0]}?" if near else f"known lists: {known}")
