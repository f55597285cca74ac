# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How near two mails are to one another where their headers do not say: the run they were sent in, their files and titles."""

from collections.abc import Iterable

from triage.model import Message, MessageId
from triage.model.expression import expression

_SEND_EMAIL = expression(r"([0-9]{14}\.[0-9]{1,10}|[0-9]{9,11}-[0-9]{1,10})-[0-9]{1,5}-(.*)")
_FORMAT_PATCH = expression(r"(?:cover|[0-9a-f]{40})\.([0-9]{9,11}\.git\..*)")
_B4 = expression(r"([0-9]{8}-.{1,200}-v[0-9]{1,3})-[0-9]{1,5}-[0-9a-f]{6,}(@.*)")


def sending_run(message_id: MessageId) -> str:
    """Return what all mails of one sending share in their Message-IDs, "" where the tool that made them leaves no such trace.

    Sources: `make_message_id` of git-send-email, `gen_message_id` of git format-patch, and b4 send.
    """
    for form in (_SEND_EMAIL, _FORMAT_PATCH, _B4):
        if match := form.fullmatch(message_id):
            return "-".join(match.groups())
    return ""


Traits = tuple[set[str], set[str], set[str]]
"""The files that mails touch, the directories of these, and the subsystems that their titles name."""


def alike(ours: Traits, theirs: Traits) -> int:
    """Return how much two groups of patches have in common: 2 for a file, 1 for a directory, 1 for the subsystem in the title."""
    files, folders, subsystems = (not mine.isdisjoint(other) for mine, other in zip(ours, theirs, strict=True))
    return 2 * files + folders + subsystems


def traits(mails: Iterable[Message]) -> Traits:
    """Return by what a group of patches may be like another."""
    files: set[str] = set()
    subsystems: set[str] = set()
    for mail in mails:
        files |= {change.path for change in mail.files}
        head, colon, _ = mail.subject.title.partition(":")
        if colon and len(head) <= 60:
            subsystems.add(head.strip().casefold())
    return files, {path.rpartition("/")[0] for path in files}, subsystems
