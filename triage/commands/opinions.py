# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands about second opinions."""

from contextlib import closing
from typing import Any

import click

from triage.commands import json_option, with_config


@click.group()
def opinion() -> None:
    """Second opinions: give one, list them."""


@opinion.command()
@click.argument("name", metavar="ID")
@click.argument("kind", metavar="VERDICT")
@click.option("--finding", default="", metavar="ID|CODE", help="The finding it is about; without it, the series or patch.")
@click.option("-m", "--reason", default="", help="Why; needed to disagree, dismiss or waive.")
@click.option("--replaces", default="", metavar="RECORD", help="Your earlier record that this one withdraws.")
@click.option("--unsigned", is_flag=True, help="Do not sign, although git has a signing key.")
@json_option
@with_config
def give(config: Any, name: str, kind: str, finding: str, reason: str, replaces: str, unsigned: bool, as_json: bool) -> None:
    """Record an opinion on the series, patch or finding ID: VERDICT is agree, disagree or unsure; confirm, dismiss or waive
    decide a finding; withdraw takes an own record back.
    """
    from triage.giving import give_opinion
    from triage.output import json_line, out

    record = give_opinion(config, name, kind, finding, reason, replaces, sign=not unsigned)
    if kind == "withdraw":
        from triage.ingest import settle

        settle(config)  # it may have been a correction, which takes effect on series
    if as_json:
        json_line({"schema": 1, "id": record})
    else:
        out(record)


@opinion.command("list")
@click.argument("name", required=False, metavar="[ID]")
@json_option
@with_config
def opinion_list(config: Any, name: str | None, as_json: bool) -> None:
    """Print all opinions, or those on the series that ID belongs to."""
    from triage.giving import opinions_json, refreshed
    from triage.output import json_line, out
    from triage.text import safe

    with closing(refreshed(config)) as connection:
        for item in opinions_json(connection, name):
            if as_json:
                json_line(item)
                continue
            about = item["finding"].partition(" ")[2] or "series or patch"
            out(f"{item['time']} {item['kind']:8} {safe(item['reviewer']['email'])} {item['signed']}  {safe(about)}")
            out(f"    {safe(item['id'])} on {safe(item['target_message'])}")
            if item["reason"]:
                out(f"    {safe(item['reason'])}")
