# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Textual's stylesheet, parsed once for the theme that the program starts with."""

from textual.css.stylesheet import Stylesheet


class ParsedOnce(Stylesheet):
    """Parses its rules again only where the variables of a theme changed: Textual does so for the theme that is there already, too."""

    _changed = False

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take up the variables of a theme."""
        if variables != self._variables:
            self._changed = True
            super().set_variables(variables)

    def reparse(self) -> None:
        """Apply the variables that changed."""
        if self._changed:
            self._changed = False
            super().reparse()
