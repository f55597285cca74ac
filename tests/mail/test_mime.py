# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail bytes read: both paths alike, everything hostile bounded, nothing but UnreadableError raised."""

import base64
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import cpu, mail, patch_body
from triage.mail.headers import header_date, header_text, message_ids
from triage.mail.message import read_mail
from triage.mail.mime import MAX_HEAD, UnreadableError, open_envelope, unflow
from triage.model import RawMail, blob_id
from triage.policy.evidence import find_evidence

WORDS = st.sampled_from(
    ["From: Ada <ada@example.org>", "from:x", "Subject: =?utf-8?q?a=C3=A9?= =?utf-8?b?w6k=?=", "Subject: two", "Content-Type: text/plain",
     'Content-Type: text/plain; charset="utf-8"; format=flowed', "Content-Type: text/plain; charset=iso-8859-1", "Content-Type: text/html",
     "Content-Type: multipart/mixed; boundary=b", "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable",
     "Content-Transfer-Encoding: x-odd", "To: a@b,\n c@d", "References: <a@b>\n\t<c@d>", "Message-ID: <x@y>", "odd line", ": empty", "X: \xff",
     "Received: from x", "Date: Mon, 02 Mar 2026 09:00:00 +0000", "Content-Type: text/plain; charset=\n utf-8", " folded", "Subject:"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=8), st.binary(max_size=200), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=1500, deadline=None)
def test_fast_path_and_stdlib_give_equal_messages(lines: list[str], body: bytes, end: str) -> None:
    content = (end.join(lines) + end + end).encode("latin-1") + body + b"--b\n\npart\n--b--\n"
    results = []
    for fast in (True, False):
        try:
            read = read_mail(RawMail(content, "", blob_id(content), 0), fast)
            results.append((read.message, read.body))
        except UnreadableError as error:
            results.append(error.reason)
    assert results[0] == results[1]


@given(st.binary(max_size=400))
@settings(max_examples=1500, deadline=None)
def test_any_bytes_are_read_or_refused_with_a_reason(content: bytes) -> None:
    try:
        assert read_mail(RawMail(content, "", blob_id(content), 0)).message.blob
    except UnreadableError as error:
        assert error.reason


def test_nesting_is_bounded_before_parsing() -> None:
    for depth in (300, 3000):
        nested = "".join(f'--b{i}\nContent-Type: multipart/mixed; boundary="b{i + 1}"\n\n' for i in range(depth))
        content = mail(nested + "x\n" * 100_000, Content_Type='multipart/mixed; boundary="b0"')
        started = time.process_time()
        with pytest.raises(UnreadableError, match="mime-depth"):
            open_envelope(content)
        assert time.process_time() - started < 2


def test_the_number_of_parts_is_bounded() -> None:
    with pytest.raises(UnreadableError, match="mime-parts"):
        open_envelope(mail("--b\n\nx\n" * 50_000, Content_Type="multipart/mixed; boundary=b"))


@pytest.mark.parametrize(
    "make",
    [
        lambda size: mail("x\n", Content_Type="text/plain" + " " * size + "x"),
        lambda size: mail("".join(f"boundary=a{n}\n" for n in range(size // 10)), Content_Type="multipart/mixed; boundary=b"),
        lambda size: mail("<!--" * (size // 4), Content_Type="text/html"),
        lambda size: mail("<a" * (size // 2), Content_Type="text/html"),
        lambda size: mail("-- >8 --\n" * (size // 9)),
        lambda size: mail(patch_body("generated with " * (size // 15) + "Claude")),
    ],
    ids=["blanks in the type", "boundaries", "comments", "tags", "scissors", "prose"],
)
def test_hostile_mail_costs_in_step_with_its_size(make: Callable[[int], bytes]) -> None:
    def read(size: int) -> None:
        content = make(size)
        try:
            done = read_mail(RawMail(content, "", blob_id(content), 0))
            find_evidence(done.message, done.body)
        except UnreadableError:
            pass

    assert cpu(lambda: read(200_000)) < 40 * cpu(lambda: read(20_000))


def test_nesting_behind_a_folded_header_is_seen() -> None:
    nested = "".join(f'--b{i}\nContent-Type:\n multipart/mixed;\n boundary = "b{i + 1}"\n\n' for i in range(300))
    with pytest.raises(UnreadableError, match="mime-"):
        open_envelope(mail(nested, Content_Type='multipart/mixed; boundary="b0"'))


def test_headers_are_cut_and_the_mail_is_kept() -> None:
    content = mail("Body.\n", X_Long="y" * 2000 + ("\n " + "z" * 900) * 400)
    envelope = open_envelope(content)
    assert "headers-cut" in envelope.notes
    assert len(content) > MAX_HEAD
    assert envelope.text == "Body.\n"


def test_a_million_references_keep_the_first_and_last_thousand() -> None:
    ids = message_ids("".join(f"<{i}@x>" for i in range(100_000)))
    assert len(ids) == 2000
    assert (ids[0], ids[-1]) == ("0@x", "99999@x")


def test_thousands_of_parentheses_do_no_harm() -> None:
    content = mail(sender="(" * 2_000 + "a@example.org")
    assert read_mail(RawMail(content, "", blob_id(content), 0)).message.sender.email.endswith("a@example.org")


@pytest.mark.parametrize(
    "charset",
    ["rot13", "hex", "zlib", "mbcs", "idna", "punycode", "undefined", "unicode_escape", "utf-7", "utf-16", "x" * 300, "../../etc/passwd", "\x00",
     "us-ascii", "UTF-8", "windows-874", "y"],
)  # fmt: skip
def test_no_charset_raises_and_none_runs_a_codec(charset: str) -> None:
    content = mail("+ADw- caf\xc3\xa9\n", Content_Type=f'text/plain; charset="{charset}"')
    assert "+ADw-" in open_envelope(content).text


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("Thu, 01 Jan 1970 00:00:00 +0000", 0), ("Mon, 02 Mar 2026 10:00:00 +0100", 1772442000), ("2 Mar 2026 09:00:00 GMT", 1772442000),
        ("Mon, 02 Mar 2026 09:00:00 +9999", 1772442000), ("Mon, 30 Feb 71685 09:00:00 +0000", None), ("", None), ("yesterday", None),
        ("Mon, 02 Mar 2026 09:00:00 -0000", 1772442000), ("\x00", None),
    ],
)  # fmt: skip
def test_dates(raw: str, seconds: int | None) -> None:
    assert header_date(raw) == seconds


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?caf=C3=A9?=", "café"), ("=?utf-8?b?Y2Fmw6k=?= x", "café x"), ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?iso-8859-1?q?caf=E9?=", "café"), ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"), ("=?bogus?q?x?=", "x"),
        ("a\n  b", "a b"), ("caf\udcc3\udca9", "café"), ("caf\udce9", "café"), ("=?utf-8*en?q?x?=", "x"),
    ],
)  # fmt: skip
def test_header_text(raw: str, text: str) -> None:
    assert header_text(raw) == text


def test_attached_patches_are_read_and_noted() -> None:
    encoded = base64.encodebytes(patch_body().encode()).decode()
    body = (
        "--b\nContent-Type: text/plain\n\nSee attachment.\n--b\nContent-Type: application/octet-stream\n"
        f'Content-Disposition: attachment; filename="0001.patch"\nContent-Transfer-Encoding: base64\n\n{encoded}--b--\n'
    )
    content = mail(body, Content_Type='multipart/mixed; boundary="b"')
    read = read_mail(RawMail(content, "", blob_id(content), 0))
    assert read.message.kind == "patch"
    assert "patch-attached" in read.message.notes
    assert [f.path for f in read.message.files] == ["widget.c"]


def test_html_alone_gives_its_text_and_no_tags() -> None:
    envelope = open_envelope(mail("<p>Hi <b>you</b></p>\n<script>x</script>", Content_Type="text/html"))
    assert "<" not in envelope.text
    assert "Hi you" in envelope.text
    assert "html-only" in envelope.notes


def test_flowed_text_is_joined() -> None:
    assert unflow("a \nb\n> c \n> d\n-- \nsig", delete_space=False) == "a b\n> c d\n-- \nsig"
    assert unflow("a \nb", delete_space=True) == "ab"


def test_blank_lines_by_the_hundred_thousand_take_linear_time() -> None:
    def read(lines: int) -> None:
        content = mail("\n" * lines + "foo: bar\n" * lines + patch_body())
        read_mail(RawMail(content, "", blob_id(content), 0))

    assert cpu(lambda: read(100_000)) < 40 * cpu(lambda: read(10_000))
