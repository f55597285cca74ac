# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof at the commit: notes and statements of what was judged and said of the patch that it came from."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.commands import json_option, open_databases, with_config
from triage.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from triage.config import Config


@click.command()
@click.argument("range_", metavar="BASE..HEAD")
@click.option("--repo", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR", help="The repository of the commits.")
@click.option("--verify", is_flag=True, help="Check the statements on the commits; exit with 1 if any does not count, or there is none.")
@click.option("--unsigned", is_flag=True, help="Do not sign.")
@click.option("--dry-run", is_flag=True, help="Print what would be noted, and write nothing.")
@json_option
@with_config
def attest(config: "Config", range_: str, repo: Path | None, verify: bool, unsigned: bool, dry_run: bool, as_json: bool) -> None:
    """Note at applied commits what was judged and said of their patches, for people and as signed in-toto statements.

    A commit is matched with its mail by patch-id, else by a Message-Id or Link trailer. The lines are in refs/notes/triage
    (`git log --notes=triage` shows them), the statements in refs/notes/triage-attestations, signed with git's SSH key.
    """
    from triage.commands.output import json_line, note, out
    from triage.model.text import safe
    from triage.report.attest import attest as write_notes

    if verify and (dry_run or unsigned):
        raise UsageError("--verify only reads", "leave --dry-run and --unsigned out")
    if verify:
        _verify(range_, repo, as_json)
        return
    for database in open_databases(config):  # which says so where no mail was ever read
        database.close()
    written, left = write_notes(config, range_, repo, sign=not unsigned, write=not dry_run)
    for made in written:
        if as_json:
            matched = made.matched
            json_line({"schema": 1, "commit": matched.commit, "message_id": matched.message_id, "matched_by": matched.how,
                       "statements": list(made.statements)})  # fmt: skip
            continue
        out(made.matched.commit[:12])
        for line in made.lines:
            out(f"    {safe(line)}")
    if left:
        note(f"triage: {left} commit{'s were' if left > 1 else ' was'} applied from no mail that is here")


def _verify(range_: str, repo: Path | None, as_json: bool) -> None:
    """Print which statements on the commits count, and exit with 1 if any does not, or there is none."""
    from triage.commands.output import json_line, out
    from triage.model.text import safe
    from triage.report.attest import check_attested

    found = check_attested(range_, repo)
    for one in found:
        if as_json:
            json_line({"schema": 1, "commit": one.commit, "good": list(one.good), "bad": list(one.bad)})
            continue
        for line in one.good:
            out(f"{one.commit[:12]} good: {safe(line)}")
        for line in one.bad:
            out(f"{one.commit[:12]} bad: {safe(line)}")
        if not one.good and not one.bad:
            out(f"{one.commit[:12]} no statement")
    if any(one.bad for one in found) or not any(one.good for one in found):
        raise SystemExit(ExitCode.FAILED)
