# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Second opinions: records of people, kept as signed mails in git, never in a database that may be deleted."""
