# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Review reports: one `Report` value made from the index, and templates that print it; the same inputs give the same bytes."""
