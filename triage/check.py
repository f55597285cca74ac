# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy on a mail or an mbox as it comes in on a pipe: no database, no archive."""

from triage import git
from triage.archive.mbox import split_mbox
from triage.errors import UsageError
from triage.mail.message import Read, read_mail
from triage.mail.mime import UnreadableError
from triage.model import MAX_MAIL, Finding, Message, MessageId, PatchId, RawMail, blob_id
from triage.policy.evidence import find_evidence
from triage.policy.pack import Pack
from triage.policy.rules import judge
from triage.series.grouping import group, nearest_member


def check_mails(content: bytes, pack: Pack) -> list[tuple[MessageId, Finding]]:
    """Return what `pack` says of the series in some mail, each finding with its series' first Message-ID.

    `content` is one mail or an mbox. Raises `UsageError` where it holds no mail that can be read.
    """
    messages = [_message(read) for read in _read(content)]
    series = group(message for message in messages if message.is_member)
    owners = {message.message_id: number for number, one in enumerate(series) for message in one.members}
    found: list[tuple[MessageId, Finding]] = []
    for number, one in enumerate(series):
        replies = [m for m in messages if not m.is_member and nearest_member(m, owners) == number]
        found += [(one.first.message_id, finding) for finding in judge(one, replies, pack)]
    return found


def _read(content: bytes) -> list[Read]:
    if content.startswith(b"\x1f\x8b"):
        raise UsageError("this is gzipped", "unpack it on the way: zcat FILE | triage check -")
    mails = split_mbox(content) if content.startswith(b"From ") else [content]
    read: list[Read] = []
    reason = "it is empty"
    for mail in mails:
        try:
            read.append(read_mail(RawMail(mail[: MAX_MAIL + 1], "", blob_id(mail), 0)))
        except UnreadableError as error:
            reason = error.reason
    if not read or not any(r.message.raw_subject or r.message.sender.email for r in read):
        raise UsageError("there is no mail to check", reason if not read else "expected headers, a blank line and a text")
    return read


def _message(read: Read) -> Message:
    from dataclasses import replace

    ids = git.patch_ids([(0, read.body.patch)]) if read.body.diff else {}
    patch_id = PatchId(ids[0]) if 0 in ids else None
    return replace(read.message, evidence=find_evidence(read.message, read.body), patch_id=patch_id)


def finding_json(series: MessageId, finding: Finding) -> dict[str, object]:
    """Return a finding in the shape of `triage findings --json`, for mail that no index knows."""
    return {
        "schema": 1, "series": series, "id": finding.id, "code": finding.code, "name": finding.name, "severity": finding.severity.value,
        "rule": finding.rule, "pack": finding.pack, "message_id": finding.message_id, "n": finding.n, "region": finding.region,
        "line": finding.line, "quote": finding.quote, "says": finding.says, "misses": finding.misses, "source": finding.source,
        "question": finding.question, "target": finding.target, "status": "cured" if finding.cured else "open", "opinions": [],
    }  # fmt: skip
