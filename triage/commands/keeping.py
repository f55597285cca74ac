# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that keep things: lists added and removed, mail taken in, the index checked and rebuilt."""

from pathlib import Path
from typing import Any

import click

from triage.commands import POLICY_HELP, json_option, quiet_option, with_config, workers_option
from triage.errors import ConfigError, ExitCode, OutdatedError, UsageError


@click.command()
@click.argument("name")
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...")
@click.option("--policy", required=True, metavar="PACK", help=POLICY_HELP)
@click.option("--url", default="", metavar="BASE", help="Where the list's messages can be linked to, e.g. https://lore.example.org/netdev")
@with_config
def add(config: Any, name: str, archives: tuple[str, ...], policy: str, url: str) -> None:
    """Add a mailing list NAME kept in ARCHIVE: a public-inbox (v1, v2 or one bare epoch) or an mbox, plain or gzipped."""
    from triage.output import note
    from triage.text import safe
    from triage.upkeep import add_list

    spec = add_list(config, name, archives, policy, url)
    count = len(spec.places)
    note(f"{safe(spec.name)}: {count} archive{'' if count == 1 else 's'}, judged by {spec.policy}; run `triage ingest` to read it")


@click.command()
@click.argument("name")
@with_config
def remove(config: Any, name: str) -> None:
    """Forget the list NAME and all that was derived from it; its archives and your opinions stay."""
    from triage.output import note
    from triage.text import safe
    from triage.upkeep import remove_list

    remove_list(config, name)
    note(f"{safe(name)}: forgotten; its archives and all opinions are untouched")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@json_option
@quiet_option
@workers_option
@with_config
def ingest(config: Any, names: tuple[str, ...], as_json: bool, quiet: bool, workers: int) -> None:
    """Take in what is new in all lists, or in the lists NAMEd; made for cron: quiet when nothing happened."""
    from triage.config import find_list, load_lists
    from triage.news import nothing_new

    lists = load_lists(config.paths)
    chosen = [find_list(lists, name) for name in names] or lists
    if not chosen:
        raise UsageError("there is no list to ingest", "add one: triage add NAME ARCHIVE --policy PACK")
    runs = nothing_new(config, chosen)
    if runs is None:
        from triage.ingest import ingest as run
        from triage.output import note, progress_shown

        with progress_shown(quiet or as_json) as progress:
            try:
                runs = run(config, chosen, workers, progress)
            except OutdatedError:
                from triage.upkeep import rebuild

                note("triage: the index was made by another version; it is made anew from archives and opinions")
                runs, _ = rebuild(config, workers, progress)
    report_runs(runs, as_json, quiet)


def report_runs(runs: list[Any], as_json: bool, quiet: bool) -> None:
    """Print what a run did, and exit as it ended: 74 for an archive that failed, 65 for quarantined mail."""
    from triage.output import json_line, note, out, run_lines

    if as_json:
        json_line({"schema": 1, "archives": [run.as_dict() for run in runs]})
    elif not quiet:
        for line in run_lines(runs):
            out(line)
    failed = [run for run in runs if run.error]
    for run in failed:
        note(f"triage: {run.name}: {run.error}")
    if failed:
        raise SystemExit(ExitCode.CONFIG if any(isinstance(run.error, ConfigError) for run in failed) else ExitCode.IO)
    if any(run.counts.quarantined for run in runs):
        if not as_json and not quiet:
            note("triage: some mail could not be read and is quarantined with its reason; `triage report` lists it")
        raise SystemExit(ExitCode.QUARANTINED)


@click.group()
def db() -> None:
    """The index: where it is, whether it is sound, make it anew."""


@db.command("path")
@with_config
def db_path(config: Any) -> None:
    """Print where the index is kept."""
    click.echo(str(config.paths.index))


@db.command("check")
@with_config
def db_check(config: Any) -> None:
    """Look for damage in the databases; exit 1 and say what to do if there is any."""
    from triage.output import note, out
    from triage.upkeep import check_index

    problems = check_index(config)
    for problem in problems:
        note(f"triage: {problem}")
    if problems:
        raise SystemExit(ExitCode.FAILED)
    out("sound")


@db.command("rebuild")
@json_option
@quiet_option
@workers_option
@with_config
def db_rebuild(config: Any, as_json: bool, quiet: bool, workers: int) -> None:
    """Make the index anew from the archives and the opinions; the old one is replaced when the new one is whole."""
    from triage.output import note, progress_shown
    from triage.upkeep import rebuild

    with progress_shown(quiet or as_json) as progress:
        runs, carried = rebuild(config, workers, progress)
    if not carried and not quiet:
        note("triage: there was no old index to read: if mail had been withdrawn from an archive, its tombstones are gone")
    report_runs(runs, as_json, quiet)


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_config
def backup(config: Any, file: Path) -> None:
    """Write what cannot be made anew into one FILE (a tar): opinions with keys, personal state, the lists and the configuration."""
    from triage.backup import write_backup
    from triage.output import out
    from triage.text import safe

    out(f"{safe(str(file))}: {write_backup(config, file)}")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_config
def restore(config: Any, file: Path) -> None:
    """Put back what `triage db backup` wrote; nothing that is there is replaced. Then `triage db rebuild` makes the index."""
    from triage.backup import read_backup
    from triage.output import note, out
    from triage.text import safe

    for part in read_backup(config, file):
        for line in part.splitlines():
            out(safe(line))
    note("triage: now run `triage db rebuild`, and `triage opinion keys trust` for the keys")


@click.command()
@json_option
@with_config
def doctor(config: Any, as_json: bool) -> None:
    """Look at configuration, folders, git, databases and archives, and say what to do."""
    from triage.output import json_line, out
    from triage.text import safe
    from triage.upkeep import doctor as examine

    checks = examine(config)
    if as_json:
        json_line({"schema": 1, "checks": [{"name": name, "ok": ok, "says": says} for name, ok, says in checks]})
    else:
        for name, ok, says in checks:
            out(f"{'ok ' if ok else '!! '} {safe(name)}: {safe(says)}")
    if not all(ok for _, ok, _ in checks):
        raise SystemExit(ExitCode.FAILED)
