# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the palette offers: the keys of the screen below, saved views, themes, and series by Message-ID or words."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.widgets import Input
from textual.worker import WorkerCancelled, WorkerFailed

from triage.model.errors import TriageError
from triage.model.text import fit, safe
from tui.keys import KEYS, shown
from tui.render import literal
from tui.screens.base import BaseScreen
from tui.screens.inbox import InboxScreen
from tui.screens.menu import own_action
from tui.screens.series import SeriesScreen
from tui.screens.subject import SubjectScreen
from tui.themes import THEMES

if TYPE_CHECKING:
    from tui.app import TriageApp

JUMPS = 20
"""How many series a search offers."""


Line = tuple[str, Callable[[], Any]]


class Palette(CommandPalette):
    """Textual's palette, which looks for nothing any more once it is closed: its list is gone, and writing to it ended the program."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it, once however often Escape was pressed, and stop what still looks for lines."""
        if not self.is_current:
            return AwaitComplete()
        self.workers.cancel_node(self)
        return super().dismiss(result)

    @on(Input.Changed)
    def _let_be(self, event: Input.Changed) -> None:
        if not self.is_current:
            event.prevent_default()


class LineCommands(Provider):
    """What the screen below can do with its keys, the saved views, and the themes; a line matches where it holds every word typed."""

    def lines(self) -> list[Line]:
        """Return each line with what it does."""
        return [*self._actions(), *self._own(), *self._views(), *self._themes()]

    def _actions(self) -> Iterator[Line]:
        screen = self.screen
        if isinstance(screen, BaseScreen):
            ids = {getattr(binding, "id", None) for binding in type(screen).BINDINGS}
            remaps = screen.session.config.keys
            for key in KEYS:
                if key.id in ids and not key.action.startswith(("list_", "view(", "quit_hint")):
                    yield f"{key.label}  ({shown(remaps.get(key.id, key.keys).split(',')[0])})", partial(screen.run_action, key.action)

    def _own(self) -> Iterator[Line]:
        screen = self.screen
        if isinstance(screen, SubjectScreen):
            for one in screen.session.config.commands:
                yield f"{one.name}: {' '.join(one.run)}  ({shown(one.key)})", partial(screen.run_action, own_action(one))

    def _views(self) -> Iterator[Line]:
        screen = self.screen
        if isinstance(screen, InboxScreen):
            for number, view in enumerate(screen.session.views(), 1):
                yield f"view {number}: {view.name}  ({view.limit})", partial(screen.action_view, number)

    def _themes(self) -> Iterator[Line]:
        app = cast("TriageApp", self.app)
        for name in () if os.environ.get("NO_COLOR") else THEMES:
            yield f"theme: {name}", partial(app.choose_theme, name)

    async def discover(self) -> Hits:
        """Offer all before anything is typed."""
        for line, act in self.lines():
            yield DiscoveryHit(literal(safe(line)), act, safe(line))

    async def search(self, query: str) -> Hits:
        """Offer what has all the words, in the order of the table."""
        words = query.casefold().split()
        for number, (line, act) in enumerate(self.lines()):
            if all(word in line.casefold() for word in words):
                yield Hit(1.0 - number / 1000, literal(safe(line)), act, safe(line))


class JumpCommands(Provider):
    """Series by Message-ID or by words of their subject or author, looked for off the UI thread."""

    async def search(self, query: str) -> Hits:
        """Offer the series that the words mean."""
        screen = self.screen
        if not isinstance(screen, BaseScreen) or len(query.strip()) < 3:
            return
        app = cast("TriageApp", self.app)
        worker = app.run_worker(partial(app.session.jump, query, JUMPS), thread=True, exclusive=True, group="jump", exit_on_error=False)
        try:
            found = await worker.wait()
        except (WorkerFailed, WorkerCancelled):  # what cannot be looked for offers nothing
            return
        for line in found:
            text = fit(safe(f"{line.subject}  {line.byline}"), 90)
            yield Hit(0.5, literal(text), partial(self._open, line.message_id), text)

    def _open(self, name: str) -> None:
        app = cast("TriageApp", self.app)
        try:
            app.push_screen(SeriesScreen(app.session, app.session.view(name)))
        except TriageError as error:
            app.notify(safe(str(error)), markup=False, severity="error")
