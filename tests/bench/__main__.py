# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every speed that the project promises, as ratios of one run: `python -m tests.bench [whole|start|report|terminal|growth|stages]…`."""

import sys
from collections.abc import Callable

from tests.bench import growth, report, stages, start, terminal, whole

PARTS: dict[str, Callable[[], object]] = {
    "whole": whole.bench, "start": start.bench, "report": report.bench, "terminal": terminal.bench, "stages": stages.bench,
    "growth": growth.bench,
}  # fmt: skip


def main() -> int:
    """Run what is named, or all; returns 1 where something grows faster than it may."""
    fine = True
    for name in sys.argv[1:] or PARTS:
        print(f"\n== {name}", flush=True)
        fine &= PARTS[name]() is not False
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
