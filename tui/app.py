# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: one stack of screens over a session."""

from __future__ import annotations

import gc
import os
import traceback
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual._context import active_message_pump
from textual.command import CommandPalette, Provider
from textual.css.query import NoMatches
from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widget import Widget

from triage.model.errors import ConfigError, TriageError
from triage.model.text import safe
from triage.opinion.person import reviewer
from tui import glyphs
from tui.keys import bindings, check_own, check_remaps
from tui.screens.inbox import InboxScreen
from tui.screens.subject import SubjectScreen
from tui.screens.working import WorkingScreen
from tui.session import Session
from tui.stylesheet import ParsedOnce
from tui.themes import FORMER, OWN, THEMES
from tui.typeahead import TypeAhead
from tui.views import SeriesView

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.config import Config
    from triage.model import Person
    from tui.navigation import Go


SOON = 0.3
"""Seconds after the start from which on what the next keys will want is loaded."""


def _load_rest() -> None:
    """Load the modules of what can be opened from the list, so that a first key waits for none of them, and collect garbage from now on."""
    for name in ("opening", "palette", *(f"screens.{one}" for one in ("ask", "export", "menu", "opinion", "reply", "series"))):
        import_module(f"tui.{name}")
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _line_commands() -> type[Provider]:
    from tui.palette import LineCommands

    return LineCommands


def _jump_commands() -> type[Provider]:
    from tui.palette import JumpCommands

    return JumpCommands


class TriageApp(TypeAhead):
    """The maintainer's terminal."""

    CSS_PATH = "triage.tcss"
    TITLE = "triage"
    BINDINGS = bindings("app")
    COMMANDS = {_line_commands, _jump_commands}  # noqa: RUF012

    def __init__(self, config: Config, mail: str = "", who: Callable[[], Person] = reviewer) -> None:
        self._first_mail = mail
        plain = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if plain else None)
        glyphs.choose(config.glyphs)
        config = replace(config, keys=check_remaps(config.keys))
        self.session = Session(config, who)
        self.animation_level = "none"
        for theme in OWN:
            self.register_theme(theme)
        self.set_keymap(config.keys)
        check_own(config.commands, config.keys)
        for one in config.commands:
            if one.key:
                self.bind(one.key, f"run_own({one.name!r})", description=one.name, show=False)
        wanted = FORMER.get(config.theme, config.theme)
        if wanted and wanted not in THEMES:
            raise ConfigError(f"config.toml, [tui], theme {config.theme!r} is unknown", f"one of {', '.join(THEMES)}")
        self.theme = "triage-mono" if plain else wanted or self._kept_theme()
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())

    def _kept_theme(self) -> str:
        kept = self.session.places().get("theme", "")
        kept = FORMER.get(kept, kept)
        return kept if kept in THEMES else THEMES[0]

    def get_component_styles(self, *names: str) -> RenderStyles:
        """Return what triage.tcss says of some looks, each worked out when something is first drawn in it.

        Textual works out all of an app's component classes before the first frame, and each time that its style may have changed.
        """
        for name in names:
            if name not in self._component_styles:
                node = DOMNode(classes=name)
                node._attach(self)
                self.stylesheet.apply(node, animate=False)
                self._component_styles[name] = node.styles
        return super().get_component_styles(*names)

    def refresh_css(self, animate: bool = True) -> None:
        """Forget the looks of another theme."""
        self._component_styles.clear()
        super().refresh_css(animate)

    def get_default_screen(self) -> InboxScreen:
        """Return the list, which lies below all other screens."""
        return InboxScreen(self.session)

    def on_mount(self) -> None:
        """Show over the list the mail that one came with, and load the other screens while the user looks at it."""
        self.set_timer(SOON, lambda: self.run_worker(_load_rest, thread=True, group="rest"))
        if self._first_mail:
            self._open_mail(self._first_mail)

    def on_go(self, event: Go) -> None:
        """Show the screen that another one asked for; one that a form lies over by now gets none."""
        if isinstance(self.screen, CommandPalette):
            self.screen.dismiss()
        if isinstance(self.screen, ModalScreen):
            return
        match event.where, event.view:
            case "limit", _:
                self._show_limit(event.finding)
            case "mail", _:
                self._open_mail(event.finding)
            case "evidence", SeriesView() as view:
                self._show_evidence(view, event.finding)
            case "series", SeriesView() as view:
                self._switch_series(view)
            case _:
                from tui.opening import page

                if opened := page(self.session, event):
                    self.push_screen(opened)

    def _show_limit(self, limit: str) -> None:
        """Go back to the list, limited so."""
        while len(self.screen_stack) > 1 and not isinstance(self.screen, InboxScreen):
            self.pop_screen()
        if isinstance(self.screen, InboxScreen):
            self.screen.show_limit(0, limit)

    def _open_mail(self, name: str) -> None:
        """Show the series that a mail belongs to, at that mail."""
        from tui.screens.series import SeriesScreen

        try:
            series = self.session.series_of(name)
            lines = self.session.lines([series]) if series is not None else {}
            for line in lines.values():
                self.push_screen(SeriesScreen(self.session, self.session.view(line.message_id), mail=name))
        except TriageError as error:
            self.notify(safe(str(error)), markup=False, severity="error")

    def _switch_series(self, view: SeriesView) -> None:
        """Show another series in place of the one that is shown; the list puts its cursor there too."""
        from tui.screens.series import SeriesScreen

        self.switch_screen(SeriesScreen(self.session, view, since=view.since))
        for screen in self.screen_stack:
            if isinstance(screen, InboxScreen):
                screen.go_to(view.line.message_id)

    def _show_evidence(self, view: SeriesView, finding: str) -> None:
        """Leave the list of findings for the mail that one of them is on: back to the series where that is below."""
        from tui.screens.findings import FindingsScreen
        from tui.screens.series import SeriesScreen

        if isinstance(self.screen, FindingsScreen):
            self.pop_screen()
        if isinstance(self.screen, SeriesScreen) and self.screen.view.line.message_id == view.line.message_id:
            self.screen.go_to_finding(finding)
        else:
            self.push_screen(SeriesScreen(self.session, view, finding))

    def choose_theme(self, name: str) -> None:
        """Show another theme, now and next time."""
        self.theme = name
        self.session.keep_places({"theme": name})

    async def action_run_own(self, name: str) -> None:
        """Run a command of the user's own, where the screen is about a series."""
        if isinstance(self.screen, SubjectScreen):
            await self.screen.run_action(f"own({name!r})")

    def opens_form(self, action: str) -> bool:
        """Undo asks only about a record; an own command only where it says so."""
        name = action.partition("(")[0]
        if name == "undo":
            return action == "undo" and self.session.last_record() is not None
        if name in {"own", "run_own"}:
            return any(one.confirm and repr(one.name) in action for one in self.session.config.commands)
        return super().opens_form(action)

    def action_command_palette(self) -> None:
        """Open the palette, one at a time, and over no form."""
        if not isinstance(self.screen, ModalScreen) and not any(isinstance(one, CommandPalette) for one in self.screen_stack):
            from tui.palette import Palette

            self.push_screen(Palette(id="--command-palette"))

    def keep_place(self) -> None:
        """Keep where the user is, for the next time."""
        inbox = next((screen for screen in self.screen_stack if isinstance(screen, InboxScreen)), None)
        if inbox is not None and inbox.is_mounted:
            self.session.keep_places(inbox.places())

    async def action_quit(self) -> None:
        """Leave, and come back to the same place next time."""
        self.keep_place()
        stopped = any(screen.end_run() for screen in self.screen_stack if isinstance(screen, WorkingScreen))
        self.exit(message="the run that was under way is stopped; what was stored is whole, the next one goes on" if stopped else None)

    def _handle_exception(self, error: Exception) -> None:
        """Let go of a message that was still under way to a screen that was left: it would draw on what is gone, and end the program.

        Textual's own, and private: there is no other place where such a message can be stopped.
        """
        pump = active_message_pump.get(None)
        left = isinstance(pump, Widget) and not any(node in self.screen_stack for node in pump.ancestors_with_self)
        if not (left and isinstance(error, NoMatches)) and not _is_too_early(error):
            super()._handle_exception(error)

    def action_help_quit(self) -> None:
        """Ctrl-C copies a selection; else it says how to leave."""
        self.notify("Q in the list quits, Ctrl-Q anywhere", markup=False)


def _is_too_early(error: Exception) -> bool:
    """Say whether Textual's list of options was to page before it was laid out: it then knows no lines, and there is nothing to page."""
    frames = traceback.extract_tb(error.__traceback__)
    return isinstance(error, KeyError) and bool(frames) and frames[-1].name == "_move_page"


def run(config: Config, mouse: bool = True, mail: str = "", who: Callable[[], Person] = reviewer) -> int:
    """Run the terminal UI until it is left, at a mail of a series where one is given; returns its exit code.

    Raises `ConfigError` for keys, a theme or a terminal that cannot be.
    """
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise ConfigError("this terminal cannot show screens (TERM is dumb or not set)", "`triage list` and `triage show` print the same")
    app = TriageApp(config, mail, who)
    app.session.check()
    app.run(mouse=mouse)
    return app.return_code or 0
