# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remotes of `opinions.git`: which there are, what they have, and how it is fetched apart."""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from triage import git
from triage.files import typed_path
from triage.model.errors import BusyError, ConfigError, KeysError, UsageError
from triage.model.expression import expression
from triage.opinion.log import OpinionLog
from triage.opinion.memory import seen_remotes
from triage.opinion.refs import KEYS, LOGS

_REMOTE = expression(r"[A-Za-z0-9][\w.-]{0,60}")
LOG = expression(re.escape(LOGS) + r"[a-z0-9-]{1,80}/log")
MAX_REFS = 5000
INCOMING = "refs/incoming/"


def remotes(log: OpinionLog) -> dict[str, str]:
    """Return the remotes that were used, by name."""
    lines: list[str] = []
    if log.repository.exists:
        lines = git.read(log.path, "config", "--local", "--get-regexp", r"^remote\..*\.url$", ok=(0, 1)).splitlines()
    pairs = [line.partition(" ") for line in lines]
    return {key.removeprefix("remote.").removesuffix(".url"): url for key, _, url in pairs} or seen_remotes(log.path)


def without_password(url: str) -> str:
    """Return a URL as it may be shown."""
    return re.sub(r"(?<=//)[^/@]*@", "", url)


def named(log: OpinionLog, remote: str) -> tuple[str, str]:
    """Return the name and the URL of a remote, which may be named by either or by a path; "" is the only one. Raises `UsageError`."""
    known = remotes(log)
    if remote and remote not in known and typed_path(remote).exists():
        remote = str(typed_path(remote).absolute())  # cron runs elsewhere
    if not remote:
        if len(known) == 1:
            return next(iter(known.items()))
        hint = f"name one of {', '.join(known)}" if known else "give its URL once: triage opinion sync git@example.org:opinions.git"
        raise UsageError("which remote?", hint)
    if remote in known:
        return remote, known[remote]
    if by_url := [name for name, url in known.items() if url == remote]:
        return by_url[0], remote
    if remote.startswith("-") or not re.search(r"[/:.]", remote) or "\n" in remote or re.match(r"[a-z+]+::", remote):
        raise UsageError(f"{remote!r} is not a remote that is known here", "give the URL or the path of a git repository")
    stem = re.sub(r"[^A-Za-z0-9]+", "-", remote.removesuffix(".git").rpartition("/")[2]).strip("-")[:40] or "remote"
    name = next(n for n in ("origin" if not known else stem, *(f"{stem}-{i}" for i in range(2, 99))) if n not in known)
    assert _REMOTE.fullmatch(name)
    return name, remote


Incoming = dict[str, str]
"""What the remote has: the ref as it is there, and the commit."""
_FETCH = (
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--",
)  # fmt: skip


@contextmanager
def fetched(log: OpinionLog, name: str, url: str, failed: dict[str, str], anew: bool = False) -> Iterator[Incoming]:
    """Fetch a remote's logs into refs of this run alone, which go when it ends; `again` brings objects too that should be here already.

    What it shows and git will not take is noted in `failed`, with why. Raises `BusyError`, and `KeysError` for keys that cannot be had.
    """
    apart = f"{INCOMING}{os.getpid()}-{secrets.token_hex(6)}/"
    # kept as a pack: an object that is damaged here would else count as there already
    before, whole = (("-c", "fetch.unpackLimit=1"), ("--refetch",)) if anew else ((), ())
    try:
        done = log.repository.reach(*before, *_FETCH[:-1], *whole, *_FETCH[-1:], url, f"{LOGS}*:{apart}*")
        if done.returncode:
            failed |= _fetch_one_by_one(log, name, url, apart, git.first_line(done.stderr))
            if KEYS in failed:
                raise KeysError(f"{name} has keys that cannot be fetched: {failed[KEYS]}", "nothing was taken; ask who looks after it")
        refs = log.repository.refs(apart)
        if len(refs) > MAX_REFS:
            raise ConfigError(f"{name} has more than {MAX_REFS} logs", "it is not what triage writes")
        yield {LOGS + ref.removeprefix(apart): tip for ref, tip in refs.items()}
    finally:
        _forget(log, log.repository.refs(apart))


def sweep_incoming(log: OpinionLog) -> None:
    """Remove what a run that was killed had fetched; in a repository that is held."""
    left = log.repository.refs(INCOMING)
    _forget(log, {ref: tip for ref, tip in left.items() if not _runs(ref.removeprefix(INCOMING).partition("-")[0])})


def _runs(pid: str) -> bool:
    return pid.isdecimal() and Path(f"/proc/{pid}").exists()


def _forget(log: OpinionLog, refs: Iterable[str]) -> None:
    if gone := "".join(f"delete {ref}\n" for ref in refs):
        log.repository.run("update-ref", "--stdin", stdin=gone.encode())


def _fetch_one_by_one(log: OpinionLog, name: str, url: str, apart: str, why: str) -> dict[str, str]:
    """Fetch what can be had where one damaged object spoils the whole, and return what could not and why.

    Raises `BusyError` where it is the remote that fails.
    """
    listed = log.repository.reach("ls-remote", "--quiet", "--", url, f"{LOGS}*")
    refs = [line.partition("\t")[2] for line in listed.stdout.decode("utf-8", "replace").splitlines()][:MAX_REFS]
    wanted = [ref for ref in refs if ref == KEYS or LOG.fullmatch(ref)]
    done = {ref: log.repository.reach(*_FETCH, url, f"{ref}:{apart}{ref.removeprefix(LOGS)}") for ref in wanted}
    failed = {ref: git.first_line(one.stderr) for ref, one in done.items() if one.returncode}
    if listed.returncode or not wanted or len(failed) == len(wanted):
        raise BusyError(f"cannot fetch from {name}", f"{why}; check the remote and your access to it")
    return failed


def listed(log: OpinionLog, name: str, url: str) -> Incoming:
    """Return the logs that a remote shows, without fetching them; raises `BusyError` where it cannot be reached."""
    done = log.repository.reach("ls-remote", "--quiet", "--", url, f"{LOGS}*")
    if done.returncode:
        raise BusyError(f"cannot reach {name}", f"{git.first_line(done.stderr)}; check the remote and your access to it")
    pairs = [line.partition("\t") for line in done.stdout.decode("utf-8", "replace").splitlines()[:MAX_REFS]]
    return {ref: tip for tip, _, ref in pairs if ref == KEYS or LOG.fullmatch(ref)}
