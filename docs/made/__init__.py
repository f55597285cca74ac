# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that are made from code, by what they are about."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
NOTE = "<!-- made by docs/generate.py: change the code, not this page -->\n\n"
