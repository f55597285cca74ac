# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings on characters that look like others or like nothing (threat T3).

Any pack with rules asks for these: they are no project's rule but what every rule rests on, that a line says what it seems to say.
"""

from collections.abc import Iterator

from triage.mail.characters import odd_characters, oddity
from triage.model import Finding, Severity
from triage.policy.pack import Rule
from triage.policy.rules.case import Case, finding

_RULE = Rule("characters", "characters", Severity.ASK, (), None, None, "", "Unicode UTS #39; CVE-2021-42574")


def misleading(case: Case) -> Iterator[Finding]:
    """Yield findings on the mails of a series whose names, addresses or lines hold such characters."""
    for message in case.series.members:
        for line in message.hidden:
            says = f"The line holds characters that cannot be seen, or letters that look like others: {odd_characters(line.text)}."
            yield finding(case, _RULE, "FMT002", message, says, line=line.number, quote=line.text)
        for who, person in (("author", message.author), ("sender", message.sender)):
            for what, text in (("name", person.name), ("address", person.email)):
                if why := oddity(text):
                    says = f"The {who}'s {what} {why}."
                    yield finding(case, _RULE, "FMT002", message, says, quote=str(person), region="header")
