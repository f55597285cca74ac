# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The grammar of limits: terms side by side must all hold, `or` and parentheses group them, `not` or `-` negates what follows."""

from typing import Literal

from msgspec import Struct

from triage.model.errors import UsageError

MAX_LIMIT = 65_536
MAX_TERMS = 200


class Term(Struct, frozen=True):
    """One term as it was written, without its quotes."""

    text: str
    quoted: bool = False
    """Whether its first colon was within quotes: what stands before it may be no limit word, but text that is searched for."""


class Group(Struct, frozen=True):
    """Nodes that must all hold (`and`), of which one must (`or`), or the one that must not (`not`)."""

    kind: Literal["and", "or", "not"]
    nodes: tuple["Node", ...]


Node = Term | Group


def read(text: str) -> Group:
    """Return a limit as a tree, an empty `and` for an empty one; raises `UsageError` for what cannot be read."""
    if len(text) > MAX_LIMIT or any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError("this limit cannot be read", f"it is at most {MAX_LIMIT} characters of valid UTF-8")
    tokens = _tokens(text)
    if len(tokens) > MAX_TERMS:
        raise UsageError(f"this limit has {len(tokens)} terms", f"it takes at most {MAX_TERMS}")
    reader = _Reader(tokens)
    tree = reader.any_of()
    if reader.tokens:
        raise UsageError("a `)` closes nothing in this limit", "take it out, or open it before; quote one that is searched for")
    return tree if isinstance(tree, Group) else Group("and", (tree,))


def write(node: Node) -> str:
    """Return a tree as a limit that reads as the same tree."""
    if isinstance(node, Term):
        if not node.quoted and not _must_quote(node.text):
            return node.text
        word, colon, value = node.text.partition(":")
        if colon and not node.quoted and not _must_quote(word):
            return f"{word}:{_in_quotes(value)}"
        return _in_quotes(node.text)
    if node.kind == "not":
        return f"not {_inside(node.nodes[0])}"
    joined = " or " if node.kind == "or" else " "
    return joined.join(_inside(one) if node.kind == "and" else write(one) for one in node.nodes)


def _in_quotes(text: str) -> str:
    inner = text.replace("'", "'\"'\"'")
    return f"'{inner}'"


def _inside(node: Node) -> str:
    return f"({write(node)})" if isinstance(node, Group) and node.kind in {"and", "or"} else write(node)


_WORDS = ("or", "not", "(", ")")


def _must_quote(text: str) -> bool:
    return not text or text.startswith("-") or text.lower() in _WORDS or any(char.isspace() or char in "'\"\\()" for char in text)


class _Token(Struct):
    text: str
    is_word: bool
    """Whether it is `or`, `not`, `(` or `)`, written without quotes."""
    quoted: bool = False
    """Whether its first colon is within quotes."""


class _Reader:
    """Reads tokens from the left; `or` binds weaker than terms side by side."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens[::-1]

    def _next_is(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[-1].is_word and self.tokens[-1].text in words

    def any_of(self) -> Node:
        found = [self._all_of()]
        while self._next_is("or"):
            self.tokens.pop()
            if not self.tokens or self._next_is("or", ")"):
                raise UsageError("there is nothing after `or`", "write a term on both sides of it, or quote a word that is searched for")
            found.append(self._all_of())
        return found[0] if len(found) == 1 else Group("or", tuple(found))

    def _all_of(self) -> Node:
        found: list[Node] = []
        while self.tokens and not self._next_is("or", ")"):
            found.append(self._one())
        if not found and self._next_is("or"):
            raise UsageError("there is nothing before `or`", "write a term on both sides of it, or quote a word that is searched for")
        return found[0] if len(found) == 1 else Group("and", tuple(found))

    def _one(self) -> Node:
        token, negative = self.tokens.pop(), False
        while token.is_word and token.text == "not":
            if not self.tokens or self._next_is("or", ")"):
                raise UsageError("there is nothing after `not`", "write the term that must not hold")
            token, negative = self.tokens.pop(), not negative
        node: Node = Term(token.text, token.quoted)
        if token.is_word:
            node = self.any_of()
            if not self._next_is(")"):
                raise UsageError("a `(` is not closed in this limit", "close it; quote one that is searched for")
            self.tokens.pop()
        return Group("not", (node,)) if negative else node


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    for chars in _split(text):
        found += _cut(chars)
    return found


def _split(text: str) -> list[list[tuple[str, bool]]]:
    """Return the words of a limit as characters, each with whether it was quoted; quotes and backslashes as a POSIX shell reads them."""
    words: list[list[tuple[str, bool]]] = []
    quote, within, after_backslash = "", False, False
    for char in text:
        if after_backslash:
            words[-1] += [("\\", True), (char, True)] if quote and char not in {'"', "\\"} else [(char, True)]
            after_backslash = False
            continue
        if not quote and char.isspace():
            within = False
            continue
        if not within:
            words.append([])
            within = True
        if char == "\\" and quote != "'":
            after_backslash = True
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
            words[-1].append(("", True))  # "" is a word too
        else:
            words[-1].append((char, bool(quote)))
    if quote or after_backslash:
        raise UsageError(f"cannot read the limit {text!r}", "close the quotation mark")
    return words


def _cut(chars: list[tuple[str, bool]]) -> list[_Token]:
    """Return the tokens of one word: parentheses and `-` around it, unless they are quoted or belong to the word as in `git(1)`."""
    before: list[_Token] = []
    after: list[_Token] = []
    while chars and chars[0] in {("(", False), ("-", False)} and (chars[0][0] == "(" or len(chars) > 1):
        before.append(_Token("(" if chars.pop(0)[0] == "(" else "not", True))
    open_inside = 0
    for at, (char, quoted) in enumerate(chars):
        open_inside += (char == "(") - (char == ")") if not quoted else 0
        if open_inside < 0:
            tail = chars[at:]
            if all(one == (")", False) for one in tail):
                after = [_Token(")", True)] * len(tail)
                chars = chars[:at]
                break
            open_inside = 0
    text = "".join(char for char, _ in chars)
    if not chars:
        return [*before, *after]
    bare = not any(quoted for _, quoted in chars)
    colon = next((quoted for char, quoted in chars if char == ":"), False)
    word = _Token(text.lower(), True) if bare and text.lower() in {"or", "not"} else _Token(text, False, colon)
    return [*before, word, *after]
