# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the logs and the keys last were, in a file beside `opinions.git`: their loss is noticed even where index and repository went too."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from triage.config import write_file
from triage.errors import TriageError

NAME = "opinions.seen"
_LINE = re.compile(r"([0-9a-f]{40}) (refs/opinions/(?:_keys|[a-z0-9-]{1,80}/log))")


def seen_tips(opinions: Path) -> dict[str, str]:
    """Return the tips that were last noted beside a repository of opinions; empty where there is no file, or none that can be read."""
    with suppress(OSError):
        lines = opinions.with_name(NAME).read_text("utf-8", "replace").splitlines()
        return {match[2]: match[1] for line in lines if (match := _LINE.fullmatch(line))}
    return {}


def note_tips(opinions: Path, tips: Mapping[str, str]) -> None:
    """Note the tips of some logs, whole or not at all; a disk that refuses leaves the file as it was, since a record is in git by then."""
    before = seen_tips(opinions)
    if (after := before | dict(tips)) != before:
        with suppress(OSError, TriageError):
            write_file(opinions.with_name(NAME), "".join(f"{tip} {ref}\n" for ref, tip in sorted(after.items())), private=True)
