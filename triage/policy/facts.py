# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policy needs to know of one mail, put beside what the mail layer read of it; still facts, no judgement."""

from dataclasses import replace
from hashlib import sha256

from triage.mail.characters import find_hidden
from triage.model import Body, Kind, Message
from triage.policy.evidence import find_claims, find_evidence


def with_facts(message: Message, body: Body) -> Message:
    """Return a message with its evidence of AI use, claims of exceptions, and lines that hide something."""
    evidence, claims = find_evidence(message, body), find_claims(message, body)
    hidden = find_hidden(body) if message.is_member else ()
    words = _words(message, body) if message.kind in {Kind.PATCH, Kind.REPLY_PATCH} else ""
    return (
        replace(message, evidence=evidence, claims=claims, hidden=hidden, words=words) if words or evidence or claims or hidden else message
    )


def _words(message: Message, body: Body) -> str:
    """Return sha256 over what a patch says besides its diff."""
    said = "\0".join((str(message.author), message.subject.title, body.commit_message.strip()))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
