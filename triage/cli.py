# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in: what is asked for is begun, and every error becomes one sentence and an exit code."""

import gc
import os
import sys

from triage import COMPLETING, __version__

TYPE_CHECKING = False  # as `typing` has it, which costs more to load than the version takes
if TYPE_CHECKING:
    from triage.config import Config
    from triage.model.errors import ExitCode, TriageError

RARELY = 20_000
"""Objects made between two collections: loading a program and its rows makes many, and hardly a cycle among them."""


def main() -> None:
    """Run the program; the process edge where every error becomes a sentence and an exit code."""
    gc.set_threshold(RARELY)
    sys.stdout = sys.stdout or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")  # whoever starts us may have closed them
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    try:
        _begin(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        if sys.argv[1:]:
            _complain("interrupted; what was stored is whole, the next run goes on")
        sys.exit(_exit_codes().INTERRUPTED)
    except BrokenPipeError:
        _write_no_more()
        sys.exit(0)
    except _known_errors() as error:
        trouble = _told(error)
        _complain(str(trouble))
        sys.exit(trouble.exit_code)
    finally:
        gc.freeze()  # all that is left ends with the process: looking through it for cycles finds nothing worth having
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _write_no_more()


def _begin(words: list[str]) -> None:
    """Print the version or show the terminal UI without loading the command line; leave everything else to it."""
    if COMPLETING in os.environ:
        _command()
    elif words == ["--version"]:
        sys.stdout.write(f"triage, version {__version__}\n")
    elif not words and sys.stdout.isatty() and sys.stdin.isatty():
        from triage.config import load_config

        config = load_config(None)
        if config.tools:
            from triage.policy.evidence.tools import extend

            extend(config.tools, str(config.paths.config / "config.toml"))
        _open_tui(config, mouse=config.mouse)
    else:
        _command()


def _open_tui(config: "Config", mouse: bool = True, mail: str = "") -> None:
    from triage.opinion.person import ask_ahead

    gc.disable()  # until the list is there: what is loaded stays
    who = ask_ahead()  # git answers while the screens are loaded

    from tui.app import run  # the one line that knows the terminal UI

    if code := run(config, mouse=mouse, mail=mail, who=who):
        raise SystemExit(code)


def _command() -> None:
    """Run the command line; what click complains of is told as it words it."""
    import click

    from triage.commands import ReaderGoneError
    from triage.commands.program import run

    try:
        run(_open_tui)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(_exit_codes().INTERRUPTED)
    except click.ClickException as error:
        error.show()
        if name := next((word for word in sys.argv[1:] if word[:1] == "-" != word[1:2] and "@" in word), ""):
            _complain(f"a Message-ID that begins with a dash is written id:{name}")
        sys.exit(_exit_codes().USAGE)
    except ReaderGoneError:
        _write_no_more()
        sys.exit(0)


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
