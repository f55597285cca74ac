# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from one screen to another: a screen says where to, the app knows the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.message import Message

if TYPE_CHECKING:
    from triage.store.queries import Stored
    from tui.views import SeriesView

Where = Literal["help", "log", "findings", "history", "versions", "evidence", "raw", "series", "policy", "mail", "limit"]


class Go(Message):
    """Asks for another screen: with a series, and one of its findings, where it is about one."""

    def __init__(self, where: Where, view: SeriesView | None = None, finding: str = "", mail: Stored | None = None) -> None:
        super().__init__()
        self.where = where
        self.view = view
        self.finding = finding
        self.mail = mail
