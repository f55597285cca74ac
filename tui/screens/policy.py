# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy in the terminal: the rules a series is judged by, why it has a finding or none, and what another pack would say."""

from textual import work

from triage.programs import start_triage
from tui.keys import bindings
from tui.lines import line_of, piece
from tui.policy_lines import policy_lines
from tui.programs import Ended, follow
from tui.screens.page import PageScreen
from tui.session import Session
from tui.views import SeriesView


class PolicyScreen(PageScreen):
    """Every rule with its text, its source and what it came to, and each sentence of the mails that names a machine."""

    BINDINGS = bindings("policy")

    def __init__(self, session: Session, view: SeriesView, finding: str = "") -> None:
        super().__init__(session)
        self.view = view
        self.finding = finding

    @work
    async def fill(self) -> None:
        """Read rules and mails off the UI thread; the rule of the finding that one came from stands first in sight."""
        self.put("#title", f" policy: {self.view.line.subject}")
        view, session = self.view, self.session
        found = await self.off_thread("reading", lambda: (session.judged(view.line.message_id), session.statements(view)))
        if found is None:
            return
        lines = policy_lines(*found, self.size.width or 80)
        self.show_lines(lines)
        at = next((row for row, line in enumerate(lines) if self.finding and line.finding == self.finding), None)
        if at is not None:
            self.target().jump(at)

    @work
    async def action_compare(self) -> None:
        """Judge this series by another pack beside its own, and show where they differ."""
        packs = sorted({one.pack for one in self.session.judged(self.view.line.message_id)})
        names = self.session.pack_names()
        other = await self.ask_line(
            "compare with the pack:", hint=", ".join(names), complete=lambda text: [n for n in names if n.startswith(text)]
        )
        if not other or not other.strip() or not packs:
            return
        words = ("policy", "compare", packs[0], other.strip(), self.session.only([self.view.line.message_id]))
        process = start_triage(self.session.config.paths.home, *words)
        ended: Ended | None = await self.off_thread("comparing", lambda: follow(process, lambda step: None, self.left), "run")
        if ended is None:
            return
        said = ended.out.splitlines() or [ended.said or "no difference: both packs say the same of this series"]
        self.put("#title", f" {packs[0]} against {other.strip()}: {self.view.line.subject}")
        self.show_lines([line_of(piece(f" {line}")) for line in said])
