# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that read: series, findings, mails, reports."""

import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.commands import FREE_WORDS, id_argument, json_option, limit_of, open_databases, pages, with_config, write_raw

if TYPE_CHECKING:
    from triage.config import Config
    from triage.query.commits import Merged
    from triage.query.message import Statement
    from triage.store.queries import Stored
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
    from triage.commands.output import json_line, out, series_line, terminal_cells
    from triage.store.listed import listed

    cells = terminal_cells()

    for connection, notes, page, now, turns in pages(config, limit):
        for row in listed(connection, notes, page, now, turns).values():
            if as_json:
                json_line(row.to_dict())
            else:
                out(series_line(row, cells))
        sys.stdout.flush()  # to who reads along, or wants no more than the first lines


@click.command(context_settings=FREE_WORDS)
@click.argument("limit", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "patchwork"]), default="text", help="patchwork: a check a patch, for its API."
)
@json_option
@with_config
def findings(config: "Config", limit: tuple[str, ...], form: str, as_json: bool) -> None:
    """Print the findings of the series that match LIMIT, with their evidence.

    The terms code:, rule:, severity: and status: select findings, too.
    """
    if form == "patchwork":
        _print_patchwork(config, limit_of(limit))
    else:
        print_findings(config, limit_of(limit), as_json or form == "json")


def _print_patchwork(config: "Config", limit: str) -> None:
    """Print a check for every patch of some series and each kind of finding, a JSON line each."""
    from triage.commands.output import json_line
    from triage.report.checked import patchwork_rows
    from triage.store.listed import findings_of, listed

    for connection, notes, page, now, turns in pages(config, limit):
        found = findings_of(connection, page)
        for one, row in listed(connection, notes, page, now, turns).items():
            for check in patchwork_rows([patch.message_id for patch in row.patches if not patch.carried], found.get(one, [])):
                json_line(check)


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
@id_argument
@click.option("--series", "whole", is_flag=True, help="Show the series that the mail belongs to.")
@click.option("--mbox", is_flag=True, help="Print the mails of the thread, or with --series those of the series, as an mbox.")
@click.option("--raw", is_flag=True, help="Print the mail's bytes, exactly as archived.")
@click.option("--why", is_flag=True, help="Explain why its mails form a series, and which series it follows.")
@click.option("--versions", is_flag=True, help="List the versions of its series and what changed, patch by patch; --diff shows how.")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A clone: ID may be a commit of it, and --series says which commit each patch became in its HEAD.",
)
@click.option("--diff", is_flag=True, help="Print only the diff.")
@click.option("--statements", is_flag=True, help="Show how each sentence that mentions AI or a tool was understood, and why.")
@json_option
@with_config
def show(
    config: "Config", name: str, whole: bool, mbox: bool, raw: bool, why: bool, versions: bool, repo: Path | None, diff: bool,
    statements: bool, as_json: bool,
) -> None:  # fmt: skip
    """Show the mail ID as its archive's page does, with its thread and how to answer it.

    ID is a Message-ID (also mid: or id:), an archive URL, a change-id, blob:OID, a unique prefix, or - for the mail on standard input.
    """
    from triage.archive.reread import raw_mail, read_again
    from triage.commands.output import out
    from triage.commands.series import show_versions, show_why
    from triage.model.text import safe_lines
    from triage.query.message import as_mbox
    from triage.store import queries

    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        if repo is not None:
            from triage.query.commits import mail_of_commit

            name = mail_of_commit(connection, name, repo) or name
        if why:
            show_why(connection, queries.find_series(connection, name), as_json)
            return
        if versions:
            show_versions(connection, queries.find_series(connection, name), diff, as_json)
            return
        if mbox:
            write_raw(as_mbox(connection, queries.find_message(connection, name), whole))
            return
        if whole:
            _show_series(connection, notes, queries.find_series(connection, name), repo, as_json)
            return
        stored = queries.find_message(connection, name)
        if raw:
            write_raw(raw_mail(connection, stored))
        elif diff:
            for line in safe_lines(read_again(connection, stored).body.diff):
                out(line)
        else:
            _show_mail(config, connection, stored, statements, as_json)


def _show_mail(config: "Config", connection: "Index", stored: "Stored", statements: bool, as_json: bool) -> None:
    """Print a mail as its archive's page has it, or what its sentences say."""
    from triage.commands.output import json_line, message_lines, out
    from triage.projects import Judges
    from triage.query import message as lookup
    from triage.store.opinions import policies_of

    people = Judges(config).people(policies_of(connection, stored.series) if stored.series is not None else ())
    if statements:
        _show_statements(lookup.statements(connection, stored, people), as_json)
        return
    shown = lookup.shown_mail(connection, stored, people)
    if as_json:
        json_line(shown.to_dict())
        return
    for line in message_lines(shown):
        out(line)


def _show_statements(rows: Iterable["Statement"], as_json: bool) -> None:
    """Print what a mail's sentences say of machines; those that were not taken for evidence too, with the reason."""
    from triage.commands.output import json_line, out, statement_lines

    for row in rows:
        if as_json:
            json_line(row.to_dict())
        else:
            for line in statement_lines(row):
                out(line)


def _show_series(connection: "Index", notes: "Personal", series: int, repo: Path | None, as_json: bool) -> None:
    from triage.commands.output import finding_lines, json_line, out, series_line
    from triage.commands.series import link_lines
    from triage.model.text import safe
    from triage.query.commits import merged
    from triage.query.opinions import my_turns
    from triage.query.versions import effective_followups, followup_dict
    from triage.store import listed, queries

    now = int(time.time())
    row = listed.listed_series(connection, notes, series, now, my_turns(connection, now))
    given, earlier = effective_followups(connection, series), queries.earlier_by_author(connection, series)
    became = {one.message_id: one for one in merged(connection, series, repo)} if repo is not None else {}
    if as_json:
        commits = {"commits": [one.to_dict() for one in became.values()]} if repo is not None else {}
        json_line(row.to_dict() | {"followups": [followup_dict(item) for item in given], "earlier_by_author": earlier} | commits)
        return
    out(series_line(row))
    out(f"  {earlier or 'no'} earlier series of its author here")
    for patch in row.patches:
        out(f"  {patch.n or '-':>4}  {safe(patch.subject)}  {safe(patch.message_id)}{'  (carried)' if patch.carried else ''}")
        if commit := became.get(patch.message_id):
            out(f"          {_merged_line(commit)}")
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


def _merged_line(patch: "Merged") -> str:
    """Say which commit a patch became."""
    from triage.model import rfc3339
    from triage.model.text import safe

    if patch.commit is None:
        return "= not in HEAD"
    return f"= commit {patch.commit[:12]} of {(rfc3339(patch.time) or '')[:10]}, by {safe(patch.how)}"
