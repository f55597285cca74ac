# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports made and checked: the one way in for the command line and the terminal UI."""

import secrets
import shlex
from contextlib import closing
from dataclasses import dataclass

from triage.config import Config, write_file
from triage.deriving import Judges
from triage.errors import ConfigError, UsageError
from triage.model import Person
from triage.policy.areas import Areas
from triage.project import Project
from triage.replying import contributor_drafts, drafter
from triage.report.build import Applied, build
from triage.report.compare import Change, changes, made_by
from triage.report.digest import digest
from triage.report.drafts import as_mbox
from triage.report.redact import DOMAIN, redact
from triage.report.render import as_json, page
from triage.report.request import Request
from triage.report.table import table
from triage.store import queries
from triage.store.schema import open_index, open_personal

_OF_PEOPLE = ("from:", "to:", "by:")


def make_report(config: Config, request: Request) -> str:
    """Return a report in the form that is asked for.

    Raises `UsageError` for what cannot be asked for, `ConfigError` for a damaged database, `ArchiveError` where a key for pseudonyms
    cannot be kept.
    """
    check_request(request)
    with closing(open_index(config.paths.index)) as connection, closing(open_personal(config.paths.personal)) as notes:
        policies = _policies(config, {policy for _, policy, _ in queries.list_names(connection)})
        report = build(connection, notes, request, policies)
        if request.form == "mbox":
            return "".join(as_mbox(mail) for row in report.series for mail in contributor_drafts(config, connection, row["series"]))
    if request.redact:
        report = redact(report, _key(config))
    match request.form:
        case "json":
            return as_json(report)
        case "csv":
            return table(report)
        case "digest":
            return digest(report, Person("", "") if request.redact else drafter())
        case _:
            return page(report, request.form)


def check_request(request: Request) -> str:
    """Raise `UsageError` for a request that no report can be made for, before anything is read; returns "" for any other."""
    request.span()
    if not request.redact:
        return ""
    if request.form == "mbox":
        raise UsageError("a reply cannot go to a pseudonym", "leave out --redact, or choose another form")
    for term in shlex.split(request.limit):
        word = term.lower().lstrip("-")
        if word != "not" and "@" not in word and (word.startswith(_OF_PEOPLE) or ":" not in word):  # an address is replaced there too
            raise UsageError(f"{term!r} may name a person, and the report says which limit it was made with", "limit it by other terms")
    return ""


def _policies(config: Config, names: set[str]) -> dict[str, Applied]:
    judges = Judges(config)
    found: dict[str, Applied] = {}
    for policy in sorted(names):
        project = judges.of(policy)
        if isinstance(project, Project):
            pack = project.pack
            found[policy] = Applied(pack.status, pack.checked.isoformat() if pack.checked else "", Areas(project.people.areas))
    return found


def _key(config: Config) -> bytes:
    """Return the key of pseudonyms, made at first use: who shares it makes the same ones."""
    path = config.paths.data / "redact.key"
    try:
        if not path.exists():
            write_file(path, secrets.token_hex(32) + "\n", private=True)
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot read the key of pseudonyms {path}", "restore it, or move it away: new reports then have others"
        ) from error
    if len(key) < 16:
        raise ConfigError(f"the key of pseudonyms {path} is too short", "restore it, or move it away: new reports then have others")
    return key


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a report still holds: what differs in what it says, and in what it rests on."""

    same_bytes: bool
    says: tuple[Change, ...]
    rests: tuple[Change, ...]

    @property
    def holds(self) -> bool:
        """Whether everything it says is still so."""
        return not self.says and (self.same_bytes or bool(self.rests))


def verify_report(config: Config, text: str) -> Verdict:
    """Make a report anew as it says it was made, and compare; raises `UsageError` for a text that is no such report."""
    request = made_by(text)
    if request.redact and DOMAIN in request.limit:
        raise UsageError("this report was made with a limit that it does not tell", "ask whoever made it")
    now = make_report(config, request)
    if now == text:
        return Verdict(True, (), ())
    says, rests = changes(text, now, request.form)
    if not says and not rests:
        says = [Change("the file", "differs in spaces, in order or in what is not shown", "")]
    return Verdict(False, tuple(says), tuple(rests))
