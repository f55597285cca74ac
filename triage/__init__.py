# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch triage for projects that take patches by mail: the core, without a user interface."""

try:
    from triage._version import __version__
except ImportError:  # a tree that was never installed
    __version__ = "0.1.dev0"

__all__ = ["__version__"]
