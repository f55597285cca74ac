# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the program."""

from triage import __version__

VERSION = __version__
