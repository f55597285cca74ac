# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outside text made fit for a terminal: nothing here decides anything, everything shown passes through it."""

import unicodedata
from typing import NewType

Shown = NewType("Shown", str)
"""Text that `safe()` or `safe_lines()` has seen; the only text a screen or a stream may be given."""

TAB_WIDTH = 8


class _Visible(dict[int, str]):
    """Translation table, filled as characters are met: what a terminal would obey becomes something to read."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char == "\t":
            shown = " "
        elif code < 0x20:
            shown = chr(0x2400 + code)
        elif unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            shown = f"<U+{code:04X}>"
        else:
            shown = char
        self[code] = shown
        return shown


_VISIBLE = _Visible()


def safe(text: str) -> Shown:
    """Return `text` as one line that no terminal can be steered by.

    Control characters show as their Unicode pictures, invisible and bidirectional ones as `<U+202E>`; the result holds no
    character of category Cc, Cf, Cs or Co and `safe(safe(s)) == safe(s)`. Meets threats T1 and T3 of the threat table.
    """
    if text.isprintable():
        return Shown(text)
    return Shown(text.translate(_VISIBLE))


def safe_lines(text: str) -> list[Shown]:
    r"""Return `text` cut at "\n", tabs expanded to columns of eight, each line made `safe()`."""
    return [safe(line.expandtabs(TAB_WIDTH)) for line in text.split("\n")]


def counted(number: int, word: str, plural: str = "") -> str:
    """Return a number with the word for what it counts: `1 rule`, `2 rules`."""
    return f"{number} {word if number == 1 else plural or f'{word}s'}"


def width(text: str) -> int:
    """Return how many terminal cells `text` takes (wide characters two, combining ones none)."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def fit(text: Shown, cells: int) -> Shown:
    """Return `text` padded with blanks or cut with `~` to exactly `cells` terminal cells."""
    if text.isascii():
        return Shown(text.ljust(cells) if len(text) <= cells else text[: max(cells - 1, 0)] + "~"[:cells])
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= cells:
        return Shown(set_cell_size(text, cells))
    return Shown(set_cell_size(text, max(cells - 1, 0)) + "~"[:cells])


def tool_label(tool: str) -> str:
    """Return `vendor/tool/model` without the parts at its end that are not known, "no tool named" where none is."""
    label = tool.strip("/")
    return "no tool named" if label in {"", "unnamed"} else label
