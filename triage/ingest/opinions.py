# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opinions laid over what a run takes in; where nobody ever said anything, what reads them is not even loaded."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from triage.config import Config
from triage.opinion.memory import indexed_tips, seen_tips
from triage.store import opinions as stored
from triage.store.schema import Index
from triage.store.transaction import transaction

if TYPE_CHECKING:
    from triage.policy.context import ProjectContext


def take_in_opinions(connection: Index, config: Config, voices: "Callable[[str], ProjectContext]") -> None:
    """Bring the index up to the logs of opinions."""
    where = config.paths.opinions
    if where.exists() or seen_tips(where) or stored.tips_stored(connection) or indexed_tips(config.paths):
        from triage.opinion.index import open_log, refresh

        refresh(connection, open_log(config.paths), voices)


def settle_opinions(connection: Index, voices: "Callable[[str], ProjectContext]") -> None:
    """Work out where records stand for every series that a run changed."""
    if stored.unsettled(connection, 1):
        from triage.opinion.index import settle_standing

        settle_standing(connection, voices)
    with transaction(connection):
        stored.forget_unsettled(connection)
