# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule kinds, by what they are about: what a mail says and carries, held against what a pack demands. Pure."""
