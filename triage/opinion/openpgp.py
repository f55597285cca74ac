# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What gpg says of OpenPGP keys and signatures, read: who signed when, and whether that key could sign then. Pure."""

import re

from msgspec import Struct

from triage.model.expression import expression

_VALID = expression(r"^\[GNUPG:\] VALIDSIG ([0-9A-F]{40}) \S+ (\d{1,12}) .*?([0-9A-F]{40})$", re.MULTILINE)
FAR = 86400
"""Seconds by which a signature and the commit that holds it may be apart."""


class Part(Struct, frozen=True):
    """A primary key or a subkey as `gpg --with-colons` lists it (GnuPG, doc/DETAILS)."""

    fingerprint: str
    primary: str
    revoked: bool
    expires: int | None
    """Seconds since the epoch; None for never."""

    def fit(self, moment: int) -> bool:
        """Say whether it may have signed at a moment; a key that was revoked may not at any, since its owner took it back."""
        return not self.revoked and (self.expires is None or moment < self.expires)


def read_listing(text: str) -> dict[str, Part]:
    """Return the keys of a listing by fingerprint, primary keys before their subkeys."""
    found: dict[str, Part] = {}
    primary, row = "", None
    for line in text.splitlines():
        fields = line.split(":")
        if fields[0] in {"pub", "sub"}:
            row = fields
        elif fields[0] == "fpr" and row is not None and len(fields) > 9:
            primary = fields[9] if row[0] == "pub" else primary
            until = row[6].partition("T")[0]
            expires = int(until) if until.isdecimal() and until.isascii() else None
            found[fields[9]] = Part(fields[9], primary, row[1] == "r", expires)
            row = None
    return found


def signer(status: str, parts: dict[str, Part], moment: int) -> str:
    """Return the primary key that made a good signature by gpg's status lines, "" where none did that was fit to at `moment`."""
    match = _VALID.search(status)
    if not match:
        return ""
    made, own, primary = int(match[2]), parts.get(match[1]), parts.get(match[3])
    times = (made, moment)  # what the signature says of its time, and the commit
    fit = own is not None and primary is not None and all(part.fit(time) for part in (own, primary) for time in times)
    return match[3] if fit and abs(made - moment) <= FAR else ""
