# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that read: series, findings, mails, reports, and a policy on one mail."""

import sys
import time
from collections.abc import Iterable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triage.commands import FREE_WORDS, POLICY_HELP, json_option, limit_of, open_databases, pages, with_config, write_raw
from triage.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from triage.config import Config
    from triage.policy.check import Checked
    from triage.policy.project import Projects
    from triage.query.message import Statement
    from triage.store.schema import Index, Personal


@click.command("list", context_settings=FREE_WORDS)
@click.argument("limit", nargs=-1)
@json_option
@with_config
def list_(config: "Config", limit: tuple[str, ...], as_json: bool) -> None:
    """Print the series matching LIMIT, most recently active first.

    Terms: state: severity: code: rule: from: to: list: age: date: path: op: tool: status: is: and plain words, each negated by `-` or
    `not`; see docs/limits.md.
    """
    print_series(config, limit_of(limit), as_json)


def print_series(config: "Config", limit: str, as_json: bool) -> None:
    """Print series, a line each."""
    from triage.commands.output import json_line, out, series_line
    from triage.store.listed import listed

    for connection, notes, page, now, turns in pages(config, limit):
        for row in listed(connection, notes, page, now, turns).values():
            if as_json:
                json_line(row.to_dict())
            else:
                out(series_line(row))
        sys.stdout.flush()  # to who reads along, or wants no more than the first lines


@click.command(context_settings=FREE_WORDS)
@click.argument("limit", nargs=-1)
@json_option
@with_config
def findings(config: "Config", limit: tuple[str, ...], as_json: bool) -> None:
    """Print the findings of the series that match LIMIT, with their evidence.

    The terms code:, rule:, severity: and status: select findings, too.
    """
    print_findings(config, limit_of(limit), as_json)


def print_findings(config: "Config", limit: str, as_json: bool) -> None:
    """Print findings with their evidence."""
    from triage.commands.output import finding_lines, json_line, out
    from triage.store import listed
    from triage.store.limit import parse_limit

    wanted = parse_limit(limit, 0)
    for connection, _, page, _, _ in pages(config, limit):
        found = listed.findings_of(connection, page)
        for item in (item for series in page for item in found.get(series, ())):
            if not wanted.lets(item):
                continue
            if as_json:
                json_line(item.to_dict())
            else:
                for line in finding_lines(item):
                    out(line)


@click.command()
@click.argument("name", metavar="ID")
@click.option("--series", "whole", is_flag=True, help="Show the series that the mail belongs to.")
@click.option("--raw", is_flag=True, help="Print the mail's bytes, exactly as archived.")
@click.option("--why", is_flag=True, help="Explain why its mails form a series, and which series it follows.")
@click.option("--versions", is_flag=True, help="List the versions of its series and what changed, patch by patch; --diff shows how.")
@click.option("--diff", is_flag=True, help="Print only the diff.")
@click.option("--statements", is_flag=True, help="Show how each sentence that mentions AI or a tool was understood, and why.")
@json_option
@with_config
def show(
    config: "Config", name: str, whole: bool, raw: bool, why: bool, versions: bool, diff: bool, statements: bool, as_json: bool
) -> None:  # fmt: skip
    """Show the mail ID: a Message-ID, an archive URL, a change-id, blob:OID or a unique prefix."""
    from triage.archive.reread import raw_mail, read_again
    from triage.commands.output import json_line, message_lines, out
    from triage.commands.series import show_versions, show_why
    from triage.model.text import safe_lines
    from triage.projects import Judges
    from triage.query import message as lookup
    from triage.store import queries
    from triage.store.opinions import policies_of

    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        if why:
            show_why(connection, queries.find_series(connection, name), as_json)
            return
        if versions:
            show_versions(connection, queries.find_series(connection, name), diff, as_json)
            return
        if whole:
            _show_series(connection, notes, queries.find_series(connection, name), as_json)
            return
        stored = queries.find_message(connection, name)
        people = Judges(config).people(policies_of(connection, stored.series) if stored.series is not None else ())
        if statements:
            _show_statements(lookup.statements(connection, stored, people), as_json)
        elif raw:
            write_raw(raw_mail(connection, stored))
        elif as_json:
            json_line(lookup.shown_mail(connection, stored, people).to_dict())
        elif diff:
            for line in safe_lines(read_again(connection, stored).body.diff):
                out(line)
        else:
            text = read_again(connection, stored).body.text
            for shown in message_lines(lookup.shown_mail(connection, stored, people), text):
                out(shown)


def _show_statements(rows: Iterable["Statement"], as_json: bool) -> None:
    """Print what a mail's sentences say of machines; those that were not taken for evidence too, with the reason."""
    from triage.commands.output import json_line, out, statement_lines

    for row in rows:
        if as_json:
            json_line(row.to_dict())
        else:
            for line in statement_lines(row):
                out(line)


def _show_series(connection: "Index", notes: "Personal", series: int, as_json: bool) -> None:
    from triage.commands.output import finding_lines, json_line, out, series_line
    from triage.commands.series import link_lines
    from triage.model.text import safe
    from triage.query.opinions import my_turns
    from triage.query.versions import effective_followups, followup_dict
    from triage.store import listed, queries

    now = int(time.time())
    row = listed.listed_series(connection, notes, series, now, my_turns(connection, now))
    given, earlier = effective_followups(connection, series), queries.earlier_by_author(connection, series)
    if as_json:
        json_line(row.to_dict() | {"followups": [followup_dict(item) for item in given], "earlier_by_author": earlier})
        return
    out(series_line(row))
    out(f"  {earlier or 'no'} earlier series of its author here")
    for patch in row.patches:
        out(f"  {patch.n or '-':>4}  {safe(patch.subject)}  {safe(patch.message_id)}{'  (carried)' if patch.carried else ''}")
        for item in given:
            if item.patch == patch.message_id:
                remark = "" if item.matches else "  (by another sender: does not count)"
                out(f"          + {safe(item.trailer.key)}: {safe(item.trailer.value)}{remark}")
    if row.received < row.total:
        out(f"  {row.total - row.received} of its {row.total} patches did not come to these archives")
    for line in link_lines(row.links):
        out(line)
    if row.answers:
        out(f"  in reply to the series {safe(row.answers)}")
    if row.notes:
        out(f"  noted: {', '.join(row.notes)}; `triage show --why` says more")
    for finding in listed.findings(connection, series):
        for line in finding_lines(finding):
            out(line)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...|-|BASE..HEAD")
@click.option("--new", "fresh", is_flag=True, help="Take a commit and check all commits that no ref reaches yet: for a pre-receive hook.")
@click.option(
    "--policy",
    "policies",
    metavar="PACK",
    multiple=True,
    help=f"{POLICY_HELP} Give it again for each further pack. [default: the policy of your lists, if they share one]",
)
@click.option("--format", "form", type=click.Choice(["text", "json", "b4"]), default="text", show_default=True, help="Output format.")
@click.option("--fail-on", type=click.Choice(["error", "warn", "ask", "info"]), help="Exit with 3 if any finding is at least this severe.")
@click.option("--cover", type=click.File("rb"), metavar="FILE", help="The description that came with the patches, e.g. of a pull request.")
@click.option("--suggest", is_flag=True, help="Print the line that fixes a finding, where one does.")
@click.option("--aliases", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="The project's mailmap.")
@click.option("--roster", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="The project's MAINTAINERS, or TOML.")
@with_config
def check(
    config: "Config", files: tuple[str, ...], fresh: bool, policies: tuple[str, ...], form: str, fail_on: str | None, cover: Any,
    suggest: bool, aliases: Path | None, roster: Path | None,
) -> None:  # fmt: skip
    """Check mails, mboxes, format-patch files or commits against a policy; needs no database.

    For hooks, CI, mail readers and b4. Patches without Message-IDs, as code-hosting sites export them, are one series, and so are the
    commits of BASE..HEAD in the current repository. Merges are judged only if they have content of their own.
    """
    from triage.b4 import b4_checks
    from triage.commands.output import finding_lines, json_line, out
    from triage.config import ProjectFiles
    from triage.model import Severity
    from triage.model.text import safe
    from triage.policy.check import listed
    from triage.policy.wording import suggested
    from triage.projects import load_projects

    people = ProjectFiles(aliases, roster) if aliases or roster else None
    projects = load_projects(policies or _shared_policy(config), config, people)
    _tell_names(projects)
    checked = _judge(files, fresh, projects, cover.read().decode("utf-8", "replace") if cover else "", form == "text")
    mails = {message.message_id: message for one in checked for message in (*one.series.members, *one.replies)}
    found = [(one.series.first.message_id, finding) for one in checked for finding in one.findings]
    if form == "b4":
        json_line(b4_checks([finding for _, finding in found]))
    for series, finding in found if form != "b4" else []:
        item = listed(series, finding)
        if form == "json":
            json_line(item.to_dict())
        else:
            mail = mails.get(finding.message_id)
            for line in finding_lines(item, mail.raw_subject if mail else ""):
                out(line)
            if suggest and mail and (line := suggested(finding, mail, projects.pack_of(finding))):
                out(f"    suggest: {safe(line)}")
    if fail_on and any(finding.severity.rank <= Severity(fail_on).rank and not finding.cured for _, finding in found):
        raise SystemExit(ExitCode.FINDINGS)


def _tell_names(projects: "Projects") -> None:
    """Say which names in the packs nobody bears: a rule on them would be silent."""
    from triage.commands.output import note
    from triage.model.text import safe
    from triage.policy.names import unknown_names

    for project in projects.each:
        for says in unknown_names(project.pack, project.people):
            note(f"triage: {safe(project.pack.id)}, {safe(says)}")


def _judge(files: tuple[str, ...], fresh: bool, projects: "Projects", cover: str, tell: bool) -> list["Checked"]:
    """Return what a project says of commits or mails; with `tell` say which merges were left out."""
    from triage.archive.commits import is_range, read_range
    from triage.archive.pipe import split_mails
    from triage.commands.output import note
    from triage.git import mailinfo, patch_ids
    from triage.policy.check import check_commits, check_mails

    if not fresh and not (len(files) == 1 and is_range(files[0])):
        mails = [mail for name in files for mail in split_mails(_content(name))]
        return check_mails(mails, projects, patch_ids, cover, mailinfo, int(time.time()))
    if len(files) != 1:
        raise UsageError("one commit, or one range, is checked at a time", "triage check BASE..HEAD")
    commits = read_range(files[0], fresh)
    if commits.merges and tell:
        one = commits.merges == 1
        merges = "1 merge without content of its own was" if one else f"{commits.merges} merges without content of their own were"
        note(f"triage: {merges} not judged")
    return check_commits(commits.reads, projects, patch_ids, cover)


def _content(name: str) -> bytes:
    """Return what is in a file, or on standard input for `-`; raises `UsageError` for what no mail tool writes."""
    from triage.archive.local import MAX_COPIED

    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else open(name, "rb") as file:
            content = file.read(MAX_COPIED + 1)
    except OSError as error:
        raise UsageError(f"cannot read {name}", error.strerror or "check the name") from error
    if len(content) > MAX_COPIED:
        where = "on standard input" if name == "-" else f"in {name}"
        raise UsageError(f"more than {MAX_COPIED >> 20} MiB {where}", "add the file as an archive instead: `triage add`")
    return content


def _shared_policy(config: "Config") -> tuple[str, ...]:
    from triage.config import load_lists
    from triage.projects import known_packs

    policies = {spec.policies for spec in load_lists(config.paths)}
    if len(policies) != 1:
        raise UsageError("which policy is to be applied?", f"name one with --policy: {', '.join(known_packs(config.paths.policies))}")
    return policies.pop()
