# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people give in replies: on which patch it counts, whose it is, and how many gave it."""

from tests.conftest import cpu, mail
from tests.series.test_grouping import ADA, BO, member
from triage.mail.message import read_mail
from triage.model import Message, Person, RawMail, Series
from triage.series.followups import followups, reviewed, said
from triage.series.grouping import group

CY = "Cy Example <cy@example.org>"


def series(total: int = 2, text: str = "") -> Series:
    """Return a series with a cover by Ada, or one that carries some text."""
    members = [member(f"p{n}", f"[PATCH {n}/{total}] x", n, "c", text=text) for n in range(1, total + 1)]
    (found,) = group([member("c", f"[PATCH 0/{total}] x"), *members])
    return found


def reply(key: str, to: str, given: str, sender: str = BO) -> Message:
    content = mail(f"Fine.\n\n{given}\n", key=key, subject="Re: [PATCH] x", sender=sender, In_Reply_To=f"<{to}@example.org>")
    return read_mail(RawMail(content, "", key, 1772442000)).message


def nobody(_: Person) -> bool:
    return False


def test_what_another_sent_in_a_name_first_does_not_hide_what_its_owner_sends() -> None:
    replies = [reply("r1", "p1", f"Acked-by: {BO}", CY), reply("r2", "p1", f"Acked-by: {BO}"), reply("r3", "p1", f"Acked-by: {BO}", CY)]
    found = followups(series(), replies)
    assert [(one.source, one.matches) for one in found] == [("r1@example.org", False), ("r2@example.org", True)]
    assert reviewed(series(), replies, nobody).some == "a"


def test_what_is_given_to_the_cover_counts_for_each_patch_once_and_not_for_its_author() -> None:
    replies = [
        reply("r1", "c", f"Reviewed-by: {BO}"), reply("r2", "p1", f"Reviewed-by: {BO}"), reply("r3", "p1", f"Reviewed-by: {CY}", CY),
        reply("r4", "c", f"Tested-by: {ADA}", ADA), reply("r5", "p2", f"Acked-by: {ADA}", ADA),
    ]  # fmt: skip
    found = reviewed(series(), replies, nobody)
    assert (found.each, found.some, found.unreviewed) == ((0, 1, 0), "r", 0)
    assert reviewed(series(), replies[2:], nobody).unreviewed == 1
    assert reviewed(series(), replies[:1], lambda person: person.email == "bo@example.org").unreviewed == 2


def test_each_patch_of_a_series_has_what_it_carries_and_what_the_cover_got() -> None:
    carried = series(text=f"x\n\nReviewed-by: {CY}")
    assert reviewed(carried, [], nobody).each == (0, 1, 0)
    assert reviewed(carried, [reply("r", "c", f"Reviewed-by: {BO}")], nobody).each == (0, 2, 0)


def test_reviews_of_a_cover_are_not_counted_patch_by_patch() -> None:
    replies = [reply(f"r{n}", "c", f"Reviewed-by: P{n} <p{n}@example.org>", f"P{n} <p{n}@example.org>") for n in range(400)]
    few, many = series(20), series(400)
    assert reviewed(many, replies, nobody).each == (0, 400, 0)
    assert cpu(lambda: reviewed(many, replies, nobody) and None) < 5 * cpu(lambda: reviewed(few, replies, nobody) and None)


def test_what_is_given_to_a_cover_without_patches_is_given_to_nothing() -> None:
    (alone,) = group([member("c", "[PATCH 0/2] x")])
    assert not list(said(alone, [reply("r", "c", f"Reviewed-by: {BO}")]))
    assert [one.target.message_id for one in said(series(), [reply("r", "c", f"Reviewed-by: {BO}")])] == ["c@example.org"]
