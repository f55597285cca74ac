# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module a kind of rule: what a mail says and carries, held against what a pack demands. Pure."""
