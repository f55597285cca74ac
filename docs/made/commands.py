# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, commands and the man page."""

from collections.abc import Iterator

import click

from docs.made import NOTE
from triage.commands.program import cli
from triage.model.codes import SITE
from triage.model.errors import ExitCode
from tui.keys import table


def keys_page() -> str:
    """Return docs/keys.md."""
    out = [f"# Keys\n\n{NOTE}"]
    out.append('The id in the last column goes into `[keys]` of config.toml, e.g. `"inbox.limit" = "f,ctrl+l"`.\n')
    scope = ""
    for where, keys, label, name in table():
        if where != scope:
            scope = where
            out.append(f"\n## {scope}\n\n| key | does | id |\n|---|---|---|\n")
        out.append(f"| `{keys.replace('|', chr(92) + '|')}` | {label} | `{name}` |\n")
    return "".join(out)


def commands_page() -> str:
    """Return docs/commands.md."""
    out = [f"# Commands\n\n{NOTE}", "Standard output is data; everything else goes to standard error.\n\n## Exit codes\n\n"]
    words = {
        "OK": "fine, also when nothing was new", "FAILED": "failed", "USAGE": "usage error",
        "FINDINGS": "findings at or above `--fail-on`", "QUARANTINED": "some mail was quarantined in this run",
        "IO": "disk full or an archive that cannot be read (the others went on)",
        "TRY_AGAIN": "a lock is held or the database is busy: try again", "CONFIG": "configuration, a policy pack or a database does not fit",
        "INTERRUPTED": "interrupted",
    }  # fmt: skip
    out += [f"* {code.value}: {words[code.name]}\n" for code in ExitCode]
    out += _command(cli, "triage")
    return "".join(out)


def _command(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    out = [f"\n## {name}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for child in sorted(command.list_commands(context)):
            found = command.get_command(context, child)
            assert found is not None
            out += _command(found, f"{name} {child}")
    return out


def man_page() -> str:
    """Return triage(1), every command in one page, from the same words as `--help`."""
    out = ['.\\" SPDX-FileCopyrightText: 2026 the triage authors\n.\\" SPDX-License-Identifier: GPL-3.0-or-later\n'
           '.\\" made by docs/generate.py\n.TH TRIAGE 1 "" "triage" "User Commands"\n.SH NAME\n'
           "triage \\- patch triage for projects that take patches by mail\n.SH SYNOPSIS\n.B triage\n[\\-\\-home DIR] COMMAND [ARGUMENT]...\n"
           ".SH DESCRIPTION\n", _roff(cli.help or ""), ".SH COMMANDS\n"]  # fmt: skip
    for name, command in _commands(cli, "triage"):
        context = click.Context(command, info_name=name, max_content_width=79, terminal_width=79)
        out.append(f".SS {_roff(name)}.nf\n{_roff(command.get_help(context).strip())}.fi\n")
    out.append(".SH FILES\nIndex, opinions and lists are in the data directory of the user (~/.local/share/triage), config.toml and policies in\n"
               "the configuration directory (~/.config/triage); TRIAGE_HOME or \\-\\-home puts all of it under one folder.\n")  # fmt: skip
    out.append(f".SH SEE ALSO\n.BR b4 (5),\n.BR git (1),\n.BR notmuch (1);\n{_roff(SITE)}")
    return "".join(out)


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command, info_name=name)
    for child in sorted(command.list_commands(context)):
        found = command.get_command(context, child)
        assert found is not None
        yield from _commands(found, f"{name} {child}")


def _roff(text: str) -> str:
    """Return plain text for a man page, no line of which is a request."""
    lines = text.replace("\b", "").replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "".join(f"\\&{line}\n" if line[:1] in {".", "'"} else f"{line}\n" for line in lines)
