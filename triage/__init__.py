# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch triage for projects that take patches by mail: the core, without a user interface."""

__version__ = "0.1.0"
