# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help: the keys of the screen that one came from first, then those of the others; narrowed by words."""

import re
import textwrap

from textual import work

from triage.model.text import fit, safe
from tui.glyphs import glyphs
from tui.keys import bindings, table
from tui.lines import ViewLine, line_of, piece
from tui.screens.page import PageScreen
from tui.session import Session

NAMES = {
    "inbox": "In the list", "series": "In a series", "findings": "In the findings of a series", "history": "In the history",
    "versions": "In the versions", "charts": "In the charts", "raw": "In a raw mail", "policy": "In the policy", "log": "In what was said",
    "form": "In forms", "menu": "In menus", "help": "In this help", "app": "Everywhere",
}  # fmt: skip


def legend() -> list[str]:
    """Return what the letters of the list mean."""
    g = glyphs()
    severities = ", ".join(f"{mark} {name}" for name, mark in g.marks.items())
    states = ", ".join(f"{mark} {state.value}" for state, mark in g.states.items() if mark.strip())
    return [
        f"St   state: {states}; blank seen",
        f"Why  what it needs: asked and until when, overdue, split, outdated, the gravest finding ({severities}), new",
        f"O    opinions: {', '.join(f'{mark} {name}' for name, mark in g.opinions.items())}",
        "Attention holds what waits for you, open findings, and what is new; what had no mail for 90 days is in Stale ([views] stale)",
        "AI   AI use is declared (is:ai); Ver version; Pat patches, those here of those there are",
        "A R T  how many people acked, reviewed, tested each patch, at least; ~ some of them",
        "Replies  how many, and +new since you last looked; (old) a newer version is here",
        "",
        "l limits the list: words, from:ada state:new severity:error list:x age:<7d path:net/* op:none by:me tool:any reviewed:none",
        "  replies:0 is:first; side by side all must hold, or and ( ) group, - negates; Tab completes, Up brings back; docs/limits.md",
        "o gives your opinion on a finding: agree says yes to its question. c x W decide. z takes the last act back.",
        "Nothing is ever sent by this program: replies are drafts, in files.",
    ]


class HelpScreen(PageScreen):
    """Keys by screen, as they are set now, and what the letters of the list mean."""

    BINDINGS = bindings("help")

    def __init__(self, session: Session, scope: str = "") -> None:
        super().__init__(session)
        self.about = scope
        """The screen that help was asked for on."""
        self.words = ""

    def fill(self) -> None:
        """Show the section of the screen one came from, the legend, then the other sections."""
        narrowed = f": {self.words}" if self.words else "   l narrows it"
        self.put("#title", f" help{narrowed}")
        rows = table(self.session.config.keys)
        scopes = list(dict.fromkeys(scope for scope, _, _, _ in rows))
        first = [self.about] if self.about in scopes else []
        lines = [line for scope in first for line in self._section(scope)]
        cells = max(30, (self.size.width or 80) - 4)
        about = [
            part for text in legend() if self._meant(text) for part in textwrap.wrap(safe(text), cells, subsequent_indent="     ") or [""]
        ]
        lines += [line_of(piece("The list", "head")), *(ViewLine(safe(f"  {text}")) for text in about)] if about else []
        own = [(one.key or "-", f"{one.name}: {' '.join(one.run)}") for one in self.session.config.commands]
        own = [row for row in own if self._meant(" ".join(row))]
        lines += [line_of(piece("Your own commands", "head"))] if own else []
        lines += [line_of(piece("  "), piece(fit(safe(key), 14), "strong"), piece(f" {words}")) for key, words in own]
        lines += [line for scope in scopes if scope not in first for line in self._section(scope)]
        self.show_lines(lines or [line_of(piece(" nothing here has these words; l asks again", "muted"))])

    def _section(self, scope: str) -> list[ViewLine]:
        rows = [(keys, label, name) for where, keys, label, name in table(self.session.config.keys) if where == scope]
        rows = [row for row in rows if self._meant(" ".join(row))]
        wide = self.size.width >= 110
        out = [line_of(piece(NAMES.get(scope, scope), "head"))] if rows else []
        for keys, label, name in rows:
            ids = [piece(name, "muted")] if wide else []
            out.append(line_of(piece("  "), piece(fit(safe(keys), 14), "strong"), piece(" "), piece(fit(safe(label), 58)), *ids))
        return out

    def _meant(self, text: str) -> bool:
        words = re.findall(r"\w+", text.casefold())
        return all(any(one.startswith(word) for one in words) for word in self.words.casefold().split())

    @work
    async def action_limit(self) -> None:
        """Ask for words that a line must have to be shown."""
        typed = await self.ask_line("only lines with:", self.words)
        if typed is not None:
            self.words = typed.strip()
            self.fill()
