# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a finding's reply texts fits: what people said of a machine's part, and whether the author is new here. Pure."""

import re
from collections.abc import Mapping

from triage.model import Message, Role
from triage.model.expression import expression
from triage.model.listed import ListedFinding

_WHOLLY = expression(
    r"\b(?:fully|entire(?:ly)?|completely|wholly|totally|solely|exclusively|all of (?:it|this|the)|everything|the whole|100 ?%)", re.I
)
_NOT_MINE = expression(r"\b(?:did not|didn't|never|have not|haven't) (?:write|written|author)\w*|\bwrote (?:none|nothing)\b", re.I)
_LOOKED = expression(
    r"\b(?:I|we)(?: have|'ve)?(?: then| also| only| carefully)? (?:re-?read|reviewed|checked|read|looked|tested|went (?:over|through)|"
    r"verified|inspected|vouch|understand|stand behind)\b(?! (?:nothing|none|no\b))|"
    r"\b(?:reviewed|checked|tested|read|verified) (?:and \w+ )?by (?:me|us|hand)\b",
    re.I,
)
_MINE = expression(
    r"\b(?:I|we) (?:have )?(?:wrote|written|write|did|coded) (?:this|it|all|most|the (?:code|patch|rest|driver))\b|\bmy own\b|\bmyself\b|"
    r"\b(?:written|made|done|typed) by (?:me|us|hand)\b|\b(?:is|are) (?:all )?mine\b|\bthe rest (?:is|was)\b|\bhelp(?:ed|s)?\b|"
    r"\bassisted me\b|\bsuggest|\bhints?\b|\bcompletions?\b|\bboilerplate\b",
    re.I,
)
_BESIDE = frozenset([Role.TEST, Role.TRANSLATE, Role.DESCRIBE, Role.FIND, Role.REVIEW, Role.DEBUG, Role.RESEARCH])


def case_of(item: ListedFinding, mails: Mapping[str, Message], newcomer: bool) -> str:
    """Return which of `CASES` a finding's reply speaks to, "" for none of them.

    `newcomer` is whether nothing earlier of the author is in the archives.
    """
    if item.code == "AI004" and item.region == "series":
        told = any(one.declares for message in mails.values() if message.is_member for one in message.evidence)
        return "told" if told else "asked"
    if item.code == "AI002":
        return "new" if newcomer else ""
    if item.code not in {"AI001", "AI003", "AI004"}:
        return ""
    message = mails.get(item.message_id)
    said = [one for one in message.evidence if one.line == item.line] if message and item.line else []
    if _NOT_MINE.search(item.quote):
        return "generated"
    if _LOOKED.search(item.quote):
        return "looked-at"
    if _MINE.search(item.quote) or (said and all(one.role in _BESIDE for one in said)):
        return "assisted"
    return "generated" if _WHOLLY.search(item.quote) else ""
