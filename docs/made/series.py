# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series and versions: the words that the code has for why."""

from docs.made import NOTE
from triage.mail.message import NOTES as MAIL_NOTES
from triage.series.grouping import NOTES as SERIES_NOTES
from triage.series.grouping import WHY
from triage.series.versions import EVIDENCE

_BEFORE = """
The version before is the nearest lower number that is named or under whose patch titles a posting goes on: a link to v1 does not beat a v2
that is here. It was sent earlier, unless numbers that were written out say otherwise; who forgets a number goes on what they sent last. A
posting that shares no patch, no patch title, no change-id and no named link with another is not a version of it, whatever its cover is called
(`Fixes for net`, `[PART 2]`). A cover or patch that is sent again under its number joins the fuller posting and replaces nothing. A cover's title
alone ties a higher number to a lower one unless other postings of the same people are called so and have nothing in common. `v6.1` in
a tag is a stable branch, unless it stands below a v6 whose patches it replaces. What an older version declared of AI is handed on to a
silent newer one, but not where likeness alone ties them.
"""


def series_page() -> str:
    """Return docs/series.md: the reasons, kinds of evidence and notes that the code has words for."""
    out = [f"# How mails become series and versions\n\n{NOTE}"]
    out.append(
        "`triage show SERIES --why` says for each mail why it is where it is, and what ties the series to an older one;\n"
        "`triage show SERIES --versions [--diff]` lists the versions and what changed between them.\n"
        "The answer does not depend on the order in which mails arrive. What people say in records (`triage series link`, `unlink`,\n"
        "`split`, `merge`) comes before anything below, travels with `opinions.git` and outlives `triage db rebuild`.\n"
    )
    for title, words in (
        ("Why a mail is in a series", {w: t.replace("record {by}", "*record*").format(by="*mail*", gap="*time*") for w, t in WHY.items()}),
        ("Evidence for a version, strongest first", EVIDENCE),
        ("Notes on a series", SERIES_NOTES),
        ("Notes on a mail", MAIL_NOTES),
    ):
        out.append(f"\n## {title}\n\n| word | says |\n|---|---|\n")
        out += [f"| `{word}` | {text} |\n" for word, text in words.items()]
        if words is EVIDENCE:
            out.append(_BEFORE)
    return "".join(out)
