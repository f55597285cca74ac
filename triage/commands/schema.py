# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON schemas of what the program prints, as files of the package."""

import click

from triage.model.errors import UsageError


@click.command()
@click.argument("name", required=False)
def schema(name: str | None) -> None:
    """Print the JSON schema NAME: that of `triage NAME --json`, or `policy-pack` for an editor; without NAME, list them."""
    from importlib.resources import files

    from triage.commands.output import out

    folder = files("triage") / "schemas"
    known = sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json"))
    if name is None:
        for one in known:
            out(one)
        return
    if name not in known:
        raise UsageError(f"no schema is called {name!r}", f"one of {', '.join(known)}")
    out((folder / f"{name}.json").read_text("utf-8").rstrip("\n"))
