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
    from triage.store.lines import series_lines

    wanted = parse_limit(limit, 0)
    for connection, notes, page, now, _ in pages(config, limit):
        found = listed.findings_of(connection, page)
        lines = {} if as_json else series_lines(connection, notes, page, now)
        for number in page:
            for item in filter(wanted.lets, found.get(number, ())):
                if as_json:
                    json_line(item.to_dict())
                    continue
                for line in finding_lines(item, f"{lines[number].byline}: {lines[number].subject}"):
                    out(line)


@click.command()
@id_argument
@click.option("--series", "whole", is_flag=True, help="Show the series that the mail belongs to.")
@click.option("--mbox", is_flag=True, help="Print the mails of the thread, or with --series those of the series, as an mbox.")
@click.option("--raw", is_flag=True, help="Print the mail's bytes, exactly as archived.")
@click.option("--why", is_flag=True, help="Explain why its mails form a series, and which series it follows.")
@click.option("--versions", is_flag=True, help="List the versions of its series and what changed, patch by patch; --diff shows how.")
@click.option("--checks", is_flag=True, help="Ask the tools of [checks] about the patch now, with --series about each.")
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
    config: "Config", name: str, whole: bool, mbox: bool, raw: bool, why: bool, versions: bool, checks: bool,
    repo: Path | None, diff: bool, statements: bool, as_json: bool,
) -> None:  # fmt: skip
    """Show the mail ID as its archive's page does, with its thread and how to answer it.

    ID is a Message-ID (also mid: or id:), an archive URL, a change-id, blob:OID, a unique prefix, or - for the mail on standard input.
    """
    from triage.archive.reread import raw_mail, read_again
    from triage.commands.output import out
    from triage.commands.series import show_series, show_versions, show_why
    from triage.model.text import safe_lines
    from triage.query.message import as_mbox
    from triage.store import queries

    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        if repo is not None:
            from triage.query.commits import mail_of_commit

            name = mail_of_commit(connection, name, repo) or name
        if checks:
            _ask_tools(config, connection, name, whole)
        if why:
            show_why(connection, queries.find_series(connection, name), as_json)
        elif versions:
            show_versions(connection, queries.find_series(connection, name), diff, as_json)
        elif mbox:
            write_raw(as_mbox(connection, queries.find_message(connection, name), whole))
        elif whole:
            show_series(connection, notes, queries.find_series(connection, name), repo, as_json)
        elif raw:
            write_raw(raw_mail(connection, queries.find_message(connection, name)))
        elif diff:
            for line in safe_lines(read_again(connection, queries.find_message(connection, name)).body.diff):
                out(line)
        else:
            _show_mail(config, connection, notes, queries.find_message(connection, name), statements, as_json)


def _ask_tools(config: "Config", connection: "Index", name: str, whole: bool) -> None:
    """Ask the tools of [checks] about a patch, or about each of its series."""
    from triage.commands.output import note
    from triage.ingest.checks import ask_about
    from triage.model.errors import ConfigError, UsageError
    from triage.model.text import safe
    from triage.store import queries

    if not config.checks.command and not config.checks.patchwork:
        raise ConfigError("no tool is configured to be asked", 'write [checks], command = ["program"] in config.toml')
    found = queries.find_message(connection, name)
    mails = queries.series_mails(connection, queries.find_series(connection, name)) if whole else [found]
    names = [stored.message.message_id for stored in mails if stored.message.is_member and stored.message.files]
    if not names:
        raise UsageError(f"{safe(name)} is no patch", "only patches are asked about; add --series for those of its series")
    if trouble := ask_about(config, connection, names):
        note(f"triage: not all could be asked: {safe(trouble)}")


def _show_mail(
    config: "Config", connection: "Index", notes: "Personal", stored: "Stored", statements: bool, as_json: bool
) -> None:  # fmt: skip
    """Print a mail as its archive's page has it, or what its sentences say."""
    from triage.commands.output import json_line, message_lines, out
    from triage.projects import Judges
    from triage.query import message as lookup
    from triage.store.checks import results_of
    from triage.store.opinions import policies_of

    people = Judges(config).people(policies_of(connection, stored.series) if stored.series is not None else ())
    if statements:
        _show_statements(lookup.statements(connection, stored, people), as_json)
        return
    name = stored.message.message_id
    shown = lookup.shown_mail(connection, stored, people, results_of(notes, [name]).get(name, ()))
    if as_json:
        json_line(shown.to_dict())
        return
    for line in message_lines(shown, int(time.time())):
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
