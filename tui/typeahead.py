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
        self._opener: events.Key | None = None
        """The key that may open a form, until it is known whether it does."""
        self._until = 0.0
        self._before: object = None
        self._told = False
        """Whether something was said meanwhile, as where there is no form to open."""

    async def on_event(self, event: events.Event) -> None:
        """Keep the keys that come while a form opens; from the very key on that may open one, as others may overtake it on its way."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self._ahead is not None:
                self._ahead.append(event)
                return
            if isinstance(event, events.Key) and self.screen_stack and self._opens(event):
                self._ahead, self._opener = [], event
                self.set_timer(PATIENCE, lambda: self._forget(event))
        await super().on_event(event)

    async def _on_key(self, event: events.Key) -> None:
        """Decide by the screen that is there now, before what the key does is done: keys before it may have changed the screen."""
        opens = self._opens(event)
        if self._ahead is not None and self._opener is None:  # a form is opening: it is for that one
            event.prevent_default()
            self._ahead.append(event)
        elif event is self._opener and not opens:
            await self._give_back(event)
        elif opens:
            self._expect(self._ahead or [])

    def _opens(self, event: events.Key) -> bool:
        active = self.screen.active_bindings.get(event.key)
        return active is not None and active.enabled and self.opens_form(active.binding.action)

    async def _give_back(self, opener: events.Key) -> None:
        """Go on with what was kept behind a key that turned out to open nothing."""
        if self._opener is opener:
            kept, self._ahead, self._opener = self._ahead or [], None, None
            for event in kept:
                await self.on_event(event)

    def _forget(self, opener: events.Key) -> None:
        """Drop what was kept behind a key that never came to be acted upon, as where a widget took it for itself."""
        if self._opener is opener:
            self._ahead, self._opener = None, None

    def expect_form(self, action: str) -> None:
        """Keep what is typed from now on for the form that an action opens, if it opens one."""
        if self.opens_form(action):
            self._expect([])

    def _expect(self, kept: list[events.Key | events.Paste]) -> None:
        self._ahead, self._opener = kept, None
        self._until, self._before, self._told = time.monotonic() + PATIENCE, self.screen, False
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
        for event in sorted(kept, key=lambda one: one.time):  # what went through the widgets came later than what was typed after it
            if isinstance(event, events.Paste):
                (self.focused or self.screen)._forward_event(events.Paste(event.text))
            elif await self._check_bindings(event.key, priority=True):
                await asyncio.sleep(STEP)  # what it does to the form comes before the next key
            else:
                (self.focused or self.screen)._forward_event(events.Key(event.key, event.character))

    def take_notice(self) -> None:
        """Take notice that something was said, as where there is no form to open."""
        self._told = True
