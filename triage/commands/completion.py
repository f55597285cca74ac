# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shell completes behind a command: lists, packs, finding codes, limits and series, besides commands and options."""

import re
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from triage.model.errors import TriageError
from triage.model.expression import expression

if TYPE_CHECKING:
    from triage.config import Config

PLAIN = expression(r"[A-Za-z0-9@._+=:,/-]+")
"""What a shell takes as it stands: a word of any other is not offered, since it may come from a stranger's mail and would be obeyed."""
MOST = 50
"""Series that are offered, the most recently active ones."""


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL: commands, lists, packs, codes, limits and series.

    \b
    bash   triage completion bash > ~/.local/share/bash-completion/completions/triage
    zsh    triage completion zsh > "${fpath[1]}/_triage"
    fish   triage completion fish > ~/.config/fish/completions/triage.fish
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(click.get_current_context().find_root().command, {}, "triage", "_TRIAGE_COMPLETE").source())


class Word(click.types.StringParamType):
    """A word of which a shell can be told the choices; otherwise any text."""

    def __init__(self, offered: "Callable[[Config, str], list[str]]") -> None:
        self.offered = offered

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what goes on from what was typed; nothing where a file that it takes cannot be read."""
        from triage.config import load_config

        with suppress(TriageError, OSError):
            config = load_config(ctx.find_root().params.get("home"))
            return [CompletionItem(one) for one in self.offered(config, incomplete) if one.startswith(incomplete) and PLAIN.fullmatch(one)]
        return []


def teach(command: click.Command) -> None:
    """Have the parameters of a command, and of those in it, offer what their placeholders name."""
    for child in command.commands.values() if isinstance(command, click.Group) else ():
        teach(child)
    for param in command.params:
        names = set(re.findall(r"[A-Z]+", param.metavar or "")) | ({"LIMIT"} if param.name == "limit" else set())
        if name := next((name for name in OFFERED if name in names), ""):
            param.type = Word(OFFERED[name])


def _lists(config: "Config", typed: str) -> list[str]:
    from triage.config import load_lists

    return [spec.name for spec in load_lists(config.paths)]


def _packs(config: "Config", typed: str) -> list[str]:
    from triage.projects import known_packs

    return list(known_packs(config.paths.policies))


def _codes(config: "Config", typed: str) -> list[str]:
    from triage.model.codes import CODES

    return list(CODES)


def _limit(config: "Config", typed: str) -> list[str]:
    from triage.store.limit import completions

    return completions(typed, _lists(config, ""))


def _series(config: "Config", typed: str) -> list[str]:
    from triage.store import queries
    from triage.store.schema import open_index

    if not config.paths.index.exists():
        return []
    with closing(open_index(config.paths.index)) as connection:
        return queries.recent_series(connection, typed, MOST)


OFFERED: "dict[str, Callable[[Config, str], list[str]]]" = {
    "LIST": _lists, "PACK": _packs, "CODE": _codes, "LIMIT": _limit, "ID": _series,
}  # fmt: skip
