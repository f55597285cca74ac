# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m triage`: the command line, where the script is not on the path."""

from triage.cli import main

main()
