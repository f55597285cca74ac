# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flags as tags in notmuch, by the user's choice, so that mutt, aerc and emacs show them where mail is read."""

from contextlib import closing

from triage.archive.notmuch import TAG, set_tags
from triage.config import Config
from triage.store.schema import open_index
from triage.store.statistics import open_flags


def tag_notmuch(config: Config) -> int:
    """Have notmuch's mails carry `triage::SEVERITY` and `triage::CODE` of their open findings; returns how many mails changed.

    Raises `TriageError` where notmuch is not there, or busy.
    """
    wanted: dict[str, set[str]] = {}
    with closing(open_index(config.paths.index)) as connection:
        for name, severity, code in open_flags(connection):
            wanted.setdefault(name, set()).update({f"{TAG}{severity}", f"{TAG}{code}"})
    return set_tags({name: frozenset(tags) for name, tags in wanted.items()})
