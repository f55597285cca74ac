# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding codes: what each one says, what it cannot see, the question that a second opinion answers, and how it is cured."""

import re
from typing import NamedTuple


class Code(NamedTuple):
    """One kind of finding; `question` is what `agree` says yes to."""

    code: str
    name: str
    about: str
    misses: str
    question: str
    cure: str


_RESEND = "Send the patch again with the line, or reply to it with the line where the project takes that."
_TABLE = (
    ("DCO001", "missing-signoff", "The patch has no sign-off that git am would keep.",
     "A sign-off in a reply or an attachment that was not read; a patch never meant to be applied.",
     "Is the sign-off missing?", _RESEND),
    ("DCO002", "signoff-dropped-by-git-am", "There is a sign-off, but it stands where git am no longer reads the message.",
     "A maintainer who edits the message by hand when applying.",
     "Would git am drop this sign-off?", "Move the sign-off above the first line of ---, and snippets of a diff below it or indented."),
    ("DCO003", "signoff-not-parsed-as-trailer", "The sign-off is there, outside the paragraph in which git looks for trailers.",
     "Nothing is lost: only tools that ask git interpret-trailers miss the line.",
     "Does this need a correction?", "Nothing must be done; a blank line before the trailers and none after them is enough."),
    ("DCO004", "author-not-in-signoffs", "There are sign-offs, and none is the author's.",
     "One person with two names and two addresses looks like two people.",
     "Is the author's own sign-off missing?", "The author signs off in a reply or sends it again; an alias file settles two names."),
    ("DCO005", "signoff-address-differs", "Author and sign-off have one name and two addresses.",
     "Two people may share a name; an alias file settles it.",
     "Are these two addresses two people?", "Add both addresses to the project's alias file, or ask which one counts."),
    ("DCO006", "sender-not-in-signoffs", "Somebody sent another's patch without signing it off.",
     "A list or relay that rewrites From; a sender known under another address.",
     "Did somebody pass this on without signing it?", "Who passed the patch on adds a sign-off, clause (c) of the DCO."),
    ("DCO007", "codeveloper-without-signoff", "A co-developer is named and did not sign off.",
     "A co-developer who signed under another name and address.",
     "Is the co-developer's sign-off missing?", "Add the co-developer's sign-off, or name them in another trailer such as Suggested-by."),
    ("DCO008", "codeveloper-order", "The co-developer's sign-off does not directly follow their line.",
     "The order of hands is guessed from the order of lines.",
     "Must these lines be reordered?", "Put each Co-developed-by directly before that person's sign-off."),
    ("DCO009", "signoff-cured-in-thread", "A missing sign-off was given in a reply.",
     "Whether the reply means all patches or one.",
     "Does this reply count as the sign-off?", "Nothing; b4 picks the line up."),
    ("DCO010", "malformed-signoff-key", "A line is a sign-off in all but its form.",
     "A line that was never meant as a sign-off.",
     "Is this line a broken sign-off?", "Write Signed-off-by: Name <address>, one person a line."),
    ("DCO011", "series-mixed-signoff", "Some patches of a series are signed off and some are not.",
     "Patches left unsigned on purpose, as drafts.",
     "Are the unsigned patches an oversight?", "Sign the rest off when the series is meant to be applied."),
    ("DCO012", "duplicate-or-order-of-signoffs", "A sign-off occurs twice, or they are not in the order of hands.",
     "Who really had the patch when; a maintainer who reorders on apply.",
     "Must these lines be put in order?", "Author first, who passed it on after, the sender last; each once."),
    ("AI001", "ai-forbidden-declared", "AI use is declared that the policy does not take.",
     "Use that nobody declared; whether the output itself is in the patch.",
     "Is this use one that the policy declines?", "Withdraw the patch, have a person write it, or name an exception of the policy."),
    ("AI002", "ai-alleged", "Somebody other than the sender says that AI was used.",
     "Everything: it is somebody's word. Only a person may act on it.",
     "Is there reason to ask the author?", "Ask the author, or dismiss it."),
    ("AI003", "disclosure-missing-in-patch", "AI use was declared, but not where the policy wants it.",
     "A project that takes the cover letter as enough.",
     "Must the patches themselves say it?", "Add the disclosure in the form the policy asks for."),
    ("AI004", "disclosure-incomplete", "The disclosure does not tell all that the policy asks for.",
     "What it says in other words, or in a paragraph without the tool's name.",
     "Is the disclosure incomplete?", "Tell what is missing, in a reply or in the next version."),
    ("AI005", "disclosure-will-be-lost", "The disclosure stands below the line where git am stops reading.",
     "Whether it was meant for the list only.",
     "Must this move into the commit message?", "Move it above the first line of ---."),
    ("AI006", "ai-trailer-grammar", "A trailer does not have the form in force on its date.",
     "The grammar changed with time; the one in force on the mail's date was used.",
     "Is this trailer written wrongly?", "Write it in the form that the finding shows; a maintainer may do so on apply."),
    ("AI007", "ai-trailer-forbidden-here", "A trailer credits an AI tool in a project that does not want that.",
     "A person who has a tool's name.",
     "Must this line go?", "Drop the line; say it in the description where the policy asks for that."),
    ("AI008", "ai-signed-off", "A trailer that only a person may give names an AI agent.",
     "An agent under a person's name; a person with an agent's name.",
     "Did a machine sign this?", "A person who can certify the DCO signs off in place of the agent."),
    ("AI009", "tool-not-allowed", "A declared tool is not on the project's list, or is not known.",
     "A model from one vendor in a tool of another that does not say so.",
     "Is this tool outside the list?", "Use a listed tool, or ask the project to list it."),
    ("AI010", "exception-claimed-unknown", "An exception is claimed that the policy does not list.",
     "An exception granted on the list and not yet in the pack.",
     "Must this claim be refused?", "Name an exception of the policy, or drop the claim."),
    ("AI011", "exception-self-granted", "Author or sender granted the exception to themselves.",
     "Two people under one name.",
     "Did they grant it to themselves?", "Another maintainer decides."),
    ("AI012", "second-opinion-needed", "The policy wants another person's opinion before this is taken.",
     "Opinions given elsewhere than in the opinion log.",
     "May this be taken?", "Somebody who may decide records an opinion."),
    ("AI013", "agent-file-touched", "A file that instructs AI agents is added or changed.",
     "What the file says: whether it only prevents AI use is for a person to see.",
     "Does this file do more than prevent AI use?", "Drop the file from the patch, or keep to instructions that prevent AI use."),
    ("AI014", "size-or-path-over-limit", "The patch is larger than the policy allows, or touches what it leaves out.",
     "How much of it is mechanical.",
     "Is this more than the policy allows?", "Split the patch, or leave those files out."),
    ("AI015", "exempt-use-declared", "AI use is declared that the policy leaves alone, or an exception covers it.",
     "Whether the use was only what the text says.",
     "Is this use more than the policy exempts?", "Nothing."),
    ("AI016", "automated-sender", "The mail comes from an AI agent, not from a person.",
     "An agent under a person's name; a robot that a person watches.",
     "Did a machine send this by itself?", "A person sends the patch and answers for it."),
    ("AI017", "exception-expired", "The exception that is claimed had ended when the mail was sent.",
     "A renewal that is not yet in the pack.",
     "Had the exception ended?", "Ask the project to renew it."),
    ("AI018", "exception-lacks-justification", "An exception is claimed without what it asks for.",
     "A justification given elsewhere in the thread.",
     "Is the justification missing?", "Add the trailer that the exception requires."),
    ("AI019", "ai-unclear", "The sender's own words name an AI tool and do not say what it did.",
     "A word that only looks like a tool's name; use described in other words.",
     "Was an AI tool used for this?", "Say in a reply what the tool did, or that it did nothing."),
    ("FMT001", "fixes-format", "A Fixes line does not have the form the project reads.",
     "A commit of another repository, where the form is right.",
     "Is this line written wrongly?", 'Write Fixes: with at least 12 digits of the commit and ("its title").'),
    ("FMT002", "invisible-or-mixed-characters", "A name, an address or a trailer holds characters that look like others or like nothing.",
     "Names that rightly mix scripts.",
     "Are these characters misleading?", "Write the line with the letters that it seems to have."),
    ("FMT003", "trailer-missing", "A trailer that the project asks for is not there.",
     "A trailer given by word of mouth, or by somebody under another address.",
     "Is the trailer missing?", "Add the line, or have the person it names give it in a reply."),
    ("FMT004", "trailer-format", "A trailer does not have the form that the project reads.",
     "Another form that tools read as well.",
     "Is this line written wrongly?", "Write it in the form that the finding shows."),
    ("FMT005", "cover-letter-missing", "A series as long as this one needs a cover letter, and there is none here.",
     "A cover letter that went elsewhere; a series of which patches or the mail that all answer did not come here is passed over.",
     "Is the cover letter missing?", "Send one in reply to the first patch, or with the next version."),
    ("FMT006", "version-manners", "A new version came sooner, or in another thread, than the project asks for.",
     "That a maintainer asked for it; a version before that is not in these archives.",
     "Should this have come later, or elsewhere?", "Nothing for this version; mind it with the next."),
    ("POL001", "policy-gap", "AI use is declared on a day for which the pack has no rule about it.",
     "A rule that was in force and is not in the pack.",
     "Was there a rule on that day?", "Compare the pack with its source."),
    ("POL002", "policy-draft", "What was found rests on a text that was not read at its source, or is only proposed.",
     "How near the draft is to what is in force.",
     "Must the source be read first?", "Compare the pack with its source."),
    ("POL003", "policy-stale", "The pack was last compared with its source long before this mail.",
     "Whether anything changed since.",
     "Must the source be read again?", "Compare the pack with its source."),
)  # fmt: skip

CODES: dict[str, Code] = {row[0]: Code(*row) for row in _TABLE}

PREFIXES = tuple(dict.fromkeys(code.rstrip("0123456789") for code in CODES))
"""With what the program's own codes begin; a pack's own begin otherwise."""


SITE = "https://patch-triage.readthedocs.io/en/stable/"
"""Where the documentation is read; docs/findings/ is its source."""


def page_of(code: str) -> str:
    """Return the address of the page that explains a finding code; of a pack's own code, and of "", that of the page about all of them."""
    return f"{SITE}findings/{code}/" if code in CODES else f"{SITE}findings/"


def is_own(code: str) -> bool:
    """Say whether a code can be one that a pack gives its findings."""
    return bool(re.fullmatch(r"[A-Z]{2,8}[0-9]{1,4}", code)) and code.rstrip("0123456789") not in PREFIXES


CASES = ("generated", "looked-at", "assisted", "new", "asked", "told")
"""What a reply may speak to: all made by a machine; made by one and read by a person; written by a person with a tool's help; somebody
new to the project; a statement that is only asked for; one that is asked for of somebody who told of a tool."""
CASED = ("AI001", "AI002", "AI003", "AI004")
"""Codes whose replies differ by case."""

_SIGNING = ("DCO001", "DCO002", "DCO003", "DCO009", "DCO010", "DCO011")
BY_KIND: dict[str, tuple[str, ...]] = {
    "trailer": (*_SIGNING, "DCO012", "AI003", "AI006", "AI007", "FMT001", "FMT003", "FMT004"),
    "identity": ("DCO004", "DCO005", "DCO006", "DCO007"),
    "order": ("DCO007", "DCO008", "DCO012"),
    "human-only": ("AI008", "AI016"),
    "ai-stance": ("AI001", "AI002", "AI010", "AI011", "AI012", "AI014", "AI015", "AI017", "AI018", "AI019"),
    "disclosure": ("AI003", "AI004", "AI005", "AI015", "AI019"),
    "tools": ("AI009",),
    "paths": ("AI013", "AI014"),
    "size": ("AI014",),
    "cover-letter": ("FMT005",),
    "versions": ("FMT006",),
    "second-opinion": ("AI012",),
    "attest": ("AI004", "AI012"),
}
"""Which findings a rule of each kind can give."""

BY_PACK = ("FMT002", "POL001", "POL002", "POL003")
"""Which findings come with any pack that has rules, whatever these say."""
