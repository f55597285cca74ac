# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails on a pipe or in a file told apart: an mbox, or what a mail reader sends one after the other."""

import re
from itertools import pairwise

from triage.archive.mbox import split_mbox
from triage.mail.headers import bare_id, message_ids
from triage.model import blob_id
from triage.model.errors import UsageError
from triage.model.expression import expression

_LINE = expression(rb"\n(?=[!-9;-~]+:)")
_FIELD = expression(rb"([!-9;-~]+):[^\n]*\n(?:[ \t][^\n]*\n)*")
_DIFF = expression(rb"^(?:diff --git |@@ -|-- $)", re.MULTILINE)
_BASE64 = expression(rb"^content-transfer-encoding:[ \t]*base64", re.MULTILINE | re.IGNORECASE)
_OF_MAIL = {b"message-id", b"received", b"return-path", b"mime-version", b"content-type", b"content-transfer-encoding", b"to"}


def id_of(content: bytes) -> str:
    """Return what names a mail on a pipe: its Message-ID, `blob:OID` where it has none; raises `UsageError` for no mail."""
    text = content.partition(b"\n")[2] if content.startswith(b"From ") else content
    head = text.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"
    field = next((match for match in _FIELD.finditer(head) if match[1].lower() == b"message-id"), None)
    value = field[0].partition(b":")[2].decode("ascii", "replace") if field else ""
    ids = message_ids(value) or bare_id(value)
    if ids:
        return ids[0]
    if not _FIELD.match(head):
        raise UsageError("there is no mail on standard input", "pipe one: `triage show - < FILE`")
    return f"blob:{blob_id(text)}"


def split_mails(content: bytes) -> list[bytes]:
    """Return the mails in a file or on a pipe: an mbox, mails one after the other, or one; raises `UsageError` for a gzipped one."""
    if content.startswith(b"\x1f\x8b"):
        raise UsageError("this is gzipped", "unpack it on the way: zcat FILE | triage check -")
    mails = split_mbox(content) if content.startswith(b"From ") else []
    return mails if len(mails) > 1 else _joined_mails(content)


def _joined_mails(content: bytes) -> list[bytes]:
    """Return the mails of a pipe: mutt sends tagged ones one after the other, without the `From ` lines of an mbox.

    A mail begins with a block of header fields, From and Subject among them, behind a blank line, the end of a multipart or base64; it is
    none of those in the body of a patch if a diff stands before it or it has a field that no patch has in its body. A lone `From ` line, of
    an mbox whose first one is missing, stands for the blank line where a diff came before.
    """
    text = content.replace(b"\r\n", b"\n")
    starts = [0]
    at, encoded = 0, bool(_BASE64.search(text, 0, max(text.find(b"\n\n"), 0)))
    while match := _LINE.search(text, at):
        begin = at = match.end()
        names: set[bytes] = set()
        while field := _FIELD.match(text, at):
            names.add(field[1].lower())
            at = field.end()
        at = max(at - 1, begin)
        line = text[text.rfind(b"\n", 0, begin - 1) + 1 : begin - 1]
        behind = _DIFF.search(text, starts[-1], begin)
        apart = not line or (line.startswith(b"--") and line.endswith(b"--")) or encoded or (line.startswith(b"From ") and behind)
        headed = {b"from", b"subject"} <= names and text[at + 1 : at + 2] in {b"\n", b""}
        if apart and headed and (names & _OF_MAIL or encoded or behind):
            starts.append(begin)
            encoded = bool(_BASE64.search(text, begin, at + 1))
    return [text[begin:end] for begin, end in pairwise([*starts, len(text)])] if len(starts) > 1 else [content]
