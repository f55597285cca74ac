# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes to people without a terminal: the web site, and feeds."""

import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.commands import FREE_WORDS, limit_of, open_databases, with_config

if TYPE_CHECKING:
    from triage.config import Config


@click.command(context_settings=FREE_WORDS)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.argument("limit", nargs=-1)
@click.option("--with-addresses", is_flag=True, help="Show mail addresses too; without it they are left out.")
@with_config
def site(config: "Config", folder: Path, limit: tuple[str, ...], with_addresses: bool) -> None:
    """Write a static web site of the series matching LIMIT to DIR, or bring the one there up to date.

    It has views, a page a series with its findings and the opinions that count, pages of finding codes and packs, feeds and series.json;
    bodies are links to the archive. The same mail, policy and opinions give the same bytes.
    """
    from triage.commands.output import note
    from triage.model.text import counted, safe
    from triage.report.site import build_site

    connection, notes = open_databases(config)
    connection.close()
    notes.close()
    built = build_site(config, folder, limit_of(limit), int(time.time()), with_addresses)
    mib = built.size / (1 << 20)
    done = f"{counted(built.written, 'file')} written, {built.kept} unchanged, {built.removed} removed"
    note(f"triage: {safe(str(folder))}: {done}; {mib:.1f} MiB")


@click.command(context_settings=FREE_WORDS)
@click.argument("limit", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["atom", "jsonfeed", "jsonl"]), default="atom", show_default=True, help="Output format."
)
@click.option("--most", type=click.IntRange(1, 100_000), default=500, show_default=True, help="Findings in it, the newest ones.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write to FILE, atomically.")
@with_config
def feed(config: "Config", limit: tuple[str, ...], form: str, most: int, output: Path | None) -> None:
    """Print the open findings of the series matching LIMIT as a feed, newest mail first."""
    from triage.files import write_file
    from triage.report.feeds import as_atom, as_json_feed, as_lines, entries

    connection, notes = open_databases(config)
    with closing(connection), closing(notes):
        found = entries(connection, notes, limit_of(limit), int(time.time()), most)
    text = {"atom": as_atom, "jsonfeed": as_json_feed, "jsonl": as_lines}[form](found)
    if output:
        write_file(output, text)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
