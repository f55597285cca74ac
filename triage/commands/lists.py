# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that keep things: lists added and removed, the index checked, backed up and rebuilt."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.commands import POLICY_HELP, id_argument, json_option, quiet_option, with_config, workers_option
from triage.commands.ingest import report_runs
from triage.model.errors import ArchiveError, ExitCode, KeysError, TriageError

if TYPE_CHECKING:
    from triage.config import Config


@click.command()
@click.argument("name")
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...")
@click.option(
    "--policy", "policies", required=True, multiple=True, metavar="PACK", help=f"{POLICY_HELP} Give it again for each further pack."
)
@click.option("--url", default="", metavar="BASE", help="Where the list's messages can be linked to, e.g. https://lore.example.org/netdev")
@click.option(
    "--since",
    default="",
    metavar="DAY",
    help="Only what a server received since DAY (2026-03-31, or 90d), found by its search instead of a clone.",
)
@click.option(
    "--newest-first",
    default="",
    metavar="SPAN",
    help="Read mail of the last SPAN (90d) first, and older mail in the run after that; for what lies here or is mirrored.",
)
@with_config
def add(config: "Config", name: str, archives: tuple[str, ...], policies: tuple[str, ...], url: str, since: str, newest_first: str) -> None:
    """Add the mailing list NAME, kept in one or more ARCHIVEs.

    \b
    PATH                  a public-inbox (v1, v2 or one bare epoch), an mbox (plain or gzipped), a Maildir
    https://HOST/LIST/    a list on a public-inbox server, mirrored by git; with --since, searched instead
    https://HOST/LIST/ID/ one thread there
    notmuch:QUERY         what notmuch finds
    -                     what is piped into `triage ingest --stdin NAME`

    Mail from a Maildir, notmuch, one thread, a search or standard input is copied into
    a public-inbox that triage keeps.
    """
    from triage.admin.lists import add_list
    from triage.commands.output import note
    from triage.model.text import safe

    spec = add_list(config, name, archives, policies[0], url, since, policies[1:], newest_first)
    count = len(spec.places)
    note(f"{safe(spec.name)}: {count} archive{'' if count == 1 else 's'}, judged by {safe(spec.policy)}; run `triage ingest` to read it")


@click.command()
@click.argument("name", metavar="LIST")
@with_config
def remove(config: "Config", name: str) -> None:
    """Remove LIST and everything derived from it; archives and opinions stay."""
    from triage.admin.lists import remove_list
    from triage.commands.output import note
    from triage.model.text import safe

    copies = remove_list(config, name)
    note(f"{safe(name)}: forgotten; its archives and all opinions are untouched")
    for copy in copies:
        note(f"its mail is still kept in {safe(str(copy))}, which you may delete")


@click.command()
@id_argument
@click.option("-m", "--reason", required=True, help="Why: who asked for it. Kept with the mail's hash, not with its text.")
@with_config
def expunge(config: "Config", name: str, reason: str) -> None:
    """Remove the mail ID for good from where triage copied it to, and its text from the index.

    For mail from a Maildir, notmuch, a thread, a search or standard input, when its author asks for it. It is not copied again. An archive
    of others is theirs to change: where they purge a mail, the next ingest follows. Opinions on it stay.
    """
    from triage.admin.lists import expunge_mail
    from triage.commands.output import note
    from triage.model.text import safe

    done = expunge_mail(config, name, reason)
    note(f"triage: removed for good from {safe(', '.join(done.removed))}; backups that you made hold it still")
    for where in done.elsewhere:
        note(f"triage: it also lies in {safe(where)}, which is not ours: ask who keeps it")


@click.group()
def db() -> None:
    """Find, check, rebuild, back up and restore the databases."""


@db.command("path")
@with_config
def db_path(config: "Config") -> None:
    """Print where the index is kept."""
    click.echo(str(config.paths.index))


@db.command("datasette")
@with_config
def db_datasette(config: "Config") -> None:
    """Print the commands that show the index in Datasette, with its tables described and queries saved."""
    import shlex
    from importlib.resources import as_file, files

    from triage.commands.output import note, out

    with as_file(files("triage")) as package:
        folder = next((one for one in (package / "datasette", package.parent / "docs" / "datasette") if one.is_dir()), None)
    if folder is None:
        raise ArchiveError("the descriptions for Datasette are not installed", "install triage from its wheel")
    index, described, queries = (shlex.quote(str(one)) for one in (config.paths.index, folder / "metadata.yml", folder / "datasette.yaml"))
    note("triage: for Datasette 1.0, and below it for 0.65; it reads the index and changes nothing")
    out(f"datasette serve --immutable {index} --metadata {described} --config {queries}")
    out(f"datasette serve --immutable {index} --metadata {described}")


@db.command("check")
@with_config
def db_check(config: "Config") -> None:
    """Check the databases for damage; if there is any, say what to do and exit with 1."""
    from triage.admin.lists import check_index
    from triage.commands.output import note, out

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
def db_rebuild(config: "Config", as_json: bool, quiet: bool, workers: int) -> None:
    """Rebuild the index from the archives and the opinions; the old one is replaced once the new one is complete."""
    from triage.commands.output import moved_lines, note
    from triage.commands.progress import progress_shown
    from triage.ingest.rebuild import rebuild
    from triage.ingest.summary import RunOptions
    from triage.model.text import safe

    with progress_shown(quiet or as_json) as progress:
        remade = rebuild(config, RunOptions(workers, progress=progress))
    for line in moved_lines(remade.moved):
        note(line)
    if remade.aside:
        note(f"triage: personal.db was damaged: it lies in {safe(remade.aside)}, and marks and drafts start again")
    if not remade.carried and not quiet:
        note("triage: there was no old index to read: if mail had been withdrawn from an archive, its tombstones are gone")
    trouble = _trouble_of_records(config)
    if trouble:
        note(f"triage: the mail is all there, but {safe(str(trouble))}")
    report_runs(remade.runs, as_json, quiet, trouble, remade.moved)


def _trouble_of_records(config: "Config") -> TriageError | None:
    """Return what keeps records from counting after a rebuild: keys that cannot be read, or logs that are lost; None for nothing."""
    from triage.opinion.audit import losses
    from triage.opinion.index import open_log
    from triage.opinion.keyring import in_force

    try:
        in_force(open_log(config.paths))
        lost = [one for one in losses(config, deep=False) if one.tip]
    except KeysError as error:
        return KeysError(f"no record counts: {error.message}", error.hint)
    except TriageError as error:
        return ArchiveError(f"no record could be read: {error.message}", error.hint)
    return ArchiveError(lost[0].says, lost[0].mend) if lost else None


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_config
def backup(config: "Config", file: Path) -> None:
    """Back up everything that cannot be rebuilt into FILE, a tar archive: opinions and keys, personal state, lists, configuration."""
    from triage.admin.backup import write_backup
    from triage.commands.output import out
    from triage.model.text import safe

    out(f"{safe(str(file))}: {write_backup(config, file)}")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_config
def restore(config: "Config", file: Path) -> None:
    """Restore a backup; existing files are never overwritten. Then run `triage db rebuild`."""
    from triage.admin.backup import read_backup
    from triage.commands.output import note, out
    from triage.model.text import safe

    for part in read_backup(config, file):
        for line in part.splitlines():
            out(safe(line))
    note("triage: now run `triage opinion keys trust` for the keys, then `triage db rebuild`")
