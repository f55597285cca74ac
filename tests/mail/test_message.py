# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mail is: kinds told apart, authors found, ids made where there are none."""

import pytest

from tests.conftest import DIFF, SOB, mail, patch_body
from triage.mail.message import NOTES, read_mail
from triage.model import Kind, Message, RawMail, blob_id


def read(content: bytes, archived: int = 0) -> Message:
    return read_mail(RawMail(content, "", blob_id(content), archived)).message


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (mail(patch_body()), Kind.PATCH),
        (mail(patch_body(), subject="[RFC] x"), Kind.PATCH),
        (mail(patch_body(), subject="[PATCH 1/2] x", In_Reply_To="<z@example.org>"), Kind.PATCH),
        (mail("Text.\n", subject="[PATCH 0/2] x"), Kind.COVER),
        (mail("Text.\n", subject="Re: [PATCH] x", In_Reply_To="<z@example.org>"), Kind.REPLY),
        (mail("Text.\n", subject="x", In_Reply_To="<z@example.org>"), Kind.REPLY),
        (mail(f"Try this?\n\n{DIFF}", subject="Re: [PATCH] x"), Kind.REPLY),
        (mail(f"Chat.\n-- >8 --\nText.\n\n{SOB}---\n{DIFF}", subject="Re: [PATCH] x"), Kind.REPLY_PATCH),
        (
            mail(
                f"Looks wrong.\n\nFrom: Bo\nSent: Monday\n\nSigned-off-by: Bo Sample <bo@example.org>\n---\n{DIFF}", subject="Re: [PATCH] x"
            ),
            Kind.REPLY,
        ),
        (mail(f"> {SOB}\n\n{DIFF}", subject="Re: [PATCH] x"), Kind.REPLY),
        (mail("x\n", subject="[GIT PULL] x"), Kind.PULL),
        (mail("The following changes since commit 1\n\nare available in the Git repository at:\n", subject="please pull"), Kind.PULL),
        (mail(patch_body(), sender="kernel test robot <lkp@example.com>", subject="Re: [PATCH] x"), Kind.BOT),
        (mail(patch_body(), sender="tip-bot2 for Ada <tip-bot2@example.org>", subject="[tip: x] y"), Kind.BOT),
        (mail(patch_body(), subject='FAILED: patch "x" failed to apply to 6.1-stable tree'), Kind.BOT),
        (mail(f"It crashes. This helps:\n\n{DIFF}", subject="crash in widget"), Kind.REPORT),
        (mail("Steps.\n", subject="[BUG] x"), Kind.REPORT),
        (mail("Tea.\n", subject="Minutes"), Kind.OTHER),
        (mail(patch_body(), subject='Applied "widget: fix" to the widget tree', In_Reply_To="<z@example.org>"), Kind.BOT),
        (mail(patch_body(), sender="Bo <bo@example.org>", subject="[git:widget/master] widget: fix"), Kind.BOT),
        (mail(patch_body(), subject="[git:widget/master] widget: fix"), Kind.PATCH),
        (mail("Added.\n", subject='Patch "widget: fix" has been added to the 6.1-stable tree'), Kind.BOT),
        (mail("Drop it.\n", subject='Re: Patch "widget: fix" has been added to the 6.1-stable tree', In_Reply_To="<z@x>"), Kind.REPLY),
        (mail("Drop it.\n", subject='Re: FAILED: patch "widget: fix" failed to apply', In_Reply_To="<z@x>"), Kind.REPLY),
        (mail("Applied.\n", sender="patchwork-bot+widget-core@example.org", subject="Re: [PATCH] x"), Kind.BOT),
        (mail("Failed.\n", sender="CKI Project <cki-project@example.org>", subject="FAIL: Test report"), Kind.BOT),
        (mail("Welcome.\n", sender="bugzilla-daemon@example.org", subject="Bugzilla account created"), Kind.BOT),
        (mail(patch_body(), subject="[PATCH] Applied lids are fixed to the lid tree"), Kind.PATCH),
        (mail(f"I made it go away so, but what is right?\n\nAda\n\n---\n\n{DIFF}", subject="odd sums"), Kind.REPORT),
        (mail(f"commit {'0' * 40}\nAuthor: Bo <bo@example.org>\n\n    x\n\n    {SOB}\n---\n{DIFF}", subject="I applied it"), Kind.REPORT),
        (
            mail(
                f"FYI\n\n---------- Forwarded message ----------\nFrom: Bo\n\n{patch_body()}",
                sender="Cy <cy@example.org>",
                subject="widget: fix (fwd)",
            ),
            Kind.REPORT,
        ),
        (mail(f"Begin forwarded message:\n\n{patch_body()}", sender="Cy <cy@example.org>", subject="widget: fix"), Kind.REPORT),
        (mail(f"Begin forwarded message:\n\n{patch_body()}", subject="widget: fix"), Kind.PATCH),
        (mail(f"Ping?\n\n-----Original Message-----\n{patch_body()}", subject="RE: [PATCH] x", In_Reply_To="<z@x>"), Kind.REPLY),
        (
            mail(
                f"Ping?\n\nFrom: Ada <ada@example.org>\nSent: Monday, 1 June 2026\nTo: x\nSubject: x\n\n{patch_body()}",
                subject="RE: [PATCH] x",
                In_Reply_To="<z@x>",
            ),
            Kind.REPLY,
        ),
        (
            mail(
                "A list.\n\n> The following changes since commit 1:\n> are available in the Git repository at:\n",
                subject="news",
                In_Reply_To="<z@x>",
            ),
            Kind.REPLY,
        ),
        (mail(patch_body(), subject="[PATCH] x", Content_Type="application/octet-stream"), Kind.PATCH),
        (mail("\0\1\2", subject="x", Content_Type="application/octet-stream"), Kind.OTHER),
        (mail("No diff at all.\n", subject="[PATCHES] x"), Kind.COVER),
        (mail(patch_body(), subject="widget: no tag at all"), Kind.PATCH),
        (mail("diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n", subject="[PATCH] rename"), Kind.PATCH),
    ],
)
def test_kinds(content: bytes, kind: Kind) -> None:
    assert read(content).kind is kind


def test_jenkins_the_surname_is_no_robot() -> None:
    assert read(mail(patch_body(), sender="Joe Jenkins <joe@shazbot.example.org>")).kind is Kind.PATCH


def test_a_mail_without_id_is_named_by_its_blob() -> None:
    content = mail(patch_body()).replace(b"Message-ID: <a@example.org>\n", b"")
    assert read(content).message_id == f"blob:{blob_id(content)}"


def test_the_target_is_the_same_wherever_a_copy_lies_and_another_once_it_changes() -> None:
    first = read(mail(patch_body(), key="a", subject="[PATCH v1 1/2] x"))
    copy = read(mail(patch_body(), key="b", subject="[PATCH v2 2/3] x", List_Id="<other>"))
    other = read(mail(patch_body(diff=DIFF.replace("1;", "2;"))))
    assert first.target == copy.target
    assert len({first.target, other.target, read(mail(patch_body(f"Other words.\n\n{SOB}"))).target}) == 3
    assert first.content != copy.content


def test_parents_are_nearest_first() -> None:
    message = read(mail("x\n", subject="Re: y", In_Reply_To="<c@x>", References="<a@x> <b@x>\n <c@x>"))
    assert message.parents == ("c@x", "b@x", "a@x")


@pytest.mark.parametrize(
    ("value", "parents"),
    [
        ("<p@example.org>", ("p@example.org",)),
        ("<p@example.org> (Ada's message of Monday)", ("p@example.org",)),
        ('Message from Ada Example <ada@example.org> of "1 June" <p@example.org>', ("p@example.org",)),
        ('Your message of "1 June" <p@example.org>', ("p@example.org",)),
        ('<p@example.org> from "Ada Example" <ada@example.org>', ("p@example.org",)),
        ("<p@example.org>\n <q@example.org>", ("p@example.org",)),
    ],
)
def test_of_a_phrase_in_in_reply_to_the_address_is_no_id(value: str, parents: tuple[str, ...]) -> None:
    assert read(mail("Yes.\n", subject="Re: x", sender="Bo <bo@example.org>", In_Reply_To=value)).parents == parents


@pytest.mark.parametrize(
    "line",
    [
        "Supersedes: <old@example.org>", "- Link to v1: https://lore.example.org/r/old@example.org", "* v1 https://lore.example.org/w/old@example.org/",
        "Previous version: https://lore.example.org/w/old@example.org/", "RFC -> v1: https://lore.example.org/w/old@example.org/",
        "v1: https://lore.example.org/w/old@example.org/", "The previous series is at https://lore.example.org/w/old@example.org/",
        "[1] Link to RFC: https://lore.example.org/w/old@example.org/", "(v1: https://marc.example.org/?i=old@example.org )",
        "v1 -> v2 (v1 at https://lore.example.org/r/old@example.org):", "v1 message-id: old@example.org",
    ],
)  # fmt: skip
def test_older_postings_are_named_in_many_ways(line: str) -> None:
    assert read(mail(patch_body(tail=f"{line}\n"))).supersedes == ("old@example.org",)


def test_an_address_without_an_id_names_nothing() -> None:
    assert read(mail(patch_body(tail="v1: https://list.example.org/2025/12/1/1\n"))).supersedes == ()


def test_undeclared_latin_1_is_read_alike_in_header_and_body_and_moves_no_record() -> None:
    raw = mail(patch_body("Zoé says so.\n\nSigned-off-by: Zoé <z@example.org>\n"), sender="Zoé <z@example.org>")
    found = read(raw.decode("utf-8").encode("latin-1"))
    assert (found.author.name, found.trailers[0].value) == ("Zoé", "Zoé <z@example.org>")


def test_a_better_reading_of_a_charset_moves_no_record() -> None:
    """A record stays bound to what was read when records were first bound: U+FFFD for a byte that no charset tells."""
    body = patch_body("Zo? says so.\n\n" + SOB)
    latin, first = (mail(body).replace(b"Zo?", what) for what in (b"Zo\xe9", "Zo\ufffd".encode()))
    assert read(latin).target == read(first).target
    assert read(latin).target != read(mail(body)).target


def test_change_id_and_supersedes_are_read() -> None:
    message = read(mail("Text.\n\n---\nchange-id: 20260101-widget-abc\nSupersedes: <old@example.org>\n", subject="[PATCH 0/2] x"))
    assert message.change_id == "20260101-widget-abc"
    assert message.supersedes == ("old@example.org",)


def test_a_mail_is_dated_by_the_earlier_of_its_own_and_the_archives_time() -> None:
    content = mail(patch_body(), date="Mon, 02 Mar 2099 09:00:00 +0000")
    assert read_mail(RawMail(content, "", blob_id(content), 1772442000)).message.posted == 1772442000


NOTED = {
    "headers-cut": mail(X_Long="x" * 300_000),
    "charset-unknown": mail(Content_Type="text/plain; charset=x-teapot"),
    "charset-wrong": mail("Größe\n", Content_Type="text/plain; charset=iso-2022-jp"),
    "charset-undecodable": mail("Gr\udcf6sse\n", Content_Type="text/plain; charset=utf-8"),
    "format-flowed": mail(Content_Type="text/plain; format=flowed"),
    "patch-attached": mail(patch_body(), Content_Type="text/x-patch"),
    "html-only": mail("<p>Hello\n", Content_Type="text/html"),
    "scissors": mail(f"Chat.\n-- >8 --\n{patch_body()}"),
    "from-mangled": mail(patch_body(), sender="Ada Example via widgets <widgets@example.org>", List_Id="<widgets.example.org>",
                         Reply_To="Ada Example <ada@example.org>"),
    "from-bogus": mail(f"From: nobody\n\n{patch_body()}"),
    "stable-review": mail(f"6.1-stable review patch.  If anyone has any objections, please let me know.\n\n------------------\n\nFrom: Bo <bo@example.org>\n\n{patch_body()}"),
    "autosel": mail(patch_body(), subject="[PATCH AUTOSEL 6.1] x"),
    "odd-counter": mail(patch_body(), subject="[PATCH 1/2/3] x"),
    "no-message-id": b"From: ada@example.org\nSubject: [PATCH] x\n\nText.\n",
    "date-differs": mail(patch_body(), date="Mon, 02 Mar 2020 09:00:00 +0000"),
    "no-subject": b"From: ada@example.org\nMessage-ID: <a@example.org>\n\nText.\n",
    "trailers-cut": mail(patch_body("Text.\n\n" + "Cc: bo@example.org\n" * 1500)),
}  # fmt: skip


@pytest.mark.parametrize("note", NOTES)
def test_what_had_to_be_mended_is_noted(note: str) -> None:
    at = 1_772_442_000  # when the archive took it in: at the date of conftest's mails
    assert note in read(NOTED[note], at).notes
    assert note not in read(mail(patch_body()), at).notes
    assert set(read(NOTED[note], at).notes) <= set(NOTES)
