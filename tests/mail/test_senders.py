# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sent a mail and who wrote the patch in it, where lists, relays and forges put themselves into From."""

import json

import pytest

from tests.conftest import DIFF, Inbox, Run, mail
from triage.config import Config
from triage.mail.message import Read, read_mail
from triage.mail.senders import Sender, sender_of
from triage.model import Person, RawMail, blob_id

ADA = Person("Ada Example", "ada@example.org")
LIST = "widgets@lists.example.org"


def read(content: bytes) -> Read:
    return read_mail(RawMail(content, "", blob_id(content), 0))


def fields(sender: str, **others: str) -> dict[str, str]:
    return {"from": sender} | {name.replace("_", "-"): value for name, value in others.items()}


@pytest.mark.parametrize(
    "header",
    [
        fields("Ada Example via B4 Relay <devnull+ada.example.org@kernel.org>", reply_to="ada@example.org"),
        fields("Ada Example via B4 Relay <devnull+ada@example.org@kernel.org>"),
        fields(f"Ada Example via widgets <{LIST}>", reply_to=LIST, x_original_from="Ada Example <ada@example.org>"),
        fields(f"Ada Example via <{LIST}>", reply_to="Ada Example <ada@example.org>"),
        fields(f"Ada Example via widgets <{LIST}>", reply_to=f"Widgets <{LIST}>, Ada Example <ada@example.org>"),
        fields(f"\"'Ada Example' via widgets\" <{LIST}>", x_original_sender="ada@example.org"),
        fields("Ada Example via groups.io <ada=example.org@groups.io>", reply_to=LIST),
        fields("Ada Example <ada=40example.org@dmarc.example.net>"),
        fields("Ada Example <ada@example.org.INVALID>"),
        fields("Widgets on behalf of Ada Example <widgets-bounces@lists.example.org>", reply_to="Ada Example <ada@example.org>"),
        fields("~ada <ada@git.sr.ht>", reply_to="Ada Example <ada@example.org>"),
    ],
)
def test_a_rewritten_from_is_undone(header: dict[str, str]) -> None:
    assert sender_of(header) == Sender(ADA, mangled=True)


@pytest.mark.parametrize(
    "header",
    [
        fields("Ada Example <ada@example.org>", reply_to="bo@example.org", cc="Bo <bo@example.org>", x_original_sender="cy@example.org"),
        fields("Ada Example <ada@example.org>", list_id="Widgets <widgets.lists.example.org>"),
    ],
)
def test_an_ordinary_sender_stays(header: dict[str, str]) -> None:
    assert sender_of(header) == Sender(ADA)


@pytest.mark.parametrize(
    "header",
    [
        fields(f"Ada Example via widgets <{LIST}>", cc="Bo <bo@example.org>, Ada Example <ada@example.org>"),
        fields(f"Ada Example <{LIST}>", list_id="Widgets <widgets.lists.example.org>", cc="Ada Example <ada@example.org>"),
        fields(f"Ada Example <{LIST}>", list_id="Widgets <widgets.lists.example.org>", reply_to="Ada Example <ada@example.org>"),
    ],
)
def test_headers_that_anybody_may_write_tell_the_author_and_no_sender(header: dict[str, str]) -> None:
    sent = sender_of(header)
    assert (sent.person, sent.own) == (Person("Ada Example", LIST), ADA)


def test_nobody_signs_off_in_anothers_name_by_a_list_of_their_own(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail(f"It is off by one.\n\n---\n{DIFF}", key="p", sender="Ada Example <ada@example.org>"))
    forged = {"List_Id": "<eve.evil.example.org>", "Cc": "Ada Example <ada@example.org>", "In_Reply_To": "<p@example.org>"}
    inbox.add(
        mail(
            "Signed-off-by: Ada Example <ada@example.org>\n",
            key="r",
            subject="Re: x",
            sender="Ada Example <eve@evil.example.org>",
            **forged,
        )
    )
    run("add", "w", str(inbox.path), "--policy", "linux-kernel")
    run("ingest")
    assert [row["status"] for row in map(json.loads, run("findings", "--json").out.splitlines())] == ["open"]


def test_of_a_sender_whom_the_list_hides_the_name_is_known_alone() -> None:
    sent = sender_of(fields(f"Ada Example via widgets <{LIST}>", reply_to=LIST, cc="Bo <bo@example.org>"))
    assert sent == Sender(Person("Ada Example", LIST), mangled=True, author=Person("Ada Example", ""))
    assert sent.own == Person("Ada Example", "")


SIGNED = f"It is off by one.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n{DIFF}"
MADE = "From: Ada Example <ada@example.org>\nDate: Mon, 1 Dec 2025 10:00:00 +0000\nSubject: [PATCH] lib: fix it\n\n"
SHOWN = "commit 0123456789abcdef0123456789abcdef01234567\nAuthor: Ada Example <ada@example.org>\nDate:   Mon Dec 1 10:00:00 2025 +0000\n\n" \
        "    lib: fix it\n\n    Signed-off-by: Ada Example <ada@example.org>\n\n"  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        f"From: Ada Example <ada@example.org>\n\n{SIGNED}",
        f"From: Ada Example via widgets <{LIST}>\n\n{SIGNED}",
        f"3.16.75-rc1 review patch.  If anyone has any objections, please let me know.\n\n------------------\n\n{MADE[:43]}\n{SIGNED}",
        f"Hi, here is what Ada made.\n\n{MADE}{SIGNED}",
        f"Hi, here is what Ada made.\n\n>From {'0' * 40} Mon Sep 17 00:00:00 2001\n{MADE}{SIGNED}",
        f"This is what I have in my tree.\n\nBo\n---\n{SHOWN}{DIFF}",
    ],
)
def test_the_author_is_whom_the_patch_names(body: str) -> None:
    content = (
        f"From: Bo Builder <bo@example.org>\nCc: Ada Example <ada@example.org>\nSubject: [PATCH] lib: fix it\nMessage-ID: <m@x>\n\n{body}"
    )
    found = read(content.encode()).message
    assert (found.author, found.sender.name) == (ADA, "Bo Builder")


def test_a_report_that_a_message_quotes_names_no_author() -> None:
    body = f"It was reported so:\n\nFrom: Ada Example <ada@example.org>\nSubject: it breaks\n\nIt is off by one.\n\nSigned-off-by: Bo <bo@example.org>\n---\n{DIFF}"
    found = read(f"From: Bo Builder <bo@example.org>\nSubject: [PATCH] lib: fix it\nMessage-ID: <m@x>\n\n{body}".encode()).message
    assert found.author == found.sender


def test_a_better_reading_of_the_author_moves_no_record() -> None:
    """An opinion is bound to the author that `git am` takes: what is read beside that changes no target."""
    plain = f"From: Bo Builder <bo@example.org>\nSubject: [PATCH] lib: fix it\nMessage-ID: <m@x>\n\nHi, here is what Ada made.\n\n{MADE}{SIGNED}"
    found = read(plain.encode())
    assert found.message.author == ADA
    assert found.body.bound is not None
    assert found.body.bound.author == Person("Bo Builder", "bo@example.org")
