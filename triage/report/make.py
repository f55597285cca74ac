# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports made and checked: the one way in for the command line and the terminal UI."""

import secrets
from contextlib import closing

from msgspec import Struct

from triage.archive.mbox import mboxrd
from triage.config import Config
from triage.files import write_file
from triage.model.errors import ConfigError, UsageError
from triage.model.expression import expression
from triage.policy.areas import Areas
from triage.policy.project import Project
from triage.projects import Judges
from triage.report.build import Applied, build
from triage.report.compare import Change, changes, made_by, plain
from triage.report.csv_table import table
from triage.report.digest import digest
from triage.report.json_text import json_text
from triage.report.redact import ADDRESS, DOMAIN, redact
from triage.report.render import page
from triage.report.reply import series_drafts
from triage.report.request import Request
from triage.store import selecting
from triage.store.archives import list_names
from triage.store.limit import terms
from triage.store.schema import open_index, open_personal

_KEY = expression(r"pseudonyms of key [0-9a-f]{8}")
_OF_PEOPLE = ("from", "to", "by")


def make_report(config: Config, request: Request, verifying: bool = False) -> str:
    """Return a report in the form that is asked for; with `verifying` no key of pseudonyms is made where there is none.

    Raises `UsageError` for what cannot be asked for, `ConfigError` for a damaged database, `ArchiveError` where a key for pseudonyms
    cannot be kept.
    """
    if request.form == "mbox":
        return mboxrd(make_drafts(config, request)).decode("utf-8", "replace")
    check_request(request)
    with closing(open_index(config.paths.index)) as connection, closing(open_personal(config.paths.personal)) as notes:
        policies = _policies(config, {name for _, names, _ in list_names(connection) for name in names})
        report = build(connection, notes, request, policies)
    if request.redact:
        report = redact(report, _key(config, make=not verifying))
    match request.form:
        case "json":
            return json_text(report.as_dict())
        case "csv":
            return table(report)
        case "digest":
            return digest(report)
        case _:
            return page(report, request.form)


def make_drafts(config: Config, request: Request) -> list[bytes]:
    """Return the reply drafts of a report, a mail each; raises what `make_report` does."""
    check_request(request)
    with closing(open_index(config.paths.index)) as connection, closing(open_personal(config.paths.personal)) as notes:
        report = build(connection, notes, request, _policies(config, {name for _, names, _ in list_names(connection) for name in names}))
        found = [series for row in report.series if (series := selecting.series_called(connection, row["series"])) is not None]
        return [bytes(mail) for series in found for mail in series_drafts(config, connection, series)]


def check_request(request: Request) -> Request:
    """Return a request that a report can be made for, before anything is read; raises `UsageError` for any other."""
    request.span()
    if not request.redact:
        return request
    if request.form == "mbox":
        raise UsageError("a reply cannot go to a pseudonym", "leave out --redact, or choose another form")
    for word, value in terms(request.limit):
        told = word in {"", "http", "https", *_OF_PEOPLE} or "@" in value
        if told and not ADDRESS.fullmatch(value.lower()):  # an address is replaced there too
            term = f"{word}:{value}" if word else value
            raise UsageError(f"{term!r} may name a person, and the report says which limit it was made with", "limit it by other terms")
    return request


def _policies(config: Config, names: set[str]) -> dict[str, Applied]:
    judges = Judges(config)
    found: dict[str, Applied] = {}
    for policy in sorted(names):
        project = judges.of(policy)
        if isinstance(project, Project):
            pack = project.pack
            checked = pack.checked.isoformat() if pack.checked else ""
            found[policy] = Applied(pack.id, pack.status, checked, Areas(project.people.areas), project.people)
    return found


def _key(config: Config, make: bool) -> bytes:
    """Return the key of pseudonyms, made at first use: who shares it makes the same ones."""
    path = config.paths.data / "redact.key"
    try:
        if not path.exists():
            if not make:
                raise UsageError("this report names people by pseudonyms, and their key is not here", f"ask who made it for {path.name}")
            write_file(path, secrets.token_hex(32) + "\n", private=True)
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot read the key of pseudonyms {path}", "restore it, or move it away: new reports then have others"
        ) from error
    if len(key) < 16:
        raise ConfigError(f"the key of pseudonyms {path} is too short", "restore it, or move it away: new reports then have others")
    return key


class Verdict(Struct, frozen=True):
    """Whether a report still holds: what differs in what it says, and in what it rests on."""

    same_bytes: bool
    says: tuple[Change, ...]
    rests: tuple[Change, ...]

    @property
    def holds(self) -> bool:
        """Whether everything it says is still so."""
        return not self.says


def verify_report(config: Config, text: str) -> Verdict:
    """Make a report again as it says it was made, and compare; raises `UsageError` for a text that is no such report."""
    request = made_by(plain(text))
    if request.redact and DOMAIN in request.limit:
        raise UsageError("this report was made with a limit that it does not tell", "ask whoever made it")
    now = make_report(config, request, verifying=True)
    if now == text:
        return Verdict(True, (), ())
    if (theirs := _KEY.search(text)) and (ours := _KEY.search(now)) and theirs[0] != ours[0]:
        raise UsageError("this report's pseudonyms are of another key than the one here", "ask who made it for redact.key")
    try:
        says, rests = changes(plain(text), plain(now), request.form)
    except RecursionError as error:
        raise UsageError("this file is nested deeper than any report", "it was changed") from error
    return Verdict(False, tuple(says), tuple(rests))
