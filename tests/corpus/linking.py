# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well versions are linked: pairs of neighbouring versions found, and links made that are right, with some evidence masked."""

import itertools
import json
import re
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from triage.store.schema import open_index

LABELS = Path(__file__).with_name("labels.json")


@dataclass
class Score:
    """Links that should be and are, that should be and are not, and that are and should not be."""

    found: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + len(self.missed))


def topics_by_blob(index: Path) -> dict[str, str]:
    """Return the topic of the series that each mail is a member of, by the mail's blob."""
    with closing(open_index(index)) as connection:
        rows = connection.execute(
            "select m.blob, s.topic from message m join series s on s.id = m.series where m.kind in ('patch', 'cover', 'pull', 'reply-patch')"
        )
        return dict(rows.fetchall())


def score(truth: list[list[str]], found: dict[str, str], related: set[frozenset[int]], negatives: list[list[str]]) -> Score:
    """Compare: neighbours of one true topic must share one; series of different true topics, and negative pairs, must not.

    `related` are pairs of true topics that come from one posting that was split: they may be one topic or two.
    """
    result = Score()
    topic_of = {blob: number for number, topic in enumerate(truth) for blob in topic}
    for topic in truth:
        for older, newer in itertools.pairwise(topic):
            if found.get(older) is not None and found.get(older) == found.get(newer):
                result.found += 1
            else:
                result.missed.append((older, newer))
    by_found: dict[str, list[str]] = {}
    for blob in topic_of:
        if blob in found:
            by_found.setdefault(found[blob], []).append(blob)
    for blobs in by_found.values():
        groups = list(dict.fromkeys(topic_of[blob] for blob in blobs))
        for one, other in itertools.pairwise(groups):
            if frozenset((one, other)) not in related:
                result.wrong.append((truth[one][0], truth[other][0]))
    result.wrong += [(a, b) for a, b in negatives if found.get(a) is not None and found.get(a) == found.get(b)]
    return result


def labelled() -> tuple[list[list[str]], set[frozenset[int]], list[list[str]]]:
    """Return the labelled topics, which of them a split posting relates, and the negative pairs."""
    data = json.loads(LABELS.read_text("utf-8"))
    rows = data["topics"]
    around = [{*row["postings"], *row.get("ambiguous", ())} for row in rows]
    related = {frozenset((one, other)) for one in range(len(rows)) for other in range(one) if around[one] & around[other]}
    doubtful = {blob for row in rows for blob in row.get("ambiguous", ())}
    topics = [[blob for blob in row["postings"] if blob not in doubtful] for row in rows]
    return topics, related, [row["pair"] for row in data["negatives"]]


_CHANGE_ID = re.compile(rb"^change-id:[^\n]*\n", re.MULTILINE | re.IGNORECASE)
_LINK_TO = re.compile(rb"^[^\n]{0,20}link to v[0-9]+:[^\n]*\n", re.MULTILINE | re.IGNORECASE)
_SLUG = re.compile(rb"<([0-9]{8}-[^<>@\s]{3,150}-v[0-9]{1,3}-[0-9]{1,4}-[0-9a-f]{6,})@")


def masked(content: bytes, more: bool) -> bytes:
    """Return a mail without its change-id line, and with `more` without "Link to vN" lines and b4's slug in Message-IDs."""
    from hashlib import sha1

    content = _CHANGE_ID.sub(b"", content)
    if more:
        content = _LINK_TO.sub(b"", content)
        content = _SLUG.sub(lambda match: b"<" + sha1(match[1]).hexdigest().encode() + b"@", content)
    return content
