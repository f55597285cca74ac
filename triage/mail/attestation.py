# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What vouches for a mail's sender: DKIM results that a mail server wrote down, and developer signatures (patatt). Read, not checked."""

import re

from msgspec import Struct

from triage.model.expression import expression

MAX_HEAD = 256 * 1024
_FIELD = expression(rb"\n(authentication-results|x-developer-signature):[ \t]*([^\n]{0,4000}(?:\n[ \t][^\n]{0,1000}){0,20})", re.IGNORECASE)
_SERVER = expression(r"\s*([A-Za-z0-9.-]{1,200})(?:\s+\d+)?\s*;")
_DKIM = expression(r"\bdkim=([a-z]{1,20})\b[^;]{0,300}?\bheader\.(?:d|i)=@?([A-Za-z0-9.-]{1,200})")
_TAG = expression(r"(?:^|;)\s*([a-z]{1,3})=([^;]{0,300})")


class Attested(Struct, frozen=True):
    """One thing that vouches for a mail: `dkim` with its result, the domain, and the server that says so, or `patatt`."""

    kind: str
    result: str
    """For DKIM what the server found (`pass`, `fail`, …), for patatt the algorithm."""
    identity: str
    """The domain, or the developer's address."""
    by: str


def attested(content: bytes) -> list[Attested]:
    """Return what vouches for a mail by its own headers, the topmost first; anybody may write such headers, so `by` matters.

    Sources: RFC 8601 (Authentication-Results), the patatt documentation (X-Developer-Signature). Linear in the head's length.
    """
    head = b"\n" + content[:MAX_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found: list[Attested] = []
    for name, raw in _FIELD.findall(head):
        value = " ".join(raw.decode("utf-8", "replace").split())
        if name.lower() == b"x-developer-signature":
            tags = dict(_TAG.findall(value))
            found.append(Attested("patatt", tags.get("a", "").partition("-")[0], tags.get("i", "").strip(), ""))
        elif server := _SERVER.match(value):
            found += [Attested("dkim", result, domain, server[1]) for result, domain in _DKIM.findall(value[server.end() :])]
    return list(dict.fromkeys(found))[:10]
