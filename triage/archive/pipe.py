# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails on a pipe or in a file told apart: an mbox, or what a mail reader sends one after the other."""

import re
from itertools import pairwise

from triage.archive.mbox import split_mbox
from triage.model.errors import UsageError

_LINE = re.compile(rb"\n(?=[!-9;-~]+:)")
_FIELD = re.compile(rb"([!-9;-~]+):[^\n]*\n(?:[ \t][^\n]*\n)*")
_DIFF = re.compile(rb"^(?:diff --git |@@ -|-- $)", re.MULTILINE)
_BASE64 = re.compile(rb"^content-transfer-encoding:[ \t]*base64", re.MULTILINE | re.IGNORECASE)
_OF_MAIL = {b"message-id", b"received", b"return-path", b"mime-version", b"content-type", b"content-transfer-encoding", b"to"}


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
