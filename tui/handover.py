# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a series can be taken from here: command lines for b4, mail readers and browsers, shown before they run."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from triage.config import OwnCommand
from triage.model.errors import UsageError
from tui.views import Subject


class Offer(Struct, frozen=True):
    """A command and what it is for; never a shell's line, so that nothing of a mail is read by one."""

    label: str
    command: list[str]

    @property
    def there(self) -> bool:
        """Whether its program is installed."""
        return found(self.command[0]) != ""


def found(program: str) -> str:
    """Return where a program is: on PATH, else beside the Python that runs this, as pipx and venv put what comes along; "" for nowhere."""
    beside = Path(sys.executable).with_name(program)
    return shutil.which(program) or (str(beside) if os.access(beside, os.X_OK) and os.sep not in program else "")


def pages(links: list[str]) -> list[Offer]:
    """Return how the archive's pages open."""
    program = os.environ.get("BROWSER", "").split(":")[0] or "xdg-open"
    return [Offer(f"the page {link}", [program, link]) for link in links]


def commands(subject: Subject, links: list[str], mbox: Path) -> list[Offer]:
    """Return the commands that take a series to b4 or a mail reader; b4 works on the git tree that triage was started in."""
    first = subject.view.line.message_id
    found: list[Offer] = []
    if not first.startswith(("blob:", "-")) and first.isprintable():
        found += [
            Offer("b4, from its own archive: track it for review", ["b4", "review", "track", first]),
            Offer("b4, from its own archive: the patches, ready for git am", ["b4", "am", "-o", ".", first]),
            Offer("b4, from its own archive: apply them here", ["b4", "shazam", first]),
        ]
    found.append(Offer("b4, from the mails kept here: the patches, ready for git am", ["b4", "am", "-m", str(mbox), "-o", "."]))
    for program in ("neomutt", "mutt"):
        found.append(Offer(f"read it in {program}", [program, "-R", "-f", str(mbox)]))
    return [*found, Offer("read it in aerc", ["aerc", f"mbox:{mbox}"]), *pages(links)]


def own(command: OwnCommand, subject: Subject, lists: Sequence[str], mbox: Callable[[], Path]) -> list[str]:
    """Return the words of an own command for a series; raises `UsageError` for a Message-ID that a program would take for an option."""
    first, mail = subject.view.line.message_id, subject.name
    for name in (first, mail):
        if name.startswith(("-", "blob:")) or not name.isprintable() or " " in name:
            raise UsageError(f"{name} is no Message-ID that can be handed on", "use `triage show --raw`")
    places = {"id": first, "mail": mail, "list": lists[0] if lists else ""}
    if any("{mbox}" in word for word in command.run):
        places["mbox"] = str(mbox())
    return [re.sub(r"{(\w+)}", lambda match: places.get(match[1], match[0]), word) for word in command.run]


def shell() -> list[str]:
    """Return the user's shell, which says at its start how to come back."""
    return ["sh", "-c", 'echo "[exit goes back to triage]" >&2; exec "$0"', os.environ.get("SHELL") or "/bin/sh"]
