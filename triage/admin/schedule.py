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
from triage.files import write_file
from triage.model.codes import SITE
from triage.model.errors import UsageError

NEEDED = ("git", "ssh", "ssh-keygen", "gpg", "notmuch")


def _program(config: Config) -> list[str]:
    """Return the words that run this program for this home from anywhere."""
    script = Path(sys.argv[0])
    program = str(script.absolute()) if script.name == "triage" and script.is_file() else shutil.which("triage")
    words = [program] if program else [sys.executable, "-m", "triage"]
    home = config.paths.data == config.paths.config
    return [*words, *(["--home", str(config.paths.data)] if home else [])]


def _environment(words: list[str]) -> list[str]:
    """Return what says where git, the lists and notmuch are, as they are found here: no more of PATH than the programs need."""
    folders = [str(Path(words[0]).parent), *(str(Path(found).parent) for one in NEEDED if (found := shutil.which(one))), "/usr/bin", "/bin"]
    kept = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "NOTMUCH_CONFIG", "NOTMUCH_PROFILE", "HTTPS_PROXY", "https_proxy")
    return [f"PATH={':'.join(dict.fromkeys(folders))}", *(f"{name}={os.environ[name]}" for name in kept if os.environ.get(name))]


def systemd_units(config: Config, minutes: int, sync: str = "", site: Path | None = None) -> dict[str, str]:
    """Return a user's units by the names of their files: a service, its timer, and what says that it failed.

    With `sync`, a remote, opinions are exchanged behind each run; with `site`, a folder, the web site there is brought up to date.
    Every word is quoted as systemd.service(5) wants it.
    """
    words = _program(config)
    line = " ".join(_systemd_word(word) for word in [*words, "ingest"])
    exchange = " ".join(_systemd_word(word) for word in [*words, "opinion", "sync", "-q", sync]) if sync else ""
    # a web server reads the pages, and nothing else that a run writes
    build = shlex.join([*words, "site", str(site)])
    pages = f"/bin/sh -c {_systemd_word(f'umask 022; exec {build}')}" if site else ""
    after = [f"ExecStart=-{one}" for one in (exchange, pages) if one]
    environment = "\n".join(f"Environment={_systemd_word(word, command=False)}" for word in _environment(words))
    # what writes elsewhere, notmuch's database or a program of yours, is let into the home; a folder may not be there yet
    protect = "full" if config.notmuch_tags or config.notify or config.checks.command else "strict"
    folders = dict.fromkeys((config.paths.data, config.paths.config, *([site] if site else [])))
    writable = " ".join(_systemd_word(f"-{path}", command=False) for path in folders)
    return {
        "triage-ingest.service": SERVICE.format(
            line=line, environment=environment, writable=writable, protect=protect, site=SITE, sandbox=SANDBOX,
            after="\n".join(after) or "# more can follow each run: triage schedule systemd --sync REMOTE --site DIR",
        ),
        "triage-ingest.timer": TIMER.format(minutes=minutes),
        "triage-failed@.service": FAILED.format(
            path=_systemd_word(_environment(words)[0], command=False), tell=TELL, sandbox=SANDBOX
        ),
    }  # fmt: skip


SERVICE = """\
[Unit]
Description=Take in new patch mail
Documentation={site}sources/
OnFailure=triage-failed@%n.service

[Service]
Type=oneshot
ExecStart={line}
{after}
{environment}
# 65: some mail could not be read; 75: another run is under way, or a server does not answer; 130: stopped, what was stored is whole
SuccessExitStatus=65 75 130
TimeoutStartSec=12h
Nice=10
IOSchedulingClass=idle
UMask=0077
# it reads mail from strangers: it may write its own folders, and no more
ProtectSystem={protect}
ReadWritePaths={writable}
{sandbox}
"""
TIMER = """\
[Unit]
Description=Look for new patch mail every {minutes} minutes

[Timer]
OnBootSec=5min
OnUnitActiveSec={minutes}min
RandomizedDelaySec=3min

[Install]
WantedBy=timers.target
"""
FAILED = """\
[Unit]
Description=Say that %i failed

[Service]
Type=oneshot
Environment={path}
ExecStart=sh -c '{tell}'
UMask=0077
ProtectSystem=strict
{sandbox}
"""
TELL = (
    'command -v notify-send >/dev/null && exec notify-send triage "%i failed: systemctl --user status %i"; '
    'exec logger -p user.err "%i failed"'
)
SANDBOX = """\
NoNewPrivileges=yes
PrivateUsers=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM"""
ENABLE = (
    "systemctl --user daemon-reload && systemctl --user enable --now triage-ingest.timer",
    "loginctl enable-linger    # to have it run while you are not logged in",
)


def install_units(units: dict[str, str], folder: Path | None = None) -> list[Path]:
    """Write units where systemd looks for a user's, or into a folder; returns the files. Raises `ArchiveError` where the disk refuses."""
    target = folder or Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    for name, text in units.items():
        write_file(target / name, text, private=True)
    return [target / name for name in units]


def _systemd_word(word: str, command: bool = True) -> str:
    """Quote one word; `%` means something to systemd, and `$` in a command."""
    if "\n" in word:
        raise UsageError("a path with a line break cannot be written into a unit", "use another folder")
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    quoted = quoted.replace("$", "$$") if command else quoted
    return f'"{quoted}"' if quoted != word or any(char.isspace() or char in "';#" for char in word) or not word else word


def cron_line(config: Config, minutes: int, sync: str = "", site: Path | None = None) -> Iterator[str]:
    """Yield lines for `crontab -e`; cron mails what is printed, which is nothing when nothing happened.

    Raises `UsageError` for an interval that cron cannot express.
    """
    words = _program(config)
    lines = [_cron_words([*words, "ingest"]), *([_cron_words([*words, "opinion", "sync", "-q", sync])] if sync else [])]
    lines += [_cron_words([*words, "site", str(site)]) + " 2>/dev/null"] if site else []
    if any("\n" in line for line in lines):
        raise UsageError("a path with a line break cannot be written into a crontab", "use another folder")
    hours = minutes // 60
    if minutes < 60 and 60 % minutes == 0:
        every = f"*/{minutes} * * * *"
    elif minutes % 60 == 0 and 24 % hours == 0:
        every = f"7 */{hours} * * *" if hours < 24 else "7 5 * * *"
    else:
        near = min((one for one in EVERY if one >= 5), key=lambda one: (abs(one - minutes), one))
        raise UsageError(f"cron cannot express an interval of {minutes} minutes", f"give --every {near}, or use systemd")
    yield "# for `crontab -e`; cron mails what is printed: one line for a list where something happened"
    yield from _environment(words)
    yield from (f"{every} {line}" for line in lines)


EVERY = (*(one for one in range(1, 60) if 60 % one == 0), *(60 * one for one in range(1, 25) if 24 % one == 0))
"""Minutes that a line of a crontab can say evenly."""


def _cron_words(words: list[str]) -> str:
    return " ".join(shlex.quote(word) for word in words).replace("%", "\\%")
