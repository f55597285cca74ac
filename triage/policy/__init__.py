# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project's policy says of its series: packs of dated rules as data, evidence of declared AI use, findings. Pure."""
