# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping house: lists, backups, the doctor, schedules and the demo."""
