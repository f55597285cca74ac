# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands by what they are for; here, what they share: options, configuration, open databases, limits."""

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import update_wrapper
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

from triage import COMPLETING

if TYPE_CHECKING:
    from triage.config import Config

F = TypeVar("F", bound=Callable[..., Any])
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON; triage/schemas describes it.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
workers_option = click.option(
    "--workers", type=click.IntRange(0, 256), default=0, help="Worker processes for reading mail; 0 means one per core."
)
POLICY_HELP = "The policy pack, by name or as a .toml file."
FREE_WORDS = {"ignore_unknown_options": True}
"""Lets a limit hold `-term` without being taken for an option."""


class ReaderGoneError(Exception):
    """Raised where who reads standard output wants no more of it, as `head` does: no failure of ours, as click would have it."""


class Commands(click.Group):
    """A group whose commands are loaded when they are asked for; `places` says where each is, as `module:name`."""

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for; raises `ReaderGoneError` where nobody reads any more."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            raise ReaderGoneError from gone

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names; raises `click.UsageError` that names the nearest for one that there is not."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            if near and "Did you mean" not in error.format_message():  # click knows those that are loaded
                raise click.UsageError(f"{error.format_message()} Did you mean {near[0]!r}?", ctx) from error
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*self.places, *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None where there is none called so."""
        if cmd_name in self.places and cmd_name not in self.commands:
            module, _, name = self.places[cmd_name].partition(":")
            self.add_command(getattr(import_module(f"triage.commands.{module}"), name), cmd_name)
        command = super().get_command(ctx, cmd_name)
        if command is not None and COMPLETING in os.environ:
            from triage.commands.completion import teach

            teach(command)
        return command


def read_id(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return an ID as it was given; for `-` that of the mail on standard input, as a mail reader pipes it."""
    if value != "-" or ctx.resilient_parsing:
        return value
    from triage.archive.pipe import id_of
    from triage.model import MAX_MAIL

    return id_of(sys.stdin.buffer.read(MAX_MAIL))


id_argument = click.argument("name", metavar="ID", callback=read_id)


def with_config(function: F) -> F:
    """Give a command the configuration as its first argument."""

    def run(*args: object, **kwargs: object) -> object:
        return function(read_config(), *args, **kwargs)

    return update_wrapper(run, function)  # type: ignore[return-value]


def read_config() -> "Config":
    """Return the configuration that the command line names, its own tools known; raises `ConfigError`."""
    from triage.config import load_config

    config = load_config(click.get_current_context().find_root().params.get("home"))
    if config.tools:
        from triage.policy.evidence.tools import extend

        extend(config.tools, str(config.paths.config / "config.toml"))
    return config


def open_databases(config: "Config") -> Any:
    """Open the index and the personal database for reading; raises `TriageError` for an index that no archive was ever read into."""
    from triage.store.schema import open_index, open_personal

    with ExitStack() as opened:
        connection = opened.enter_context(closing(open_index(config.paths.index)))
        check_read(config, connection)
        notes = open_personal(config.paths.personal)
        opened.pop_all()  # whoever asked closes them
        return connection, notes


def check_read(config: "Config", connection: Any) -> None:
    """Raise `TriageError` where no archive was ever read into an index though there are lists or opinions: it would seem empty.

    In a new home a hint is all there is to say.
    """
    from triage.store.archives import is_unread

    if not is_unread(connection):
        return
    from triage.commands.output import note
    from triage.config import load_lists
    from triage.model.errors import TriageError

    if load_lists(config.paths):
        raise TriageError("no archive was ever read into this index", "run `triage ingest`")
    if config.paths.opinions.exists():
        raise TriageError("there are opinions here, and no list was ever added", "add one: triage add NAME ARCHIVE --policy PACK")
    note("triage: there is no list yet; `triage add` makes one, `triage demo` shows one")


def named_mail(config: "Config", name: str) -> str:
    """Return the Message-ID of the mail of a series that a name names; raises `UsageError`."""
    from triage.store import queries
    from triage.store.schema import open_index

    with closing(open_index(config.paths.index)) as connection:
        queries.find_series(connection, name)
        return str(queries.find_message(connection, name).message.message_id)


def take_terminal() -> bool:
    """Have what is typed be read from the terminal where a mail was piped in; returns whether there is one."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return False
    os.dup2(terminal, 0)
    os.close(terminal)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - as long as the program runs
    return True


def pages(config: "Config", limit: str) -> Iterator[tuple[Any, Any, list[int], int, Any]]:
    """Yield index, personal database, series, the time, and whose turn it is, for the series that a limit lets through, some at a time.

    The first pages are short: whoever wants the first lines has them at once.
    """
    from triage.commands.output import note
    from triage.model.text import safe
    from triage.store import selecting
    from triage.store.limit import parse_limit
    from triage.store.turns import any_requests

    now = int(time.time())
    wanted = parse_limit(limit, now, _me() if "by:me" in limit else "")
    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        turns: Any = {}
        if any_requests(connection):
            from triage.query.opinions import my_turns

            turns = my_turns(connection, now)
        ids = selecting.each_series(connection, notes, wanted, now, turns=turns)
        size = 25
        while page := list(islice(ids, size)):
            yield connection, notes, page, now, turns
            size = min(2 * size, 400)
        if size == 25 and limit:
            note(f"triage: no series matches {safe(limit)}")


def _me() -> str:
    from triage.query.opinions import my_address

    return my_address()


def limit_of(words: tuple[str, ...]) -> str:
    """Return the words of a command line as one limit; raises `UsageError` for what was meant as an option."""
    from triage.model.errors import UsageError

    for word in words:
        if word.startswith("--"):
            raise UsageError(f"there is no option {word}", "see --help; a limit negates a word with one dash")
    if len(words) == 1:
        return words[0]
    return " ".join(shlex.quote(word) if " " in word else word for word in words)


def write_raw(content: bytes) -> None:
    """Write a mail or a record as it is, but not to a terminal, which it could steer."""
    from triage.model.errors import UsageError

    if sys.stdout.isatty():
        raise UsageError("raw mail is not written to a terminal", "send it to a file or a pipe")
    sys.stdout.buffer.write(content)
