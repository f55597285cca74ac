# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch triage for projects that take patches by mail: the core, without a user interface."""

try:
    from triage._version import __version__
except ImportError:  # a tree that was never installed
    __version__ = "0.1.dev0"

COMPLETING = "_TRIAGE_COMPLETE"
"""What a shell sets in the environment of a program that it asks for completions."""

__all__ = ["COMPLETING", "__version__"]
