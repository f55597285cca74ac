# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of machines, quoted; never inferred from style, never from a word alone. Pure.

`passages` lays a text out, `sentences` finds the machines that each sentence names, `reader` decides by grammar what is said of them,
`forms` reads boxes, fields and answers, `trailers` the keys, `mails` puts a mail together; `tools.toml` is who makes what.
"""

from triage.policy.evidence.claims import find_claims
from triage.policy.evidence.mails import attribute, find_evidence, passed_over
from triage.policy.evidence.trailers import AI_KEYS, declares_ai

__all__ = ["AI_KEYS", "attribute", "declares_ai", "find_claims", "find_evidence", "passed_over"]
