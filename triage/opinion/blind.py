# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blind review: what others said on a question stays hidden until one has said one's own, and a look at it is noted."""

import time
from contextlib import closing

from triage.config import Config
from triage.store import personal
from triage.store.schema import open_personal
from triage.store.write import transaction


def question_key(target: str, finding: str) -> str:
    """Return what names a question: the finding, which knows its content, else the content it is about."""
    return finding or target


def reveal(config: Config, questions: list[str]) -> None:
    """Note that earlier opinions on some questions are looked at before one's own is given: the record will say so."""
    path = config.paths.personal
    with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
        for question in questions:
            personal.reveal(connection, question, int(time.time()))
