# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cron job and what looks after it: ingest, schedule, doctor."""

import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from triage.commands import json_option, quiet_option, read_config, with_config, workers_option
from triage.model.errors import ArchiveError, BusyError, ConfigError, ExitCode, NetworkError, StoppedError, TriageError, UsageError

if TYPE_CHECKING:
    from triage.config import Config


@click.command()
@click.argument("names", nargs=-1, metavar="[LIST]...")
@json_option
@quiet_option
@workers_option
@click.option(
    "--since", default="", metavar="DAY", help="Ask the sources again for all since DAY (or 90d); mail that is already here stays as it is."
)
@click.option(
    "--newest-first",
    default="",
    metavar="SPAN",
    help="Of lists that were never read, read mail of the last SPAN (90d) first, and older mail in the next run.",
)
@click.option(
    "--stdin",
    is_flag=True,
    help="Read one mail from standard input into LIST, for delivery agents; exit status 75 means try again.",
)
@click.option("--mbox", is_flag=True, help="Read an mbox from standard input into LIST.")
@click.option("--progress", is_flag=True, help="Write what is being done as JSON lines to standard error, for a program that shows it.")
@click.option("--dry-run", is_flag=True, help="Say what there is to read, without fetching or writing anything.")
@click.option("--status", is_flag=True, help="Say when each archive was last read and what is failing; exit with 1 if anything is.")
@click.option("--retry", is_flag=True, help="Also retry mail that was quarantined as too costly.")
@click.option(
    "--executor",
    default="",
    metavar="dask:ADDRESS",
    help="Read and judge mails on a Dask cluster whose workers see the same archives and policies.",
)
@with_config
def ingest(
    config: "Config", names: tuple[str, ...], as_json: bool, quiet: bool, workers: int,
    since: str, newest_first: str, stdin: bool, mbox: bool, progress: bool, dry_run: bool, status: bool, retry: bool, executor: str,
) -> None:  # fmt: skip
    """Read new mail into all lists, or into the lists NAMEd. Made for cron: prints nothing if nothing happened.

    If another run is in progress, this one exits with 75 at once. SIGTERM and Ctrl-C stop it between two mails; the next run
    continues there.
    """
    from triage.config import find_list, load_lists

    lists = load_lists(config.paths)
    chosen = [find_list(lists, name) for name in names] or lists
    if not chosen:
        raise UsageError("there is no list to ingest", "add one: triage add NAME ARCHIVE --policy PACK")
    if status:
        _print_status(config, chosen, as_json)
    elif dry_run:
        _print_preview(config, chosen, as_json)
    else:
        how = _How(as_json, quiet, workers, since, newest_first, executor, retry, progress)
        with _ends_cleanly():
            if stdin or mbox:
                _deliver(chosen, names, mbox)
                # the mail is kept: how the run goes that reads it is no reason for an agent to bounce it or bring it again
                with suppress(SystemExit):
                    try:
                        _run(config, chosen, how)
                    except TriageError as error:
                        from triage.model.text import safe

                        click.echo(f"triage: the mail is kept, and read by a later run: {safe(str(error))}", err=True)
            else:
                _run(config, chosen, how)


@contextmanager
def _ends_cleanly() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end the program as Ctrl-C does: what is under way is rolled back, what was stored is whole.

    Raises `StoppedError` then.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    heeded = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]  # nohup ignores
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    except KeyboardInterrupt as stopped:
        raise StoppedError("interrupted", "what was stored is whole, the next run goes on") from stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _How(Struct, frozen=True):
    """The options of a run."""

    as_json: bool
    quiet: bool
    workers: int
    since: str
    newest_first: str
    executor: str
    retry: bool
    progress: bool


def _run(config: "Config", chosen: list[Any], how: _How) -> None:
    from triage.commands.progress import progress_shown
    from triage.ingest.cron import sweep
    from triage.ingest.summary import RunOptions

    since = _start_of(how.since)
    try:
        with progress_shown(how.quiet or how.as_json, how.progress) as progress, _executor(how.executor) as pool:
            newest = _start_of(how.newest_first)
            swept = sweep(config, chosen, RunOptions(how.workers, pool, since, newest, retry=how.retry, progress=progress))
    except BusyError:
        if sys.stderr.isatty() or how.as_json:
            raise
        raise SystemExit(ExitCode.TRY_AGAIN) from None
    if swept.anew or swept.trouble:
        from triage.commands.output import moved_lines, note
        from triage.model.text import safe
    if swept.anew:
        note("triage: the index was made by another version; it was rebuilt from archives and opinions")
        for line in moved_lines(swept.moved):
            note(line)
    if swept.unheard:
        from triage.commands.output import note
        from triage.model.text import safe

        note(f"triage: the program of [notify] was not told: {safe(swept.unheard)}; mail and findings are kept")
    if swept.unchecked:
        from triage.commands.output import note
        from triage.model.text import safe

        note(f"triage: not all patches were checked by other tools: {safe(swept.unchecked)}; mail and findings are kept")
    if swept.trouble:
        note(f"triage: {safe(str(swept.trouble))}")
    report_runs(swept.runs, how.as_json, how.quiet, swept.trouble, swept.moved)


def _start_of(day: str) -> int | None:
    """Return when a day that was given begins, None where none was; raises `UsageError`."""
    if not day:
        return None
    import time

    from triage.archive.sources import day_start, since_day

    return day_start(since_day(day, time.time()))


def _executor(name: str) -> AbstractContextManager[Any]:
    if not name:
        return nullcontext()
    from triage.ingest.executors import open_executor

    return open_executor(name)


def _deliver(chosen: list[Any], names: tuple[str, ...], mbox: bool) -> None:
    from triage.archive.fetch import deliver
    from triage.archive.local import MAX_COPIED

    if len(names) != 1:
        raise UsageError("--stdin takes mail for one list", "triage ingest --stdin NAME")
    place = next((place for place in chosen[0].places if place.source == "stdin:"), None)
    if place is None:
        raise UsageError(f"{chosen[0].name} takes no mail from standard input", f"`triage add {chosen[0].name} - --policy …` lets it")
    content = sys.stdin.buffer.read(MAX_COPIED + 1)
    if len(content) > MAX_COPIED:
        raise UsageError(f"more than {MAX_COPIED >> 20} MiB on standard input", "add the file as an archive instead")
    deliver(place, content, mbox)


def _print_status(config: "Config", chosen: list[Any], as_json: bool) -> None:
    from triage.commands.output import json_line, out
    from triage.ingest.status import pending_of, read_health
    from triage.model import rfc3339
    from triage.model.text import safe

    known = {(one.name, one.archive): one for one in read_health(config)}
    waiting = pending_of(config)
    rows = [(spec.name, place.shown, known.get((spec.name, place.shown))) for spec in chosen for place in spec.places]
    if as_json:
        json_line({"schema": 1, "archives": [
            {"name": name, "archive": shown, "read": rfc3339(one.fine) if one and one.fine else None, "failed": one.failed if one else 0,
             "error": one.says or None if one else None, "pending": waiting.get((name, shown), 0)}
            for name, shown, one in rows]})  # fmt: skip
    else:
        for name, shown, one in rows:
            read = f"read {rfc3339(one.fine)}" if one and one.fine else "never read"
            wrong = f"; stale, failed {one.failed} time{'s' if one.failed > 1 else ''} since: {one.says}" if one and one.failed else ""
            missing = f"; {one.says}" if one and one.says and not one.failed else ""
            later = f"; {waiting[name, shown]} older entries are left to the next run" if waiting.get((name, shown)) else ""
            out(f"{safe(name)}: {safe(shown)}: {read}{safe(wrong or missing)}{later}")
    if any(one is None or one.says for _, _, one in rows):
        raise SystemExit(ExitCode.FAILED)


def _print_preview(config: "Config", chosen: list[Any], as_json: bool) -> None:
    from triage.commands.output import json_line, out
    from triage.ingest.cron import preview
    from triage.model.text import safe

    rows = preview(config, chosen)
    if as_json:
        json_line({"schema": 1, "archives": [
            {"name": name, "kind": place.shown_kind, "archive": place.shown, "would_read": number, "error": trouble or None}
            for name, place, number, trouble in rows]})  # fmt: skip
    else:
        for name, place, number, trouble in rows:
            says = trouble or (f"{'up to ' if place.source else ''}{number} entries to read" if number is not None else "would be asked")
            out(f"{safe(name)}: {safe(place.shown)}: {safe(says)}")
    if any(trouble for *_, trouble in rows):
        raise SystemExit(ExitCode.IO)


def report_runs(
    runs: list[Any], as_json: bool, quiet: bool, trouble: Exception | None = None, moved: Sequence[dict[str, str]] = ()
) -> None:
    """Print what a run did, and exit as it ended: 74 for an archive that failed, 75 for a server, 65 for quarantined mail."""
    if not (as_json or trouble or any(run.took_in or run.policy_changes or run.error for run in runs)):
        return  # as nearly always: nothing to say, and nothing to load for saying it
    from triage.commands.output import json_line, note, out, run_lines
    from triage.model.text import safe

    if as_json:
        json_line({"schema": 1, "archives": [run.as_dict() for run in runs], **({"moved": list(moved)} if moved else {})})
    elif not quiet:
        for line in run_lines(runs):
            out(line)
    failed = [run for run in runs if run.error]
    for run in failed:
        note(f"triage: {safe(run.name)}: {safe(str(run.error))}")
    if failed or trouble:
        raise SystemExit(_worst([*(run.error for run in failed), *([trouble] if trouble else [])]))
    if any(run.counts.quarantined for run in runs):
        if not as_json and not quiet:
            note("triage: some mail could not be read and is quarantined with its reason; `triage report` lists it")
        raise SystemExit(ExitCode.QUARANTINED)


def _worst(errors: list[Exception]) -> ExitCode:
    """Return how a run ends whose archives failed so: what no later run fixes goes first."""
    if any(isinstance(error, ConfigError) for error in errors):
        return ExitCode.CONFIG
    return ExitCode.TRY_AGAIN if all(isinstance(error, NetworkError | BusyError) for error in errors) else ExitCode.IO


@click.command()
@click.argument("kind", type=click.Choice(["systemd", "cron"]))
@click.option(
    "--every", default=30, show_default=True, type=click.IntRange(5, 1440), metavar="MINUTES", help="How often to check for mail."
)
@click.option("--sync", default="", metavar="REMOTE", help="Exchange opinions with REMOTE after each run.")
@click.option("--site", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Bring the web site in DIR up to date, too.")
@click.option("--install", is_flag=True, help="Write systemd's units where it looks for yours, and say how to start them.")
@with_config
def schedule(config: "Config", kind: str, every: int, sync: str, site: Path | None, install: bool) -> None:
    """Print systemd units, or a crontab line, for `triage ingest`."""
    from triage.admin.schedule import ENABLE, cron_line, install_units, systemd_units
    from triage.commands.output import note, out
    from triage.model.text import safe

    if kind == "cron":
        if install:
            raise UsageError("only systemd's units are installed", "triage schedule cron | crontab -   would replace your crontab: edit it")
        for line in cron_line(config, every, sync, site and site.absolute()):
            out(line)
        return
    units = systemd_units(config, every, sync, site and site.absolute())
    if install:
        if site:  # systemd lets nobody write into a folder that was not there when it started them
            try:
                site.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ArchiveError(f"cannot make {site}", error.strerror or "name another folder") from error
        for path in install_units(units):
            note(f"triage: wrote {safe(str(path))}")
    else:
        for name, text in units.items():
            out(f"# ~/.config/systemd/user/{name}")
            for line in text.splitlines():
                out(line)
            out("")
        if site:
            out(f"# first: mkdir -p {shlex.quote(safe(str(site.absolute())))}")
    for line in ENABLE:
        (note if install else out)(f"triage: now run: {line}" if install else f"# then: {line}")


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check configuration, folders, locks, git, notmuch, databases, archives, clock and disk, and say what to fix."""
    from triage.admin.doctor import checkup
    from triage.commands.output import json_line, out
    from triage.config import Config, find_paths
    from triage.model.text import safe

    trouble = ""
    try:
        config = read_config()
    except ConfigError as error:
        trouble = str(error)
        config = Config(find_paths(click.get_current_context().find_root().params.get("home")))
    checks = checkup(config, trouble)
    if as_json:
        json_line({"schema": 1, "checks": [{"name": name, "ok": ok, "says": says} for name, ok, says in checks]})
    else:
        for name, ok, says in checks:
            out(f"{'ok ' if ok else '!! '} {safe(name)}: {safe(says)}")
    if not all(ok for _, ok, _ in checks):
        raise SystemExit(ExitCode.FAILED)
