# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`opinions.git` as a repository: objects and refs written one step at a time, so that a record is whole or absent, never half."""

import fcntl
import os
import re
import shutil
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha1
from pathlib import Path

from triage import git
from triage.model import Person
from triage.model.errors import ArchiveError, BusyError, ConfigError, LockedError
from triage.model.expression import expression
from triage.opinion.asking import Asking
from triage.opinion.memory import note_tips
from triage.opinion.objects import object_id
from triage.opinion.person import git_config, own_env
from triage.opinion.refs import LAST, LOGS

ZERO = "0" * 40
PROTOCOLS = "file:git:http:https:ssh"
"""What a remote may be reached by; git's helpers that run commands (`ext::`) are none of it."""
_STALE = 5
"""Seconds after which a lock file of git is left over: nobody else writes here while the repository is held."""
NETWORK_SECONDS = 600
_LOCKED = expression(r"passphrase|pinentry|No such (?:device|tty)|ioctl|Operation cancelled|agent refused", re.IGNORECASE)


class Repository:
    """The bare repository of opinions; made when first written to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether it has been made, and is still what git takes for a repository."""
        head = self.path / "HEAD"
        return head.is_file() and head.stat().st_size > 0 and (self.path / "objects").is_dir() and (self.path / "refs").is_dir()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the repository if there is none and hold it for writing; raises `BusyError` where another triage writes for long."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path.with_name("opinions.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ArchiveError(f"cannot write to {self.path.parent}", f"{error.strerror}; set TRIAGE_HOME") from error
        try:
            _wait_for(descriptor)
            if not self.exists:
                self._make()
            yield
        finally:
            os.close(descriptor)

    def _make(self) -> None:
        """Make the repository beside its place and move it there whole: others may be reading. What a damaged one lost is made in it."""
        damaged = self.path.is_dir()
        fresh = self.path if damaged else self.path.with_name(f".{self.path.name}.new")
        if damaged:
            (self.path / "HEAD").unlink(missing_ok=True)
        else:
            shutil.rmtree(fresh, ignore_errors=True)
        words = ["git", "init", "--quiet", "--bare", "--template=", "--object-format=sha1", "--shared=0600", str(fresh)]
        done = git.run(words, own_env() | {"GIT_CONFIG_COUNT": "0"})
        if done.returncode:
            raise ArchiveError(f"cannot make {self.path}", git.first_line(done.stderr))
        fresh.chmod(0o700)
        if not damaged:
            os.replace(fresh, self.path)

    def run(self, *args: str, stdin: bytes = b"", env: dict[str, str] | None = None, ok: tuple[int, ...] = (0,)) -> str:
        """Run git here, with the user's configuration: identity and signing key are theirs. Raises `ArchiveError`.

        What a run that was killed had locked is unlocked, and git asked once more.
        """
        try:
            return self._run(*args, stdin=stdin, env=env, ok=ok)
        except ArchiveError as error:
            if ".lock': File exists" not in error.hint or not self._unlock():
                raise
            return self._run(*args, stdin=stdin, env=env, ok=ok)

    def _unlock(self) -> bool:
        """Remove the lock files that are left over; returns whether there were any."""
        names = ("packed-refs.lock", "config.lock", "HEAD.lock")
        left = [path for path in (*(self.path / name for name in names), *self.path.glob("refs/**/*.lock")) if _left_over(path)]
        for path in left:
            path.unlink(missing_ok=True)
        return bool(left)

    def _run(self, *args: str, stdin: bytes, env: dict[str, str] | None, ok: tuple[int, ...]) -> str:
        command = git.command(self.path, "-c", "core.fsync=committed,loose-object,reference", *args)
        done = git.run(command, own_env() | (env or {}), stdin, detached=not Asking.allowed)
        if done.returncode not in ok:
            raise ArchiveError(f"git {args[0]} failed in {self.path}", git.first_line(done.stderr))
        return done.stdout.decode("utf-8", "replace")

    def reach(self, *args: str) -> git.Done:
        """Run git with a remote: no helper that runs commands, an end to waiting, and a prompt only where somebody can answer."""
        settings = ("http.lowSpeedLimit=1000", "http.lowSpeedTime=60", "transfer.fsckObjects=true", "gc.auto=0")
        limits = tuple(word for setting in settings for word in ("-c", setting))
        env = own_env() | {"GIT_ALLOW_PROTOCOL": PROTOCOLS, "GIT_TERMINAL_PROMPT": "1" if sys.stdin and sys.stdin.isatty() else "0"}
        try:
            return git.run(git.command(self.path, *limits, *args), env, seconds=NETWORK_SECONDS)
        except git.TimedOut as error:
            raise BusyError(f"the remote did not answer within {NETWORK_SECONDS} s", "try again later") from error

    def refs(self, *prefixes: str) -> dict[str, str]:
        """Return the refs below `prefixes` and what they point to; empty where there is no repository. One that is a link is none.

        Raises `ArchiveError` where git cannot open it, or its history is cut.
        """
        if not self.exists:
            return {}
        if (self.path / "shallow").exists():
            raise ArchiveError(f"the history in {self.path} is cut", f"move {self.path / 'shallow'} away, then run `triage opinion sync`")
        try:
            lines = git.read(self.path, "for-each-ref", "--format=%(refname) %(objectname) %(symref)", *prefixes).splitlines()
        except ArchiveError as error:
            what = "fix it, or move it away and run `triage opinion sync`; what no remote has is in what you moved"
            raise ArchiveError(f"git cannot open {self.path}: {error.hint}", what) from error
        rows = [line.split(" ") for line in lines]
        return {ref: tip for ref, tip, link in rows if not link}

    def ref(self, name: str) -> str:
        """Return what a ref points to, "" where there is none such."""
        return self.refs(name).get(name, "")

    def is_broken(self, ref: str) -> bool:
        """Say whether a ref is there and says nothing that git understands: what a power cut may leave of its file."""
        path = self.path / ref
        return path.is_file() and not self.ref(ref)

    def move(self, ref: str, new: str, old: str) -> None:
        """Move a ref from `old` ("" for none) to `new` ("" deletes it), and note below `refs/last/` and beside the repository what it is.

        Raises `BusyError` where it was moved meanwhile.
        """
        last = LAST + ref.removeprefix(LOGS).removesuffix("/log")
        if self.is_broken(last):
            (self.path / last).unlink(missing_ok=True)
        step = f"update {ref} {new} {old or ZERO}\nupdate {last} {new}\n" if new else f"delete {ref} {old}\n"
        try:
            self.run("update-ref", "--stdin", stdin=step.encode())
        except ArchiveError as error:
            now = self.ref(ref)
            if not new or now != new:  # else it was written all the same: what failed came after
                if now != old:
                    raise BusyError("another record was written at the same moment", "try again") from error
                raise
        if new:
            note_tips(self.path, {ref: new})

    def tree_of(self, files: dict[str, bytes]) -> str:
        """Write a tree of files (`name` or `folder/name`) and return its id."""
        blobs = {name: object_id("blob", content) for name, content in sorted(files.items())}
        there = git.present(self.path, sorted(set(blobs.values())))
        for name, blob in blobs.items():
            if blob not in there:
                self.run("hash-object", "-w", "--stdin", stdin=files[name])
        folders: dict[str, list[str]] = {"": []}
        for name, blob in blobs.items():
            folder, _, leaf = name.rpartition("/")
            folders.setdefault(folder, []).append(f"100644 blob {blob}\t{leaf}\n")
        for folder in [name for name in folders if name]:
            tree = self.run("mktree", stdin="".join(folders[folder]).encode()).strip()
            folders[""].append(f"040000 tree {tree}\t{folder}\n")
        return self.run("mktree", stdin="".join(folders[""]).encode()).strip()

    def commit(self, tree: str, parent: str, person: Person, subject: str, sign: bool) -> str:
        """Write a commit of `tree` and return its id; its time is not before its parent's.

        Raises `ConfigError` where signing fails.
        """
        date = f"{max(int(time.time()), self.time_of(parent))} +0000"
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", _plain(person.name) or person.email), ("EMAIL", person.email), ("DATE", date))
        }
        key = ["-S"] if sign else []
        try:
            return self.run("commit-tree", tree, *(["-p", parent] if parent else []), *key, "-m", subject, env=who).strip()
        except ArchiveError as error:
            if key and _LOCKED.search(error.hint):
                unlock = "`ssh-add`" if git_config("gpg.format") == "ssh" else "gpg, so that its agent has it"
                raise LockedError("git could not sign the record: its key is locked", f"unlock it first with {unlock}") from error
            if key:
                raise ConfigError("git could not sign the record", f"{error.hint}; fix user.signingkey or use --unsigned") from error
            raise

    def time_of(self, commit: str) -> int:
        """Return when a commit says it was made, in seconds since the epoch; 0 for none."""
        if not commit:
            return 0
        return int(self.run("rev-list", "--no-commit-header", "--max-count=1", "--format=%ct", commit).strip() or 0)

    def drop_damaged(self) -> None:
        """Remove the files of loose objects that are not what they are called, so that a fetch can bring them again."""
        for path in self.path.glob("objects/??/*"):
            try:
                sound = sha1(zlib.decompress(path.read_bytes()), usedforsecurity=False).hexdigest() == path.parent.name + path.name
            except (zlib.error, OSError):
                sound = False
            if not sound and re.fullmatch("[0-9a-f]{38}", path.name):
                path.unlink(missing_ok=True)

    def committer_of(self, commit: str) -> str:
        """Return the address of who made a commit."""
        return self.run("rev-list", "--no-commit-header", "--max-count=1", "--format=%ce", commit).strip()

    def is_readable(self, name: str) -> bool:
        """Say whether an object is there, whole."""
        return git.succeeds(self.path, "cat-file", "-p", name)

    def is_ancestor(self, old: str, new: str) -> bool:
        """Say whether `new` goes on from `old`."""
        return old == new or git.succeeds(self.path, "merge-base", "--is-ancestor", old, new)

    def kinds(self, names: Iterable[str]) -> dict[str, str]:
        """Return the type of each object that is there, by its id."""
        asked = "".join(f"{name}\n" for name in dict.fromkeys(names)).encode()
        lines = self.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked).splitlines()
        return dict(line.split(" ", 1) for line in lines)

    def has(self, commit: str) -> bool:
        """Say whether a commit is there."""
        return git.succeeds(self.path, "cat-file", "-e", f"{commit}^{{commit}}")


def _plain(name: str) -> str:
    return re.sub(r"[<>\n\0]", " ", name).strip()


def _wait_for(descriptor: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise BusyError("another triage is writing opinions", "try again when it has finished") from error
            time.sleep(0.02)


def _left_over(lock: Path) -> bool:
    with suppress(OSError):
        return time.time() - lock.stat().st_mtime > _STALE
    return False
