# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A correction given: a person says what belongs together, and git keeps it."""

from contextlib import closing

from triage.config import Config
from triage.model import Message, MessageId
from triage.model.corrections import Named
from triage.model.errors import UsageError
from triage.opinion.index import open_log, refreshed
from triage.opinion.keyring import in_force
from triage.opinion.person import reviewer
from triage.opinion.record import MAX_AGAINST, Draft, Target
from triage.opinion.writing import append
from triage.store import queries
from triage.store.corrections import corrections_naming
from triage.store.schema import Index


def correct(config: Config, kind: str, names: tuple[str, ...], reason: str = "", sign: bool = True) -> MessageId:
    """Write a correction (`link`, `unlink`, `split` or `merge`) of the mails `names`; returns the record's id.

    It takes effect once series are rebuilt (`ingest.pipeline.settle`). Raises `UsageError` for an unknown mail, one that is in no series,
    or too few of them; `ConfigError` as `give_opinion` does.
    """
    log = open_log(config.paths)
    in_force(log)
    with closing(refreshed(config)) as connection:
        stored = [_in_series(connection, name) for name in names]
        if kind in {"link", "merge"} and len({one.series for one in stored}) < 2:
            raise UsageError(f"{kind} needs two different series", "name a mail of each")
        if kind == "link":
            _refuse_circle(connection, stored[0].series or 0, stored[1].series or 0)
        if kind == "split" and queries.is_whole_series(connection, [one.row for one in stored]):
            raise UsageError("these mails are all of their series", "name those that belong elsewhere")
        first, *others = [_named(connection, one, kind) for one in stored]
        head = queries.series_head(connection, stored[0].series or 0)
        seen = _said_before(connection, {one.series or 0 for one in stored})
    target = Target(
        message_id=first.message_id, blob=first.blob, content=first.target, patch_id=first.patch_id or "", carry=first.carry,
        series=f"v{head.version} {first.subject.n or 0}/{head.total}", fingerprint=head.fingerprint, title=head.title,
    )  # fmt: skip
    named = tuple(Named(other.message_id, other.target) for other in others)
    return append(log, Draft(reviewer(), kind, target, reason, others=named, against=seen), sign)


def _said_before(connection: Index, series: set[int]) -> tuple[str, ...]:
    """Return the records of corrections that stand about some series: who corrects now has seen them."""
    mails = {mail.message.message_id for one in series for mail in queries.series_mails(connection, one)}
    return tuple(item.record for item in corrections_naming(connection, mails)[-MAX_AGAINST:])


def _refuse_circle(connection: Index, newer: int, older: int) -> None:
    """Raise `UsageError` where the older of two series follows the newer one already."""
    at: int | None = older
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        at = queries.previous_of(connection, at)
        if at == newer:
            names = [queries.series_head(connection, one).first for one in (older, newer)]
            raise UsageError(f"{names[0]} follows {names[1]} already", "name the newer one first, or `triage series unlink` them before")


def _in_series(connection: Index, name: str) -> queries.Stored:
    stored = queries.find_message(connection, name)
    if stored.series is None or not stored.message.is_member:
        raise UsageError(f"{name!r} is not a patch or cover", "corrections are about the mails that make up series")
    return stored


def _named(connection: Index, stored: queries.Stored, kind: str) -> Message:
    """Return the mail that stands for what was named: itself for a split, else the first of its series."""
    if kind == "split":
        return stored.message
    head = queries.series_head(connection, stored.series or 0).first
    return next(mail.message for mail in queries.series_mails(connection, stored.series or 0) if mail.message.message_id == head)
