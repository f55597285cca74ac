# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages put together: threads, series, and topics that join the versions of a series. Pure."""
