# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Themes: one without any colour for NO_COLOR, one of high contrast, and those of Textual that can be read; none carries meaning."""

from textual.theme import Theme

_DEFAULT = "ansi_default"
_PARTS = (
    "block-cursor-foreground", "block-cursor-background", "block-cursor-blurred-foreground", "block-cursor-blurred-background",
    "footer-key-foreground", "footer-key-background", "footer-background", "footer-item-background", "footer-description-background",
    "ansi-background", "ansi-foreground",
)  # fmt: skip

MONO = Theme(
    name="triage-mono", ansi=True, dark=True, primary=_DEFAULT, secondary=_DEFAULT, accent=_DEFAULT, warning=_DEFAULT, error=_DEFAULT,
    success=_DEFAULT, foreground=_DEFAULT, background=_DEFAULT, surface=_DEFAULT, panel=_DEFAULT, boost=_DEFAULT,
    variables={
        **dict.fromkeys(_PARTS, _DEFAULT), "block-cursor-text-style": "reverse", "block-cursor-blurred-text-style": "underline",
    },
)  # fmt: skip
CONTRAST = Theme(
    name="triage-contrast", dark=True, primary="#ffffff", secondary="#ffff00", accent="#00ffff", warning="#ffff00", error="#ff8080",
    success="#80ff80", foreground="#ffffff", background="#000000", surface="#000000", panel="#202020", boost="#202020",
)  # fmt: skip
THEMES = ("textual-dark", "triage-contrast", "triage-mono", "ansi-dark", "ansi-light", "catppuccin-latte", "nord", "gruvbox")
"""What the palette and `[tui] theme` offer, the first by default."""
