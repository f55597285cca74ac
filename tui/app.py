# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: one stack of screens over a session."""

import os

from textual.app import App

from triage.config import Config
from tui.keys import check_remaps
from tui.screens.inbox import InboxScreen
from tui.session import Session
from tui.themes import CONTRAST, MONO


class TriageApp(App[None]):
    """The maintainer's terminal."""

    CSS_PATH = "triage.tcss"
    TITLE = "triage"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, config: Config) -> None:
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.session = Session(config)
        self.animation_level = "none"
        self.register_theme(MONO)
        self.register_theme(CONTRAST)
        self.theme = "triage-mono" if os.environ.get("NO_COLOR") else "textual-dark"
        self.set_keymap(check_remaps(config.keys))

    def on_mount(self) -> None:
        """Show the inbox."""
        self.push_screen(InboxScreen(self.session))


def run(config: Config, mouse: bool = True) -> None:
    """Run the terminal UI until it is left; raises `ConfigError` for keys that cannot be."""
    TriageApp(config).run(mouse=mouse)
