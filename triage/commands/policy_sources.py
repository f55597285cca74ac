# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about packs that come from git repositories: nothing is fetched but by these, and nothing used that is not signed."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from triage.commands import with_config
from triage.commands.policy_compared import compared, difference_lines
from triage.model.errors import TriageError, UsageError

if TYPE_CHECKING:
    from triage.admin.subscribe import Source, Staged
    from triage.config import Config

DAYS = 90
SHOWN = 10


@click.command("subscribe")
@click.argument("url", metavar="GIT-URL")
@with_config
def subscribe(config: "Config", url: str) -> None:
    """Take policy packs from the git repository GIT-URL: those of its newest version whose tag is signed.

    Packs are *.toml files at its top or in packs/, with their test mails beside them; versions are tags such as v1 or v2.3. The tag's
    signature is verified by git with your own signers (gpg.ssh.allowedSignersFile, or your GnuPG keys), every pack is checked, and what it
    changes in the last 90 days of your lists is printed before it is used. Nothing is fetched later but by `triage policy update`.
    """
    from triage.admin.subscribe import new_source

    _take(config, new_source(config, url), only_check=False)


@click.command("update")
@click.argument("name", default="", metavar="[NAME]")
@click.option("--check", "only_check", is_flag=True, help="Fetch, verify and compare, and use nothing.")
@with_config
def update(config: "Config", name: str, only_check: bool) -> None:
    """Bring packs from repositories up to their newest signed version; NAME is one repository, as `subscribe` named it."""
    from triage.admin.subscribe import sources
    from triage.commands.output import note
    from triage.model.text import safe

    known = [one for one in sources(config) if not name or name in {one.name, one.url}]
    if not known:
        raise UsageError(
            f"no source is called {name!r}" if name else "there is nothing to update", "`triage policy subscribe GIT-URL` adds a source"
        )
    failed: list[TriageError] = []
    for one in known:
        try:
            _take(config, one, only_check)
        except TriageError as error:
            note(f"triage: {safe(one.name)}: {safe(str(error))}")
            failed.append(error)
    if failed:
        raise SystemExit(failed[0].exit_code)


@click.command("unsubscribe")
@click.argument("name")
@with_config
def unsubscribe(config: "Config", name: str) -> None:
    """Forget the repository NAME and its packs; a list that is judged by one of them must be given another pack first."""
    from triage.admin import subscribe as admin
    from triage.commands.output import note
    from triage.model.text import safe

    found = admin.unsubscribe(config, name)
    note(f"{safe(found.name)}: forgotten, with {', '.join(safe(pack) for pack, _ in found.packs)}")


def _take(config: "Config", source: "Source", only_check: bool) -> None:
    """Tell what a source's newest version changes, then use it unless it is only to be checked."""
    from triage.admin.subscribe import staged, use
    from triage.commands.output import note, out
    from triage.model.text import safe

    with staged(config, source) as new:
        if new is None:
            note(f"{safe(source.name)}: {safe(source.tag)} is the newest")
            return
        out(f"{safe(source.name)}: {safe(new.source.tag)} ({new.source.commit[:12]}), signed by {safe(new.source.signer)}")
        for line in [f"{pack}: {what}" for pack, what in new.changes] or ["no pack changed"]:
            out(f"  {safe(line)}")
        _tell(config, new)
        if only_check:
            note(f"nothing is changed; `triage policy update {safe(source.name)}` uses it")
            return
        use(config, new)
    note(f"{safe(source.name)}: {safe(new.source.tag)} is used from now on; run `triage ingest`")


def _tell(config: "Config", new: "Staged") -> None:
    """Print which series of the last days end otherwise, list by list."""
    from triage.commands.output import out
    from triage.config import load_lists
    from triage.model.text import safe
    from triage.projects import packs_of

    since = datetime.fromtimestamp(time.time() - DAYS * 86400, UTC).date()
    touched = {pack for pack, _ in new.changes}
    for spec in load_lists(config.paths):
        gone = {pack for pack, what in new.changes if what == "gone"} & set(spec.policies)
        if gone:
            raise UsageError(
                f"{spec.name} is judged by {min(gone)}, which is gone", f"choose another first: `triage policy use {spec.name} PACK`"
            )
        if not touched & {pack.id for _, pack in packs_of(spec.policies, new.config)} or not config.paths.index.exists():
            continue
        limit = f"list:{spec.name} date:{since}.."
        total, found = compared(config, spec.policies, spec.policies, limit, "", new.config)
        out(f"  {safe(spec.name)}: {len(found)} of {total} series of the last {DAYS} days end otherwise")
        for one in found[:SHOWN]:
            for line in difference_lines(one):
                out(f"    {line}")
        if len(found) > SHOWN:
            out(f"    and {len(found) - SHOWN} more")
