# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only SQL: index.db (derived from archives and opinions, may be deleted) and personal.db (one person's, one machine's)."""
