# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a record may say."""

OPINIONS = ("agree", "disagree", "unsure")
DECISIONS = ("confirm", "dismiss", "waive")
SAID = OPINIONS + DECISIONS
"""What stays hidden from others until they have said their own."""
REQUESTS = ("ask",)
CORRECTIONS = ("link", "unlink", "split", "merge")
HOUSEKEEPING = ("withdraw", "published")
KINDS = OPINIONS + DECISIONS + REQUESTS + CORRECTIONS + HOUSEKEEPING
NEEDS_REASON = ("disagree", "dismiss", "waive", "ask")
