# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that takes a while, in processes of its own: mail looked for, opinions exchanged; told as it goes, and stopped by Esc."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import work
from textual.worker import WorkerCancelled

from tui.glyphs import glyphs
from tui.lines import Piece, piece
from tui.screens.marking import MarkingScreen

if TYPE_CHECKING:
    from triage.programs import Running
    from tui.programs import Ended
    from tui.session import Session


BAR = 20
"""Cells of a bar."""
NEWEST = "90d"
"""How far back the mail of a new list is read before older mail."""


class WorkingScreen(MarkingScreen):
    """A screen that can look for mail and exchange opinions, one of the two at a time."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._process: Running | None = None
        self._stop = False
        """Whether the user wants the run to end."""
        self._step: dict[str, Any] = {}
        self._step_began = 0.0

    def work_pieces(self) -> list[Piece]:
        """Return what a run does right now, with a bar; nothing where none is under way."""
        if self._process is None:
            return []
        if not self._step:
            return [piece(" starting… Esc stops it", "asked")]
        from tui.programs import step_said

        said, part = step_said(self._step, self._step_began, time.monotonic())
        pieces = [piece(f" {said} ", "asked")]
        if part is not None:
            full = round(BAR * part)
            pieces += [piece(glyphs().part * full, "part"), piece(glyphs().bar * (BAR - full), "muted"), piece(f" {part:.0%}")]
        return [*pieces, piece("  Esc stops it", "muted")]

    def stop_work(self) -> bool:
        """Stop reading, else the run that is under way; returns whether there was anything to stop."""
        if super().stop_work():
            return True
        if self._process is None:
            return False
        self._stop = True
        return True

    def end_run(self) -> bool:
        """End the run with the program; returns whether there was one."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            return True
        return False

    def _took(self, step: dict[str, Any]) -> None:
        if step.get("what") != self._step.get("what") or step.get("name") != self._step.get("name"):
            self._step_began = time.monotonic()
        self._step = step
        self.refresh_status()

    @work(group="run", exclusive=True)
    async def _run_triage(self, words: tuple[str, ...], said: Callable[[Ended], str]) -> None:
        """Run triage beside the screen, and say what it came to."""
        from triage.programs import start_triage
        from tui.programs import follow

        process = self._process = start_triage(self.session.config.paths.home, *words)
        self._step, self._step_began, self._stop = {}, time.monotonic(), False
        self.refresh_status()
        app = self.app

        def tell(step: dict[str, Any]) -> None:
            if app.is_running:
                app.call_from_thread(self._took, step)

        def wait() -> Ended:
            return follow(process, tell, lambda: self._stop or not app.is_running)

        try:
            ended = await self.run_worker(wait, thread=True, group="run-thread", exit_on_error=False).wait()
        except WorkerCancelled:  # the program ends, and its run with it
            return
        self._process = None
        if not self.left():
            self.refresh_status()
            self.say(said(ended), error=ended.code not in {0, 65} and not ended.stopped)
            self.show_again()

    def action_ingest(self) -> None:
        """Look for new mail as cron does; again to stop it."""
        from tui.programs import ingest_said

        if self._process is not None:
            self.stop_work()
        else:
            self._run_triage(("ingest", "--json", "--progress", "--newest-first", NEWEST), ingest_said)

    def action_sync(self) -> None:
        """Exchange opinions with the others; again to stop it."""
        from tui.programs import sync_said

        if self._process is not None:
            self.stop_work()
        else:
            self._run_triage(("opinion", "sync", "--json"), sync_said)
