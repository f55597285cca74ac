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


def _own(name: str, dark: bool, red: str, yellow: str, green: str, violet: str, blue: str, teal: str, grounds: str) -> Theme:
    """Return a theme of six colours on its grounds: text, background, surface, panel, and muted text."""
    text, background, surface, panel, muted = grounds.split()
    return Theme(
        name=name, dark=dark, primary=blue, secondary=teal, accent=violet, warning=yellow, error=red, success=green,
        foreground=text, background=background, surface=surface, panel=panel, boost=panel,
        variables={
            "text-error": red, "text-warning": yellow, "text-success": green, "text-accent": violet, "text-primary": blue,
            "text-secondary": teal, "text-muted": muted, "footer-key-foreground": yellow, "block-cursor-foreground": background,
            "block-cursor-background": blue,
        },
    )  # fmt: skip


DARK = _own(
    "triage-dark", True, "#ff8a80", "#e3b341", "#7ee787", "#d2a8ff", "#79c0ff", "#56d4dd", "#d8dee6 #101418 #161b22 #222a33 #97a3b0"
)
LIGHT = _own(
    "triage-light", False, "#b3261e", "#7a5200", "#1a6b34", "#6f3cc4", "#0a5cad", "#0f6a70", "#1f2328 #fcfcfa #f4f4f0 #e4e7ea #545d68"
)
OWN = (DARK, LIGHT, CONTRAST, MONO)
THEMES = (*(theme.name for theme in OWN), "ansi-dark", "ansi-light", "catppuccin-mocha", "flexoki", "gruvbox", "rose-pine", "tokyo-night")
"""What the palette and `[tui] theme` offer, the first by default: those in which every look can be read (WCAG 2.2, 4.5 to 1)."""
FORMER = {"textual-dark": DARK.name, "nord": DARK.name, "catppuccin-latte": LIGHT.name}
"""What was offered before it was measured, and what takes its place."""
