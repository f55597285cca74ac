# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Older and newer postings that a mail names: in `Supersedes:`, or by a link in its list of changes."""

import re
from urllib.parse import unquote

from triage.mail import headers
from triage.mail.patch import Cut
from triage.model import MessageId
from triage.model.expression import expression

_SUPERSEDES = expression(r"^(?:this )?(?:supersedes|obsoletes|replaces):?[ \t]+(\S[^\n]{2,500})$", re.MULTILINE | re.IGNORECASE)
_OBSOLETED = expression(r"^obsoleted-by:[ \t]*(\S[^\n]{2,500})$", re.MULTILINE | re.IGNORECASE)
_BEGIN = r"^[ \t]*(?:[-*+\u2022(][ \t]*|\[[0-9]{1,2}\][:,]?[ \t]*)?"
_LINK = r"[^\n]{0,80}?(?:\n[ \t]*(?:[-*][ \t]*)?)?(https?://[^\s]{5,500})"
_ID = r"[^\n<]{0,40}(<[^<>\s@]{1,300}@[^<>\s]{1,200}>)"
_BARE_ID = r"[ \t]*([^<>\s@/:]{1,300}@[^<>\s/:]{1,200})[ \t]*$"
_VERSION = r"(?:link to[ \t]+|link:[ \t]*|\[)?(?:(?:rfc|patch)[ \t]*)?(?:v|version[ \t]*)[0-9]{1,3}\b"
_EARLIER = (
    r"(?:(?:link to|see)[ \t]+)?(?:the[ \t]+)?(?:previous|prior|former|earlier|last|original|first)[ \t]+"
    r"(?:version|series|posting|submission|revision|patch|rfc|v[0-9]{1,3}|one)s?\b"
)
_RFC = r"(?:link to[ \t]+)?rfc\b(?:[ \t]*(?:patch|series|version))?[ \t]*(?:[:(]|->|=>|→)"
_FLAGS = re.MULTILINE | re.IGNORECASE
_BY_URL = (
    expression(_BEGIN + _VERSION + _LINK, _FLAGS),
    expression(_BEGIN + _EARLIER + _LINK, _FLAGS),
    expression(_BEGIN + _RFC + _LINK, _FLAGS),
    expression(r"^[ \t]*link:[ \t]*(https?://[^\s]{5,500})[ \t]+\[?\(?v[0-9]{1,3}\b", _FLAGS),
)
_BY_ID = (
    expression(_BEGIN + r"(?:changes[^\n]{0,30}\[)?v[0-9]{1,3}[ \t]*:" + _ID, _FLAGS),
    expression(_BEGIN + r"v[0-9]{1,3}[ \t]+message-id[ \t]*:" + _ID, _FLAGS),
    expression(_BEGIN + r"v[0-9]{1,3}[ \t]+message-id[ \t]*:" + _BARE_ID, _FLAGS),
)
_NOTE = expression(r"^[ \t]*\[[0-9]{1,2}\][:,]?[ \t]*https?://", re.MULTILINE)
_FOOTNOTE = expression(
    rf"{_BEGIN}(?:changes (?:since|from|in)[ \t]+v[0-9]{{1,3}}|{_VERSION}|{_EARLIER})[^\n]{{0,60}}?\[([0-9]{{1,2}})\]", _FLAGS
)
"""A line on an older version that points to a footnote."""
_URL_ID = expression(
    r"https?://[^\s/]{1,200}/(?:[^\s/]{1,200}/){0,2}(?:\?(?:[a-z]=[^\s&]{0,80}&)?[im]=)?([^\s/?#<>&]{1,300}@[^\s/?#<>&]{1,199}[^\s/?#<>&).,:;\]])"
)
"""The Message-ID in the address of an archive, or of MARC's search by it."""


def supersedes(text: str, cut: Cut) -> tuple[MessageId, ...]:
    """Return the older postings that a patch or cover names above its diff.

    Read are `Supersedes: ID`, `Link to v1: URL`, `* v1 URL`, `RFC -> v1: URL` and `Previous version: URL`, by id or archive URL.
    """
    found: tuple[MessageId, ...] = ()
    above = text[: len(text) - len(cut.diff)] if cut.diff else text
    if "upersedes" in above or "bsoletes" in above or "eplaces" in above:
        found += _named(_SUPERSEDES, above)
    if "://" in above:
        linked = _around("://", above, 1)
        for form in _BY_URL:
            found += _named(form, linked)
        if _NOTE.search(linked):
            for number in dict.fromkeys(_FOOTNOTE.findall(above)):
                found += _named(re.compile(rf"^[ \t]*\[{number}\][:,]?[ \t]*(https?://[^\s]{{5,500}})", re.MULTILINE), linked)
    if "@" in above:
        lines = _around("@", above, 0)
        for form in _BY_ID:
            found += _named(form, lines)
    return tuple(dict.fromkeys(found))


def _around(mark: str, text: str, before: int) -> str:
    """Return the lines of a text that have a mark, each with so many before it, and a blank one where lines between were left out."""
    lines = text.split("\n")
    kept: list[str] = []
    last = -1
    for number, line in enumerate(lines):
        if mark in line:
            first = max(number - before, last + 1)
            if last >= 0 and first > last + 1:
                kept.append("")
            kept += lines[first : number + 1]
            last = number
    return "\n".join(kept)


def obsoleted_by(text: str) -> tuple[MessageId, ...]:
    """Return the newer postings that a mail names in `Obsoleted-by:`."""
    return _named(_OBSOLETED, text) if "bsoleted-" in text else ()


def _named(form: re.Pattern[str], text: str) -> tuple[MessageId, ...]:
    """Return the mails that the lines of one form name, by id or by archive URL."""
    found: list[MessageId] = []
    for line in form.findall(text):
        ids = [MessageId(unquote(match)) for match in _URL_ID.findall(unquote(line))] or headers.message_ids(line)
        found += ids or (headers.bare_id(line) if "@" in line and "://" not in line else [])
    return tuple(dict.fromkeys(found))
