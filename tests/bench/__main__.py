# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every speed that the project promises, as ratios of one run: `python -m tests.bench [whole|start|report|terminal|growth|stages]…`."""

import sys

from tests.bench import growth, report, stages, start, terminal, whole

PARTS = {
    "whole": whole.bench, "start": start.bench, "report": report.bench, "terminal": terminal.bench, "stages": stages.bench,
    "growth": growth.bench,
}  # fmt: skip


def main() -> None:
    """Run what is named, or all."""
    for name in sys.argv[1:] or PARTS:
        print(f"\n== {name}", flush=True)
        PARTS[name]()


if __name__ == "__main__":
    main()
