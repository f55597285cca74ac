# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Git as a subprocess: foreign repositories by plumbing only, cut off from every configuration, hook and network."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from triage.model.errors import ArchiveError, NetworkError, TriageError

_CHUNK = 1024 * 1024


def isolated_env() -> dict[str, str]:
    """Return the environment for git in a repository that others write (threat A1): no user or system configuration,
    no replace objects, no lazy fetch, no protocol, no pager, no prompt.
    """
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "SSH_ASKPASS"))}
    return env | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "PAGER": "cat",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
    }


def command(git_dir: Path, *args: str) -> list[str]:
    """Return the argument list of a git command in `git_dir` that runs no hook and no fsmonitor."""
    return ["git", f"--git-dir={git_dir}", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *args]


Done = subprocess.CompletedProcess[bytes]
Running = subprocess.Popen[bytes]
TimedOut = subprocess.TimeoutExpired
PIPE = subprocess.PIPE


def run(
    words: list[str], env: Mapping[str, str], stdin: bytes = b"", folder: str | Path | None = None, seconds: float | None = None,
    detached: bool = False,
) -> Done:  # fmt: skip
    """Run a program to its end and return what it printed, whatever it exits with; the only way from here to another program but `start`.

    `detached` takes the terminal from it, so that it cannot ask. Raises `TimedOut` after `seconds`, `OSError` where it is not there.
    """
    return subprocess.run(
        words, input=stdin, capture_output=True, check=False, env=env, cwd=folder, timeout=seconds, start_new_session=detached
    )  # fmt: skip


def start(words: list[str], env: Mapping[str, str], stdin: IO[bytes] | int = subprocess.DEVNULL, errors: bool = True) -> Running:
    """Start a program that is read as it runs, and written to where `stdin` is `PIPE`; without `errors` its complaints are dropped."""
    return subprocess.Popen(
        words, env=env, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE if errors else subprocess.DEVNULL
    )  # fmt: skip


MEMORY = 2 * 1024 * 1024
"""KiB that git may take where it reads what others made."""


def bounded(words: list[str]) -> list[str]:
    """Return a git command that ends where it wants more memory than an archive of mail ever takes; packs are mapped in parts."""
    git, *rest = words
    parts = ("-c", "core.packedGitWindowSize=16m", "-c", "core.packedGitLimit=256m")
    return ["sh", "-c", 'ulimit -v "$0" 2>/dev/null; exec "$@"', str(MEMORY), git, rest[0], *parts, *rest[1:]]


def read(git_dir: Path, *args: str, ok: tuple[int, ...] = (0,)) -> str:
    """Run one plumbing command in a foreign repository and return its output; raises `ArchiveError` on failure."""
    done = run(command(git_dir, *args), isolated_env())
    if done.returncode not in ok:
        raise ArchiveError(f"git {args[0]} failed in {git_dir}", first_line(done.stderr))
    return done.stdout.decode("utf-8", "replace")


def succeeds(git_dir: Path, *args: str) -> bool:
    """Run one plumbing command in a foreign repository and say whether it exits 0."""
    return run(command(git_dir, *args), isolated_env()).returncode == 0


def make_bare(git_dir: Path) -> None:
    """Make a bare repository of our own, without the user's templates, whose branch is `master`; fine where it is one already.

    Raises `ArchiveError` where the disk refuses.
    """
    git_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    read(git_dir, "init", "--quiet", "--bare", "--template=", "--initial-branch=master")


def fetch(git_dir: Path, url: str, seconds: float) -> None:
    """Bring the branches of a repository of our own up to those at `url`, rewritten ones too; raises `NetworkError`.

    No redirect is followed, nothing is asked, a transfer that stalls for 30 s or lasts longer than `seconds` is given up; what is
    there stays (threat A7).
    """
    scheme = url.partition(":")[0]
    limits = [
        "http.followRedirects=false",
        "http.lowSpeedLimit=100",
        "http.lowSpeedTime=30",
        "credential.helper=",
        "gc.auto=0",
        "core.fsync=all",
    ]
    options = [word for limit in limits for word in ("-c", limit)]
    words = command(git_dir, *options, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", url, "+refs/heads/*:refs/heads/*")
    # no password of the user's goes out: none from ~/.netrc, none asked for
    env = isolated_env() | {"GIT_ALLOW_PROTOCOL": scheme, "HOME": os.devnull, "GIT_ASKPASS": ""}
    try:
        done = subprocess.run(words, env=env, capture_output=True, check=False, timeout=seconds, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise NetworkError(f"{url} did not answer in full within {seconds:.0f} s", "what was fetched before is kept") from error
    if done.returncode:
        raise NetworkError(f"cannot fetch {url}", first_line(done.stderr))


class FastImport:
    """One `git fast-import` into a repository of our own: what it takes in is on the disk before a branch points to it.

    Every method raises `ArchiveError` where git or the disk refuses.
    """

    def __init__(self, git_dir: Path, lock: int | None = None) -> None:
        """Start it; it holds the `lock` of a descriptor too, and lets nobody else write while it ends what a killed run began."""
        self.git_dir = git_dir
        self._process = subprocess.Popen(
            command(git_dir, "-c", "core.fsync=all", "fast-import", "--quiet", "--done"), pass_fds=() if lock is None else (lock,),
            env=isolated_env(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def send(self, data: bytes) -> None:
        """Hand over a part of the stream."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except BrokenPipeError as error:
            self.finish()
            raise ArchiveError(f"cannot add mail to {self.git_dir}", "git ended before all was read") from error

    def finish(self) -> None:
        """End the stream and have it all made lasting."""
        _, stderr = self._process.communicate(b"done\n")
        if self._process.returncode:
            raise ArchiveError(f"cannot add mail to {self.git_dir}", f"{first_line(stderr)}; check the disk, nothing is lost at the source")

    def abandon(self) -> None:
        """Forget what was handed over since the last checkpoint."""
        self._process.kill()
        self._process.communicate()


def tidy(git_dir: Path) -> None:
    """Have git pack a repository of our own where that is due."""
    succeeds(git_dir, "maintenance", "run", "--auto", "--quiet", "--task=gc")


def present(git_dir: Path, names: list[str]) -> set[str]:
    """Return those object names that a repository has."""
    done = subprocess.run(
        command(git_dir, "cat-file", "--batch-check=%(objectname) %(objecttype)"),
        input="".join(f"{name}\n" for name in names).encode(), env=isolated_env(), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ArchiveError(f"git cat-file failed in {git_dir}", first_line(done.stderr))
    return {line.split(" ")[0] for line in done.stdout.decode().splitlines() if not line.endswith(" missing")}


def resolve(git_dir: Path, names: list[str]) -> list[str]:
    """Return the objects that names such as `COMMIT:m` stand for, "" for one that there is none of; raises `ArchiveError`."""
    done = subprocess.run(
        command(git_dir, "cat-file", "--batch-check=%(objectname)"), input="".join(f"{name}\n" for name in names).encode(),
        env=isolated_env(), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ArchiveError(f"git cat-file failed in {git_dir}", first_line(done.stderr))
    return ["" if line.endswith(" missing") else line for line in done.stdout.decode().splitlines()]


def version() -> str:
    """Return what `git --version` says; raises `OSError` where there is no git."""
    return subprocess.run(["git", "--version"], capture_output=True, text=True, check=True, env=isolated_env()).stdout.strip()


def first_line(stderr: bytes) -> str:
    """Return the first line that git wrote to stderr, without its prefix."""
    text = stderr.decode("utf-8", "replace").strip()
    return text.partition("\n")[0].removeprefix("fatal: ").removeprefix("error: ") or "no reason given"


MAX_DEATHS = 200
"""Damaged objects at which git may end, of one reading."""


class Batch:
    """One `git cat-file --batch` over a foreign repository: objects by name, in the order asked.

    Use as a context manager. An object over `limit` bytes comes as None, and a missing one where
    `missing_ok`.
    """

    def __init__(self, git_dir: Path, limit: int, missing_ok: bool = False) -> None:
        self.git_dir = git_dir
        self.limit = limit
        self.missing_ok = missing_ok
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Batch":
        self._process = subprocess.Popen(
            command(self.git_dir, "cat-file", "--batch", "--buffer"),
            env=isolated_env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=_CHUNK,
        )  # fmt: skip
        return self

    def __exit__(self, *exc: object) -> None:
        process = self._process
        if process is None:
            return
        process.kill()  # first: who feeds it may be waiting for it to read on, and holds the stream until then
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream and not stream.closed:
                with suppress(BrokenPipeError):
                    stream.close()
        process.wait()

    def read_all(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield `(blob, bytes)` for each id asked; raises `ArchiveError` at a missing or corrupt object, unless `missing_ok`."""
        for blob, content, there in self.read_each(blobs):
            if not there and not self.missing_ok:
                raise ArchiveError(f"object {blob} in {self.git_dir} is missing or damaged", "run `git fsck` there, then fetch again")
            yield blob, content

    def read_each(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes | None, bool]]:
        """Yield `(blob, bytes, there)` for each id asked; not there are objects that are missing or damaged.

        Raises `ArchiveError` where git ends over and over: then it is more than some objects.
        """
        wanted = list(blobs)
        at = deaths = 0
        while at < len(wanted):
            process = self._process
            assert process is not None
            assert process.stdout is not None
            feeder = threading.Thread(target=self._feed, args=(process, wanted[at:]), daemon=True)
            feeder.start()
            for blob in wanted[at:]:
                header = process.stdout.readline()
                content, whole = self._content(process, header) if header else (None, False)
                if not whole:
                    break
                yield blob, content, len(header.split()) == 3
                at += 1
            else:
                feeder.join()
                return
            deaths += 1
            if deaths > MAX_DEATHS:
                raise ArchiveError(f"{self.git_dir} is damaged", "run `git fsck` there, then fetch again")
            content = self._alone(wanted[at])
            yield wanted[at], content, content is not None
            at += 1
            self.__exit__()
            self.__enter__()

    def _alone(self, blob: str) -> bytes | None:
        """Read one object by itself, after git ended at it or before it; None where it cannot be read, or is over the limit."""
        size = subprocess.run(command(self.git_dir, "cat-file", "-s", blob), env=isolated_env(), capture_output=True, check=False)
        if size.returncode or int(size.stdout) > self.limit:
            return None
        done = subprocess.run(command(self.git_dir, "cat-file", "blob", blob), env=isolated_env(), capture_output=True, check=False)
        return None if done.returncode else done.stdout

    @staticmethod
    def _feed(process: "subprocess.Popen[bytes]", wanted: list[str]) -> None:
        assert process.stdin is not None
        with suppress(BrokenPipeError, ValueError):  # git has ended; the reader says why
            process.stdin.write("".join(f"{blob}\n" for blob in wanted).encode())
            process.stdin.close()

    def _content(self, process: "subprocess.Popen[bytes]", header: bytes) -> tuple[bytes | None, bool]:
        """Return an object's bytes, None for one over the limit or missing, and whether git wrote the whole of it."""
        assert process.stdout is not None
        fields = header.split()
        if len(fields) != 3:
            return None, True
        size = int(fields[2])
        if size <= self.limit:
            content = process.stdout.read(size)
            return content, process.stdout.read(1) == b"\n"
        left = size + 1
        while left:
            read = len(process.stdout.read(min(left, _CHUNK)))
            if not read:
                return None, False
            left -= read
        return None, True


def mailinfo(content: bytes) -> tuple[dict[str, str], bytes, bytes] | None:
    """Return what `git am` would make of a mail by `git mailinfo`: author, email, subject and date, the message, and the patch.

    None where git takes it for no mail.
    """
    with tempfile.TemporaryDirectory(prefix="triage-mailinfo-") as folder:
        message, patch = Path(folder) / "message", Path(folder) / "patch"
        words = ["git", "mailinfo", "--encoding=UTF-8", str(message), str(patch)]
        done = run(words, isolated_env(), content, folder)
        if done.returncode:
            return None
        rows = [line.partition(": ") for line in done.stdout.decode("utf-8", "replace").split("\n")]
        return {name.lower(): value for name, _, value in rows}, message.read_bytes(), patch.read_bytes()


def patch_ids(diffs: list[tuple[int, bytes]]) -> dict[int, str]:
    """Return `git patch-id --stable` of many diffs, keyed by the number given with each; one process for all.

    A diff without any hunk has no id. The names that keep the answers apart are random, so that no diff can speak for another.
    """
    if not diffs:
        return {}
    import secrets  # not before it is needed: a list starts without

    names = {secrets.token_hex(20): number for number, _ in diffs}
    payload = b"".join(b"commit %b\n\n%b\n" % (name.encode(), diff) for name, (_, diff) in zip(names, diffs, strict=True))
    done = run(["git", "patch-id", "--stable"], isolated_env(), payload, os.sep)
    if done.returncode:
        raise TriageError("git patch-id failed", first_line(done.stderr))
    found: dict[int, str] = {}
    for line in done.stdout.decode().splitlines():
        patch_id, _, name = line.partition(" ")
        if name in names:
            found.setdefault(names[name], patch_id)
    return found
