# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists added and removed, the index checked and rebuilt: what a user does once in a while."""

import re
import shlex
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from triage.archive import detect
from triage.archive.fetch import expunge, is_copied, waiting
from triage.archive.local import OwnInbox
from triage.archive.sources import since_day
from triage.config import Config, find_list, load_lists, save_lists
from triage.files import lasting_path, typed_path, write_lock
from triage.ingest.pipeline import ingest, settle
from triage.model.archive import ListSpec, Place
from triage.model.days import SPAN
from triage.model.errors import ConfigError, TriageError, UsageError
from triage.model.expression import expression
from triage.policy.replies import check_replies
from triage.projects import load_projects
from triage.store import archives as stored
from triage.store import locations, queries
from triage.store.errors import DATABASE_ERRORS, database_error
from triage.store.schema import Index, open_index, open_personal
from triage.store.transaction import transaction

_NAME = expression(r"[A-Za-z0-9][\w.@+-]{0,99}")


def add_list(
    config: Config, name: str, locations: tuple[str, ...], policy: str, url: str, since: str = "", also: tuple[str, ...] = (),
    newest: str = "",
) -> ListSpec:  # fmt: skip
    """Add a list and the archives that hold it; an existing list gains archives.

    It is judged by the pack `policy`, and by those in `also` too. `since` is for the address of a list on a server; `newest`
    is how far back mail is read before older mail.

    Raises `UsageError` for a path that is no archive, a name that will not do or a list that has them already; `ConfigError` for an
    unknown pack. Nothing is read yet.
    """
    policies = (policy, *also)
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} will not do as a name", "use letters, digits and . _ @ + -")
    if url and not re.fullmatch(r"https?://[^\s\"'<>]+", url):
        raise UsageError(f"{url!r} is not a web address", "give the list's archive, e.g. https://lore.example.org/netdev")
    _check_in_force(config, policies)
    if newest and (not SPAN.fullmatch(newest) or newest[0] in "<>"):
        raise UsageError(f"{newest!r} is not a span of time", "write 90d, 12w or 1y")
    places = tuple(place_of(config, name, location, since) for location in locations)
    url = url or next((place.source.partition(":")[2] for place in places if place.source.startswith("mirror:")), "")
    with write_lock(config.paths.data):
        lists = load_lists(config.paths)
        old = next((spec for spec in lists if spec.name == name), None)
        fresh = tuple(place for place in dict.fromkeys(places) if not old or place not in old.places)
        if old and old.policies != policies:
            raise UsageError(f"{name} is judged by {old.policy}", f"`triage policy use {name} {shlex.join(policies)}` changes that")
        if old and not fresh:
            raise UsageError(f"{name} has {'these archives' if len(places) > 1 else 'this archive'} already", "run `triage ingest`")
        before = old or ListSpec(name, policies, "", ())
        spec = replace(before, url=url or before.url, places=before.places + fresh, newest=newest or before.newest)
        for place in fresh:
            if place.source:
                OwnInbox(place.path).make()
        save_lists(config.paths, [*(one for one in lists if one.name != name), spec])
    return spec


def place_of(config: Config, name: str, location: str, since: str = "") -> Place:
    """Return where a list's mail is read from, and for what does not last there, where it is copied to; raises `TriageError`."""
    source = ""
    if location == "-":
        source = "stdin:"
    elif location.startswith("notmuch:"):
        source = location
        waiting(Place("v2", Path(), source))
    elif location.startswith(("http://", "https://")):
        from triage.archive.lore import source_of

        if since:
            since = since_day(since, time.time())
        source = source_of(location, since)
    elif all((typed_path(location) / folder).is_dir() for folder in ("cur", "new")):
        source = f"maildir:{lasting_path(typed_path(location))}"
    if since and not source.startswith("search:"):
        raise UsageError("--since goes with the address of a list on a server", "other archives are read whole")
    if source:
        return Place("v2", config.paths.inboxes / f"{name}-{sha256(source.encode()).hexdigest()[:8]}", source)
    one = detect.detect(location)
    detect.probe(one)
    return Place(one.kind, one.path)


def _check_in_force(config: Config, policies: tuple[str, ...]) -> None:
    if twice := next((name for name in policies if policies.count(name) > 1), ""):
        raise UsageError(f"{twice} is named twice", "name each pack once")
    for project in load_projects(policies, config).each:
        check_replies(project.pack)
        if not project.pack.enabled:
            hint = f"`triage policy compare` says what it would change; to apply it, copy it to {config.paths.policies} with enabled = true"
            raise ConfigError(f"{project.pack.id} is a proposal that is not in force", hint)


def use_policy(config: Config, name: str, policies: tuple[str, ...]) -> ListSpec:
    """Have a list judged by other packs from the next ingest on; raises `UsageError` and `ConfigError` as `add_list` does."""
    _check_in_force(config, policies)
    with write_lock(config.paths.data):
        lists = load_lists(config.paths)
        spec = replace(find_list(lists, name), policies=policies)
        save_lists(config.paths, [*(one for one in lists if one.name != name), spec])
    return spec


def remove_list(config: Config, name: str) -> list[Path]:
    """Forget a list and all that was derived from it; archives and opinions stay where they are.

    Returns the inboxes of our own that held its mail.
    """
    with write_lock(config.paths.data):
        lists = load_lists(config.paths)
        copies = [place.path for place in find_list(lists, name).places if place.source]
        save_lists(config.paths, [spec for spec in lists if spec.name != name])
        if not config.paths.index.exists():
            return copies
        connection = open_index(config.paths.index, write=True)
        try:
            with transaction(connection, config.paths.index):
                stored.forget_list(connection, name)
        finally:
            connection.close()
    settle(config)
    return copies


class Expunged(Struct, frozen=True):
    """What removing a mail came to."""

    removed: tuple[str, ...]
    """Where copies were, by list."""
    elsewhere: tuple[str, ...]
    """Archives of others that hold it too."""


def expunge_mail(config: Config, name: str, reason: str) -> Expunged:
    """Remove a mail from the inboxes that it was copied to, for good, and take its text out of the index.

    Opinions on it stay. Raises `UsageError` for an unknown mail, or one that was copied nowhere; `ArchiveError`, `BusyError`.
    """
    lists = load_lists(config.paths)
    with closing(open_index(config.paths.index)) as connection:
        stored_mail = queries.find_message(connection, name)
        held = locations.everywhere(connection, stored_mail.message.message_id)
    places = {str(place.path): (spec, place) for spec in lists for place in spec.places}
    removed: dict[str, None] = {}
    elsewhere: dict[str, None] = {}
    for path in dict.fromkeys(path for path, _ in held):
        spec, place = places.get(path, (None, None))
        if spec is None or place is None:
            continue
        if not is_copied(place):
            elsewhere[place.shown] = None
        elif expunge(place, {blob for where, blob in held if where == path}, reason, int(time.time())):
            removed[spec.name] = None
    if not removed:
        where = ", ".join(elsewhere) or "no archive"
        raise UsageError(f"{name} was copied nowhere here: it lies in {where}", "ask who keeps that archive to remove it; ingest follows")
    ingest(config, [spec for spec in lists if spec.name in removed], wait=10)
    return Expunged(tuple(removed), tuple(elsewhere))


def check_index(config: Config) -> list[str]:
    """Return what is wrong with the databases, one sentence each; an empty list is good news."""
    problems: list[str] = []
    for path, opener in ((config.paths.index, open_index), (config.paths.personal, open_personal)):
        if not path.exists():
            continue
        try:
            connection = opener(path)
            try:
                problems += [f"{path}: {problem}" for problem in connection.problems()]
                if isinstance(connection, Index):
                    problems += _sums(connection)
            finally:
                connection.close()
        except DATABASE_ERRORS as error:
            problems.append(str(database_error(error, path)))
        except TriageError as error:
            problems.append(str(error))
    return problems


def _sums(connection: Index) -> list[str]:
    """Check that every entry ended somewhere, and that the counts are those of the rows."""
    return [
        f"{name}: {entries} entries are counted and {rows} are kept; run `triage db rebuild`"
        for name, entries, rows in stored.counted_and_kept(connection)
        if entries != rows
    ]
