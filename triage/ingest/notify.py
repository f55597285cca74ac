# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program of the user's told once a run which findings are new: JSON lines on its standard input."""

import json
from contextlib import closing

from triage.config import Config
from triage.model.errors import TriageError
from triage.programs import feed_program
from triage.store import listed
from triage.store.derive import series_with_open_findings
from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import open_index

SECONDS = 30.0
MOST = 1000
"""Findings that are told in one run; more are a new list or another policy, and no news."""


def open_findings(config: Config) -> set[str] | None:
    """Return the ids of all findings that nobody closed, None where there is no index yet: then nothing is news."""
    if not config.paths.index.exists():
        return None
    try:
        with closing(open_index(config.paths.index)) as connection:
            return {item for items in series_with_open_findings(connection).values() for item in items}
    except (TriageError, *DATABASE_ERRORS):
        return None


def tell_program(config: Config, before: set[str]) -> str:
    """Tell the program of `[notify]` which findings came since `before`; returns why it could not be told, "" where it was."""
    try:
        with closing(open_index(config.paths.index)) as connection:
            fresh = {series: items - before for series, items in series_with_open_findings(connection).items() if items - before}
            if not fresh:
                return ""
            every = [
                item.to_dict() for series, items in listed.findings_of(connection, sorted(fresh)).items() for item in items
                if item.id in fresh[series]
            ]  # fmt: skip
    except (TriageError, *DATABASE_ERRORS) as error:
        return str(error)
    if len(every) > MOST:
        return f"{len(every)} findings are new at once, more than {MOST}"
    text = "".join(json.dumps(item, ensure_ascii=True) + "\n" for item in every)
    return feed_program(config.notify, text, SECONDS)
