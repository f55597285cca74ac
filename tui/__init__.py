# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The maintainer's terminal: screens over the core, reached through `session`."""
