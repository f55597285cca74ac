# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be rebuilt, in one file and back: opinions with their keys, personal state, lists and configuration."""

import io
import os
import shutil
import tarfile
import tempfile
import time
import tomllib
from contextlib import closing
from itertools import islice
from pathlib import Path

from triage.archive.sources import source_of
from triage.config import Config, load_lists, read_lists
from triage.files import write_file
from triage.model import Person
from triage.model.errors import ArchiveError, ConfigError, UsageError
from triage.opinion.index import open_log
from triage.opinion.repository import Repository
from triage.opinion.sync import take
from triage.store.errors import DATABASE_ERRORS, database_error
from triage.store.schema import copy_whole, is_personal, open_personal

_BUNDLE, _PERSONAL, _LISTS = "opinions.bundle", "personal.db", "archives.json"
_REFS = "refs/opinions"
MAX_LOGS, MAX_MEMBER = 4 * 1024**3, 64 * 1024**2
MAX_PARTS = 2000


def write_backup(config: Config, path: Path) -> str:
    """Write a backup whole or not at all, and return in one sentence what is in it; raises `UsageError` where there is nothing to keep."""
    with tempfile.TemporaryDirectory(prefix="triage-backup-") as folder:
        work = Path(folder)
        parts: dict[str, Path] = {}
        logs = Repository(config.paths.opinions)
        refs = logs.refs(_REFS)
        if refs:
            logs.run("bundle", "create", "--quiet", str(work / _BUNDLE), *refs)
            parts[_BUNDLE] = work / _BUNDLE
        if config.paths.personal.exists():
            _copy_database(config.paths.personal, work / _PERSONAL)
            parts[_PERSONAL] = work / _PERSONAL
        if config.paths.archives.exists():
            parts[_LISTS] = config.paths.archives
        for file in [config.paths.config / "config.toml", *sorted(config.paths.policies.glob("*.toml"))]:
            if file.is_file():
                parts["config/" + str(file.relative_to(config.paths.config))] = file
        if not parts:
            raise UsageError("there is nothing to keep yet", "lists, opinions and marks come first")
        _pack(path, parts)
    number = sum(ref.endswith("/log") for ref in refs)
    rest = ", ".join(name for name in parts if name != _BUNDLE)
    copied = any(place.source and source_of(place).copied for spec in load_lists(config.paths) for place in spec.places)
    mail = f"; the mail copied to {config.paths.inboxes} is not in it: copy that folder too" if copied else ""
    return f"{number} log{'' if number == 1 else 's'} of opinions, and {rest or 'nothing else'}{mail}"


def _copy_database(source: Path, target: Path) -> None:
    try:
        with closing(open_personal(source)) as connection:
            copy_whole(connection, target)
    except DATABASE_ERRORS as error:
        raise database_error(error, source) from error


def _pack(path: Path, parts: dict[str, Path]) -> None:
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                for name, part in parts.items():
                    entry = tarfile.TarInfo(name)
                    entry.size, entry.mode, entry.mtime = part.stat().st_size, 0o600, int(time.time())
                    with part.open("rb") as content:
                        tar.addfile(entry, content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise ArchiveError(f"cannot write {path}", f"{error.strerror}; nothing was changed") from error


def read_backup(config: Config, path: Path) -> list[str]:
    """Put back what a backup holds where nothing is yet, and return a line for each part; raises `ConfigError` for what is no backup."""
    said: list[str] = []
    try:
        with tarfile.open(path, mode="r:") as tar, tempfile.TemporaryDirectory(prefix="triage-restore-") as folder:
            members = _members(tar)
            if not {_BUNDLE, _PERSONAL, _LISTS} & set(members):
                raise ConfigError(f"{path} is not a backup of triage", "`triage db backup FILE` writes one")
            for number, (name, entry) in enumerate(members.items()):
                if target := _target(config, name):
                    part = Path(folder) / str(number)
                    with part.open("wb") as copy:
                        shutil.copyfileobj(tar.extractfile(entry) or io.BytesIO(), copy)
                    said.append(_put(config, name, target, part))
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise ConfigError(f"cannot read {path}", str(error)) from error
    return said


def _members(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """Return the parts of a backup: plain files as `write_backup` makes them, no larger and no more than there can be."""
    found: dict[str, tarfile.TarInfo] = {}
    for entry in islice(tar, MAX_PARTS):
        if entry.isreg() and not entry.issparse() and entry.size <= (MAX_LOGS if entry.name == _BUNDLE else MAX_MEMBER):
            found[entry.name] = entry
    return found


def _target(config: Config, name: str) -> Path | None:
    """Return where a part belongs; only the names that a backup has are known, so that no path of a tar is followed."""
    fixed = {_BUNDLE: config.paths.opinions, _PERSONAL: config.paths.personal, _LISTS: config.paths.archives}
    if name in fixed:
        return fixed[name]
    leaf = name.rpartition("/")[2]
    if name == "config/config.toml":
        return config.paths.config / "config.toml"
    return (
        config.paths.policies / leaf if name == f"config/policies/{leaf}" and leaf.endswith(".toml") and not leaf.startswith(".") else None
    )


def _put(config: Config, name: str, target: Path, part: Path) -> str:
    if name == _BUNDLE:
        return _unbundle(config, part)
    if target.exists():
        return f"{name}: there is one already; it stays"
    if not _reads(config, name, part):
        return f"{name}: it is damaged and was left out"
    if name == _PERSONAL:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_bytes(target, part.read_bytes())
    else:
        write_file(target, part.read_text("utf-8", "replace"), private=True)
    return f"{name}: restored"


def _write_bytes(target: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, target)


def _reads(config: Config, name: str, part: Path) -> bool:
    """Say whether a part can be read as what it is, and is nothing else besides."""
    try:
        if name == _PERSONAL:
            return is_personal(part)
        text = part.read_text("utf-8")
        if name != _LISTS:
            tomllib.loads(text)
            return True
        read_lists(config.paths, text)
        return True
    except (ValueError, RecursionError, ConfigError):
        return False


def _unbundle(config: Config, bundle: Path) -> str:
    """Take the logs of a bundle where there are none; where there are, they are exchanged like those of any remote."""
    log = open_log(config.paths)
    if log.repository.refs(_REFS):
        return "opinions: there are logs already; unpack the bundle and give it to `triage opinion sync`"
    with log.repository.held():
        pass  # makes the repository
    result = take(log, Person("", ""), "backup", bundle)
    lines = [f"opinions: {len(result.received)} log{'' if len(result.received) == 1 else 's'} restored", *result.notes]
    return "\n".join([*lines, *(f"{ref}: refused: {why}" for ref, why in sorted(result.refused.items()))])
