# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about how series came to be: why, which versions, and what people correct."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.commands import json_option, with_config
from triage.model import Link
from triage.model.errors import TriageError

if TYPE_CHECKING:
    from triage.config import Config
    from triage.model.listed import ListedFinding, ListedSeries
    from triage.query.commits import Merged
    from triage.store.schema import Index, Personal


def link_lines(links: Iterable[Link]) -> Iterator[str]:
    """Yield the evidence for versions as lines; what only suggests says so."""
    from triage.model.text import safe

    for link in links:
        word = "perhaps follows" if link.kind == "similar" else "follows"
        yield f"  {word} {safe(link.to)} ({safe(link.words())})"


def show_why(connection: "Index", series: int, as_json: bool) -> None:
    """Print why the mails of a series are together, and what ties it to an older one."""
    from triage.commands.output import json_line, out
    from triage.model.text import safe
    from triage.query.versions import why_grouped
    from triage.series.grouping import NOTES

    found = why_grouped(connection, series)
    if as_json:
        json_line(found.to_dict())
        return
    for member in found.members:
        out(f"{safe(member.subject)}  {safe(member.message_id)}")
        out(f"    {safe(member.why)}")
    for line in link_lines(found.links):
        out(line)
    for note in found.notes:
        out(f"  {note}: {NOTES[note]}")
    if "ambiguous" in found.notes:
        out("  `triage series split` or `merge` puts it right")


def show_series(connection: "Index", notes: "Personal", series: int, repo: Path | None, as_json: bool) -> None:
    """Print a series: its patches with what was given to each, what other tools said and which commit it became, its findings."""
    from triage.commands.output import json_line
    from triage.query.commits import merged
    from triage.query.opinions import my_turns
    from triage.query.versions import effective_followups, followup_dict
    from triage.store import listed, queries
    from triage.store.checks import results_of

    now = int(time.time())
    row = listed.listed_series(connection, notes, series, now, my_turns(connection, now))
    given, earlier = effective_followups(connection, series), queries.earlier_by_author(connection, series)
    became = merged(connection, series, repo) if repo is not None else []
    checked = results_of(notes, [patch.message_id for patch in row.patches])
    if as_json:
        said = [{"message_id": name} | one.to_dict() for name, results in checked.items() for one in results]
        told = {"followups": [followup_dict(item) for item in given], "earlier_by_author": earlier, "checks": said}
        json_line(row.to_dict() | told | ({"commits": [one.to_dict() for one in became]} if repo is not None else {}))
        return
    remarks: dict[str, list[str]] = {}
    for name, results in checked.items():
        remarks[name] = [result.words(now) for result in results]
    for commit in became:
        remarks.setdefault(commit.message_id, []).append(_merged_line(commit))
    for item in given:
        remark = "" if item.matches else "  (by another sender: does not count)"
        remarks.setdefault(item.patch, []).append(f"+ {item.trailer.key}: {item.trailer.value}{remark}")
    _print_series(row, earlier, remarks, listed.findings(connection, series))


def _print_series(
    row: "ListedSeries", earlier: int, remarks: Mapping[str, Sequence[str]], findings: Iterable["ListedFinding"]
) -> None:  # fmt: skip
    """Print a series' patches, each with its remarks, what ties it to others, and its findings."""
    from triage.commands.output import finding_lines, out, series_line
    from triage.model.text import safe

    out(series_line(row))
    out(f"  {earlier or 'no'} earlier series of its author here")
    for patch in row.patches:
        out(f"  {patch.n or '-':>4}  {safe(patch.subject)}  {safe(patch.message_id)}{'  (carried)' if patch.carried else ''}")
        for remark in remarks.get(patch.message_id, ()):
            out(f"          {safe(remark)}")
    if row.received < row.total:
        out(f"  {row.total - row.received} of its {row.total} patches did not come to these archives")
    for line in link_lines(row.links):
        out(line)
    if row.answers:
        out(f"  in reply to the series {safe(row.answers)}")
    if row.notes:
        out(f"  noted: {', '.join(row.notes)}; `triage show --why` says more")
    for finding in findings:
        for line in finding_lines(finding):
            out(line)


def _merged_line(patch: "Merged") -> str:
    """Say which commit a patch became."""
    from triage.model import rfc3339

    if patch.commit is None:
        return "= not in HEAD"
    return f"= commit {patch.commit[:12]} of {(rfc3339(patch.time) or '')[:10]}, by {patch.how}"


_SIGNS = {"unchanged": "=", "message": "~", "changed": "!", "new": "+", "dropped": "-"}


def show_versions(connection: "Index", series: int, diff: bool, as_json: bool) -> None:
    """Print the versions of a topic, each patch by patch against the one it follows."""
    from triage.commands.output import json_line, out
    from triage.model import rfc3339, version_label
    from triage.model.text import safe
    from triage.query.versions import versions

    for row in versions(connection, series, diff):
        if as_json:
            json_line(row.to_dict())
            continue
        out(f"{'>' if row.asked else ' '} {version_label(row.number, row.rfc)}  {rfc3339(row.posted)}  {safe(row.series)}")
        for line in link_lines(row.links):
            out("  " + line)
        for patch in row.patches:
            out(f"    {_SIGNS[patch.change]} {patch.change:9} {safe(patch.subject)}")
            for line in patch.difference or ():
                out(f"        {safe(line)}")


@click.group()
def series() -> None:
    """Correct which mails and versions belong together; corrections are records and travel with opinions.git."""


_reason = click.option("-m", "--reason", default="", help="Why.")
_unsigned = click.option("--unsigned", is_flag=True, help="Do not sign, even if git has a signing key.")


@series.command()
@click.argument("newer", metavar="NEWER")
@click.argument("older", metavar="OLDER")
@_reason
@_unsigned
@json_option
@with_config
def link(config: "Config", newer: str, older: str, reason: str, unsigned: bool, as_json: bool) -> None:
    """Record that the series NEWER is the next version of OLDER."""
    _correct(config, "link", (newer, older), reason, unsigned, as_json)


@series.command()
@click.argument("newer", metavar="NEWER")
@click.argument("older", required=False, metavar="[OLDER]")
@_reason
@_unsigned
@json_option
@with_config
def unlink(config: "Config", newer: str, older: str | None, reason: str, unsigned: bool, as_json: bool) -> None:
    """Record that the series NEWER is not a version of OLDER, or of any series."""
    _correct(config, "unlink", (newer, older) if older else (newer,), reason, unsigned, as_json)


@series.command()
@click.argument("mails", nargs=-1, required=True, metavar="MAIL...")
@_reason
@_unsigned
@json_option
@with_config
def split(config: "Config", mails: tuple[str, ...], reason: str, unsigned: bool, as_json: bool) -> None:
    """Split MAILs off their series, into a series of their own."""
    _correct(config, "split", mails, reason, unsigned, as_json)


@series.command()
@click.argument("mails", nargs=-1, required=True, metavar="SERIES SERIES...")
@_reason
@_unsigned
@json_option
@with_config
def merge(config: "Config", mails: tuple[str, ...], reason: str, unsigned: bool, as_json: bool) -> None:
    """Merge several series into one; the first one says how many patches it has."""
    _correct(config, "merge", mails, reason, unsigned, as_json)


def _correct(config: "Config", kind: str, names: tuple[str, ...], reason: str, unsigned: bool, as_json: bool) -> None:
    from triage.commands.output import json_line, note, out
    from triage.ingest.pipeline import settle
    from triage.model.text import safe
    from triage.opinion.correct import correct
    from triage.opinion.give import uncounted, unheard

    record = correct(config, kind, names, reason, sign=not unsigned)
    with suppress(TriageError):  # it is written; what keeps it from taking effect now does not undo that
        settle(config)
    if as_json:
        json_line({"schema": 1, "id": record})
        return
    out(record)
    one, *others = (safe(name) for name in names)
    together = " ".join((one, *others))
    says = {
        "link": f"{one} now follows {' '.join(others)}", "unlink": f"{one} does not follow {' '.join(others) or 'any other'}",
        "split": f"{together}: taken out, together", "merge": f"{together}: one series now",
    }  # fmt: skip
    if why := uncounted(config, record):
        note(f"triage: {why}")
    else:
        note(f"{says[kind]}; `triage opinion give {record} withdraw` takes it back")
    if late := unheard(config):
        note(f"triage: {late}")
