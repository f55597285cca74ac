# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libraries have to say: kept off the terminal, or escaped. They quote mail as it came."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from triage.model.text import safe


class _Escaped(logging.StreamHandler):  # type: ignore[type-arg]
    """Prints what a library logs where nothing else does, without what steers a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one record as a line that is safe to print."""
        return " ".join(safe(super().format(record)).split())


def escape_libraries() -> None:
    """Have every library's warnings and log records come out escaped, from now on."""
    logging.lastResort = _Escaped(sys.stderr)
    logging.lastResort.setLevel(logging.WARNING)
    warnings.showwarning = _show


def _show(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None, line: str | None = None
) -> None:  # fmt: skip
    (file or sys.stderr).write(f"triage: {category.__name__}: {' '.join(safe(str(message)).split())}\n")


@contextmanager
def quietly() -> Iterator[None]:
    """Keep what libraries log below an error to themselves: of a mail's oddities we say what is to be said."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
