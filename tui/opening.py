# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that the application opens over its list; loaded with the first of them, since the list shows without any."""

from tui.navigation import Go
from tui.screens.base import BaseScreen
from tui.screens.findings import FindingsScreen
from tui.screens.help import HelpScreen
from tui.screens.history import HistoryScreen
from tui.screens.page import LogScreen, RawScreen
from tui.screens.policy import PolicyScreen
from tui.screens.versions import VersionsScreen
from tui.session import Session
from tui.views import SeriesView


def page(session: Session, event: Go) -> BaseScreen | None:
    """Return the page that an event asks for, None where it asks for none."""
    match event.where, event.view:
        case "help", _:
            return HelpScreen(session, event.finding)
        case "log", _:
            return LogScreen(session)
        case "raw", _ if event.mail:
            return RawScreen(session, event.mail)
        case "findings", SeriesView() as view:
            return FindingsScreen(session, view, event.finding)
        case "history", SeriesView() as view:
            return HistoryScreen(session, view)
        case "versions", SeriesView() as view:
            return VersionsScreen(session, view, event.mail.message.subject.n if event.mail else None)
        case "policy", SeriesView() as view:
            return PolicyScreen(session, view, event.finding)
    return None
