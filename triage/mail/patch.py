# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a patch mail is cut, as `git mailinfo` cuts it: in-body headers, message, tail, diff; and what the diff touches."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct, field

from triage.model import FileChange, Line
from triage.model.expression import expression

_BREAK_AFTER_DASHES = expression(r"\n--- \S|\n---[ \t\r\f\v]*\n")
_INBODY = expression(r"(from|subject|date):[ \t]*(.*)", re.IGNORECASE)
_FORMAT_PATCH_FROM = expression(r">?From [0-9a-f]{40} Mon Sep 17 00:00:00 2001$")
_DIFF_START = expression(r"\n(?:diff -|Index: |--- [^\n]*\n\+\+\+ )")
_BLANK_LINES = expression(r"(?:[ \t\r\f\v]*\n)+")
_SCISSORS = expression("8<|>8|%<|>%")
_SIGNATURE = "\n-- \n"
_GIT_HEADER = expression(r'(?:diff --git )?"?a/(.*?)"? "?b/(.*?)"?\n')
_PLAIN_HEAD = expression(r"\n(?=--- [^\n]*\n\+\+\+ )")
_PLAIN_NEW = expression(r"^\+\+\+ ([^\n]*)", re.MULTILINE)
_HUNK = expression(r"@@ -[0-9]{1,9}(?:,([0-9]{1,9}))? \+[0-9]{1,9}(?:,([0-9]{1,9}))? @@")
MAX_PATH = 4096
MAX_HEADER = 64 * 1024
_TIME = expression(r"[ ]+[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}.*$")

_ESCAPED = expression(r"\\([0-7]{3}|.)")
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}


class Cut(Struct, frozen=True):
    """The pieces of a mail's text; line numbers count from 1 in the whole text."""

    in_body: dict[str, str] = field(default_factory=dict)
    """In-body From, Subject and Date, still encoded."""
    message: str = ""
    message_line: int = 1
    broke_at: Line | None = None
    """The line where `git am` stops reading the message; None where there is none."""
    tail: str = ""
    tail_line: int = 1
    diff: str = ""
    diff_line: int = 1
    scissors: bool = False


def cut(text: str, scissors: bool = False, in_body_headers: bool = True) -> Cut:
    """Cut a patch mail's text as `git mailinfo` does, with `--scissors` and `--no-inbody-headers` as said.

    Source: handle_commit_msg, check_inbody_header and patchbreak in git's mailinfo.c, version 2.39. Linear in the text.
    """
    begin, cut_here = _below_scissors(text) if scissors else (0, False)
    in_body, begin = _in_body_headers(text, begin) if in_body_headers else ({}, _skip_blank_lines(text, begin))
    end = _break_position(text, begin)
    message_line = text.count("\n", 0, begin) + 1
    if end is None:
        return Cut(in_body, text[begin:], message_line, scissors=cut_here)
    line_end = text.find("\n", end)
    cut_line = text[end : line_end if line_end >= 0 else len(text)]
    number = text.count("\n", begin, end) + message_line
    start = _diff_position(text, end, cut_line)
    tail_begin = end if start == end else end + len(cut_line) + 1
    tail = text[tail_begin:start]
    diff = text[start:]
    diff = diff[: _diff_end(diff)]
    return Cut(
        in_body, text[begin:end], message_line, Line(number, cut_line), tail, number + (start != end),
        diff, number + text.count("\n", end, start), cut_here,
    )  # fmt: skip


def _below_scissors(text: str) -> tuple[int, bool]:
    """Return where the last scissors line above the diff ends, and whether there is one."""
    begin = at = judged = 0
    while True:
        end = _break_position(text, at)
        for match in _SCISSORS.finditer(text, at, len(text) if end is None else end):
            if match.start() < judged:
                continue  # its line was judged by the first mark on it
            judged = line_end = text.find("\n", match.end()) + 1 or len(text)
            if line_end > begin and is_scissors_line(text[text.rfind("\n", 0, match.start()) + 1 : line_end]):
                begin = line_end
        after = len(text) if end is None else text.find("\n", end) + 1 or len(text)
        if end is None or not is_scissors_line(text[end:after]):  # asked before the break is: `--- 8< ---` is scissors
            break
        begin = at = after
    return begin, begin > 0


def _diff_end(diff: str) -> int:
    """Return where the sender's signature begins, by the last `-- ` line that is in no hunk and has no further diff behind it."""
    signature = diff.rfind(_SIGNATURE)
    if signature < 0 or any(mark in diff[signature:] for mark in ("\ndiff --git ", "\n@@ -", "\n+++ ")):
        return len(diff)
    hunk = diff.rfind("\n@@ -", 0, signature)
    end = 0 if hunk < 0 or _is_whole(diff, hunk + 1, signature + 1) else _hunk_end(diff, hunk + 1)
    if end > signature + 1:  # a deleted line `- ` looks like a signature
        signature = diff.find(_SIGNATURE, end - 1)
    return signature + 1 if signature >= 0 else len(diff)


def _is_whole(diff: str, begin: int, end: int) -> bool:
    """Say, fast, whether a hunk fills the lines from `begin` to `end` by the counts in its header."""
    match = _HUNK.match(diff, begin)
    if not match:
        return False
    old, new = (int(match[number]) if match[number] else 1 for number in (1, 2))
    body = diff[diff.find("\n", begin) : end]
    lines = body.count("\n") - 1 - body.count("\n\\")
    return (lines - body.count("\n+"), lines - body.count("\n-")) == (old, new)


def _hunk_end(diff: str, at: int) -> int:
    """Return where the hunk that begins at `at` ends, by the counts in its header."""
    match = _HUNK.match(diff, at)
    if not match:
        return at
    old, new = (int(match[number]) if match[number] else 1 for number in (1, 2))
    at = diff.find("\n", at) + 1
    while (old > 0 or new > 0) and 0 < at < len(diff):
        sign = diff[at]
        if sign not in " -+\n\\":
            break
        old -= sign in " -\n"
        new -= sign in " +\n"
        at = diff.find("\n", at) + 1 or len(diff)
    return at


def _break_position(text: str, begin: int) -> int | None:
    """Return where the first line stands that ends the message (`patchbreak`), None where there is none."""
    if text.startswith(("diff -", "Index: "), begin) or _BREAK_AFTER_DASHES.match("\n" + text[begin : begin + 200]):
        return begin
    found = (text.find(needle, begin) for needle in ("\ndiff -", "\nIndex: "))
    positions = [position + 1 for position in found if position >= 0]
    if dashes := _BREAK_AFTER_DASHES.search(text, begin, min(positions, default=len(text))):
        positions.append(dashes.start() + 1)
    return min(positions, default=None)


def _diff_position(text: str, end: int, cut_line: str) -> int:
    if cut_line.startswith(("diff -", "Index: ")):
        return end
    match = _DIFF_START.search(text, end - 1 if end else 0)
    if match:
        return match.start() + 1
    return end if cut_line.startswith("--- ") and "\n+++ " in text[end:] else len(text)


def _in_body_headers(text: str, begin: int) -> tuple[dict[str, str], int]:
    """Return the in-body headers from `begin` and where the message starts."""
    found: dict[str, str] = {}
    last = ""
    position = begin
    while position < len(text):
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        line = text[position:line_end]
        after = line_end + 1
        if not line:
            if last:
                return found, min(after, len(text))
        elif last and line[0] in " \t":
            if len(found[last]) < MAX_HEADER:
                found[last] += " " + line.strip()
        elif _FORMAT_PATCH_FROM.match(line):
            last = last or ""
        elif line.startswith("[PATCH]") and line[7:8].isspace():
            found.setdefault("subject", line)
        elif (match := _INBODY.match(line)) and match[1].lower() not in found:
            last = match[1].lower()
            found[last] = match[2]
        else:
            break
        position = after
    return found, min(position, len(text))


def _skip_blank_lines(text: str, at: int) -> int:
    match = _BLANK_LINES.match(text, at)
    return match.end() if match else at


def is_scissors_line(line: str) -> bool:
    """Say whether `git am --scissors` would cut at `line` (`is_scissors_line` in git's mailinfo.c)."""
    if not _SCISSORS.search(line):
        return False
    scissors = gap = perforation = position = 0
    inside = False
    while position < len(line):
        char = line[position]
        if char.isspace():
            perforation += inside
            gap += inside
        elif char == "-":
            inside = True
            perforation += 1
        elif line.startswith((">8", "8<", ">%", "%<"), position):
            inside = True
            perforation += 2
            scissors += 2
            position += 1
        else:
            inside = False
        position += 1
    visible = len(line.strip())
    return bool(scissors) and 8 <= visible < perforation * 3 and gap * 2 < perforation


def changed_files(diff: str) -> tuple[FileChange, ...]:
    """Return what a diff does to each file; a binary patch or a pure rename counts no lines."""
    if not diff:
        return ()
    if diff.startswith("diff --git ") or "\ndiff --git " in diff:
        chunks = ("\n" + diff).split("\ndiff --git ")[1:]
        files = [_git_file(chunk) for chunk in chunks]
        if diff.count("\n+++ ") > len(chunks):
            files += [one for chunk in chunks for one in _hidden_files(chunk)]
        return tuple(files)
    chunks = re.split(r"\n(?=--- [^\n]*\n\+\+\+ )", "\n" + diff)
    return tuple(_plain_file(chunk) for chunk in chunks if "\n+++ " in chunk)


def _git_file(chunk: str) -> FileChange:
    body_at = chunk.find("\n@@ ")
    head = chunk if body_at < 0 else chunk[:body_at]
    match = _GIT_HEADER.match(chunk if chunk.endswith("\n") else chunk + "\n")
    path = match[2] if match else _same_path(chunk.partition("\n")[0])
    status = "modified"
    for mark, word in (("\nnew file", "added"), ("\ndeleted file", "deleted"), ("\nrename to ", "renamed")):
        if mark in head:
            status = word
    if status == "deleted" and match:
        path = match[1]
    old = match[1] if match and status == "renamed" else ""
    return FileChange(path, status, *_counts(chunk, body_at), old)


def _hidden_files(chunk: str) -> Iterator[FileChange]:
    """Yield files that a `diff --git` section changes besides its own, under plain headers behind its hunks: git apply takes them too."""
    starts = [match.start() for match in _PLAIN_HEAD.finditer(chunk)]
    at = chunk.find("\n@@ ")
    while at >= 0:
        end = _hunk_end(chunk, at + 1)
        following = chunk.find("\n@@ ", max(end - 1, at + 1))
        header = chunk.find("\n--- ", end - 1, following + 1 if following >= 0 else len(chunk))
        place = bisect_left(starts, header) if header >= 0 else len(starts)
        if place < len(starts) and starts[place] == header:
            yield _plain_file(chunk[header + 1 : starts[place + 1] if place + 1 < len(starts) else len(chunk)])
        at = following


def _same_path(line: str) -> str:
    """Return the path in `diff --git`'s line where prefixes were left out: both names are one."""
    half = len(line) // 2
    return line[:half] if line[:half] == line[half + 1 :] else line


def _plain_file(chunk: str) -> FileChange:
    match = _PLAIN_NEW.search(chunk)
    old, new = _plain_path(chunk[4:].partition("\n")[0]), _plain_path(match[1] if match else "")
    status = "deleted" if new == "/dev/null" else "added" if old == "/dev/null" else "modified"
    path, other = (old, new) if new == "/dev/null" else (new, old)
    first, _, rest = path.partition("/")
    if rest and (first in {"a", "b"} or (other != "/dev/null" and other.partition("/")[0] != first)):
        path = rest  # the folders of two trees, which git apply strips; a diff within one tree names files alike on both sides
    return FileChange(path, status, *_counts(chunk, chunk.find("\n@@ ")))


def _plain_path(line: str) -> str:
    """Return the file in a `---` or `+++` line of diff(1), without the time behind it."""
    name = line[:MAX_PATH].partition("\t")[0].rstrip()
    return (name[:-80] + _TIME.sub("", name[-80:])).strip()


def _counts(chunk: str, body_at: int) -> tuple[int, int]:
    if body_at < 0:
        return 0, 0
    return chunk.count("\n+", body_at), chunk.count("\n-", body_at)


def unquoted(path: str) -> str:
    """Return a path without the escapes that git puts into the quoted name of a file in a diff (`core.quotePath`)."""
    if "\\" not in path:
        return path
    raw = _ESCAPED.sub(lambda match: chr(int(match[1], 8) & 255 if match[1].isdigit() else _ESCAPES.get(match[1], ord(match[1]))), path)
    try:
        return raw.encode("latin-1").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a name that is written with letters and escapes, which git does not do
        return path
