# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units for systemd and a line for cron that run `triage ingest` by itself.

Source: systemd.service(5), systemd.timer(5), crontab(5).
"""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from triage.config import Config
from triage.model.errors import UsageError


def _program(config: Config) -> list[str]:
    """Return the words that run this program for this home from anywhere."""
    script = Path(sys.argv[0])
    program = str(script.absolute()) if script.name == "triage" and script.is_file() else shutil.which("triage")
    words = [program] if program else [sys.executable, "-m", "triage"]
    home = config.paths.data == config.paths.config
    return [*words, *(["--home", str(config.paths.data)] if home else []), "ingest"]


def _environment() -> list[str]:
    """Return what says where git, the lists and notmuch are, as they are found here."""
    kept = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "NOTMUCH_CONFIG", "NOTMUCH_PROFILE", "HTTPS_PROXY", "https_proxy")
    return [f"PATH={os.environ.get('PATH', os.defpath)}", *(f"{name}={os.environ[name]}" for name in kept if os.environ.get(name))]


def systemd_units(config: Config, minutes: int) -> Iterator[str]:
    """Yield a user's service and timer, with where to put them; every word is quoted as systemd.service(5) wants it."""
    line = " ".join(_systemd_word(word) for word in _program(config))
    environment = "\n".join(f"Environment={_systemd_word(word, command=False)}" for word in _environment())
    yield from f"""\
# ~/.config/systemd/user/triage-ingest.service
[Unit]
Description=Take in new patch mail
Documentation=man:crontab(5)

[Service]
Type=oneshot
ExecStart={line}
{environment}
# 75: another run is under way, or a server does not answer; the next run goes on. 130: stopped, what was stored is whole
SuccessExitStatus=75 130
TimeoutStartSec=12h
Nice=10
IOSchedulingClass=idle

# ~/.config/systemd/user/triage-ingest.timer
[Unit]
Description=Look for new patch mail every {minutes} minutes

[Timer]
OnBootSec=5min
OnUnitActiveSec={minutes}min
RandomizedDelaySec=3min

[Install]
WantedBy=timers.target

# then: systemctl --user daemon-reload && systemctl --user enable --now triage-ingest.timer
# and to have it run while you are not logged in: loginctl enable-linger""".splitlines()


def _systemd_word(word: str, command: bool = True) -> str:
    """Quote one word; `%` means something to systemd, and `$` in a command."""
    if "\n" in word:
        raise UsageError("a path with a line break cannot be written into a unit", "use another folder")
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    quoted = quoted.replace("$", "$$") if command else quoted
    return f'"{quoted}"' if quoted != word or any(char.isspace() or char in "';#" for char in word) or not word else word


def cron_line(config: Config, minutes: int) -> Iterator[str]:
    """Yield a line for `crontab -e`; cron mails what is printed, which is nothing when nothing happened."""
    line = " ".join(shlex.quote(word) for word in _program(config)).replace("%", "\\%")
    if "\n" in line:
        raise UsageError("a path with a line break cannot be written into a crontab", "use another folder")
    every = f"*/{minutes} * * * *" if minutes < 60 else f"7 */{max(1, minutes // 60)} * * *" if minutes < 1440 else "7 5 * * *"
    yield "# for `crontab -e`; cron mails what is printed: one line for a list where something happened"
    yield from _environment()
    yield f"{every} {line}"
