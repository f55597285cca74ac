# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands for reports: made, and checked a year later."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triage.commands import FREE_WORDS, check_read, json_option, limit_of, with_config
from triage.model.errors import ArchiveError, ExitCode, UsageError

if TYPE_CHECKING:
    from triage.config import Config

MAX_REPORT = 512 * 1024 * 1024
SHOWN = 40
"""So many differences are printed; `--json` has all."""


@click.command(context_settings=FREE_WORDS)
@click.argument("limit", nargs=-1)
@click.option("--since", default="", metavar="DAY", help="Only series posted on or after this day (2026-03-31).")
@click.option("--until", default="", metavar="DAY", help="Only series posted on or before this day.")
@click.option("--list", "lists", multiple=True, metavar="LIST", help="Only series of this list; may be repeated.")
@click.option("--period", default="", metavar="PERIOD", help="Only series of 2026, 2026-H1, 2026-Q2, 2026-05 or 2026-W20.")
@click.option("--redact", is_flag=True, help="Replace names, addresses and Message-IDs by pseudonyms, and leave out archive links.")
@click.option(
    "--as-of",
    default="",
    metavar="TIME",
    help="Leave out series posted later, and compute ages as of this day or time [default: the newest mail on a series].",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html", "json", "csv", "mbox", "digest"]),
    default="md",
    show_default=True,
    help="mbox: reply drafts; digest: a mail about what is waiting for a second opinion.",
)
@click.option(
    "-o",
    "--output",
    default="",
    metavar="FILE|DIR/",
    help="Write to FILE, atomically, - for standard output; drafts may go to a new folder.",
)
@with_config
def report(
    config: "Config", limit: tuple[str, ...], since: str, until: str, lists: tuple[str, ...], period: str, redact: bool, as_of: str,
    form: str,
    output: str,
) -> None:  # fmt: skip
    """Write a review report for the series matching LIMIT, or for every series with a finding or an opinion.

    The same mail, policy and opinions always give the same bytes. A report names what it is based on, so that
    `triage report-verify` can tell a year later whether it still holds.
    """
    from triage.commands.output import note
    from triage.files import write_file
    from triage.report.make import make_drafts, make_report
    from triage.report.outgoing import check_output, is_folder, write_mails
    from triage.report.request import Request, parse_as_of

    output = "" if output == "-" else output
    request = Request(limit_of(limit), since, until, lists, period, redact, parse_as_of(as_of) if as_of else None, form)
    if form == "mbox" and output:
        check_output(output)
        mails = make_drafts(config, request)
        for line in write_mails(output, mails) if mails else []:
            note(line)
        if not mails:
            note("triage: there is nothing here that contributors have to fix; nothing was written")
        return
    if output and is_folder(output):
        raise UsageError(f"{output} is a folder", "only --format mbox writes one; name a file")
    text = make_report(config, request)
    _tell_missing(config, lists)
    if output:
        write_file(Path(output), text)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))  # the same bytes whatever the locale


def _tell_missing(config: "Config", lists: tuple[str, ...]) -> None:
    """Say which mail is not read yet that a report would tell of; raises `TriageError` where none ever was."""
    from triage.commands.output import note
    from triage.ingest.status import pending_of
    from triage.model.text import safe
    from triage.store.schema import open_index

    with closing(open_index(config.paths.index)) as connection:
        check_read(config, connection)
    for (name, _), number in sorted(pending_of(config).items()):
        if not lists or name in lists:
            note(f"triage: {safe(name)}: {number} older entries are not read yet and missing here; run `triage ingest` first")


@click.command("report-verify")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@json_option
@with_config
def report_verify(config: "Config", file: Path, as_json: bool) -> None:
    """Check whether the report in FILE still holds; exit with 1 if anything it says is no longer true.

    If its archives have only grown since, that is said, and the report still holds.
    """
    from triage.commands.output import json_line
    from triage.report.make import verify_report

    verdict = verify_report(config, _read(file))
    if as_json:
        told = [[{"where": c.where, "was": c.was, "now": c.now} for c in part] for part in (verdict.says, verdict.rests)]
        json_line({"schema": 1, "holds": verdict.holds, "same_bytes": verdict.same_bytes, "changes": told[0], "rests": told[1]})
    else:
        _print_verdict(verdict)
    if not verdict.holds:
        raise SystemExit(ExitCode.FAILED)


def _read(file: Path) -> str:
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            content = stream.read(MAX_REPORT + 1)
    except OSError as error:
        raise ArchiveError(f"cannot read {file}", error.strerror or "check the file") from error
    if len(content) > MAX_REPORT:
        raise UsageError(f"{file} is larger than 512 MiB", "no report is")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not a report: it is not UTF-8", "give a file that `triage report -o FILE` wrote") from error


def _print_verdict(verdict: Any) -> None:
    from triage.commands.output import out
    from triage.model.text import safe

    if verdict.same_bytes:
        out("holds: rebuilt, it is the same to the byte")
        return
    out("holds: the report matches the current data" if verdict.holds else "no longer holds: the report differs from the current data")
    for change in verdict.says[:SHOWN]:
        said = f"was: {safe(change.was)}" if change.was else ""
        now = f"now: {safe(change.now)}" if change.now else ""
        out(f"  {safe(change.where)}: {'; '.join(part for part in (said, now) if part)}")
    if len(verdict.says) > SHOWN:
        out(f"  and {len(verdict.says) - SHOWN} more")
    if verdict.rests:
        out("what it rests on has changed:")
        for change in verdict.rests[:SHOWN]:
            out(
                f"  {'was' if change.was else 'now'}: {safe(change.was or change.now)}"
                + (f"; now: {safe(change.now)}" if change.was and change.now else "")
            )
