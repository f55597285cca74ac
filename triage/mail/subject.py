# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subject lines: the tags in brackets that say which patch of which version of which series a mail is."""

import re
from functools import lru_cache

from triage.model import Subject
from triage.model.expression import expression

MAX_VERSION = 999

_REPLY = expression(
    r"(?:re|aw|sv|vs|antw|odp|fwd?|fw|wg|rv|tr|ref|回复|答复|转发|回覆|轉寄)(?:\[[0-9]{1,3}\])?[ ]?[:：][ ]?|re (?=\[)",
    re.IGNORECASE,
)
_AGAIN = expression(r"(?:re-?send|re-?post|re-?sent|ping)[ ]?:[ ]?", re.IGNORECASE)
_BRACKET = expression(r"\[([^\[\]]{0,200})\][ :]?")
_NESTED = expression(r"\[([^\[\]]{0,80})\[([^\[\]]{0,80})\]([^\[\]]{0,80})\][ :]?")
_UNCLOSED = expression(r"\[((?:rfc[ ,])?patch[^\[\]]{0,40}?[0-9]{1,4}/[0-9]{1,4}),?[ ](?=[^\]]*$)", re.IGNORECASE)
_UNOPENED = expression(r"(patch\b[^\[\]:]{0,40})\][ :]?", re.IGNORECASE)
_BARE = expression(r"(patch(?:[ ]?v[0-9]{1,3})?(?:[ ][0-9]{1,4}/[0-9]{1,4})?):[ ]", re.IGNORECASE)
_NOT_FOR = expression(
    r"\b(?:do[ -]not|don't|not[ -]for|not[ -]to[ -]be)[ -](?:merge|apply|applied|upstream(?:ing)?|submission|inclusion)\b", re.IGNORECASE
)
_OF = expression(r"\b([0-9]{1,4}) of ([0-9]{1,4}|n)\b", re.IGNORECASE)
_PATCH = expression(
    r"(?:v([0-9]{1,20})(?:\.([0-9]{1,3}))?)?(rfc)?[-/]?(?:patch(?:es|set)?|git[-_]?patch)(?:v([0-9]{1,20})(?:\.([0-9]{1,3}))?)?"
    r"([0-9]{1,4}/[0-9]{1,4})?",
    re.IGNORECASE,
)
_VERSION = expression(r"\(?(rfc)?[vV]([0-9]{1,20})(?:\.([0-9]{1,3}))?\)?[:.]?", re.IGNORECASE)
_TREE_VERSION = expression(r"([a-zA-Z][\w-]{0,40})[.-]v([0-9]{1,3})")
_VERSION_TREE = expression(r"v([0-9]{1,3})-(?!rc[0-9]|stable|next\b|y\b)([a-zA-Z][\w.-]{0,40})", re.IGNORECASE)
_VERSION_OF = expression(r"-?v(?:ersion|er)?\.?([0-9]{1,3})(?:/[0-9]{1,4})?", re.IGNORECASE)
_SPELT_VERSION = expression(r"\b(?:version|ver|v)[. ]{1,2}(?=[0-9]{1,3}\b)|\brev(?:ision)?[. ]?(?=[0-9]{1,3}\b)", re.IGNORECASE)
_JOINED = expression(
    r"(?<=[0-9]):(?=[0-9]{1,4}/[0-9])|(?<=patch)[-_/](?=v[0-9])|(?<=[a-z])/(?=v[0-9]{1,3}\b)|(?<=v[0-9])/(?=rfc)", re.IGNORECASE
)
"""Places where a tag runs two markers together: `v2:1/1`, `PATCH-v3`, `bpf-next/v5`, `v2/RFC`."""
_DRAFTS = frozenset(["rfc", "rft", "wip", "rfd", "poc", "draft", "notformerge", "notforupstream", "not-for-merge", "do-not-merge"])
"""Words by which a sender says that a patch is not for applying: it is graded as an RFC."""
_MARKERS = _DRAFTS | {"patch", "patches", "patchset", "resend", "repost"}
_DRAFT_TITLE = expression(r"(?:rfc|rft|wip)(?:[ ]?:|[ ]-|(?=[ ][a-z0-9_/]+:))[ ]|.{0,300}[ ]\((?:rfc|wip)\)$", re.IGNORECASE)
_COUNTER = expression(r"\(?#?([0-9]{1,4})/([0-9]{1,4}|[nN?])\)?")
_TITLE_VERSION = expression(r"[ ]\(v([0-9]{1,3})\)$", re.IGNORECASE)
_SPLIT = expression(r"[\s,;]+")


class _Tags:
    """What the words seen so far add up to; one per subject line."""

    def __init__(self) -> None:
        self.prefixes: list[str] = []
        self.version: int | None = None
        self.minor = 0
        self.n: int | None = None
        self.total: int | None = None
        self.patch = self.pull = self.rfc = self.resend = False

    def read(self, group: str) -> None:
        """Take in the inside of one pair of brackets; a version after `for` is another project's, a kernel's say."""
        before = ""
        group = _JOINED.sub(" ", _SPELT_VERSION.sub("v", _OF.sub(r"\1/\2", group)))
        for word in _SPLIT.split(_NOT_FOR.sub("wip", group).strip()):
            if word and before == "for" and _VERSION.fullmatch(word):
                self.prefixes.append(word)
            elif word:
                for part in _parts(word):
                    self._word(part)
            before = word.lower()

    def _word(self, word: str) -> None:
        lower = word.lower()
        if match := _PATCH.fullmatch(word):
            self.patch = True
            self.rfc = self.rfc or bool(match[3])
            self._version(match[1] or match[4], match[2] or match[5])
            if match[6]:
                self._counter(*match[6].split("/"))
        elif match := _VERSION.fullmatch(word):
            self.rfc = self.rfc or bool(match[1])
            self._version(match[2], match[3])
        elif match := _COUNTER.fullmatch(word):
            self._counter(match[1], match[2])
        elif match := _TREE_VERSION.fullmatch(word):
            self.prefixes.append(match[1])
            self._version(match[2], None)
        elif match := _VERSION_TREE.fullmatch(word):
            self._version(match[1], None)
            self.prefixes.append(match[2])
        elif match := _VERSION_OF.fullmatch(word):
            self._version(match[1], None)
        elif lower in _DRAFTS:
            self.rfc = True
        elif lower in {"resend", "repost", "resent", "re-send", "ping"}:
            self.resend = True
        elif lower in {"pull", "gitpull", "pullreq"}:
            self.pull = True
        else:
            self.prefixes.append(word)

    def _version(self, digits: str | None, minor: str | None) -> None:
        if digits and self.version is not None and self.minor and not minor:  # v5.10 v2: the first names a stable branch
            self.prefixes.append(f"v{self.version}.{self.minor}")
            self.version, self.minor = None, 0
        if digits and self.version is None and len(digits) <= 3 and int(digits) <= MAX_VERSION:
            self.version = int(digits)
            self.minor = int(minor or 0)

    def _counter(self, n: str, total: str) -> None:
        if self.n is not None:
            return
        if total.isdigit():
            if int(total) == 0:
                return  # [PATCH 1/0] and [PATCH 0/0] count nothing
            self.total = int(total)
        self.n = int(n)


def _parts(word: str) -> list[str]:
    """Return the markers that a word joins, `RFC-PATCH` or `RFC_RFT/PATCH`, else the word."""
    parts = re.split(r"[-_/+]", word)
    return parts if len(parts) > 1 and all(part.lower() in _MARKERS for part in parts) else [word]


def _tag(line: str, at: int, bare: bool) -> re.Match[str] | None:
    """Return the tag that stands at a place: in brackets, or, where there was none yet, with a bracket forgotten."""
    match = _BRACKET.match(line, at) or _NESTED.match(line, at) or _UNCLOSED.match(line, at)
    return match or (_UNOPENED.match(line, at) or _BARE.match(line, at) if bare else None)


def bound_title(raw: str, title: str) -> str:
    """Return the title that people's records are bound to: a tag within a tag was part of it when they were first bound."""
    line = " ".join(raw.split())
    tags = line.removesuffix(title)
    match = _NESTED.search(tags) if "[" in tags else None
    return line[match.start() :] if match else title


def parse_subject(raw: str) -> Subject:
    """Return what a decoded, unfolded subject line says; never raises.

    A version above v999 or a counter above 9999 is text, not a number. Only ASCII digits count. The title follows
    `cleanup_subject` of git's mailinfo.c, so that it equals the subject of the commit that `git am` makes.
    """
    return _usual(raw) if len(raw) <= USUAL else _parsed(raw)


USUAL = 400
"""Letters up to which a subject line is kept: a thread comes under one line a hundred times."""


def _parsed(raw: str) -> Subject:
    line = " ".join(raw.split())
    tags, is_reply, at = _marks(line)
    rest = line[at:].strip()
    if tags.version is None and (match := _TITLE_VERSION.search(rest)):
        tags._version(match[1], None)
    if tags.patch and _DRAFT_TITLE.match(rest):
        tags.rfc = True
    pull = tags.pull or (not tags.patch and rest.lower().startswith(("git pull", "pull request")))
    return Subject(
        title=rest,
        prefixes=tuple(tags.prefixes),
        version=1 if tags.version is None else tags.version,
        versioned=tags.version is not None,
        minor=tags.minor,
        n=tags.n,
        total=tags.total,
        is_patch=not pull and (tags.patch or tags.n is not None or (tags.rfc and tags.version is not None)),
        is_reply=is_reply,
        is_pull=pull,
        rfc=tags.rfc,
        resend=tags.resend,
    )


_usual = lru_cache(maxsize=4096)(_parsed)


def _marks(line: str) -> tuple["_Tags", bool, int]:
    """Return the tags before a title, whether a reply's mark is among them, and where the title begins."""
    tags = _Tags()
    is_reply = False
    at = 0
    while at < len(line):
        if match := _REPLY.match(line, at):
            is_reply = is_reply or not (tags.patch or tags.n is not None)
        elif match := _AGAIN.match(line, at):
            tags.resend = True
        elif match := _tag(line, at, bare=not tags.patch):
            tags.read(" ".join(part for part in match.groups() if part))
        elif line[at] in " :":
            at += 1
            continue
        else:
            break
        at = match.end()
    return tags, is_reply, at
