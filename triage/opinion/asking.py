# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has the terminal while a record is signed: the program that signs, or a screen."""


class Asking:
    """Whether a program that signs may ask for a passphrase on the terminal: not while a screen is drawn there."""

    allowed = True
