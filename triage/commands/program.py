# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program: its commands by name, each loaded when it is asked for, and the few that are its own."""

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from triage import COMPLETING, __version__
from triage.commands import Commands, json_option, read_id, with_config

_PLACES = {
    "add": "lists:add", "remove": "lists:remove", "expunge": "lists:expunge",
    "db": "lists:db", "ingest": "ingest:ingest", "doctor": "ingest:doctor",
    "schedule": "ingest:schedule", "list": "show:list_", "show": "show:show", "findings": "show:findings", "check": "check:check",
    "series": "series:series", "opinion": "opinions:opinion", "report": "reports:report", "report-verify": "reports:report_verify",
    "draft": "policy:draft", "policy": "policy:policy", "completion": "completion:completion", "schema": "schema:schema",
    "site": "site:site", "feed": "site:feed", "attest": "attest:attest", "mcp": "mcp:mcp",
}  # fmt: skip
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, places=_PLACES, invoke_without_command=True, context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="triage")
@click.option("--home", type=click.Path(), metavar="DIR", help="Keep data and configuration under DIR (or set TRIAGE_HOME).")
@click.pass_context
def cli(context: click.Context, home: str | None) -> None:
    """Triage patch series that arrive by mail.

    It shows, with evidence, which series need attention under a project's policy, records second opinions
    of maintainers, and writes reports. It never sends mail, applies patches, or guesses whether a machine wrote a text.
    """
    if context.invoked_subcommand is None:
        if sys.stdout.isatty() and sys.stdin.isatty():
            context.invoke(tui)
        else:
            click.echo(context.get_help())


@cli.command()
@click.option("--no-tui", is_flag=True, help="Print what the terminal UI would show.")
@with_config
def demo(config: Any, no_tui: bool) -> None:
    """Ingest a sample archive and open it in the terminal UI (or print it, where there is no terminal).

    Nothing is kept; to keep it, run `triage --home DIR demo`.
    """
    import tempfile

    from triage.config import find_paths, load_config

    given = click.get_current_context().find_root().params.get("home")
    if given:
        _demo(config, no_tui)
        return
    with tempfile.TemporaryDirectory(prefix="triage-demo-") as folder:
        assert find_paths(folder)
        _demo(load_config(folder), no_tui)


def _demo(config: Any, no_tui: bool) -> None:
    from triage.admin.demo import lend_identity, let_others_speak, make_demo
    from triage.commands.output import note, run_lines
    from triage.config import load_lists
    from triage.ingest.pipeline import ingest
    from triage.ingest.status import note_health

    lend_identity()
    fresh = not load_lists(config.paths)
    if fresh:
        make_demo(config)
    lists = load_lists(config.paths)
    runs = ingest(config, lists)
    note_health(config, lists, runs, lists)
    for line in run_lines(runs):
        note(line)
    if fresh:
        let_others_speak(config)
    if not no_tui and sys.stdout.isatty() and sys.stdin.isatty():
        _open_tui(config)
        return
    from triage.commands.show import print_findings, print_series

    print_series(config, "", as_json=False)
    click.echo()
    print_findings(config, "", as_json=False)


@cli.command()
@json_option
def version(as_json: bool) -> None:
    """Print the versions of the program, its database schema and its mail reader."""
    from triage.commands.output import json_line, out
    from triage.model.version import VERSION
    from triage.store.tables import DERIVED, INDEX_VERSION

    if as_json:
        json_line({"schema": 1, "version": VERSION, "index_schema": INDEX_VERSION, "reader": DERIVED})
    else:
        out(f"triage {VERSION}, index schema {INDEX_VERSION}, reader {DERIVED}")


@cli.command()
@click.argument("name", required=False, metavar="[ID]", callback=read_id)
@click.option("--no-mouse", is_flag=True, help="Do not use the mouse.")
@with_config
def tui(config: Any, name: str | None = None, no_mouse: bool = False) -> None:
    """Open the terminal UI (the default on a terminal), at the mail ID or, with -, at the one on standard input."""
    from triage.commands import named_mail, take_terminal

    found = named_mail(config, name) if name else ""
    if not (sys.stdout.isatty() and (sys.stdin.isatty() or (name and take_terminal()))):
        from triage.commands.show import print_series

        print_series(config, "", as_json=False)
        return
    _open_tui(config, mouse=not no_mouse and config.mouse, mail=found)


def _open_tui(config: Any, mouse: bool = True, mail: str = "") -> None:
    click.get_current_context().find_root().obj(config, mouse, mail)


def run(open_tui: Callable[[Any, bool, str], None]) -> None:
    """Read the words of the command line and do what they ask for, the terminal UI by `open_tui`; raises what click and the core raise."""
    if COMPLETING in os.environ:
        cli(prog_name="triage", complete_var=COMPLETING, obj=open_tui)
    cli(standalone_mode=False, obj=open_tui)
