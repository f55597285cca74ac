# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The newest commit of an archive read from its files, for a run that nearly always has nothing to do: no git is started.

Source: gitrepository-layout(5). What is not laid out so, a ref table say, is left to git.
"""

import re
from pathlib import Path

from triage.model.expression import expression

_ID = expression(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
MOST = 1 << 20
"""Bytes of packed refs that are looked through."""
_BRANCHES = ("refs/heads/master", "refs/heads/main")


def quick_stamps(kind: str, path: Path) -> dict[str, str] | None:
    """Return the newest commit of each unit as `PublicInbox.stamp` gives it; None where only git or another reader can tell."""
    if kind == "mbox":
        return None
    units = [path] if kind == "git" else [p for p in (path / "git").glob("*.git") if p.name.removesuffix(".git").isdigit()]
    found = {unit.name: _tip(unit) for unit in units}
    return found if found and all(found.values()) else None


def _tip(git_dir: Path) -> str:
    """Return the commit of the first branch there is of those that an archive uses, "" where that is not plain to see."""
    if not (git_dir / "HEAD").is_file() or (git_dir / "shallow").exists() or _size(git_dir / "packed-refs") > MOST:
        return ""
    for branch in _BRANCHES:
        try:
            text = (git_dir / branch).read_text("ascii").strip()
        except FileNotFoundError:
            text = ""
        except (OSError, UnicodeDecodeError):
            return ""
        text = text or _packed(git_dir, branch)
        if text:
            return text if _ID.fullmatch(text) else ""
    return ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _packed(git_dir: Path, branch: str) -> str:
    try:
        with (git_dir / "packed-refs").open("rb") as file:
            content = file.read(MOST)
    except OSError:
        return ""
    match = re.search(rb"^(\S+) " + branch.encode() + rb"$", content, re.MULTILINE)
    return match[1].decode("ascii", "replace") if match else ""
