# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hour-long runs; `tests/test_soak.py` runs a sample of each."""
