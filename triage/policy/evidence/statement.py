# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sentence is found to say of machines, and what is known around it."""

from msgspec import Struct

from triage.model import Role, Says


class Setting(Struct, frozen=True):
    """What is known around a sentence; a patch's own message is the plain case."""

    brief: bool = False
    """Whether a few words can be a whole statement here: a list item, a field, an answer, a title."""
    title: bool = False
    """Whether it is a subject line: its verbs say what the patch does."""
    headed: bool = False
    """Whether its first line may be a title."""
    asked: bool = False
    """Whether it stands under a heading that asks about AI: then a tool that is named was used."""
    titles: bool = False
    """Whether its list items are titles of commits, as in a request to pull."""
    topic: bool = False
    """Whether machines are what the contribution deals with."""
    revert: bool = False
    """Whether it takes back an older commit, of which it then speaks."""
    warm: bool = True
    """Whether words such as agent or model mean a machine here, since the text speaks of one."""


class Statement(Struct, frozen=True):
    """What a sentence says: `at` is where in its passage the machine is named."""

    says: Says
    role: Role
    tools: tuple[str, ...]
    why: str
    at: int
    text: str
    alleges: bool = False
    """Whether the same words are an allegation where somebody else speaks them."""


class Reading(Struct, frozen=True):
    """What one machine of a sentence is said to have done: the words that say so, and the verb."""

    says: Says
    why: str
    verb: str = ""
    about: bool = False
    """Whether the sentence speaks of the contribution at hand, or of the person it is said to."""
