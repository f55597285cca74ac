# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of code in colours: Pygments reads one line at a time, as it is drawn, so that a diff of any length costs what is seen."""

from functools import lru_cache
from typing import Any

from pygments.token import Token

from triage.model.text import Shown
from tui.lines import Piece

MAX_CODE = 300
"""Characters up to which a line is read; longer ones are data, and stay plain."""
_ENDINGS = {
    "c": "c", "h": "c", "cc": "cpp", "cpp": "cpp", "hpp": "cpp", "rs": "rust", "py": "python", "pl": "perl", "pm": "perl", "sh": "bash",
    "bash": "bash", "go": "go", "js": "javascript", "ts": "typescript", "json": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "java": "java", "rb": "ruby", "lua": "lua", "ml": "ocaml", "mk": "make", "dts": "devicetree", "dtsi": "devicetree", "s": "gas",
    "sql": "sql",
}  # fmt: skip
_NAMES = {"makefile": "make", "kbuild": "make", "meson.build": "meson", "cmakelists.txt": "cmake"}
_LOOKS = (
    (Token.Comment.Preproc, "keyword"), (Token.Comment, "comment"), (Token.Keyword.Type, "number"), (Token.Keyword, "keyword"),
    (Token.Literal.String, "string"), (Token.Literal.Number, "number"), (Token.Name.Tag, "keyword"),
)  # fmt: skip


def language_of(path: str) -> str:
    """Return the language of a file by its name, "" for one that stays plain; only names from our own table are handed on."""
    name = path.rpartition("/")[2].lower()
    return _NAMES.get(name) or _ENDINGS.get(name.rpartition(".")[2] if "." in name else "", "")


@lru_cache(maxsize=32)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name  # a tenth of a second, for who opens a diff

    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@lru_cache(maxsize=4096)
def code(text: Shown, language: str, plain: str) -> tuple[Piece, ...]:
    """Return one line of code in pieces; what is no keyword, string, number or comment has the look `plain`."""
    if not language or len(text) > MAX_CODE:
        return ((text, plain),)
    found: list[Piece] = []
    stripped = text.lstrip()
    if (language in {"c", "cpp", "rust", "go", "java"} and stripped.startswith(("* ", "*/"))) or stripped == "*":
        return ((text, "comment"),)  # the middle of a comment: a line alone does not say so
    for kind, part in _lexer(language).get_tokens(text):
        look = next((look for token, look in _LOOKS if kind in token), plain)
        found.append((Shown(part), look))
    read = "".join(part for part, _ in found)
    return tuple(found) if read == text else ((text, plain),)
