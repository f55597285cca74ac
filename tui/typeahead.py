# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that are typed before the form they are meant for is there: kept, and given to it in order; never run as commands."""

import asyncio
import time

from textual import events
from textual.app import App
from textual.screen import ModalScreen

OPENING = frozenset([
    "limit", "search", "opinion", "ask", "reply", "export", "decide", "snooze", "tag_all", "save_view", "menu", "views", "lists",
    "app.command_palette", "amend", "pair", "compare",
])  # fmt: skip
"""Actions that open a form, a prompt or a menu."""
PATIENCE = 5.0
"""Seconds after which a form that was not opened is not waited for; what was typed for it is dropped then."""
HELD = 0.5
"""Seconds after which what is kept for a field is given in any case."""
STEP = 0.02


class TypeAhead(App[None]):
    """An app that lets nothing be lost or done that is typed while a form opens."""

    def __init__(self, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._ahead: list[events.Key | events.Paste] | None = None
        """What was typed since a form was asked for, None while none is."""
        self._until = 0.0
        self._before: object = None
        self._told = False
        """Whether something was said meanwhile, as where there is no form to open."""

    async def on_event(self, event: events.Event) -> None:
        """Keep the keys that come while a form opens; from the very key on that opens one, as others may overtake it on its way."""
        typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if typed and self._ahead is not None:
            self._ahead.append(event)  # type: ignore[arg-type]
            return
        if typed and isinstance(event, events.Key) and self.screen_stack:
            active = self.screen.active_bindings.get(event.key)
            if active is not None and active.enabled:
                self.expect_form(active.binding.action)
        await super().on_event(event)

    async def _on_key(self, event: events.Key) -> None:
        """Take notice that a key's action comes next: what keys before it made the screen say is not about the form that it opens."""
        self._told = False

    def expect_form(self, action: str) -> None:
        """Keep what is typed from now on for the form that an action opens, if it opens one."""
        if self.opens_form(action):
            self._ahead, self._until, self._before = [], time.monotonic() + PATIENCE, self.screen
            self._told = False
            self.set_timer(STEP, self._release)

    def hold_keys(self) -> bool:
        """Keep what is typed from now on until `give_keys`; returns whether it is kept for this and not for a form that opens."""
        if self._ahead is not None:
            return False
        held: list[events.Key | events.Paste] = []
        self._ahead = held

        async def give() -> None:
            if self._ahead is held:  # a form that was left gives nothing back
                await self.give_keys()

        self.set_timer(HELD, give)
        return True

    async def give_keys(self) -> None:
        """Give what was kept to the field that has the keyboard now."""
        kept, self._ahead = self._ahead or [], None
        await self._replay(kept)

    def opens_form(self, action: str) -> bool:
        """Say whether an action opens a form, a prompt or a menu."""
        return action.partition("(")[0] in OPENING

    async def _release(self) -> None:
        """Give the form what was typed for it, once it is there."""
        if not self._running or not self.screen_stack:
            return
        screen, kept = self.screen, self._ahead or []
        opened = screen is not self._before and isinstance(screen, ModalScreen)
        # one that is not laid out has no fields yet, and Enter would send it off empty
        late = time.monotonic() >= self._until
        ready = opened and screen.is_mounted and (screen.focused is not None or not screen.focus_chain or late)
        if not ready and (opened or not (late or self._told)):
            self.set_timer(STEP, self._release)
            return
        self._ahead = None
        if not ready:
            return  # there is no form to open: what was typed for it is for nothing else
        await self._replay(kept)

    async def _replay(self, kept: list[events.Key | events.Paste]) -> None:
        for event in kept:
            if isinstance(event, events.Paste):
                (self.focused or self.screen)._forward_event(events.Paste(event.text))
            elif await self._check_bindings(event.key, priority=True):
                await asyncio.sleep(STEP)  # what it does to the form comes before the next key
            else:
                (self.focused or self.screen)._forward_event(events.Key(event.key, event.character))

    def take_notice(self) -> None:
        """Take notice that something was said, as where there is no form to open."""
        self._told = True
