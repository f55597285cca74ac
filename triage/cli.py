# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: each command reads its words, calls the core and prints; errors become one sentence and an exit code."""

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from triage import __version__
from triage.commands import COMPLETING, Commands, ReaderGoneError, json_option, read_id, with_config

if TYPE_CHECKING:
    from triage.model.errors import ExitCode, TriageError

_PLACES = {
    "add": "lists:add", "remove": "lists:remove", "expunge": "lists:expunge",
    "db": "lists:db", "ingest": "ingest:ingest", "doctor": "ingest:doctor",
    "schedule": "ingest:schedule", "list": "show:list_", "show": "show:show", "findings": "show:findings", "check": "check:check",
    "series": "series:series", "opinion": "opinions:opinion", "report": "reports:report", "report-verify": "reports:report_verify",
    "draft": "policy:draft", "policy": "policy:policy", "completion": "completion:completion", "schema": "schema:schema",
    "site": "site:site", "feed": "site:feed", "attest": "attest:attest", "mcp": "mcp:mcp",
}  # fmt: skip
RARELY = 20_000
"""Objects made between two collections: loading a program and its rows makes many, and hardly a cycle among them."""
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
    from triage.opinion.person import ask_ahead

    gc.disable()  # until the list is there: what is loaded stays
    who = ask_ahead()  # git answers while the screens are loaded

    from tui.app import run  # the one line that knows the terminal UI

    if code := run(config, mouse=mouse, mail=mail, who=who):
        raise SystemExit(code)


def main() -> None:
    """Run the command line; the process edge where every error becomes a sentence and an exit code."""
    gc.set_threshold(RARELY)
    try:
        if COMPLETING in os.environ:
            cli(prog_name="triage", complete_var=COMPLETING)
        cli(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt) as stop:
        if isinstance(stop, KeyboardInterrupt):
            _complain("interrupted; what was stored is whole, the next run goes on")
        sys.exit(_exit_codes().INTERRUPTED)
    except click.ClickException as error:
        error.show()
        if name := next((word for word in sys.argv[1:] if word[:1] == "-" != word[1:2] and "@" in word), ""):
            _complain(f"a Message-ID that begins with a dash is written id:{name}")
        sys.exit(_exit_codes().USAGE)
    except (ReaderGoneError, BrokenPipeError):
        _write_no_more()
        sys.exit(0)
    except _known_errors() as error:
        trouble = _told(error)
        _complain(str(trouble))
        sys.exit(trouble.exit_code)
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _write_no_more()


def _write_no_more() -> None:
    """Have what is still to be written go nowhere: Python would complain at its end that nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _exit_codes() -> "type[ExitCode]":
    from triage.model.errors import ExitCode

    return ExitCode


def _known_errors() -> tuple[type[BaseException], ...]:
    """Return what is told in one sentence; looked up when something was raised, so that a start does not pay for it."""
    from triage.model.errors import TriageError
    from triage.store.errors import DATABASE_ERRORS

    return (TriageError, *DATABASE_ERRORS, OSError)


def _told(error: BaseException) -> "TriageError":
    """Return the sentence for an error."""
    from triage.model.errors import ArchiveError, TriageError

    if isinstance(error, TriageError):
        return error
    if isinstance(error, OSError):
        return ArchiveError(f"{error.filename or 'the system'}: {error.strerror or error}", "check the disk and its permissions")
    from pathlib import Path

    from triage.store.errors import DATABASE_ERRORS, database_error

    assert isinstance(error, DATABASE_ERRORS)
    return database_error(error, Path("index.db"))


def _complain(text: str) -> None:
    from triage.model.text import safe

    sys.stderr.write(f"triage: {safe(text)}\n")
