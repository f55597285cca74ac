# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exchange did."""

from msgspec import Struct, field


class Result(Struct):
    """What an exchange did: per log what came, what went, and what was refused and why."""

    remote: str
    received: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Records that were here, and neither are any more nor are at the remote."""

    def as_dict(self) -> dict[str, object]:
        """Return it in the shape of `triage opinion sync --json`."""
        return {
            "schema": 1, "remote": self.remote, "received": dict(sorted(self.received.items())), "sent": dict(sorted(self.sent.items())),
            "refused": [{"log": ref, "says": why} for ref, why in sorted(self.refused.items())], "notes": self.notes,
            "lost": self.lost,
        }  # fmt: skip
