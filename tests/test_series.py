# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Series: what belongs together, in whatever order it comes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import mail, patch_body
from triage.mail.message import read_mail
from triage.model import Message, RawMail, Series, blob_id
from triage.series.grouping import group
from triage.series.threads import join
from triage.series.versions import posting_of, previous

BASE = 1772442000


def member(
    key: str, subject: str, *, at: int = 0, reply: str = "", sender: str = "Ada Example <ada@example.org>", body: str = ""
) -> Message:
    from email.utils import formatdate

    headers = {"In_Reply_To": f"<{reply}@example.org>", "References": f"<{reply}@example.org>"} if reply else {}
    text = body or ("Cover.\n" if " 0/" in subject else patch_body(f"{key}\n\nSigned-off-by: x@y\n"))
    content = mail(text, key=key, subject=subject, sender=sender, date=formatdate(BASE + at), **headers)
    return read_mail(RawMail(content, "", blob_id(content), BASE + at)).message


def shape(series: list[Series]) -> list[tuple[int, int, int, bool]]:
    return [(s.version, s.received, s.total, s.cover is not None) for s in series]


CASES = {
    "cover and threaded patches": (
        [member("c", "[PATCH 0/2] x"), member("1", "[PATCH 1/2] a", at=1, reply="c"), member("2", "[PATCH 2/2] b", at=2, reply="c")],
        [(1, 2, 2, True)],
    ),
    "deep threading without cover": ([member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", at=1, reply="1")], [(1, 2, 2, False)]),
    "no threading": ([member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", at=900)], [(1, 2, 2, False)]),
    "no threading, days apart": ([member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", at=3 * 86400)], [(1, 1, 2, False), (1, 1, 2, False)]),
    "missing patch": ([member("c", "[PATCH 0/2] x"), member("2", "[PATCH 2/2] b", at=2, reply="c")], [(1, 1, 2, True)]),
    "two versions": (
        [member("c", "[PATCH 0/1] x"), member("1", "[PATCH 1/1] a", at=1, reply="c"), member("c2", "[PATCH v2 0/1] x", at=9, reply="c"),
         member("12", "[PATCH v2 1/1] a", at=10, reply="c2")],
        [(1, 1, 1, True), (2, 1, 1, True)],
    ),
    "v2 patches each in reply to its v1 peer": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", at=1, reply="1"), member("12", "[PATCH v2 1/2] a", at=9, reply="1"),
         member("22", "[PATCH v2 2/2] b", at=10, reply="2")],
        [(1, 2, 2, False), (2, 2, 2, False)],
    ),
    "resend in the same thread": (
        [member("c", "[PATCH 0/2] x"), member("1", "[PATCH 1/2] a", at=1, reply="c"), member("2", "[PATCH 2/2] b", at=2, reply="c"),
         member("1r", "[PATCH 1/2] a", at=9, reply="c"), member("2r", "[PATCH 2/2] b", at=10, reply="c")],
        [(1, 2, 2, True), (1, 2, 2, False)],
    ),
    "single patch": ([member("1", "[PATCH] a")], [(1, 1, 1, False)]),
    "extra patch": ([member("1", "[PATCH 1/1] a"), member("2", "[PATCH 2/1] b", at=1, reply="1")], [(1, 2, 1, False)]),
    "another author's patch in reply": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", at=1, reply="1"),
         member("o", "[PATCH 2/2] c", at=5, reply="1", sender="Bo Sample <bo@example.org>")],
        [(1, 2, 2, False), (1, 1, 2, False)],
    ),
    "version on the cover only": (
        [member("c", "[PATCH v3 0/2] x"), member("1", "[PATCH 1/2] a", at=1, reply="c"), member("2", "[PATCH 2/2] b", at=2, reply="c")],
        [(3, 2, 2, True)],
    ),
    "a series in reply to another": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", at=1, reply="1"), member("o1", "[PATCH 1/3] p", at=5, reply="2"),
         member("o2", "[PATCH 2/3] q", at=6, reply="o1"), member("o3", "[PATCH 3/3] r", at=7, reply="o1")],
        [(1, 2, 2, False), (1, 3, 3, False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_series_are_found_in_any_order_of_arrival(name: str) -> None:
    members, expected = CASES[name]
    first = group(members)
    assert sorted(shape(first)) == sorted(expected)
    assert sorted(m.message_id for s in first for m in s.members) == sorted(m.message_id for m in members)
    for seed in range(20):
        shuffled = members[:]
        random.Random(seed).shuffle(shuffled)
        assert group(shuffled) == first


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 2), st.integers(0, 5), st.booleans()), max_size=10),
    st.randoms(),
)
@settings(max_examples=300, deadline=None)
def test_every_mail_ends_in_exactly_one_series(rows: list[tuple[int, int, int, int, bool]], shuffler: random.Random) -> None:
    members = [
        member(
            f"k{i}", f"[PATCH v{version} {n}/{total}] t{i}", at=hours * 3600, reply=f"k{i - 1}" if threaded and i else "", body=patch_body()
        )
        for i, (n, total, version, hours, threaded) in enumerate(rows)
    ]
    found = group(members)
    assert sorted(m.message_id for s in found for m in s.members) == sorted(m.message_id for m in members)
    shuffler.shuffle(members)
    assert group(members) == found


def test_threads_join_whatever_comes_first() -> None:
    mails = [("c", ("b", "a")), ("a", ()), ("x", ()), ("b", ("a",)), ("loop", ("loop2",)), ("loop2", ("loop",))]
    whole = join(mails, {}, 1)  # type: ignore[arg-type]
    threads: dict[str, set[str]] = {}
    known: dict[str, int] = {}
    for mail_ in mails:
        step = join([mail_], known, max(known.values(), default=0) + 1)  # type: ignore[list-item, arg-type]
        known.update(step.thread_of)
        known = {k: step.merged.get(v, v) for k, v in known.items()}
    for item, thread in known.items():
        threads.setdefault(str(thread), set()).add(item)
    assert sorted(map(sorted, threads.values())) == [["a", "b", "c"], ["loop", "loop2"], ["x"]]
    assert len(set(whole.thread_of.values())) == 3


def test_versions_link_by_the_strongest_evidence() -> None:
    v1 = group([member("1", "[PATCH] widget: Fix the lid")])[0]
    v2 = group([member("2", "[PATCH v2] widget: fix the LID!", at=9)])[0]
    retitled = group([member("3", "[PATCH v3] lid: other words", at=20, reply="2")])[0]
    stranger = group([member("4", "[PATCH v3] widget: fix the lid", at=20, sender="Bo Sample <bo@example.org>")])[0]
    postings = [posting_of(s) for s in (v1, v2)]
    link = previous(posting_of(v2), postings)
    assert link is not None
    assert (link.to, link.kind) == ("1@example.org", "subject-author")
    link = previous(posting_of(retitled), postings)
    assert link is not None
    assert (link.to, link.kind) == ("2@example.org", "reply")
    assert previous(posting_of(stranger), postings) is None
    assert previous(posting_of(v1), [posting_of(v2)]) is None
