# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed for an opinion, kept until the record is in git."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from triage.config import Config
from triage.model.errors import TriageError
from triage.store import personal
from triage.store.schema import open_personal
from triage.store.transaction import transaction


@contextmanager
def typed(config: Config, name: str, kind: str, finding: str, text: str) -> Iterator[None]:
    """Keep what was typed until it is a record, before anything else is done: nothing that ends the program in between loses it."""
    if not text.strip():
        yield
        return
    key = draft_key(name, finding, "ask" if kind == "ask" else "opinion")
    keep_draft(config, key, json.dumps({"kind": kind, "finding": finding, "reason": text}))
    yield
    with suppress(TriageError):  # the record is written: a draft that stays is not a failure of it
        keep_draft(config, key, "")
        _forget_same(config, key.partition(":")[0], text)


def _forget_same(config: Config, what: str, text: str) -> None:
    """Forget a text that was kept under another name of the same mail, or of its series, and is said now."""
    with closing(open_personal(config.paths.personal)) as notes:
        every = personal.drafts(notes, f"{what}:")
    for key, body in every.items():
        if body and json.loads(body).get("reason") == text:
            keep_draft(config, key, "")


def draft_key(name: str, finding: str = "", what: str = "opinion") -> str:
    """Return where what is typed about a mail, or a finding on it, is kept: an opinion, or what is asked (`ask`)."""
    return f"{what}:{name.strip('<>')} {finding}".strip()


def keep_draft(config: Config, key: str, body: str) -> None:
    """Keep what was typed into a form; an empty body forgets it."""
    path = config.paths.personal
    with closing(open_personal(path, write=True)) as connection, transaction(connection, path):
        personal.save_draft(connection, key, body, int(time.time()))


def kept_draft(config: Config, name: str) -> dict[str, str]:
    """Return what was typed last about a mail and not saved: kind, finding and reason; empty for nothing."""
    with closing(open_personal(config.paths.personal)) as notes:
        keys = (draft_key(name), f"typed:{name.strip('<>')} ")  # the latter as older programs kept it
        bodies = [body for key in keys for body in personal.drafts(notes, key).values()]
    return next(({key: str(value) for key, value in json.loads(body).items()} for body in bodies if body), {})
