# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an opinion is about: the content of a mail, a series or a finding."""

from msgspec.structs import replace

from triage.archive.reread import read_again
from triage.model import Kind, Message
from triage.model.errors import UsageError
from triage.model.opinion import FindingRef, series_carry
from triage.opinion.record import Target
from triage.store import listed, queries
from triage.store.queries import Stored
from triage.store.schema import Index


def opinion_target(connection: Index, name: str, finding: str = "") -> Target:
    """Return what an opinion on a mail, a series or one of its findings is bound to.

    `name` is any mail of the series: its cover or first patch stands for the whole series, another patch for itself.
    `finding` is a finding's id or code; raises `UsageError` where the series has none such, or several.
    """
    if not finding and (owner := queries.finding_owner(connection, name)):
        name, finding = owner, name
    stored = queries.find_message(connection, name)
    if stored.series is None:
        raise UsageError(f"{name!r} belongs to no series", "opinions are given on patches and series")
    head = queries.series_head(connection, stored.series)
    if finding:
        return _finding_target(connection, stored, finding, head)
    message = stored.message
    whole = message.message_id == head.first
    carry = _series_carry(connection, stored.series) if whole else message.carry
    return Target(
        message_id=message.message_id, blob=message.blob, content=head.fingerprint if whole else message.target,
        patch_id="" if whole else message.patch_id or "", carry=carry,
        series=f"v{head.version} {0 if whole else message.subject.n or 1}/{head.total}",
        fingerprint=head.fingerprint, title=head.title if whole else message.subject.title,
    )  # fmt: skip


def _series_carry(connection: Index, series: int) -> str:
    return series_carry((m.message.subject.n, m.message.carry) for m in queries.series_mails(connection, series) if m.message.carry)


def _number(mail: Message) -> int:
    """A patch without a number is the only one."""
    return mail.subject.n if mail.subject.n is not None else int(mail.kind is Kind.PATCH)


def target_line(connection: Index, target: Target, number: int) -> Target:
    """Return a target with a line of its mail, as `triage show` numbers them; raises `UsageError` for one it does not have."""
    lines = read_again(connection, queries.find_message(connection, target.message_id)).body.text.split("\n")
    if not 1 <= number <= len(lines):
        raise UsageError(f"the mail has no line {number}", f"it has {len(lines)}; `triage show` numbers them")
    return replace(target, line=number, quote=lines[number - 1].strip()[:200])


def _finding_target(connection: Index, stored: Stored, finding: str, head: queries.Head) -> Target:
    assert stored.series is not None
    rows = listed.findings(connection, stored.series)
    chosen = [f for f in rows if f.id == finding] or [f for f in rows if f.id.startswith(finding) and len(finding) >= 4]
    if not chosen:
        chosen = [f for f in rows if f.code.lower() == finding.lower()]
        here = [f for f in chosen if f.message_id == stored.message.message_id]
        chosen = here if len(here) == 1 else chosen
    if len(chosen) != 1:
        known = ", ".join(f"{f.id} {f.code}" for f in rows) or "none"
        many = "no finding" if not chosen else f"{len(chosen)} findings"
        raise UsageError(f"{finding!r} names {many} of this series", f"give the id of one: {known}")
    item = chosen[0]
    mail = queries.find_message(connection, item.message_id).message
    whole = item.target == head.fingerprint  # what asks for a second opinion asks for one on the series
    return Target(
        message_id=mail.message_id, blob=mail.blob, content=item.target, patch_id="" if whole else mail.patch_id or "",
        carry=_series_carry(connection, stored.series) if whole else mail.carry,
        series=f"v{head.version} {0 if whole else _number(mail)}/{head.total}", fingerprint=head.fingerprint,
        finding=FindingRef(f"{item.id} {item.code} {item.pack}/{item.rule}{queries.pack_digest(connection, item.policy)}"),
        title=head.title,
    )  # fmt: skip
