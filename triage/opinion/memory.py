# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the logs and the keys last were, in the index and in a file beside `opinions.git`: either is enough to notice a loss."""

from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from triage.config import Paths
from triage.files import write_file
from triage.model.errors import TriageError
from triage.model.expression import expression
from triage.store import opinions as stored
from triage.store.errors import DATABASE_ERRORS
from triage.store.schema import open_former

NAME = "opinions.seen"
_TIP = expression("[0-9a-f]{40}")
_REMOTE = expression(r"remote ([A-Za-z0-9][\w.-]{0,60}) (\S+)")
_LINE = expression(r"([0-9a-f]{40}) (refs/opinions/(?:_keys|[a-z0-9-]{1,80}/log))")


def seen_tips(opinions: Path) -> dict[str, str]:
    """Return the tips that were last noted beside a repository of opinions; empty where there is no file, or none that can be read."""
    with suppress(OSError):
        lines = opinions.with_name(NAME).read_text("utf-8", "replace").splitlines()
        return {match[2]: match[1] for line in lines if (match := _LINE.fullmatch(line))}
    return {}


def seen_remotes(opinions: Path) -> dict[str, str]:
    """Return the remotes that were used, name and URL."""
    with suppress(OSError):
        lines = opinions.with_name(NAME).read_text("utf-8", "replace").splitlines()
        return {match[1]: match[2] for line in lines if (match := _REMOTE.fullmatch(line))}
    return {}


def indexed_tips(paths: Paths) -> dict[str, str]:
    """Return the tips that the index was last made from; empty where it cannot be read."""
    if paths.index.exists():
        with suppress(OSError, *DATABASE_ERRORS), closing(open_former(paths.index)) as connection:
            return stored.tips_stored(connection)
    return {}


def note_tips(opinions: Path, tips: Mapping[str, str]) -> None:
    """Note the tips of some logs, whole or not at all; a disk that refuses leaves the file as it was, since a record is in git by then."""
    before = seen_tips(opinions)
    if (after := before | {ref: tip for ref, tip in tips.items() if _TIP.fullmatch(tip)}) != before:
        _write(opinions, after, seen_remotes(opinions))


def note_remote(opinions: Path, name: str, url: str) -> None:
    """Note where a remote is, so that it needs no naming after a loss."""
    before = seen_remotes(opinions)
    if before.get(name) != url:
        _write(opinions, seen_tips(opinions), before | {name: url})


def _write(opinions: Path, tips: Mapping[str, str], remotes: Mapping[str, str]) -> None:
    lines = [f"remote {name} {url}\n" for name, url in sorted(remotes.items())] + [f"{tip} {ref}\n" for ref, tip in sorted(tips.items())]
    with suppress(OSError, TriageError):
        write_file(opinions.with_name(NAME), "".join(lines), private=True)
