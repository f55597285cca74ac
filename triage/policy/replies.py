# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words that a pack's texts for replies may hold in braces."""

from string import Formatter

from triage.model.errors import ConfigError
from triage.policy.pack import Pack

WORDS = ("name", "project", "says", "quote", "source", "rule", "line", "statement")


def check_replies(pack: Pack) -> None:
    """Raise `ConfigError` for a text of a pack with an unknown word in braces."""
    for code, text in {**pack.replies, **({"welcome": pack.welcome} if pack.welcome else {})}.items():
        words = ("name", "project") if code == "welcome" else WORDS
        try:
            parts = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise ConfigError(f"{pack.where}, [replies], {code}: {error}", "write {{ and }} for braces") from error
        for name, spec, conversion in parts:
            if name not in words or spec or conversion:
                whole = f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
                raise ConfigError(f"{pack.where}, [replies], {code}: {{{whole}}} is unknown", f"one of {', '.join(words)}, as it is")
