# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads made series of and judged, from their rows and the project's packs; what a worker process does. Writes nothing."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

from triage.config import Config
from triage.ingest.batches import Batch, load_batch
from triage.model.errors import ConfigError
from triage.policy.evidence.tools import extend
from triage.policy.judge import declared_tools
from triage.projects import Judges
from triage.series.corrections import Corrections
from triage.series.followups import reviewed
from triage.series.grouping import group
from triage.series.replies import replies_to
from triage.series.versions import branch_of
from triage.store.derive import Drafted, drafted
from triage.store.schema import open_index
from triage.store.transaction import snapshot


class Setting(Struct, frozen=True):
    """What is the same for all threads of a run."""

    config: Config
    tools: Sequence[object]
    """The user's own rows of the table of AI tools."""
    by_list: Mapping[int, tuple[str, ...]]
    broken: frozenset[str]
    """The policies that cannot be had where the index is written."""
    token: str
    """Which run this is: what a process read for another one may be old."""


_KEPT: list[tuple[str, Judges]] = []


def _judges_of(setting: Setting) -> Judges:
    """Return the projects of a run, each read once in a process; raises `ConfigError` where they are others than the writer's."""
    if not _KEPT or _KEPT[0][0] != setting.token:
        judges = Judges(setting.config)
        judges.why_not(name for names in setting.by_list.values() for name in names)
        if different := sorted(set(judges.broken()) ^ setting.broken):
            raise ConfigError(f"a worker does not read the policy {different[0]} as this machine does", "give it the same files")
        _KEPT[:] = [(setting.token, judges)]
    return _KEPT[0][1]


@contextmanager
def _at_work(setting: Setting) -> Iterator[Judges]:
    """Give the projects of a run to a process of its own; what a batch leaves behind goes with it: mails and series refer to each other."""
    gc.disable()
    try:
        extend(setting.tools)
        yield _judges_of(setting)
    finally:
        gc.collect()
        gc.enable()


def judge_apart(setting: Setting, batch: Batch) -> list[Drafted]:
    """Do `judge_batch` in a process of its own."""
    with _at_work(setting) as judges:
        return judge_batch(setting, judges, batch)


def judge_stored(setting: Setting, index: Path, threads: set[int]) -> list[Drafted]:
    """Do `judge_batch` in a process of its own on this machine, for threads that it reads from the index itself."""
    with _at_work(setting) as judges:
        with closing(open_index(index)) as connection, snapshot(connection):
            batch = load_batch(connection, threads)
        return judge_batch(setting, judges, batch)


def judge_batch(setting: Setting, judges: Judges, batch: Batch) -> list[Drafted]:
    """Return the series that the mails of some threads form, with what the policies of their lists find in them."""
    pool, by_list = batch.pool, setting.by_list
    messages = pool.messages()
    row_of = {id(message): row for row, message in messages.items()}
    grouped = group((message for message in messages.values() if message.is_member), Corrections(batch.corrections))
    found: list[Drafted] = []
    for series, answers in zip(grouped, replies_to(grouped, messages.values()), strict=True):
        rows = [row_of[id(message)] for message in series.members]
        lists: set[int] = set()
        for row in rows:
            lists |= batch.lists.get(row, frozenset())
        policies = {by_list[list_id] for list_id in lists if list_id in by_list}
        kept = next((old for row in rows if (old := pool.series_of[row]) is not None), None)
        earlier, before = batch.older.get(kept, ((), None)) if kept is not None else ((), None)
        findings = judges.judge(policies, series, answers, earlier, before)
        people = judges.people(name for names in policies for name in names)
        found.append(
            drafted(
                series, row_of, pool.thread_of[rows[0]], lists, answers, findings, tools=declared_tools(series, answers),
                branch=branch_of(series), inherits=bool(earlier), given=reviewed(series, answers, people.is_machine),
            )
        )  # fmt: skip
    return found
