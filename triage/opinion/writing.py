# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A record written: what may be written behind a log, and by whom, is looked at here, in one place, before anything is."""

import os
from datetime import UTC, datetime

from msgspec.structs import replace

from triage.model import MessageId
from triage.model.errors import ConfigError
from triage.opinion.damage import check_log
from triage.opinion.keyring import in_force
from triage.opinion.log import OpinionLog
from triage.opinion.ownkey import check_own_key
from triage.opinion.record import MAX_RECORD, Draft, new_id, read_record, write_record
from triage.opinion.refs import ref_of


def append(log: OpinionLog, draft: Draft, sign: bool = True) -> MessageId:
    """Write one record behind the reviewer's last one and return its id.

    The ref moves only if nobody moved it meanwhile. Raises `UsageError` for a draft that says too little, `ConfigError`
    where signing fails or the key is not the reviewer's trusted one, `KeysError` where keys cannot be read that once could,
    `ArchiveError` where the reviewer's log is lost or the disk refuses; nothing is written then.
    """
    draft.check()
    message_id = new_id(draft.time or datetime.now(UTC), os.urandom(10))
    with log.repository.held():
        ring = in_force(log)
        check_own_key(ring, draft.reviewer.email, sign)
        ref = ref_of(draft.reviewer.email)
        check_log(log, ref)
        draft = replace(draft, project=ring.project)
        previous = log.repository.ref(ref)
        record = write_record(draft, message_id, previous)
        if why := read_record(record, "", "unsigned").trouble:
            raise ConfigError(f"this record could not be read again: {why}", "use a plain address in git's user.email")
        if len(record) > MAX_RECORD:
            raise ConfigError("this opinion is larger than 64 KiB", "say it in fewer words")
        subject = f"{draft.kind} {draft.target.finding.code}".strip()
        commit = log.write(record, previous, draft.reviewer, subject, sign)
        log.repository.move(ref, commit, previous)
    return message_id
