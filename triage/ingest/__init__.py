# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail in: the scheduled run, the pipeline from an archive's entries to the index, and what is derived from them."""
