# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail's text as its writer laid it out: paragraphs, items, headings, boxes, rows, quotes; what is not the writer's set apart."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from triage.mail.trailers import is_trailer_key
from triage.model.expression import expression


class Layout(Enum):
    """What a passage is on the page."""

    PROSE = "prose"
    ITEM = "item"
    HEADING = "heading"
    BOX = "box"
    ROW = "row"
    QUOTE = "quote"
    EXAMPLE = "example"


class Passage(Struct):
    """Lines that belong together, joined by blanks; `starts` are the offsets of its lines, `numbers` theirs in the text, from 1."""

    layout: Layout
    text: str
    starts: list[int]
    numbers: list[int]
    ticked: bool | None = None
    """Of a box: whether it is ticked."""
    indent: int = 0

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds an offset of the text."""
        return self.numbers[max(0, bisect_right(self.starts, offset) - 1)]


MAX_LINE = 2000
MAX_PASSAGE = 20_000
_KEY = expression(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:(?=[ \t]|$)")
_COPIED = expression(r"-{3,} ?(?:Original Message|Forwarded message|Forwarded Message|Ursprüngliche Nachricht) ?-{3,}", re.IGNORECASE)
_DIFF = expression(r"diff --git |Index: \S|--- a/|\+\+\+ b/|@@ -\d|Only in ")
_STAT = expression(
    r" .{1,200} \| +(?:[0-9]+ [+-]*|Bin |[0-9]+$)|\s?[0-9]+ files? changed|(?: (?:create|delete|rename) )(?:mode )?|"
    r"\s*[0-9-]+:\s+[0-9a-f-]{7,} [=!<>] "
)
_ITEM = expression(
    r"(\s*)(?:[-*+\u2022o]|[0-9]{1,3}[.)]|[a-z]\)|\([0-9a-z]\)|[vV][0-9]{1,2}(?: ?->? ?[vV]?[0-9]{1,2})?:|"
    r"[0-9]{1,3}/[0-9]{1,3}\b:?)\s+(?=\S)"
)
_BOX = expression(
    r"(\s*)(?:[-*+\u2022]|[0-9]{1,3}[.)])?\s{0,4}(?:\[(?P<in>[ xX*vV\u2713\u2714\u2705_-]?)\]|\((?P<round>[ xX])\)|"
    r"(?P<sign>[\u2610\u2611\u2612\u2705\u274c\u2713\u2714\u2717\u2718\u25a2\u25a1\u2b1c]\ufe0f?)"
    r"|(?P<name>:(?:white_check_mark|heavy_check_mark|ballot_box_with_check|x|white_large_square|negative_squared_cross_mark):))\s*(?=\S)"
)
_TICKS = frozenset("xX*vV\u2713\u2714\u2705\u2611")
_NAMED_TICKS = frozenset([":white_check_mark:", ":heavy_check_mark:", ":ballot_box_with_check:"])
_CHOICES = expression(r"[\[(](?P<in>[ xX]?)[\])]\s*(?P<word>[^\[\](){}]{1,200}?)(?=\s*(?:[\[(][ xX]?[\])]|$))")
_HEADING = expression(r"\*\*([^*_]{1,200})\*\*:?|__([^*_]{1,200})__:?|=+ ([^=].{0,200}?) =+|<summary>(.{0,200}?)</summary>")
_COLUMNS = expression(r"\S {3,}\S")
_GAP = expression(r"(?<=\S)  ( *)(?= \S)")
_RULE = expression(r"(?:-{3,}|={3,}|~{3,}|\*{3,})\s*$")
_STRUCK = expression(r"~~[^~\n]{1,500}~~")
_SIGNATURE = "-- "
_WROTE = expression(
    r"(?:\bwrote|\bwrites|schrieb|a écrit|escribi|\bsaid|\bhas the following[^:]{0,40}|posted)\s*:?\s*$|[0-9]{4},? .{0,80}@.{0,80}:\s*$"
)
_SHORTLOG = expression(r"[^:]{2,60} \([0-9]{1,3}\):\s*$")
_FIELD = expression(r"(?:\*\*|__)?[A-Z][^:?*\n]{1,70}(?:\*\*|__)?(?::|\?)(?:\*\*|__)?(?:\s+\S|\s*$)")
_NOTES = expression(r"Notes(?: \([\w-]{1,20}\))?:\s*$")


def tail_of_diff(text: str) -> int:
    """Return where a pasted diff begins, the length of the text where there is none."""
    at = text.find("\ndiff --git ")
    return len(text) if at < 0 else at + 1


def passages(text: str) -> list[Passage]:
    """Return the passages of a mail's text in order. Linear in its length; diffs, diffstats, signatures and trailers are left out."""
    return list(_Layouter(text).run())


_FLOWING = frozenset([Layout.PROSE, Layout.ITEM])


class _Layouter:
    """Reads lines one by one; holds the passage that is being written."""

    def __init__(self, text: str) -> None:
        text = _without_comments(text[: tail_of_diff(text)])
        if "~~" in text:
            text = _STRUCK.sub(lambda match: " " * len(match[0]), text)
        self.lines = [line[:MAX_LINE] for line in text.split("\n")]
        self.open: Passage | None = None
        self.parts: list[str] = []
        self.length = 0
        self.after_blank = True
        self.lead = ""
        self.fenced = False
        self.titles = False

    def run(self) -> Iterator[Passage]:
        """Yield the passages in order."""
        for index, line in enumerate(self.lines):
            bare = line.strip()
            if line.rstrip("\r") == _SIGNATURE or _COPIED.match(line):
                break
            if not bare:
                yield from self.close()
                self.after_blank, self.titles = True, False
                continue
            if self.goes_on(line):
                yield from self.join(index + 1, bare)
            else:
                yield from self.line(index, line, bare)
            self.after_blank = False
        yield from self.close()

    def goes_on(self, line: str) -> bool:
        """Whether a line can only be more of the paragraph or item that is open: most are."""
        plain = line[0].islower() and ":" not in line and "   " not in line and line[1:2] not in {")", ".", " "}
        return plain and self.open is not None and self.open.layout in _FLOWING and not self.fenced and not line.startswith("diff ")

    def line(self, index: int, line: str, bare: str) -> Iterator[Passage]:
        """Take in one line that is not blank."""
        if line[0] == ">" or (line[0] == "|" and not (bare.endswith("|") and bare.count("|") > 2)):
            yield from self.quote(index + 1, line.lstrip("> |\t"))
            return
        if self.open is not None and self.open.layout is Layout.QUOTE:
            yield from self.close()
        if bare[:3] in {"```", "~~~"}:
            self.fenced = not self.fenced
            yield from self.close()
        elif self.set_apart(index, line, bare):
            self.titles = self.titles or self.begins_titles(line, bare)
            yield from self.close()
        elif self.underlines(bare):
            assert self.open is not None
            self.open.layout = Layout.HEADING
            yield from self.close()
        elif found := _whole(line, bare, index + 1):
            yield from self.close()
            self.lead = found.text
            if found.text:
                yield found
        else:
            yield from self.begins(index + 1, line, bare)

    def underlines(self, bare: str) -> bool:
        """Whether a line of dashes makes a heading of the one line above it."""
        single = self.open is not None and self.open.layout is Layout.PROSE and len(self.parts) == 1 and self.length < 80
        return single and _RULE.match(bare) is not None and not self.parts[0].endswith((".", ","))

    def set_apart(self, index: int, line: str, bare: str) -> bool:
        """Whether a line is none of the writer's sentences: code, a diff, a diffstat, titles of commits, a trailer, "Ada wrote:"."""
        if self.fenced or self.titles or _DIFF.match(line) or (line[0] in " 0123456789" and _STAT.match(line)):
            return True
        if self.attributes(index, bare) or self.begins_titles(line, bare):
            return True
        key = _KEY.match(line)
        return key is not None and is_trailer_key(key[1]) and key[1].lower() != "model"

    def begins_titles(self, line: str, bare: str) -> bool:
        """Whether a line is the head of a shortlog: "Ada Example (3):"."""
        return self.after_blank and line[0] != " " and bare.endswith("):") and _SHORTLOG.match(bare) is not None

    def quote(self, number: int, inner: str) -> Iterator[Passage]:
        """Take in a quoted line."""
        if self.open is None or self.open.layout is not Layout.QUOTE:
            yield from self.begin(Layout.QUOTE, number, inner, 0)
        elif inner:
            yield from self.join(number, inner)
        else:
            yield from self.close()

    def begins(self, number: int, line: str, bare: str) -> Iterator[Passage]:
        """Begin a box, an item, a field or a paragraph with a line, or add it to the one that is open."""
        indent = len(line) - len(line.lstrip())
        was = self.open
        if box := _BOX.match(line):
            yield from self.begin(Layout.BOX, number, line[box.end() :], indent)
            assert self.open is not None
            self.open.ticked = _is_ticked(box)
        elif was is not None and was.layout is not Layout.BOX and _COLUMNS.search(bare):
            yield from self.begin(Layout.ITEM, number, _GAP.sub(r" :\1", bare, count=1), indent)
        elif item := _ITEM.match(line):
            yield from self.begin(Layout.ITEM, number, line[item.end() :], indent)
        elif was is not None and not indent and _FIELD.match(bare) and len(bare.partition(":")[0].split()) <= 12:
            yield from self.begin(Layout.ITEM, number, bare, indent)
        elif was is None:
            yield from self.begin(Layout.EXAMPLE if self.is_example(indent, bare) else Layout.PROSE, number, bare, indent)
        elif was.layout is Layout.BOX and indent <= was.indent and bare[:1].isupper():
            yield from self.begin(Layout.PROSE, number, bare, indent)
        elif indent and not was.indent and was.layout is Layout.PROSE and self.parts[-1].endswith(":"):
            yield from self.begin(Layout.ITEM, number, bare, indent)
        else:
            yield from self.join(number, bare)

    def is_example(self, indent: int, bare: str) -> bool:
        """Whether an indented paragraph is set apart: a trailer, or what a line with a colon leads to."""
        if not self.after_blank or indent < 2:
            return False
        key = _KEY.match(bare)
        if key is not None and is_trailer_key(key[1]):
            return True
        return self.lead.rstrip().endswith((":", "-", "be", "been")) and not _NOTES.match(self.lead)

    def attributes(self, index: int, bare: str) -> bool:
        """Whether a line only says whom the quote below it is from."""
        if bare.endswith(":"):
            after = next((line for line in self.lines[index + 1 : index + 4] if line.strip()), "")
            return after[:1] in {">", "|"} and _WROTE.search(bare) is not None
        following = self.lines[index + 1] if index + 1 < len(self.lines) else ""
        return bare.startswith(("On ", "Am ", "Le ", "El ")) and following.rstrip().endswith("wrote:") and self.lines[index][:1] != " "

    def begin(self, layout: Layout, number: int, text: str, indent: int) -> Iterator[Passage]:
        """Begin a passage with a line."""
        yield from self.close()
        self.open = Passage(layout, "", [0], [number], indent=indent)
        self.parts, self.length = [text.rstrip()], len(text.rstrip())

    def join(self, number: int, text: str) -> Iterator[Passage]:
        """Add a line to the passage that is open; one that grows beyond all bounds is cut."""
        assert self.open is not None
        if self.length > MAX_PASSAGE:
            yield from self.begin(self.open.layout, number, text, self.open.indent)
            return
        split = self.parts[-1].endswith("-") and text[:1].islower() and not self.parts[-1].endswith(" -")
        part = text if split else f" {text}"
        self.open.starts.append(self.length + (not split))
        self.open.numbers.append(number)
        self.parts.append(part)
        self.length += len(part)

    def close(self) -> Iterator[Passage]:
        """End the passage that is open."""
        if self.open is not None:
            self.open.text = self.lead = "".join(self.parts)
            yield self.open
            self.open = None


def _whole(line: str, bare: str, number: int) -> Passage | None:
    """Return what a line is all by itself: a row of a table, a heading, or a rule, which has no text."""
    if bare[0] == "|" and bare.count("|") > 1:
        return Passage(Layout.ROW, bare, [0], [number])
    if bare.lower() == "notes (ai):":
        return Passage(Layout.HEADING, "AI", [0], [number])
    if bare[0] == "#" and (words := bare.lstrip("#")) != bare and words[:1] in {" ", "\t"}:
        return Passage(Layout.HEADING, words.strip(" \t#"), [0], [number])
    if (heading := _HEADING.fullmatch(bare)) is not None:
        return Passage(Layout.HEADING, next(part for part in heading.groups() if part is not None), [0], [number])
    return Passage(Layout.HEADING, "", [0], [number]) if _RULE.match(bare) else None


def _is_ticked(box: re.Match[str]) -> bool:
    mark = next((part for part in box.groups()[1:] if part is not None), "")
    return mark[:1] in _TICKS or mark in _NAMED_TICKS


def _without_comments(text: str) -> str:
    """Blank the comments of a template; one that is not closed is none."""
    at = text.find("<!--")
    if at < 0:
        return text
    parts: list[str] = []
    done = 0
    while at >= 0 and (end := text.find("-->", at + 4)) >= 0:
        parts += [text[done:at], re.sub(r"[^\n]", " ", text[at : end + 3])]
        done, at = end + 3, text.find("<!--", end + 3)
    return "".join([*parts, text[done:]])


def choices_in(text: str) -> list[tuple[bool, str]]:
    """Return boxes that stand in one line, `( ) none (x) some`, each with whether it is ticked."""
    if "[" not in text and "(" not in text:
        return []
    found = [(match["in"] in {"x", "X"}, match["word"].strip()) for match in _CHOICES.finditer(text[:MAX_LINE])]
    return found if len(found) > 1 else []
