# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a finding's reply texts fits: what people said of a machine's part, and whether the author is new here. Pure."""

import re
from collections.abc import Mapping

from triage.model import Message, Role
from triage.model.listed import ListedFinding

_WHOLLY = re.compile(
    r"\b(?:fully|entire(?:ly)?|completely|wholly|totally|solely|exclusively|all of (?:it|this|the)|everything|the whole|100 ?%)", re.I
)
_LOOKED = re.compile(
    r"\b(?:I|we)(?: have|'ve)?(?: then| also| only| carefully)? (?:re-?read|reviewed|checked|read|looked|tested|went (?:over|through)|"
    r"verified|inspected|vouch|understand|stand behind)\b|\b(?:reviewed|checked|tested|read|verified) (?:and \w+ )?by (?:me|us|hand)\b",
    re.I,
)
_OWN = re.compile(
    r"\b(?:I|we) (?:have )?(?:wrote|written|write|did|coded)\b|\bmy own\b|\bmyself\b|\bhelp(?:ed|s)?\b|\bassist|\bsuggest|\bhints?\b", re.I
)
_BESIDE = frozenset([Role.TEST, Role.TRANSLATE, Role.DESCRIBE, Role.FIND, Role.REVIEW, Role.DEBUG, Role.RESEARCH])


def case_of(item: ListedFinding, mails: Mapping[str, Message], newcomer: bool) -> str:
    """Return which of `CASES` a finding's reply speaks to, "" for none of them.

    `newcomer` is whether nothing earlier of the author is in the archives.
    """
    if item.code == "AI004" and item.region == "series":
        return "asked"
    if item.code == "AI002":
        return "new" if newcomer else ""
    if item.code not in {"AI001", "AI003", "AI004"}:
        return ""
    message = mails.get(item.message_id)
    said = [one for one in message.evidence if one.line == item.line] if message and item.line else []
    if _LOOKED.search(item.quote):
        return "looked-at"
    if _OWN.search(item.quote) or (said and all(one.role in _BESIDE for one in said)):
        return "assisted"
    return "generated" if _WHOLLY.search(item.quote) else ""
