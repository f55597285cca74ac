# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a patch mail is cut, as `git mailinfo` cuts it: in-body headers, message, tail, diff; and what the diff touches."""

import re
from dataclasses import dataclass, field

from triage.model import FileChange, Line

_BREAK_AFTER_DASHES = re.compile(r"\n--- \S|\n---[ \t\r\f\v]*\n")
_INBODY = re.compile(r"(from|subject|date):[ \t]*(.*)", re.IGNORECASE)
_FORMAT_PATCH_FROM = re.compile(r">?From [0-9a-f]{40} Mon Sep 17 00:00:00 2001$")
_DIFF_START = re.compile(r"\n(?:diff -|Index: |--- [^\n]*\n\+\+\+ )")
_BLANK_LINES = re.compile(r"(?:[ \t\r\f\v]*\n)+")
_SIGNATURE = "\n-- \n"
_GIT_HEADER = re.compile(r'(?:diff --git )?"?a/(.*?)"? "?b/(.*?)"?\n')
_PLAIN_NEW = re.compile(r"^\+\+\+ (?:b/)?([^\t\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cut:
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
    begin = 0
    cut_here = False
    if scissors and ("8<" in text or ">8" in text or "%<" in text or ">%" in text):
        end = _break_position(text, 0)
        for match in re.finditer(r"[^\n]*\n?", text[: len(text) if end is None else end]):
            if is_scissors_line(match[0]):
                begin, cut_here = match.end(), True
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
    if (signature := diff.rfind(_SIGNATURE)) >= 0:
        diff = diff[: signature + 1]
    return Cut(
        in_body, text[begin:end], message_line, Line(number, cut_line), tail, number + (start != end),
        diff, number + text.count("\n", end, start), cut_here,
    )  # fmt: skip


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
        return tuple(_git_file(chunk) for chunk in chunks)
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
    return FileChange(path, status, *_counts(chunk, body_at))


def _same_path(line: str) -> str:
    """Return the path in `diff --git`'s line where prefixes were left out: both names are one."""
    half = len(line) // 2
    return line[:half] if line[:half] == line[half + 1 :] else line


def _plain_file(chunk: str) -> FileChange:
    match = _PLAIN_NEW.search(chunk)
    path = match[1].strip() if match else ""
    status = "deleted" if path == "/dev/null" else "added" if chunk.startswith("--- /dev/null") else "modified"
    if path == "/dev/null":
        path = chunk[4:].partition("\n")[0].partition("\t")[0].removeprefix("a/")
    return FileChange(path, status, *_counts(chunk, chunk.find("\n@@ ")))


def _counts(chunk: str, body_at: int) -> tuple[int, int]:
    if body_at < 0:
        return 0, 0
    return chunk.count("\n+", body_at), chunk.count("\n-", body_at)
