# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`triage doctor`: what was looked at, whether it is well, and what to do."""

import os
import shutil
import stat
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from triage import git
from triage.admin.lists import check_index
from triage.archive.detect import open_archive
from triage.archive.fetch import waiting
from triage.config import Config, load_lists
from triage.files import write_lock
from triage.ingest.status import pending_of, read_health
from triage.model.archive import ListSpec, Place
from triage.model.errors import ArchiveError, BusyError, TriageError
from triage.opinion.audit import losses
from triage.opinion.index import open_log
from triage.opinion.keyring import in_force
from triage.opinion.log import OpinionLog
from triage.opinion.ownkey import own_key
from triage.opinion.person import git_config, signing_key
from triage.opinion.refs import KEYS
from triage.opinion.remotes import remotes, without_password
from triage.policy.names import unknown_names
from triage.projects import load_project, load_projects
from triage.store.archives import is_unread, quarantined
from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import open_index

STALE = 3 * 86400
"""Seconds after which a list that nobody read is worth a word."""
FREE = 200
"""MiB."""


def checkup(config: Config, trouble: str = "") -> list[tuple[str, bool, str]]:
    """Return what was looked at, whether it is well, and what was seen or what to do.

    `trouble` is why config.toml could not be read, "" where it was: all else is looked at as if there were none.
    """
    paths = config.paths
    checks: list[tuple[str, bool, str]] = [("configuration", *_configuration(paths.config / "config.toml", trouble))]
    checks += [("data", *_folder(paths.data)), ("disk", *_disk(paths.data)), ("git", *_git())]
    checks += _neighbours()
    checks += [("clock", *_clock()), ("locks", *_locks(paths.data))]
    email = git_config("user.email")
    checks.append(("identity", bool(email), email or 'run `git config --global user.email "you@example.org"` to give opinions'))
    checks.append(("signing", True, "opinions are signed" if signing_key() else "no user.signingkey: opinions will be `unsigned`"))
    problems = check_index(config)
    checks.append(("databases", not problems, "; ".join(problems) or "sound"))
    try:
        lists = load_lists(paths)
    except TriageError as error:
        return [*checks, ("lists", False, str(error))]
    checks += _unread(config, lists)
    checks.append(("lists", True, f"{len(lists)} added" if lists else "none yet; `triage add` makes one, `triage demo` shows one"))
    for spec in lists:
        checks += _list_checks(config, spec)
    checks += _project_checks(config)
    checks += _programs(config)
    try:
        log = open_log(paths)
        number = sum(ref != KEYS for ref in log.tips())
        where = (
            ", ".join(f"{name} {without_password(url)}" for name, url in remotes(log).items()) or "no remote yet: `triage opinion sync URL`"
        )
        hurt = "; ".join(f"{one.says}: {one.mend}" for one in losses(config))
        checks.append(("opinions", not hurt, hurt or f"{number} log{'' if number == 1 else 's'} in {paths.opinions}; {where}"))
    except TriageError as error:
        checks.append(("opinions", False, str(error)))
    try:
        checks.append(("keys", *_keys(open_log(paths), email)))
    except TriageError as error:
        checks.append(("keys", False, str(error)))
    return checks


def _programs(config: Config) -> list[tuple[str, bool, str]]:
    """Look for the programs that the configuration names."""
    named = [("checks", config.checks.command), ("notify", config.notify)]
    return [
        (f"[{section}]", bool(found := shutil.which(words[0])), found or f"there is no program {words[0]}: mend command in config.toml")
        for section, words in named if words
    ]  # fmt: skip


def _keys(log: OpinionLog, email: str) -> tuple[bool, str]:
    """Say whether the user's signing key is among the trusted ones."""
    ring = in_force(log)
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
    checks = [("policies", True, f"packs of your own in {folder}: {', '.join(names) or 'none'}")]
    for name in dict.fromkeys([*names, *config.projects]):
        try:
            project = load_project(name, config)
            checks += [(f"policy {name}", False, says) for says in unknown_names(project.pack, project.people)]
        except TriageError as error:
            checks.append((f"policy {name}", False, str(error)))
    return checks


def _unread(config: Config, lists: list[ListSpec]) -> list[tuple[str, bool, str]]:
    """Return that nothing was ever read, where there is something to be read."""
    if not lists or not config.paths.index.exists():
        return [("index", False, "there is none: run `triage ingest`")] if lists else []
    try:
        with closing(open_index(config.paths.index)) as connection:
            return [("index", False, "no archive was ever read into it: run `triage ingest`")] if is_unread(connection) else []
    except (TriageError, *DATABASE_ERRORS):
        return []  # said by the check of the databases


def _neighbours() -> list[tuple[str, bool, str]]:
    """Return what is wrong with the environment that the program is installed in: another distribution with packages of the same names."""
    from importlib.metadata import packages_distributions

    by_package = packages_distributions()
    others = {one for name in ("triage", "tui") for one in by_package.get(name, ()) if one.replace("_", "-").lower() != "patch-triage"}
    if not others:
        return []
    names = ", ".join(sorted(others))
    return [("environment", False, f"{names} installs packages of the same names: install patch-triage apart, with pipx or uv tool")]


def _list_checks(config: Config, spec: ListSpec) -> list[tuple[str, bool, str]]:
    checks: list[tuple[str, bool, str]] = []
    try:
        packs = [project.pack for project in load_projects(spec.policies, config).each]
        checks.append((f"{spec.name}: policy", True, "; ".join(f"{pack.id}, {pack.status}" for pack in packs)))
    except TriageError as error:
        checks.append((f"{spec.name}: policy", False, str(error)))
    health = {one.archive: one for one in read_health(config) if one.name == spec.name}
    waiting = pending_of(config)
    for place in spec.places:
        fresh = health.get(place.shown)
        if fresh and fresh.failed:
            read = f"last read {_day(fresh.fine)}" if fresh.fine else "never read"
            often = "once" if fresh.failed == 1 else f"{fresh.failed} times"
            checks.append((f"{spec.name}: freshness", False, f"{read}; failed {often}: {fresh.says}"))
        elif fresh and time.time() - fresh.fine > STALE:
            checks.append((f"{spec.name}: freshness", False, f"last read {_day(fresh.fine)}; does `triage schedule` run?"))
        else:
            read = f"last read {_day(fresh.fine)}" if fresh else "not read yet: run `triage ingest`"
            if left := waiting.get((spec.name, place.shown)):
                read += f"; {left} older entries are left to the next run"
            checks.append((f"{spec.name}: freshness", True, read))
        if place.source:
            checks.append((f"{spec.name}: source", *_source(place)))
        try:
            one = open_archive(place.kind, place.path)
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


def _source(place: Place) -> tuple[bool, str]:
    """Say whether a source can be read; a server is asked by `triage ingest` alone."""
    try:
        number = waiting(place)
    except TriageError as error:
        return False, str(error)
    return True, f"{place.shown}, copied to {place.path}{'' if number is None else f'; {number} to read'}"


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _clock() -> tuple[bool, str]:
    """Say whether the clock can be right: policies are dated, and so are keys."""
    now = int(time.time())
    built = int(Path(__file__).stat().st_mtime)
    fine = now > built - 86400
    return fine, _day(now) if fine else f"the clock says {_day(now)}, before this program was installed: set it, policies go by dates"


def _disk(data: Path) -> tuple[bool, str]:
    folder = next(part for part in (data, *data.parents) if part.exists())
    usage = shutil.disk_usage(folder)
    free = usage.free >> 20
    return free > FREE, f"{free} MiB free at {folder}" + ("" if free > FREE else ": make room, an index takes some 3 KiB a mail")


def _locks(data: Path) -> tuple[bool, str]:
    """Say who writes; a lock ends with its process, so one that is held is never stale."""
    if not data.is_dir() or not os.access(data, os.W_OK):
        return True, "none"
    held = []
    for name in ("sweep.lock", "lock"):
        try:
            with write_lock(data, name):
                pass
        except BusyError:
            held.append(name)
        except TriageError as error:
            return False, str(error)
    return True, f"{' and '.join(held)} held: a run is under way" if held else "free"


def _configuration(path: Path, trouble: str) -> tuple[bool, str]:
    if trouble:
        return False, f"{trouble}; the rest is checked without it"
    return True, str(path) if path.is_file() else f"no {path}: nothing is set"


def _folder(data: Path) -> tuple[bool, str]:
    if not data.exists():
        return True, f"{data} is made when first needed"
    mode = stat.S_IMODE(data.stat().st_mode)
    if mode & 0o077:
        return False, f"others can look into {data}; run `chmod 700 {data}`"
    if not os.access(data, os.W_OK):
        return False, f"{data} cannot be written; fix its permissions or set TRIAGE_HOME"
    return True, str(data)


def _git() -> tuple[bool, str]:
    try:
        return True, git.version()
    except (OSError, ArchiveError):
        return False, "git is not there; install it"
