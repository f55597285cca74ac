# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grouping: every way of posting that a list sees, in any order of arrival, each mail with the reason for its place."""

import random
from collections.abc import Callable
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import DIFF, cpu, mail
from triage.mail.message import read_mail
from triage.model import Message, RawMail, Series, blob_id
from triage.model.corrections import Correction, Named
from triage.series.corrections import Corrections
from triage.series.grouping import WHY, explained, group
from triage.series.replies import replies_to

BASE = 1772442000
ADA = "Ada Example <ada@example.org>"
BO = "Bo Sample <bo@example.org>"
MINUTE, HOUR, DAY = 60, 3600, 86400


def member(
    key: str,
    subject: str,
    at: int = 0,
    reply: str = "",
    sender: str = ADA,
    file: str = "widget.c",
    text: str = "",
    refs: str = "",
    **more: str,
) -> Message:
    """Return a patch or cover with the Message-ID KEY@example.org, sent `at` seconds after the base, in reply to REPLY@example.org."""
    headers = {"In_Reply_To": f"<{reply}@example.org>"} if reply else {}
    if reply or refs:
        headers["References"] = " ".join(f"<{item}@example.org>" for item in [*refs.split(), reply] if item)
    cover = " 0/" in subject or ",0/" in subject
    body = "Cover.\n" if cover else f"{text or key}\n\nSigned-off-by: {sender}\n---\n{DIFF.replace('widget.c', file)}"
    content = mail(body, key=key, subject=subject, sender=sender, date=formatdate(BASE + at), **headers, **more)
    return read_mail(RawMail(content, "", blob_id(content), BASE + at)).message


def run(stem: str, n: int) -> str:
    """Return the local part that git send-email gives to the N-th mail of one run."""
    return f"{stem}-{n}-ada"


FOO, BAR = "20260302090000.1111", "20260302090000.2222"
CASES: dict[str, tuple[list[Message], str]] = {
    "a single patch": ([member("1", "[PATCH] a")], "1"),
    "a cover and threaded patches": (
        [member("c", "[PATCH 0/2] x"), member("1", "[PATCH 1/2] a", 1, "c"), member("2", "[PATCH 2/2] b", 2, "c")], "c 1 2"),
    "deep threading, no cover": (
        [member("1", "[PATCH 1/3] a"), member("2", "[PATCH 2/3] b", 1, "1"), member("3", "[PATCH 3/3] c", 2, "2", refs="1")], "1 2 3"),
    "no threading": ([member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 5)], "1 2"),
    "no threading, days apart": ([member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 3 * DAY)], "1 | 2"),
    "a sender slower than twenty minutes": (
        [member(str(n), f"[PATCH {n}/5] a{n}", n * 25 * MINUTE) for n in range(1, 6)], "1 2 3 4 5"),
    "out of order": (
        [member("2", "[PATCH 2/2] b"), member("1", "[PATCH 1/2] a", 5), member("c", "[PATCH 0/2] x", 9)], "c 1 2"),
    "a missing patch": ([member("c", "[PATCH 0/3] x"), member("1", "[PATCH 1/3] a", 1, "c"), member("3", "[PATCH 3/3] b", 2, "c")], "c 1 3"),
    "an extra patch": ([member("1", "[PATCH 1/1] a"), member("2", "[PATCH 2/1] b", 1, "1")], "1 2"),
    "a comma in the tag": ([member("1", "[PATCH v6,1/2] a"), member("2", "[PATCH v6,2/2] b", 1, "1")], "1 2"),
    "PATCHv2": ([member("1", "[PATCHv2 1/2] a"), member("2", "[PATCH v2 2/2] b", 1, "1")], "1 2"),
    "RFC without PATCH": ([member("1", "[RFC v2 1/2] a"), member("2", "[RFC v2 2/2] b", 1, "1")], "1 2"),
    "Mercurial's 1 of 2": ([member("1", "[PATCH 1 of 2] a"), member("2", "[PATCH 2 of 2] b", 1, "1")], "1 2"),
    "brackets forgotten": ([member("1", "[PATCH 1/3] a"), member("2", "PATCH 2/3] b", 1, "1"), member("3", "[PATCH 3/3 c", 2, "1")], "1 2 3"),
    "two covers of one name": (
        [member("c", "[PATCH 0/1] x"), member("1", "[PATCH 1/1] a", 1, "c"), member("d", "[PATCH 0/1] x", DAY, "c"),
         member("2", "[PATCH 1/1] a", DAY + 1, "d", refs="c")], "c 1 | d 2"),
    "v2 with a cover of the same name, in reply to v1's": (
        [member("c", "[PATCH 0/1] x"), member("1", "[PATCH 1/1] a", 1, "c"), member("d", "[PATCH v2 0/1] x", DAY, "c"),
         member("2", "[PATCH v2 1/1] a", DAY + 1, "d", refs="c")], "c 1 | d 2"),
    "v2 in reply to a patch of v1": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH v2 1/2] a", DAY, "2", refs="1"),
         member("4", "[PATCH v2 2/2] b", DAY + 1, "3", refs="1 2")], "1 2 | 3 4"),
    "each patch of v2 in reply to its peer": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH v2 1/2] a", DAY, "1"),
         member("4", "[PATCH v2 2/2] b", DAY + 1, "2", refs="1")], "1 2 | 3 4"),
    "the version on the cover only": (
        [member("c", "[PATCH v3 0/2] x"), member("1", "[PATCH 1/2] a", 1, "c"), member("2", "[PATCH 2/2] b", 2, "c")], "c 1 2"),
    "v5.1 of one patch": (
        [member("1", "[PATCH v5 1/2] a"), member("2", "[PATCH v5 2/2] b", 1, "1"), member("3", "[PATCH v5.1 2/2] b", DAY, "2", refs="1")],
        "1 2 | 3"),
    "a partial reroll in reply to one patch": (
        [member("1", "[PATCH 1/3] a"), member("2", "[PATCH 2/3] b", 1, "1"), member("3", "[PATCH 3/3] c", 2, "1"),
         member("4", "[PATCH v2 2/3] b", DAY, "2", refs="1")], "1 2 3 | 4"),
    "a partial reroll where the old patch was lost": (
        [member("c", "[PATCH 0/3] x"), member("1", "[PATCH 1/3] a", 1, "c"), member("3", "[PATCH 3/3] c", 2, "c"),
         member("4", "[PATCH v2 2/3] b", DAY, "c")], "c 1 3 | 4"),
    "a series in reply to another of another length": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH 1/3] p", 5, "2", refs="1"),
         member("4", "[PATCH 2/3] q", 6, "3"), member("5", "[PATCH 3/3] r", 7, "3")], "1 2 | 3 4 5"),
    "a series in reply to another of the same length": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH 1/2] p", 5, "2", refs="1"),
         member("4", "[PATCH 2/2] q", 6, "3", refs="1 2")], "1 2 | 3 4"),
    "a resend of all in the same thread": (
        [member("c", "[PATCH 0/2] x"), member("1", "[PATCH 1/2] a", 1, "c"), member("2", "[PATCH 2/2] b", 2, "c"),
         member("3", "[PATCH RESEND 1/2] a", DAY, "c"), member("4", "[PATCH RESEND 2/2] b", DAY + 1, "c")], "c 1 2 | 3 4"),
    "a resend of all in a thread of its own": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[RESEND PATCH 1/2] a", 9 * DAY),
         member("4", "[RESEND PATCH 2/2] b", 9 * DAY + 1, "3")], "1 2 | 3 4"),
    "the rest, sent later in a thread of its own": (
        [member("c", "[PATCH 0/4] x"), member("1", "[PATCH 1/4] a", 1, "c"), member("2", "[PATCH 2/4] b", 2, "c"),
         member("3", "[PATCH 3/4] c", 5 * HOUR), member("4", "[PATCH 4/4] d", 5 * HOUR + 1, "3")], "c 1 2 3 4"),
    "a triple send of an incomplete series": (
        [member(str(n), "[PATCH v2 4/4] x", n * 60) for n in range(3)], "0 | 1 | 2"),
    "two unthreaded series, one after the other": (
        [member("1", "[PATCH 1/2] foo: a"), member("2", "[PATCH 2/2] foo: b", 1), member("3", "[PATCH 1/2] bar: a", 30),
         member("4", "[PATCH 2/2] bar: b", 31)], "1 2 | 3 4"),
    "two unthreaded series, interleaved, told by their runs": (
        [member(run(FOO, 1), "[PATCH 1/2] a"), member(run(BAR, 2), "[PATCH 2/2] b", 1), member(run(BAR, 1), "[PATCH 1/2] a", 2),
         member(run(FOO, 2), "[PATCH 2/2] b", 3)], f"{run(FOO, 1)} {run(FOO, 2)} | {run(BAR, 1)} {run(BAR, 2)}"),
    "two unthreaded series, interleaved, told by their files": (
        [member("1", "[PATCH 1/2] a", 0, file="lib/foo.c"), member("4", "[PATCH 2/2] b", 1, file="net/bar.c"),
         member("3", "[PATCH 1/2] a", 2, file="net/bar.c"), member("2", "[PATCH 2/2] b", 3, file="lib/foo.c")], "1 2 | 3 4"),
    "several senders under one cover": (
        [member("c", "[PATCH 0/2] x"), member("1", "[PATCH 1/2] a", 1, "c"), member("2", "[PATCH 2/2] b", 2, "c", sender=BO)], "c 1 2"),
    "another author's patch as a reply": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH 2/2] c", 60, "1", sender=BO)], "1 2 | 3"),
    "another author's single patch as a reply": (
        [member("1", "[PATCH] a"), member("2", "[PATCH] b", 60, "1", sender=BO)], "1 | 2"),
    "a patch in a reply": (
        [member("1", "[PATCH v2] a"), member("2", "Re: [PATCH v2] a", HOUR, "1")], "1 | 2"),
    "a stray diff in reply to a cover": (
        [member("c", "[PATCH 0/1] x"), member("1", "[PATCH 1/1] a", 1, "c"), member("2", "an orphan", 2, "c")], "c 1 | 2"),
    "a pull request with its patches": (
        [member("c", "[PULL 0/2] x"), member("1", "[PULL 1/2] a", 1, "c"), member("2", "[PULL 2/2] b", 2, "c")], "c 1 2"),
    "one id, two contents": ([member("1", "[PATCH] a", text="one"), member("1", "[PATCH] a", 1, text="other")], "1 | 1"),
    "a cover sent again": (
        [member("c", "[PATCH v2 0/2] x"), member("1", "[PATCH v2 1/2] a", 1, "c"), member("2", "[PATCH v2 2/2] b", 2, "c"),
         member("d", "[PATCH v2 0/2] x", HOUR)], "c 1 2 d"),
    "one patch sent again": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH 2/2] b", HOUR)], "1 2 3"),
    "a first attempt that was cut off": (
        [member("1", "[PATCH 1/3] a"), member("c", "[PATCH 0/3] x", HOUR), member("2", "[PATCH 1/3] a", HOUR + 1, "c"),
         member("3", "[PATCH 2/3] b", HOUR + 2, "c"), member("4", "[PATCH 3/3] d", HOUR + 3, "c")], "c 2 1 3 4"),
    "one corrected patch in a reply": (
        [member("1", "[PATCH v7 1/2] a"), member("2", "[PATCH v7 2/2] b", 1, "1"), member("3", "[PATCH v7 2/2] b", HOUR, "2", text="corrected")], "1 2 3"),
    "another patch under a number": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH 2/2] other", HOUR)], "1 2 | 3"),
    "a whole series sent again": (
        [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1"), member("3", "[PATCH 1/2] a", DAY), member("4", "[PATCH 2/2] b", DAY + 1, "3")],
        "1 2 | 3 4"),
    "a number that was left out in a run": (
        [member(run(FOO, 1), "[PATCH v2 1/2] a"), member(run(FOO, 2), "[PATCH 2/2] b", 1, run(FOO, 1))], f"{run(FOO, 1)} {run(FOO, 2)}"),
    "patches of unknown number": ([member("1", "[PATCH 1/n] a"), member("2", "[PATCH 2/n] b", 1, "1")], "1 2"),
}  # fmt: skip


def groups(found: list[Series]) -> str:
    return " | ".join(sorted(" ".join(m.message_id.partition("@")[0] for m in s.members) for s in found))


@pytest.mark.parametrize("name", CASES)
def test_what_was_posted_together_is_together(name: str) -> None:
    members, expected = CASES[name]
    first = group(members)
    assert groups(first) == " | ".join(sorted(expected.split(" | ")))
    for series in first:
        assert sorted(message_id for message_id, _ in explained(series)) == sorted(m.message_id for m in series.members)
    for seed in range(20):
        shuffled = members[:]
        random.Random(seed).shuffle(shuffled)
        assert group(shuffled) == first


NOTES = {
    "several senders under one cover": {"several-senders"},
    "an extra patch": {"extra-patches"},
    "one id, two contents": {"same-id"},
    "two unthreaded series, interleaved, told by their files": set(),
    "two unthreaded series, one after the other": set(),
    "a cover and threaded patches": set(),
}


@pytest.mark.parametrize("name", NOTES)
def test_what_is_odd_is_noted(name: str) -> None:
    assert {note for series in group(CASES[name][0]) for note in series.notes} == NOTES[name]


def test_what_cannot_be_told_apart_is_called_ambiguous_and_kept() -> None:
    members = [
        member("1", "[PATCH 1/2] a"), member("2", "[PATCH 1/2] a", 1), member("3", "[PATCH 2/2] b", 2), member("4", "[PATCH 2/2] b", 3)
    ]  # fmt: skip
    found = group(members)
    assert [series.notes for series in found] == [("ambiguous",), ("ambiguous",)]
    assert sorted(m.message_id for s in found for m in s.members) == [m.message_id for m in members]
    assert any("this is a guess" in why for series in found for _, why in explained(series))


def test_reasons_name_the_mail_that_decided() -> None:
    (series,) = group(CASES["the rest, sent later in a thread of its own"][0])
    told = dict(explained(series))
    assert "first" in told["c@example.org"]  # type: ignore[index]
    assert told["1@example.org"].startswith("replies to c@example.org")  # type: ignore[index]
    assert told["3@example.org"].endswith("4 h later in a thread of their own")  # type: ignore[index]
    assert set(WHY) >= {placement.why for placement in series.placements}


def reply(key: str, *above: str, at: int = 0) -> Message:
    """Return a reply whose References name only the mails `above`, the parent last."""
    named_ones = {"In_Reply_To": f"<{above[-1]}@example.org>", "References": " ".join(f"<{one}@example.org>" for one in above)}
    content = mail("Yes.\n", key=key, subject="Re: [PATCH] a", sender=BO, date=formatdate(BASE + at), **named_ones)
    return read_mail(RawMail(content, "", blob_id(content), BASE + at)).message


def answers(grouped: list[Series], replies: list[Message]) -> list[str]:
    return [" ".join(m.message_id.partition("@")[0] for m in found) for found in replies_to(grouped, replies)]


def test_a_reply_finds_its_series_through_other_replies_in_any_order() -> None:
    grouped = group([member("p", "[PATCH] a"), member("q", "[PATCH v2] a", DAY, "r1")])
    replies = [
        reply("r1", "p", at=1), reply("r2", "r1", at=2), reply("r3", "gone", "r2", at=3), reply("late", "r3", at=0),
        reply("s1", "q", at=DAY + 1), reply("s2", "r1", "s1", at=DAY + 2), reply("stray", "nowhere", at=4),
    ]  # fmt: skip
    expected = ["late r1 r2 r3", "s1 s2"]
    for seed in range(20):
        random.Random(seed).shuffle(replies)
        assert answers(grouped, replies) == expected


def test_a_reply_finds_its_series_through_mail_that_is_not_here() -> None:
    grouped = group([member("p", "[PATCH] a")])
    replies = [reply("r1", "gone", at=1), reply("r2", "p", "gone", at=2), reply("r3", "lost", "gone", at=3), reply("r4", "lost", at=4)]
    for seed in range(10):
        random.Random(seed).shuffle(replies)
        assert answers(grouped, replies) == ["r1 r2 r3"]


def test_an_untagged_mail_above_the_patches_of_its_run_belongs_to_them() -> None:
    cover, patch, other = run(FOO, 1), run(FOO, 2), "20260302090000.3333-1-bo"
    grouped = group([member(patch, "[PATCH 1/1] a", 1, cover), member("q", "[PATCH] b", 1, other)])

    def untagged(key: str, sender: str) -> Message:
        content = mail("Hello.\n", key=key, subject="all the lids", sender=sender, date=formatdate(BASE))
        return read_mail(RawMail(content, "", blob_id(content), BASE)).message

    assert answers(grouped, [untagged(cover, ADA), untagged(other, BO), reply("r", cover, at=5)]) == [f"{cover} r", ""]


def test_the_same_patch_again_changes_nothing_that_people_agreed_to_and_another_does() -> None:
    whole = [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 1, "1")]
    (alone,) = group(whole)
    for again, changes in (
        (member("3", "[PATCH 2/2] b", HOUR, text="2"), False),
        (member("3", "[PATCH 2/2] b", HOUR, text="corrected"), True),
    ):
        for members in ([*whole, again], [again, *whole]):
            (series,) = group(members)
            assert (series.received, series.complete, "sent-again" in series.notes) == (2, True, True)
            assert (series.fingerprint != alone.fingerprint) is changes


def test_a_number_that_names_a_stable_branch_is_no_version() -> None:
    (branch,) = group([member("c", "[PATCH v6.1 0/1] x"), member("1", "[PATCH v6.1 1/1] a", 1, "c")])
    assert (branch.version, branch.minor, branch.notes) == (1, 0, ("branch",))
    whole, part = group([
        member("1", "[PATCH v5 1/2] a"), member("2", "[PATCH v5 2/2] b", 1, "1"), member("3", "[PATCH v5.1 2/2] b", DAY, "2", refs="1"),
    ])  # fmt: skip
    assert [(one.version, one.minor) for one in (whole, part)] == [(5, 0), (5, 1)]


def test_mails_that_answer_each_other_in_a_circle_end_nothing_and_a_long_way_up_is_found() -> None:
    grouped = group([member("p", "[PATCH] a")])
    assert answers(grouped, [reply("x", "y"), reply("y", "x", at=1), reply("z", "z")]) == [""]
    chain = [reply("c0", "p"), *(reply(f"c{n}", f"c{n - 1}", at=n) for n in range(1, 3000))]
    assert len(replies_to(grouped, reversed(chain))[0]) == 3000


def named(message: Message) -> Named:
    return Named(message.message_id, message.target)


def test_a_person_splits_and_merges_and_has_the_last_word() -> None:
    members = [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 5), member("3", "[PATCH 1/2] c", 9 * DAY)]
    split = Correction("r1@x", "split", named(members[1]))  # type: ignore[arg-type]
    merge = Correction("r2@x", "merge", named(members[2]), (named(members[1]),))  # type: ignore[arg-type]
    assert groups(group(members)) == "1 2 | 3"
    assert groups(group(members, Corrections([split]))) == "1 | 2 | 3"
    both = group(members, Corrections([split, merge]))
    assert groups(both) == "1 | 3 2"
    moved = next(series for series in both if len(series.patches) == 2)
    assert "human" in moved.notes
    assert any("by a person, record r2@x" in why for _, why in explained(moved))


def test_of_several_merges_the_last_says_why_a_mail_is_there() -> None:
    members = [member(f"{n}", f"[PATCH] {word}", n * DAY) for n, word in enumerate("abc")]
    first = Correction("r1@x", "merge", named(members[1]), (named(members[0]),))  # type: ignore[arg-type]
    then = Correction("r2@x", "merge", named(members[2]), (named(members[0]),))  # type: ignore[arg-type]
    (series,) = group(members, Corrections([first, then]))
    records = {mail: why.rpartition(" ")[2] for mail, why in explained(series)}
    assert records["0@example.org"] == records["1@example.org"] == "r2@x"
    assert "r2@x" not in records.get("2@example.org", "")


def test_a_correction_does_not_touch_other_content_under_the_same_id() -> None:
    members = [member("1", "[PATCH 1/2] a"), member("2", "[PATCH 2/2] b", 5)]
    split = Correction("r1@x", "split", Named(members[1].message_id, "other content"))  # type: ignore[arg-type]
    assert groups(group(members, Corrections([split]))) == "1 2"


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(1, 3), st.integers(1, 2), st.integers(0, 5), st.integers(0, 3), st.sampled_from([ADA, BO])
        ),
        max_size=10,
    ),
    st.randoms(),
)
@settings(max_examples=300, deadline=None)
def test_every_mail_ends_in_exactly_one_series(rows: list[tuple[int, int, int, int, int, str]], shuffler: random.Random) -> None:
    members = [
        member(f"k{i}", f"[PATCH v{version} {n}/{total}] t{i}", hours * HOUR, f"k{i - back}" if back and i >= back else "", sender)
        for i, (n, total, version, hours, back, sender) in enumerate(rows)
    ]
    found = group(members)
    assert sorted(m.message_id for s in found for m in s.members) == sorted(m.message_id for m in members)
    shuffler.shuffle(members)
    assert group(members) == found


FLOODS: dict[str, Callable[[int, int], Message]] = {
    "equal subjects": lambda n, total: member(f"k{n}", "[PATCH 1/2] x", n),
    "one series without a thread": lambda n, total: member(f"k{n}", f"[PATCH {n + 1}/{total}] x", n),
    "one series below a mail that is not here": lambda n, total: member(f"k{n}", f"[PATCH {n + 1}/{total}] x", n, "nowhere"),
    "parts below a mail that is not here": lambda n, total: member(f"k{n}", f"[PATCH {n % 2 + 1}/2] x", n, "nowhere"),
    "a chain of replies": lambda n, total: member(f"k{n}", f"[PATCH {n + 1}/{total}] x", n, f"k{n - 1}"),
    "a chain of senders, sent backwards": lambda n, total: member(
        f"k{n}", f"[PATCH {n + 1}/{total}] x", total - n, f"k{n - 1}", f"P <p{n}@example.org>"
    ),
    "a cover again and again": lambda n, total: member(f"k{n}", f"[PATCH {int(n == total - 1)}/3] x", n, "k0" if n else ""),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_costs_no_square(name: str) -> None:
    few, many = ([FLOODS[name](n, total) for n in range(total)] for total in (200, 2000))
    assert cpu(lambda: group(many) and None) < 40 * cpu(lambda: group(few) and None)


def test_the_larger_part_may_come_later() -> None:
    late = [member(f"b{n}", f"[PATCH {n}/6] x", HOUR + n, "nowhere") for n in range(2, 7)]
    (series,) = group([member("a1", "[PATCH 1/6] x"), *late])
    why = {placement.message_id.removesuffix("@example.org"): placement for placement in series.placements}
    assert [m.subject.n for m in series.patches] == [1, 2, 3, 4, 5, 6]
    assert (why["a1"].why, why["b2"].why, why["b2"].by) == ("first", "rest", "a1@example.org")
    assert {why[f"b{n}"].why for n in range(3, 7)} == {"beside"}


def test_pairs_below_one_mail_find_each_other_however_many_there_are() -> None:
    firsts = [member(f"a{n}", "[PATCH 1/2] x", n * 600, "nowhere") for n in range(150)]
    seconds = [member(f"b{n}", "[PATCH 2/2] x", n * 600 + 1, "nowhere", refs="root") for n in range(150)]
    found = group([*firsts, *seconds])
    assert {tuple(m.message_id for m in one.members) for one in found} == {(f"a{n}@example.org", f"b{n}@example.org") for n in range(150)}


@pytest.mark.parametrize("grows", ["the first", "the other"])
def test_merging_mail_by_mail_costs_no_square(grows: str) -> None:
    def merged(total: int) -> Callable[[], None]:
        mails = [member(f"k{n}", f"[PATCH] x{n}", n * DAY) for n in range(total)]
        ends = [(0, n) if grows == "the first" else (n, n - 1) for n in range(1, total)]
        said = Corrections([Correction(f"r{n}@x", "merge", named(mails[to]), (named(mails[of]),)) for n, (to, of) in enumerate(ends)])  # type: ignore[arg-type]
        alone = group(mails)
        assert len(said.applied(alone)) == 1
        return lambda: said.applied(alone) and None

    assert cpu(merged(2000)) < 40 * cpu(merged(200))
