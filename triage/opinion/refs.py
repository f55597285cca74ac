# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the refs of `opinions.git` are called: a log a reviewer, the keys, and what was last seen of each, here and at remotes."""

import re
from hashlib import sha256

LOGS = "refs/opinions/"
KEYS = "refs/opinions/_keys"
LAST = "refs/last/"
"""What a log or the keys last were here: written with each move, so that a ref that is lost or cut back is noticed."""
SEEN = "refs/seen/"
OFFERED = "refs/offered/"
HIDDEN = "refs/hidden/"
"""A record of a remote's that was given under keys, where the remote does not show these keys."""


def ref_of(email: str) -> str:
    """Return the ref that a reviewer's log is."""
    return f"{LOGS}{slug(email)}/log"


def slug(email: str) -> str:
    """Return the name of a reviewer's ref: readable, and different for every address."""
    lower = email.casefold()
    readable = re.sub(r"[^a-z0-9]+", "-", lower).strip("-")[:60] or "nobody"
    return f"{readable}-{sha256(lower.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
