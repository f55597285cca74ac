# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a mail, told fast and told by the stdlib."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.mail.mime import UnreadableError, open_envelope

PARTS = st.sampled_from(
    ["--b", "--b", "--b", "--b--", "--b  ", "--bb", "--c", "--c--", "", "", "", "text", "More: text", " folded", "odd line", "h\xe9", "\r",
     "Content-Type: text/plain", "Content-Type: text/plain; charset=utf-8; format=flowed", "content-type: text/html",
     'Content-Type: text/x-patch; name="a.patch"', "Content-Type: application/octet-stream", "Content-Type: message/rfc822", "Content-Type:",
     "Content-Type: multipart/alternative; boundary=c", 'Content-Type: multipart/mixed;\n boundary="b"', "Content-Type: multipart/mixed",
     "Content-Disposition: attachment; filename*=utf-8''a; filename*0=b", "Content-Disposition: attachment; filename*=punycode''%ff",
     "Content-Type: text/plain; charset*=x; charset*0=y", "Content-Disposition: attachment; filename*=undefined''a",
     "Content-Disposition: attachment; filename=x.diff", "Content-Disposition: attachment; filename*0=x.; filename*1=diff",
     "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: 8bit ", "aGkK", "=41 ",
     "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["mixed; boundary=b", 'signed; micalg=pgp-sha256;\n protocol="application/pgp-signature"; boundary="b"', "digest; boundary=b",
     "mixed; boundary=b; boundary=c", 'mixed; boundary="b ', "mixed", "alternative; BOUNDARY=b;", 'mixed; boundary="b"; x-boundary=c',
     "mixed; boundary=<b>", 'mixed; boundary="b\x1c"', 'mixed; boundary="b\t"', 'mixed; boundary="\xe9b"', "mixed; boundary*=us-ascii''b", "mixed; boundary=b (comment)", "\tmixed; boundary=b"]
)  # fmt: skip


@given(KINDS, st.lists(PARTS, max_size=16), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=3000, deadline=None)
def test_parts_are_told_as_the_stdlib_tells_them(kind: str, lines: list[str], end: str) -> None:
    content = end.join([f"Content-Type: multipart/{kind}", "", *lines, "--b--", ""]).encode("latin-1")
    results = []
    for fast in (True, False):
        try:
            results.append(open_envelope(content, fast))
        except UnreadableError as error:
            results.append(error.reason)
    assert results[0] == results[1]


def test_a_part_that_the_stdlib_cannot_read_is_refused_with_a_reason() -> None:
    part = "--b\nContent-Disposition: attachment; filename*=utf-8''a; filename*0=b\n\nx\n--b--\n"
    with pytest.raises(UnreadableError, match=r"^mime: "):
        open_envelope(f"Content-Type: multipart/mixed; boundary=b\n\n{part}".encode())
