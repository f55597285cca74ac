# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policy needs to know of one mail, put beside what the mail layer read of it; still facts, no judgement."""

from hashlib import sha256

from msgspec.structs import replace

from triage.mail.characters import find_hidden
from triage.model import Body, Bound, FileChange, Kind, Message
from triage.model.expression import expression
from triage.policy.agent_files import added_text, is_agent_file, keeps_agents_away
from triage.policy.evidence import find_claims, find_evidence


def with_facts(message: Message, body: Body) -> Message:
    """Return a message with its evidence of AI use, claims of exceptions, and lines that hide something."""
    evidence, claims = find_evidence(message, body), find_claims(message, body)
    hidden = find_hidden(body) if message.is_member else ()
    carry = _carry(message, body) if message.kind in {Kind.PATCH, Kind.REPLY_PATCH} else ""
    files = _noted(message, body)
    if not (evidence or claims or hidden or carry) and files is message.files:
        return message
    return replace(message, evidence=evidence, claims=claims, hidden=hidden, carry=carry, files=files)


def _noted(message: Message, body: Body) -> tuple[FileChange, ...]:
    """Return a patch's files, instructions to AI agents that only keep them away marked as such."""
    if not any(is_agent_file(change.path) for change in message.files):
        return message.files
    return tuple(
        replace(change, note="preventive")
        if is_agent_file(change.path) and _only_adds(change) and keeps_agents_away(added_text(body.diff, change.path, change.added))
        else change
        for change in message.files
    )


def _only_adds(change: FileChange) -> bool:
    """Say whether all that a file says now is what the patch adds, or what it said before keeps standing: nothing is taken away."""
    return change.status in {"added", "modified"} and change.removed == 0


_PLACE = expression(r"\n(?:@@ |index [0-9a-f]{4,64}\.\.)[^\n]*")


def _carry(message: Message, body: Body) -> str:
    """Return sha256 over what a patch says and does, but for where in its files it does it and the blobs it was made from.

    Unlike a patch-id it sees blanks: a change of nothing else may be the change that matters.
    """
    bound = body.bound or Bound(message.author, body.commit_message, body.diff)
    said = "\0".join((str(bound.author), message.subject.title, bound.message.strip(), _PLACE.sub("\n@@", bound.diff.strip())))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
