# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions: which posting follows which, on what evidence, and what does not."""

import json

import pytest

from tests.conftest import DIFF, SOB, Inbox, Run, mail, patch_body
from tests.series.test_grouping import ADA, BO, DAY, member, named
from triage.config import Config
from triage.model import Link, Series
from triage.model.corrections import Correction
from triage.model.series import Posting
from triage.series.corrections import Corrections
from triage.series.grouping import group
from triage.series.versions import posting_of, previous, suggestions


def one(*members: object) -> Posting:
    (series,) = group(members)  # type: ignore[arg-type]
    return posting_of(series)


V1 = [member("c", "[PATCH 0/2] widget: pour", file="a.c"), member("1", "[PATCH 1/2] widget: add a spout", 1, "c", file="a.c"),
      member("2", "[PATCH 2/2] widget: pour from it", 2, "c", file="b.c")]  # fmt: skip


def linked(newer: list[object], *older: list[object], corrections: Corrections | None = None) -> tuple[str, str]:
    """Return what a posting is linked to and by which kind of evidence, "" where by none."""
    links = previous(one(*newer), [one(*members) for members in older], corrections)
    return (links[0].to.partition("@")[0], links[0].kind) if links else ("", "")


CASES = {
    "the same title": ([member("n", "[PATCH v2 0/1] Widget: Pour!", DAY), member("n1", "[PATCH v2 1/1] x", DAY + 1, "n")], ("c", "subject-author")),
    "half of the patch titles": (
        [member("n", "[PATCH v2 0/2] kettle: whistle", DAY), member("n1", "[PATCH v2 1/2] widget: add a spout", DAY + 1, "n"),
         member("n2", "[PATCH v2 2/2] kettle: new", DAY + 2, "n")], ("c", "subject-author")),
    "one patch of a split series": ([member("n", "[PATCH v2] widget: pour from it", DAY)], ("c", "subject-author")),
    "a reply under a new title": ([member("n", "[PATCH v2] kettle: whistle", DAY, "c")], ("c", "reply")),
    "a change-id": ([member("n", "[PATCH v2] other", DAY, sender=BO, text="x\n\nchange-id: 20260101-pour-1234")], ("c", "change-id")),
    "a line that names the older one": (
        [member("n", "[PATCH v2] kettle: whistle", DAY, text="x\n\nSupersedes: <c@example.org>")], ("c", "supersedes")),
    "a link in the changelog": (
        [member("n", "[PATCH v2] kettle: whistle", DAY, text="x\n\n- Link to v1: https://lore.example.org/widgets/c@example.org/")],
        ("c", "supersedes")),
    "sent again within weeks": (
        [member("n", "[PATCH RESEND 0/2] widget: pour", 20 * DAY), member("n1", "[PATCH RESEND 1/2] widget: add a spout", 20 * DAY + 1, "n", file="a.c"),
         member("n2", "[PATCH RESEND 2/2] widget: pour from it", 20 * DAY + 2, "n", file="b.c")], ("c", "subject-author")),
    "another batch of the same name": (
        [member("n", "[PATCH 0/2] widget: pour", 7 * DAY), member("n1", "[PATCH 1/2] widget: paint the lid", 7 * DAY + 1, "n"),
         member("n2", "[PATCH 2/2] widget: paint the spout", 7 * DAY + 2, "n")], ("", "")),
    "the next part of a plan": (
        [member("n", "[PATCH v2 0/2][PART 2] widget: pour", 7 * DAY), member("n1", "[PATCH v2 1/2][PART 2] widget: new", 7 * DAY + 1, "n")], ("", "")),
    "a cover sent again by itself": ([member("n", "[PATCH RESEND 0/2] widget: pour", 20 * DAY)], ("", "")),
    "the same title a year later": ([member("n", "[PATCH 0/2] widget: pour", 365 * DAY)], ("", "")),
    "somebody else's reply": ([member("n", "[PATCH v2] kettle: whistle", DAY, "c", sender=BO)], ("", "")),
    "somebody else's Supersedes": (
        [member("n", "[PATCH v2] kettle: whistle", DAY, sender=BO, text="x\n\nSupersedes: <c@example.org>")], ("", "")),
    "somebody else under the same title": ([member("n", "[PATCH 0/2] widget: pour", DAY, sender=BO)], ("", "")),
    "another topic of the same person": ([member("n", "[PATCH v2] kettle: whistle", DAY)], ("", "")),
    "a lower number": ([member("n", "[PATCH v0 0/2] widget: pour", DAY)], ("", "")),
    "another stable branch": ([member("n", "[PATCH v2 6.1 0/2] widget: pour", DAY)], ("", "")),
    "a pull request of the same name": ([member("n", "[PULL 0/2] widget: pour", DAY)], ("", "")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_follows_what(name: str) -> None:
    newer, expected = CASES[name]
    older = V1
    if name == "a change-id":
        older = [member("c", "[PATCH] widget: pour", text="x\n\nchange-id: 20260101-pour-1234")]
    assert linked(newer, older) == expected  # type: ignore[arg-type]


def test_the_newest_of_the_older_versions_is_the_one_before() -> None:
    two = [member("d", "[PATCH v2 0/2] widget: pour", DAY)]
    three = [member("e", "[PATCH v3 0/2] widget: pour", 2 * DAY, "c")]
    assert linked(three, V1, two) == ("d", "subject-author")  # type: ignore[arg-type]
    assert linked(two, V1, three) == ("c", "subject-author")  # type: ignore[arg-type]


def test_most_of_a_merged_series_decides_which_it_follows() -> None:
    other = [member("o", "[PATCH v2] kettle: whistle", DAY)]
    merged = [member(f"m{n}", f"[PATCH v3 {n}/3] {title}", 2 * DAY + n) for n, title in
              enumerate(("widget: add a spout", "widget: pour from it", "kettle: whistle"), 1)]  # fmt: skip
    assert linked(merged, V1, other) == ("c", "subject-author")  # type: ignore[arg-type]


def test_people_have_the_last_word() -> None:
    newer, stranger = [member("n", "[PATCH v2 0/2] widget: pour", DAY)], [member("s", "[PATCH] kettle: whistle")]
    unlink = Correction("r1@x", "unlink", named(newer[0]), (named(V1[0]),))  # type: ignore[arg-type]
    link = Correction("r2@x", "link", named(newer[0]), (named(stranger[0]),))  # type: ignore[arg-type]
    assert linked(newer, V1, stranger) == ("c", "subject-author")  # type: ignore[arg-type]
    assert linked(newer, V1, stranger, corrections=Corrections([unlink])) == ("", "")  # type: ignore[arg-type]
    assert linked(newer, V1, stranger, corrections=Corrections([unlink, link])) == ("s", "human")  # type: ignore[arg-type]


def alike(newer: object, *older: object) -> tuple[Link, ...]:
    return suggestions(one(newer), [one(member_) for member_ in older])


def test_the_next_number_on_the_same_files_is_linked_and_less_is_only_suggested() -> None:
    old = member("o", "[PATCH] widget: mend the leaking spout", file="w/spout.c")
    (link,) = alike(member("n", "[PATCH v2] widget: mend the spout that leaks", DAY, file="w/spout.c"), old)
    assert (link.kind, link.to) == ("subject-author", "o@example.org")
    assert link.evidence.startswith("the next number; titles alike by ")
    (weak,) = alike(member("n", "[PATCH v3] widget: mend the spout that leaks", DAY, file="w/spout.c"), old)
    assert weak.kind == "similar"
    assert alike(member("n", "[PATCH v2] doc: rules", DAY, file="README"), old) == ()


def test_twins_of_one_clean_up_are_not_versions() -> None:
    zstd = member("o", "[PATCH] unpack: use vmalloc() for the zstd workspace", file="unpack.c")
    assert alike(member("n", "[PATCH] unpack: use vmalloc() for the gzip workspace", DAY, file="unpack.c"), zstd) == ()


def test_two_that_come_as_near_are_left_to_a_person() -> None:
    rivals = [member(f"o{n}", f"[PATCH] widget: mend spout {n}", n, file="w/spout.c") for n in (1, 2)]
    found = alike(member("n", "[PATCH v2] widget: mend spout 3", DAY, file="w/spout.c"), *rivals)
    assert {link.kind for link in found} == {"similar"}


def test_two_older_mails_under_one_message_id_are_as_good_as_each_other() -> None:
    twins = [[member("o", "[PATCH] widget: mend spout", text=text)] for text in ("Why.", "Why not.")]
    assert linked([member("n", "[PATCH v2] widget: mend spout", DAY)], *twins) == ("o", "subject-author")  # type: ignore[arg-type]


def test_series_is_not_its_own_predecessor() -> None:
    series: Series = group(V1)[0]
    assert previous(posting_of(series), [posting_of(series)]) == ()
    assert ADA


def single(key: str, subject: str, at: int, **more: str) -> Posting:
    return one(member(key, subject, at, **more))  # type: ignore[arg-type]


def before(series: Posting, *older: Posting) -> str:
    links = previous(series, older)
    return links[0].to.partition("@")[0] if links else ""


def test_a_link_to_v1_does_not_beat_the_v2_that_is_there() -> None:
    first, second = single("a", "[PATCH] widget: pour from it", 0), single("b", "[PATCH v2] widget: pour from it", DAY)
    third = single("c", "[PATCH v3] widget: pour from it", 2 * DAY, text="x\n\nv1: https://lore.example.org/w/a@example.org/")
    assert before(third, first, second) == "b"
    assert before(third, first) == "a"


def test_the_older_one_is_the_one_before_unless_a_number_says_otherwise() -> None:
    second, later = single("b", "[PATCH v2] widget: pour from it", 0), single("n", "[PATCH] widget: pour from it", 6 * 3600)
    assert (before(second, later), before(later, second)) == ("", "b")
    third = single("c", "[PATCH v3] widget: pour from it", -3600)  # a clock that is wrong by an hour
    assert before(third, second) == "b"


def test_who_forgets_a_number_goes_on_what_was_sent_last() -> None:
    first, second = single("a", "[PATCH] widget: pour from it", 0), single("b", "[PATCH v2] widget: pour from it", DAY)
    assert before(single("n", "[PATCH] widget: pour from it", 2 * DAY), first, second) == "b"
    assert before(single("n", "[PATCH] widget: pour from it", 2 * DAY, sender=BO), second) == ""
    assert before(single("n", "[PATCH] widget: pour from it", DAY + 60), first, second) == "a"  # sent along with v2


def test_weekly_batches_of_one_name_lend_it_to_no_later_version() -> None:
    def batch(key: str, at: int, number: str, *titles: str) -> Posting:
        members = [member(key, f"[PATCH{number} 0/{len(titles)}] widget fixes for next", at)]
        members += [
            member(f"{key}{n}", f"[PATCH{number} {n}/{len(titles)}] {title}", at + n, key, file=f"{key}{n}.c")
            for n, title in enumerate(titles, 1)
        ]
        return one(*members)

    first, second = (
        batch("a", 0, "", "widget: spout leaks", "widget: lid falls"),
        batch("b", 7 * DAY, "", "widget: handle breaks", "widget: foot slips"),
    )
    assert before(second, first) == ""
    assert before(batch("c", 8 * DAY, " v2", "widget: handle breaks", "widget: foot slips"), first, second) == "b"
    assert before(batch("d", 14 * DAY, " v2", "widget: cup cracks", "widget: saucer cracks"), first, second) == ""


def test_nothing_is_handed_on_across_likeness_alone(config: Config, inbox: Inbox, run: Run) -> None:
    told = "It was broken.\n\nThe code was written with Claude.\n\n"
    inbox.since = 1772442000
    for key, subject, text, day in (
        ("a", "[PATCH] widget: make the spout pour", told, 2),
        ("b", "[PATCH v2] widget: let the spout pour tea", "It was.\n\n", 4),
    ):
        inbox.add(
            mail(
                patch_body(f"{text}{SOB}", diff=DIFF.replace("return 1", f"return {day}")),
                key=key,
                subject=subject,
                date=f"Mon, {day:02} Mar 2026 09:00:00 +0000",
            )
        )
    run("add", "w", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    rows = {row["series"]: row for row in map(json.loads, run("list", "--json").out.splitlines())}
    assert rows["b@example.org"]["previous"] == "a@example.org"
    found = {(row["series"], row["code"]) for row in map(json.loads, run("findings", "--json").out.splitlines())}
    assert {series for series, code in found if code.startswith("AI")} == {"a@example.org"}
