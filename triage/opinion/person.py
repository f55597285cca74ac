# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who speaks here, as the user's own git knows them."""

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from triage import git
from triage.model import Person
from triage.model.errors import ConfigError


def own_env() -> dict[str, str]:
    """Return the environment for git in the user's own repository: their configuration counts, their GIT_DIR does not."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith("GIT_CONFIG")}
    return kept | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}


def git_config(key: str, *options: str) -> str:
    """Return one value of the user's git configuration, "" where it is not set."""
    done = git.run(["git", "config", *options, "--get", key], own_env(), folder=os.sep)
    return done.stdout.decode("utf-8", "replace").strip()


def signing_key() -> str:
    """Return git's user.signingkey, "" where none is set."""
    return git_config("user.signingkey")


def reviewer() -> Person:
    """Return who gives opinions here, from git's user.name and user.email; raises `ConfigError` where git does not know or is not there."""
    try:
        done = git.run(["git", "config", "--null", "--get-regexp", r"^user\.(name|email)$"], own_env(), folder=os.sep)
    except OSError as error:
        raise ConfigError(f"git cannot be run: {error.strerror}", "install it, or put it on PATH") from error
    told = dict(entry.partition("\n")[::2] for entry in done.stdout.decode("utf-8", "replace").split("\0"))  # of several values the last
    person = Person(told.get("user.name", "").strip(), told.get("user.email", "").strip())
    if not re.fullmatch(r"[^\s<>@]+@[^\s<>@]+", person.email):
        raise ConfigError("git does not know who you are", 'run `git config --global user.email "you@example.org"`')
    return person


def ask_ahead() -> Callable[[], Person]:
    """Ask git who gives opinions here while the caller is busy with something else; returns what `reviewer` would."""
    asking = ThreadPoolExecutor(max_workers=1)
    asked = asking.submit(reviewer)
    asking.shutdown(wait=False)
    return asked.result
