# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What opinions need to know of a project."""

from msgspec import Struct

from triage.policy.people import NOBODY, People


class ProjectContext(Struct, frozen=True):
    """A project as far as opinions go: its people, and whether it counts signed opinions alone."""

    pack: str
    people: People = NOBODY
    signed_only: bool = False
