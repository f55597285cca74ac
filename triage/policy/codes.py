# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding codes: what each one says, what it cannot see, and the question that a second opinion answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding; `question` is what `agree` says yes to."""

    code: str
    name: str
    misses: str
    question: str


_TABLE = (
    ("DCO001", "missing-signoff", "A sign-off in a reply or an attachment that was not read; a patch never meant to be applied.",
     "Is the sign-off missing?"),
    ("DCO002", "signoff-dropped-by-git-am", "A maintainer who edits the message by hand when applying.",
     "Would git am drop this sign-off?"),
    ("DCO003", "signoff-not-parsed-as-trailer", "Nothing is lost: only tools that ask git interpret-trailers miss the line.",
     "Does this need a correction?"),
    ("DCO004", "author-not-in-signoffs", "One person with two names and two addresses looks like two people.",
     "Is the author's own sign-off missing?"),
    ("DCO005", "signoff-address-differs", "Two people may share a name; an alias file settles it.",
     "Are these two addresses two people?"),
    ("DCO006", "sender-not-in-signoffs", "A list or relay that rewrites From; a sender known under another address.",
     "Did somebody pass this on without signing it?"),
    ("DCO007", "codeveloper-without-signoff", "A co-developer who signed under another name and address.",
     "Is the co-developer's sign-off missing?"),
    ("DCO008", "codeveloper-order", "The order of hands is guessed from the order of lines.",
     "Must these lines be reordered?"),
    ("DCO009", "signoff-cured-in-thread", "Whether the reply means all patches or one.",
     "Does this reply count as the sign-off?"),
    ("DCO010", "malformed-signoff-key", "A line that was never meant as a sign-off.",
     "Is this line a broken sign-off?"),
    ("DCO011", "series-mixed-signoff", "Patches left unsigned on purpose, as drafts.",
     "Are the unsigned patches an oversight?"),
    ("AI001", "ai-forbidden-declared", "Use that nobody declared; whether the output itself is in the patch.",
     "Is this use one that the policy declines?"),
    ("AI002", "ai-alleged", "Everything: it is somebody's word. Only a person may act on it.",
     "Is there reason to ask the author?"),
    ("AI003", "disclosure-missing-in-patch", "A project that takes the cover letter as enough.",
     "Must the patches themselves say it?"),
    ("AI005", "disclosure-will-be-lost", "Whether it was meant for the list only.",
     "Must this move into the commit message?"),
    ("AI006", "ai-trailer-grammar", "The grammar changed with time; the one in force on the mail's date was used.",
     "Is this trailer written wrongly?"),
    ("AI008", "ai-signed-off", "An agent under a person's name; a person with an agent's name.",
     "Did a machine sign this?"),
    ("AI010", "exception-claimed-unknown", "An exception granted on the list and not yet in the pack.",
     "Must this claim be refused?"),
    ("AI015", "exempt-use-declared", "Whether the use was only what the text says.",
     "Is this use more than the policy exempts?"),
)  # fmt: skip

CODES: dict[str, Code] = {row[0]: Code(*row) for row in _TABLE}

BY_KIND: dict[str, tuple[str, ...]] = {
    "trailer": ("DCO001", "DCO002", "DCO003", "DCO009", "DCO010", "DCO011", "AI006"),
    "identity": ("DCO004", "DCO005", "DCO006"),
    "order": ("DCO007", "DCO008"),
    "human-only": ("AI008",),
    "ai-stance": ("AI001", "AI002", "AI010", "AI015"),
    "disclosure": ("AI003", "AI005"),
}
"""Which findings a rule of each kind can give."""
