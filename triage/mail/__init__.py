# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails read: from the bytes an archive keeps to a `Message` of facts. Pure: no files, no network, no clock."""
