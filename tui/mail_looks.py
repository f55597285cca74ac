# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each line of a mail means: quotes by level, diffs also inside them, words that changed, trailers, diffstats."""

from collections.abc import Sequence

from msgspec import Struct, field

from triage.model.expression import expression
from triage.model.text import Shown
from tui.lines import Piece, ViewLine
from tui.syntax import language_of

_QUOTED = expression(r"(?:[>|] ?)+")
_TRAILER = expression(r"([A-Za-z][A-Za-z0-9-]*-by|Fixes|Closes|Link|Cc|Reported-and-tested-by|Message-I[dD]|Change-I[dD]): ")
_AI = frozenset({"assisted-by", "generated-by", "co-authored-by", "ai-assisted-by", "ai-generated-by"})
_STAT = expression(r"( .+ \| +\d+ )(\+*)(-*)$")
_FILE = ("diff ", "index ", "--- ", "+++ ", "Index: ", "new file mode", "deleted file mode", "similarity index", "rename ", "Binary files")
_STARTS = ("diff --git ", "Index: ", "@@ -")
_MARKS = frozenset(">|")
_LEVELS = {1: "quote", 2: "quote2"}
_DIFFS = {"+": "added", "-": "removed"}


class _Place(Struct):
    """Where in a diff one is, at one level of quoting."""

    diff: bool = False
    language: str = ""


class _Reader(Struct):
    places: dict[int, _Place] = field(default_factory=dict)
    tail: bool = False
    """Whether the line that ends a commit message was there."""

    def read(self, text: Shown, number: int) -> ViewLine:
        match = _QUOTED.match(text) if text[:1] in _MARKS else None
        prefix = match[0] if match else ""
        level = sum(char in _MARKS for char in prefix) if prefix else 0
        place = self.places.get(level) or self.places.setdefault(level, _Place())
        rest = Shown(text[len(prefix) :])
        place.diff = place.diff or rest.startswith(_STARTS)
        if level:
            look = _LEVELS.get(level, "quote3")
            inside = _diff_line(rest, place) if place.diff or rest.startswith(("+\t", "+ ", "-\t")) else ViewLine(rest, look)
            if not inside.look:
                inside = inside._replace(look=look)
            pieces: tuple[Piece, ...] = ((Shown(prefix), look), (rest, inside.look))
            return ViewLine(text, look, "", number, pieces, inside.language)
        if place.diff:
            return _diff_line(rest, place, number)
        return self._words(text, number)

    def _words(self, text: Shown, number: int) -> ViewLine:
        if text == "---":
            self.tail = True
            return ViewLine(text, "rule", "", number)
        if match := _TRAILER.match(text):
            key = match[1].lower()
            look = "signoff" if key == "signed-off-by" else "ai" if key in _AI else "trailer"
            return ViewLine(text, "", "", number, ((Shown(match[0]), look), (Shown(text[match.end() :]), "")))
        if self.tail and (match := _STAT.match(text)):
            return ViewLine(text, "", "", number, ((Shown(match[1]), ""), (Shown(match[2]), "plus"), (Shown(match[3]), "minus")))
        return ViewLine(text, "", "", number)


def _diff_line(text: Shown, place: _Place, number: int | None = None) -> ViewLine:
    """Return one line of a diff; the name of its file says in which language the next ones are."""
    if text.startswith("@@"):
        return ViewLine(text, "hunk", "", number)
    if text.startswith(_FILE):
        if text.startswith(("+++ ", "--- ", "diff --git ")) and (language := language_of(text.split("\t")[0].strip())):
            place.language = language
        return ViewLine(text, "file", "", number)
    look = _DIFFS.get(text[:1], "")
    return ViewLine(text, look, "", number, (), place.language if text[:1] in {"+", "-", " "} else "")


def mail_lines(shown: Sequence[Shown]) -> list[ViewLine]:
    """Return the lines of a mail's text, numbered from 1 on, each with its look."""
    reader = _Reader()
    end = _signature(shown)
    lines = [reader.read(text, number) for number, text in enumerate(shown[:end], 1)]
    return [*_changed_words(lines), *(ViewLine(text, "muted", "", number) for number, text in enumerate(shown[end:], end + 1))]


def _signature(shown: Sequence[Shown]) -> int:
    """Return at which line the signature begins that format-patch puts below a diff: `--` and one or two lines at the very end."""
    last = next((at for at in range(len(shown) - 1, -1, -1) if shown[at].strip()), 0)
    return next((at for at in range(max(0, last - 2), last) if shown[at].rstrip() == "--"), len(shown))


def _changed_words(lines: list[ViewLine]) -> list[ViewLine]:
    """Mark what differs between a run of removed lines and the run of as many added ones below it."""
    at = 0
    while at < len(lines):
        removed = _run(lines, at, "removed")
        added = _run(lines, at + removed, "added") if removed else 0
        if removed and removed == added:
            for one in range(at, at + removed):
                lines[one], lines[one + removed] = _pair(lines[one], lines[one + removed])
        at += max(1, removed + added)
    return lines


def _run(lines: list[ViewLine], at: int, look: str) -> int:
    end = at
    while end < len(lines) and lines[end].look == look:
        end += 1
    return end - at


def _pair(old: ViewLine, new: ViewLine) -> tuple[ViewLine, ViewLine]:
    """Return two lines with what lies between their common beginning and end marked, where they have enough in common."""
    before, after = old.text[1:], new.text[1:]
    head = _alike(before, after)
    end = _alike(before[head:][::-1], after[head:][::-1])
    same = len((before[:head] + before[len(before) - end :] if end else before[:head]).strip())
    if before == after or same * 3 < min(len(before.strip()), len(after.strip())):
        return old, new
    return _marked(old, head + 1, end), _marked(new, head + 1, end)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _marked(line: ViewLine, head: int, end: int) -> ViewLine:
    stop = len(line.text) - end
    cut = (line.text[:head], line.text[head:stop], line.text[stop:])
    looks = (line.look, f"{line.look}-word", line.look)
    return line._replace(pieces=tuple((Shown(text), look) for text, look in zip(cut, looks, strict=True) if text))
