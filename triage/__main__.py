# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m triage` is the command line."""

from triage.cli import main

if __name__ == "__main__":
    main()
