# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists added and removed, the index checked and rebuilt: what a user does once in a while."""

import os
import re
import sqlite3
import stat
import time
from dataclasses import replace
from pathlib import Path

from triage import archive, git
from triage.config import Config, ListSpec, Place, find_list, load_lists, save_lists
from triage.deriving import Progress
from triage.errors import ArchiveError, ConfigError, TriageError, UsageError
from triage.ingest import fill, settle
from triage.opinion.keylog import load_ring, own_key
from triage.opinion.log import KEYS, OpinionLog, signing_key
from triage.opinion.repository import git_config
from triage.opinion.sync import remotes, without_password
from triage.policy.pack import load_pack
from triage.project import load_project
from triage.runs import ArchiveRun
from triage.store import archives as stored
from triage.store.lock import write_lock
from triage.store.queries import quarantined
from triage.store.schema import database_error, open_index, open_personal
from triage.store.tombstones import carry_tombstones
from triage.store.write import transaction

_NAME = re.compile(r"[A-Za-z0-9][\w.@+-]{0,99}")


def add_list(config: Config, name: str, locations: tuple[str, ...], policy: str, url: str) -> ListSpec:
    """Add a list and the archives that hold it; an existing list gains archives.

    Raises `UsageError` for a path that is no archive, a name that will not do or a list that has them already; `ConfigError` for an
    unknown pack. Nothing is read yet.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} will not do as a name", "use letters, digits and . _ @ + -")
    if url and not re.fullmatch(r"https?://[^\s\"'<>]+", url):
        raise UsageError(f"{url!r} is no web address", "give the list's archive, e.g. https://lore.example.org/netdev")
    _check_in_force(config, policy)
    found = [archive.detect(location) for location in locations]
    for one in found:
        archive.probe(one)
    places = tuple(Place(one.kind, one.path) for one in found)
    with write_lock(config.paths.data):
        lists = load_lists(config.paths)
        old = next((spec for spec in lists if spec.name == name), None)
        fresh = tuple(place for place in dict.fromkeys(places) if not old or place not in old.places)
        if old and old.policy != policy:
            raise UsageError(f"{name} is judged by {old.policy}", f"`triage policy use {name} {policy}` changes that")
        if old and not fresh:
            raise UsageError(f"{name} has {'these archives' if len(places) > 1 else 'this archive'} already", "run `triage ingest`")
        spec = ListSpec(name, policy, url or (old.url if old else ""), (old.places if old else ()) + fresh)
        save_lists(config.paths, [*(one for one in lists if one.name != name), spec])
    return spec


def _check_in_force(config: Config, policy: str) -> None:
    if not load_pack(policy, config.paths.policies).enabled:
        hint = f"see what it would change with `triage policy compare`; to apply it, copy it to {config.paths.policies} with enabled = true"
        raise ConfigError(f"{policy} is a proposal that is not in force", hint)


def use_policy(config: Config, name: str, policy: str) -> ListSpec:
    """Have a list judged by another pack from the next ingest on; raises `UsageError` and `ConfigError` as `add_list` does."""
    _check_in_force(config, policy)
    with write_lock(config.paths.data):
        lists = load_lists(config.paths)
        spec = replace(find_list(lists, name), policy=policy)
        save_lists(config.paths, [*(one for one in lists if one.name != name), spec])
    return spec


def remove_list(config: Config, name: str) -> None:
    """Forget a list and all that was derived from it; archives and opinions stay where they are."""
    with write_lock(config.paths.data):
        lists = load_lists(config.paths)
        find_list(lists, name)
        save_lists(config.paths, [spec for spec in lists if spec.name != name])
        if not config.paths.index.exists():
            return
        connection = open_index(config.paths.index, write=True)
        try:
            with transaction(connection, config.paths.index):
                stored.forget_list(connection, name)
        finally:
            connection.close()
    settle(config)


def check_index(config: Config) -> list[str]:
    """Return what is wrong with the databases, one sentence each; an empty list is good news."""
    problems: list[str] = []
    for path, opener in ((config.paths.index, open_index), (config.paths.personal, open_personal)):
        if not path.exists():
            continue
        try:
            connection = opener(path)
            try:
                problems += [f"{path}: {row[0]}" for row in connection.execute("pragma integrity_check") if row[0] != "ok"]
                if path == config.paths.index:
                    problems += _sums(connection)
            finally:
                connection.close()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            problems.append(str(database_error(error, path)))
        except TriageError as error:
            problems.append(str(error))
    return problems


def _sums(connection: sqlite3.Connection) -> list[str]:
    """Check that every entry ended somewhere, and that the counts are those of the rows."""
    return [
        f"{name}: {entries} entries are counted and {rows} are kept; run `triage db rebuild`"
        for name, entries, rows in stored.counted_and_kept(connection)
        if entries != rows
    ]


def rebuild(config: Config, workers: int = 0, progress: Progress | None = None) -> tuple[list[ArchiveRun], bool]:
    """Make index.db anew from archives and opinions; the old one is replaced only when the new one is whole.

    Returns what was read, and whether tombstones of withdrawn mail could be carried over from the old index. Raises what `ingest`
    raises; the old index stays then.
    """
    index = config.paths.index
    fresh = index.with_name("index.db.new")
    with write_lock(config.paths.data):
        lists = load_lists(config.paths)
        _remove(fresh)
        try:
            runs = fill(fresh, config, lists, workers, progress)
            if failed := [run for run in runs if run.error]:
                raise ArchiveError(f"the index is as it was: {failed[0].name}: {failed[0].error}", "mend that, or `triage remove` the list")
            carried = carry_tombstones(index, fresh)
            _remove(index)
            os.replace(fresh, index)
        finally:
            _remove(fresh)
    return runs, carried


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


def doctor(config: Config) -> list[tuple[str, bool, str]]:
    """Return what was looked at, whether it is well, and what was seen or what to do."""
    paths = config.paths
    checks: list[tuple[str, bool, str]] = [("data", *_folder(paths.data)), ("git", *_git())]
    email = git_config("user.email")
    checks.append(("identity", bool(email), email or 'run `git config --global user.email "you@example.org"` to give opinions'))
    checks.append(("signing", True, "opinions are signed" if signing_key() else "no user.signingkey: opinions will be `unsigned`"))
    problems = check_index(config)
    checks.append(("databases", not problems, "; ".join(problems) or "sound"))
    try:
        lists = load_lists(paths)
    except TriageError as error:
        return [*checks, ("lists", False, str(error))]
    checks.append(("lists", True, f"{len(lists)} added" if lists else "none yet; `triage add` makes one, `triage demo` shows one"))
    for spec in lists:
        checks += _list_checks(config, spec)
    checks += _project_checks(config)
    try:
        log = OpinionLog(paths.opinions)
        number = sum(ref != KEYS for ref in log.tips())
        where = (
            ", ".join(f"{name} {without_password(url)}" for name, url in remotes(log).items()) or "no remote yet: `triage opinion sync URL`"
        )
        checks.append(("opinions", True, f"{number} log{'' if number == 1 else 's'} in {paths.opinions}; {where}"))
        checks.append(("keys", *_keys(log, email)))
    except TriageError as error:
        checks.append(("opinions", False, str(error)))
    return checks


def _keys(log: OpinionLog, email: str) -> tuple[bool, str]:
    """Say whether the user's signing key is among the trusted ones."""
    ring = load_ring(log)
    if not ring.keys:
        return True, "none are trusted yet: `triage opinion keys add` starts with yours"
    if not signing_key():
        return True, f"{len(ring.keys)} trusted"
    own, _ = own_key(email)
    mine = next((key for key in ring.of(email) if key.same(own)), None)
    if mine is None:
        return False, f"{own.fingerprint} of {email} is not among the {len(ring.keys)} trusted; ask one of them to add it"
    fine = mine.valid(int(time.time()))
    return fine, f"yours is among the {len(ring.keys)} trusted" if fine else "yours is not valid any more: add a new one"


def _project_checks(config: Config) -> list[tuple[str, bool, str]]:
    """Look at the packs and project files in the configuration folder."""
    folder = config.paths.policies
    names = sorted(path.stem for path in folder.glob("*.toml"))
    there = (
        f"{config.paths.config / 'config.toml'}{'' if (config.paths.config / 'config.toml').is_file() else ' (not there: nothing is set)'}"
    )
    checks = [("configuration", True, f"{there}; packs of your own in {folder}: {', '.join(names) or 'none'}")]
    for name in dict.fromkeys([*names, *config.projects]):
        try:
            load_project(name, config)
        except TriageError as error:
            checks.append((f"policy {name}", False, str(error)))
    return checks


def _list_checks(config: Config, spec: ListSpec) -> list[tuple[str, bool, str]]:
    checks: list[tuple[str, bool, str]] = []
    try:
        pack = load_pack(spec.policy, config.paths.policies)
        checks.append((f"{spec.name}: policy", True, f"{pack.id}, {pack.status}"))
    except TriageError as error:
        checks.append((f"{spec.name}: policy", False, str(error)))
    for place in spec.places:
        try:
            one = archive.open_archive(place.kind, place.path)
            for unit in one.units():
                one.stamp(unit)
            linked = list(place.path.glob("**/objects/info/alternates"))[:1] if place.path.is_dir() else []
            note = "; borrows objects from another repository (alternates)" if linked else ""
            checks.append((f"{spec.name}: archive", True, f"{place.path}{note}{_quarantine(config, spec.name)}"))
        except TriageError as error:
            checks.append((f"{spec.name}: archive", False, str(error)))
    return checks


def _quarantine(config: Config, name: str) -> str:
    if not config.paths.index.exists():
        return ""
    connection = open_index(config.paths.index)
    try:
        count = sum(found == name for found, _, _ in quarantined(connection))
    finally:
        connection.close()
    return f"; {count} of its mails could not be read, `triage report` says why" if count else ""


def _folder(data: Path) -> tuple[bool, str]:
    if not data.exists():
        return True, f"{data} is made when first needed"
    mode = stat.S_IMODE(data.stat().st_mode)
    if mode & 0o077:
        return False, f"others can look into {data}; run `chmod 700 {data}`"
    if not os.access(data, os.W_OK):
        return False, f"{data} cannot be written; mend its permissions or set TRIAGE_HOME"
    return True, str(data)


def _git() -> tuple[bool, str]:
    try:
        return True, git.version()
    except (OSError, ArchiveError):
        return False, "git is not there; install it"
