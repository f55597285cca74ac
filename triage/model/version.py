# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the program, from its installed metadata."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("patch-triage")
except PackageNotFoundError:  # run from a source tree that was never installed
    VERSION = "0.0.0"
